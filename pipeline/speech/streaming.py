"""The policy `stream`: a word is said as soon as the next one has begun, a second after it was spoken.

Every `STEP` the open sentence is encoded once more, decoded on from the words that were said of it, and aligned. A word
that ends well before the sound does, and that another one follows, will not change any more: it is committed (the idea
of AlignAtt, Papi et al. 2023, and Simul-Whisper, Wang et al. 2024). At the end of a sentence the sound before it is let
go. `docs/decisions/0020-stream.md` has what was tried.
"""

from collections.abc import Iterator, Sequence
from statistics import fmean

import msgspec
import numpy as np

from pipeline.audio import Samples
from pipeline.events import Hypothesis, Word
from pipeline.settings import SpeechSettings
from pipeline.speech.boilerplate import phrases, plain
from pipeline.speech.endpointer import FRAME_SECONDS, Stretch
from pipeline.speech.guards import Judged, ends_sentence, judge
from pipeline.speech.languages import Choose, chosen
from pipeline.speech.onsets import mend
from pipeline.speech.pieces import Piece, group_pieces, join_pieces
from pipeline.speech.policy import Said
from pipeline.speech.recognition import Continuation, Continuing, Recognition, Transcriber, compression
from pipeline.speech.utterance import Recognised, UtterancePolicy, later, suppressed
from pipeline.speech.vad import Detector

STEP = 16
"""Frames (0.51 s) between two looks at an utterance that goes on."""
MARGIN, LONG, LIKELY = 0.3, 1.0, 0.7
"""Seconds before the end of the sound in which a word may still become another: one that is likely, any other."""
LEAST = 0.1
"""How likely the word after is at least: behind half a word the model makes one up,"""
QUICK = 0.1
"""... or several, in no time: seconds that three take at least."""
LETTER = 0.05
"""Seconds that a letter takes: where the aligner ends the last word sooner, the model has not stopped there."""
MOST = 8.0
"""Seconds of a sentence that are encoded again and again; past them it is cut where the speaker paused longest."""
UNDER = 0.8
"""... or past this share of the longest utterance."""
FIRST = 0.4
"""... but not within this share of them: what follows would have no context."""


class _Open(msgspec.Struct, frozen=True):
    """What has been said of the sound that is kept: words in stream time, each with its tokens."""

    words: tuple[Word, ...] = ()
    tokens: tuple[tuple[int, ...], ...] = ()
    lang: str = ""

    @property
    def prefix(self) -> tuple[int, ...]:
        return tuple(token for tokens in self.tokens for token in tokens)

    def and_then(self, words: tuple[Word, ...], tokens: tuple[tuple[int, ...], ...], lang: str) -> "_Open":
        return _Open((*self.words, *words), (*self.tokens, *tokens), lang)

    def before(self, count: int) -> "_Open":
        """Its first `count` words."""
        return msgspec.structs.replace(self, words=self.words[:count], tokens=self.tokens[:count])

    def after(self, count: int) -> "_Open":
        """Without its first `count` words."""
        return msgspec.structs.replace(self, words=self.words[count:], tokens=self.tokens[count:])


class Reading(msgspec.Struct, frozen=True):
    """What follows in the sound that is kept on what has been said: words in stream time, and the guards' verdict."""

    words: tuple[Word, ...]
    tokens: tuple[tuple[int, ...], ...]
    lang: str
    judged: Judged
    """Of all its words, those said before too, in seconds from its beginning."""


