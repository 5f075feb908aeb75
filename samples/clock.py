"""The running clock of the rally's picture: digits for people, squares for programs. Needs numpy alone."""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 640, 360, 25

# The frame number in Gray code, as squares in the lower left corner, the least bit at the right, white is 1. Gray code,
# because two neighbouring numbers differ in one square alone: a blend of two frames still reads as one of them.
SQUARE, LEFT, TOP = 20, 20, 320
_BITS = 12


def digits(seconds: float) -> str:
    """mm:ss.cc"""
    return f"{int(seconds // 60):02}:{int(seconds % 60):02}.{round(seconds * 100) % 100:02}"


def squares(number: int) -> Iterator[tuple[int, bool]]:
    """(left edge, lit) of every square that together show this frame number."""
    code = number ^ number >> 1
    for bit in reversed(range(_BITS)):
        yield LEFT + SQUARE * (_BITS - 1 - bit), bool(code >> bit & 1)


def read_clock(frame: NDArray[Any]) -> float:
    """The moment that a frame of the clip shows, seconds; the frame is HEIGHT x WIDTH x 3, 8 bits."""
    code = 0
    for left, _ in squares(0):
        code = code << 1 | int(frame[TOP + SQUARE // 2, left + SQUARE // 2].mean() > 128)
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number / FPS
