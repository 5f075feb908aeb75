"""What happens, as server-sent events: a page that was cut off asks again from the last line it knows."""

from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from pipeline.web.show import Message, Show

_PING = 10
"""Seconds between two signs of life."""
_STUCK = 20.0
"""Seconds after which a client that takes nothing is left."""


def feed(show: Show, request: Request) -> Response:
    """Everything about the track `lang` (all without one), from the line on that the page has seen last; what the
    screens show only for whoever asks for `screens`."""
    lang = request.query_params.get("lang", "")
    last = request.headers.get("last-event-id", "")
    since = int(last) if last.isdecimal() else 0
    screens = "screens" in request.query_params
    return EventSourceResponse(_events(show.watch(lang, since, screens=screens)), ping=_PING, send_timeout=_STUCK)


async def _events(messages: AsyncIterator[Message]) -> AsyncIterator[ServerSentEvent]:
    async for message in messages:
        yield ServerSentEvent(data=message.data.decode(), event=message.kind, id=str(message.seq))
