"""`livesubs screen`, and what `run --serve` says of the pages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pipeline import assets
from pipeline.commands import options
from pipeline.commands.typed import seconds
from pipeline.errors import SettingsError
from pipeline.flow import Repeating
from pipeline.folder import begun
from pipeline.journal import running
from pipeline.supervision import end_with

DELAY = 30.0


def screen(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A session folder, of a running or a finished session.")
    ],
    delay: options.Delay = None,
    port: options.Port = options.PORT,
    listen: options.Listen = options.LISTEN,
    show: options.Show = None,
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
    address = server.places(listen, port, who)[0][1]
    with (
        Repeating(lambda: end_with(under), seconds=0.25, name="supervisor") if under else nullcontext(),
        _on_display(show, address, folder, over=under is not None) if show else nullcontext(),
    ):
        server.serve(folder, listening, who, held_back(delay), with_session=under is not None)


@contextmanager
def _on_display(number: int, address: str, folder: Path, *, over: bool) -> Iterator[None]:
    """Keeps the screen open there; `over`: no longer than the session runs."""
    from pipeline.web.kiosk import Kiosk, chosen

    if not chosen(number):
        typer.echo(
            f"This system does not tell where display {number} is: move the window there, and press F.", err=True
        )
    profile = assets.user_cache() / f"display-{number}"
    kiosk = Kiosk(address, number, profile, lambda: not over or not begun(folder) or running(folder))
    try:
        with Repeating(kiosk.look, seconds=0.5, name="kiosk"):
            yield
    finally:
        kiosk.close()


def beside(folder: Path, delay: str | None, port: int, listen: str, show: int | None, *, as_json: bool) -> list[str]:
    """What to type for the pages of a session that is about to begin in `folder`, which are told of here."""
    from pipeline.web import kiosk, server

    held_back(delay)
    server.bind(listen, port).close()  # refused now rather than in the dark
    folder.mkdir(parents=True, exist_ok=True)
    for line in announced(server.places(listen, port, server.access(folder, listen))):
        typer.echo(line, err=as_json)
    if show:
        kiosk.browser()  # refused now, too
        kiosk.chosen(show)
    chosen = [*(["--delay", delay] if delay else []), *(["--show", str(show)] if show else [])]
    return ["screen", str(folder), "--port", str(port), "--listen", listen, *chosen]


def held_back(typed: str | None) -> float | None:
    """Seconds behind live; None for as few as can be."""
    if typed == "auto":
        return None
    value = DELAY if typed is None else seconds(typed)
    if value <= 0:
        raise SettingsError("--delay takes seconds, such as 30, or auto")
    return value


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
