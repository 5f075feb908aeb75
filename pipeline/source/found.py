"""Where a session begins to record: at its source, or the first of its backups that can be had."""

from collections.abc import Callable
from datetime import datetime

from pipeline.errors import SourceError
from pipeline.events import Value
from pipeline.flow import Clock
from pipeline.settings import SourceSettings
from pipeline.source.address import Address, check, resolve
from pipeline.source.announced import await_address
from pipeline.source.command import chosen
from pipeline.source.failures import may_pass, redact
from pipeline.source.probe import probe


class Found(Value, frozen=True):
    """What was looked up."""

    ways: tuple[str, ...]
    """The source and its backups, as they were typed, in the order they are asked."""
    address: Address | None = None
    away: SourceError | None = None
    """Why there is no address, where there may be one later."""
    note: str = ""
    """What a person should know."""

    @property
    def shown(self) -> str:
        """As it may be shown and logged."""
        return self.address.shown if self.address else redact(self.ways[0])

    @property
    def live(self) -> bool:
        """It has no end of its own."""
        return not (self.address and self.address.ends)


def check_file(source: str, settings: SourceSettings) -> None:
    """SourceError or SettingsError where `source` is a file that is not there, or has not what is asked of it: found
    out before a model is loaded. Of a stream that is seen once it is connected, and where there are backups they are
    tried first."""
    if settings.backup or ("://" in source and not source.startswith("file://")):
        return
    address = resolve(source, settings)
    if address.kind == "file":
        chosen(address, probe(address.url, address.shown), settings)


def find(
    source: str,
    settings: SourceSettings,
    clock: Clock,
    stopped: Callable[[], bool],
    announce: Callable[[datetime | None], None],
    *,
    resumed: bool,
) -> Found:
    """The address of the source, or where that has none, of the first backup that has one; the order is kept so.

    SourceError where there is none, but for a session that is `resumed` while its source is away: it is tried again.
    """
    ways = (source, *settings.backup)
    for backup in settings.backup if not resumed else ():
        check(backup)  # found out now and not when it is needed; who goes on in a hurry is not held up by it
    first: SourceError | None = None
    for given in ways:
        try:
            address = await_address(given, settings, clock, stopped, announce=announce)
        except SourceError as error:
            first = first or error
            continue
        note = f"{first}; until then its backup is recorded" if first else ""
        return Found(ways=(given, *(other for other in ways if other != given)), address=address, note=note)
    assert first, "there is a source at least"
    if resumed and may_pass(first, source):
        return Found(ways=ways, away=first)
    raise first
