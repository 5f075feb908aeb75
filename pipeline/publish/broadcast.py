"""A folder for any web server: the session as HLS, delayed, with subtitles in every language.

What a player was told is never changed: a segment and its captions are written once, the playlists, which name them,
afterwards, each file in one step. So the folder says how far it is, and whoever is killed goes on from there. What
belongs to this session lies in a folder named after it: caches on the way to the viewers never mix up two evenings.
"""

import os
import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from typing import Protocol

from pipeline.errors import SessionError, unwritable
from pipeline.events import MediaSegment, SessionStarted
from pipeline.files import write_whole
from pipeline.flow import Clock
from pipeline.publish import captions, playlist
from pipeline.publish.captions import Write
from pipeline.publish.due import due
from pipeline.publish.timeline import Piece, pieces
from pipeline.room import Room
from pipeline.state import State

MASTER = "master.m3u8"
_MEDIA = "media.m3u8"
_SETTLES = 10.0
"""Seconds of sound after a word that are heard, as a rule, before the line with that word is there."""
_ROUND = 100_000
"""Bits a second that the bandwidth is rounded up to."""


class Session(Protocol):
    """The session that is published, as its folder tells it."""

    @property
    def state(self) -> State: ...

    @property
    def room(self) -> Room: ...

    @property
    def opened(self) -> Collection[str]:
        """Lines that are open in an editor."""

    def look(self) -> None:
        """Takes in what is new."""

    def segments(self) -> Sequence[MediaSegment]: ...