class GrowingPolicy(UtterancePolicy):
    """Words are committed while the utterance goes on; what a guard doubts waits for its end. Which are sure of what is
    read each time is for the kinds of it to say."""

    def __init__(self, detector: Detector, transcriber: Transcriber, settings: SpeechSettings) -> None:
        self._known = phrases(settings.phrases)
        super().__init__(detector, transcriber, settings)

    def _begin(self, start: float) -> None:
        super()._begin(start)
        self._said, self._stepped = _Open(), 0
        self._tail: tuple[str, ...] = ()  # the words of the last reading that were not sure

    @property
    def _most(self) -> float:
        """Seconds of a sentence, less than those at which the utterance would be cut wherever it is quiet."""
        return min(MOST, UNDER * self._in_force.longest)

    def _step(self, now: int) -> Iterator[Said]:
        begun = self._endpointer.begun
        if begun is None or now - max(begun, self._stepped) < STEP:
            return
        late = self._frames - now >= 2 * STEP  # then one later step takes all that waits
        if late and (now - begun) * FRAME_SECONDS < self._most:
            return
        self._stepped = now
        yield from self._go_on(begun, now)

    def _go_on(self, begun: int, now: int) -> Iterator[Said]:
        """The words that are sure by frame `now`; the others are the tail."""
        reading = self._read(self._cut(begun, now), self._time(begun), self._endpointer.speech)
        count = 0 if reading.judged.dropped else self._sure(reading.words, self._time(now))
        count = 0 if self._may_be_boilerplate(reading.words[:count]) else count
        new, tail = reading.words[:count], reading.words[count:]
        texts = tuple(word.text for word in tail)
        if new or texts != self._tail:
            self._said = self._said.and_then(new, reading.tokens[:count], reading.lang)
            self._tail = texts
            if new:
                self._lang, self._heard = reading.lang, new[-1].end
            opening = bool(new) and self._opening(begun, self._endpointer.speech)
            yield Hypothesis(heard=self._heard, committed=new, tail=tail, lang=reading.lang, begun=opening)
        self._let_go(begun, now, tail)

    def _may_be_boilerplate(self, words: Sequence[Word]) -> bool:
        """Whether the sentence that is open may yet become a phrase that the model makes up."""
        open: list[str] = []
        for word in (*self._said.words, *words):
            open.append(word.text)
            if ends_sentence(word.text):
                open.clear()
        return self._known.may_become(plain("".join(open)))

    def _let_go(self, begun: int, now: int, tail: Sequence[Word]) -> None:
        """The sound of sentences that have been said is needed no more; of one that grows too long neither."""
        words = self._said.words
        edges = [(word.end, after.start) for word, after in zip(words, (*words[1:], *tail[:1]), strict=False)]
        count = _whole(words[: len(edges)])
        if not count and (now - begun) * FRAME_SECONDS >= self._most:
            count = _longest_pause(edges, self._time(begun) + FIRST * self._most)
        frame = round((sum(edges[count - 1]) / 2 - self._origin) / FRAME_SECONDS) if count else begun
        if frame > begun:
            self._said = self._said.after(count)
            self._endpointer.let_go(frame)
            self._opened = frame  # it is not told again that somebody speaks

    def _hear_out(self, samples: Samples, start: float, speech: Sequence[bool]) -> Recognised:
        if not self._said.words:
            return super()._hear_out(samples, start, speech)
        reading = self._read(samples, start, speech)
        before, self._said, self._tail = self._said, _Open(), ()
        kept = set(later(reading.judged.kept, start))
        dropped = [
            suppressed(words, reading.lang, drop.reason)
            for drop in reading.judged.dropped
            if (words := tuple(w for w in later(drop.words, start) if w in reading.words))
        ]
        last = max(_spoken_until(word) for word in (*before.words, *reading.words))
        return Recognised(tuple(w for w in reading.words if w in kept), reading.lang, tuple(dropped), last)

    def _judge(self, stretch: Stretch) -> Iterator[Said]:
        said = self._said
        count = len(said.words)
        if not stretch.endpoint:  # cut for length: what was said behind the cut is of what comes
            end = self._time(stretch.end)
            count = sum(word.start + word.end <= 2 * end for word in said.words)
        self._said = said.before(count)
        yield from super()._judge(stretch)
        self._said, self._tail = said.after(count), ()

    def _choice(self, speech: Sequence[bool]) -> Choose:
        """The language in which the sound is read: that of what was said of it."""
        fixed = self._said.lang if self._said.words else self._assumed
        return lambda likely: fixed or chosen(likely, self._lang, sum(speech) * FRAME_SECONDS)

    def _read(self, samples: Samples, start: float, speech: Sequence[bool]) -> Reading:
        """What is heard in the sound that is kept, which begins at the stream time `start`."""
        raise NotImplementedError

    def _sure(self, words: Sequence[Word], end: float) -> int:
        """How many of the words, up to the stream time `end`, will not change any more."""
        raise NotImplementedError


class StreamPolicy(GrowingPolicy):
    """The model goes on from what was said, and aligns."""

    _transcriber: Continuing

    def __init__(self, detector: Detector, transcriber: Continuing, settings: SpeechSettings) -> None:
        super().__init__(detector, transcriber, settings)

    def _read(self, samples: Samples, start: float, speech: Sequence[bool]) -> Reading:
        heard = self._transcriber.go_on(samples, self._said.prefix, self._choice(speech))
        groups = group_pieces(heard.pieces, heard.lang)
        before = later(self._said.words, -start)
        every = mend((*before, *join_pieces(heard.pieces, heard.lang)), samples)
        after = max((word.end for word in before), default=0.0)
        words = tuple(not_before(word, after) for word in every[len(before) :])
        judged = judge(_recognition((*before, *words), heard), samples, speech, self._settings)
        return Reading(
            words=later(words, start), tokens=tuple(map(_tokens, groups)), lang=heard.lang or self._lang, judged=judged
        )

    def _sure(self, words: Sequence[Word], end: float) -> int:
        count = 0
        for at, word in enumerate(words[:-1]):
            if word.end > end - (MARGIN if word.probability >= LIKELY else LONG) or _made_up(words[at : at + 3]):
                break
            count += 1
        return count


def _spoken_until(word: Word) -> float:
    """Where the word ends at the soonest."""
    return max(word.end, word.start + LETTER * sum(map(str.isalpha, word.text)))


def _made_up(words: Sequence[Word]) -> bool:
    """Whether what follows on the first of the words was hardly spoken."""
    return words[1].probability < LEAST or (len(words) > 2 and words[2].end - words[0].start < QUICK)


def _whole(words: Sequence[Word]) -> int:
    """How many of the words are whole sentences."""
    return max((number for number, word in enumerate(words, 1) if ends_sentence(word.text)), default=0)


def _longest_pause(edges: Sequence[tuple[float, float]], first: float) -> int:
    """After how many words the pause is longest, given each one's end and the next one's start; not before `first`."""
    late = [number for number, (end, _) in enumerate(edges, 1) if end >= first] or range(1, len(edges) + 1)
    return max(late, key=lambda number: (edges[number - 1][1] - edges[number - 1][0], number), default=0)


def not_before(word: Word, start: float) -> Word:
    """The word, not before `start`."""
    return msgspec.structs.replace(word, start=max(word.start, start), end=max(word.end, start))


def _tokens(group: Sequence[Piece]) -> tuple[int, ...]:
    return tuple(token for piece in group for token in piece.tokens)


def _recognition(words: tuple[Word, ...], heard: Continuation) -> Recognition:
    likely = fmean(float(np.log(max(word.probability, 1e-6))) for word in words) if words else 0.0
    return Recognition(words, likely, heard.no_speech, compression("".join(w.text for w in words)), heard.lang)
