"""What is done on the pages while no session runs: in the journal and the files, by one writer, whoever is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.afterwards import Answers, answer
from pipeline.asked import keep
from pipeline.direction import effects
from pipeline.doctor import examine
from pipeline.errors import SessionError
from pipeline.events import Action, Ended, Warned
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.state import apply, fold
from pipeline.tracks import TrackFiles, tracks
from tests.test_director import BEGUN, RULES, cue, state

KILL = Action(id="a1", do="kill", cue=cue(1).id)
EDIT = Action(id="a2", do="edit", cue=cue(2).id, text="Good night.")


@pytest.fixture
def ended(tmp_path: Path) -> Path:
    """A session that has ended, with its files."""
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (BEGUN, cue(1), cue(2), cue(3), Ended(reason="ended", stream=9.0)):
            journal.append(event)
        TrackFiles(tmp_path, journal).write()
    return tmp_path


def asked(folder: Path, *actions: Action) -> None:
    for action in actions:
        keep(folder, action)


def agrees(folder: Path) -> bool:
    """The doctor finds the files as the journal has them."""
    rows = {row.row: row.ok for row in examine(folder)}
    return rows["journal"] and rows["files"]


def test_it_is_in_the_journal_and_the_files_once(ended: Path) -> None:
    asked(ended, KILL, EDIT, KILL)
    for _ in range(2):
        answer(ended)
        assert [c.text for c in state(ended).track("en")] == ["Good night.", "Good evening."]
        assert list(state(ended).actions) == ["a1", "a2"]
    assert (ended / "subtitles.en.srt").read_text("utf-8") == dict(tracks(state(ended)))["subtitles.en.srt"]
    assert state(ended).ended
    assert agrees(ended)


def test_nothing_is_written_while_a_session_holds_the_folder(ended: Path) -> None:
    asked(ended, KILL)
    before = (ended / "journal.jsonl").read_bytes()
    with lock(ended), pytest.raises(SessionError):
        answer(ended)
    assert (ended / "journal.jsonl").read_bytes() == before


def test_what_somebody_made_of_a_file_is_left_to_them_and_said(ended: Path) -> None:
    (ended / "subtitles.en.srt").write_text("theirs")
    for action in (KILL, EDIT):  # each by itself, as they are done on a page
        asked(ended, action)
        answer(ended)
    assert (ended / "subtitles.en.srt").read_text() == "theirs"
    assert cue(1).id not in (ended / "subtitles.en.vtt").read_text()
    told = [entry.event.text for entry in read(ended / "journal.jsonl") if isinstance(entry.event, Warned)]
    assert len(told) == 1
    assert "subtitles.en.srt" in told[0]


def test_between_two_answers_others_may_write_too(ended: Path) -> None:
    answers = Answers(ended)
    asked(ended, KILL)
    answers.answer()
    with lock(ended), Journal(ended, SystemClock()) as journal:
        journal.append(Warned(text="a doctor was here"))
    asked(ended, EDIT)
    answers.answer()
    assert [entry.seq for entry in read(ended / "journal.jsonl")] == list(range(1, 11))
    assert agrees(ended)
    (ended / "subtitles.en.srt").write_text("theirs")
    asked(ended, Action(id="a3", do="undo", of="a1"))
    answers.answer()
    assert (ended / "subtitles.en.srt").read_text() == "theirs"
    assert cue(1).id in (ended / "subtitles.en.vtt").read_text()
    (ended / "subtitles.en.srt").unlink()
    asked(ended, Action(id="a4", do="undo", of="a2"))
    answers.answer()
    answers.close()
    assert agrees(ended)


def crashes(folder: Path) -> Iterator[list[str]]:
    """The folder as a kill leaves it: a journal that ends after each line of the answer, none of it in the files."""
    known = fold([BEGUN, cue(1), cue(2), cue(3), Ended(reason="ended", stream=9.0)])
    written: list[str] = []
    with Journal(folder, SystemClock()) as journal:
        TrackFiles(folder, journal).take_over()
    for action in (KILL, EDIT):
        apply(known, action)
        for event in (action, *effects(known, action, RULES)):
            with Journal(folder, SystemClock()) as journal:
                journal.append(event)
            written.append(type(event).__name__)
            yield written


@pytest.mark.parametrize("lines", range(5))
@pytest.mark.parametrize("torn", [False, True])
def test_a_kill_at_any_moment_costs_nothing(ended: Path, lines: int, torn: bool) -> None:
    asked(ended, KILL, EDIT)
    left = crashes(ended)
    for _ in range(lines):
        next(left)
    if torn:
        with (ended / "journal.jsonl").open("ab") as file:
            file.write(b'{"seq": 9, "at"')
    answer(ended)
    assert [c.text for c in state(ended).track("en")] == ["Good night.", "Good evening."]
    assert agrees(ended)
