"""`livesubs publish`, and what `run --publish` starts beside a session."""

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from pipeline import folder as folders
from pipeline import system
from pipeline.commands import options
from pipeline.commands.typed import DELAY, held_back
from pipeline.errors import SessionError, SettingsError
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import running
from pipeline.notes import say
from pipeline.publish import broadcast
from pipeline.supervision import ends_with

_LOOK = 1.0
"""Seconds between two looks at the session."""


def publish(
    folder: Annotated[Path, typer.Argument(metavar="SESSION", help="A session folder; it may still be running.")],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that a web server serves.")],
    delay: options.Delay = None,
    under: options.Under = None,
) -> None:
    """Publish a session as HLS with subtitles, for any web server: open master.m3u8 in a player."""
    from pipeline.subtitles.formats import vtt_cue

    if under:
        system.be_modest()
        _on_signals(signal.default_int_handler)
    else:
        folders.check(folder)
    seconds = held_back(delay) or DELAY
    _check(folder, out)
    session = Followed(folder, coming=under is not None)
    made = broadcast.Broadcast(session, out, seconds, vtt_cue, SystemClock())
    try:
        _publish(made, session, under)
    except SessionError as error:
        if not under:
            raise
        say(str(error))  # and it is not started again
    if not under:
        typer.echo(f"{out / broadcast.MASTER} is complete")


def _publish(made: broadcast.Broadcast, session: Followed, under: int | None) -> None:
    """All of it; SessionError where there is nothing in the end."""
    if not under and not running(session.folder):
        made.finish()
        return
    with ends_with(under):
        try:
            _follow(made, session)
            made.complete()
        except KeyboardInterrupt:
            if running(session.folder):
                raise
            _on_signals(signal.SIG_IGN)
            made.finish()  # nobody shall wait for more


def beside(folder: Path, out: Path, delay: str | None) -> list[str]:
    """What to type to publish a session that is about to begin, or go on, in `folder`."""
    held_back(delay)
    _check(folder, out)
    return ["publish", str(folder), str(out), *(["--delay", delay] if delay else [])]


def _on_signals(handler: "Callable[[int, FrameType | None], object] | signal.Handlers") -> None:
    for number in system.STOP_SIGNALS:
        signal.signal(number, handler)


def _follow(made: broadcast.Broadcast, session: Followed) -> None:
    """Publishes until the session is over and all of it is out; what cannot be written is tried again."""
    clock, told = SystemClock(), ""
    while True:
        over = session.over
        try:
            left = made.step(running=not over)
        except SessionError as error:
            if str(error) != told:
                say(f"{error}; until then nothing new is published")
            told = str(error)
        else:
            if told:
                say("it can be published again, and nothing is missing", good=True)
            if over and not left:
                return
            told = ""
        clock.wait(_LOOK)


def _check(folder: Path, out: Path) -> None:
    """SettingsError or SessionError when that session cannot be published there."""
    if folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise SettingsError(f"{out} lies in the session folder, which is nobody's to see; publish to another folder")
    session = Followed(folder)
    session.look()
    broadcast.check(out, session.state.session.began_at if session.state.session else None)
