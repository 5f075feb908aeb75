"""`livesubs qc`: would a demanding checker take these subtitles, and what can be mended without a human."""

import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pipeline.commands.drafts import tell_drafts
from pipeline.commands.faults import CsvFaults, JsonFaults, Report, TableFaults
from pipeline.errors import LivesubsError, SettingsError
from pipeline.folder import JOURNAL, check_begun
from pipeline.system import program

if TYPE_CHECKING:
    from pipeline.names.glossary import Glossary
    from pipeline.review.check import FileFault
    from pipeline.review.file import SubtitleFile
    from pipeline.review.profile import Profile

FAULTY, UNREADABLE = 1, SettingsError.exit_code
"""Exit codes: something is wrong with the subtitles; there are none that could be read."""
_TRACK = re.compile(r"subtitles\.(\w+)\.srt")


def qc(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="SRT or VTT files, or session folders.")],
    profile: Annotated[
        str, typer.Option(help="netflix-en, netflix-fr, bbc, ted, or your own TOML file.")
    ] = "netflix-en",
    fps: Annotated[
        float | None, typer.Option(min=1, help="Frames a second of the picture (default: 24, bbc: 25).")
    ] = None,
    spelling: Annotated[
        bool,
        typer.Option("--spelling", help="Also tell words that the dictionary of the profile's language lacks."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the faults as one list of JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the faults as CSV.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write NAME.fixed.srt with what needs no human, and show what changed.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="With --fix: where to write it; may be the file itself.")] = None,
) -> None:
    """Hold subtitles against a profile (docs/qc.md); exit code 1 for any fault, 2 for what cannot be read."""
    from pipeline.review import profile as profiles

    if as_json and as_csv:
        raise SettingsError("--json and --csv cannot both be printed; choose one")
    held_to = profiles.find(profile)
    held_to = msgspec.structs.replace(held_to, fps=fps) if fps else held_to
    tracks = [track for file in files for track in _tracks(file, held_to.lang)]
    if out and (not fix or len(tracks) != 1):
        raise SettingsError("--out is where --fix writes one file; name one FILE with --fix, or leave it out")
    for session in filter(Path.is_dir, files):
        tell_drafts(session, langs=[held_to.lang])
    code = 0
    report: Report = JsonFaults() if as_json else CsvFaults() if as_csv else TableFaults(profile, spelling=spelling)
    with report:
        for track in tracks:
            to = (out or _beside(track)) if fix else None
            code = max(code, _report(track, held_to, report, to, spelling=spelling))
    if code:
        raise typer.Exit(code)


def _tracks(named: Path, lang: str) -> Iterator[Path]:
    """A file itself; of a session folder the track in the profile's language."""
    if not named.is_dir():
        yield named
        return
    found = {match[1]: path for path in sorted(named.iterdir()) if (match := _TRACK.fullmatch(path.name))}
    if not found:
        if (named / JOURNAL).is_file():
            check_begun(named)
        raise SettingsError(f"{named} has no subtitles; name a session folder or a file")
    if lang not in found:
        raise SettingsError(
            f"{named} has no subtitles in {lang}, which the profile is for, only in {', '.join(found)}; "
            "choose another --profile, or name the file"
        )
    yield found[lang]


def _beside(track: Path) -> Path:
    return track.with_name(f"{track.stem}.fixed{track.suffix or '.srt'}")


def _report(track: Path, profile: "Profile", report: Report, out: Path | None, *, spelling: bool) -> int:
    """Tells what is wrong with a file, or is left when it was mended; gives the exit code."""
    from pipeline.review.check import check, misspelt
    from pipeline.review.reading import load

    try:
        file = load(track)
        if out and file.readable:
            file = _mend(track, file, profile, report, out)
        faults = check(file, profile)
        if spelling:
            faults += misspelt(file.cues, file.written.format, profile.lang, _glossary(track.parent))
    except LivesubsError as error:
        report.show(track, [_unreadable(str(error))], 0)
        return UNREADABLE
    report.show(track, faults, len(file.cues))
    return UNREADABLE if not file.readable else FAULTY if faults else 0


def _glossary(folder: Path) -> "Glossary":
    """Of the session that a file lies in: what is right there is right in it; else none."""
    from pipeline.afterwards import glossary_of
    from pipeline.names.glossary import Glossary

    return glossary_of(folder) if (folder / JOURNAL).exists() else Glossary()


def _mend(track: Path, file: "SubtitleFile", profile: "Profile", report: Report, out: Path) -> "SubtitleFile":
    """Writes the mended file and gives it as it now reads."""
    from pipeline.review.fix import fix
    from pipeline.review.reading import read, text_of
    from pipeline.review.writing import save, write

    if file.stray:
        stray = file.stray[0]
        raise SettingsError(f"{track}, line {stray.line}: this text belongs to no cue; mend that first, then --fix")
    mended = fix(file, profile)
    data = write(mended)
    if out == _beside(track) and out.exists() and out.read_bytes() != data:
        raise SettingsError(f"{out} exists already and says something else; move it away, or name another with --out")
    before, after = text_of(track.read_bytes()), text_of(data)
    save(mended, out)
    report.changed(list(unified_diff(before, after, str(track), str(out), lineterm="")))
    if after != before and out != track:
        _tell_way_back(track, file, out)
    return read(data, track.name)


def _tell_way_back(track: Path, file: "SubtitleFile", out: Path) -> None:
    """What was mended of a session's file is not in the session: says how it comes there."""
    from pipeline.report.folder import open_record
    from pipeline.review import exported

    folder, found = track.parent, _TRACK.fullmatch(track.name)
    if found and (folder / JOURNAL).is_file():
        entries = open_record(folder).entries
        exported.note(folder, found[1], exported.made_of(entries, file, found[1]))
        way = f"{program()} import {folder} {out} --lang {found[1]}"
        typer.echo(f"The session is as it was; this brings the mended file into it: {way}", err=True)


def _unreadable(sentence: str) -> "FileFault":
    from pipeline.review.check import FileFault

    return FileFault(cue=None, line=0, start=None, rule="unreadable", found=sentence, allowed="an SRT or VTT", text="")
