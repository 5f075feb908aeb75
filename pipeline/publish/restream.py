"""The session for any RTMP server, delayed, with the words burned into the picture.

A picture and its sound for every moment, at the pace of the clock: what was not recorded is a still picture and
silence. When the server is lost it is called again, and gets what is due then.
"""

import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pipeline import system
from pipeline.errors import SettingsError
from pipeline.events import Cue, MediaSegment
from pipeline.flow import BACKOFF, Clock
from pipeline.publish.broadcast import Session
from pipeline.publish.due import due
from pipeline.publish.letters import HEIGHT, Letters, band
from pipeline.publish.reel import HERTZ, Reel, rate
from pipeline.publish.shown import Shown

if TYPE_CHECKING:
    from pipeline.publish.letters import Plane

_LOOK = 0.2
"""Seconds between two looks at the session: by so much late at most is a line taken out that is on screen."""
_SEGMENTS = 1.0
"""Seconds between two looks at the archive."""
_NEAR = 30.0
"""Seconds around the picture, more than a line or a segment lasts."""
_LATE = 0.5
"""Seconds behind at which pictures are left out."""
_LOST = 5.0
"""... at which all of it is given up: the machine was asleep, or the server takes too little."""
_WELL = 60.0
"""Seconds after which a connection that is lost was a good one: the next is tried for at once."""
_TRIES = 5
"""In a row, some 8 s in all: after so many nobody waits any more for the server that gets a session whole."""


class Watched(Session, Protocol):
    """The session as its folder tells it."""

    @property
    def over(self) -> bool:
        """Nothing more is recorded."""


class Lost(Exception):
    """The server does not take it, or no longer; the text says so, without the address."""


