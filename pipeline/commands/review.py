"""`livesubs review`: the editor's desk."""

import re
import socket
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline import assets
from pipeline.beside import LISTEN, PORT
from pipeline.commands import environment, equipped, options
from pipeline.commands.progress import progress
from pipeline.errors import SessionError, SettingsError
from pipeline.files import write_whole
from pipeline.folder import JOURNAL, SETTINGS, begins, check, given, no_session
from pipeline.journal import running
from pipeline.review.package import ENDING
from pipeline.settings import Settings, dump, load, override

_TRIED = 20
"""Ports that are tried where none is asked for: the pages of a session that runs may have the first."""
_ENGINES = "to", "translate", "mt_model", "offline", "libre_url", "llm_url", "llm_model", "model", "demo"
"""Options that say by what a subtitle file is heard and translated, as `run` has them."""
_NONE: tuple[Any, ...] = (None, (), [], False)
_LANG = re.compile(r"\.([a-z]{2,3})\.(?:srt|vtt)$", re.IGNORECASE)


def review(
    context: typer.Context,
    named: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE", help="A session, also a running or a packed one; or an SRT or VTT file."),
    ],
    media: Annotated[
        Path | None, typer.Option(metavar="VIDEO", help="With FILE: the film or sound that it belongs to.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="With FILE: its language (default: from a name like talk.fr.srt, else en).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With FILE: the session made of it (default: beside it)."),
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="With FILE: languages to translate it into, with commas; their lines are added.")
    ] = None,
    translate: options.Translate = None,
    mt_model: options.MtModel = None,
    offline: options.Offline = None,
    libre_url: options.LibreUrl = None,
    llm_url: options.LlmUrl = None,
    llm_model: options.LlmModel = None,
    model: options.Model = None,
    demo: options.Demo = False,
    port: options.Port = None,
    listen: options.Listen = None,
    beside: Annotated[
        list[Path] | None, typer.Option("--with", help="Another session that is searched with it; may be repeated.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
) -> None:
    """Correct subtitles in the browser: what needs a human first, with keys, nothing lost (docs/review.md)."""
    from pipeline.web import server
    from pipeline.web.app import Served
    from pipeline.web.tools import Tools

    folder = _folder(named, out, lang, media, {flag: context.params[flag] for flag in _ENGINES})
    for one in (folder, *(beside or ())):
        _check(one)
    chosen = load(folder / SETTINGS) if (folder / SETTINGS).is_file() else Settings()
    others = tuple(one for one in beside or () if not one.samefile(folder))
    tools = Tools(settings=equipped.as_here(chosen), keys=environment.keys(), others=others)
    listen = listen or LISTEN
    who = server.access(folder, listen)
    listening = _bound(listen, port)
    address = server.desk_place(listen, listening.getsockname()[1], who)
    typer.echo(f"review   {address}")
    ends = "Ctrl-C ends it; the session goes on." if running(folder) else "Ctrl-C ends it."
    typer.echo(f"{ends} Every change is kept as it is made.")
    if not no_browser:
        _open(address)
    with suppress(KeyboardInterrupt):
        server.serve(folder, listening, who, Served(None, tools=tools))


def _check(path: Path) -> None:
    """SessionError unless there is a session, or one is about to begin."""
    check(path)
    if not running(path) and not begins(path):
        raise SessionError(no_session(path, alive=False))


def _folder(named: Path, out: Path | None, lang: str | None, media: Path | None, engines: Mapping[str, Any]) -> Path:
    """The session that is meant, made if need be."""
    packed = named.suffix == ENDING and not named.is_dir()
    if packed or named.is_dir():
        for flag, value in {"media": media, "lang": lang, **engines}.items():
            if value not in _NONE:
                raise SettingsError(f"--{flag.replace('_', '-')} goes with a subtitle file; a session has its own")
    if packed:
        return _unpacked(named, out)
    if not named.is_dir():
        return _session_of(named, out, lang, media, engines)
    if out:
        raise SettingsError("--out goes with a file; a session folder is worked on where it is")
    return named


def _unpacked(file: Path, out: Path | None) -> Path:
    from pipeline.review.packed import place, unpacked

    with progress(file.name) as tell:
        return unpacked(file, out or place(file), tell)


def _session_of(file: Path, out: Path | None, lang: str | None, media: Path | None, engines: Mapping[str, Any]) -> Path:
    """The session of a subtitle file: made, or gone on with."""
    from pipeline.review.adopting import adopt, check_media, take_in, taken_in

    folder = out or file.with_name(f"{file.name}.review")
    if media:
        check_media(media)  # before anything is made
    spoken = _language(file, folder, lang)
    chosen = _chosen(folder, spoken, engines)
    if not (folder / JOURNAL).is_file():
        for note in adopt(file, folder, spoken):
            typer.echo(note)
        typer.echo(f"The corrected subtitles are in {folder}; {file.name} stays as it is.")
    elif (was := given(folder)) and file.is_file() and was.read_bytes() != file.read_bytes():
        typer.echo(f"{file} is another than it was: livesubs import {folder} {file} --lang ... brings in what is new.")
    if media and taken_in(folder):
        typer.echo(f"{folder} has its picture and sound already; for others choose another --out.")
    elif media:
        with progress(media.name) as tell:
            take_in(media, folder, tell)
    if chosen:
        write_whole(folder / SETTINGS, dump(chosen))
        _translate(folder, spoken, chosen)
    return folder


def _language(file: Path, folder: Path, lang: str | None) -> str:
    """That of a subtitle file: as its session has it, as it was typed, or as the file is called."""
    from pipeline.report.folder import open_record
    from pipeline.translation.languages import check as known

    named = _LANG.search(file.name)
    if not (folder / JOURNAL).is_file():
        return known(lang or (named[1].lower() if named else "en"))
    spoken = open_record(folder).session.src_lang
    if lang and lang != spoken:
        raise SettingsError(f"{folder} was made in {spoken}; leave --lang out, or choose another --out")
    return spoken


def _chosen(folder: Path, spoken: str, engines: Mapping[str, Any]) -> Settings | None:
    """What a subtitle file is heard and translated with, from what was typed; None where nothing was."""
    if all(value in _NONE for value in engines.values()):
        return None
    if engines["demo"] and spoken != "fr":
        raise SettingsError(f"the demo models hear French only, and this is in {spoken}; leave --demo out")
    loaded = load(folder / SETTINGS) if (folder / SETTINGS).is_file() else override(Settings(), translation={"to": ()})
    chosen = override(options.settle(loaded, engines), speech={"language": spoken})
    chosen = equipped.with_recogniser(chosen) if engines["demo"] or engines["model"] else chosen
    return equipped.with_translators(chosen)


def _translate(folder: Path, spoken: str, chosen: Settings) -> None:
    """Adds the languages that were asked for and are not there yet."""
    from pipeline.report.folder import open_record
    from pipeline.review.adding import add
    from pipeline.translation.build import build_chains

    there = open_record(folder).session.tgt_langs
    wanted = override(chosen, translation={"to": tuple(one for one in chosen.translation.to if one not in there)})
    cache = assets.user_cache() / "translations.sqlite"
    for lang, chain in build_chains(wanted.translation, (spoken,), environment.keys(), cache).items():
        with progress(f"into {lang}") as tell:
            left = add(folder, chain, chosen.cues, tell)
        if left:
            typer.echo(f"{left} lines have no translation into {lang} and stay as they are", err=True)


def _bound(listen: str, port: int | None) -> socket.socket:
    """The port that was asked for, or the first that is free."""
    from pipeline.web import server

    if port:
        return server.bind(listen, port)
    for free in range(PORT, PORT + _TRIED):
        with suppress(SettingsError):
            return server.bind(listen, free)
    return server.bind(listen, PORT)


def _open(address: str) -> None:
    """In the browser of the desktop, if there is one: one that runs in a terminal cannot show the page."""
    with suppress(webbrowser.Error):
        found = webbrowser.get()
        if type(found) is not webbrowser.GenericBrowser:
            found.open(address)
