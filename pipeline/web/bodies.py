"""What pages send: short, and soon."""

import asyncio

from starlette.requests import Request

from pipeline.errors import LivesubsError

_PATIENCE = 5.0
"""Seconds in which it has to come."""


class Unfit(LivesubsError):
    """It is not taken; `status` is the answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def short(request: Request, longest: int) -> bytes:
    """The body of a request, of so many bytes at most; Unfit when it is longer, or does not come."""
    try:
        return await asyncio.wait_for(_read(request, longest), _PATIENCE)
    except TimeoutError:
        raise Unfit("That did not come whole.", 408) from None


async def _read(request: Request, longest: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise Unfit("That is too long.", 413)
    return body
