"""What workers have done for a recording, kept as it goes on: whoever is killed over it has none of it done twice."""

import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.errors import unwritable
from pipeline.files import NewLines, write_whole

T = TypeVar("T")


class _Line(msgspec.Struct, frozen=True):
    key: str
    value: msgspec.Raw


class Kept:
    """Answers by what was asked, a line each; a torn last line is written again. Several threads may use it."""

    def __init__(self, path: Path) -> None:
        """DiskFull or SessionError if it cannot be written."""
        self._path, self._lock = path, threading.Lock()
        lines = list(NewLines(path).take())
        self._known = {line.key: line.value for line in map(msgspec.json.Decoder(_Line).decode, lines)}
        if lines:
            write_whole(path, b"".join(line + b"\n" for line in lines))

    def once(self, key: str, kind: Any, make: Callable[[], T]) -> T:
        """The answer of that key, of that kind, which `make` gives where it is not known; DiskFull or SessionError, and
        its own."""
        if known := self._known.get(key):
            answer: T = msgspec.json.decode(known, type=kind)
            return answer
        made = make()
        value = msgspec.Raw(msgspec.json.encode(made))
        line = msgspec.json.encode(_Line(key, value))
        with self._lock:
            self._known[key] = value
            try:
                with self._path.open("ab") as file:
                    file.write(line + b"\n")
            except OSError as error:
                raise unwritable(self._path, error) from error
        return made


def key(*parts: object) -> str:
    """Names a question: the same for the same parts, which are bytes or what can be JSON."""
    told = (part if isinstance(part, bytes) else msgspec.json.encode(part) for part in parts)
    return sha256(b"".join(sha256(part).digest() for part in told)).hexdigest()
