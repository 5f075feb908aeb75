"""A stream's address, found anew on its page: when the server refuses the old one, and before that expires."""

import re
import time
from collections.abc import Callable, Iterator

from pipeline.errors import LivesubsError
from pipeline.flow import spawn
from pipeline.source.address import Address

AHEAD = 600.0
"""Seconds before an address expires at which a new one is looked for; half its life if that is shorter."""
_FIRST, _LONGEST = 2.0, 120.0
"""Seconds between two tries: a site that is asked more often shuts us out."""
_EXPIRES = re.compile(r"[?&/~=]exp(?:ires?)?[=/](\d{10})(?!\d)", re.IGNORECASE)


class Renewal:
    """Looks for the address in a thread of its own: meanwhile the old one may still serve."""

    def __init__(self, find: Callable[[], Address], url: str) -> None:
        self._find = find
        self._busy = False
        self._next, self._pause = 0.0, _FIRST
        self.found: Address | None = None
        """A new address, until it is taken."""
        self._due = self._due_of(url)

    def start(self) -> None:
        """Looks for a new address, unless that was done just now."""
        now = time.monotonic()
        if self._busy or self.found or now < self._next:
            return
        self._busy, self._next = True, now + self._pause
        self._pause = min(_LONGEST, 2 * self._pause)
        spawn(self._look(), bound=1, name="renew")

    def watch(self) -> None:
        """Looks for a new address if this one expires soon."""
        if self._due is not None and time.time() > self._due:
            self.start()

    def taken(self) -> None:
        """The new address serves."""
        assert self.found
        self._due, self._pause = self._due_of(self.found.url), _FIRST
        self.found = None

    def refused(self) -> None:
        """The new address is refused as well: the page has not changed yet, and is asked again later."""
        self.found = None

    def _look(self) -> Iterator[None]:
        try:
            self.found = self._find()
        except LivesubsError:
            pass  # the page does not answer either, or says nothing yet: asked again later
        finally:
            self._busy = False
        yield from ()

    def _due_of(self, url: str) -> float | None:
        """When a new address is wanted, Unix seconds; None where the address does not tell when it expires."""
        told = _EXPIRES.search(url)
        if not told:
            return None
        now, expires = time.time(), float(told[1])
        return expires - min(AHEAD, max(0.0, expires - now) / 2)
