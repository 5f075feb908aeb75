"""One client's connection, as uvicorn has it, but not without end: whoever dawdles over a request is left, and whoever
takes nothing of the answer.

uvicorn itself waits for both for ever, so that a few hundred of them would take every file that the server may open.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 5.0
"""Seconds in which a request has to come, whole, once a connection is there or has begun another."""
STUCK = 20.0
"""Seconds in which a client has to take something of what waits for it."""


class Connection(H11Protocol):
    """uvicorn's own, with deadlines for the head of each request and for what is sent."""

    _deadline: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._deadline = self.loop.call_later(PATIENCE, self._leave)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._answering():
            self._forget()
        elif not self._deadline:
            self._deadline = self.loop.call_later(PATIENCE, self._leave)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(STUCK, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stuck:
            self._stuck.cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        if self._stuck:
            self._stuck.cancel()
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
