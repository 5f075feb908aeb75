"""The rally's picture: a card for whoever speaks, a running clock for people, and the same clock for programs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from samples.sound import Placed

WIDTH, HEIGHT, FPS = 640, 360, 25
_BACKGROUND, _FAINT, _PALE, _WHITE = (16, 18, 24), (70, 74, 86), (170, 174, 186), (240, 240, 240)

# Frame number in Gray code, least bit at the right: squares in the lower left corner, white is 1. Gray code, because
# of two neighbouring numbers only one square differs: a blended frame reads as one of them.
BITS, SQUARE, LEFT, TOP = 12, 20, 20, 320

Frame = NDArray[np.uint8]
"""HEIGHT x WIDTH x 3, RGB."""


def frames(sentences: Sequence[Placed], seconds: float) -> Iterator[Frame]:
    """Every frame of the clip; frame n is shown from n / FPS on."""
    starts = [sentence.start for sentence in sentences]
    cards: dict[int, Image.Image] = {}
    font = ImageFont.load_default(44)
    for number in range(round(seconds * FPS)):
        at = bisect_right(starts, number / FPS) - 1
        if at not in cards:
            cards[at] = _card(sentences[at] if at >= 0 else None)
        image = cards[at].copy()
        draw = ImageDraw.Draw(image)
        draw.text((430, 300), clock(number / FPS), font=font, fill=_WHITE)
        _draw_code(draw, number)
        yield np.asarray(image)


def clock(seconds: float) -> str:
    """mm:ss.cc"""
    return f"{int(seconds // 60):02}:{int(seconds % 60):02}.{round(seconds * 100) % 100:02}"


def read_clock(frame: Frame) -> float:
    """The moment that a frame of the clip shows, seconds, from its squares; size must be WIDTH x HEIGHT."""
    centres = LEFT + SQUARE * np.arange(BITS) + SQUARE // 2
    code = 0
    for lit in frame[TOP + SQUARE // 2, centres].mean(axis=1) > 128:
        code = code << 1 | int(lit)
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number / FPS


def _draw_code(draw: ImageDraw.ImageDraw, number: int) -> None:
    code = number ^ number >> 1
    for bit in range(BITS):
        x = LEFT + SQUARE * (BITS - 1 - bit)
        draw.rectangle((x, TOP, x + SQUARE - 1, TOP + SQUARE - 1), fill=_WHITE if code >> bit & 1 else _FAINT)


def _card(sentence: Placed | None) -> Image.Image:
    """The speaker as a figure on their colour, with their role; the title before anyone has spoken.

    Texts have no accents: the font that Pillow brings has none.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), _BACKGROUND)
    draw = ImageDraw.Draw(image)
    title = ImageFont.load_default(40)
    if sentence is None:
        draw.text((60, 120), "Rassemblement", font=title, fill=_WHITE)
        return image
    speaker = sentence.line.speaker
    draw.rectangle((40, 40, 240, 280), fill=speaker.colour)
    draw.ellipse((105, 75, 175, 155), fill=_WHITE)
    draw.pieslice((75, 170, 205, 390), 180, 360, fill=_WHITE)
    draw.rectangle((40, 281, 240, HEIGHT), fill=_BACKGROUND)
    draw.text((270, 120), speaker.role, font=title, fill=_WHITE)
    draw.text((270, 175), "voix artificielle", font=ImageFont.load_default(24), fill=_PALE)
    return image
