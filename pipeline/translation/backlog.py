"""Back-fill: sentences that were shown in their own language, or doubtfully, are translated again when somebody can."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.events import Cue, Rendering, Sentence
from pipeline.translation.chain import Chain
from pipeline.translation.verdicts import doubts, usable

_FEW = 2
"""Sentences that are tried again after each one that was said just now."""
_TOGETHER = 0.5
"""The share of a sentence's time that it and those tried again after it may take together."""
_SHORTEST = 0.2
"""Seconds in which no engine could be blamed for not answering."""
_TRIES = 3
"""How often a sentence is tried again while the session runs; once more at its end."""
_MISSES = 3
"""In a row at the end, after which the rest is left as it is."""


class _Owed:
    """A sentence without a good translation."""

    def __init__(self, rendering: Rendering) -> None:
        self.rendering = rendering
        self.answered: set[str] = set()
        """Engines that have said what they can say."""
        self.answered_now = False
        """Somebody had an answer the last time."""
        self.tries = 0
        self.note(rendering)

    def note(self, rendering: Rendering) -> None:
        self.rendering = rendering
        self.answered |= {attempt.engine for attempt in rendering.attempts if doubts(attempt.verdict)}
        self.answered_now = any(usable(attempt.verdict) for attempt in rendering.attempts)

    @property
    def good(self) -> bool:
        return not self.rendering.untranslated and not self.rendering.doubtful


class Backlog:
    """What one track owes, the oldest first."""

    def __init__(self, chain: Chain, owed: Iterable[Rendering] = ()) -> None:
        self._chain = chain
        self._owed: deque[_Owed] = deque()
        for rendering in owed:
            self.add(rendering)

    def add(self, rendering: Rendering) -> None:
        """Remembers a rendering that is not good."""
        self._put(_Owed(rendering))

    def after(self, live: Rendering) -> Iterator[Rendering]:
        """A few again, after a sentence that was answered well in time; live ones never wait long."""
        if not live.attempts or live.untranslated:
            return
        took = sum(attempt.elapsed for attempt in live.attempts)
        until = self._chain.now() + _TOGETHER * self._chain.deadline - took
        for _ in range(_FEW):
            owed = self._next()
            if owed is None or (left := until - self._chain.now()) < max(took, _SHORTEST):
                return
            yield self._tried(owed, left)
            if not owed.answered_now:
                return

    def rest(self, seconds: float) -> Iterator[Rendering]:
        """All that is left, each once, the oldest first, within so many seconds."""
        until = self._chain.now() + seconds
        if self._owed:
            self._chain.try_all()
        misses = 0
        for owed in list(self._owed):
            left = until - self._chain.now()
            if left <= 0 or misses == _MISSES:
                return
            yield self._tried(owed, min(left, self._chain.deadline))
            misses = 0 if owed.answered_now else misses + 1

    def _next(self) -> _Owed | None:
        """The oldest that somebody may translate now."""
        ripe = (
            owed
            for owed in self._owed
            if owed.tries < _TRIES and self._chain.can_ask(owed.rendering.sentence, owed.answered)
        )
        return next(ripe, None)

    def _tried(self, owed: _Owed, seconds: float) -> Rendering:
        self._owed.remove(owed)
        owed.note(self._chain.again(owed.rendering, owed.answered, seconds))
        owed.tries += 1
        self._put(owed)
        return owed.rendering

    def _put(self, owed: _Owed) -> None:
        """Back among the others, unless it is good, or as good as it gets: every engine has had its say."""
        if not owed.good and self._chain.unasked(owed.rendering.sentence, owed.answered):
            self._owed.append(owed)


def unsettled(sentences: Mapping[str, Sentence], cues: Iterable[Cue], lang: str) -> list[Rendering]:
    """The sentences of a session that goes on that still lack a good translation, by the cues of its track.

    Doubtful ones that share a cue are left as they are: what is whose text there, nobody can tell any more.
    """
    shown: dict[str, list[Cue]] = defaultdict(list)
    for cue in cues:
        for id in cue.sentences:
            shown[id].append(cue)
    return [rendering for id in shown if id in sentences and (rendering := _owed(sentences[id], shown[id], lang))]


def _owed(sentence: Sentence, cues: Sequence[Cue], lang: str) -> Rendering | None:
    flags = {flag for cue in cues for flag in cue.flags}
    if "untranslated" in flags:
        return Rendering(sentence=sentence, lang=lang, text=sentence.text, untranslated=True)
    if "doubtful" not in flags or any(len(cue.sentences) > 1 for cue in cues):
        return None
    text = " ".join(" ".join(cue.text.split()) for cue in cues)
    return Rendering(sentence=sentence, lang=lang, text=text, doubtful="in the session before")
