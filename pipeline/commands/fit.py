"""`livesubs fit`: the cues of a session, for another upload of the same event."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from pipeline.commands import options
from pipeline.commands.drafts import tell_drafts
from pipeline.commands.progress import progress
from pipeline.errors import SessionError, SettingsError

if TYPE_CHECKING:
    from pipeline.events import Cue
    from pipeline.fit.fitting import Match
    from pipeline.report.record import Record

LEFT = 1
"""Exit code: some cues have no counterpart."""


def fit(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder.")],
    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="Another recording of the same event, cut or not.")],
    lang: Annotated[str | None, typer.Option(help="Which subtitles: en, fr, or fr-en for both (default: all).")] = None,
    format: Annotated[Literal["srt", "vtt"], typer.Option(help="What to write.")] = "srt",
    out: Annotated[Path | None, typer.Option(help="A folder for it (default: beside VIDEO, by its name).")] = None,
    audio: options.Audio = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ffmpeg: options.Ffmpeg = None,
) -> None:
    """Move the subtitles to where another video of the event has their sound; exit code 1 if not all have a place."""
    from pipeline.export import writing
    from pipeline.fit import told
    from pipeline.report.folder import open_record

    if out and not out.is_dir():
        raise SettingsError(f"there is no folder {out} to write to; make it, or choose another --out")
    record = open_record(folder)
    tracks = _tracks(record, folder, lang)
    tell_drafts(folder, langs="-".join(tracks).split("-"))
    files = {one: (out or video.parent) / f"{video.stem}.{one}.{format}" for one in tracks}
    for path in files.values() if video.exists() else ():
        writing.free(path, force=force)  # before it is listened to, which takes a while
    match, seconds = _match(folder, video, audio or 1, ffmpeg or "")
    placed = {one: told.moved(cues, match, record.settings.cues.gap) for one, cues in tracks.items()}
    if not any(found.cues for found in placed.values()):
        raise SessionError(f"nothing that has subtitles is heard in {video}; there is nothing to write")
    made = {files[one]: _file(found.cues, format) for one, found in placed.items()}
    writing.put_all(made, force=force)
    fitted = told.fitted(match, seconds, str(video), {one: (str(files[one]), placed[one]) for one in placed})
    if as_json:
        typer.echo(msgspec.json.encode(fitted).decode())
    else:
        for line in told.lines(fitted):
            typer.echo(line)
    if any(found.left for found in placed.values()):
        raise typer.Exit(LEFT)


def _file(cues: "Sequence[Cue]", format: Literal["srt", "vtt"]) -> bytes:
    from pipeline.export import texts

    return texts.encoded(texts.text(cues, format), bom=False, crlf=False)


def _tracks(record: "Record", folder: Path, lang: str | None) -> "dict[str, list[Cue]]":
    """The cues of that language, or of each that there are any of."""
    from pipeline.export import track

    langs: list[str | None] = [one for one in track.singles(record.state) if record.state.track(one)]
    return dict(track.cues(record.state, one, folder) for one in ([lang] if lang else langs or [None]))


def _match(folder: Path, video: Path, audio: int, ffmpeg: str) -> "tuple[Match, float]":
    """Where the video is the session, and how many seconds it lasts."""
    from pipeline.audio import AudioFile
    from pipeline.fit.fitting import fit
    from pipeline.fit.sound import decode
    from pipeline.source.capture import executable
    from pipeline.source.parts import AUDIO

    ours = AudioFile(folder / AUDIO)
    if not ours.recorded:
        raise SessionError(f"{folder} has no sound in {AUDIO}, by which a video could be compared; keep that file")
    with TemporaryDirectory() as made:
        with progress(f"sound of {video.name}") as tell:
            theirs = decode(video, audio, Path(made) / AUDIO, executable(ffmpeg), tell)
        with progress("comparing") as tell:
            return fit(ours, theirs, str(video), tell), theirs.recorded
