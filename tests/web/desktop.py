"""A desktop of two displays that nobody sees: a real X server whose outputs are its driver's inventions."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until

WIDTH, HEIGHT = 1280, 720
"""Of each display, pixels; the second is right of the first."""
MISSING = next((f"{name} is not here" for name in ("Xorg", "xrandr", "xwininfo") if not shutil.which(name)), "")
"""Why there can be none; empty: there can."""
_CONFIG = f"""
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
EndSection
Section "Device"
  Identifier "nothing"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "any"
  HorizSync 5.0-1000.0
  VertRefresh 5.0-200.0
  Modeline "{WIDTH}x{HEIGHT}" 74.25 1280 1390 1430 1650 720 725 730 750
EndSection
Section "Screen"
  Identifier "both"
  Device "nothing"
  Monitor "any"
  DefaultDepth 24
  SubSection "Display"
    Modes "{WIDTH}x{HEIGHT}"
    Virtual {2 * WIDTH} {HEIGHT}
  EndSubSection
EndSection
"""


@contextmanager
def desktop(folder: Path) -> Iterator[str]:
    """The X server, by its name for DISPLAY; what it needs lies in `folder`."""
    config, name = folder / "xorg.conf", folder / "name"
    config.write_text(_CONFIG)
    with name.open("wb") as told:
        command = ["Xorg", "-displayfd", str(told.fileno()), "-config", str(config), "-noreset", "-nolisten", "tcp"]
        log = folder / "xorg.log"
        server = subprocess.Popen(
            [*command, "-logfile", str(log)],
            pass_fds=[told.fileno()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        number = until(lambda: name.read_text().strip() or _ended(server, log), 30)
        mode = f"{WIDTH}x{HEIGHT}"
        xrandr(f":{number}", "--addmode", "DUMMY1", mode)
        xrandr(f":{number}", "--output", "DUMMY1", "--mode", mode, "--right-of", "DUMMY0")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(60)


def xrandr(display: str, *arguments: str) -> None:
    subprocess.run(["xrandr", *arguments], env={**os.environ, "DISPLAY": display}, check=True, timeout=60)


def filled(display: str, title: str) -> bool:
    """Whether a window with that title fills the second display; nobody manages windows here, and Chromium leaves a
    pixel then."""
    found = windows(display, title)
    return len(found) == 1 and all(
        abs(has - wants) <= 1 for has, wants in zip(found[0], (WIDTH, HEIGHT, WIDTH, 0), strict=True)
    )


def windows(display: str, title: str) -> list[list[int]]:
    """Width, height, left and top of each window with that title; xwininfo gives up where one goes meanwhile."""
    told = subprocess.run(
        ["xwininfo", "-root", "-tree", "-display", display], capture_output=True, text=True, check=False, timeout=60
    )
    found = re.findall(rf'"{re.escape(title)}".*?(\d+)x(\d+)\S+ +\+(-?\d+)\+(-?\d+)', told.stdout)
    return [[int(number) for number in window] for window in found]


def _ended(server: "subprocess.Popen[bytes]", log: Path) -> str:
    assert server.poll() is None, log.read_text(errors="replace")[-2000:]
    return ""
