"""`livesubs review`: the editor's desk."""

import socket
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from pipeline.beside import LISTEN, PORT
from pipeline.commands import options
from pipeline.errors import SettingsError
from pipeline.folder import check
from pipeline.journal import running

_TRIED = 20
"""Ports that are tried where none is asked for: the pages of a session that runs may have the first."""


def review(
    named: Annotated[Path, typer.Argument(metavar="DIR", help="A session folder, of a running or a finished session.")],
    port: options.Port = None,
    listen: options.Listen = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
) -> None:
    """Correct subtitles in the browser: what needs a human first, with keys, nothing lost (docs/review.md)."""
    from pipeline.web import server
    from pipeline.web.app import Served

    check(named)
    listen = listen or LISTEN
    who = server.access(named, listen)
    listening = _bound(listen, port)
    address = server.desk_place(listen, listening.getsockname()[1], who)
    typer.echo(f"review   {address}")
    ends = "Ctrl-C ends it; the session goes on." if running(named) else "Ctrl-C ends it."
    typer.echo(f"{ends} Every change is kept as it is made.")
    if not no_browser:
        _open(address)
    with suppress(KeyboardInterrupt):
        server.serve(named, listening, who, Served(None))


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
