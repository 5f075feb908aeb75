"""The screen on the projector: a browser that fills the chosen display, and is opened again when it is closed."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from pipeline import system
from pipeline.errors import SettingsError
from pipeline.events import Value

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_PAUSE = 2.0
"""Seconds between two openings: a browser that dies at once does not take the machine with it."""
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

    def __init__(self, address: str, number: int, profile: Path, wanted: Callable[[], bool]) -> None:
        """`profile`: a folder of its own, so that nobody's tabs come along; `wanted`: it is to be opened again."""
        self._wanted, self._profile = wanted, profile
        self._command = _command(browser(), address, chosen(number), profile)
        self._opened = 0.0
        self._process = self._left_open()

    def look(self) -> None:
        """Opens the browser unless it is open."""
        open_ = self._process is not None and self._process.is_running() and self._process.status() != "zombie"
        if open_ or not self._wanted() or time.monotonic() - self._opened < _PAUSE:
            return
        self._opened = time.monotonic()
        self._process = psutil.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            **system.own_group(),
        )  # fmt: skip

    def close(self) -> None:
        with suppress(psutil.Error):
            if self._process:
                self._process.terminate()

    def _left_open(self) -> psutil.Process | None:
        """The browser that a server before this one opened, which was killed."""
        ours = f"--user-data-dir={self._profile}"
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if ours in words and not any(word.startswith("--type=") for word in words):
                return process
        return None


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
