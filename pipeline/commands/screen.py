"""`livesubs screen`, and what `run --serve` says of the pages."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import options
from pipeline.commands.player import player
from pipeline.commands.typed import held_back
from pipeline.flow import Repeating
from pipeline.publish.mpv import program
from pipeline.supervision import end_with


def screen(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A session folder, of a running or a finished session.")
    ],
    delay: options.Delay = None,
    port: options.Port = options.PORT,
    listen: options.Listen = options.LISTEN,
    mpv: options.Mpv = False,
    under: options.Under = None,
) -> None:
    """Serve the pages of a session: the screen for the projector, an overlay, text to read, the console."""
    from pipeline.web import server

    if not under:
        server.require(folder)
    who = server.access(folder, listen)
    listening = server.bind(listen, port)
    if not under:
        for line in announced(server.places(listen, port, who)):
            typer.echo(line)
        typer.echo("Ctrl-C ends the pages; the session goes on.")
    behind = held_back(delay)
    with (
        Repeating(lambda: end_with(under), seconds=0.25, name="supervisor") if under else nullcontext(),
        player(folder, server.own_address(listen, port), who.view, behind or 0.0) if mpv else nullcontext(),
    ):
        server.serve(folder, listening, who, behind, with_session=under is not None)


def beside(folder: Path, delay: str | None, port: int, listen: str, *, mpv: bool, as_json: bool) -> list[str]:
    """What to type for the pages of a session that is about to begin in `folder`, which are told of here."""
    from pipeline.web import server

    held_back(delay)
    if mpv:
        program()
    server.bind(listen, port).close()  # refused now rather than in the dark
    folder.mkdir(parents=True, exist_ok=True)
    for line in announced(server.places(listen, port, server.access(folder, listen))):
        typer.echo(line, err=as_json)
    chosen = [*(["--delay", delay] if delay else []), *(["--mpv"] if mpv else [])]
    return ["screen", str(folder), "--port", str(port), "--listen", listen, *chosen]


def announced(places: Sequence[tuple[str, str]]) -> list[str]:
    """What the terminal says: where the pages are, and codes for phones where others may open them."""
    lines = [f"{name:8} {address}" for name, address in places]
    for name, address in places:
        if "token=" in address and name in ("read", "console"):
            lines += ["", f"{name}, for a phone's camera:", _code(address)]
    return lines


def _code(address: str) -> str:
    import io

    import segno

    drawn = io.StringIO()
    segno.make(address, error="l").terminal(drawn, border=2, compact=True)
    return drawn.getvalue().rstrip()
