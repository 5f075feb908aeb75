"""A session that was killed goes on in its folder, on the same clock, as if nothing had been but the gap."""

import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.events import (
    Cue,
    Ended,
    Gap,
    Hypothesis,
    Resumed,
    Sentence,
    SessionStarted,
    SourceState,
    Suppressed,
    Translation,
    Warned,
)
from pipeline.journal import read
from pipeline.settings import CueRules
from pipeline.state import fold
from pipeline.subtitles.quality import faults
from tests.measures import SAMPLES, cues
from tests.radio import KBIT, Station
from tests.servers import free_port
from tests.test_session import _count, _srt, finish, start
from tests.waiting import until

pytestmark = pytest.mark.slow


def resume(folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pipeline", "run", "--resume", str(folder), *more]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def kill(session: "subprocess.Popen[bytes]") -> None:
    tree = [*psutil.Process(session.pid).children(recursive=True), psutil.Process(session.pid)]
    for process in tree:
        with suppress(psutil.NoSuchProcess):  # it ended with one before it
            process.kill()
    finish(session)


@pytest.mark.parametrize("moment", [0, 3, 17])
def test_a_file_is_gone_on_with_where_it_was_killed(
    rally: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    out = tmp_path / "s"
    monkeypatch.chdir(SAMPLES)
    session = start("rally.mp4", out, "--pace", "16")
    until(lambda: _count(out, "sentence" if moment else "source") >= max(2, moment), 60)
    kill(session)
    monkeypatch.chdir(tmp_path)  # another terminal
    assert finish(resume(out)) == 0
    events = [entry.event for entry in read(out / "journal.jsonl")]
    assert len([event for event in events if isinstance(event, Resumed)]) == 1
    assert not [event for event in events if isinstance(event, Gap)]
    assert not [event for event in events if isinstance(event, Warned) and "this session was of" in event.text]
    assert {event.source for event in events if isinstance(event, SessionStarted)} == {"rally.mp4"}
    state, expected = fold(events), fold(entry.event for entry in read(rally / "journal.jsonl"))
    assert state.ended
    ids = [event.id for event in events if isinstance(event, Sentence)]
    assert ids == sorted(set(ids))
    for lang in ("fr", "en"):
        ours, theirs = cues(_srt(out, lang)), cues(_srt(rally, lang))
        assert " ".join(c.content for c in ours).split() == " ".join(c.content for c in theirs).split()
        assert not [fault for fault in faults(state.track(lang), CueRules()) if fault.rule not in ("cps", "bridge")]
    starts = [c.start for c in expected.track("fr")]
    assert all(min(abs(c.start - s) for s in starts) < 0.5 for c in state.track("fr"))


def test_a_file_that_was_recorded_whole_is_heard_to_its_end(rally: Path, tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "max")
    until(lambda: _count(out, "sentence") >= 3 and (out / "audio.s16").stat().st_size > 32_000 * 73, 60)
    kill(session)
    assert finish(resume(out)) == 0
    ours, theirs = cues(_srt(out, "en")), cues(_srt(rally, "en"))
    assert " ".join(c.content for c in ours).split() == " ".join(c.content for c in theirs).split()


def test_of_a_session_that_has_ended_and_owes_nothing_nothing_is_heard_or_written_again(
    rally: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(rally, tmp_path / "s")
    before = [entry.event for entry in read(out / "journal.jsonl")]
    assert finish(resume(out)) == 0
    new = [entry.event for entry in read(out / "journal.jsonl")][len(before) :]
    assert isinstance(new[-1], Ended)
    assert not [event for event in new if isinstance(event, Hypothesis | Sentence | Suppressed | Translation | Cue)]


def test_a_source_and_its_backup_that_are_away_when_their_session_is_resumed_are_waited_for(
    ffmpeg: str, tmp_path: Path
) -> None:
    noise, out, port = tmp_path / "noise.mp3", tmp_path / "s", free_port()
    sound = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.3", "-t", "60", "-b:a", f"{KBIT}k", "-id3v2_version", "0"]
    subprocess.run([ffmpeg, "-v", "error", *sound, noise], check=True)
    station = Station(noise)
    with station.on_air():
        session = start(station.address, out, "--backup", f"http://127.0.0.1:{port}/live.mp3")
        until(lambda: _count(out, "progress") and (out / "audio.s16").stat().st_size > 32_000 * 2, 60)
        kill(session)
    session = resume(out)
    until(lambda: "refused the connection; it is tried again" in (out / "journal.jsonl").read_text(), 60)
    station.gone.clear()
    with station.on_air(port):  # the backup alone
        until(lambda: (out / "journal.jsonl").read_text().count('"state":"connected"') == 2, 60)
        session.send_signal(signal.SIGINT)
        assert finish(session) == 0
    events = [entry.event for entry in read(out / "journal.jsonl")]
    [gap] = [event for event in events if isinstance(event, Gap)]
    assert gap.reason == "the session was not running"
    states = [event.state for event in events if isinstance(event, SourceState)]
    assert states[2:] == ["opening", "lost", "connected", "stopped"]
    assert not [event for event in events if isinstance(event, Warned) and "this session was of" in event.text]


def test_a_live_session_that_has_ended_records_nothing_more_also_when_it_is_killed_over_what_it_owes(
    tmp_path: Path,
) -> None:
    out = tmp_path / "s"
    assert finish(start("lavfi:anoisesrc=r=48000", out, "--for", "2")) == 0
    recorded, told = (out / "audio.s16").stat().st_size, _count(out, "source")
    assert finish(resume(out)) == 0
    ends = [entry.event.reason for entry in read(out / "journal.jsonl") if isinstance(entry.event, Ended)]
    assert ends == ["ended", "ended"]  # it ended as it had
    session = resume(out)
    until(lambda: _count(out, "resumed") == 2, 60)
    [watched] = psutil.Process(session.pid).children()
    watched.kill()
    assert finish(session) == 0
    assert _count(out, "resumed") == 3
    assert _count(out, "source") == told  # nothing was opened
    assert (out / "audio.s16").stat().st_size == recorded
    assert not [entry for entry in read(out / "journal.jsonl") if isinstance(entry.event, Gap)]


def test_a_folder_without_a_session_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--resume", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 6
    assert "there is no session in" in done.stderr
    assert "Traceback" not in done.stderr
