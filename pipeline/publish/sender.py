"""The process that has the server's address: encodes what it is given, and pushes it by RTMP.

`python -m pipeline.publish.sender` reads the address and the pictures a second from its standard input, a line each,
then ticks: a byte that says whether a picture comes, the picture, the sound. So nobody reads the stream key in the list
of processes. It answers `ready` when the server takes it, and `refused` when nobody listens there; whatever else goes
wrong has no words, since libav's would have the address in them. A server that does not answer holds the whole process
up, inside libav: the system then ends it.
"""

import os
import sys
from contextlib import suppress
from fractions import Fraction
from typing import Any, BinaryIO

from pipeline import system
from pipeline.publish.letters import HEIGHT, WIDTH
from pipeline.publish.reel import HERTZ

PATIENCE = 10
"""Seconds that the server has to answer, and to take what is sent."""
KEYS = 2
"""Seconds between pictures that need no other: what servers ask for."""
_PICTURE = WIDTH * HEIGHT * 3 // 2
# 3 Mbit/s at most, as servers advise for 720 lines; less where little moves.
_X264 = {"preset": "veryfast", "crf": "21", "maxrate": "3000k", "bufsize": "6000k", "bf": "0", "sc_threshold": "0"}


class Output:
    """An open RTMP connection."""

    def __init__(self, address: str, rate: int) -> None:
        """OSError of libav when the server does not take it."""
        import av

        self._rate, self._number = rate, 0
        self._out = av.open(address, "w", format="flv", container_options={"flvflags": "no_duration_filesize"})
        self._video: Any = self._out.add_stream("libx264", rate=rate, options={**_X264, "g": str(KEYS * rate)})
        self._video.width, self._video.height, self._video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._audio: Any = self._out.add_stream("aac", rate=HERTZ, layout="stereo", bit_rate=160_000)
        self._out.start_encoding()

    def tick(self, picture: bytes, sound: bytes) -> None:
        """The next moment; one without a picture keeps the one before."""
        import av
        import numpy as np

        if picture:
            planes = np.frombuffer(picture, np.uint8).reshape(HEIGHT * 3 // 2, WIDTH)
            seen = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            seen.pts, seen.time_base = self._number, Fraction(1, self._rate)
            self._out.mux(self._video.encode(seen))
        samples = np.frombuffer(sound, np.int16).reshape(1, -1)
        heard = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        heard.sample_rate, heard.time_base = HERTZ, Fraction(1, HERTZ)
        heard.pts = self._number * HERTZ // self._rate
        self._out.mux(self._audio.encode(heard))
        self._number += 1

    def close(self) -> None:
        for track in (self._video, self._audio):
            self._out.mux(track.encode(None))
        self._out.close()


def serve(given: BinaryIO) -> None:
    """Until the input ends. Errors of libav's when the server does not take it any more."""
    address, rate = given.readline().decode().strip(), int(given.readline())
    system.end_after(PATIENCE)
    output = Output(address, rate)
    _answer("ready")
    while head := given.read(1):
        picture = given.read(_PICTURE) if head == b"p" else b""
        sound = given.read(HERTZ // rate * 4)
        if len(sound) < HERTZ // rate * 4:
            break
        output.tick(picture, sound)
        system.end_after(PATIENCE)
    output.close()


def _answer(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def main() -> None:
    import av

    try:
        serve(sys.stdin.buffer)
    except av.error.ConnectionRefusedError:
        _answer("refused")
    except (av.error.FFmpegError, OSError):
        with suppress(OSError):
            _answer("lost")
    os._exit(0)  # what libav would still say to the server by itself could take for ever


if __name__ == "__main__":
    main()
