"""The rally's picture: a card for whoever speaks, a running clock for people, and the same clock for programs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from samples.clock import FPS, HEIGHT, SQUARE, TOP, WIDTH, digits, squares
from samples.sound import Placed

_BACKGROUND, _FAINT, _PALE, _WHITE = (16, 18, 24), (70, 74, 86), (170, 174, 186), (240, 240, 240)

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
        draw.text((430, 300), digits(number / FPS), font=font, fill=_WHITE)
        for left, lit in squares(number):
            draw.rectangle((left, TOP, left + SQUARE - 1, TOP + SQUARE - 1), fill=_WHITE if lit else _FAINT)
        yield np.asarray(image)


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
