"""The session as it grows, told to whoever watches it.

Runs in the server's one thread. A watcher gets everything there is, then what comes. What is told is made once and
shared, so that one who takes it slowly costs next to nothing; one who takes nothing is left (`connection`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from pipeline.direction import standing
from pipeline.events import (
    Action,
    Cue,
    Ended,
    Event,
    Gap,
    Progress,
    Resumed,
    SessionStarted,
    SourceState,
    Warned,
    Withdrawn,
)
from pipeline.followed import Followed
from pipeline.journal import Entry
from pipeline.notes import Faults, say_fault
from pipeline.web.health import Health
from pipeline.web.screens import Opened, Screens

_LOOK = 0.05
"""Seconds between two looks at the files."""
_AT_ONCE = 256
"""Messages that are told in one go, of some 300 bytes each."""


_UNTOLD = ("kind", "detail", "error")
"""Fields that no page needs: what went wrong, in words that may name files; a console has it as a warning."""


class Message(msgspec.Struct, frozen=True):
    """One thing to tell: its kind, and as a server-sent event, which is made once and shared by all who watch."""

    kind: str
    wire: bytes
    lang: str = ""
    """The track it belongs to; empty: it is for all."""
    seq: int = 0
    """The journal's number up to which a page that has it knows everything; 0: it does not say."""


class Watcher:
    """A page that is told what happens in one track, or without one in all; with `screens`, what those show, too."""

    def __init__(self, lang: str, *, screens: bool, counted: bool) -> None:
        self._lang, self._screens, self.counted = lang, screens, counted
        self.waiting: asyncio.Queue[Message] = asyncio.Queue()
        """What it has not been told yet."""

    def wants(self, message: Message) -> bool:
        if message.kind == "screens":
            return self._screens
        return not self._lang or not message.lang or message.lang == self._lang


class Show:
    """One session, as it is told to its pages."""

    def __init__(self, folder: Path, *, coming: bool = False) -> None:
        """`coming` as `Followed` has it."""
        self.session, self.health = Followed(folder, self._take, coming=coming), Health(folder)
        self._cues: dict[str, Message] = {}
        """What was told last of each cue, also of those that were taken out; in the order told."""
        self.unwritten: list[Action] = []
        """Actions that are done here and not in the file yet: the disk is full."""
        self.faults = Faults(partial(say_fault, "the page server"))
        self._watchers: set[Watcher] = set()
        self.screens = Screens(lambda screens: self._tell(Message("screens", _event("screens", screens, 0))))
        self.opened = Opened(lambda opened: self._tell(Message("opened", _event("opened", opened, 0))))

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    @property
    def viewers(self) -> int:
        """Pages that are open, but for the consoles."""
        return sum(watcher.counted for watcher in self._watchers)

    async def follow(self) -> None:
        """Reads on, for good. What a disk or a system at its limits keeps from it stays in the files."""
        while True:
            with self.faults, suppress(OSError):
                self.session.look()
                self.screens.look()
                self.opened.look()
            await asyncio.sleep(_LOOK)

    async def watch(
        self, lang: str = "", since: int = 0, *, screens: bool = False, counted: bool = True
    ) -> AsyncIterator[list[Message]]:
        """Everything that happened after the line `since`, then what happens, as much at a time as there is; with
        `screens`, also what those show. One that is not `counted` is no viewer. A line that has not been written yet
        is another session's: then everything."""
        since = since if since <= self.session.seq else 0
        watcher = Watcher(lang, screens=screens, counted=counted)
        known = [message for message in self._known(since) if watcher.wants(message)]
        self._watchers.add(watcher)
        try:
            for at in range(0, len(known), _AT_ONCE):
                yield known[at : at + _AT_ONCE]
                await asyncio.sleep(0)  # three hours of them are long: others have their turn
            while True:
                batch = [await watcher.waiting.get()]
                while not watcher.waiting.empty() and len(batch) < _AT_ONCE:
                    batch.append(watcher.waiting.get_nowait())
                yield batch
        finally:
            self._watchers.discard(watcher)

    def _known(self, since: int) -> Iterator[Message]:
        state = self.session.state
        for event in (state.session, self.health.source, state.progress, *state.gaps, state.ended):
            if event:
                yield _message(event)
        yield self._of_room(0)
        yield Message("opened", _event("opened", self.opened.known, 0))
        for message in self._cues.values():
            if message.seq >= since and (since or message.kind == "cue"):
                yield message
        yield from (message for _, message in self._killed())
        yield Message("ready", _event("ready", b'{"since":%d}' % since, self.session.seq), seq=self.session.seq)

    def _take(self, entry: Entry) -> None:
        self.health.note(entry)
        event, seq = entry.event, entry.seq
        match event:
            case Cue():
                self._tell_cue(event.id, _message(event, event.lang, seq))
            case Withdrawn():
                last = self._cues.get(event.id)
                self._tell_cue(event.id, _message(event, last.lang if last else "", seq))
            case Action():
                self._tell(_message(event, seq=seq))
                self._tell(self._of_room(seq))
                for id, message in self._killed():
                    if event.refused or id == event.cue:
                        self._tell(message)
            case SessionStarted() | Progress() | Gap() | SourceState() | Resumed() | Ended() | Warned():
                self._tell(_message(event, seq=seq))

    def _of_room(self, seq: int) -> Message:
        return Message("room", _event("room", msgspec.json.encode(self.session.room), seq), seq=seq)

    def _killed(self) -> Iterator[tuple[str, Message]]:
        """The lines that were taken out on the pages, by id, each with the action that did it: they can be had back."""
        state = self.session.state
        by = {action.cue: action.id for action in standing(state, "kill")}
        for id, cue in state.killed.items():
            if id in by:
                told = msgspec.json.encode({**msgspec.to_builtins(cue), "by": by[id]})
                yield id, Message("killed", _event("killed", told, 0), cue.lang)

    def _tell_cue(self, id: str, message: Message) -> None:
        self._cues.pop(id, None)
        self._cues[id] = message
        self._tell(message)

    def _tell(self, message: Message) -> None:
        for watcher in self._watchers:
            if watcher.wants(message):
                watcher.waiting.put_nowait(message)


def _message(event: Event, lang: str = "", seq: int = 0) -> Message:
    fields: Mapping[str, Any] = msgspec.to_builtins(event)
    kind = str(fields["kind"])
    data = msgspec.json.encode({k: v for k, v in fields.items() if k not in _UNTOLD})
    return Message(kind, _event(kind, data, seq), lang, seq)


def _event(kind: str, data: bytes, seq: int) -> bytes:
    """A server-sent event; the browser asks again from the `seq` of the last one that has it."""
    id = b"id: %d\r\n" % seq if seq else b""
    return b"%sevent: %s\r\ndata: %s\r\n\r\n" % (id, kind.encode(), data)