class Broadcast:
    """One session in one folder; `step` it now and then."""

    def __init__(self, session: Session, out: Path, delay: float, write: Write, clock: Clock) -> None:
        """Goes out `delay` seconds behind live; `write` is how a cue is written in WebVTT."""
        self._session, self._out, self._delay, self._write, self._clock = session, out, delay, write, clock
        self._done = 0
        """Pieces that are out."""
        self._said = (0, False)
        """What the playlists say: how many pieces, and whether those are all."""
        self._bandwidth = 0
        self._waits = True
        """For lines that are held, or open in an editor; when all is over nobody lets them go any more."""
        self._kept_back: set[str] = set()
        """Lines that were held, or open in an editor, when they were due."""

    def step(self, *, running: bool) -> float:
        """Publishes what is due. Gives the seconds of recording that are still to go out, as far as is known; with a
        session that is not `running` any more they are all there will be. DiskFull or SessionError when something
        cannot be written: then it is to be tried again."""
        self._session.look()
        started = self._session.state.session
        if started is None:
            return inf if running else 0.0
        found = pieces(self._session.segments())
        until = due(self._session.state, self._clock, self._delay, over=not running)
        for piece in found[self._done :]:
            if (piece.segment.end > until or self._has_to_be_heard(piece)) and not self._is_out(piece):
                break
            self._put(piece, found)
            self._done = piece.number + 1
        left = found[-1].at + found[-1].seconds - _end(found[: self._done]) if found else 0.0
        says = (self._done, not running and not left)
        if self._done and says != self._said:
            self._tell(found, started, ended=says[1])
            self._said = says
        return left

    def finish(self) -> None:
        """Publishes all there is, and that this is all; for a session that is over. Errors as in `step`."""
        self._delay, self._waits = -inf, False
        self.step(running=False)
        self.complete()

    def complete(self) -> None:
        """SessionError where a session is over and nothing of it was there to be published."""
        if not self._done:
            raise SessionError("the session has recorded neither picture nor sound; there is nothing to publish")

    def _langs(self) -> Sequence[str]:
        """Of the tracks, the one that is shown first."""
        started = self._session.state.session
        assert started
        return tuple(dict.fromkeys((*started.tgt_langs, started.src_lang)))

    def _name(self) -> str:
        """Of the folder for what belongs to this session."""
        started = self._session.state.session
        assert started
        return f"{started.began_at:.0f}"

    def _media(self, piece: Piece) -> Path:
        return self._out / self._name() / piece.segment.path.name

    def _captions(self, piece: Piece, lang: str) -> Path:
        return self._out / self._name() / lang / f"{piece.segment.path.stem}.vtt"

    def _is_out(self, piece: Piece) -> bool:
        """A run before this one was as far."""
        return all(self._captions(piece, lang).exists() for lang in self._langs())

    def _has_to_be_heard(self, piece: Piece) -> bool:
        """It was recorded late, after a cut, and its lines may come yet: viewers wait for it anyhow."""
        progress = self._session.state.progress
        if progress is None or progress.heard >= min(piece.segment.end + _SETTLES, progress.recorded):
            return False
        try:
            age = self._clock.now() - piece.segment.path.stat().st_mtime
        except FileNotFoundError:
            return False
        return 0 <= age < self._delay

    def _put(self, piece: Piece, found: Sequence[Piece]) -> None:
        place = self._media(piece)
        try:
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                _bring(piece.segment.path, place)
            bits = place.stat().st_size * 8
        except OSError as error:
            raise unwritable(place, error) from error
        self._bandwidth = max(self._bandwidth, round(bits / max(piece.seconds, 0.1)))
        before, held = found[piece.number - 1] if piece.number else None, self._held
        for lang in self._langs():
            if not self._captions(piece, lang).exists():
                self._put_captions(piece, before, lang, held)
        cues = self._session.state.cues
        self._kept_back |= {id for id in held if id in cues and cues[id].start < piece.segment.end}

    @property
    def _held(self) -> set[str]:
        return {*self._session.room.held, *self._session.opened} if self._waits else set()

    def _put_captions(self, piece: Piece, before: Piece | None, lang: str, held: Collection[str]) -> None:
        place = self._captions(piece, lang)
        cues = [cue for cue in self._session.state.track(lang) if cue.id not in held]
        shown = ""
        if before:
            with suppress(FileNotFoundError):  # a language that was not there before
                shown = self._captions(before, lang).read_text("utf-8")
        try:
            place.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(place, error) from error
        write_whole(place, captions.segment(piece, before, cues, shown, self._write, self._kept_back))

    def _tell(self, found: Sequence[Piece], started: SessionStarted, *, ended: bool) -> None:
        """The playlists; the master last, so that nothing that it names is missing."""
        epoch = datetime.fromtimestamp(0, UTC) + timedelta(seconds=round(started.began_at, 3))
        out, longest = found[: self._done], playlist.target(piece.seconds for piece in found)

        def listed(name: str, path: Callable[[Piece], Path]) -> None:
            def uri(piece: Piece) -> str:
                return path(piece).relative_to(self._out).as_posix()

            write_whole(self._out / name, playlist.media(out, uri, epoch, ended=ended, grows=True, longest=longest))

        for lang in self._langs():
            listed(f"{lang}.m3u8", lambda piece, lang=lang: self._captions(piece, lang))  # type: ignore[misc]
        listed(_MEDIA, self._media)
        bandwidth = -(-self._bandwidth // _ROUND) * _ROUND
        subtitles = [(lang, f"{lang}.m3u8") for lang in self._langs()]
        write_whole(self._out / MASTER, playlist.master(_MEDIA, bandwidth, subtitles))


def _end(out: Sequence[Piece]) -> float:
    return out[-1].at + out[-1].seconds if out else 0.0


def _bring(source: Path, place: Path) -> None:
    """A link to the file, or a copy where there can be none, in one step."""
    with suppress(OSError):
        os.link(source, place)
        return
    part = place.with_name(f".{place.name}.part")
    shutil.copyfile(source, part)
    part.replace(place)


def check(out: Path, began_at: float | None) -> None:
    """SessionError if another broadcast lies in the folder, or nothing can be written there; `began_at` names the
    session, None one that is yet to begin."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        listed = (out / _MEDIA).read_text("utf-8") if (out / _MEDIA).exists() else ""
    except OSError as error:
        raise unwritable(out / MASTER, error) from error
    own = f"\n{began_at:.0f}/" if began_at is not None else None
    if listed and (own is None or own not in listed):
        raise SessionError(f"{out} holds another broadcast; choose another folder for --publish, or empty that one")
