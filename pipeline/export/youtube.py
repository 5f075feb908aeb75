"""A folder with what YouTube is given: film, subtitles of every language, chapters, and a transcript."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from pipeline.direction import standing
from pipeline.errors import SessionError, SettingsError, unwritable
from pipeline.events import Gap, MediaSegment, Value
from pipeline.export import mux
from pipeline.export.chapters import chapters
from pipeline.export.recording import film, recorded
from pipeline.export.stretches import HOLE, Span, Stretch, kept, moved
from pipeline.export.texts import text
from pipeline.export.track import singles
from pipeline.export.writing import put
from pipeline.lines import clock_time
from pipeline.state import State

Mark = Literal["begin", "end"]
_MARKED: dict[Mark, tuple[str, str]] = {"begin": ("--from", "0:12:30"), "end": ("--to", "2:40:00")}
"""What takes a mark of the show, and a time as one may be typed instead."""


class Part(Value, frozen=True):
    """What of a session is wanted, in stream time."""

    start: float | None = None
    """None: from the beginning of the recording on."""
    end: float | None = None
    """None: to its end."""
    cuts: tuple[Span, ...] = ()
    """What is left out."""

    def of(self, found: Sequence[MediaSegment], gaps: Sequence[Gap]) -> list[Stretch]:
        """Without the gaps, but for short ones; SettingsError where nothing of it was recorded."""
        start = max(0.0, found[0].start) if self.start is None else self.start
        end = found[-1].end if self.end is None else self.end
        missing = [(gap.start, gap.end) for gap in gaps if gap.end - gap.start >= HOLE]
        if made := kept(found, start, end, [*self.cuts, *missing]):
            return made
        raise SettingsError(
            f"nothing is left from {clock_time(start)} to {clock_time(end)}; "
            f"the recording goes from {clock_time(found[0].start)} to {clock_time(found[-1].end)}"
        )


def marked(state: State, *wanted: Mark) -> dict[Mark, float]:
    """Stream time at which the technician said that the show begins and ends; SettingsError for what nobody marked."""
    found = {do: said[-1].value for do in wanted if (said := standing(state, do))}
    if left := [do for do in wanted if do not in found]:
        where = " and ".join(f"{do}s" for do in left)
        flags, typed = " and ".join(_MARKED[do][0] for do in left), " ".join(" ".join(_MARKED[do]) for do in left)
        raise SettingsError(
            f"nobody marked where the show {where}; "
            f"leave {flags} out for all of the recording, or say when, e.g. {typed}"
        )
    return found


def write(
    state: State, folder: Path, part: Part, out: Path, ffmpeg: str, tell: Callable[[float, float], None], *, force: bool
) -> list[Path]:
    """Writes the files and gives their paths; `tell` is told how many seconds of how many are done.

    SessionError where `out` holds something and not `force`, where it cannot be written, and where there is no picture.
    """
    found = recorded(folder)
    stretches = part.of(found, state.gaps)
    made = film(folder, found, stretches, pictured=True)
    _make(out, force=force)
    name = out.resolve().name.removesuffix(ENDING)
    paths = [mux.write(made, out / f"{name}.mp4", ffmpeg, {}, [], lambda done: tell(done, made.length))]
    tracks = {lang: cues for lang in singles(state) if (cues := moved(state.track(lang), stretches))}
    files = {f"{name}.{lang}.srt": text(cues, "srt") for lang, cues in tracks.items()}
    for lang in list(tracks)[:1]:  # what the audience reads
        files |= {f"{name}.{lang}.txt": text(tracks[lang], "txt")}
        files |= {CHAPTERS: chapters(state.track(lang), stretches)}
    return paths + [put(out / name, told.encode(), force=force) for name, told in files.items() if told]


CHAPTERS = "chapters.txt"
ENDING = ".youtube"
"""Of the folder's name."""


def _make(out: Path, *, force: bool) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        empty = not any(out.iterdir())
    except OSError as error:
        raise unwritable(out, error) from error
    if not (empty or force):
        raise SessionError(f"{out} is not empty; choose another --out, or --force to write over what is in it")
