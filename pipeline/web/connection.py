"""One client's connection, as uvicorn has it, but not without end: whoever dawdles over a request is left.

uvicorn itself waits for the rest of a request for ever, so that a few hundred half requests would take every file that
the server may open.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 5.0
"""Seconds in which a request has to come, whole, once a connection is there or has begun another."""


class Connection(H11Protocol):
    """uvicorn's own, with a deadline for the head of each request."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(PATIENCE, self._leave)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._answering():
            self._forget()
        elif not self._deadline:
            self._deadline = self.loop.call_later(PATIENCE, self._leave)

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _leave(self) -> None:
        if not self._answering():
            self.transport.abort()

    def _forget(self) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = None
