"""Waiting for a condition instead of for time."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float) -> T:
    """The first true value of `condition()`; AssertionError when there is none within `seconds`."""
    tick = threading.Event()
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        tick.wait(0.01)
    return value
