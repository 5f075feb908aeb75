"""The journal: what was written is there whatever byte it was cut at; a damaged line is named; one writer only."""

import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import JournalCorrupt, SessionError
from pipeline.events import Cue, Event, Gap, Hypothesis, Progress, Removed, Sentence, Warned, Withdrawn, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.state import fold

CUE = Cue(id="s1.en.1", lang="en", start=1.0, end=2.5, text="We have\ncome far.", sentences=("s1",), flags=("fast",))
EVENTS: list[Event] = [
    Hypothesis(heard=3.0, committed=(Word(start=1.0004, end=2.0, text=" Écoutez", probability=0.9),), endpoint=True),
    Sentence(id="s1", lang="fr", start=1.0, end=2.0, text="Écoutez.", words=()),
    CUE,
    Gap(start=5.0, end=6.0, reason="cut"),
]


def write(folder: Path, events: list[Event]) -> bytes:
    folder.mkdir(exist_ok=True)
    with Journal(folder, SystemClock()) as journal:
        for event in events:
            journal.append(event)
    return (folder / "journal.jsonl").read_bytes()


def test_what_is_written_is_read_back_with_times_to_the_millisecond(tmp_path: Path) -> None:
    write(tmp_path, EVENTS)
    entries = list(read(tmp_path / "journal.jsonl"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    first = entries[0].event
    assert isinstance(first, Hypothesis)
    assert first.committed[0] == Word(start=1.0, end=2.0, text=" Écoutez", probability=0.9)
    assert [entry.event for entry in entries[1:]] == EVENTS[1:]


def test_a_journal_that_is_taken_and_a_folder_that_is_removed_are_told_apart(tmp_path: Path) -> None:
    out = tmp_path / "s"
    out.mkdir()
    with lock(out), Journal(out, SystemClock()) as journal:
        journal.append(Progress(recorded=12.0, heard=11.0, compute=1.0))
        (out / "journal.jsonl").unlink()
        journal.append(Progress(recorded=14.0, heard=13.0, compute=1.0))
        rmtree(out)
        journal.append(Progress(recorded=0.0, heard=13.0, compute=1.0))
    kinds = [entry.event for entry in read(out / "journal.jsonl") if not isinstance(entry.event, Progress)]
    assert isinstance(kinds[0], Warned)
    assert kinds[1:] == [Removed(stream=14.0)]


def test_a_journal_cut_at_any_byte_gives_its_whole_lines_and_can_be_continued(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", EVENTS)
    for cut in range(len(whole)):
        folder = tmp_path / "cut"
        folder.mkdir(exist_ok=True)
        (folder / "journal.jsonl").write_bytes(whole[:cut])
        write(folder, [CUE])
        entries = list(read(folder / "journal.jsonl"))
        kept = whole[:cut].count(b"\n")
        assert [entry.seq for entry in entries] == list(range(1, kept + 2))
        assert entries[-1].event == CUE


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    lines = write(tmp_path, EVENTS).split(b"\n")
    (tmp_path / "journal.jsonl").write_bytes(b"\n".join([lines[0], b'{"seq": 2, "at"', *lines[2:]]))
    with pytest.raises(JournalCorrupt, match=r"journal\.jsonl, line 2"):
        list(read(tmp_path / "journal.jsonl"))


def test_kinds_and_fields_of_a_newer_version_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(
        '{"seq":1,"at":1.0,"kind":"hologram","x":1}\n'
        '{"seq":2,"at":1.0,"kind":"gap","start":1.0,"end":2.0,"reason":"cut","colour":"red"}\n'
    )
    assert [entry.event for entry in read(tmp_path / "journal.jsonl")] == [Gap(start=1.0, end=2.0, reason="cut")]


def test_a_later_cue_replaces_and_a_withdrawal_removes() -> None:
    later = Cue(id=CUE.id, lang="en", start=1.0, end=3.0, text="We have come far.", sentences=("s1",), rev=2)
    assert fold([CUE, later]).track("en") == [later]
    assert fold([CUE, later, Withdrawn(id=CUE.id)]).track("en") == []


def test_a_second_process_is_refused_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(SessionError, match="in use"), lock(tmp_path):
            pass
        holder.kill()
        holder.wait()
    with lock(tmp_path):
        pass


_HOLD = """
import pathlib, sys
from pipeline.journal import lock
with lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_folding_twice_gives_the_same_as_folding_once(steps: list[tuple[str, bool]]) -> None:
    events: list[Event] = [
        Withdrawn(id=name) if gone else Cue(id=name, lang="en", start=0, end=1, text=name, sentences=())
        for name, gone in steps
    ]
    assert fold([*events, *events]).cues == fold(events).cues
