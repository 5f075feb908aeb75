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

from pipeline.beside import Beside
from pipeline.commands import beside
from pipeline.flow import Repeating
from pipeline.web import kiosk
from tests.servers import free_port
from tests.waiting import until
from tests.web.desktop import MISSING, desktop, filled, windows

# Where a browser has to fail, or to be counted: it only notes what it was asked for, and how xrandr answers is known.
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


def opened(machine: Path) -> list[list[str]]:
    path = machine / "opened"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A desktop, and a page server that shows the screen on its second display."""
    (tmp_path / "session").mkdir()
    (tmp_path / "session" / "journal.jsonl").touch()
    arguments = ["screen", str(tmp_path / "session"), "--port", str(free_port()), "--show", "2"]
    with desktop(tmp_path) as display:
        ours = {**os.environ, "DISPLAY": display, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "pipeline", *arguments]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ours) as server:
            yield display, server
            server.kill()


@pytest.mark.skipif(bool(MISSING), reason=f"no desktop of two displays: {MISSING}")
def test_the_screen_fills_the_second_display_comes_back_and_ends_with_the_server(
    shown: tuple[str, "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    display, server = shown
    until(lambda: filled(display, "Screen · livesubs"), 60)
    first = kiosk_process(tmp_path)
    [page] = [word.removeprefix("--app=") for word in first.cmdline() if word.startswith("--app=")]
    lead = Path(url2pathname(page.removeprefix("file://")))
    assert "url=http://127.0.0.1" in lead.read_text()
    assert lead.stat().st_mode & 0o777 == 0o600  # others' eyes reach the list of processes, and not the token
    first.kill()
    until(lambda: not windows(display, "Screen · livesubs"), 20)
    until(lambda: filled(display, "Screen · livesubs"), 60)
    server.terminate()
    assert server.wait(240) == -signal.SIGTERM
    until(lambda: not windows(display, "Screen · livesubs"), 20)


def kiosk_process(folder: Path) -> psutil.Process:
    """The browser that was opened with a profile in `folder`."""

    def ours(words: list[str]) -> bool:
        return any(str(folder) in word for word in words) and any(word.startswith("--app=") for word in words)

    [found] = [process for process in psutil.process_iter(["cmdline"]) if ours(process.info["cmdline"] or [])]
    return found


def test_a_display_that_is_not_there_is_refused(machine: Path, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").touch()
    command = [sys.executable, "-m", "pipeline", "screen", str(tmp_path), "--port", str(free_port()), "--show", "3"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert answer.returncode
    assert "there is no display 3, only 2" in answer.stderr


@pytest.mark.parametrize(
    ("number", "said"), [(2, "display 2 is there, 1280 by 720"), (3, "there is no display 3, only 2")]
)
def test_a_display_has_one_verdict_before_the_show(
    number: int, said: str, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    pages, display = beside.rows(Beside(serve=True, port=free_port(), show=number), None)
    assert pages.ok
    assert (display.row, display.ok) == ("display", number == 2)
    assert said in display.say


def test_without_a_display_that_is_told_once_and_tried_again_until_it_is_open(
    machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk, "_PAUSES", (0.05, 0.1))
    (machine / "dark").touch()
    told: list[tuple[str, bool]] = []
    screen = kiosk.Kiosk("http://127.0.0.1/screen", 2, tmp_path / "p", lambda: True, lambda *said: told.append(said))
    with Repeating(screen.look, seconds=0.02, name="kiosk"):
        until(lambda: screen._failed > 2, 20)
        (machine / "dark").unlink()
        until(lambda: opened(machine), 20)
        monkeypatch.setattr(kiosk, "_AT_ONCE", 0.0)  # one that is open for so long is well
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
