"""Twelve recordings by one worker, by two, and by a Ray cluster of three nodes that cannot read them, one of which is
killed, as the driver is: the same files, nothing that was finished done twice; and the second pass on one."""

import logging
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench import takes
from pipeline import settings
from pipeline.folder import begun, write_settings
from pipeline.journal import read
from pipeline.refining.refine import READINGS
from pipeline.scale.batch import WORK
from pipeline.state import fold
from tests.again import CHOSEN, heard
from tests.waiting import until

RECORDINGS = 12
SECONDS = (280.0, *[65.0] * (RECORDINGS - 1))
"""The first in several blocks."""
PADDED = "[speech]\nwindow = 30.0\n"
"""Each utterance is padded to what Whisper's own models need: as it is, the demo model hears so fast that the driver is
half of the work."""
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(16), "RAY_USAGE_STATS_ENABLED": "0"}
FASTER = 1.6
HIDDEN = 'mount -t tmpfs none "$0" && test ! -e "$0/list.txt" && exec "$@"'
"""What runs `$@` where the folder `$0` is empty."""

log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    here = tmp_path_factory.mktemp("recordings")
    for number, seconds in enumerate(SECONDS):
        sound = here / "take.wav"
        takes.recorded(sound, 2800 + number, [("none", 99.0)], takes.Composed(), seconds)
        subprocess.run([ffmpeg, "-v", "error", "-i", sound, "-b:a", "64k", here / f"talk-{number}.m4a"], check=True)
        sound.unlink()
    (here / "livesubs.toml").write_text(PADDED)
    path = here / "list.txt"
    path.write_text("".join(f"talk-{number}.m4a\n" for number in range(RECORDINGS)))
    return path


def begin(listing: Path, out: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pipeline", "batch", str(listing), "--out", str(out), "--demo", *words]
    command += ["--settings", str(listing.with_name("livesubs.toml"))]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **TOKEN})


def refine(folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pipeline", "refine", str(folder), *words]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **TOKEN})


def told(process: "subprocess.Popen[str]") -> str:
    """What it said, once it has ended well."""
    said = process.communicate(timeout=600)[1]
    assert process.returncode == 0, said
    return said


def texts(out: Path, which: str = "talk-*/*.srt") -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.glob(which)}


def done(out: Path) -> set[str]:
    return {path.name for path in out.glob("talk-*")}


def kill(pid: int) -> None:
    """A process, and all that it has started."""
    for one in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        one.kill()


