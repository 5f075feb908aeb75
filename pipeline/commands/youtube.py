"""`run --youtube-captions`: what sends the lines, a process beside the session."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import environment, options
from pipeline.errors import SessionError, SettingsError
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.notes import say
from pipeline.publish.youtube import HOLD, KEPT, Captions
from pipeline.supervision import ends_with

_LOOK = 1.0
"""Seconds between two looks at the session, and between two tries."""


def captions(
    folder: Annotated[Path, typer.Argument(metavar="SESSION")],
    address: options.YoutubeCaptions = None,
    under: options.Under = None,
) -> None:
    """Send the lines of a running session to YouTube, until it has ended."""
    assert address
    assert under
    session = Followed(folder, coming=True)
    made = Captions(session, address, folder / KEPT, SystemClock())
    with ends_with(under):
        _send(made, session)


def possible(address: str) -> None:
    """SettingsError for what is no address."""
    if not address.startswith(("http://", "https://")):
        raise SettingsError("--youtube-captions takes the address that YouTube's Studio shows, which begins with http")


def beside(folder: Path, address: str) -> list[str]:
    """What to type for the session in `folder`; the address goes through the environment, where nobody else reads."""
    possible(address)
    environment.hand_down(youtube_captions=address)
    return ["captions", str(folder)]


def _send(made: Captions, session: Followed) -> None:
    clock, told, left = SystemClock(), "", HOLD
    while left > 0:
        left = left - _LOOK if session.over else HOLD  # what was said last is still sent
        try:
            trouble = made.step()
        except SessionError as error:
            trouble = str(error)
        if trouble and trouble != told:
            say(f"{trouble}; it is tried again")
        if told and not trouble:
            say("YouTube takes the subtitles again", good=True)
        told = trouble
        clock.wait(_LOOK)
