"""The session folder as it grows: its journal and its actions, folded, and told to whoever watches.

Runs in the server's one thread. A watcher gets everything there is, then what comes; one that does not keep up is left,
and its page asks again from where it was.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pipeline.direction import Actions, effects
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
from pipeline.journal import Entries, State, apply
from pipeline.web.room import Room, directed
from pipeline.web.screens import Screens

LOOK = 0.05
"""Seconds between two looks at the files."""
_BOUND = 512
"""Messages that may wait for a watcher."""


class Message(msgspec.Struct, frozen=True):
    """One thing to tell: its kind, as JSON, and the journal's number up to which it is the truth."""

    kind: str
    data: bytes
    seq: int
    lang: str = ""
    """The track it belongs to; empty: it is for all."""


class Show:
    """What is known of one session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state, self.room = State(), Room()
        self.source: SourceState | None = None
        self.seq = 0
        self._journal, self._actions = Entries(folder / "journal.jsonl"), Actions(folder)
        self._changed: dict[str, int] = {}
        """By cue, the number of the line that it is of, also of cues that were taken out."""
        self._langs: dict[str, str] = {}
        self._watchers: set[asyncio.Queue[Message | None]] = set()
        self._consoles: set[asyncio.Queue[Message | None]] = set()
        """Those of the watchers that want to know what the screens show."""
        self.screens = Screens(self._tell_consoles)

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    async def follow(self) -> None:
        """Reads on, for good."""
        while True:
            self.look()
            await asyncio.sleep(LOOK)

    def look(self) -> None:
        """Takes in what is new in the files."""
        for entry in self._journal.new():
            self.seq = entry.seq
            self._take(entry.event)
        for action in self._actions.new():
            self.act(action)
        self.screens.look()

    def act(self, action: Action) -> None:
        """Does what a person asked; what the session answers to it later is the same."""
        if action.id in self.state.actions:
            return
        self._take(action)
        for event in effects(self.state, action):
            self._take(event)

    def watch(self, lang: str = "", since: int = 0, *, screens: bool = False) -> AsyncIterator[Message]:
        """Everything that happened after the line `since`, then what happens, with `screens` also on those; ends when
        the watcher is too slow."""
        waiting: asyncio.Queue[Message | None] = asyncio.Queue(_BOUND)
        self._watchers.add(waiting)
        if screens:
            self._consoles.add(waiting)
        return self._told(waiting, list(self._known(lang, since)), lang)

    async def _told(
        self, waiting: "asyncio.Queue[Message | None]", known: list[Message], lang: str
    ) -> AsyncIterator[Message]:
        try:
            for message in known:
                yield message
            while coming := await waiting.get():
                if not coming.lang or not lang or coming.lang == lang:
                    yield coming
        finally:
            self._watchers.discard(waiting)
            self._consoles.discard(waiting)

    def _known(self, lang: str, since: int) -> Iterator[Message]:
        state = self.state
        for event in (state.session, self.source, state.progress, *state.gaps, state.ended):
            if event:
                yield self._message(event)
        yield self._of_room()
        for id, seq in self._changed.items():
            if seq >= since and (not lang or self._langs[id] == lang):
                cue = state.cues.get(id)
                if cue or since:
                    yield self._message(cue or Withdrawn(id=id), self._langs[id])
        yield Message("ready", b"{}", self.seq)

    def _take(self, event: Event) -> None:
        if isinstance(event, Action) and event.id in self.state.actions:
            return  # it was done when it was asked
        if isinstance(event, Cue) and self._older(event):
            return
        apply(self.state, event)
        if isinstance(event, SourceState):
            self.source = event
        match event:
            case Cue():
                self._changed[event.id], self._langs[event.id] = self.seq, event.lang
                self._tell(self._message(event, event.lang))
            case Withdrawn():
                self._changed[event.id] = self.seq
                self._tell(self._message(event, self._langs.get(event.id, "")))
            case Action():
                self.room = directed(self.room, event)
                self._tell(self._message(event))
                self._tell(self._of_room())
            case SessionStarted() | Progress() | Gap() | SourceState() | Resumed() | Ended() | Warned():
                self._tell(self._message(event))

    def _older(self, cue: Cue) -> bool:
        """Whether a person has changed it here already, and the session has not seen that yet."""
        known = self.state.cues.get(cue.id)
        return bool(known and known.rev > cue.rev and cue.id in self.state.touched)

    def _of_room(self) -> Message:
        return Message("room", msgspec.json.encode(self.room), self.seq)

    def _message(self, event: Event, lang: str = "") -> Message:
        fields: Mapping[str, Any] = msgspec.to_builtins(event)
        kind = str(fields["kind"])
        return Message(kind, msgspec.json.encode({k: v for k, v in fields.items() if k != "kind"}), self.seq, lang)

    def _tell_consoles(self, screens: bytes) -> None:
        self._tell(Message("screens", screens, self.seq), self._consoles)

    def _tell(self, message: Message, to: "set[asyncio.Queue[Message | None]] | None" = None) -> None:
        for waiting in list(self._watchers if to is None else to):
            try:
                waiting.put_nowait(message)
            except asyncio.QueueFull:
                self._leave(waiting)

    def _leave(self, waiting: "asyncio.Queue[Message | None]") -> None:
        self._watchers.discard(waiting)
        self._consoles.discard(waiting)
        while not waiting.empty():
            waiting.get_nowait()
        waiting.put_nowait(None)
