"""What a captioning system is to this benchmark, and one run of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from threading import Event
from typing import NamedTuple

import msgspec

from bench.peers.figures import Figures, figures
from bench.peers.heard import Heard
from bench.peers.process import Knobs, Place, Tree
from bench.peers.sound import Take, give
from pipeline.flow import Repeating


class Link(NamedTuple):
    """A system that runs and takes sound."""

    pid: int
    """Its first process."""
    send: Callable[[bytes], object]
    """Gives it sound: 16 kHz, mono, 16 bit."""
    ready: Event
    """Its models are loaded."""


class System(NamedTuple):
    name: str
    settings: Mapping[str, Knobs]
    open: Callable[[Knobs, Place, Callable[[str], None]], AbstractContextManager[Link]]
    """Starts it and tells all that is committed, each time that it changes."""


def measured(system: System, setting: str, place: Place, take: Take) -> Figures:
    heard = Heard()
    with system.open(system.settings[setting], place, heard.told) as link:
        tree = Tree(link.pid)
        with Repeating(tree.look, seconds=0.5, name="processes"):
            give(link.send, take, link.ready, heard, tree.begin)
            cpu = tree.a_minute
    (place.folder / "arrivals.json").write_bytes(msgspec.json.encode(heard.arrivals))
    return figures(take.said, heard.text, heard.arrivals, cpu)


def always() -> Event:
    """Of a system that answers only when its models are loaded."""
    ready = Event()
    ready.set()
    return ready
