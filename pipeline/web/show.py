"""The session as it grows, told to whoever watches it.

Runs in the server's one thread. A watcher gets everything there is, then what comes. What is told is made once and
shared, so that one who takes it slowly costs next to nothing; one who takes nothing is left (`connection`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from pipeline.direction import standing
from pipeline.events import (
    Action,
    Cue,
    Edit,
    Ended,
    Gap,
    Progress,
    Resumed,
    SessionStarted,
    SourceState,
    Withdrawn,
)
from pipeline.followed import Followed
from pipeline.journal import Entry
from pipeline.notes import Faults, say_fault
from pipeline.opened import leave
from pipeline.web.drafts import Drafts
from pipeline.web.growing import Growing
from pipeline.web.health import Health
from pipeline.web.heard import Heard
from pipeline.web.screens import Opened, Screens
from pipeline.web.told import Message, Watcher, edited, message, of_desks, of_draft, of_tail, wire

LOOK = 0.05
"""Seconds between two looks at the files."""
_AT_ONCE = 256
"""Messages that are told in one go, of some 300 bytes each."""


class Show:
    """One session, as it is told to its pages."""

    def __init__(self, folder: Path, *, coming: bool = False) -> None:
        """`coming` as `Followed` has it."""
        self.session, self.health = Followed(folder, self._take, coming=coming), Health(folder)
        self.heard, self._growing = Heard(), Growing()
        self._cues: dict[str, Message] = {}
        """What was told last of each cue, also of those that were taken out; in the order told."""
        self._edits: dict[str, Message] = {}
        """What was told of each edit."""
        self.unwritten: list[Action] = []
        """Actions that are done here and not in the file yet: the disk is full."""
        self.faults = Faults(partial(say_fault, "the page server"))
        self._watchers: set[Watcher] = set()
        self.screens = Screens(lambda screens: self._tell(Message("screens", wire("screens", screens, 0))))
        self.opened = Opened(
            lambda opened: self._tell(Message("opened", wire("opened", opened, 0))), partial(leave, folder)
        )
        self.drafts = Drafts(folder, lambda *draft: self._tell(of_draft(*draft)))

    @property
    def watched(self) -> bool:
        return bool(self._watchers)

    @property
    def viewers(self) -> int:
        """Pages that are open, but for the consoles."""
        return sum(watcher.counted for watcher in self._watchers)

    @property
    def early(self) -> int:
        """... of which show each line as soon as it is ready."""
        return sum(watcher.counted and not watcher.behind for watcher in self._watchers)

    async def follow(self) -> None:
        """Reads on, for good. What a disk or a system at its limits keeps from it stays in the files."""
        while True:
            for one in (self.session, self.screens, self.opened, self.drafts):
                with self.faults, suppress(OSError):  # each by itself: a fault that stays in one stops no other
                    one.look()
            await asyncio.sleep(LOOK)

    async def watch(
        self,
        lang: str = "",
        since: int = 0,
        *,
        screens: bool = False,
        tail: bool = False,
        desk: str = "",
        counted: bool = True,
        behind: bool = False,
    ) -> AsyncIterator[list[Message]]:
        """Everything that happened after the line `since`, then what happens, as much at a time as there is; with
        `screens`, also what those show, with `tail` what may yet become other words, at a `desk` (the window's name)
        edits, drafts and the other windows. One that is not `counted` is no viewer; one that is `behind` does not
        show each line as soon as it is ready. A line that has not been written yet is another session's: then
        everything."""
        since = since if since <= self.session.seq else 0
        watcher = Watcher(lang, screens=screens, tail=tail, desk=desk, counted=counted, behind=behind)
        known = [told for one in self._known(since) if (told := watcher.given(one))]
        self._watchers.add(watcher)
        self._tell_desks(watcher)
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
            self._tell_desks(watcher)

    def _known(self, since: int) -> Iterator[Message]:
        state = self.session.state
        for event in (state.session, self.health.source, state.progress, *state.gaps, state.ended):
            if event:
                yield message(event)
        yield self._of_room(0)
        for kind, now in (("screens", self.screens.known), ("opened", self.opened.known)):
            if now is not None:
                yield Message(kind, wire(kind, now, 0))
        yield of_desks(self._desks())
        yield from (told for told in self._edits.values() if told.seq >= since)
        yield from (of_draft(*draft) for draft in self.drafts.all())
        for told in self._cues.values():
            if told.seq >= since and (since or told.kind == "cue"):
                yield told
        yield from (told for _, told in self._killed())
        yield from (message(line, line.lang) for line in self._growing.lines())
        yield of_tail(self._growing.tail)
        yield Message("ready", wire("ready", b'{"since":%d}' % since, self.session.seq), seq=self.session.seq)

    def _take(self, entry: Entry) -> None:
        self.health.note(entry)
        self.heard.note(entry.event)
        event, seq = entry.event, entry.seq
        for line in self._growing.note(event):
            self._tell(message(line, line.lang))
        if self._growing.note_tail(event):
            self._tell(of_tail(self._growing.tail))
        match event:
            case Cue():
                self._tell_cue(event.id, message(event, event.lang, seq))
            case Withdrawn():
                last = self._cues.get(event.id)
                self._tell_cue(event.id, message(event, last.lang if last else "", seq))
            case Action():
                self._tell(message(event, seq=seq))
                self._tell(self._of_room(seq))
                for id, told in self._killed():
                    if event.refused or id == event.cue:
                        self._tell(told)
            case Edit():
                self._edits[event.id] = answer = edited(event, *self._place(event), entry.at, seq)
                self._tell(answer)
                for told in self._killed_by(event):
                    self._tell(told)
                self.drafts.settle(event)
            case SessionStarted() | Progress() | Gap() | SourceState() | Resumed() | Ended():
                self._tell(message(event, seq=seq))

    def _place(self, edit: Edit) -> tuple[str, float | None]:
        """The track that an edit is about, and where in it."""
        state = self.session.state
        here = [state.cues[id] for id, _ in edit.before if id in state.cues]
        cues = [*edit.after, *state.found.get(edit.id, ()), *here]
        return (cues[0].lang, cues[0].start) if cues else ("", None)

    def _of_room(self, seq: int) -> Message:
        return Message("room", wire("room", msgspec.json.encode(self.session.room), seq), seq=seq)

    def _killed(self) -> Iterator[tuple[str, Message]]:
        """The lines that were taken out on the pages, by id, each with the action that did it (`by`) and the one that
        this went with (`kill`; `killing`), or the same: they can be had back."""
        state = self.session.state
        by = {action.cue: action for action in standing(state, "kill")}
        for id, cue in state.killed.items():
            if kill := by.get(id):
                told = msgspec.json.encode({**msgspec.to_builtins(cue), "by": kill.id, "kill": kill.of or kill.id})
                yield id, Message("killed", wire("killed", told, 0), cue.lang)

    def _killed_by(self, edit: Edit) -> Iterator[Message]:
        """The lines that are out again: their return was undone."""
        if edit.did == "undo" and not edit.refused and not edit.after:
            ids = {id for id, _ in edit.before}
            yield from (told for id, told in self._killed() if id in ids)

    def _desks(self) -> set[str]:
        return {watcher.desk for watcher in self._watchers if watcher.desk}

    def _tell_desks(self, changed: Watcher) -> None:
        """A window came, or went."""
        if changed.desk:
            self._tell(of_desks(self._desks()))

    def _tell_cue(self, id: str, message: Message) -> None:
        self._cues.pop(id, None)
        self._cues[id] = message
        self._tell(message)

    def _tell(self, message: Message) -> None:
        for watcher in self._watchers:
            if told := watcher.given(message):
                watcher.waiting.put_nowait(told)
