"""When the runs of a stream are on the source's own clock. PyAV is imported when first used.

That clock is the programme's date and time where the playlist tells it, and between two runs the time stamps where they
agree with it: a server may guess at the time. Else it is the stream's own time stamps (PTS), unwrapped over their 33
bits, and carried on over a discontinuity, where they start anew, by what the playlist says.
"""

from pathlib import Path

from pipeline.source.hls.trail import DISCONTINUITY

PROGRAMME = "programme"
_WRAP = 2**33 / 90_000
_GUESS = 1.0
"""Seconds by which a programme's time may be a guess."""
_NEAR, _OVERLAP = 60.0, 2.0
"""Seconds by which time stamps may be later or earlier than the playlist makes expect; beyond, they have jumped."""


def starts(playlist: Path) -> float | None:
    """The first time stamp of what a playlist lists, seconds; None where it has none that can be read."""
    import av

    try:
        with av.open(str(playlist), options=OPTIONS) as opened:
            return None if opened.start_time is None else opened.start_time / 1e6
    except (av.FFmpegError, OSError, ValueError):
        return None


def ends(playlist: Path) -> float | None:
    """Where the sound of what a playlist lists ends; as `starts`."""
    import av

    try:
        with av.open(str(playlist), options=OPTIONS) as opened:
            over = [
                float((packet.pts + (packet.duration or 0)) * packet.time_base)
                for packet in opened.demux(opened.streams.audio[0] if opened.streams.audio else None)
                if packet.pts is not None and packet.time_base is not None
            ]
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return None
    return max(over, default=None)


def unwrapped(at: float, expected: float) -> float:
    """A time that may be off by whole wraps of the time stamps, as the one nearest to what is expected."""
    return at + round((expected - at) / _WRAP) * _WRAP


class Reckoning:
    """The clock through a whole stream."""

    def __init__(self) -> None:
        self._epoch = 1
        self.shift = 0.0
        """What is added to a time stamp."""
        self.lag: float | None = None
        """What is added to the programme's time, since it was first told."""

    @property
    def clock(self) -> str:
        """The name of the clock of time stamps; times of two names cannot be compared."""
        return f"time stamps {self._epoch}"

    def take_up(self, clock: str, shift: float, lag: float | None) -> None:
        """Goes on with an earlier mirror's clock."""
        self.shift, self.lag = shift, lag
        if clock != PROGRAMME:
            self._epoch = int(clock.rpartition(" ")[2])

    def near(self, stamp: float, expected: float) -> float:
        """The time of a time stamp, by the wrap that brings it nearest to where it is expected."""
        return unwrapped(stamp + self.shift, expected)

    def dated(self, stamp: float | None, programme_at: float) -> float:
        """The time of a run's first time stamp on the programme's clock, which says `programme_at`."""
        expected = programme_at + (self.lag or 0.0)
        if stamp is None:
            return expected
        at = self.near(stamp, expected)
        began = expected if self.lag is None or abs(at - expected) > _GUESS else at
        self.shift, self.lag = began - stamp, began - programme_at
        return began

    def place(self, stamp: float, over: float | None, reason: str, missing: float | None) -> float:
        """The time of a run's first time stamp; `over` is where the run before ended, `missing` what lies between."""
        if over is None:
            return stamp + self.shift
        if missing is None:
            self._epoch, self.shift = self._epoch + 1, 0.0
            return stamp
        expected = over + missing
        at = self.near(stamp, expected)
        if reason == DISCONTINUITY or not over - _OVERLAP < at < expected + missing + _NEAR:
            self.shift = expected - stamp
            return expected
        return at


OPTIONS = {
    "live_start_index": "0",
    "max_reload": "2147483647",
    "m3u8_hold_counters": "2147483647",
    "extension_picky": "0",
    "allowed_extensions": "ALL",
    "allowed_segment_extensions": "ALL",
    "protocol_whitelist": "file,crypto,data",
}
"""ffmpeg's input options for a playlist of ours: read from its start, waited for however long it does not grow."""
