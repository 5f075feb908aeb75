"""What the screens say that they show, each once a second: the last of each, for the console."""

import time
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipeline.events import Value
from pipeline.web.bodies import Unfit, short

_GONE = 5.0
"""Seconds after which a screen that says nothing is none."""
_LONGEST = 1000
"""Bytes of a report at most."""
_MOST = 500
"""Screens that are kept: more are a fault, or mischief."""


class Screen(Value, frozen=True):
    """One screen. Times are stream time, seconds."""

    id: str
    state: str
    """What it does: playing, paused, gap, starved, waiting, begins, ended, lost, or setup."""
    stream: float | None = None
    """Of the frame that is shown."""
    delay: float | None = None
    """Seconds that it is behind live."""
    wanted: float | None = None
    """... that it holds, or comes back to."""
    margin: float | None = None
    """Seconds by which the latest lines came before their moment."""
    rate: float = 1.0
    follows: bool = True
    """It keeps that delay; else somebody went to another place or paused."""
    skipped: int = 0
    """Lines that missed their moment."""
    lang: str = ""
    sound: bool = True
    """The browser lets it be heard."""


class Screens:
    """The last report of every screen."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        """`tell` is given all of them as JSON."""
        self._tell, self._last = tell, dict[str, tuple[float, Screen]]()
        self._told = 0.0

    async def report(self, request: Request) -> Response:
        """Takes a report, JSON of a `Screen`; 400 says what is wrong with it."""
        try:
            screen = msgspec.json.decode(await short(request, _LONGEST), type=Screen)
        except Unfit as error:
            return PlainTextResponse(str(error), error.status)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            return PlainTextResponse(f"That is no report of a screen: {error}.", 400)
        now = time.monotonic()
        self._last = {id: kept for id, kept in self._last.items() if now - kept[0] < _GONE}
        if screen.id in self._last or len(self._last) < _MOST:
            self._last[screen.id] = now, screen
        return Response(status_code=204)

    def look(self) -> None:
        """Tells what the screens show, once a second while there are any, and once when there are none any more."""
        now = time.monotonic()
        if now - self._told < 1.0 or not self._last:
            return
        self._last = {id: kept for id, kept in self._last.items() if now - kept[0] < _GONE}
        self._tell(msgspec.json.encode([screen for _, screen in self._last.values()]))
        self._told = now
