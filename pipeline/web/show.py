"""The session folder as it grows: its journal and its actions, folded, and told to whoever watches.

Runs in the server's one thread. A watcher gets everything there is, then what comes. What is told is made once and
shared, so that one who takes it slowly costs next to nothing; one who takes nothing is left (`connection`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from pipeline.answering import answered, effects, known, owed
from pipeline.asked import Asked
from pipeline.direction import standing
from pipeline.errors import SettingsError
from pipeline.events import (
    Action,
    Cue,
    Edit,
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
from pipeline.folder import SETTINGS
from pipeline.journal import Entries, light
from pipeline.settings import CueRules, load
from pipeline.state import State, apply
from pipeline.web.health import Health
from pipeline.web.room import Room, directed, room
from pipeline.web.screens import Opened, Screens

LOOK = 0.05
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
    """What is known of one session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state, self.room, self.health = State(), Room(), Health(folder)
        self.source: SourceState | None = None
        self.seq = 0
        self._journal, self._asked = Entries(folder / "journal.jsonl"), Asked(folder)
        self._cues: dict[str, Message] = {}
        """What was told last of each cue, also of those that were taken out; in the order told."""
        self.unanswered: set[str] = set()
        """Actions and edits that are not in the journal."""
        self._torn = False
        """The journal has one, and not all that follows from it."""
        self.unwritten: list[Action] = []
        """Actions that are done here and not in the file yet: the disk is full."""
        self._watchers: set[Watcher] = set()
        self.screens = Screens(lambda screens: self._tell(Message("screens", _event("screens", screens, 0))))
        self.opened = Opened(lambda opened: self._tell(Message("opened", _event("opened", opened, 0))))

    @property
    def owes(self) -> bool:
        """Something that a person did has no answer yet, or not all of it."""
        return bool(self.unanswered) or self._torn

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    @property
    def viewers(self) -> int:
        """Pages that are open, but for the consoles."""
        return sum(watcher.counted for watcher in self._watchers)

    async def follow(self) -> None:
        """Reads on, for good."""
        while True:
            with suppress(OSError):  # of a disk or a system at its limits: what is in the files stays there
                self.look()
            await asyncio.sleep(LOOK)

    def look(self) -> None:
        """Takes in what is new in the files."""
        new = list(self._journal.new())
        for entry in new:
            self.seq = entry.seq
            self.health.note(entry)
            self._take(entry.event)
            if isinstance(entry.event, Action | Edit):
                self.unanswered.discard(entry.event.id)
        if new:
            self._torn = bool(owed(self.state, self.rules()))
        for asked in self._asked.new():
            self.act(asked)
        self.screens.look()
        self.opened.look()

    def act(self, asked: Action | Edit) -> None:
        """Does what a person asked; what the session answers to it later is the same."""
        if known(self.state, asked.id):
            return
        self.unanswered.add(asked.id)
        answer = answered(self.state, asked, self.rules())
        self._take(answer)
        for event in effects(self.state, answer, self.rules()):
            self._take(event)

    def rules(self) -> CueRules:
        """Those of the session; what it answers is by them in any case."""
        try:
            return load(self.folder / SETTINGS).cues
        except SettingsError:
            return CueRules()

    async def watch(
        self, lang: str = "", since: int = 0, *, screens: bool = False, counted: bool = True
    ) -> AsyncIterator[list[Message]]:
        """Everything that happened after the line `since`, then what happens, as much at a time as there is; with
        `screens`, also what those show. One that is not `counted` is no viewer. A line that has not been written yet
        is another session's: then everything."""
        since = since if since <= self.seq else 0
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
        state = self.state
        for event in (state.session, self.source, state.progress, *state.gaps, state.ended):
            if event:
                yield _message(event)
        yield self._of_room(0)
        yield Message("opened", _event("opened", self.opened.known, 0))
        for message in self._cues.values():
            if message.seq >= since and (since or message.kind == "cue"):
                yield message
        struck = {action.cue for action in standing(state, "kill")}
        yield from (self._of_killed(id) for id in state.killed if id in struck)
        yield Message("ready", _event("ready", b'{"since":%d}' % since, self.seq), seq=self.seq)

    def _take(self, event: Event) -> None:
        if isinstance(event, Action | Edit) and known(self.state, event.id):
            return  # it was done when it was asked
        if isinstance(event, Cue) and self._older(event):
            return
        apply(self.state, light(event))
        if isinstance(event, SourceState):
            self.source = event
        match event:
            case Cue():
                self._tell_cue(event.id, _message(event, event.lang, self.seq))
            case Withdrawn():
                last = self._cues.get(event.id)
                self._tell_cue(event.id, _message(event, last.lang if last else "", self.seq))
            case Action():
                undone = event.do == "undo"
                if not event.refused:
                    self.room = room(self.state.actions.values()) if undone else directed(self.room, event)
                self._tell(_message(event, seq=self.seq))
                self._tell(self._of_room(self.seq))
                if event.do == "kill" and event.cue in self.state.killed:
                    self._tell(self._of_killed(event.cue))
            case SessionStarted() | Progress() | Gap() | SourceState() | Resumed() | Ended() | Warned():
                self._tell(_message(event, seq=self.seq))

    def _older(self, cue: Cue) -> bool:
        """Whether a person has changed it here already, and the session has not seen that yet."""
        if cue.id in self.state.killed:
            return True
        rev = self.state.revs.get(cue.id, 0)
        return cue.id in self.state.touched and (rev > cue.rev or (rev == cue.rev and cue.id in self.state.cues))

    def _of_room(self, seq: int) -> Message:
        return Message("room", _event("room", msgspec.json.encode(self.room), seq), seq=seq)

    def _of_killed(self, id: str) -> Message:
        """A line that was taken out, and by which action: it can be had back."""
        cue, kills = self.state.killed[id], standing(self.state, "kill")
        by = next((action.id for action in reversed(kills) if action.cue == id), "")
        told = msgspec.json.encode({**msgspec.to_builtins(cue), "by": by})
        return Message("killed", _event("killed", told, 0), cue.lang)

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
