"""What `run` starts beside a session: what was typed, and what ran beside the one that it resumes."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import typer

from pipeline import folder
from pipeline.beside import LISTEN, Beside
from pipeline.check.rows import Row
from pipeline.commands import environment, publish, restream, screen, youtube
from pipeline.commands.typed import held_back
from pipeline.companion import PAGES
from pipeline.errors import LivesubsError, SettingsError

T = TypeVar("T")

_OF_PAGES = ("port", "listen", "title", "show", "mpv")
_HANDOVER = 3.0
"""Seconds in which what was killed is surely gone, and its port free."""


def chosen(typed: Mapping[str, Any], path: Path | None) -> Beside:
    """What was typed (parameters of `run` by name), over what ran beside the session in `path`, if one goes on there;
    what only the pages need has them served. SettingsError for a delay that is none."""
    kept = Beside() if path is None or typed.get("alone") else folder.begun(path).beside
    given = _given(typed)
    held_back(given.get("delay"))
    if "publish" in given:
        given["publish"] = str(Path(given["publish"]).absolute())
    made = msgspec.structs.replace(kept, **given)
    return msgspec.structs.replace(made, serve=made.serve or bool(_implies(given, made)))


def _given(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed[name] for name in Beside.__struct_fields__ if typed.get(name)}


def _implies(given: Mapping[str, Any], made: Beside) -> str:
    """The flag that only the pages need."""
    only_theirs = (*_OF_PAGES, *(() if made.publish or made.restream else ("delay",)))
    return next((name for name in only_theirs if name in given), "")


def started(path: Path, typed: Mapping[str, Any], *, resumed: bool, owed: bool, as_json: bool) -> dict[str, list[str]]:
    """By its name, what to type for each, after what there is to say of it. What was typed wrongly is refused; what is
    only remembered may be missing today, and stops no recording. A session that does what it `owes` needs none of it.
    """
    made, given = chosen(typed, path if resumed and not owed else None), _given(typed)
    if resumed and str(made):
        typer.echo(f"livesubs: beside the session: {made}; --alone leaves out what ran before", err=True)
    if not typed["serve"] and (flag := _implies(given, made)):
        typer.echo(f"livesubs: --{flag} is about the pages: they are served, as with --serve", err=True)
    ways: dict[str, Callable[[], list[str]]] = {}
    if made.publish:
        ways["the publisher"] = lambda: publish.beside(path, Path(made.publish), made.delay or None)
    if made.youtube_captions:
        ways["the sender to YouTube"] = lambda: youtube.beside(path, made.youtube_captions)
    if made.restream:
        ways["the sender to the RTMP server"] = lambda: restream.beside(
            path, made.restream, made.delay or None, typed.get("ffmpeg")
        )
    if made.serve:
        ways[PAGES] = lambda: screen.beside(path, made, as_json=as_json)
    words: dict[str, list[str]] = {}
    for name, way in ways.items():
        try:
            words[name] = _after_handover(way) if resumed else way()
        except LivesubsError as error:
            if given or not resumed:
                raise
            typer.echo(f"livesubs: {error}; the session goes on without {name}", err=True)
    return words


def _after_handover(way: Callable[[], T]) -> T:
    """What `way` gives: what holds its port may be about to end."""
    until = time.monotonic() + _HANDOVER
    while time.monotonic() < until:
        try:
            return way()
        except LivesubsError:
            time.sleep(0.25)  # no signal is caught yet: a Ctrl-C ends it
    return way()


def rows(made: Beside, out: Path | None, ffmpeg: str | None = None) -> Iterator[Row]:
    """Whether each could be started here and now, the sender to a server with that `ffmpeg`."""
    path = out or folder.SESSIONS / "check"
    if made.serve:
        beyond = "" if made.listen == LISTEN else f" at {made.listen}"
        served = msgspec.structs.replace(made, show=0, mpv=False)
        yield _row("pages", f"port {made.port} is free{beyond}", lambda: screen.possible(served))
    if made.show or made.mpv:
        yield _row("display", "", lambda: _display(made))
    if made.publish:
        way = f"{made.publish} is free for it"
        yield _row("publish", way, lambda: publish.beside(path, Path(made.publish), made.delay or None))
    if made.youtube_captions:
        yield _row("YouTube", "the address has the right form", lambda: youtube.possible(made.youtube_captions))
    if made.restream:
        yield _row("restream", "the address has the right form", lambda: restream.possible(made.restream, ffmpeg))


def _row(name: str, good: str, attempt: Callable[[], object]) -> Row:
    """`good` is what there is to say where the attempt does not fail; empty: what it gives."""
    try:
        found = attempt()
    except LivesubsError as error:
        return Row(row=name, ok=False, say=str(error))
    return Row(row=name, ok=True, say=good or str(found))


def _display(made: Beside) -> str:
    """What there is to say of the display; SettingsError where nothing can be shown there."""
    if not environment.has_display():
        raise SettingsError(
            "none is known here; start livesubs on the desktop of this machine, or set DISPLAY, such as DISPLAY=:0"
        )
    return screen.displayed(made)