class Sender:
    """The process that encodes and pushes (`sender`), and who it is for."""

    def __init__(self, address: str, rate: int) -> None:
        """Lost when the server does not take it, 10 s at most."""
        self._host = host(address)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "pipeline.publish.sender"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **system.own_group(),
        )
        assert self._process.stdout
        self._write(f"{address}\n{rate}\n".encode())
        match self._process.stdout.readline().strip():
            case b"ready":
                return
            case b"refused":
                self.close()
                raise Lost(f"{self._host} refused the connection; check that the server runs, and its address and port")
        self.close()
        raise Lost(f"{self._host} does not take the stream; check its address and key, and the network")

    def send(self, picture: "Plane | None", sound: "Plane") -> None:
        """One moment; Lost when the server takes no more."""
        self._write(b"n" if picture is None else b"p")
        if picture is not None:
            self._write(picture.tobytes())
        self._write(sound.tobytes())

    def close(self) -> None:
        """The end of the push; what is on its way arrives, or is given up (`sender.PATIENCE`)."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe
            with suppress(OSError):
                pipe.close()
        self._process.wait()

    def _write(self, data: bytes) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError:
            raise Lost(f"{self._host} takes the stream no more") from None


class Restream:
    """One session to one server; `run` it."""

    def __init__(
        self,
        session: Watched,
        address: str,
        delay: float,
        letters: Letters,
        clock: Clock,
        tell: Callable[[str], None],
        *,
        whole: bool = False,
    ) -> None:
        """`delay` seconds behind live; `whole`: of a session that is over, from its beginning at its own pace."""
        self._session, self._address, self._delay = session, address, delay
        self._letters, self._clock, self._tell, self._whole = letters, clock, tell, whole
        self._shown, self._told = Shown(), ""
        self._stream = 0.0
        """Stream time of the next picture."""
        self._found: Sequence[MediaSegment] = ()
        self._found_at = -inf
        self._cues: Sequence[Cue] = ()
        self._opened: Collection[str] = ()

    def run(self) -> None:
        """Until a session is over and its last picture was due. What goes wrong is told, and tried again."""
        tries, lost = 0, False
        while not self._finished():
            if not self._begun():
                self._clock.wait(_LOOK)
                continue
            began = self._clock.up()
            try:
                self._send()
                lost = False
            except Lost as error:
                lost = True
                self._say(f"{error}; it is tried again")
                tries = 0 if self._clock.up() - began > _WELL else tries
                if self._whole and tries == _TRIES:
                    break
                self._clock.wait(BACKOFF[min(tries, len(BACKOFF) - 1)])
                tries += 1
        if not self._found:
            self._tell("the session has recorded neither picture nor sound; there is nothing to send")
        if lost:
            self._tell(f"{host(self._address)} did not come back; the rest was not sent")

    def _send(self) -> None:
        """Over one connection; Lost when it is."""
        pace = rate(next((s for s in self._found if s.end > self._stream), None))
        sender = Sender(self._address, pace)
        try:
            if self._told:
                self._say(f"{host(self._address)} gets the stream again")
                self._told = ""
            self._stream = self._due()
            while not self._finished():
                self._play(sender, pace)
        finally:
            sender.close()

    def _play(self, sender: Sender, pace: int) -> None:
        """From the moment that is next, until it is to go on at another one."""
        began, first, count, reel = self._clock.up(), self._stream, 0, Reel(self._stream)
        while True:
            late = self._clock.up() - began - count / pace
            if count % round(_LOOK * pace) == 0 and (self._finished() or self._moved(late)):
                return
            self._clock.wait(max(0.0, -late))
            around = [s for s in self._found if abs(s.start - self._stream) < _NEAR]
            picture = None if late > _LATE else self._picture(reel, around)
            sender.send(picture, reel.sound(around, self._stream, HERTZ // pace))
            count += 1
            self._stream = first + count / pace

    def _moved(self, late: float) -> bool:
        """Whether it goes on at another moment than the next, which is then the next."""
        before, now = self._stream, self._due()
        if not self._whole and abs(now - before) > _LOST:
            self._stream = now
        if self._whole:  # what was not recorded takes no time
            following = next((s for s in self._found if s.end > before), None)
            if following and following.start > before + _LATE:
                self._stream = following.start
        return self._stream != before or late > _LOST

    def _picture(self, reel: Reel, around: Sequence[MediaSegment]) -> "Plane":
        """With the words, where and as large as the room has them."""
        room = self._session.room
        picture = reel.picture(around, self._stream, HEIGHT - (band(room.size) if room.place == "band" else 0))
        cue = self._shown.at(self._cues, room.held, self._stream, self._opened)
        if cue is None or room.hidden or room.blank:
            return picture
        drawn = self._letters.drawn(cue.text, room.place, room.size)
        if drawn is None:
            self._say("a line could not be drawn and is left out of the stream that is sent; is the machine too busy?")
            return picture
        return drawn.over(picture)

    def _due(self) -> float:
        """Stream time that is to be sent now; minus infinity while it is not known."""
        started = self._session.state.session
        if started and not started.live and self._session.over:  # it was read as fast as it could be heard
            self._whole = True
        return self._stream if self._whole else due(self._session.state, self._clock, self._delay, over=False)

    def _begun(self) -> bool:
        """Something is to be sent; where a session has come meanwhile is what is next."""
        self._stream = self._due()
        return bool(self._found) and (self._whole or self._stream >= self._found[0].start)

    def _finished(self) -> bool:
        """All was sent, after a look at what there is."""
        self._look()
        return self._session.over and self._stream >= (self._found[-1].end if self._found else -inf)

    def _look(self) -> None:
        self._session.look()
        self._opened = self._session.opened
        if self._clock.up() - self._found_at > _SEGMENTS or self._session.over:  # then the last one is there, too
            self._found, self._found_at = self._session.segments(), self._clock.up()
        started, at = self._session.state.session, self._stream
        if started:
            lang = next(iter(started.tgt_langs), started.src_lang)
            cues = self._session.state.cues.values()
            self._cues = [cue for cue in cues if cue.lang == lang and abs(cue.start - at) < _NEAR]

    def _say(self, text: str) -> None:
        """Once, until something else is to be said."""
        if text != self._told:
            self._tell(text)
        self._told = text


def host(address: str) -> str:
    """Whom an address names, without what is secret in it."""
    return urlsplit(address).netloc.rpartition("@")[2]


def check(address: str) -> None:
    """SettingsError, without the address, if it cannot be one."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme in ("rtmp", "rtmps") and parts.hostname and parts.path.strip("/"):
            return
    raise SettingsError(
        "--restream takes the server's address and the stream key with a slash between, such as rtmp://HOST/APP/KEY"
    )
