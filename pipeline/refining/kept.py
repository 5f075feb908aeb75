"""What was done for a recording, kept as it goes on: whoever is killed over it has none of it done twice."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
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
    """Answers by what was asked, a line each; a torn line is left out. Several threads may use it."""

    def __init__(self, path: Path) -> None:
        """DiskFull or SessionError if it cannot be written."""
        self._path, self._lock = path, threading.Lock()
        self._known = {line.key: line.value for line in _whole(NewLines(path).take())}
        if path.exists():
            whole = (msgspec.json.encode(_Line(key, value)) + b"\n" for key, value in self._known.items())
            write_whole(path, b"".join(whole))

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def of(self, key: str, kind: Any) -> Any:
        """The answer of that key, of that kind; KeyError where it is not known."""
        return msgspec.json.decode(self._known[key], type=kind)

    def add(self, key: str, answer: object) -> None:
        """DiskFull or SessionError if it cannot be written."""
        value = msgspec.Raw(msgspec.json.encode(answer))
        line = msgspec.json.encode(_Line(key, value))
        with self._lock:
            self._known[key] = value
            try:
                with self._path.open("ab") as file:
                    file.write(line + b"\n")
            except OSError as error:
                raise unwritable(self._path, error) from error

    def once(self, key: str, kind: Any, make: Callable[[], T]) -> T:
        """The answer of that key, of that kind, which `make` gives where it is not known; errors as above, and its
        own."""
        if key in self:
            answer: T = self.of(key, kind)
            return answer
        made = make()
        self.add(key, made)
        return made


def _whole(lines: Iterable[bytes]) -> Iterator[_Line]:
    """A disk that is full tears a line that others follow."""
    for line in lines:
        with suppress(msgspec.DecodeError):
            yield msgspec.json.decode(line, type=_Line)


def key(*parts: object) -> str:
    """Names a question: the same for the same parts, which are bytes or what can be JSON."""
    told = (part if isinstance(part, bytes) else msgspec.json.encode(part) for part in parts)
    return sha256(b"".join(sha256(part).digest() for part in told)).hexdigest()
