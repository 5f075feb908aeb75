"""What the console asks: checked, written to `actions.jsonl`, done at once on the pages."""

import os
import time
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from pipeline.direction import ACTIONS
from pipeline.events import Action
from pipeline.web.show import Show

_LONGEST = 2000
"""Bytes of an action at most: two lines of text are a tenth of it."""


async def act(show: Show, request: Request) -> Response:
    """Does one action, given as JSON without its kind; 400 says what is wrong with it, 409 that its cue is gone."""
    body = await request.body()
    if len(body) > _LONGEST:
        return PlainTextResponse("That is too long for a subtitle.", 413)
    try:
        asked = msgspec.convert({"kind": "action", **msgspec.json.decode(body, type=dict)}, Action)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        return PlainTextResponse(f"That is no action: {error}.", 400)
    show.look()  # the page may know a line that was written just now
    if asked.cue and asked.cue not in show.state.cues:
        return PlainTextResponse("That line is not there any more.", 409)
    try:
        keep(show.folder, asked)
    except OSError as error:
        return PlainTextResponse(f"It cannot be written down: {error.strerror}.", 507)
    show.look()
    return JSONResponse({"done": asked.id})


def keep(folder: Path, action: Action) -> None:
    """Adds the action to the file, whole; OSError."""
    line = msgspec.json.encode({"at": round(time.time(), 3), **msgspec.to_builtins(action)}) + b"\n"
    path = folder / ACTIONS
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(file).st_size
        if os.write(file, line) < len(line):
            os.ftruncate(file, size)
            raise OSError(28, "no space left")
        os.fsync(file)
    finally:
        os.close(file)
