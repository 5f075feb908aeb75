"""`livesubs screen`, and what `run --serve` says of the pages."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import get_terminal_size
from typing import Annotated

import typer

from pipeline import assets
from pipeline.beside import Beside
from pipeline.commands import environment, options
from pipeline.commands.player import player
from pipeline.commands.typed import held_back
from pipeline.flow import Repeating
from pipeline.folder import JOURNAL, begun, check
from pipeline.journal import running
from pipeline.notes import say
from pipeline.publish.mpv import program
from pipeline.supervision import ends_with


def screen(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A session folder, of a running or a finished session.")
    ],
    delay: options.Delay = None,
    port: options.Port = None,
    listen: options.Listen = None,
    title: options.Title = None,
    show: options.Show = None,
    mpv: options.Mpv = False,
    under: options.Under = None,
) -> None:
    """Serve the pages of a session: the screen for the projector, an overlay, text to read, the console."""
    from pipeline.web import server
    from pipeline.web.app import Served
    from pipeline.web.tools import Tools

    ran = Beside() if under else begun(folder).beside  # as on the night, unless something else is typed
    delay = delay or ran.delay or None
    behind = held_back(delay)
    port, listen = port or ran.port, listen or ran.listen
    if not under:
        check(folder)
    who = server.access(folder, listen)
    places = dict(server.places(listen, port, who))
    phones = "" if who.open else places["read"]
    served = Served(behind, delay is not None, title or ran.title, phones, Tools(keys=environment.keys()))
    listening = server.bind(listen, port)
    if not under:
        for line in announced([*places.items()], get_terminal_size().columns):
            typer.echo(line)
        typer.echo(f"Ctrl-C ends the pages{'; the session goes on' if running(folder) else ''}.")
    with (
        _sigterm_last(),
        ends_with(under),
        player(folder, server.own_address(listen, port), who.view, behind or 0.0) if mpv else nullcontext(),
        _on_display(show, places["screen"], folder, over=under is not None) if show else nullcontext(),
    ):
        server.serve(folder, listening, who, served, with_session=under is not None)


@contextmanager
def _sigterm_last() -> Iterator[None]:
    """The server stops at a SIGTERM and then raises it again: this process dies of it once all in here is closed."""
    raised: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: raised.append(number))
    yield
    signal.signal(signal.SIGTERM, before)
    for number in raised:
        signal.raise_signal(number)


@contextmanager
def _on_display(number: int, address: str, folder: Path, *, over: bool) -> Iterator[None]:
    """Keeps the screen open there; `over`: no longer than the session runs."""
    from pipeline.web.kiosk import Kiosk, chosen

    if not chosen(number):
        say(moved_by_hand(number))
    profile = assets.user_cache() / f"display-{number}"

    def ended() -> bool:
        return (folder / JOURNAL).is_file() and not running(folder)

    kiosk = Kiosk(address, number, profile, lambda: not (over and ended()), say)
    try:
        with Repeating(kiosk.look, seconds=0.5, name="kiosk"):
            yield
    finally:
        kiosk.close()


def possible(made: Beside) -> None:
    """SettingsError where the pages cannot be served, or shown, as they are wanted."""
    from pipeline.web import server

    held_back(made.delay or None)
    displayed(made)
    server.bind(made.listen, made.port).close()


def displayed(made: Beside) -> str:
    """What there is to say of what is to have a window here; SettingsError where it cannot have one."""
    from pipeline.web import kiosk

    if made.mpv:
        program()
    if not made.show:
        return "there is one"
    kiosk.browser()
    if place := kiosk.chosen(made.show):
        return f"display {made.show} is there, {place.width} by {place.height}"
    return moved_by_hand(made.show)


def moved_by_hand(number: int) -> str:
    """... where nobody knows where a display is."""
    return f"this system does not tell where display {number} is: move the window there, and press F"


def beside(folder: Path, made: Beside, *, as_json: bool) -> list[str]:
    """What to type for the pages of a session that is about to begin in `folder`, which are told of here."""
    from pipeline.web import server

    possible(made)  # refused now rather than in the dark
    folder.mkdir(parents=True, exist_ok=True)
    places = server.places(made.listen, made.port, server.access(folder, made.listen))
    for line in announced(places, get_terminal_size().columns):
        typer.echo(line, err=as_json)
    chosen = [
        *(["--delay", made.delay] if made.delay else []),
        *(["--title", made.title] if made.title else []),
        *(["--show", str(made.show)] if made.show else []),
        *(["--mpv"] if made.mpv else []),
    ]
    return ["screen", str(folder), "--port", str(made.port), "--listen", made.listen, *chosen]


def announced(places: Sequence[tuple[str, str]], columns: int) -> list[str]:
    """What the terminal says: codes for phones where others may open the pages, as many as there are columns for, and
    last, where nothing pushes it away, where the pages are."""
    from pipeline.web.phones import in_terminal

    for_phones = [(name, address) for name, address in places if "token=" in address and name in ("read", "console")]
    codes = [in_terminal(name, address) for name, address in for_phones]
    while codes and len("  ".join(code[0] for code in codes)) > columns:
        codes.pop(0)
    lines = ["For a phone's camera; who has the code of the console controls the room:"] if codes else []
    return [*lines, *_beside_each_other(codes), *(f"{name:8} {address}" for name, address in places)]


def _beside_each_other(codes: list[list[str]]) -> list[str]:
    """Blocks of text in one row; the first line of each says how wide it is."""
    tallest = max(map(len, codes), default=0)
    filled = [code + [" " * len(code[0])] * (tallest - len(code)) for code in codes]
    return ["  ".join(row) for row in zip(*filled, strict=True)]
