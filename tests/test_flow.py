"""Hand-offs: order, bound, errors and early ends; deadlines that leave a hung call behind."""

import threading
from collections.abc import Iterator

import pytest

from pipeline.flow import Caller, DeadlineExpired, Inline, Repeating, Threads, fan_out, merge, spawn
from tests.waiting import until


def test_items_come_in_order_and_end() -> None:
    assert list(spawn(iter(range(1000)), bound=3, name="numbers")) == list(range(1000))


def test_a_writer_never_runs_ahead_of_the_bound() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    channel = spawn(numbers(), bound=5, name="numbers")
    until(lambda: len(made) == 6, 5)  # five wait, the sixth is in the writer's hand
    assert next(iter(channel)) == 0
    channel.close()


def test_an_error_reaches_the_reader_after_what_came_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    reader = iter(spawn(failing(), bound=2, name="failing"))
    assert next(reader) == 1
    with pytest.raises(ValueError, match="broken"):
        next(reader)


def test_a_reader_that_leaves_stops_the_writer() -> None:
    stopped = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            stopped.set()

    channel = spawn(endless(), bound=2, name="endless")
    next(iter(channel))
    channel.close()
    assert stopped.wait(60)


def test_an_error_of_one_stream_is_not_forgotten_when_the_other_ends_well() -> None:
    fail, finish = threading.Event(), threading.Event()

    def failing() -> Iterator[int]:
        fail.wait(10)
        raise ValueError("broken")
        yield 0

    def well() -> Iterator[int]:
        yield 1
        finish.wait(10)
        yield 2

    reader = merge([failing(), well()], bound=4, name="tracks").batches()
    assert next(reader) == [1]
    fail.set()
    until(lambda: not _threads("tracks-1"), 5)
    finish.set()
    until(lambda: not _threads("tracks-2"), 5)
    assert next(reader) == [2]
    with pytest.raises(ValueError, match="broken"):
        next(reader)


def test_a_loop_that_is_left_stops_the_writer() -> None:
    batches = spawn(iter(int, 1), bound=2, name="left").batches()
    next(batches)
    batches.close()  # type: ignore[attr-defined]  # a generator, as a `for` that is left closes it
    until(lambda: not _threads("left"), 5)


def test_every_branch_gets_every_item() -> None:
    first, second = fan_out(iter(range(50)), 2, bound=64, name="items")
    assert list(first) == list(second) == list(range(50))


def test_a_slow_branch_does_not_hold_the_other() -> None:
    release = threading.Event()
    fast, slow = fan_out(iter(range(20)), 2, bound=64, name="items")

    def held() -> Iterator[str]:
        for number in slow:
            release.wait(10)
            yield f"slow {number}"

    got: list[str] = []
    for item in merge([(f"fast {n}" for n in fast), held()], bound=64, name="track"):
        got.append(item)
        if len(got) == 20:
            assert all(item.startswith("fast") for item in got)
            release.set()
    assert len(got) == 40


def test_threads_and_inline_give_the_same_items() -> None:
    def both(hands: Threads | Inline) -> list[int]:
        first, second = hands.fan_out(iter(range(10)), 2)
        return sorted(item for batch in hands.merge([first, second]) for item in batch)

    assert both(Threads()) == both(Inline())


def test_what_repeats_outlives_a_fault_of_ours_which_is_told_once() -> None:
    turns, told = list[int](), list[Exception]()

    def turn() -> None:
        turns.append(len(turns))
        if len(turns) < 4:
            raise ValueError(len(turns))

    with Repeating(turn, seconds=0.001, name="turns", tell=told.append):
        until(lambda: len(turns) > 5, 5)
    assert [str(fault) for fault in told] == ["1"]


def test_a_call_past_its_deadline_is_left_behind_and_the_next_one_is_answered() -> None:
    release = threading.Event()
    caller = Caller("engine")
    with pytest.raises(DeadlineExpired):
        caller.call(lambda: release.wait(30), 0.05)
    assert caller.call(lambda: "answer", 5) == "answer"
    assert len(_threads("engine")) == 2
    release.set()
    until(lambda: len(_threads("engine")) == 1, 5)  # hours of late answers leave no threads behind


def test_a_call_that_fails_fails_in_the_caller() -> None:
    def fail() -> str:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        Caller("engine").call(fail, 5)


def _threads(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(name)]
