"""A journal as far as it can be read: a report of most of an evening is better than none. A session stays strict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from pipeline.events import AnyEvent
from pipeline.journal import Entry

_KINDS = {kind.__struct_config__.tag for kind in AnyEvent.__args__}
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


class _Envelope(msgspec.Struct, frozen=True):
    seq: int
    at: float
    kind: str


def read(path: Path) -> tuple[list[Entry], tuple[int, ...]]:
    """The entries of a journal, without a torn last line and unknown kinds, and the numbers of its damaged lines."""
    entries: list[Entry] = []
    damaged: list[int] = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            entries.extend(_entry(line))
        except ValueError:  # msgspec's errors, and text that is not UTF-8
            damaged.append(number)
    return entries, tuple(damaged)


def _entry(line: bytes) -> Iterator[Entry]:
    envelope = msgspec.json.decode(line, type=_Envelope)
    if envelope.kind in _KINDS:
        yield Entry(envelope.seq, envelope.at, _decoder.decode(line))
