"""What is proposed, and by what it is borne out."""

from collections.abc import Sequence
from typing import Literal

from pipeline.events import Value

Kind = Literal["name", "word", "phrase", "setting", "hint"]
"""A line of the glossary (a name, or a word with its translation), a phrase that is made up, a setting; a hint is about
what stands in no file."""


class Evidence(Value, frozen=True):
    """One place where a person changed what the program had made."""

    cue: str
    """Its id; empty where there is none any more."""
    start: float
    """Stream time."""
    before: str
    after: str
    """Empty where it was taken out."""


class Proposal(Value, frozen=True):
    """One thing that might be written down."""

    kind: Kind
    what: str
    """The line of the glossary, the phrase as in a list, or `table.name = value`; a hint says it in words."""
    why: str
    """In words, with how often."""
    evidence: tuple[Evidence, ...]
    against: int = 0
    """How often the same was left as it was, or was changed otherwise."""
    value: float | int | None = None
    """Of a setting."""


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def by_weight(found: Sequence[Proposal]) -> list[Proposal]:
    """What is borne out best first; what is as good in the order of its first place."""
    return sorted(
        found, key=lambda one: (one.against - len(one.evidence), one.evidence[0].start if one.evidence else 0)
    )
