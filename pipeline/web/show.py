"""The session folder as it grows: its journal and its actions, folded, and told to whoever watches.

Runs in the server's one thread. A watcher gets everything there is, then what comes. What is told is made once and
shared, so that one who takes it slowly costs next to nothing; one who takes nothing is left (`connection`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

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
from pipeline.web.drafts import Drafts
from pipeline.web.health import Health
from pipeline.web.heard import Heard
from pipeline.web.room import Room, directed, room
from pipeline.web.screens import Screens
from pipeline.web.told import Message, Watcher, edited, message, of_draft, wire

LOOK = 0.05
"""Seconds between two looks at the files."""
_AT_ONCE = 256
"""Messages that are told in one go, of some 300 bytes each."""


class Show:
    """What is known of one session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state, self.room, self.health, self.heard = State(), Room(), Health(folder), Heard()
        self.source: SourceState | None = None
        self.seq = 0
        self._journal, self._asked = Entries(folder / "journal.jsonl"), Asked(folder)
        self._cues: dict[str, Message] = {}
        """What was told last of each cue, also of those that were taken out; in the order told."""
        self._edits: dict[str, Message] = {}
        """What was told of each edit."""
        self.unanswered: set[str] = set()
        """Actions and edits that are not in the journal."""
        self._torn = False
        """The journal has one, and not all that follows from it."""
        self.unwritten: list[Action] = []
        """Actions that are done here and not in the file yet: the disk is full."""
        self._watchers: set[Watcher] = set()
        self.screens = Screens(lambda screens: self._tell(Message("screens", wire("screens", screens, 0))))
        self.drafts = Drafts(folder, lambda *draft: self._tell(of_draft(*draft)))

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
            self.heard.note(entry.event)
            self._take(entry.event)
            if isinstance(entry.event, Action | Edit):
                self.unanswered.discard(entry.event.id)
        if new:
            self._torn = bool(owed(self.state, self.rules()))
        for asked in self._asked.new():
            self.act(asked)
        self.screens.look()
        self.drafts.look()

    def act(self, asked: Action | Edit) -> None:
        """Does what a person asked; what the session answers to it later is the same. An edit waits for that answer: it
        is about cues as they are in the journal, which may say more by now."""
        if known(self.state, asked.id):
            return
        self.unanswered.add(asked.id)
        if isinstance(asked, Edit):
            return
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
        self, lang: str = "", since: int = 0, *, screens: bool = False, desk: bool = False, counted: bool = True
    ) -> AsyncIterator[list[Message]]:
        """Everything that happened after the line `since`, then what happens, as much at a time as there is; with
        `screens`, also what those show, at a `desk` edits and drafts. One that is not `counted` is no viewer. A line
        that has not been written yet is another session's: then everything."""
        since = since if since <= self.seq else 0
        watcher = Watcher(lang, screens=screens, desk=desk, counted=counted)
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
                yield message(event)
        yield self._of_room(0)
        yield from (told for told in self._edits.values() if told.seq >= since)
        yield from (of_draft(*draft) for draft in self.drafts.all())
        for told in self._cues.values():
            if told.seq >= since and (since or told.kind == "cue"):
                yield told
        struck = {action.cue for action in standing(state, "kill")}
        yield from (self._of_killed(id) for id in state.killed if id in struck)
        yield Message("ready", wire("ready", b'{"since":%d}' % since, self.seq), seq=self.seq)

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
                self._tell_cue(event.id, message(event, event.lang, self.seq))
            case Withdrawn():
                last = self._cues.get(event.id)
                self._tell_cue(event.id, message(event, last.lang if last else "", self.seq))
            case Action():
                undone = event.do == "undo"
                if not event.refused:
                    self.room = room(self.state.actions.values()) if undone else directed(self.room, event)
                self._tell(message(event, seq=self.seq))
                self._tell(self._of_room(self.seq))
                if event.do == "kill" and event.cue in self.state.killed:
                    self._tell(self._of_killed(event.cue))
            case Edit():
                self._edits[event.id] = told = edited(event, *self._place(event), self.seq)
                self._tell(told)
                self.drafts.settle(event)
            case SessionStarted() | Progress() | Gap() | SourceState() | Resumed() | Ended() | Warned():
                self._tell(message(event, seq=self.seq))

    def _older(self, cue: Cue) -> bool:
        """Whether a person has changed it here already, and the session has not seen that yet."""
        if cue.id in self.state.killed:
            return True
        rev = self.state.revs.get(cue.id, 0)
        return cue.id in self.state.touched and (rev > cue.rev or (rev == cue.rev and cue.id in self.state.cues))

    def _place(self, edit: Edit) -> tuple[str, float | None]:
        """The track that an edit is about, and where in it."""
        ids = [id for id, _ in edit.before]
        here = [self.state.cues[id] for id in ids if id in self.state.cues]
        cues = [*edit.after, *self.state.found.get(edit.id, ()), *here]
        return (cues[0].lang, cues[0].start) if cues else ("", None)

    def _of_room(self, seq: int) -> Message:
        return Message("room", wire("room", msgspec.json.encode(self.room), seq), seq=seq)

    def _of_killed(self, id: str) -> Message:
        """A line that was taken out, and by which action: it can be had back."""
        cue, kills = self.state.killed[id], standing(self.state, "kill")
        by = next((action.id for action in reversed(kills) if action.cue == id), "")
        told = msgspec.json.encode({**msgspec.to_builtins(cue), "by": by})
        return Message("killed", wire("killed", told, 0), cue.lang)

    def _tell_cue(self, id: str, message: Message) -> None:
        self._cues.pop(id, None)
        self._cues[id] = message
        self._tell(message)

    def _tell(self, message: Message) -> None:
        for watcher in self._watchers:
            if watcher.wants(message):
                watcher.waiting.put_nowait(message)
