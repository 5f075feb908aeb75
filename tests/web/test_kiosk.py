"""`--show`: which display, and that the browser is opened again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import url2pathname

import psutil
import pytest

from pipeline.flow import Repeating
from pipeline.web import kiosk
from tests.servers import free_port
from tests.waiting import until

# No display can be had here: the browser only notes what it was asked for, and how xrandr answers is known.
BROWSER = """#!/bin/sh
if [ -e "$(dirname "$0")/dark" ]; then echo 'ERROR:x11.cc:257] Missing X server or $DISPLAY' >&2; exit 1; fi
echo "$$ $*" >> "$(dirname "$0")/opened"
exec sh -c 'sleep 30; :' "$0" "$@"
"""
XRANDR = """#!/bin/sh
echo "Monitors: 2
 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1
 1: +HDMI-1 1280/160x720/90+1920+0  HDMI-1"
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a browser and two displays are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("chromium", BROWSER), ("xrandr", XRANDR)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def shown(machine: Path, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A page server that shows the screen on display 2."""
    (tmp_path / "journal.jsonl").touch()
    command = [sys.executable, "-m", "pipeline", "screen", str(tmp_path), "--port", str(free_port()), "--show", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        yield server
        server.kill()


def opened(machine: Path) -> list[list[str]]:
    path = machine / "opened"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.skipif(sys.platform == "win32", reason="the browser here is a shell script")
def test_the_screen_fills_the_second_display_comes_back_and_ends_with_the_server(
    machine: Path, shown: "subprocess.Popen[bytes]"
) -> None:
    first = until(lambda: opened(machine), 30)[0]
    assert {"--kiosk", "--window-position=1920,0", "--window-size=1280,720"} <= set(first)
    [page] = [Path(url2pathname(word.removeprefix("--app=file://"))) for word in first if word.startswith("--app=")]
    assert "url=http://127.0.0.1" in page.read_text()
    assert page.stat().st_mode & 0o777 == 0o600  # others' eyes reach the list of processes, and not the token
    os.kill(int(first[0]), signal.SIGKILL)
    again = psutil.Process(int(until(lambda: opened(machine)[1:], 30)[0][0]))
    shown.terminate()
    assert shown.wait(30) == -signal.SIGTERM
    until(lambda: not again.is_running() or again.status() == psutil.STATUS_ZOMBIE, 10)


def test_a_display_that_is_not_there_is_refused(machine: Path, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").touch()
    command = [sys.executable, "-m", "pipeline", "screen", str(tmp_path), "--port", str(free_port()), "--show", "3"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode
    assert "there is no display 3, only 2" in answer.stderr


def test_without_a_display_that_is_told_once_and_tried_again_until_it_is_open(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk, "_PAUSES", (0.05, 0.1))
    monkeypatch.setattr(kiosk, "_AT_ONCE", 0.5)
    (machine / "dark").touch()
    told: list[tuple[str, bool]] = []
    screen = kiosk.Kiosk("http://127.0.0.1/screen", 2, tmp_path / "p", lambda: True, lambda *said: told.append(said))
    with Repeating(screen.look, seconds=0.02, name="kiosk"):
        until(lambda: screen._failed > 2, 20)
        (machine / "dark").unlink()
        until(lambda: len(told) > 1, 20)
    screen.close()
    [(trouble, _), (well, good)] = told
    assert "cannot be opened on display 2, since no display is known here; start livesubs on the desktop" in trouble
    assert (well, good) == ("the screen is open on display 2", True)


def test_a_browser_that_shows_another_session_is_not_taken_over(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_at(address: str) -> kiosk.Kiosk:
        screen = kiosk.Kiosk(address, 2, tmp_path / "p", lambda: True, lambda *said: None)
        with Repeating(screen.look, seconds=0.02, name="kiosk"):
            until(screen._is_open, 10)
        return screen

    monkeypatch.setattr(kiosk, "_PAUSES", (0.05,))
    first = open_at("http://127.0.0.1:1/screen?token=old")
    until(lambda: opened(machine), 10)
    assert open_at("http://127.0.0.1:1/screen?token=old")._process == first._process
    second = open_at("http://127.0.0.1:1/screen?token=new")
    assert not first._is_open()
    assert second._process != first._process
    second.close()
    assert isinstance(first._process, psutil.Popen)
    first._process.poll()  # somebody has waited for it
