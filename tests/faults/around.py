"""What some sessions need around them: translators, a small disk, a clock that can be set."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from pipeline import assets
from pipeline.flow import Repeating
from tests.faults.fault import Around
from tests.translators import Google, Libre, Service, plainly, serving

DISK = 48
"""Megabytes of the small disk."""
_CLOCK = Path(__file__).parent / "clock"


@contextmanager
def services(folder: Path, *kinds: type[Service], local: bool = False) -> Iterator[Around]:
    """Web translators that translate as the demo model does, in a chain; then the demo model itself if `local`."""
    with ExitStack() as stack:
        made = [stack.enter_context(serving(kind(_demo()))) for kind in kinds]
        settings = folder.with_name("faults.toml")
        urls = [f'{service.__class__.__name__.lower()} = "{service.url}"' for service in made]
        settings.write_text("\n".join(["[translation.urls]", *urls, ""]))
        names = ",".join([service.__class__.__name__.lower() for service in made] + ["local"] * local)
        yield Around(more=("--settings", str(settings), "--translate", names), aid=made)


@contextmanager
def libre_then_local(folder: Path) -> Iterator[Around]:
    with services(folder, Libre, local=True) as around:
        yield around


@contextmanager
def web_only(folder: Path) -> Iterator[Around]:
    with services(folder, Libre, Google) as around:
        yield around


@contextmanager
def word_by_word(folder: Path) -> Iterator[Around]:
    """The policy `stream`."""
    yield Around(more=("--policy", "stream"))


@cache
def _demo() -> Callable[[str, str, str], str | None]:
    from pipeline.translation.local import LocalEngine

    return plainly(LocalEngine(assets.demo_translator(), 1))


class Disk:
    """A small disk that can be filled, and stays full whatever is removed from it until it is freed."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"
        self._filling = Repeating(self._fill, seconds=0.1, name="ballast")

    def fill(self) -> None:
        self._fill()
        self._filling.start()

    def _fill(self) -> None:
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while ballast.write(bytes(4096)):
                pass

    def free(self) -> None:
        self._filling.stop()
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Around]:
    """The session's folder lies on a disk of its own."""
    disk = folder.parent / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m", "tmpfs", str(disk)], check=True)
    try:
        (disk / "s").mkdir()
        folder.symlink_to(disk / "s")
        yield Around(aid=Disk(disk))
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def no_mount() -> str:
    """Why a small disk cannot be had here."""
    if os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("mount"):
        return "a small disk needs mount, and the right to it"
    with suppress(OSError):
        place = Path("/tmp/livesubs-faults-mount")
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True).returncode == 0:
            subprocess.run(["umount", str(place)], check=True)
            return ""
    return "mounting a small disk is not permitted here"


@contextmanager
def settable_clock(folder: Path) -> Iterator[Around]:
    """The program's wall clock (time.time) is off by what stands in a file, by a sitecustomize of our own."""
    file = folder.with_name("clock.txt")
    file.write_text("0")
    yield Around(environment={"PYTHONPATH": str(_CLOCK), "LIVESUBS_FAULTS_CLOCK": str(file)}, aid=file)
