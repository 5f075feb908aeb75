"""The line from a chain to one engine: asks behind a deadline, judges the answer, knows when to leave it alone."""

import time
from collections.abc import Callable, Sequence
from enum import Enum
from threading import BoundedSemaphore

from pipeline.events import Sentence, Translation, Value
from pipeline.flow import Caller, DeadlineExpired
from pipeline.translation.breaker import Breaker
from pipeline.translation.cache import Cache
from pipeline.translation.circuit import Circuit
from pipeline.translation.doubts import Judge, doubts
from pipeline.translation.engine import Answer, Context, Engine, TranslationFailed
from pipeline.translation.gate import impossible
from pipeline.translation.verdicts import OK, doubted, usable

_QUOTED = 200
"""Characters of a refused answer that the journal keeps."""

_ENDING = " ,;:.!?)]}»”"
"""Marks, and blanks, that nothing begins with."""


class State(Enum):
    """How an engine stands."""

    READY = "ready"
    DUE = "due"
    """It failed, was left alone, and may be back."""
    RESTING = "resting"
    """It is left alone."""


class Question(Value, frozen=True):
    """What an engine is asked."""

    sentence: Sentence
    lang: str
    context: Context


class Line:
    """To one engine. It counts the calls under way, so that hanging ones do not pile up."""

    def __init__(
        self,
        engine: Engine,
        judges: Sequence[Judge],
        cache: Cache | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine if isinstance(engine, Circuit) else Circuit(engine, now)
        self.name, self.serves = engine.name, engine.serves
        self._judges, self._now = judges, now
        self._cache = cache if engine.signature else None
        self.breaker = Breaker(now)
        self._caller, self._prober = Caller(f"translate-{engine.name}"), Caller(f"probe-{engine.name}")
        self._free = BoundedSemaphore(engine.parallel)

    @property
    def state(self) -> State:
        if self._engine.spared or self.breaker.open:
            return State.RESTING
        return State.DUE if self.breaker.due else State.READY

    def attempt(self, question: Question, number: int, seconds: float) -> Translation:
        """The engine's answer within so many seconds and what is to be thought of it; one that rests is not asked."""
        began = self._now()
        answer, verdict = self._kept(question) or self._asked(question, seconds)
        text = " ".join((answer.text if answer else "").split())
        return Translation(
            sentence=question.sentence.id,
            lang=question.lang,
            engine=self.name,
            attempt=number,
            verdict=verdict,
            text=text if usable(verdict) else text[:_QUOTED],
            elapsed=self._now() - began,
            sure=answer.sure if answer else None,
        )

    def probe(self, question: Question, seconds: float) -> None:
        """Asks whether the engine is back, beside whatever else happens; it is if it answers within so many seconds."""
        if not self._free.acquire(blocking=False):
            return
        self.breaker.hold()

        def ask() -> None:
            began = self._now()
            try:
                fault = self._impossible(question, self._translate(question))
                self._note(fault or ("no answer in time" if self._now() - began > seconds else ""))
            except TranslationFailed as failure:
                if failure.failure:
                    self._note(str(failure))
                else:  # that tells nothing of the engine: the next sentence may
                    self.breaker.try_now()
            except Exception as error:  # in a thread of its own nobody else would see it
                self._note(type(error).__name__)

        self._prober.leave(ask)

    def try_now(self, seconds: float) -> None:
        """It is asked next time, though it was left alone; a question on its way is waited for, so many seconds."""
        if self._free.acquire(timeout=seconds):
            self._free.release()
        self.breaker.try_now()

    def _asked(self, question: Question, seconds: float) -> tuple[Answer | None, str]:
        """(what the engine said, the verdict)"""
        if self.state is State.RESTING:
            return None, self._engine.spared or f"{self.breaker.reason}; spared after several failures"
        try:
            answer = self._call(question, seconds)
        except TranslationFailed as failure:
            if failure.failure:
                self._note(str(failure))
            return None, str(failure)
        except DeadlineExpired:
            self._note("no answer in time")
            return None, "no answer in time"
        fault = self._impossible(question, answer)
        self._note(fault)
        verdict = fault or self._judged(question, answer.text if answer else "")
        if verdict == OK and answer and self._cache:
            sentence = question.sentence
            self._cache.keep(self._engine.signature, sentence.text, sentence.lang, question.lang, answer.text)
        return answer, verdict

    def _kept(self, question: Question) -> tuple[Answer, str] | None:
        """An answer of before and its verdict, if there is one that is still good: the judges may have become wiser."""
        sentence = question.sentence
        if not self._cache:
            return None
        text = self._cache.find(self._engine.signature, sentence.text, sentence.lang, question.lang)
        if not text or self._impossible(question, answer := Answer(text)) or self._judged(question, text) != OK:
            return None
        return answer, OK

    def _call(self, question: Question, seconds: float) -> Answer | None:
        if not self._free.acquire(blocking=False):
            raise TranslationFailed("still busy with earlier sentences", failure=False)
        return self._caller.call(lambda: self._translate(question), max(seconds, 0.0))

    def _translate(self, question: Question) -> Answer | None:
        """The engine's answer; gives back the leave to ask that the caller has taken."""
        sentence = question.sentence
        try:
            answer = self._engine.translate(sentence.text, sentence.lang, question.lang, question.context)
        finally:
            self._free.release()
        # What stands before a clause is shown already, without the mark that would have ended it.
        return answer._replace(text=answer.text.lstrip(_ENDING)) if answer and sentence.after else answer

    def _note(self, fault: str) -> None:
        """Tells the breaker what came of a question."""
        if fault:
            self.breaker.failed(fault)
        else:
            self.breaker.succeeded()

    def _impossible(self, question: Question, answer: Answer | None) -> str:
        return impossible(question.sentence.text, answer.text if answer else None, question.lang)

    def _judged(self, question: Question, answer: str) -> str:
        sentence = question.sentence
        return doubted(doubts(sentence.text, answer, sentence.lang, question.lang, self._judges))
