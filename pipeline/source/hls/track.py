"""One media playlist that is followed: what of it waits, and how a piece of it comes to the disk. Imports `fetch`."""

from collections import deque
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pipeline.source.failures import PIECE_GONE
from pipeline.source.hls.fetch import Failed, Got, Refused, Web
from pipeline.source.hls.local import Stored
from pipeline.source.hls.playlist import Key, Part, Piece, joined, listed
from pipeline.source.hls.shortened import EDGE
from pipeline.source.hls.trail import GAP, Trail

TRIES = 5
"""How often a piece is asked for that the server does not have, or that fails after it has left the playlist."""

_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_SUFFIXES = {".ts", ".m4s", ".mp4", ".m4a", ".m4v", ".cmfv", ".cmfa", ".aac", ".mp3", ".ac3", ".ec3"}


class Track:
    """The main playlist of a stream (number 0), or one of separate sound; `last` is what we have of it already."""

    def __init__(self, url: str, number: int, last: Piece | None = None) -> None:
        self.url, self.number, self.trail = url, number, Trail(last)
        self.waiting: deque[Piece] = deque()
        self.position = (last.over_at or 0.0) if last else 0.0
        """Seconds by which tracks are compared: the programme's clock, or counted from where we joined."""
        self.target, self.ended, self._first, self._tries = 1.0, False, 0, 0
        self._heads: dict[Part, str] = {}
        self._keys: dict[str, str] = {}
        self._folder: Path | None = None
        self._owed: float | None = 0.0

    def refresh(self, web: Web, now: float) -> bool:
        """Reads the playlist; gives whether there is something new. Failed, Refused or NoPlaylist."""
        answer = web.playlist(self.url)
        known = [piece.sequence for piece in (*self.waiting, self.trail.last) if piece]
        now_listed = listed(answer.text, answer.url, min(known) - EDGE if known else None)
        news = self.trail.news(now_listed, now)
        self.waiting.extend(news)
        self._settle()
        self.target, self.ended = now_listed.target, now_listed.ended
        self._first = now_listed.pieces[0].sequence if now_listed.pieces else self._first
        return bool(news)

    def fetch(self, web: Web, folder: Path, patience: float | None) -> tuple[Stored, Got] | None:
        """Brings the next piece into `folder`, with what it needs to be read; None when it has to be given up.

        Failed or Refused when it should be tried again, TooSlow after `patience` seconds.
        """
        piece = self.waiting[0]
        if piece.gone:
            self._lose()
            return None
        try:
            got = self._fetch(piece, web, folder, patience)
        except Failed as error:
            self._tries += 1
            missing = isinstance(error, Refused) or piece.sequence < self._first
            if missing and self._tries >= TRIES:
                self._lose()
                return None
            if isinstance(error, Refused) and error.status in _NOT_THERE:
                raise Failed(f"{PIECE_GONE}: {error}") from error  # the address is right, and no other is looked for
            raise
        self._pass()
        return got

    def join(self) -> None:
        """The next piece begins a run: what it does not go on from matters no more."""
        if self.waiting:
            self.position = self.starts
            self.waiting[0] = joined(self.waiting[0], "", 0.0)

    def skip(self, position: float) -> None:
        """Leaves out what ends before `position`: the other tracks do not have it."""
        while self.waiting and self.starts + self.waiting[0].seconds <= position + 0.1:
            self._pass()

    @property
    def starts(self) -> float:
        """Where the next piece begins, as `position` counts."""
        piece = self.waiting[0]
        return piece.programme_at if piece.programme_at is not None else self.position + (piece.missing or 0.0)

    def _pass(self) -> None:
        self.position = self.starts + self.waiting[0].seconds
        self.waiting.popleft()
        self._tries = 0

    def _lose(self) -> None:
        """The next piece cannot be had: the one after it, which may be yet to come, does not go on from here."""
        piece = self.waiting.popleft()
        self._tries = 0
        self._owed = None if piece.missing is None or self._owed is None else self._owed + piece.missing + piece.seconds
        self._settle()

    def _settle(self) -> None:
        """Tells the next piece of those that were lost before it."""
        if self.waiting and self._owed != 0.0:
            missing = self.waiting[0].missing
            lost = None if missing is None or self._owed is None else self._owed + missing
            self.waiting[0], self._owed = joined(self.waiting[0], GAP, lost), 0.0

    def _fetch(self, piece: Piece, web: Web, folder: Path, patience: float | None) -> tuple[Stored, Got]:
        if folder != self._folder:
            self._folder, self._heads, self._keys = folder, {}, {}
        key = self._key(piece, web, folder)
        head = self._head(piece, web, folder)
        file = f"{self.number}-{piece.sequence}{_suffix(piece)}"
        got = web.file(piece.url, folder / file, part=piece.part, patience=patience)
        stored = Stored(
            sequence=piece.sequence,
            seconds=piece.seconds,
            name=piece.name,
            file=file,
            programme_at=piece.programme_at,
            key=key,
            head=head,
        )
        return stored, got

    def _key(self, piece: Piece, web: Web, folder: Path) -> Key | None:
        if not piece.key:
            return None
        if piece.key.url not in self._keys:
            name = f"{self.number}-{piece.sequence}.key"
            if web.file(piece.key.url, folder / name).size != 16:
                raise Failed("Invalid data found: the answer is no key")
            (folder / name).chmod(0o600)
            self._keys[piece.key.url] = name
        iv = piece.key.iv or f"0x{piece.sequence:032x}"  # told, for a stream may be numbered anew
        return msgspec.structs.replace(piece.key, url=self._keys[piece.key.url], iv=iv)

    def _head(self, piece: Piece, web: Web, folder: Path) -> str:
        if not piece.head:
            return ""
        if piece.head not in self._heads:
            name = f"{self.number}-{piece.sequence}.head.mp4"
            web.file(piece.head.url, folder / name, part=piece.head.part)
            self._heads[piece.head] = name
        return self._heads[piece.head]


def _suffix(piece: Piece) -> str:
    """One that ffmpeg knows: it takes no other for media."""
    suffix = Path(urlsplit(piece.url).path).suffix.lower()
    return suffix if suffix in _SUFFIXES else ".m4s" if piece.head else ".ts"
