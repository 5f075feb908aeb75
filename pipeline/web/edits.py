"""What the desk changes: written to `edits.jsonl`, answered in the journal by whoever holds the session."""

import os
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.answering import known
from pipeline.asked import EDITS, keep
from pipeline.editing import merged_sentences, split_sentences
from pipeline.errors import unwritable
from pipeline.events import Cue, Edit
from pipeline.state import State
from pipeline.web.bodies import Unfit, told
from pipeline.web.show import Show

_LONGEST = 4_000_000
"""Bytes of an edit at most: all lines of an evening that are moved at once are a quarter of it."""
_NAME = 64
"""Letters of an edit's id at most."""


async def edit(show: Show, request: Request) -> Response:
    """Takes one edit, given as JSON without its kind, once; Unfit says why it cannot be written down. What becomes of
    it is told by the feed."""
    asked = _read(await told(request, dict[str, Any], _LONGEST))
    show.look()  # the page may know a line that was written just now
    if known(show.state, asked.id) or asked.id in show.unanswered:
        return JSONResponse({"kept": asked.id})
    return JSONResponse({"kept": asked.id}, background=write_down(show, completed(show.state, asked)))


def write_down(show: Show, *edits: Edit) -> BackgroundTask:
    """Keeps edits, all or none, and gives what has them survive a power cut: nobody who types waits for that. Unfit
    when they cannot be written."""
    try:
        keep(show.folder, *edits)
    except OSError as error:
        raise Unfit(f"Not kept: {unwritable(show.folder / EDITS, error)}.", 507) from error
    show.look()
    return BackgroundTask(_sync, show.folder)


def _read(fields: dict[str, Any]) -> Edit:
    after = fields.get("after", ())
    cues = [{"lang": "", "sentences": (), **cue} if isinstance(cue, dict) else cue for cue in after]
    try:
        asked = msgspec.convert({**fields, "kind": "edit", "after": cues, "refused": ""}, Edit)
    except (msgspec.ValidationError, TypeError) as error:
        raise Unfit(f"That is no edit: {error}.", 400) from None
    if not 0 < len(asked.id) <= _NAME:
        raise Unfit(f"An edit has an id of 1 to {_NAME} letters.", 400)
    if not all(isfinite(cue.start) and isfinite(cue.end) for cue in asked.after):
        raise Unfit("A line begins and ends at a time.", 400)
    return asked


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
