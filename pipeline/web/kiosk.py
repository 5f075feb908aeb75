"""The screen on the projector: a browser that fills the chosen display, and is opened again when it is closed."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from html import escape
from pathlib import Path

import psutil

from pipeline import system
from pipeline.errors import SettingsError
from pipeline.events import Value
from pipeline.files import write_private

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_PAUSES = (2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds between two openings, by how often it has died at once: that does not take the machine with it."""
_AT_ONCE = 10.0
"""Seconds in which a browser dies that cannot be opened, and after which one that is open is well."""
_PATIENCE = 3.0
"""Seconds that it has to end."""
_MONITOR = re.compile(r"^\s*\d+: \S+ (\d+)/\d+x(\d+)/\d+([+-]\d+)([+-]\d+)", re.MULTILINE)
"""A line of `xrandr --listmonitors`: width, height, left, top."""


class Display(Value, frozen=True):
    """Where a display lies among the others, pixels."""

    left: int
    top: int
    width: int
    height: int


def browser() -> str:
    """The Chromium or Chrome of this machine; SettingsError without one."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    found = found or next((path for path in _ELSEWHERE if Path(path).is_file()), None)
    if not found:
        raise SettingsError("--show opens Chromium or Chrome, and none is here; install one, or leave --show out")
    return found


def displays() -> list[Display]:
    """The displays, as they are numbered from 1; none where the system does not tell where they are."""
    if not shutil.which("xrandr"):
        return []
    with suppress(OSError, subprocess.TimeoutExpired):
        told = subprocess.run(["xrandr", "--listmonitors"], capture_output=True, text=True, timeout=5, check=False)
        found = [[int(number) for number in line] for line in _MONITOR.findall(told.stdout)]
        return [Display(width=width, height=height, left=left, top=top) for width, height, left, top in found]
    return []


def chosen(number: int) -> Display | None:
    """The display with that number; None where nobody knows where it is, SettingsError where there is none."""
    found = displays()
    if found and number > len(found):
        raise SettingsError(
            f"there is no display {number}, only {len(found)}; connect the projector, or choose another"
        )
    return found[number - 1] if found else None


class Kiosk:
    """The browser that shows one address; `look` is to be called again and again."""

    def __init__(
        self, address: str, number: int, profile: Path, wanted: Callable[[], bool], tell: Callable[[str, bool], None]
    ) -> None:
        """`profile`: a folder of its own, so that nobody's tabs come along; `wanted`: it is to be opened again. `tell`
        is told once that it cannot be opened, and once that it is again (True)."""
        self._number, self._wanted, self._tell, self._log = number, wanted, tell, profile / "livesubs.log"
        page = profile / "livesubs.html"
        self._command = _command(browser(), page.absolute().as_uri(), chosen(number), profile)
        self._opened, self._failed = 0.0, 0
        self._process = _left_open(profile)
        if _shows(page, address) and self._process:  # another session's screen, or one with another token
            _end(self._process)
            self._process, self._opened = None, time.monotonic()

    def look(self) -> None:
        """Opens the browser unless it is open."""
        since = time.monotonic() - self._opened
        if self._is_open():
            if self._failed and since > _AT_ONCE:
                self._failed = 0
                self._tell(f"the screen is open on display {self._number}", True)
            return
        if self._process is not None and self._could_not(self._process, since):
            self._failed += 1
            if self._failed == 1:
                self._tell(f"{self._why()}; it is tried again", False)
        self._process = None
        if self._wanted() and since > _PAUSES[min(max(self._failed, 1), len(_PAUSES)) - 1]:
            self._open()

    def _is_open(self) -> bool:
        with suppress(psutil.Error):
            return self._process is not None and self._process.is_running() and self._process.status() != "zombie"
        return False

    def _open(self) -> None:
        self._opened = time.monotonic()
        with self._log.open("wb") as log:
            self._process = psutil.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, **system.own_group()
            )

    def _could_not(self, process: psutil.Process, lasted: float) -> bool:
        """Whether it ended because it cannot be opened; one that a person closes ends well."""
        return lasted < _AT_ONCE and isinstance(process, psutil.Popen) and bool(process.poll())

    def _why(self) -> str:
        told = self._log.read_text("utf-8", "replace").strip().splitlines()
        if any("DISPLAY" in line for line in told):
            return (
                f"the screen cannot be opened on display {self._number}, since no display is known here; start "
                "livesubs on the desktop of this machine, or set DISPLAY, such as DISPLAY=:0"
            )
        said = told[-1].rpartition("] ")[2][:120] if told else "it does not say why"
        return f"the browser for display {self._number} ends as soon as it is opened ({said}); more is in {self._log}"

    def close(self) -> None:
        if self._process:
            _end(self._process)


def _end(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.terminate()
        process.wait(_PATIENCE)


def _left_open(profile: Path) -> psutil.Process | None:
    """The browser that a server before this one opened, which was killed."""
    ours = f"--user-data-dir={profile}"
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if ours in words and not any(word.startswith("--type=") for word in words):
            return process
    return None


def _shows(page: Path, address: str) -> bool:
    """Has `page` lead to the address, whose token everybody would read in the list of processes; whether it led
    elsewhere before."""
    data = f'<!doctype html><meta http-equiv="refresh" content="0;url={escape(address)}">'.encode()
    page.parent.mkdir(parents=True, exist_ok=True)
    if page.is_file() and page.read_bytes() == data:
        return False
    write_private(page, data)
    return True


def _command(found: str, address: str, display: Display | None, profile: Path) -> list[str]:
    """Where nobody knows where the display is, a window that can be moved there."""
    place = ["--start-maximized"]
    if display:
        size = f"--window-size={display.width},{display.height}"
        place = ["--kiosk", f"--window-position={display.left},{display.top}", size]
    return [
        found,
        f"--app={address}",
        f"--user-data-dir={profile}",
        *place,
        "--autoplay-policy=no-user-gesture-required",
        "--no-first-run",
        "--no-default-browser-check",
        "--noerrdialogs",
        "--disable-features=Translate",
        *(["--no-sandbox"] if system.is_root() else []),  # it would not start
    ]