@pytest.fixture(scope="module")
def alone(listing: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """By one worker of one thread, and in which time."""
    out = tmp_path_factory.mktemp("alone")
    began = time.monotonic()
    told(begin(listing, out, "--jobs", "1"))
    return out, time.monotonic() - began


@pytest.mark.timeout(1200)
def test_two_workers_say_the_same_in_less_time(listing: Path, alone: tuple[Path, float], tmp_path: Path) -> None:
    began = time.monotonic()
    told(begin(listing, tmp_path, "--jobs", "2"))
    seconds = time.monotonic() - began
    log.info("one worker: %.1f s, two: %.1f s, %.2f times as fast", alone[1], seconds, alone[1] / seconds)
    assert texts(tmp_path) == texts(alone[0])
    assert len(texts(tmp_path)) == 3 * RECORDINGS
    assert alone[1] / seconds >= FASTER


class Node:
    """`ray start`, for which the folder of the recordings is empty."""

    def __init__(self, hidden: Path, address: str, home: Path, *words: str) -> None:
        share = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
        ray = [str(Path(sys.executable).with_name("ray")), "start", "--block", "--node-ip-address", address]
        ray += ["--num-cpus", "1", "--object-store-memory", "100000000", *words]
        self._log = (home / f"{address}.log").open("wb")
        self.process = subprocess.Popen(
            [*share, "sh", "-c", HIDDEN, str(hidden), *ray],
            stdout=self._log, stderr=self._log, cwd=home, env={**os.environ, **TOKEN, "HOME": str(home)},
        )  # fmt: skip

    def kill(self) -> None:
        if self.process.poll() is None:
            kill(self.process.pid)
        self.process.wait()
        self._log.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def cluster(listing: Path) -> Iterator[tuple[str, list[Node]]]:
    """The address for a client, and its three nodes: the first is its head."""
    if not shutil.which("unshare"):
        pytest.skip("unshare, which hides a folder from a process, is Linux's")
    home = Path(tempfile.mkdtemp(prefix="ray-"))  # short, as a socket's path has to be
    head, port, client = "127.0.0.2", free_port(), free_port()
    words = ["--head", "--port", str(port), "--ray-client-server-port", str(client), "--include-dashboard", "false"]
    nodes = [Node(listing.parent, head, home, "--temp-dir", str(home / "r"), *words)]
    try:
        for number in (3, 4):  # one after another: two that begin at once get into each other's way
            until(lambda: count(head, port) == len(nodes), 60)
            nodes.append(Node(listing.parent, f"127.0.0.{number}", home, "--address", f"{head}:{port}"))
        until(lambda: count(head, port) == 3, 60)
        yield f"ray://{head}:{client}", nodes
    finally:
        for node in reversed(nodes):
            node.kill()
        shutil.rmtree(home, ignore_errors=True)


def count(head: str, port: int) -> int:
    """Nodes that are there."""
    ray = [str(Path(sys.executable).with_name("ray")), "status", "--address", f"{head}:{port}"]
    said = subprocess.run(ray, capture_output=True, text=True, env={**os.environ, **TOKEN})
    found = re.search(r"[\d.]+/([\d.]+) CPU", said.stdout)
    return round(float(found[1])) if found else 0


@pytest.mark.timeout(1200)
def test_a_cluster_says_the_same_though_a_node_and_the_driver_are_killed(
    listing: Path, alone: tuple[Path, float], cluster: tuple[str, list[Node]], tmp_path: Path
) -> None:
    address, nodes = cluster
    driver = begin(listing, tmp_path, "--address", address)
    until(lambda: len(done(tmp_path)) >= 2 or driver.poll() is not None, 300)
    nodes.pop().kill()
    until(lambda: len(done(tmp_path)) >= 5 or driver.poll() is not None, 300)
    assert driver.poll() is None, driver.communicate()[1]
    kill(driver.pid)
    driver.communicate()
    before = {name: (tmp_path / name / "journal.jsonl").stat() for name in done(tmp_path)}
    assert len(before) < RECORDINGS
    kept = {path.name: path.read_bytes() for path in (tmp_path / WORK).glob("*.kept")}
    log.info("killed with %d done, and %d answers for others", len(before), sum(map(len, kept.values())))
    said = told(begin(listing, tmp_path, "--address", address))
    assert {Path(path).name for path in re.findall(r"done before: (.*)", said)} == before.keys()
    for name, was in before.items():
        now = (tmp_path / name / "journal.jsonl").stat()
        assert (now.st_ino, now.st_mtime_ns) == (was.st_ino, was.st_mtime_ns)
    assert texts(tmp_path) == texts(alone[0])


@pytest.mark.timeout(1200)
def test_the_second_pass_on_a_cluster_comes_to_the_same_though_a_node_is_killed(
    listing: Path, cluster: tuple[str, list[Node]]
) -> None:
    address, nodes = cluster
    here = noisy(listing.parent)  # the nodes cannot read it
    there = Path(shutil.copytree(here, here.with_name("there")))
    told(refine(here))
    driver = refine(there, "--address", address)
    until(lambda: heard_blocks(there) > 2 or driver.poll() is not None, 300)
    nodes.pop().kill()
    assert driver.poll() is None, driver.communicate()[1]
    told(driver)
    assert texts(there, "*.srt") == texts(here, "*.srt")
    assert len(texts(there, "*.srt")) == 3
    refined = fold(entry.event for entry in read(there / "journal.jsonl")).refined
    assert refined
    assert refined.replaced + refined.added > 5


def noisy(folder: Path) -> Path:
    """A session of four minutes in a crowd, with a hole; its utterances are padded, too."""
    sound = folder / "noisy.wav"
    takes.recorded(sound, 2900, [("crowd", 6.0)], takes.Composed(), 240.0)
    with wave.open(str(sound)) as file:
        made = heard(folder / "here", file.readframes(file.getnframes()), [(60.0, 90.0)])
    write_settings(made, settings.override(CHOSEN, speech={"window": 30.0}), begun(made))
    return made


def heard_blocks(folder: Path) -> int:
    notes = folder / READINGS
    return notes.read_bytes().count(b"\n") if notes.exists() else 0
