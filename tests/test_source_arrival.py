"""Where a connection lies by when its sound arrives."""

from hypothesis import given
from hypothesis import strategies as some

from pipeline.source.arrival import SETTLED, Arrival


def live(seconds: int) -> Arrival:
    """Sound that has come in real time from 100.0 on."""
    arrival = Arrival()
    for second in range(1, seconds + 1):
        arrival.note(100.0 + second, float(second))
    return arrival


@given(some.integers(10, 200), some.integers(1, 1000))
def test_a_stream_that_is_away_keeps_the_origin_that_it_had(before: int, away: int) -> None:
    arrival = live(before)
    for second in range(1, away + 1):
        arrival.note(100.0 + before + second, float(before))
    assert arrival.origin == 100.0


@given(some.integers(61, 1000))
def test_what_comes_late_after_that_moves_nothing(away: int) -> None:
    arrival, back = live(100), 200.0 + away
    for number in range(1, away + 1):
        arrival.note(back + number / 20, 100.0 + number)  # twenty times as fast as it was said
    assert arrival.origin == 100.0


def test_clocks_that_run_apart_are_followed() -> None:
    arrival = Arrival()
    for second in range(1, 1001):
        arrival.note(100.0 + second * 1.001, float(second))
    assert arrival.origin is not None
    assert 100.9 < arrival.origin < 101.0


def test_it_settles_though_all_of_it_came_at_once() -> None:
    arrival = Arrival()
    arrival.note(100.0, 6.0)
    assert not arrival.settled
    arrival.note(100.0 + SETTLED, 6.0)
    assert arrival.settled
    assert arrival.origin == 94.0
