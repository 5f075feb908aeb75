"""Lines to a YouTube broadcast of one's own, by the format that its help documents ("Closed Captions over HTTP").

A POST carries lines with the UTC time of their picture, and a number `seq` that rises by one with every POST of new
lines and stays the same when one is tried again. What was sent cannot be taken back. So the number, and what was last
sent under it, is kept in the session folder: whoever is killed tries exactly that again. The address is a secret and
stands in no message.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.events import Cue
from pipeline.files import write_whole
from pipeline.flow import Clock
from pipeline.publish.broadcast import Session
from pipeline.publish.due import now

if TYPE_CHECKING:
    import httpx2

KEPT = "youtube.json"
HOLD = 8.0
"""Seconds after its beginning in which a line can still be corrected."""
LATE = 50.0
"""... after which it is not sent: YouTube takes none that is a minute old."""
_PATIENCE = 10.0
"""Seconds that YouTube has to answer."""


class Kept(msgspec.Struct):
    """How far it is."""

    seq: int = 0
    pending: str = ""
    """What is sent under that number, until it has arrived."""
    told: list[str] = []
    """Ids of the cues that were sent, or left out."""


class Captions:
    """The first translation of a session, line by line; `step` it now and then."""

    def __init__(self, session: Session, address: str, kept: Path, clock: Clock) -> None:
        self._session, self._address, self._path, self._clock = session, address, kept, clock
        self._kept = _read(kept)
        self._ahead = 0.0
        """Seconds that YouTube's clock is ahead of ours."""

    def step(self) -> str:
        """Sends what is due; gives what went wrong, which is tried again. DiskFull or SessionError as for a file."""
        self._session.look()
        if not self._kept.pending:
            self._take()
        return self._send() if self._kept.pending else ""

    def _take(self) -> None:
        """Makes a POST of the lines that are due, if there are any."""
        state, kept = self._session.state, self._kept
        if not (state.session and state.progress and state.progress.origin_at is not None):
            return
        at, began = now(state, self._clock), state.progress.origin_at
        lang = next(iter(state.session.tgt_langs), state.session.src_lang)
        said = set(kept.told)
        due = [cue for cue in state.track(lang) if cue.start <= at - HOLD and cue.id not in said]
        kept_back = {*self._session.room.held, *self._session.opened}
        lines = [cue for cue in due if cue.start > at - LATE and cue.id not in kept_back]
        kept.told += [cue.id for cue in due if cue in lines or cue.start <= at - LATE]  # the others may still be sent
        if lines:
            kept.seq += 1
            kept.pending = body(lines, began + self._ahead)
            self._keep()

    def _send(self) -> str:
        import httpx2

        address = httpx2.URL(self._address).copy_merge_params({"seq": self._kept.seq})
        asked_at = self._clock.now()
        try:
            answer = httpx2.post(
                address, content=self._kept.pending.encode(), headers={"Content-Type": "text/plain"}, timeout=_PATIENCE
            )
        except httpx2.HTTPError as error:
            return f"YouTube cannot be reached ({type(error).__name__})"
        unwanted = answer.status_code == 400
        if unwanted:  # it will not have these lines, however often; their number was not used
            self._kept.seq -= 1
        elif not answer.is_success:
            return f"YouTube refuses the subtitles ({answer.status_code}); copy the address anew from its Studio"
        self._learn_time(answer, (asked_at + self._clock.now()) / 2)
        self._kept.pending = ""
        self._keep()
        return "YouTube has left out a line (400); check that captions are turned on in its Studio" if unwanted else ""

    def _learn_time(self, answer: "httpx2.Response", at: float) -> None:
        try:
            told = datetime.fromisoformat(answer.text.strip()).replace(tzinfo=UTC)
        except ValueError:  # it need not tell
            return
        self._ahead = told.timestamp() - at

    def _keep(self) -> None:
        write_whole(self._path, msgspec.json.encode(self._kept).decode())


def _read(path: Path) -> Kept:
    """What was kept; nothing if that was lost with the machine's power."""
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    return Kept()


def body(cues: Sequence[Cue], began_at: float) -> str:
    """The lines, each under the UTC time of its picture; `began_at` is that of stream time 0, Unix seconds."""
    return "".join(f"{_utc(began_at + cue.start)}\n{cue.text.replace(chr(10), '<br>')}\n" for cue in cues)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(round(at, 3), UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
