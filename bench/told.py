"""What a client of the page server is told."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

Message: TypeAlias = "tuple[str, dict[str, Any]]"
"""Its kind, and what it says."""


class Batch(NamedTuple):
    """What came together."""

    at: float
    """Wall clock."""
    messages: list[Message]


def messages(chunks: Iterable[str]) -> Iterator[list[Message]]:
    """Those of a stream of events, as many at a time as came together: what happens at once comes in one piece, such as
    a sentence that ends, and the next one with the words it had."""
    left = ""
    for chunk in chunks:
        *whole, left = (left + chunk).split("\r\n\r\n")
        yield [message for one in whole if (message := _message(one))]


def _message(text: str) -> "Message | None":
    fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    return (fields["event"], json.loads(fields["data"])) if "event" in fields else None
