"""`--mpv`: the technician's own player beside the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.commands import environment
from pipeline.flow import Repeating, SystemClock
from pipeline.followed import Followed
from pipeline.journal import running
from pipeline.notes import say
from pipeline.publish import mpv
from pipeline.publish.due import due
from pipeline.publish.timeline import pieces

_LOOK = 0.25
"""Seconds between two looks at the files."""
_PAUSES = (2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds until an mpv that failed is started again, by how often it has in a row; one that lasts longer is well."""
_LOG = "mpv.log"
"""What mpv itself says, in the session folder."""
_FIRST = 3
"""Segments that a player is behind the end of a live playlist."""


@contextmanager
def player(folder: Path, address: str, token: str, delay: float) -> Iterator[None]:
    """An mpv while entered, as soon as there is something to play: the room's picture, or all of a session that is
    over. Served at `address`."""
    watch = Watch(folder, address, f"?token={token}" if token else "", delay)
    with Repeating(watch.look, seconds=_LOOK, name="mpv"):
        yield
    watch.close()


class Watch:
    """Starts it once, and looks after it until a person closes it."""

    def __init__(self, folder: Path, address: str, token: str, delay: float) -> None:
        self._program = mpv.program()
        self._session, self._folder, self._delay = Followed(folder), folder, delay
        self._address, self._token = address, token
        self._mpv: mpv.Mpv | None = None
        self._closed = False
        self._failed, self._began = 0, 0.0

    def look(self) -> None:
        lasted = SystemClock().up() - self._began
        if self._mpv and not self._closed:
            if not self._mpv.look():
                self._ended(self._mpv)
            elif self._failed and lasted > _PAUSES[-1]:
                self._failed = 0
                say("mpv plays again", good=True)
        elif not self._closed and lasted > (_PAUSES[min(self._failed, len(_PAUSES)) - 1] if self._failed else 0.0):
            self._start()

    def _ended(self, player: mpv.Mpv) -> None:
        """One that a person has closed stays away."""
        self._closed = not (failure := player.failure)
        if failure and not self._failed:
            say(f"mpv has ended ({failure}; more is in {self._folder / _LOG}); it is started again")
        if failure:
            player.close()
            self._mpv, self._failed = None, self._failed + 1

    def close(self) -> None:
        if self._mpv:
            self._mpv.close()

    def _start(self) -> None:
        self._session.look()
        state, found = self._session.state, pieces(self._session.segments())
        if state.session is None or not found:
            return
        if running(self._folder):
            until, name = due(state, SystemClock(), self._delay, over=False), "room.m3u8"
            listed = [piece for piece in found if piece.segment.end <= until]
            if len(listed) < _FIRST:
                return
            first = listed[-_FIRST].run
        else:
            name, first = "media/index.m3u8", 0
        langs = dict.fromkeys((*state.session.tgt_langs[:1], state.session.src_lang))
        tracks = [(self._folder / f"subtitles.{lang}.srt").absolute() for lang in langs]
        if not (self._failed or environment.has_display()):
            say("mpv has no window, since no display is known here; start livesubs on the desktop, or set DISPLAY=:0")
        self._began = SystemClock().up()
        address, log = f"{self._address}/{name}{self._token}", self._folder / _LOG
        self._mpv = mpv.Mpv(self._program, address, tracks, self._runs, log, first)

    def _runs(self) -> list[mpv.Run]:
        return mpv.runs(pieces(self._session.segments()))
