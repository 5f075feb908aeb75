"""`python -m tests.web.load`: many pages on one server, and how long a cue takes from the journal to each of them.

Each page has a player, which asks for the recording's playlist. The clients run beside the server, on the same
processors: what they cost is in the figures. Some take nothing of what they are sent, some vanish. A console acts
meanwhile. The session that is served is three hours old and runs: it holds its lock and answers what is asked, in the
process of the clients.
"""

import argparse
import asyncio
import json
import random
import re
import tempfile
import time
from pathlib import Path

import psutil
import typer

from pipeline.events import Action, Ended, Hypothesis, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.source.archive import note
from pipeline.source.command import SEGMENT
from pipeline.source.parts import ARCHIVE, Anchor
from tests.web.conftest import Server
from tests.web.sessions import STARTED, cue, progress

HOURS = 3
EVERY = 4
"""Seconds of stream from one cue to the next, as people talk."""
_NEW = re.compile(rb'data: {"id":"([^"]*)","lang":"en"[^\n]*"text":"at ')
BOUND = 250
"""Milliseconds that a cue may take at the 99th percentile."""
_TEXT = "nous sommes reliés à vingt villes et nous saluons les camarades de Bruxelles"


def evening(journal: Journal) -> None:
    """Writes what a session of so many hours leaves in its journal."""
    journal.append(STARTED)
    for number in range(HOURS * 3600 // EVERY):
        start = float(number * EVERY)
        words = tuple(
            Word(start=start + 0.3 * n, end=start + 0.3 * n + 0.25, text=f" {word}", probability=0.9)
            for n, word in enumerate(_TEXT.split())
        )
        journal.append(Hypothesis(heard=start + EVERY, committed=words, lang="fr", endpoint=True))
        journal.append(Sentence(id=f"s{number}", lang="fr", start=start, end=start + 3.9, text=_TEXT, words=words))
        for lang in ("fr", "en"):
            journal.append(cue(number * EVERY, _TEXT, lang, seconds=3.9))


class Watcher:
    """A page that follows the feed, and when it was told each new cue."""

    def __init__(self, port: int, query: str) -> None:
        self._port, self._query = port, query
        self.told: dict[str, float] = {}
        self.ready = asyncio.Event()

    async def follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        writer.write(f"GET /api/cues?{self._query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        left = b""
        while part := await reader.read(2**18):
            now = time.monotonic()
            left += part
            if b"event: ready" in left:
                self.ready.set()
            self.told |= dict.fromkeys((found.decode() for found in _NEW.findall(left)), now)
            left = left[left.rfind(b"\n") + 1 :]


async def playing(port: int) -> None:
    """The player of a page, which asks what is new in the recording."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(random.uniform(0.0, SEGMENT))
    while True:
        writer.write(b"GET /media/index.m3u8?_HLS_skip=YES HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert length, head
        assert b"#EXT-X-SKIP" in await reader.readexactly(int(length[1]))
        await asyncio.sleep(SEGMENT)


async def recorded(folder: Path) -> None:
    """The recording grows."""
    for number in range(int(HOURS * 3600 / SEGMENT), 10**6):
        _segment(folder, number)
        await asyncio.sleep(SEGMENT)


def archive(folder: Path) -> None:
    """What a recording of so many hours has for a list."""
    note(folder / ARCHIVE, Anchor(number=1, at=0.0))
    for number in range(int(HOURS * 3600 / SEGMENT)):
        _segment(folder, number)


def _segment(folder: Path, number: int) -> None:
    start = number * SEGMENT
    with (folder / ARCHIVE / "0001.csv").open("a", encoding="utf-8") as listed:
        listed.write(f"0001-{number:05d}.ts,{start:.6f},{start + SEGMENT:.6f}\n")


async def stuck(port: int) -> None:
    """A page that takes nothing."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /api/cues HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(3600)


async def vanishing(port: int) -> None:
    """A page that is opened, and gone again, all evening."""
    while True:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/cues HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.sleep(random.uniform(0.2, 2.0))
        writer.transport.abort()


async def console(port: int, journal: Journal) -> None:
    """A technician who acts every second, and the session that answers."""
    for number in range(100_000):
        action = Action(id=f"a{number}", do="size", value=1.0 + number % 2 / 10)
        body = json.dumps({"id": action.id, "do": action.do, "value": action.value})
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"POST /api/actions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write((head + body).encode())
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 200"), answer
        writer.close()
        journal.append(action)
        await asyncio.sleep(1)


async def show(journal: Journal, seconds: float) -> dict[str, float]:
    """A cue every so often in both languages, and when each was written."""
    written: dict[str, float] = {}
    began = time.monotonic()
    number = HOURS * 3600
    while (now := time.monotonic()) < began + seconds:
        number += 1
        journal.append(progress(SystemClock(), now))
        for lang in ("fr", "en"):
            made = cue(number, f"at {number}", lang)
            written[made.id] = time.monotonic()
            journal.append(made)
        await asyncio.sleep(random.uniform(0.2, 0.6))
    await asyncio.sleep(1)
    return written


async def measure(server: Server, journal: Journal, streams: int, seconds: float) -> list[float]:
    """Seconds that each cue took to each watcher that keeps up."""
    assert server.process
    process = psutil.Process(server.process.pid)
    watchers = [Watcher(server.port, "lang=en") for _ in range(streams)] + [Watcher(server.port, "")]
    port = server.port
    others = [stuck(port) for _ in range(5)] + [vanishing(port) for _ in range(5)] + [console(port, journal)]
    others += [playing(port) for _ in range(streams)] + [recorded(server.folder)]
    tasks = [asyncio.create_task(watcher.follow()) for watcher in watchers]
    began = time.monotonic()
    await asyncio.gather(*(watcher.ready.wait() for watcher in watchers))
    typer.echo(f"{streams} pages know the {HOURS} hours after {time.monotonic() - began:.1f} s")
    tasks += [asyncio.create_task(other) for other in others]
    before = sum(process.cpu_times()[:2])
    written = await show(journal, seconds)
    used = sum(process.cpu_times()[:2]) - before
    typer.echo(f"the server used {100 * used / seconds:.0f} % of a processor")
    for task in tasks:
        assert not task.done() or not task.exception(), task.exception()
        task.cancel()
    due = [(watcher, id) for watcher in watchers for id in written if id.endswith(".en")]
    return [watcher.told[id] - written[id] for watcher, id in due]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, lock(Path(name)), Journal(Path(name), SystemClock()) as journal:
        evening(journal)
        archive(Path(name))
        server = Server(Path(name))
        server.start()
        assert server.process
        process = psutil.Process(server.process.pid)
        typer.echo(f"memory {process.memory_info().rss / 2**20:.0f} MiB, after a journal of {HOURS} hours")
        took = sorted(asyncio.run(measure(server, journal, chosen.streams, chosen.seconds)))
        journal.append(Ended(reason="ended", stream=0.0))
        typer.echo(
            f"memory {process.memory_info().rss / 2**20:.0f} MiB, {sum(process.cpu_times()[:2]):.1f} s of processor"
        )
        server.kill()
    middle, late, last = (1000 * took[int(len(took) * share)] for share in (0.5, 0.99, 1 - 1e-9))
    typer.echo(f"{len(took)} cues told: median {middle:.0f} ms, p99 {late:.0f} ms, longest {last:.0f} ms")
    if late > BOUND:
        raise SystemExit(f"a cue takes longer than {BOUND} ms")


if __name__ == "__main__":
    main()
