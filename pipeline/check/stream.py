"""The rows of the source: it opens, the line is fast enough, there is sound on the right track, the picture plays."""

import os
from pathlib import Path

from pipeline.audio import SILENT, loudness
from pipeline.check.recording import Recording, record
from pipeline.check.rows import Plan, Row, Rows
from pipeline.errors import LivesubsError, NoAudio, NotLiveYet
from pipeline.settings import SourceSettings
from pipeline.source import line
from pipeline.source.command import SEGMENT, plays
from pipeline.source.line import Line

LISTEN, REHEARSE = 20.0, 60.0
"""Seconds of the stream, and of a recording that stands in for it."""
ROOM = 1.5
"""A line is fast enough from so many times the stream's own rate on: it is never alone on it."""
STEADY = 0.5
"""Share of a live playlist that comes in time at least; less is no matter of segments that come in lots any more."""
QUIET = -38.0
"""dB below full scale that the loudest second of speech at a usual level rises above."""
SILENCE = -55.0
"""dB below full scale that no second of the sound rises above: nothing is connected. Speech lies above -40."""


def stream(plan: Plan, folder: Path) -> Rows[Recording | None]:
    """The rows `stream` and `sound`."""
    try:
        recording = record(plan.source, plan.settings.source, folder / "stream", LISTEN, plan.doing)
    except NotLiveYet as error:
        yield Row(row="stream", ok=plan.rehearsal is not None, say=str(error))
        return None
    except NoAudio as error:
        yield Row(row="sound", ok=False, say=str(error))
        return None
    except LivesubsError as error:
        yield Row(row="stream", ok=False, say=str(error))
        return None
    end = "a recording" if recording.address.ends else "live"
    yield Row(row="stream", ok=True, say=f"{end}, opens in {recording.opened:.1f} s: {recording.media}")
    yield sound(recording, plan.settings.source.audio)
    return recording


def rehearsal(plan: Plan, folder: Path) -> Rows[Recording | None]:
    """What stands in for the stream; a row only when it cannot be read."""
    if plan.rehearsal is None:
        return None
    settings = SourceSettings(ffmpeg=plan.settings.source.ffmpeg, cookies=plan.settings.source.cookies)
    try:
        return record(plan.rehearsal, settings, folder / "rehearsal", REHEARSE, plan.doing)
    except LivesubsError as error:
        yield Row(row="rehearsal", ok=False, say=str(error))
        return None


def network(plan: Plan, recording: Recording) -> Rows[Line | None]:
    """The row `network`, where the source is on one."""
    if recording.address.kind in ("file", "device", "stdin"):
        return None
    plan.doing("measuring the line", line.LONGEST)
    try:
        found = line.measure(recording.address, recording.media.duration)
    except LivesubsError as error:
        yield Row(row="network", ok=False, say=str(error))
        return None
    yield _room(found, recording) if found else _arrival(recording)
    return found


def _arrival(recording: Recording) -> Row:
    """A stream that is pushed, or sent as it is played, shows no more than that it comes in time."""
    if recording.rate >= 0.9:
        return Row(row="network", ok=True, say="comes in time")
    said = f"only {recording.rate:.0%} of the stream comes in time; use a cable, stop other downloads, or ask for less"
    return Row(row="network", ok=False, say=said)


def _room(found: Line, recording: Recording) -> Row:
    needed = found.needed or recording.size * 8
    said = f"the stream takes {_bits(needed)}, the line gives {_bits(found.got)}"
    if found.got >= ROOM * needed:
        if recording.rate >= STEADY:
            return Row(row="network", ok=True, say=said)
        falters = f"the line is fast enough, yet only {recording.rate:.0%} of the stream came in time: it falters"
        return Row(row="network", ok=False, say=f"{falters} where it is made; ask the sender, or check again")
    advice = (
        f"at least {ROOM:g} times as much is needed: use a cable, stop other downloads, or ask for a smaller stream"
    )
    return Row(row="network", ok=False, say=f"{said}; {advice}")


def sound(recording: Recording, number: int) -> Row:
    """The row `sound`: which tracks there are, which one is taken, and that it is not silent."""
    tracks = recording.media.tracks
    have = "; ".join(f"{n} is {track}" for n, track in enumerate(tracks, 1))
    loud = max((_level(recording, second) for second in range(int(recording.seconds))), default=SILENT)
    if loud > SILENCE:
        taken = f"track {number} of {len(tracks)} ({have})" if len(tracks) > 1 else have.removeprefix("1 is ")
        how = "loud enough" if loud > QUIET else "quiet: ask for more level"
        return Row(row="sound", ok=True, say=f"{taken}, {how} (up to {loud:.0f} dB)")
    other = f"take another track with --audio ({have})" if len(tracks) > 1 else "ask the sender"
    said = (
        f"track {number} is silent ({loud:.0f} dB at most in {recording.seconds:.0f} s); {other}, or check again later"
    )
    return Row(row="sound", ok=False, say=said)


def _level(recording: Recording, second: int) -> float:
    return loudness(recording.audio.read(second, second + 1.0))


def picture(recording: Recording) -> Row:
    """The row `picture`: a browser can play it as it is, or what it costs to encode it again."""
    found = recording.media.picture
    if found is None:
        return Row(row="picture", ok=True, say="none: sound only")
    if plays(found):
        keys = f", a new picture every {recording.segment:.0f} s" if recording.segment > 3 * SEGMENT else ""
        return Row(row="picture", ok=True, say=f"{found}, plays in a browser as it is{keys}")
    cores = os.cpu_count() or 1
    said = (
        f"no browser plays {found}: it is encoded again while it is recorded, for {recording.work:.1f} of {cores} cores"
    )
    if recording.work <= cores / 4:
        way = "ask for H.264; if there is none, this machine can do it: plug it in and start `run` as it is"
    else:
        way = "ask for H.264 or a smaller picture, or take a faster machine"
    return Row(row="picture", ok=False, say=f"{said}; {way}")


def _bits(rate: float) -> str:
    return f"{rate / 1e6:.1f} Mbit/s" if rate >= 1e6 else f"{rate / 1e3:.0f} kbit/s"
