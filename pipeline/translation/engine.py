"""What an engine of the chain is, and how it says that it has no translation. Imports nothing of the project."""

from typing import Protocol


class TranslationFailed(Exception):
    """The engine has no translation of this text; the message is the verdict in the journal. Stays in this package."""


class Engine(Protocol):
    """Translates one sentence at a time; may block, even for ever: the chain puts it behind a deadline.

    `translate` may be called again, from another thread, while an earlier call still hangs: at most `parallel` calls
    are under way for one chain.
    """

    @property
    def name(self) -> str:
        """As in the settings and in the journal."""

    @property
    def leaves_machine(self) -> bool:
        """Whether the text goes to someone else's computer."""

    @property
    def parallel(self) -> int:
        """How many calls of one chain may be under way at once, hanging ones included."""

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        """Whether it translates this pair."""

    def translate(self, text: str, src_lang: str, tgt_lang: str) -> str | None:
        """The engine's answer as it came, for the gate to judge; TranslationFailed says why there is none."""
