"""What is wrong with a session folder is found, and mended where nothing is lost by it."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from pipeline.journal import read
from pipeline.state import fold
from tests.measures import cues


@pytest.fixture
def session(rally: Path, tmp_path: Path) -> Path:
    return copytree(rally, tmp_path / "s")


def doctor(folder: Path) -> tuple[int, dict[str, str], list[str]]:
    """Its exit code, what it says of each part, and the parts that are not well."""
    command = [sys.executable, "-m", "pipeline", "doctor", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    rows = json.loads(done.stdout) if done.stdout else []
    return done.returncode, {row["row"]: row["say"] for row in rows}, [row["row"] for row in rows if not row["ok"]]


def test_a_sound_session_is_sound(session: Path) -> None:
    code, said, bad = doctor(session)
    assert (code, bad) == (0, [])
    assert "all readable" in said["journal"]


def test_damaged_and_torn_lines_are_moved_and_the_rest_is_whole(session: Path) -> None:
    journal = session / "journal.jsonl"
    lines = journal.read_bytes().split(b"\n")
    lines[4] = lines[4][:20]
    journal.write_bytes(b"\n".join(lines) + b'{"seq": 9999, "torn')
    code, said, bad = doctor(session)
    assert (code, bad) == (0, [])
    assert "line" in said["journal"]
    assert "5" in said["journal"]
    assert len(list(read(journal))) == len(lines) - 2
    assert (session / "journal.damaged.jsonl").read_bytes().count(b"\n") == 2
    assert doctor(session)[0] == 0


def test_a_missing_subtitle_file_is_written_and_a_changed_one_left_alone(session: Path) -> None:
    english, french = session / "subtitles.en.srt", session / "subtitles.fr.srt"
    before = english.read_text()
    english.unlink()
    changed = french.read_text().replace("Bonsoir", "Bonjour")
    french.write_text(changed)
    code, said, bad = doctor(session)
    assert (code, bad) == (1, ["files"])
    assert "missing, now written: subtitles.en.srt;" in said["files"]
    assert "not as the journal has them: subtitles.fr.srt;" in said["files"]
    assert french.read_text() == changed
    assert english.read_text() == before
    assert len(cues(english)) == len(fold(e.event for e in read(session / "journal.jsonl")).track("en"))


def test_lost_sound_and_pictures_are_told_and_a_session_cut_off_says_how_it_goes_on(session: Path) -> None:
    (session / "archive" / "0001-00001.ts").unlink()
    sound = session / "audio.s16"
    sound.write_bytes(sound.read_bytes()[: 32_000 * 5])
    journal = session / "journal.jsonl"
    journal.write_bytes(b"\n".join(journal.read_bytes().split(b"\n")[:-2]) + b"\n")
    code, said, bad = doctor(session)
    assert code == 1
    assert bad == ["archive", "end"] or bad == ["sound", "archive", "end"]
    assert f"run --resume {session}" in said["end"]


def test_a_folder_without_a_session_or_with_a_running_one_is_refused(session: Path, tmp_path: Path) -> None:
    assert doctor(tmp_path)[0] == 6
    from pipeline.journal import lock

    with lock(session):
        assert doctor(session)[0] == 6


def test_a_journal_that_is_gone_is_told_and_none_is_made(session: Path) -> None:
    (session / "journal.jsonl").unlink()
    code, said, bad = doctor(session)
    assert (code, bad) == (1, ["journal"])
    assert "there is no journal.jsonl; restore it from a copy" in said["journal"]
    assert not (session / "journal.jsonl").exists()
