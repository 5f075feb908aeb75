"""Words as they are burned into a picture: drawn once for each line by ffmpeg (libass), laid over many frames.

libass breaks, shapes and orders any script, and takes what one font lacks from another. It reads a file: no text
stands in a filter's arguments, where it would have to be escaped.
"""

import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np

    Plane = np.ndarray[Any, Any]

WIDTH, HEIGHT = 1280, 720
_PATIENCE = 10.0
"""Seconds that ffmpeg has to draw a line; it takes a tenth of one."""
_HANGING = 47 / 40
"""How much larger libass takes letters to be: it counts what hangs below them, too."""
_MARGIN = HEIGHT // 20
_HEAD = f"""[Script Info]
ScriptType: v4.00+
PlayResX: {WIDTH}
PlayResY: {HEIGHT}
WrapStyle: 0
ScaledBorderAndShadow: yes

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, Bold, BorderStyle, Outline, Shadow, Alignment, \
MarginL, MarginR, MarginV, Encoding
Style: line,Arial,%.1f,&H00FFFFFF,&H00000000,-1,1,3.5,0,2,64,64,{_MARGIN},1

[Events]
Format: Layer, Start, End, Style, Text
"""
_NOTHING = f"color=c=black@0:s={WIDTH}x{HEIGHT},format=rgba,ass=line.ass:alpha=1"


def height(size: float) -> float:
    """Of letters that a person has made `size` times as large as usual, in pixels, as /screen has it (`screen.css`): a
    line of 42 always fits."""
    return min(0.056 * HEIGHT * size, 0.038 * WIDTH)


def band(size: float) -> int:
    """Pixels of the band under a smaller picture in which two such lines stand, as on /screen."""
    return round((height(size) * 1.3 * 2 + _MARGIN) / 2) * 2


class Drawn:
    """A line that can be laid over pictures in YUV 4:2:0."""

    def __init__(self, rgba: "Plane") -> None:
        """`rgba`: white letters with a black edge on nothing, `HEIGHT` by `WIDTH`, 8 bits."""
        rows = rgba[:, :, 3].max(axis=1).nonzero()[0]
        self._top, self._end = (int(rows[0]) & ~1, (int(rows[-1]) | 1) + 1) if len(rows) else (0, 0)
        cut = rgba[self._top : self._end].astype("uint32")
        alpha, light = cut[:, :, 3], cut[:, :, 0]  # drawn on black: the light is less already where it is thin
        self._keep, self._light = _parts(alpha, (16 * alpha + 219 * light) // 255)
        thin = alpha.reshape(-1, 2, WIDTH // 2, 2).mean(axis=(1, 3)).astype("uint32")
        self._keep_colour, self._grey = _parts(thin, 128 * thin // 255)

    @property
    def empty(self) -> bool:
        return self._top == self._end

    def over(self, picture: "Plane") -> "Plane":
        """The picture (its three planes one below the other) with the line; the one that was given stays as it is."""
        made = picture.copy()
        rows = made[self._top : self._end]
        rows[:] = (rows * self._keep + self._light) >> 8
        for first in (HEIGHT, HEIGHT * 5 // 4):
            plane = made[first : first + HEIGHT // 4].reshape(HEIGHT // 2, WIDTH // 2)
            colour = plane[self._top // 2 : self._end // 2]
            colour[:] = (colour * self._keep_colour + self._grey) >> 8
        return made


def _parts(alpha: "Plane", light: "Plane") -> "tuple[Plane, Plane]":
    """In 256ths, how much is kept of a picture and what is added."""
    return (256 - (alpha * 256 + 127) // 255).astype("uint16"), (light * 256).astype("uint16")


class Letters:
    """Draws with one ffmpeg."""

    def __init__(self, ffmpeg: str) -> None:
        self._ffmpeg = str(Path(ffmpeg).absolute())  # it is run in another folder
        self.drawn = lru_cache(maxsize=4)(self._drawn)
        """... a line of text, once, at a place (`Room.place`) in letters of a size; None when that cannot be."""

    def check(self) -> None:
        """SettingsError when words cannot be drawn on this machine."""
        drawn = self.drawn("Élu", "bottom", 1.0)
        if drawn is None:
            raise SettingsError("this ffmpeg cannot draw subtitles; leave out --ffmpeg, the bundled one can")
        if drawn.empty:
            raise SettingsError("there is no font to draw subtitles with; install one, such as fonts-dejavu")

    def _drawn(self, text: str, place: str, size: float) -> Drawn | None:
        import numpy as np

        with tempfile.TemporaryDirectory(prefix="livesubs-") as folder:
            (Path(folder) / "line.ass").write_text(
                _HEAD % (height(size) * _HANGING) + _dialogue(text, place, size), "utf-8"
            )
            how = ["-v", "error", "-f", "lavfi", "-i", _NOTHING, "-frames:v", "1", "-f", "rawvideo", "pipe:1"]
            try:
                done = subprocess.run(
                    [self._ffmpeg, *how], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE
                )
            except (OSError, subprocess.TimeoutExpired):
                return None
        if len(done.stdout) != WIDTH * HEIGHT * 4:
            return None
        return Drawn(np.frombuffer(done.stdout, np.uint8).reshape(HEIGHT, WIDTH, 4))


def _dialogue(text: str, place: str, size: float) -> str:
    """The text as libass shows it letter by letter: what begins its tags is none (U+2060 is nothing that is seen)."""
    plain = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}").replace("\n", "\\N")
    where = {"top": "{\\an8}", "band": f"{{\\an5\\pos({WIDTH // 2},{HEIGHT - band(size) // 2})}}"}.get(place, "")
    return f"Dialogue: 0,0:00:00.00,0:00:10.00,line,{where}{plain}\n"
