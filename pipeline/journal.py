"""The append-only event log of a session: one writer, one typed event a line; `state.fold` says what it adds up to."""

import io
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

import filelock
import msgspec

from pipeline.errors import JournalCorrupt, SessionError, unwritable
from pipeline.events import (
    AnyEvent,
    Event,
    Removed,
    Sentence,
    Suppressed,
    Warned,
)
from pipeline.files import NewLines
from pipeline.flow import Clock
from pipeline.state import State, apply, fold

T = TypeVar("T")

LOCK = ".lock"
_UNWRITTEN = "the journal"
"""What the warning is about that it cannot be written."""

_KINDS = {kind.__struct_config__.tag for kind in AnyEvent.__args__}
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()


class Entry(msgspec.Struct, frozen=True):
    """A journal line: its number, when it was written, and the event."""

    seq: int
    at: float
    event: Event


class _Envelope(msgspec.Struct, frozen=True):
    seq: int
    at: float
    kind: str


def read(path: Path, damaged: list[int] | None = None, last: int = 0) -> Iterator[Entry]:
    """The entries of a journal, without a torn last line and unknown kinds; JournalCorrupt names a bad line.

    With a list for their numbers, bad lines are left out: a report of most of an evening is better than none.
    Of the `last` bytes only, if that is asked for.
    """
    for number, line in enumerate(path.read_bytes()[-last:].split(b"\n")[:-1], 1):
        try:
            yield from _entry(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if damaged is None:
                raise JournalCorrupt(path, number) from error
            damaged.append(number)


class Entries:
    """The entries of a journal that grows, for whoever only reads it; a line that is damaged is left out."""

    def __init__(self, path: Path) -> None:
        self._lines = NewLines(path)

    def new(self) -> Iterator[Entry]:
        """Those since the last time."""
        for line in self._lines.take():
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                yield from _entry(line)


def _entry(line: bytes) -> Iterator[Entry]:
    """The entry, or none of a kind that is not known here."""
    envelope = msgspec.json.decode(line, type=_Envelope)
    if envelope.kind in _KINDS:
        yield Entry(envelope.seq, envelope.at, _decoder.decode(line))


@contextmanager
def lock(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Holds a session folder for this process; SessionError if another one has it and keeps it for so many seconds.

    Freed by any kind of death.
    """
    held = filelock.FileLock(folder / LOCK)
    try:
        held.acquire(timeout=patience)
    except filelock.Timeout:
        raise SessionError(
            f"{folder} is in use by another livesubs; stop that one first, or choose another folder"
        ) from None
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        yield
    finally:
        held.release()


def running(folder: Path) -> bool:
    """Whether a live process holds the folder. Asked without writing: reports are made of copies and archives too."""
    held = folder / LOCK
    if not held.exists():
        return False
    try:
        with filelock.FileLock(held, timeout=0):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # not ours to lock, so a copy
        return False


class Journal:
    """The one writer of a session's `journal.jsonl`; safe to call from several threads.

    Lines that cannot be written (a full disk, a folder that was removed) are kept in memory, in order, and written when
    that is possible again; meanwhile everything else goes on.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Opens the journal of a folder whose `lock` the caller holds, and cuts off a torn last line."""
        self._path = folder / "journal.jsonl"
        self._clock = clock
        self._guard = threading.Lock()
        self._size, self._seq = _whole_lines(self._path)
        self._file = self._open()
        self._file.truncate(self._size)
        self._unwritten: deque[bytes] = deque()
        self._trouble: SessionError | None = None
        self._state = fold(entry.event for entry in read(self._path))
        self.listeners: list[Callable[[Entry], None]] = []

    def append(self, event: Event) -> None:
        """Writes one line and tells the listeners."""
        with self._guard:
            self._append(event)
            trouble = self._write()
            if trouble and not self._trouble:
                text = f"{trouble}; the subtitles go on, and are written when that is mended"
                self._append(Warned(text=text, about=_UNWRITTEN))
            elif self._trouble and not trouble:
                text = "the session can be written again, and nothing is missing from it"
                self._append(Warned(text=text, good=True, about=_UNWRITTEN))
                trouble = self._write()
            self._trouble = trouble

    def _append(self, event: Event) -> None:
        entry = Entry(self._seq + 1, round(self._clock.now(), 3), event)
        self._unwritten.append(encode(entry) + b"\n")
        self._seq = entry.seq
        apply(self._state, light(event))
        for listen in self.listeners:
            listen(entry)

    def _write(self) -> SessionError | None:
        """What waits, each line whole or not at all; why it cannot be written."""
        try:
            if not self._path.exists():
                alone = self._put_back()
                taken = Warned(text=f"somebody removed {self._path}; what was in it is put back")
                self._append(taken if alone else Removed(stream=self._state.recorded))
            while self._unwritten:
                self._write_line(self._unwritten[0])
                self._unwritten.popleft()
        except OSError as error:
            return unwritable(self._path, error)
        return None

    def _write_line(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with suppress(OSError):
                self._file.truncate(self._size)
            raise
        self._size += len(line)

    def _put_back(self) -> bool:
        """Somebody removed the file: what was in it is still ours to read. Whether the rest of the folder was left."""
        self._file.seek(0)
        written = self._file.read(self._size)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._path.with_name(LOCK)  # which nobody but the session makes
        alone = lock.exists()
        lock.touch()
        whole = self._path.with_name(f".{self._path.name}.part")
        whole.write_bytes(written)
        whole.replace(self._path)
        self._file.close()
        self._file = self._open()
        return alone

    def _open(self) -> io.FileIO:
        return self._path.open("a+b", buffering=0)

    def tap(self, items: Iterable[T], events: Callable[[T], Iterable[Event]]) -> Iterator[T]:
        """Passes `items` on, each after its events have been appended."""
        for item in items:
            for event in events(item):
                self.append(event)
            yield item

    @contextmanager
    def state(self) -> Iterator[State]:
        """What the journal says now; nothing is appended while it is looked at."""
        with self._guard:
            yield self._state

    @property
    def alone(self) -> bool:
        """All is written, and nobody else has written there since, or removed it."""
        try:
            found, ours = self._path.stat(), os.fstat(self._file.fileno())
        except OSError:
            return False
        return not self._unwritten and (found.st_ino, found.st_size) == (ours.st_ino, self._size)

    def sync(self) -> None:
        """Everything written so far survives a power cut."""
        with suppress(OSError):  # of a disk that is told of already
            os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if (trouble := self._close()) and not kind:
            raise trouble

    def close(self) -> None:
        """DiskFull or SessionError when lines are left that cannot be written, also of a `with`."""
        if trouble := self._close():
            raise trouble

    def _close(self) -> SessionError | None:
        trouble = self._write() if self._unwritten else None  # a session that recorded nothing has removed the file
        self._file.close()
        return trouble


def light(event: Event) -> Event:
    """The event as a running session has to remember it: the words of three hours are in the file."""
    return msgspec.structs.replace(event, words=()) if isinstance(event, Sentence | Suppressed) else event


def encode(entry: Entry) -> bytes:
    """The journal line of an entry, without its newline; times rounded to the millisecond."""
    fields = {"seq": entry.seq, "at": entry.at, **msgspec.to_builtins(entry.event)}
    return _encoder.encode(_rounded(fields))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def _whole_lines(path: Path) -> tuple[int, int]:
    """(bytes up to the last whole line, seq of that line)."""
    if not path.exists():
        return 0, 0
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if not whole:
        return 0, 0
    last = data[data.rfind(b"\n", 0, whole - 1) + 1 : whole]
    try:
        return whole, int(json.loads(last)["seq"])
    except (ValueError, KeyError) as error:
        raise JournalCorrupt(path, data[:whole].count(b"\n")) from error
