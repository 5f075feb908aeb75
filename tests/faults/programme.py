"""What is on air: the rally, again and again, in every form that the streams need, and when each byte of it is due."""

import subprocess
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from threading import RLock

from tests.measures import SAMPLES
from tests.publisher import Line, cut
from tests.radio import KBIT

RALLY, ROUND = SAMPLES / "rally.mp4", 73.1
"""The sample, and the seconds it lasts."""
TURN = 24.0
"""Seconds at which a twisted programme changes."""
_PACKET, _WRAP = 188, 2**33 / 90_000


class Programme:
    """So many rounds of the rally; each form of it is made when first asked for."""

    def __init__(self, ffmpeg: str, folder: Path, rounds: int) -> None:
        self.ffmpeg, self.folder, self.seconds = ffmpeg, folder, rounds * ROUND
        self._rounds, self._making = rounds, RLock()
        self._cuts: dict[str, list[Line]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def _whole(self) -> Path:
        return self._make("whole.mp4", "-c", "copy", source=RALLY, before=("-stream_loop", str(self._rounds - 1)))

    def mp3(self) -> Path:
        """At a constant rate, without a header."""
        return self._make("radio.mp3", "-vn", "-b:a", f"{KBIT}k", "-id3v2_version", "0", "-write_xing", "0")

    def tape(self, *codecs: str, name: str = "tape", stamps: float = 10.0) -> "Tape":
        """As MPEG-TS, its clock beginning at `stamps` seconds."""
        return Tape(self.tape_file(*codecs, name=name, stamps=stamps))

    def tape_file(self, *codecs: str, name: str = "tape", stamps: float = 10.0) -> Path:
        copied = codecs or ("-c", "copy")
        muxed = ("-output_ts_offset", str(stamps), "-muxdelay", "0", "-pat_period", "0.2", "-f", "mpegts")
        return self._make(f"{name}.ts", *copied, *muxed)

    def pieces(self, *codecs: str, name: str = "plain", stamps: float = 10.0) -> list[Line]:
        """As HLS, in pieces of two seconds whose time stamps begin at `stamps` seconds."""
        with self._making:
            if name not in self._cuts:
                options = ("-hls_time", "2", "-output_ts_offset", str(stamps), *codecs)
                self._cuts[name] = cut(self.ffmpeg, self._whole(), self.folder / name, *options)
            return list(self._cuts[name])

    def _make(self, name: str, *options: str, source: Path | None = None, before: tuple[str, ...] = ()) -> Path:
        path, source = self.folder / name, source or self._whole()
        with self._making:
            if not path.exists():
                command = [self.ffmpeg, "-v", "error", *before, "-i", str(source), *options, str(path)]
                subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return path


class Tape:
    """An MPEG-TS file and when its packets are due, by its own clock (PCR), which may wrap or jump."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self._at, self._seconds = [0], [0.0]
        last: float | None = None
        for number in range(len(self._data) // _PACKET):
            clock = _clock(self._data[number * _PACKET : number * _PACKET + 12])
            if clock is not None:
                step = 0.0 if last is None else (clock - last) % _WRAP
                self._at.append(number)
                self._seconds.append(self._seconds[-1] + (step if step < 5 else 0.04))
                last = clock

    @property
    def seconds(self) -> float:
        return self._seconds[-1]

    def spliced(self, other: "Tape", at: float) -> "Tape":
        """This one, and from `at` seconds on the other."""
        made = object.__new__(Tape)
        first, second = self.packet(at), other.packet(at)
        made._data = self._data[: first * _PACKET] + other._data[second * _PACKET :]
        kept = bisect_right(self._at, first)
        later = bisect_right(other._at, second)
        made._at = self._at[:kept] + [number - second + first for number in other._at[later:]]
        made._seconds = self._seconds[:kept] + other._seconds[later:]
        return made

    def packet(self, seconds: float) -> int:
        """How many packets are due by then."""
        index = bisect_right(self._seconds, seconds) - 1
        if index + 1 == len(self._at):
            return len(self._data) // _PACKET
        span = self._seconds[index + 1] - self._seconds[index]
        share = (seconds - self._seconds[index]) / span if span else 0.0
        return int(self._at[index] + share * (self._at[index + 1] - self._at[index]))

    def packets(self, first: int, end: int) -> bytes:
        return self._data[first * _PACKET : end * _PACKET]


def _clock(head: bytes) -> float | None:
    """The programme clock of a packet that has one, seconds."""
    has = head[3] & 0x20 and head[4] >= 7 and head[5] & 0x10
    return (int.from_bytes(head[6:11], "big") >> 7) / 90_000 if has else None


def ends(lines: list[Line]) -> Iterator[float]:
    """When each piece is over."""
    return accumulate(line.seconds for line in lines)
