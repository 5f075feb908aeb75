"""`livesubs review`: the editor's desk."""

import re
import socket
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from pipeline.beside import LISTEN, PORT
from pipeline.commands import options
from pipeline.commands.progress import progress
from pipeline.errors import SettingsError
from pipeline.folder import JOURNAL, SETTINGS, check, given
from pipeline.journal import running
from pipeline.review.package import ENDING
from pipeline.settings import Settings, load

_TRIED = 20
"""Ports that are tried where none is asked for: the pages of a session that runs may have the first."""
_LANG = re.compile(r"\.([a-z]{2,3})\.(?:srt|vtt)$", re.IGNORECASE)


def review(
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

    folder = _folder(named, out, lang, media)
    for one in (folder, *(beside or ())):
        check(one)
    chosen = load(folder / SETTINGS) if (folder / SETTINGS).is_file() else Settings()
    others = tuple(one for one in beside or () if not one.samefile(folder))
    tools = Tools(settings=options.as_here(chosen), keys=options.keys(), others=others)
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


def _folder(named: Path, out: Path | None, lang: str | None, media: Path | None) -> Path:
    """The session that is meant, made if need be."""
    packed = named.suffix == ENDING and not named.is_dir()
    if (packed or named.is_dir()) and (media or lang):
        raise SettingsError("--media and --lang go with a subtitle file; a session has its own")
    if packed:
        return _unpacked(named, out)
    if not named.is_dir():
        return _session_of(named, out, lang, media)
    if out:
        raise SettingsError("--out goes with a file; a session folder is worked on where it is")
    return named


def _unpacked(file: Path, out: Path | None) -> Path:
    from pipeline.review.packed import place, unpacked

    with progress(file.name) as tell:
        return unpacked(file, out or place(file), tell)


def _session_of(file: Path, out: Path | None, lang: str | None, media: Path | None) -> Path:
    """The session of a subtitle file: made, or gone on with."""
    from pipeline.review.adopting import adopt, check_media, take_in, taken_in
    from pipeline.translation.languages import check as known

    folder = out or file.with_name(f"{file.name}.review")
    if media:
        check_media(media)  # before anything is made
    if not (folder / JOURNAL).is_file():
        named = _LANG.search(file.name)
        for note in adopt(file, folder, known(lang or (named[1].lower() if named else "en"))):
            typer.echo(note)
        typer.echo(f"The corrected subtitles are in {folder}; {file.name} stays as it is.")
    elif (was := given(folder)) and file.is_file() and was.read_bytes() != file.read_bytes():
        typer.echo(f"{file} is another than it was: livesubs import {folder} {file} --lang ... brings in what is new.")
    if media and taken_in(folder):
        typer.echo(f"{folder} has its picture and sound already; for others choose another --out.")
    elif media:
        with progress(media.name) as tell:
            take_in(media, folder, tell)
    return folder


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
