"""Bad input: one clear sentence that says what to do, an exit code, no traceback, and nothing left behind or lost."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from pipeline import cli
from pipeline.errors import NoAudio
from pipeline.flow import SystemClock
from pipeline.journal import read
from pipeline.session import Session
from pipeline.settings import Settings, override
from pipeline.state import fold
from tests.measures import SAMPLES, cues
from tests.servers import free_port, silent, web
from tests.test_doctor import doctor
from tests.test_session_waiting import Deaf, Nobody
from tests.waiting import until

pytestmark = pytest.mark.slow

RALLY = str(SAMPLES / "rally.mp4")


def livesubs(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **environment},
    )


def refusal(done: "subprocess.CompletedProcess[str]", code: int) -> str:
    """The sentence of a refusal, checked for form."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.returncode, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.startswith("livesubs: ")]
    assert len(lines) == 1, done.stderr
    assert ";" in lines[0] or "(" in lines[0], f"says what is wrong but not what to do: {lines[0]}"
    return lines[0]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "session"


@pytest.fixture
def server() -> Iterator[str]:
    """A web server that has no such stream, or an ordinary page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/page" else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html><title>A page</title><p>Nothing to play here.</html>")

        do_HEAD = do_GET  # noqa: N815 - the base class's naming

        def log_message(self, format: str, *args: object) -> None:
            pass

    with web(Handler) as url:
        yield url


def run_demo(source: str, out: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    return livesubs("run", source, "--demo", "--out", str(out), *more)


def test_missing_file(out: Path) -> None:
    assert "nowhere.mp4" in refusal(run_demo("nowhere.mp4", out), 3)
    assert not list(out.glob("*.srt"))


def test_not_media(out: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("Only words. " * 500)
    assert "notes.mp4" in refusal(run_demo(str(text), out), 3)


def test_no_audio_track(out: Path, tmp_path: Path, ffmpeg: str) -> None:
    silent = tmp_path / "silent.mp4"
    subprocess.run([ffmpeg, "-loglevel", "error", "-i", RALLY, "-an", "-c", "copy", "-t", "3", silent], check=True)
    assert "sound" in refusal(run_demo(str(silent), out), 3)


def test_a_sound_track_that_is_not_there(out: Path) -> None:
    assert "1" in refusal(run_demo(RALLY, out, "--audio", "7"), 3)


def test_sound_that_a_file_has_not_got_is_told_before_a_model_is_loaded(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.translation.build.build_chains", lambda *_: pytest.fail("translators are loaded"))
    with pytest.raises(NoAudio, match="has one channel only; leave --channel out"):
        cli.app(["run", RALLY, "--demo", "--out", str(out), "--channel", "left"], standalone_mode=False)
    assert not out.exists()


def test_sound_that_a_live_source_has_not_got_is_told_when_it_is_connected(out: Path) -> None:
    settings = override(Settings(), source={"channel": "left"})
    with pytest.raises(NoAudio, match="has one channel only; leave --channel out"):
        Session("lavfi:sine", out, settings, Deaf(lambda: None), {}, SystemClock()).run(Nobody())
    assert not out.exists()


def test_refused(out: Path) -> None:
    refusal(run_demo(f"http://127.0.0.1:{free_port()}/live.m3u8", out), 3)


def test_not_found(out: Path, server: str) -> None:
    assert "has no" in refusal(run_demo(f"{server}/live.m3u8", out), 3)


def test_unknown_host(out: Path) -> None:
    assert "nosuchhost.invalid" in refusal(run_demo("http://nosuchhost.invalid/live.m3u8", out), 3)


def test_a_server_that_never_answers(out: Path) -> None:
    with silent() as port:
        refusal(run_demo(f"http://127.0.0.1:{port}/live.m3u8", out), 3)


def test_a_page_without_a_stream(out: Path, server: str) -> None:
    refusal(run_demo(f"{server}/page", out), 3)


def test_unknown_model(out: Path) -> None:
    assert "enormous" in refusal(livesubs("run", RALLY, "--model", "enormous", "--out", str(out)), 4)


def test_no_model_pulled_names_the_command_that_pulls_one(out: Path, tmp_path: Path) -> None:
    done = livesubs("run", RALLY, "--out", str(out), LIVESUBS_MODELS=str(tmp_path))
    assert "models pull" in refusal(done, 4)


def test_a_model_that_cannot_be_downloaded(tmp_path: Path, server: str) -> None:
    hubs = {"refused": f"http://127.0.0.1:{free_port()}", "not there": server}
    for hub in hubs.values():
        done = livesubs("models", "pull", "tiny", HF_ENDPOINT=hub, LIVESUBS_MODELS=str(tmp_path), HOME=str(tmp_path))
        sentence = refusal(done, 4)
        assert "could not download tiny" in sentence
        assert str(tmp_path) in sentence, "where to put a copy"
    assert "models pull" in refusal(livesubs("run", RALLY, LIVESUBS_MODELS=str(tmp_path)), 4)
    assert "no model enormous" in refusal(livesubs("models", "pull", "enormous", LIVESUBS_MODELS=str(tmp_path)), 4)


def test_incomplete_model_folder(out: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(SAMPLES.parent / "models/demo/whisper-demo-fr", broken)
    (broken / "model.bin").unlink()
    sentence = refusal(livesubs("run", RALLY, "--model", str(broken), "--out", str(out)), 4)
    assert "model.bin" in sentence


def test_unknown_language_and_pair(out: Path) -> None:
    refusal(run_demo(RALLY, out, "--to", "xx"), 2)
    refusal(run_demo(RALLY, out, "--to", "es"), 4)


def test_settings_that_cannot_be(out: Path, tmp_path: Path) -> None:
    refusal(run_demo(RALLY, out, "--pace", "fast"), 2)
    refusal(run_demo(RALLY, out, "--for", "soon"), 2)
    assert "'left', 'right'" in refusal(run_demo(RALLY, out, "--channel", "middle"), 2)
    wrong = tmp_path / "livesubs.toml"
    wrong.write_text("[speech]\nbeams = 3\n")
    assert "beams" in refusal(run_demo(RALLY, out, "--settings", str(wrong)), 2)


@pytest.mark.parametrize(("backup", "code"), [("nonsense", 3), ("htp://", 2), ("https://", 2)])
def test_a_backup_that_can_never_be_one(out: Path, backup: str, code: int) -> None:
    assert backup in refusal(run_demo(RALLY, out, "--backup", backup), code)
    assert not out.exists()


def test_nothing_translated_is_said_and_a_resumed_session_translates_it(out: Path) -> None:
    dead = ("--translate", "libre", "--libre-url", f"http://127.0.0.1:{free_port()}/")
    sentence = refusal(run_demo(RALLY, out, "--end", "6", *dead), 5)
    assert f"run --resume {out}" in sentence
    assert "Bonsoir" in cues(out / "subtitles.en.srt")[0].content
    _, said, bad = doctor(out)
    assert bad == ["translation"]
    assert said["translation"].startswith("sentences without one: 2 into en; type")
    again = livesubs("run", "--resume", str(out), "--translate", "local")
    assert again.returncode == 0, again.stderr
    assert "Good evening, everyone." in cues(out / "subtitles.en.srt")[0].content
    assert doctor(out)[0] == 0


def test_a_session_is_never_overwritten(out: Path) -> None:
    assert run_demo(RALLY, out, "--pace", "max", "--end", "6").returncode == 0
    before = (out / "subtitles.en.srt").read_bytes()
    refusal(run_demo(RALLY, out), 6)
    assert (out / "subtitles.en.srt").read_bytes() == before


def test_unwritable_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    refusal(run_demo(RALLY, file / "session"), 6)


def test_corrupt_in_the_middle_goes_on_after_the_damage(out: Path, tmp_path: Path, ffmpeg: str) -> None:
    stream = tmp_path / "rally.ts"
    subprocess.run([ffmpeg, "-loglevel", "error", "-i", RALLY, "-c", "copy", stream], check=True)
    data = bytearray(stream.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60_000] = os.urandom(60_000)
    stream.write_bytes(data)
    assert run_demo(str(stream), out, "--pace", "max").returncode == 0
    found = cues(out / "subtitles.en.srt")
    assert "Good evening, everyone." in found[0].content
    assert found[-1].start.total_seconds() > 45


def test_a_tenth_of_a_second(out: Path, tmp_path: Path, ffmpeg: str) -> None:
    short = tmp_path / "short.wav"
    subprocess.run([ffmpeg, "-loglevel", "error", "-i", RALLY, "-ss", "4", "-t", "0.1", "-ac", "1", short], check=True)
    assert run_demo(str(short), out, "--pace", "max").returncode == 0
    assert (out / "subtitles.en.srt").exists()


def test_a_folder_in_use(out: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", RALLY, "--demo", "--pace", "1", "--out", str(out)],
        stdout=subprocess.DEVNULL,
    )
    with running:
        until((out / "journal.jsonl").exists, 30)
        assert "in use" in refusal(run_demo(RALLY, out), 6)
        running.terminate()
        assert running.wait(240) == 0


def test_a_stream_that_is_announced_only_is_waited_for(out: Path, tmp_path: Path) -> None:
    """Real yt-dlp with a site of our own (tests/plugins): announced, then there."""
    page = tmp_path / "site" / "announced"
    page.mkdir(parents=True)
    shutil.copy(RALLY, tmp_path / "site")
    (page / "4").write_text("<html>Soon</html>")  # seconds after it was first looked at
    began = time.time()
    with web(_pages(tmp_path / "site")) as url:
        done = livesubs(
            "run",
            f"{url}/announced/4",
            "--demo",
            "--out",
            str(out),
            "--end",
            "9",
            PYTHONPATH=str(Path(__file__).parent / "plugins"),
        )
    assert done.returncode == 0, done.stderr
    assert "not live yet; it is announced for" in done.stdout
    assert "Good evening, everyone." in cues(out / "subtitles.en.srt")[0].content
    assert time.time() >= began + 3


def _pages(folder: Path) -> type[BaseHTTPRequestHandler]:
    """Serves a folder; what has no ending is a page."""

    class Pages(SimpleHTTPRequestHandler):
        extensions_map = {**SimpleHTTPRequestHandler.extensions_map, "": "text/html"}  # noqa: RUF012

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Pages


def test_a_full_disk_is_said_and_what_was_written_is_kept(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount"):
        pytest.skip("needs `mount` to make a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk (root, as in CI)")
    try:
        sentence = refusal(run_demo(RALLY, disk / "s", "--pace", "max", "--give-up", "2s"), 6)
        assert "full" in sentence
        found = cues(disk / "s" / "subtitles.en.srt")
        state = fold(entry.event for entry in read(disk / "s" / "journal.jsonl"))
        assert len(found) >= len(state.track("en")) - 1
    finally:
        subprocess.run(["umount", str(disk)], check=True)
