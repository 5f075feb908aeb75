"""Leaves an engine alone for as long as its service asks, so that no sentence waits for a refusal that is certain."""

import time
from collections.abc import Callable

from pipeline.translation.engine import NOTHING, Answer, Context, Engine, TranslationFailed


class Circuit:
    """An engine that is spared after it asked to be; chains that share it spare it together."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.monotonic) -> None:
        """`now` must not jump, as wall clocks do."""
        self.name, self.leaves_machine, self.parallel = engine.name, engine.leaves_machine, engine.parallel
        self.serves, self.signature = engine.serves, engine.signature
        self._engine, self._now = engine, now
        self._until = float("-inf")
        self._reason = ""

    @property
    def spared(self) -> str:
        """Why it is not to be asked now; empty when it may be."""
        left = self._until - self._now()
        return f"{self._reason}; spared for {left:.0f} s more" if left > 0 else ""

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        if why := self.spared:
            raise TranslationFailed(why, failure=False)
        try:
            return self._engine.translate(text, src_lang, tgt_lang, context)
        except TranslationFailed as failure:
            if not failure.spare:
                raise
            self._until, self._reason = self._now() + failure.spare, str(failure)
            raise TranslationFailed(f"{failure}; spared for {failure.spare:.0f} s", failure=False) from failure
