"""`livesubs restream`, and what `run --restream` starts beside a session."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline import folder as folders
from pipeline import system
from pipeline.commands import environment, options
from pipeline.commands.typed import DELAY, held_back
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import running
from pipeline.notes import say
from pipeline.publish import restream as restreaming
from pipeline.publish.letters import Letters
from pipeline.supervision import ends_with


def restream(
    folder: Annotated[Path, typer.Argument(metavar="SESSION", help="A session folder; it may still be running.")],
    to: options.RestreamTo,
    delay: options.Delay = None,
    ffmpeg: options.Ffmpeg = None,
    under: options.Under = None,
) -> None:
    """Send a session to an RTMP server with the subtitles burned in: live, or from its beginning when it is over."""
    seconds = held_back(delay) or DELAY
    if under:
        system.be_modest()
    else:
        folders.check(folder)
    letters = possible(to, ffmpeg)
    whole = not under and not running(folder)
    session = Followed(folder, coming=under is not None)
    made = restreaming.Restream(session, to, seconds, letters, SystemClock(), say, whole=whole)
    with ends_with(under):
        made.run()


def beside(folder: Path, address: str, delay: str | None, ffmpeg: str | None) -> list[str]:
    """What to type for the session in `folder`; the address goes through the environment, where nobody else reads."""
    held_back(delay)
    possible(address, ffmpeg)
    environment.hand_down(restream=address)
    chosen = [*(["--delay", delay] if delay else []), *(["--ffmpeg", ffmpeg] if ffmpeg else [])]
    return ["restream", str(folder), *chosen]


def possible(address: str, ffmpeg: str | None) -> Letters:
    """What draws the words; SettingsError when that cannot be done here, or sent there."""
    from pipeline.source.capture import executable

    restreaming.check(address)
    letters = Letters(executable(ffmpeg or ""))
    letters.check()
    return letters
