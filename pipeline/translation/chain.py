"""The chain: engines asked in order for one sentence, each behind a deadline, each answer judged by the gate."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import BoundedSemaphore

from pipeline.events import Rendering, Sentence, Translation
from pipeline.flow import Caller, DeadlineExpired
from pipeline.translation.engine import Context, Engine, TranslationFailed
from pipeline.translation.gate import impossible

OK = "ok"

_QUOTED = 200
"""Characters of a refused answer that the journal keeps."""

_REMEMBERED = 4
"""Sentences before, with their translations, that an engine is given as context."""


class Chain:
    """Renders sentences in one language. One thread uses it; each engine is called in a thread of its own."""

    def __init__(
        self,
        lang: str,
        engines: Sequence[Engine],
        deadline: float,
        *,
        notes: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`deadline`: seconds for a sentence, all engines together. `now` must not jump, as wall clocks do."""
        self.lang = lang
        self.engines = tuple(engine.name for engine in engines)
        self.leaves_machine = any(engine.leaves_machine for engine in engines)
        self.notes = tuple(notes)
        """What a person should know before the start: engines named in the settings that cannot serve here."""
        self._lines = [_Line(engine) for engine in engines]
        self._deadline = deadline
        self._now = now
        self._context: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)

    def render(self, sentence: Sentence) -> Rendering:
        """The first answer that can be a translation, with every attempt; without one the text stays as it is."""
        if sentence.lang == self.lang:
            return Rendering(sentence=sentence, lang=self.lang, text=sentence.text)
        until = self._now() + self._deadline
        lines = [line for line in self._lines if line.engine.serves(sentence.lang, self.lang)]
        attempts: list[Translation] = []
        for number, line in enumerate(lines):
            # An even share of what is left, so that an engine that hangs leaves time for the next.
            attempts.append(self._attempt(sentence, line, number + 1, (until - self._now()) / (len(lines) - number)))
            if attempts[-1].verdict == OK:
                self._context.append((sentence.text, attempts[-1].text))
                return Rendering(sentence=sentence, lang=self.lang, text=attempts[-1].text, attempts=tuple(attempts))
        return Rendering(
            sentence=sentence, lang=self.lang, text=sentence.text, attempts=tuple(attempts), untranslated=True
        )

    def _attempt(self, sentence: Sentence, line: "_Line", number: int, seconds: float) -> Translation:
        began = self._now()
        answer, verdict = None, OK
        try:
            answer = line.ask(sentence, self.lang, tuple(self._context), max(seconds, 0.0))
            verdict = impossible(sentence.text, answer, self.lang) or OK
        except TranslationFailed as failure:
            verdict = str(failure)
        except DeadlineExpired:
            verdict = "no answer in time"
        text = " ".join((answer or "").split())
        return Translation(
            sentence=sentence.id,
            lang=self.lang,
            engine=line.engine.name,
            attempt=number,
            verdict=verdict,
            text=text if verdict == OK else text[:_QUOTED],
            elapsed=self._now() - began,
        )


class _Line:
    """To one engine: a caller, and a count of the calls under way, so that hanging ones do not pile up."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._caller = Caller(f"translate-{engine.name}")
        self._free = BoundedSemaphore(engine.parallel)

    def ask(self, sentence: Sentence, lang: str, context: Context, seconds: float) -> str | None:
        """The engine's answer; TranslationFailed or DeadlineExpired when there is none."""
        if not self._free.acquire(blocking=False):
            raise TranslationFailed("still busy with earlier sentences")

        def translate() -> str | None:
            try:
                return self.engine.translate(sentence.text, sentence.lang, lang, context)
            finally:
                self._free.release()

        return self._caller.call(translate, seconds)
