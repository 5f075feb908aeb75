"""Hand-offs between stages, deadlines, and the clock: the only module that starts threads for the pipeline.

A stage is a generator over plain values. `spawn` runs one in a thread of its own behind a bound; without it the same
expression runs in the caller's thread, which is how tests and scores run it.
"""

import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, Self, TypeAlias, TypeVar

from pipeline.notes import Faults, say_fault

T = TypeVar("T")

_UP: int | None = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux has a clock that counts a sleeping machine's time too; elsewhere the usual one is the best there is."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")

BACKOFF = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to connect again; then always the last."""
_TURN = 0.5
"""Seconds that a reader waits at a time."""
_BOUND = 256
"""Items that may wait in a hand-off: a quarter of an hour of sentences."""


class Clock(Protocol):
    """Time and waiting, so that tests can bring their own."""

    def now(self) -> float:
        """Wall time, Unix seconds: it may jump."""

    def up(self) -> float:
        """Seconds since the machine was started, asleep or not: it never jumps."""

    def boot(self) -> str:
        """Names the start that `up` counts from; empty where the system has no name for it."""

    def wait(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.time()

    def up(self) -> float:
        return time.clock_gettime(_UP) if _UP is not None else time.monotonic()

    def boot(self) -> str:
        return _BOOT.read_text().strip() if _BOOT.exists() else ""

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class Closed(Exception):
    """The reader of a channel has gone; the writer stops."""


class Channel(Iterable[T]):
    """A bounded hand-off from one thread to another; an error of the writer is raised in the reader."""

    def __init__(self, bound: int) -> None:
        self._items: deque[T] = deque()
        self._bound = bound
        self._changed = threading.Condition()
        self._done = False
        self._closed = False
        self._error: BaseException | None = None

    def put(self, item: T) -> None:
        """Blocks while the channel is full; raises Closed once the reader has gone."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._bound or self._closed)
            if self._closed:
                raise Closed
            self._items.append(item)
            self._changed.notify_all()

    def finish(self, error: BaseException | None = None) -> None:
        """No more items; the reader gets those waiting, then the end or the first error."""
        with self._changed:
            self._done, self._error = True, self._error or error
            self._changed.notify_all()

    @property
    def finished(self) -> bool:
        """Its end was told, or an error of a writer."""
        return self._done

    def close(self) -> None:
        """The reader goes away."""
        with self._changed:
            self._closed = True
            self._items.clear()
            self._changed.notify_all()

    def batches(self) -> Iterator[list[T]]:
        """All that waits, each time there is something; whoever leaves the loop closes the channel."""
        try:
            while batch := self._take():
                yield batch
        finally:
            self.close()

    def _take(self) -> list[T]:
        """What waits, or will; nothing at the end. Raises the writer's error."""
        with self._changed:
            # By turns: a signal that comes right before a wait does not end it, and its handler would wait as long.
            while not self._changed.wait_for(lambda: bool(self._items) or self._done or self._closed, _TURN):
                pass
            batch = list(self._items)
            self._items.clear()
            self._changed.notify_all()
            if not batch and self._error:
                raise self._error
            return batch

    def __iter__(self) -> Iterator[T]:
        for batch in self.batches():
            yield from batch


def spawn(items: Iterable[T], *, bound: int, name: str) -> Channel[T]:
    """Runs `items` in a daemon thread and gives its items through a channel of at most `bound` waiting."""
    return merge([items], bound=bound, name=name)


def merge(streams: Iterable[Iterable[T]], *, bound: int, name: str) -> Channel[T]:
    """Runs every stream in a thread of its own; their items come as they are ready, each stream's in its order."""
    channel: Channel[T] = Channel(bound)
    streams = list(streams)
    left = len(streams)
    lock = threading.Lock()

    def pump(stream: Iterable[T]) -> None:
        nonlocal left
        error: BaseException | None = None
        try:
            for item in stream:
                channel.put(item)
        except Closed:
            pass
        except BaseException as caught:  # it is raised again where the channel is read
            error = caught
        with lock:
            left -= 1
            last = left == 0
        if last or error:
            channel.finish(error)

    if not streams:
        channel.finish()
    for number, stream in enumerate(streams, 1):
        threading.Thread(target=pump, args=(stream,), name=f"{name}-{number}", daemon=True).start()
    return channel


