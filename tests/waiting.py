"""Waiting for a condition instead of for time."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psutil

T = TypeVar("T")

_BUSY = 4.0
"""Times as long as usual that a busy machine may take: how quick it is says nothing of what is waited for."""


def until(condition: Callable[[], T], seconds: float) -> T:
    """The first true value of `condition()`, which comes within `seconds` unless the machine is busy; AssertionError
    when there is none."""
    tick = threading.Event()
    deadline = time.monotonic() + _BUSY * seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"nothing within {_BUSY * seconds:.0f} s"
        tick.wait(0.01)
    return value


def ended(process: psutil.Process) -> bool:
    """Whether it runs no more; also one that ends while it is asked."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
