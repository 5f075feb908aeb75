"""`livesubs export`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from msgspec.structs import replace

from pipeline import assets, settings
from pipeline.commands import environment, equipped, options
from pipeline.commands.drafts import tell_drafts
from pipeline.commands.progress import progress
from pipeline.commands.typed import seconds, span
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pipeline.export.texts import Format
    from pipeline.report.record import Record

_STDOUT = Path("-")


def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder; the session may still be running.")],
    format: Annotated[
        Literal["srt", "vtt", "ass", "txt", "mp4"] | None,
        typer.Option(help="What to write (default: srt): txt is a transcript, mp4 the recording with all subtitles."),
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="Which subtitles: en, fr, or fr-en for both (default: those of the audience).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to; - for standard output (default: here, by the name of DIR).")
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for tools that need one.")] = False,
    crlf: Annotated[bool, typer.Option("--crlf", help="End lines as Windows does.")] = False,
    marks: Annotated[
        bool, typer.Option("--marks", help="Also write where to look first: CSV, and bookmarks for Subtitle Edit.")
    ] = False,
    burn: Annotated[bool, typer.Option("--burn", help="Draw the subtitles into the picture of the mp4.")] = False,
    purpose: Annotated[
        Literal["youtube"] | None,
        typer.Option("--for", help="A folder with all that is uploaded: film, SRT files, chapters, transcript."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Where that begins: a time, or show: as marked on the console.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Where it ends: a time, or end: as marked there.")] = None,
    cut: Annotated[
        list[str] | None, typer.Option(help="What is left out of it, e.g. 1:02:30-1:10:00; may be repeated.")
    ] = None,
    translate: Annotated[
        str | None,
        typer.Option(help="Make a language that is missing, by these engines, e.g. local,google; as for run."),
    ] = None,
    mt_model: options.MtModel = None,
    libre_url: options.LibreUrl = None,
    llm_url: options.LlmUrl = None,
    llm_model: options.LlmModel = None,
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    ffmpeg: options.Ffmpeg = None,
) -> None:
    """Write the subtitles of a session as they now are, or its recording with them, for other tools."""
    from pipeline.report.folder import open_record

    if purpose:
        tell_drafts(folder)
        _allow("a folder for YouTube", format=format, lang=lang, bom=bom, crlf=crlf, marks=marks, burn=burn)
        _allow("a folder for YouTube", translate=translate, **{"out -": out == _STDOUT})
        _youtube(open_record(folder), folder, out, start, end, cut or [], ffmpeg or "", force=force)
    elif format == "mp4":
        _allow("an mp4", **{"from": start, "out -": out == _STDOUT}, to=end, cut=cut, bom=bom, crlf=crlf, marks=marks)
        _film(
            _with_language(open_record(folder), lang, context.params),
            folder,
            out,
            lang,
            ffmpeg or "",
            burn=burn,
            force=force,
        )
    else:
        _allow("subtitles alone", **{"from": start}, to=end, cut=cut, burn=burn, ffmpeg=ffmpeg)
        _allow("standard output", marks=marks and out == _STDOUT, force=force and out == _STDOUT)
        record = _with_language(open_record(folder), lang, context.params)
        _text(record, folder, out, lang, format or "srt", bom=bom, crlf=crlf, marks=marks, force=force)


def _allow(what: str, **flags: object) -> None:
    """SettingsError for the first flag that was given and has no meaning there."""
    for name, value in flags.items():
        if value:
            raise SettingsError(f"--{name} means nothing for {what}; leave it out")


_ENGINES = ("translate", "mt_model", "libre_url", "llm_url", "llm_model")


def _with_language(record: "Record", lang: str | None, typed: Mapping[str, Any]) -> "Record":
    """The record, with a language that it lacks where engines were named for it."""
    from pipeline.export import missing, track

    if not typed["translate"]:
        _allow("what is there", **{flag.replace("_", "-"): typed[flag] for flag in _ENGINES})
        return record
    made = lang.rpartition("-")[2] if lang else ""
    there = track.singles(record.state)
    if not made or made in there:
        raise SettingsError(
            f"--translate makes a language that is missing; name it by --lang, not {' or '.join(there)}"
        )
    from pipeline.direction import spoken
    from pipeline.translation.build import build_chains

    # The glossary is for the first language of the session, and this is another.
    loaded = settings.override(record.settings, translation={"glossary": "", "to": (made,)})
    flags = {flag: typed[flag] for flag in _ENGINES}
    chosen = options.settle(replace(loaded, demo=False), {"demo": False, **flags})
    translation = equipped.with_translators(chosen).translation
    cache = assets.user_cache() / "translations.sqlite"
    [chain] = build_chains(translation, spoken(record.state), environment.keys(), cache).values()
    with progress(f"into {made}") as tell:
        left = missing.add(record.state, chain, record.settings.cues, tell)
    if left:
        typer.echo(f"{left} sentences have no translation into {made} and stay as they were said", err=True)
    return record


def _text(
    record: "Record",
    folder: Path,
    out: Path | None,
    lang: str | None,
    format: "Format",
    *,
    bom: bool,
    crlf: bool,
    marks: bool,
    force: bool,
) -> None:
    from pipeline.export import marks as beside
    from pipeline.export import texts, track
    from pipeline.export.writing import put
    from pipeline.review import exported

    name, cues = track.cues(record.state, lang, folder)
    tell_drafts(folder, langs=name.split("-"))
    if format == "txt" and name not in (alone := track.singles(record.state)):
        raise SettingsError(f"a transcript is of one language; choose --lang {' or '.join(alone)}")
    data = texts.encoded(texts.text(cues, format), bom=bom, crlf=crlf)
    path = out or _here(folder, f"{name}.{format}")
    if out == _STDOUT:
        typer.get_binary_stream("stdout").write(data)
    else:
        put(path, data, force=force)
    exported.note(folder, name, record.entries)
    if out == _STDOUT:
        return
    typer.echo(path)
    if marks:
        found = beside.found(record, folder, name)
        for made in beside.write(found, cues, path, force=force):
            typer.echo(made)
        if not found:
            typer.echo("there is nothing to mark: no line is worth a look any more, and none breaks a rule", err=True)


def _film(
    record: "Record", folder: Path, out: Path | None, lang: str | None, ffmpeg: str, *, burn: bool, force: bool
) -> None:
    from pipeline.export import mux, track, writing
    from pipeline.export.recording import film, recorded
    from pipeline.export.stretches import whole
    from pipeline.source.capture import executable

    langs: list[str | None] = [lang]
    if not (lang or burn):
        langs = [one for one in track.singles(record.state) if record.state.track(one)]
    shown = dict(track.cues(record.state, one, folder) for one in langs or [lang])
    tell_drafts(folder, langs="-".join(shown).split("-"))
    path = out or _here(folder, "mp4")
    found = recorded(folder)
    made = film(folder, found, whole(found), pictured=burn)
    writing.free(path, force=force)
    with progress(path.name) as tell:
        drawn = next(iter(shown.values())) if burn else []
        mux.write(made, path, executable(ffmpeg), {} if burn else shown, drawn, lambda done: tell(done, made.length))
    typer.echo(path)


def _youtube(
    record: "Record",
    folder: Path,
    out: Path | None,
    start: str | None,
    end: str | None,
    cuts: list[str],
    ffmpeg: str,
    *,
    force: bool,
) -> None:
    from pipeline.export import youtube
    from pipeline.source.capture import executable

    wanted: dict[youtube.Mark, bool] = {"begin": start == "show", "end": end == "end"}
    marks = youtube.marked(record.state, *(do for do, asked in wanted.items() if asked))
    part = youtube.Part(
        start=marks["begin"] if "begin" in marks else None if start is None else seconds(start),
        end=marks["end"] if "end" in marks else None if end is None else seconds(end),
        cuts=tuple(span(cut) for cut in cuts),
    )
    path = out or _here(folder, youtube.ENDING.strip("."))
    with progress(path.name) as tell:
        made = youtube.write(record.state, folder, part, path, executable(ffmpeg), tell, force=force)
    for file in made:
        typer.echo(file)
    if not any(file.name == youtube.CHAPTERS for file in made):
        typer.echo("no chapters: YouTube wants three, and there are not so many long pauses", err=True)


def _here(folder: Path, ending: str) -> Path:
    return Path(f"{folder.resolve().name}.{ending}")
