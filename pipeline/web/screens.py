"""What pages say of themselves, each once a second: screens what they show, consoles which lines are open there."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipeline.events import Value
from pipeline.opened import LAPSED
from pipeline.web.bodies import Unfit, short

_GONE = 5.0
"""Seconds after which a screen that says nothing is none."""
_SOON, _EVERY = 0.2, 1.0
"""Seconds between two times that consoles are told, where a line came or went and where none did."""
_QUIET = 2.0
"""Seconds from its beginning in which a server says nothing of open lines: consoles tell it first. Pages go by what the
server before it said."""
_LONGEST = 4000
"""Bytes of a report at most."""
_MOST = 500
"""Pages that are kept: more are a fault, or mischief."""


_Report = TypeVar("_Report")


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
    asked: float | None = None
    """... that it would hold if no line came late."""
    late: float | None = None
    """... at which the latest of the last minute's lines were just in time."""
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
    card: str = ""
    """What stands there in the place of the picture: a title, and on the next line a text; empty: the picture."""
    on: tuple[str, ...] = ()
    """The lines on the wall."""
    shown: tuple[str, ...] = ()
    """Of those that began lately, the lines that were on the wall."""
    missed: tuple[str, ...] = ()
    """... and those whose moment passed without."""


class Open(Value, frozen=True):
    """A console, and the lines that are open in its editor, or whose correction is on its way."""

    id: str
    cues: tuple[str, ...]


class Screens:
    """The last report of every screen."""

    def __init__(self, tell: Callable[[bytes], None]) -> None:
        """`tell` is given all of them as JSON."""
        self._tell, self._last = tell, dict[str, tuple[float, Screen]]()
        self._told, self._changed = 0.0, False
        self.known: bytes | None = None
        """What was told last; None: the server has just begun, and screens that are there have had no time to say so.
        """
        self._began = time.monotonic()

    async def report(self, request: Request) -> Response:
        """Takes a report, JSON of a `Screen`; 400 says what is wrong with it."""
        screen = await _told(request, Screen)
        if isinstance(screen, Response):
            return screen
        now = time.monotonic()
        self._last = {id: kept for id, kept in self._last.items() if now - kept[0] < _GONE}
        before = self._last.get(screen.id)
        self._changed |= before is None or (before[1].on, before[1].state) != (screen.on, screen.state)
        if before or len(self._last) < _MOST:
            self._last[screen.id] = now, screen
        return Response(status_code=204)

    def look(self) -> None:
        """Tells what the screens show, once a second while there are any, and once when there are none: any more, or
        so long after the beginning that each would have said something."""
        now = time.monotonic()
        unsaid = self.known is None and now - self._began >= _GONE
        if now - self._told < (_SOON if self._changed else _EVERY) or not (self._last or unsaid):
            return
        self._last = {id: kept for id, kept in self._last.items() if now - kept[0] < _GONE}
        self.known = msgspec.json.encode([screen for _, screen in self._last.values()])
        self._tell(self.known)
        self._told, self._changed = now, False


class Opened:
    """The lines that are open in an editor: no screen shows one that it has not shown yet."""

    def __init__(self, tell: Callable[[bytes], None], leave: Callable[[Sequence[str]], None]) -> None:
        """`tell` is given `known` when that is another; `leave` the lines, also once a second while there are any."""
        self._tell, self._leave = tell, leave
        self._last, self._began, self._left = dict[str, tuple[float, Open]](), time.monotonic(), 0.0
        self.known: bytes | None = None
        """What was told last; None: nothing yet."""

    async def report(self, request: Request) -> Response:
        """Takes a report, JSON of an `Open`; 400 says what is wrong with it."""
        opened = await _told(request, Open)
        if isinstance(opened, Response):
            return opened
        self.note(opened)
        return Response(status_code=204)

    def note(self, opened: Open) -> None:
        if opened.id in self._last or len(self._last) < _MOST:
            self._last[opened.id] = time.monotonic(), opened
        self.look()

    def look(self) -> None:
        """Tells which lines are open, and on which console, when that has changed."""
        now = time.monotonic()
        self._last = {id: kept for id, kept in self._last.items() if kept[1].cues and now - kept[0] < LAPSED}
        if now - self._began < _QUIET:
            return
        held = [{"cue": cue, "by": opened.id} for _, opened in self._last.values() for cue in opened.cues]
        before, self.known = self.known, msgspec.json.encode(held)
        if self.known != before:
            self._tell(self.known)
        if self.known != before or (held and now - self._left >= _EVERY):
            self._left = now
            self._leave(sorted({one["cue"] for one in held}))


async def _told(request: Request, kind: type[_Report]) -> _Report | Response:
    """What a page reports, or the answer that says what is wrong with it."""
    try:
        return msgspec.json.decode(await short(request, _LONGEST), type=kind)
    except Unfit as error:
        return PlainTextResponse(str(error), error.status)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        return PlainTextResponse(f"That is no report of a page: {error}.", 400)
