"""`--mpv`: the technician's own player beside the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.commands.publish import Followed
from pipeline.flow import Repeating, SystemClock
from pipeline.journal import running
from pipeline.publish import mpv
from pipeline.publish.due import due
from pipeline.publish.timeline import pieces

_LOOK = 0.25
"""Seconds between two looks at the files."""
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

    def look(self) -> None:
        if self._mpv and not self._closed:
            self._closed = not self._mpv.look()
        elif not self._mpv:
            self._start()

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
        self._mpv = mpv.Mpv(self._program, f"{self._address}/{name}{self._token}", tracks, self._runs, first)

    def _runs(self) -> list[mpv.Run]:
        return mpv.runs(pieces(self._session.segments()))
