"""An engine whose answers have the terms of the glossary as they should be, whatever the engine makes of names."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import BoundedSemaphore, Lock

from pipeline.flow import Caller, DeadlineExpired
from pipeline.names.glossary import Term
from pipeline.names.rendering import due, masked, mend, missed, unmasked, with_targets
from pipeline.translation.engine import NOTHING, Answer, Context, Engine, TranslationFailed


class Protected:
    """Asks plainly first; only if a term is then missing, and cannot be mended, once or twice more with help.

    What no help brings about is left as the engine said it first: `rendering.broken` tells the gate.
    """

    def __init__(
        self,
        engine: Engine,
        terms: Callable[[str], Sequence[Term]],
        patience: float = 1.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`terms` gives those in force now for a target language; after `patience` seconds the first answer goes."""
        self.name, self.leaves_machine, self.parallel = engine.name, engine.leaves_machine, engine.parallel
        self.serves, self.signature = engine.serves, engine.signature
        self._engine, self._terms, self._patience, self._now = engine, terms, patience, now
        self._caller, self._lock, self._free = Caller(f"help-{engine.name}"), Lock(), BoundedSemaphore()

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        wanted = due(text, self._terms(tgt_lang))
        until = self._now() + self._patience
        plain = self._engine.translate(text, src_lang, tgt_lang, context)
        if not plain or not plain.text or not wanted:
            return plain
        answer = plain._replace(text=mend(plain.text, wanted))
        if not missed(answer.text, wanted):
            return answer
        try:
            for helped, finished in _helped(text, wanted):
                ask = partial(self._engine.translate, helped, src_lang, tgt_lang, context)
                if (better := self._again(ask, until - self._now())) is None:
                    continue
                text = finished(better.text)
                if text and not missed(text, wanted):
                    return better._replace(text=text)
        except (TranslationFailed, DeadlineExpired):
            pass  # it has answered before: that answer is better than none
        return answer

    def _again(self, ask: Callable[[], Answer | None], seconds: float) -> Answer | None:
        """One more answer within so many seconds; TranslationFailed or DeadlineExpired when there is none."""
        until = self._now() + seconds

        def answer() -> Answer | None:
            try:
                return ask()
            finally:
                self._free.release()

        if seconds <= 0 or not self._lock.acquire(timeout=seconds):  # tracks that share the engine take turns
            raise DeadlineExpired
        try:
            if not self._free.acquire(blocking=False):  # it hangs since an earlier sentence
                raise DeadlineExpired
            return self._caller.call(answer, max(until - self._now(), 0.0))
        finally:
            self._lock.release()


def _helped(text: str, wanted: Sequence[Term]) -> Iterator[tuple[str, Callable[[str], str]]]:
    """The text in other words for the engine, and how its answer becomes a translation of the text."""
    if (helped := with_targets(text, wanted)) != text:
        yield helped, partial(mend, wanted=wanted)
    covered, masks = masked(text, wanted)
    yield covered, partial(unmasked, masks=masks)
