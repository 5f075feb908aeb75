"""The report of a session folder: running, damaged, from an older program, or none; how every session ends with one."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline import cli, settings
from pipeline.errors import JournalCorrupt, LivesubsError, SessionError, SettingsError
from pipeline.events import (
    Ended,
)
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.report.folder import open_record, write
from pipeline.report.headline import headline
from pipeline.settings import Settings
from tests.measures import SAMPLES
from tests.reported import Parsed, begun, live, said, saved
from tests.waiting import ended, until


def test_a_killed_session_and_a_running_one_are_told_apart(tmp_path: Path) -> None:
    folder = saved(tmp_path / "s", live(40, *((5.0, event) for event in said(1, 2.0))))
    with lock(folder):
        assert headline(open_record(folder)) == "Still running: 40 s, 1 cue, nothing missing."
    assert headline(open_record(folder)) == "The session was killed: 40 s, 1 cue, complete up to 0:00:39."


def test_damaged_lines_are_left_out_and_named(tmp_path: Path) -> None:
    entries = live(40, *((5.0, event) for event in said(1, 2.0)), (41.0, Ended(reason="ended", stream=40.0)))
    journal = saved(tmp_path / "s", entries) / "journal.jsonl"
    whole = journal.read_bytes().split(b"\n")
    whole[10], whole[12] = b"\x00\xff\x00", b'{"seq":13,"at":"never","kind":"progress"}'
    journal.write_bytes(b"\n".join(whole))
    text = write(tmp_path / "s").read_text(encoding="utf-8")
    assert "2 lines of the journal are damaged and were left out: 11, 13<" in text
    assert "<h1>40 s, 1 cue; 2 lines of the journal damaged.</h1>" in text


def test_only_settings_that_were_changed_are_told_and_no_secrets_or_paths(tmp_path: Path) -> None:
    folder = saved(tmp_path / "s", live(10))
    chosen = settings.override(
        Settings(),
        speech={"beam": 1, "model": "/home/anna/models/small"},
        translation={"urls": {"libre": "http://anna:secret@127.0.0.1:5000/"}},
    )
    (folder / "settings.toml").write_bytes(settings.dump(chosen))
    text = write(folder).read_text(encoding="utf-8")
    rows = re.findall(r"<tr><td>([a-z_.]+)</td><td>(.*)</td></tr>", text)
    assert rows == [
        ("speech.model", "small"), ("speech.beam", "1"), ("translation.urls.libre", "http://127.0.0.1:5000/")
    ]  # fmt: skip
    assert "anna" not in text


@pytest.mark.parametrize(
    ("files", "error", "match"),
    [
        (None, SessionError, "there is no folder"),
        ({}, SessionError, "has no journal.jsonl"),
        ({"journal.jsonl": ""}, SessionError, r"there is no session in .*, its journal\.jsonl is empty; name another"),
        ({"journal.jsonl": '{"seq": 1, "at"\n{}\n'}, JournalCorrupt, "line 1"),
        ({"settings.toml": "[speech]\nbeem = 3\n", "journal.jsonl": None}, SettingsError, r"settings\.toml"),
    ],
)
def test_what_is_no_session_is_refused_in_a_sentence(
    tmp_path: Path, files: dict[str, str | None] | None, error: type[LivesubsError], match: str
) -> None:
    folder = tmp_path / "s"
    if files is not None:
        saved(folder, live(4))
        (folder / "journal.jsonl").unlink()
        for name, text in files.items():
            saved(folder, live(4)) if text is None else (folder / name).write_text(text)
    with pytest.raises(error, match=match):
        cli.app(["report", str(folder)], standalone_mode=False)
    assert not (folder / "report.html").exists()


def test_the_page_goes_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(tmp_path / "s", live(4))
    cli.app(["report", str(folder), "--out", str(tmp_path / "r.html")], standalone_mode=False)
    assert capsys.readouterr().out == f"{tmp_path / 'r.html'}\n"
    assert Parsed((tmp_path / "r.html").read_text(encoding="utf-8")).tags
    assert not (folder / "report.html").exists()
    with pytest.raises(SessionError, match="cannot write"):
        cli.app(["report", str(folder), "--out", str(tmp_path / "none" / "r.html")], standalone_mode=False)


def start(out: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--out", str(out), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_every_session_ends_with_its_report(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with start(out, "--end", "9", "--pace", "max") as session:
        told, _ = session.communicate(timeout=240)
    assert f"{out / 'report.html'}" in told
    assert f"review {out}\n" in told
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    names = {path.name for path in out.iterdir() if not path.name.startswith(".") and path.suffix != ".vtt"}
    assert {name for name in names if f"`{name}" not in readme} == set()
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "<h1>9 s, 3 cues, nothing missing.</h1>" in text
    assert "synthetic speech, closed domain" in text
    assert "not live" in text
    written = (out / "report.html").stat().st_mtime_ns
    with start(out) as refused:
        assert refused.wait(240) == 6
    assert (out / "report.html").stat().st_mtime_ns == written


def test_a_session_that_is_left_at_once_is_reported_too(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with start(out, "--pace", "4") as session:
        journal = out / "journal.jsonl"
        until(lambda: journal.exists() and b'"kind":"cue"' in journal.read_bytes(), 60)
        assert headline(open_record(out)).startswith("Still running")
        children = psutil.Process(session.pid).children(recursive=True)
        worker = next(p for p in children if "pipeline.speech.worker" in " ".join(p.cmdline()))
        worker.suspend()  # so that what was recorded cannot be finished before the second Ctrl-C
        session.send_signal(signal.SIGINT)
        ffmpegs = [process for process in children if "ffmpeg" in process.name()]
        until(lambda: all(ended(process) for process in ffmpegs), 30)
        session.send_signal(signal.SIGINT)
        session.communicate(timeout=240)
    assert session.returncode == 130
    assert "<h1>Left at" in (out / "report.html").read_text(encoding="utf-8")


def test_a_session_of_an_older_program_without_progress_is_reported(tmp_path: Path) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (begun("en"), *said(1, 2.0), Ended(reason="ended", stream=9.0)):
            journal.append(event)
    assert headline(open_record(tmp_path)) == "9 s, 1 cue, nothing missing."