def fan_out(items: Iterable[T], copies: int, *, bound: int, name: str) -> list[Channel[T]]:
    """Every item to each of `copies` channels, from one thread; a reader that lags by `bound` items slows the rest."""
    channels: list[Channel[T]] = [Channel(bound) for _ in range(copies)]

    def pump() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                for channel in channels:
                    channel.put(item)
        except Closed:
            pass
        except BaseException as caught:  # it is raised again where the channels are read
            error = caught
        for channel in channels:
            channel.finish(error)

    threading.Thread(target=pump, name=name, daemon=True).start()
    return channels


class DeadlineExpired(Exception):
    """The call had not answered in time; it is left behind in its thread."""


_Jobs: TypeAlias = "queue.SimpleQueue[Callable[[], None] | None]"
"""What a thread is to do, one after the other; None is the end."""


class Caller:
    """A thread that makes calls one by one, for libraries whose calls may hang; a hung thread is replaced."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: _Jobs | None = None

    def call(self, function: Callable[[], T], seconds: float) -> T:
        """What `function()` returns or raises; DeadlineExpired after `seconds`, and the next call gets a new thread."""
        answer: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def job() -> None:
            try:
                answer.put((function(), None))
            except BaseException as caught:  # it is raised again in the caller's thread
                answer.put((None, caught))

        self.leave(job)
        try:
            value, error = answer.get(timeout=seconds)
        except queue.Empty:
            assert self._jobs
            self._jobs.put(None)  # its thread ends, should the call come back after all
            self._jobs = None
            raise DeadlineExpired from None
        if error:
            raise error
        return value  # type: ignore[return-value]  # no error: it is the function's own answer

    def leave(self, job: Callable[[], None]) -> None:
        """Has `job`, which must not raise, done in the thread after what it has to do already; waits for nothing."""
        if self._jobs is None:
            self._jobs = self._start()
        self._jobs.put(job)

    def _start(self) -> "_Jobs":
        jobs: _Jobs = queue.SimpleQueue()

        def work() -> None:
            while job := jobs.get():
                job()

        threading.Thread(target=work, name=self._name, daemon=True).start()
        return jobs


class Threads:
    """How a session joins its stages: each branch in threads of its own."""

    def fan_out(self, items: Iterable[T], copies: int) -> Sequence[Iterable[T]]:
        return fan_out(items, copies, bound=_BOUND, name="sentences")

    def merge(self, streams: Sequence[Iterable[T]]) -> Iterator[list[T]]:
        return merge(streams, bound=_BOUND, name="track").batches()


class Inline:
    """The same in the caller's thread, deterministic: for tests and scores."""

    def fan_out(self, items: Iterable[T], copies: int) -> Sequence[Iterable[T]]:
        return itertools.tee(items, copies)

    def merge(self, streams: Sequence[Iterable[T]]) -> Iterator[list[T]]:
        waiting = [iter(stream) for stream in streams]
        while waiting:
            for stream in list(waiting):
                try:
                    yield [next(stream)]
                except StopIteration:
                    waiting.remove(stream)


class Repeating:
    """Calls a function every so often in a thread of its own, while entered or from start to stop."""

    def __init__(
        self,
        function: Callable[[], None],
        *,
        seconds: float,
        name: str,
        tell: Callable[[Exception], None] | None = None,
    ) -> None:
        """What goes wrong in the function is told as `Faults` says, unless there is a way to `tell` it on the standard
        error."""
        self._function, self._seconds = function, seconds
        self._faults = Faults(tell or partial(say_fault, name))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(self._seconds):
            with self._faults:
                self._function()
