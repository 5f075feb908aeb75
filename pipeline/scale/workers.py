"""Workers, and what waits for one: whoever is free has the next piece of work; what a lost one had, another has."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import count
from queue import PriorityQueue
from typing import Any, Self, TypeAlias, TypeVar

from pipeline.errors import LivesubsError, WorkerError
from pipeline.flow import spawn
from pipeline.refining.readings import Block
from pipeline.scale.worker import Lost, Worker
from pipeline.speech.messages import Heard

T = TypeVar("T")

DEADLY = 5
"""Workers that may be lost over one piece of work before it is given up."""


class _Job:
    """A piece of work."""

    def __init__(self, work: Callable[[Worker], Any]) -> None:
        self.work, self.future, self.lost = work, Future[Any](), 0


_Jobs: TypeAlias = "PriorityQueue[tuple[int, _Job | None]]"
"""By when they came, so that what is given back comes first; None is the end."""


class _Seat:
    """The place of a worker: one that is lost is replaced."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._worker: Worker | None = None
        self._closed = False
        self._error: Exception | None = None

    def worker(self) -> Worker:
        """Who works here; waits until there is one. WorkerError where none is wanted any more."""
        with self._lock:
            if self._error:
                raise self._error
            if not self._worker and not self._closed:
                self._worker = self._make()
            if not self._worker or self._closed:
                self._free()
                raise WorkerError("it was closed; open it again")
            return self._worker

    def leave(self, worker: Worker) -> None:
        """That one is lost."""
        with self._lock:
            if self._worker is worker:
                self._free()

    def give_up(self, error: Exception) -> None:
        """No worker is to be had: neither of its threads goes on alone."""
        with self._lock:
            self._error = error

    def close(self) -> None:
        """Who is still being made then is let go as soon as it is there: nobody waits for that."""
        self._closed = True
        if self._lock.acquire(blocking=False):
            self._free()
            self._lock.release()

    def _free(self) -> None:
        if self._worker:
            self._worker.close()
        self._worker = None


class Workers:
    """So many of them, from the first piece of work on. Each hears in one thread and translates in another, so that no
    sentence waits for a block."""

    def __init__(self, make: Callable[[], Worker], number: int) -> None:
        """`make` gives a worker, and may wait for the room for one."""
        self.number = number
        self._seats = [_Seat(make) for _ in range(number)]
        self._blocks: _Jobs = PriorityQueue()
        self._texts: _Jobs = PriorityQueue()
        self._numbers, self._lock = count(), threading.Lock()
        self._left = 2 * number
        self._started = False
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for jobs in (self._blocks, self._texts):
            for _seat in self._seats:
                jobs.put((next(self._numbers), None))
        for seat in self._seats:
            seat.close()

    @property
    def description(self) -> str:
        """The model and its device; waits for a worker. Errors of those that could not be made."""
        return self.translate(lambda worker: worker.description).result()  # among the sentences it soon has its turn

    def hear(self, work: Callable[[Worker], T]) -> "Future[T]":
        """What the work comes to with some worker, once it has been done."""
        return self._put(self._blocks, work)

    def heard(self, blocks: Iterable[Block]) -> Iterator[Heard]:
        """What is said in each, in order. Several go on while the first of them is heard; one alone is never ahead of
        whoever takes what it has heard, and may have it wait."""
        waiting: deque[Future[Heard]] = deque()
        for block in blocks:
            waiting.append(self.hear(partial(_hear, block)))
            if len(waiting) >= 2 * self.number - 1:
                yield waiting.popleft().result()
        for answer in waiting:
            yield answer.result()

    def translate(self, work: Callable[[Worker], T]) -> "Future[T]":
        return self._put(self._texts, work)

    def _start(self) -> None:
        """Where there is nothing to do, no model is loaded."""
        with self._lock:
            started, self._started = self._started, True
        if not started:
            for seat in self._seats:
                for jobs in (self._blocks, self._texts):
                    spawn(self._work(seat, jobs), bound=1, name="worker")

    def _put(self, jobs: _Jobs, work: Callable[[Worker], T]) -> "Future[T]":
        self._start()
        job = _Job(work)
        with self._lock:
            if self._error:
                job.future.set_exception(self._error)
            else:
                jobs.put((next(self._numbers), job))
        return job.future

    def _work(self, seat: _Seat, jobs: _Jobs) -> Iterator[None]:
        """The life of a thread: a worker first, then something to do, so that no work waits for a worker to come."""
        lost = 0
        while True:
            try:
                worker = seat.worker()
            except Exception as error:  # a model that is not there, a cluster that is gone
                lost += 1
                if isinstance(error, Lost) and lost < DEADLY:
                    continue
                seat.give_up(error)
                self._give_up(error)
                return
            lost = 0
            number, job = jobs.get()
            if job is None:
                return
            try:
                job.future.set_result(job.work(worker))
            except Lost as error:
                seat.leave(worker)
                self._again(jobs, number, job, error)
            except Exception as error:  # it is raised again where the answer is awaited
                job.future.set_exception(error)
        yield  # never: for `spawn`, which takes what gives items

    def _again(self, jobs: _Jobs, number: int, job: _Job, error: Lost) -> None:
        job.lost += 1
        if job.lost < DEADLY:
            jobs.put((number, job))
        else:
            text = (
                f"{DEADLY} workers were lost over a part of it ({error}); look at their machines, then type this again"
            )
            job.future.set_exception(WorkerError(text))

    def _give_up(self, error: Exception) -> None:
        """One thread is out; with the last, nothing is done any more."""
        with self._lock:
            self._left -= 1
            if self._left:
                return
            self._error = error if isinstance(error, LivesubsError) else WorkerError(f"no worker is left: {error}")
            for jobs in (self._blocks, self._texts):
                while not jobs.empty():
                    if job := jobs.get()[1]:
                        job.future.set_exception(self._error)


def _hear(block: Block, worker: Worker) -> Heard:
    return worker.hear(block)
