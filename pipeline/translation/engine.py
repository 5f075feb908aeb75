"""What an engine of the chain is, and how it says that it has no translation. Imports nothing of the project."""

from typing import NamedTuple, Protocol


class Context(NamedTuple):
    """What stands before a text, as (text, translation), oldest first."""

    sentences: tuple[tuple[str, str], ...] = ()
    """The last ones, or clauses of them."""
    clauses: tuple[tuple[str, str], ...] = ()
    """Those of the text's own sentence, which has been shown up to here: the translation goes on with it."""
    more: bool = False
    """The text is a clause, and its sentence goes on behind it."""


NOTHING = Context()


class Answer(NamedTuple):
    """A translation as it came."""

    text: str
    sure: float | None = None
    """Mean log probability of its pieces, 0 at the most; None: the engine does not say how sure it is."""


class TranslationFailed(Exception):
    """The engine has no translation of this text; the message is the verdict in the journal. Stays in this package.

    `spare`: seconds for which the service asks to be left alone. `failure`: the engine may not answer the next
    sentence either; False where it was this text, or where it was not even asked.
    """

    def __init__(self, verdict: str, *, spare: float = 0.0, failure: bool = True) -> None:
        super().__init__(verdict)
        self.spare, self.failure = spare, failure


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

    @property
    def signature(self) -> str:
        """What its answers depend on beside text and languages; empty where they are not to be kept: they depend on
        the context, or cost nothing to have again."""

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        """Whether it translates this pair."""

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        """The engine's answer as it came, for the gate to judge; TranslationFailed says why there is none.

        `context` helps an engine that reads it; the answer is the translation of `text` alone.
        """
