"""What pages are told, each thing made once: as a server-sent event, for all who watch."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pipeline.drafts import Draft
from pipeline.events import Cue, Edit, Event, Withdrawn
from pipeline.state import unwritten
from pipeline.web.growing import Tail

DESK = ("edit", "draft", "desks")
"""Kinds that are for the desk alone."""
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
    others: "Message | None" = None
    """What whoever is not at the desk is told instead: a line without words yet is none for them, or none any more."""


class Watcher:
    """A page that is told what happens in one track, or without one in all; with `screens`, what those show, too, with
    `tail`, words that may yet become others, and at a `desk` (what its window calls itself) the edits and drafts, and
    which windows are there. One that is `behind` does not show each line as soon as it is ready."""

    def __init__(
        self, lang: str, *, screens: bool, counted: bool, tail: bool = False, desk: str = "", behind: bool = False
    ) -> None:
        self._lang, self.counted, self.desk, self.behind = lang, counted, desk, behind
        self._not = (*(() if screens else ("screens",)), *(() if tail else ("tail",)), *(() if desk else DESK))
        self.waiting: asyncio.Queue[Message] = asyncio.Queue()
        """What it has not been told yet."""

    def given(self, message: Message) -> Message | None:
        """What it is told of that; None: nothing."""
        if message.kind in self._not or (self._lang and message.lang and message.lang != self._lang):
            return None
        return message if self.desk else message.others or message


def message(event: Event, lang: str = "", seq: int = 0) -> Message:
    fields: Mapping[str, Any] = msgspec.to_builtins(event)
    kind = str(fields["kind"])
    data = msgspec.json.encode({k: v for k, v in fields.items() if k not in _UNTOLD})
    others = message(Withdrawn(id=event.id), lang, seq) if isinstance(event, Cue) and unwritten(event) else None
    return Message(kind, wire(kind, data, seq), lang, seq, others)


def edited(edit: Edit, lang: str, start: float | None, at: float, seq: int = 0) -> Message:
    """An edit as the desk is told of it: which lines it is about, and what became of it, as `revs` of those that it
    made. What they say now is told of them; one that was refused has all that was written, so that nothing of it is
    lost. It is no line to ask again from: all of them are told before the cues. `at` is the wall clock's time."""
    data = {
        "id": edit.id,
        "did": edit.did,
        "cues": list(dict.fromkeys([*(id for id, _ in edit.before), *(cue.id for cue in edit.after)])),
        "lang": lang,
        "start": start,
        "at": at,
        "of": edit.of,
        "note": edit.note,
        "revs": {} if edit.refused else {cue.id: cue.rev for cue in edit.after},
        "refused": edit.refused,
        "after": edit.after if edit.refused else (),
    }
    return Message("edit", wire("edit", msgspec.json.encode(data), 0), lang, seq)


def of_draft(cue: str, draft: Draft, gone: bool) -> Message:
    """What is being written of a line, or that it is not any more."""
    data = {"cue": cue, "lang": draft.lang, "by": draft.by, "draft": None if gone else draft}
    return Message("draft", wire("draft", msgspec.json.encode(data), 0), draft.lang)


def of_tail(tail: Tail) -> Message:
    return Message("tail", wire("tail", msgspec.json.encode(tail), 0), tail.lang)


def of_desks(names: Iterable[str]) -> Message:
    """Which windows of the desk have a connection."""
    return Message("desks", wire("desks", msgspec.json.encode(sorted(names)), 0))


def wire(kind: str, data: bytes, seq: int) -> bytes:
    """A server-sent event; the browser asks again from the `seq` of the last one that has it."""
    id = b"id: %d\r\n" % seq if seq else b""
    return b"%sevent: %s\r\ndata: %s\r\n\r\n" % (id, kind.encode(), data)
