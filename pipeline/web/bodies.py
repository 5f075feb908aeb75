"""What pages send: short, and soon."""

import asyncio
from math import isfinite
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from pipeline.errors import LivesubsError

_PATIENCE = 5.0
"""Seconds in which it has to come."""


T = TypeVar("T")


class Unfit(LivesubsError):
    """It is not taken; `status` is the answer's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def short(request: Request, longest: int) -> bytes:
    """The body of a request, of so many bytes at most; Unfit when it is longer, or does not come."""
    try:
        return await asyncio.wait_for(_read(request, longest), _PATIENCE)
    except (TimeoutError, ClientDisconnect):
        raise Unfit("That did not come whole.", 408) from None


async def _read(request: Request, longest: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise Unfit("That is too long.", 413)
    return body


async def told(request: Request, kind: type[T], longest: int) -> T:
    """The body of a request, JSON of that kind; Unfit says what is wrong with it."""
    try:
        return msgspec.json.decode(await short(request, longest), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Unfit(f"That cannot be read: {error}.", 400) from None


def span(request: Request, most: float) -> tuple[float, float]:
    """The stretch of stream time, seconds, that a request names with `from` and `to`; Unfit when it does not, or names
    more than so many seconds."""
    try:
        start, end = (float(request.query_params[name]) for name in ("from", "to"))
    except (KeyError, ValueError):
        raise Unfit("Say from when to when, in seconds: from=60&to=90.", 400) from None
    if not (isfinite(start) and isfinite(end) and 0 <= end - start <= most):
        raise Unfit(f"Ask for {most:g} seconds at most, the earlier one first.", 400)
    return start, end


async def unfit(request: Request, error: Exception) -> Response:
    """What whoever asked for it is told."""
    return JSONResponse({"error": str(error)}, error.status if isinstance(error, Unfit) else 400)
