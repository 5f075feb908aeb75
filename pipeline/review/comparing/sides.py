"""What is compared: a subtitle file, or a track of a session."""

from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.events import Cue, Value
from pipeline.export import track
from pipeline.report.folder import open_record
from pipeline.review.alignment import Line
from pipeline.review.reading import load
from pipeline.review.tagging import lines_of, plain


class Side(Value, frozen=True):
    name: str
    """As it is called on the page."""
    lines: tuple[Line, ...]
    """By time; their texts without tags."""

    @property
    def cues(self) -> list[Cue]:
        """As scores have them."""
        return [
            Cue(id=str(number), lang="", start=line.start, end=line.end, text=line.text, sentences=())
            for number, line in enumerate(self.lines, 1)
        ]


def side(path: Path, lang: str | None) -> Side:
    """Of a session the track `lang` (of its audience, if None); SettingsError or SessionError where there is none."""
    if path.is_dir():
        name, cues = track.cues(open_record(path).state, lang, path)
        lines = [Line(start=cue.start, end=cue.end, text=plain(cue.text, None), id=cue.id) for cue in cues]
        return Side(name=f"{path.resolve().name} ({name})", lines=tuple(lines))
    file = load(path)
    lines = [_named(line) for line in lines_of(file, ())]
    if not lines:
        raise SettingsError(f"{path} has no subtitles that can be read; name an SRT or VTT file, or a session folder")
    return Side(name=path.name, lines=tuple(lines))


def _named(line: Line) -> Line:
    """Ids that are numbers are places, and no names."""
    return line if not line.id.isdecimal() else Line(start=line.start, end=line.end, text=line.text)
