"""The chain: engines asked in order for one sentence, each behind a deadline, each answer judged by the gate."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from pipeline.events import Rendering, Sentence, Translation
from pipeline.translation.cache import Cache
from pipeline.translation.doubts import JUDGES, Judge
from pipeline.translation.engine import Context, Engine
from pipeline.translation.line import Line, Question, State
from pipeline.translation.verdicts import OK, better, settle, usable

_REMEMBERED = 4
"""Sentences before, with their translations, that an engine is given as context."""
_CLAUSES = 6
"""Clauses of a sentence that it goes on with: who speaks without a full stop is not asked about from the beginning."""
_WORTH = 0.2
"""With less than this share of its time left, a doubtful answer is not compared with another engine's."""


class Chain:
    """Renders sentences in one language. One thread uses it; each engine is called in a thread of its own."""

    def __init__(
        self,
        lang: str,
        engines: Sequence[Engine],
        deadline: float,
        *,
        notes: Sequence[str] = (),
        judges: Sequence[Judge] = JUDGES,
        cache: Cache | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline`: seconds for a sentence, all engines together. `now` must not jump, as wall clocks do."""
        self.lang, self.deadline, self.now = lang, deadline, now
        self.engines = tuple(engine.name for engine in engines)
        self.leaves_machine = any(engine.leaves_machine for engine in engines)
        self.notes = tuple(notes)
        """What a person should know before the start: engines named in the settings that cannot serve here."""
        self._lines = [Line(engine, judges, cache, now) for engine in engines]
        self._context: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)
        self._clauses: tuple[tuple[str, str], ...] = ()  # of the sentence that goes on
        self._last = ""  # of these, its id

    def render(self, sentence: Sentence) -> Rendering:
        """The first good answer, else the best doubtful one, with every attempt; without any the text as it is."""
        if sentence.lang == self.lang:
            return Rendering(sentence=sentence, lang=self.lang, text=sentence.text)
        clauses = self._clauses if sentence.after and sentence.after == self._last else ()
        context = Context(tuple(self._context), clauses, sentence.more)
        attempts = list(self._attempts(sentence, self._serving(sentence), self.deadline, context))
        rendering = settle(sentence, self.lang, attempts)
        self._last = sentence.id
        self._clauses = () if rendering.untranslated else (*clauses, (sentence.text, rendering.text))[-_CLAUSES:]
        if not rendering.untranslated and not rendering.doubtful:
            self._context.append((sentence.text, rendering.text))
        return rendering

    def again(self, rendering: Rendering, answered: set[str], seconds: float) -> Rendering:
        """Its next revision: the engines that have not `answered` are asked, all within so many seconds."""
        lines = [line for line in self._serving(rendering.sentence) if line.name not in answered]
        attempts = list(self._attempts(rendering.sentence, lines, seconds, Context(tuple(self._context))))
        return better(rendering, settle(rendering.sentence, self.lang, attempts, rendering.rev + 1))

    def unasked(self, sentence: Sentence, answered: set[str]) -> bool:
        """Whether there is an engine for it that has not `answered`."""
        return any(line.name not in answered for line in self._serving(sentence))

    def can_ask(self, sentence: Sentence, answered: set[str]) -> bool:
        """... and that may be asked now."""
        return any(line.state is State.READY for line in self._serving(sentence) if line.name not in answered)

    def try_all(self) -> None:
        """From now on engines that were left alone are asked whether they are back: there is time for it."""
        for line in self._lines:
            line.try_now(self.deadline)

    def _serving(self, sentence: Sentence) -> list[Line]:
        return [line for line in self._lines if line.serves(sentence.lang, self.lang)]

    def _attempts(
        self, sentence: Sentence, lines: Sequence[Line], seconds: float, context: Context
    ) -> Iterator[Translation]:
        """Asks until one has a good answer. Those that failed before come last, and only if nobody else has any."""
        question = Question(sentence=sentence, lang=self.lang, context=context)
        until = self.now() + seconds
        waiting = sorted(lines, key=lambda line: line.state is State.DUE)
        verdict = ""
        while waiting and verdict != OK and (left := until - self.now()) > 0:
            if usable(verdict) and (waiting[0].state is State.DUE or left < _WORTH * seconds):
                break
            line = waiting.pop(0)
            # An even share of what is left, so that an engine that hangs leaves time for the next.
            share = left / (1 + sum(other.state is not State.RESTING for other in waiting))
            yield (attempt := line.attempt(question, len(lines) - len(waiting), share))
            verdict = attempt.verdict if usable(attempt.verdict) else verdict
        for line in waiting if verdict else lines:
            if line.state is State.DUE or (not verdict and line.breaker.rested):
                line.probe(question, seconds / len(lines))
