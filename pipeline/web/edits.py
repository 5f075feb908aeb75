"""What the desk changes: written to `edits.jsonl`, answered in the journal by whoever holds the session."""

import os
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Annotated

from msgspec import Meta, structs
from msgspec.structs import replace
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.asked import EDITS, keep
from pipeline.editing import merged_sentences, split_sentences
from pipeline.errors import unwritable
from pipeline.events import Cue, Did, Edit, Value
from pipeline.state import State
from pipeline.web.bodies import Unfit, told
from pipeline.web.given import for_this
from pipeline.web.show import Show

_LONGEST = 4_000_000
"""Bytes of an edit at most: all lines of an evening that are moved at once are a quarter of it."""
Rev = Annotated[int, Meta(ge=0, lt=1 << 31)]


class AskedLine(Value, frozen=True):
    """A line as an edit makes it; what a page leaves out is found by `completed`."""

    id: Annotated[str, Meta(min_length=1, max_length=80)]
    start: float
    end: float
    text: str
    lang: str = ""
    sentences: tuple[str, ...] = ()


class AskedEdit(Value, frozen=True):
    """An edit as a page sends it."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    did: Did
    before: tuple[tuple[str, Rev], ...] = ()
    after: tuple[AskedLine, ...] = ()
    of: str = ""
    note: str = ""


async def edit(show: Show, request: Request) -> Response:
    """Takes one edit once; Unfit says why it cannot be written down. What becomes of it is told by the feed."""
    for_this(request, show.session.state.session)
    asked = _edit(await told(request, AskedEdit, _LONGEST))
    show.session.look()  # the page may know a line that was written just now
    if show.session.knows(asked.id):
        return JSONResponse({"kept": asked.id})
    return JSONResponse({"kept": asked.id}, background=write_down(show, completed(show.session.state, asked)))


def write_down(show: Show, *edits: Edit) -> BackgroundTask:
    """Keeps edits, all or none, and gives what has them survive a power cut: nobody who types waits for that.
    Unwritable."""
    try:
        keep(show.session.folder, *edits)
    except OSError as error:
        raise unwritable(show.session.folder / EDITS, error) from error
    show.session.look()
    return BackgroundTask(_sync, show.session.folder)


def _edit(asked: AskedEdit) -> Edit:
    if not all(isfinite(line.start) and isfinite(line.end) for line in asked.after):
        raise Unfit("A line begins and ends at a time.", 400)
    after = tuple(Cue(**structs.asdict(line)) for line in asked.after)
    return Edit(id=asked.id, did=asked.did, before=asked.before, after=after, of=asked.of, note=asked.note)


def completed(state: State, edit: Edit) -> Edit:
    """With what a page need not know: the track of its lines, and the sentences that each of them shows."""
    before = [state.cues[id] for id, _ in edit.before if id in state.cues]
    lang = before[0].lang if before else ""
    shown = _sentences(state, before, edit)
    cues = [
        replace(cue, lang=cue.lang or lang, sentences=cue.sentences or of)
        for cue, of in zip(edit.after, shown, strict=True)
    ]
    return replace(edit, after=tuple(cues))


def _sentences(state: State, before: list[Cue], edit: Edit) -> list[tuple[str, ...]]:
    """Of each line that an edit makes."""
    now = {cue.id: cue.sentences for cue in before}
    ids = merged_sentences(before)
    sentences = [state.sentences[id] for id in ids if id in state.sentences]
    if edit.did == "split" and len(sentences) > 1:
        return split_sentences(sentences, [(cue.start, cue.end) for cue in edit.after])
    if edit.did in ("split", "merge"):
        return [ids] * len(edit.after)
    back = state.killed if edit.did == "restore" else {}
    return [now.get(cue.id, back[cue.id].sentences if cue.id in back else ()) for cue in edit.after]


def _sync(folder: Path) -> None:
    """What was edited survives a power cut."""
    with suppress(OSError), (folder / EDITS).open("rb+") as file:
        os.fsync(file.fileno())
