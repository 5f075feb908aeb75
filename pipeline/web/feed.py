"""What happens, as server-sent events: a page that was cut off asks again from the last line it knows."""

from collections.abc import AsyncIterator, Sequence

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipeline.web.show import Show
from pipeline.web.told import DESK, Message

_PING = 3
"""Seconds between two signs of life; a page that hears nothing for twice as long connects anew."""
_RETRY = b"retry: 1000\r\n\r\n"
"""Milliseconds after which a page that was cut off asks again; browsers wait three times as long by themselves."""
_VIEWERS = 2000
"""Pages of the public that are told at once: of the files that the server may open, some are for the console."""
_NAME = 80
"""Characters of what a window of the desk calls itself, at most."""
_DIGITS = 16
"""Of a line's number, at most."""
_FOR_CONTROL = ("killed", *DESK)
"""Kinds that are no business of a room's: what nobody was to read."""
_FOR_ROOMS = (*_FOR_CONTROL, "action")
"""... and none of the public's: who did what, and what was typed."""


def feed(show: Show, request: Request) -> Response:
    """Everything about the track `lang` (all without one), from the line on that the page has seen last, as the browser
    says it, or `since`. With `screens` also what those show; 1: it is a console's, which is no viewer; nor is a `desk`,
    which is told of edits and drafts; it says what its window calls itself. With `tail` also words that may change.
    One that is `behind` does not show each line as soon as it is ready."""
    if request.scope["role"] == "view" and show.viewers >= _VIEWERS:
        return PlainTextResponse("As many look on as can be told; try again in a minute.", 503)
    lang, screens, tail, desk, behind = (
        request.query_params.get(name, "") for name in ("lang", "screens", "tail", "desk", "behind")
    )
    last = request.headers.get("last-event-id") or request.query_params.get("since", "")
    since = int(last) if last.isdecimal() and len(last) < _DIGITS else 0
    desk = desk[:_NAME] if request.scope["role"] == "control" else ""
    kept = {"control": (), "screen": _FOR_CONTROL}.get(request.scope["role"], _FOR_ROOMS)
    counted = screens != "1" and not desk
    told = show.watch(
        lang, since, screens=bool(screens), tail=bool(tail), desk=desk, counted=counted, behind=bool(behind)
    )
    return EventSourceResponse(_events(told, kept), ping=_PING, ping_message_factory=_ping)


def _ping() -> ServerSentEvent:
    return ServerSentEvent(event="ping", data="{}")


async def _events(batches: AsyncIterator[list[Message]], kept: Sequence[str]) -> AsyncIterator[bytes]:
    yield _RETRY
    async for batch in batches:
        yield b"".join(message.wire for message in batch if message.kind not in kept)
