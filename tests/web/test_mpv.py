"""A real mpv, without a window: the subtitles it says it shows are those of the session, at the session's times."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.events import Cue
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.publish import mpv
from pipeline.subtitles.formats import to_srt
from tests import published
from tests.published import FIRST, GAP, SECOND
from tests.servers import free_port
from tests.waiting import until

needs_mpv = pytest.mark.skipif(not shutil.which("mpv"), reason="needs mpv, which CI installs")


class Asked:
    """The mpv that a command has started, asked from outside; its settings file lets us in."""

    def __init__(self, folder: Path, *words: str) -> None:
        home, self._socket = folder / "mpv", folder / "s"
        home.mkdir()
        (home / "mpv.conf").write_text(f"vo=null\nao=null\ninput-ipc-server={self._socket}\n")
        command = [sys.executable, "-m", "pipeline", "screen", *words, "--port", str(free_port()), "--mpv"]
        self.process = subprocess.Popen(command, env={**os.environ, "MPV_HOME": str(home)}, stdout=subprocess.DEVNULL)

    def get(self, name: str) -> Any:
        return self.tell("get_property", name)

    def tell(self, *command: object) -> Any:
        with socket.socket(socket.AF_UNIX) as asked, contextlib.suppress(OSError, ValueError):
            asked.settimeout(10)
            asked.connect(str(self._socket))
            asked.sendall(json.dumps({"command": command, "request_id": 9}).encode() + b"\n")
            for line in asked.makefile():
                if (answer := json.loads(line)).get("request_id") == 9:
                    return answer.get("data")
        return None

    def shown(self) -> tuple[float, str, str] | None:
        """Its clock, and the texts at the bottom and at the top."""
        asked = ("time-pos", "sub-text", "secondary-sub-text")
        at, low, high = [self.get(name) for name in asked]
        return (at, low, high) if at is not None and low is not None and high is not None else None

    def shows(self, low: Cue, high: Cue) -> bool:
        """`low` is at the bottom and `high` at the top."""
        return (self.shown() or ())[1:] == (low.text, high.text)


@pytest.fixture
def folder(tmp_path: Path, ffmpeg: str) -> Path:
    made = published.session(tmp_path, published.recording(tmp_path, ffmpeg))
    for lang in ("en", "fr"):
        (made / f"subtitles.{lang}.srt").write_text(to_srt(published.track(lang)))
    return made


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Any]:
    made: list[Asked] = []

    def start(*words: str) -> Asked:
        made.append(Asked(tmp_path, *words))
        return made[-1]

    yield start
    for asked in made:
        asked.process.terminate()
        asked.process.wait()


def at(stream: float) -> list[Cue]:
    """The English and the French cue at a moment."""
    return [next(cue for cue in published.track(lang) if cue.start < stream < cue.end) for lang in ("en", "fr")]


@needs_mpv
def test_it_shows_both_languages_at_their_times_also_after_a_gap(folder: Path, started: Any) -> None:
    mpv = started(str(folder))
    until(mpv.shown, 60)
    mpv.tell("set_property", "pause", True)
    for stream in (4.4, 9.3, 12.9):
        mpv.tell("seek", stream, "absolute+exact")
        until(lambda stream=stream: mpv.shows(*at(stream)), 30)  # type: ignore[misc]
    mpv.tell("seek", FIRST - 1.0, "absolute+exact")
    mpv.tell("set_property", "pause", False)
    seen = until(lambda: _after_the_gap(mpv), 60)
    assert seen
    assert seen[1:] == tuple(cue.text for cue in at(seen[0]))


def _after_the_gap(mpv: Asked) -> tuple[float, str, str] | None:
    """The moment of the stream and the texts, once the second connection is shown and one cue of each language is well
    in it from before they were asked for until after."""
    seen = mpv.shown()
    if not seen or seen[0] > SECOND or mpv.get("sub-delay") == 0:
        return None
    began, ended = seen[0] + FIRST + GAP, (mpv.get("time-pos") or 0.0) + FIRST + GAP
    for lang in ("en", "fr"):
        if not any(cue.start + 0.2 < began <= ended < cue.end - 0.2 for cue in published.track(lang)):
            return None
    return began, *seen[1:]


@needs_mpv
def test_a_corrected_file_is_what_it_shows_next(folder: Path, started: Any) -> None:
    with Journal(folder, SystemClock()) as journal, lock(folder):
        journal.append(published.progress(SystemClock(), FIRST + 9.0))
        (folder / "subtitles.en.srt").write_text("")  # nothing was said yet
        mpv = started(str(folder), "--delay", "9")
        until(lambda: mpv.get("time-pos"), 60)
        mpv.tell("set_property", "pause", True)
        now = mpv.get("time-pos")
        line = Cue(id="c", lang="en", start=now - 3, end=now + 3, text="Corrected.", sentences=())
        (folder / "subtitles.en.srt").write_text(to_srt([line]))
        until(lambda: mpv.get("sub-text") == "Corrected.", 30)
        (folder / "subtitles.fr.srt").write_text(to_srt([line]))
        until(lambda: mpv.get("secondary-sub-text") == "Corrected.", 30)
        assert mpv.get("sub-text") == "Corrected."


@needs_mpv
def test_one_that_answers_no_more_is_ended_and_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = mpv.Mpv(mpv.program(), "", [], list, tmp_path / "log")
    try:
        assert player.look()
        monkeypatch.setattr(mpv, "_PATIENCE", 1.0)
        player._process.send_signal(signal.SIGSTOP)
        until(lambda: not player.look(), 20)
        assert player.failure == "it does not answer"
        assert player._process.poll() is not None
    finally:
        player.close()
