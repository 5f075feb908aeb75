"""What the console asks: checked, written to `actions.jsonl`, done at once on the pages."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from pipeline.asked import ACTIONS, keep
from pipeline.direction import effects, refusal
from pipeline.events import Action, Cue
from pipeline.followed import Followed
from pipeline.killing import together
from pipeline.web.bodies import Unfit, short
from pipeline.web.show import Show

_AT_LEAST_HERE = ("blank", "hide", "phones", "hold", "send", "kill", "undo")
"""What is done on the pages also where it cannot be written down: what the room must not see, or is to see again."""
_LONGEST = 2000
"""Bytes of an action at most: two lines of text are a tenth of it."""


async def act(show: Show, request: Request) -> Response:
    """Does one action, given as JSON without its kind, once, with what goes with it in other languages (`killing`); 400
    says what is wrong with it, 409 why it cannot be."""
    try:
        asked = _action(await short(request, _LONGEST))
    except Unfit as error:
        return PlainTextResponse(str(error), error.status)
    session = show.session
    session.look()  # the page may know a line that was written just now
    if asked.id in session.state.actions:
        return JSONResponse({"done": asked.id})
    if refused := refusal(session.state, asked):
        return PlainTextResponse(refused, 409)
    if asked.do == "say" and too_long(session, asked):
        return PlainTextResponse("That is more than the screen has room for: make it shorter, or two lines of it.", 409)
    actions = together(session.state, asked)
    try:
        write_down(show)
        keep(session.folder, *actions)
    except OSError as error:
        return _unwritten(show, actions, error)
    session.look()
    on_disk = BackgroundTask(_sync, session.folder)  # neither the room nor the next action waits for that
    return JSONResponse({"done": asked.id}, background=on_disk)


def _action(body: bytes) -> Action:
    """What a page asks; Unfit."""
    try:
        asked = msgspec.convert({"kind": "action", **msgspec.json.decode(body, type=dict), "refused": ""}, Action)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit(f"That is no action: {error}.", 400) from None
    if not asked.id:
        raise Unfit("That is no action: it has no id.", 400)
    return asked


def _unwritten(show: Show, actions: Sequence[Action], error: OSError) -> Response:
    """Does on the pages alone what the room cannot wait for."""
    if actions[0].do not in _AT_LEAST_HERE:
        return PlainTextResponse(f"Not done: it cannot be written down ({error.strerror}). Free some space.", 507)
    show.unwritten.extend(actions)
    for action in actions:
        show.session.act(action)
    said = f"Done on the pages alone: it cannot be written down ({error.strerror}). Free some space."
    return PlainTextResponse(said, 202)


def too_long(session: Followed, asked: Action) -> bool:
    """Whether a typed line takes more lines than a subtitle has."""
    rules = session.rules()
    made = effects(session.state, asked, rules)
    return any(
        isinstance(one, Cue) and one.text.count("\n") >= rules.lines for one in made if one.id == f"t-{asked.id}"
    )


def write_down(show: Show) -> None:
    """Keeps what could not be kept when it was done; OSError."""
    while show.unwritten:
        keep(show.session.folder, show.unwritten[0])
        show.unwritten.pop(0)


def _sync(folder: Path) -> None:
    """What was asked survives a power cut."""
    with suppress(OSError), (folder / ACTIONS).open("rb+") as file:
        os.fsync(file.fileno())
