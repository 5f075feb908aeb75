"""What an editor changes: done once, never lost, undone to the byte, and left alone by every program."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline import editing
from pipeline.afterwards import answer
from pipeline.answering import answered, effects
from pipeline.asked import EDITS, Edits, keep
from pipeline.director import Director
from pipeline.doctor import examine
from pipeline.events import Action, Cue, Edit, Ended, Sentence, SessionStarted, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal, read
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.quality import faults
from pipeline.tracks import TrackFiles, tracks

RULES = CueRules()
BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
)
ENDED = Ended(reason="ended", stream=60.0)
WORDS = ("Good evening.", "We are here tonight.", "Nobody expected that.", "Thank you all, my friends.", "Long live!")


def said(number: int) -> Sentence:
    start = 3.0 * number
    return Sentence(id=f"s{number}", lang="fr", start=start, end=start + 2.5, text="Bonsoir à tous.", words=())


def cue(number: int, lang: str = "en", **fields: Any) -> Cue:
    text = WORDS[number % len(WORDS)] if lang == "en" else "Bonsoir à tous."
    made = Cue(
        id=f"s{number}.{lang}.1",
        lang=lang,
        start=3.0 * number,
        end=3.0 * number + 2.5,
        text=text,
        sentences=(f"s{number}",),
    )
    return replace(made, **fields)


def events(count: int = 5) -> list[Any]:
    numbers = range(1, count + 1)
    return [BEGUN, *(event for n in numbers for event in (said(n), cue(n, "fr"), cue(n))), ENDED]


def done(state: State, *edits: Edit) -> Edit:
    """The answer to the last of them, all of them in the state."""
    for edit in edits:
        answer = answered(state, edit, RULES)
        apply(state, answer)
        for event in effects(state, answer, RULES):
            apply(state, event)
    assert isinstance(answer, Edit)
    return answer


def seen(*cues: Cue) -> tuple[tuple[str, int], ...]:
    return tuple((one.id, one.rev) for one in cues)


def text(id: str, was: Cue, now: str) -> Edit:
    return Edit(id=id, did="text", before=seen(was), after=(replace(was, text=now),))


SPLIT = Edit(
    id="x",
    did="split",
    before=seen(cue(2)),
    after=(cue(2, end=7.0, text="Nobody expected"), cue(2, id=editing.cue_id("x", 1), start=7.1, text="that.")),
)
MERGE = Edit(
    id="m",
    did="merge",
    before=seen(cue(1), cue(2)),
    after=(cue(1, end=cue(2).end, text="We are here tonight.\nNobody expected that.", sentences=("s1", "s2")),),
)


def test_each_kind_of_edit_is_in_the_track_and_flagged() -> None:
    state = fold(events())
    new = cue(9, id=editing.cue_id("i", 1), text="And then.", start=40.0, end=42.0, sentences=())
    done(
        state,
        text("t", cue(1), "We were here.\nTonight."),
        Edit(id="r", did="retime", before=seen(cue(3)), after=(cue(3, start=9.5, end=11.0),)),
        SPLIT,
        Edit(id="d", did="delete", before=seen(cue(4))),
        Edit(id="i", did="insert", after=(new,)),
        Edit(id="a", did="accept", before=seen(cue(5))),
        Edit(id="n", did="note", before=seen(cue(5)), note="Is that her name?"),
    )
    shown = [(one.id, one.start, one.text, one.rev, one.flags) for one in state.track("en")]
    assert shown == [
        ("s1.en.1", 3.0, "We were here.\nTonight.", 2, ("edited",)),
        ("s2.en.1", 6.0, "Nobody expected", 2, ("edited",)),
        ("e-x.1", 7.1, "that.", 1, ("edited",)),
        ("s3.en.1", 9.5, "Thank you all, my friends.", 2, ("edited",)),
        ("s5.en.1", 15.0, "Good evening.", 2, ("accepted",)),
        ("e-i.1", 40.0, "And then.", 1, ("edited",)),
    ]
    assert state.touched == {one.id for one in state.track("en")} | {"s4.en.1"}
    assert [one.note for one in state.edits.values() if one.note] == ["Is that her name?"]


def test_in_an_edit_of_many_lines_each_keeps_what_is_known_of_it() -> None:
    state = fold([BEGUN, said(1), said(2), cue(1, flags=("doubtful", "late")), cue(2, flags=("name",)), cue(3)])
    moved = [replace(one, start=one.start + 0.1, end=one.end + 0.1) for one in state.track("en")]
    done(state, Edit(id="r", did="retime", before=seen(*state.track("en")), after=tuple(moved)))
    assert [one.flags for one in state.track("en")] == [("doubtful", "edited"), ("name", "edited"), ("edited",)]
    first, second, _ = state.track("en")
    given = (replace(first, text="We are"), replace(second, text="here tonight. Nobody expected that."))
    done(state, Edit(id="g", did="text", before=seen(first, second), after=given))
    assert {flag for one in state.track("en")[:2] for flag in one.flags} == {"doubtful", "name", "edited"}
    first, second, _ = state.track("en")
    done(state, text("t", second, "Nobody knew."))
    assert [{*one.flags} for one in state.track("en")[:2]] == [{"doubtful", "name", "edited"}, {"edited"}]


def test_a_line_that_somebody_found_right_stays_so_as_long_as_its_words_are_the_same() -> None:
    def right(*edits: Edit) -> list[bool]:
        state = fold(events())
        done(state, Edit(id="a", did="accept", before=seen(cue(1), cue(2))), *edits)
        return ["accepted" in one.flags for one in state.track("en") if not set(one.sentences).isdisjoint(("s1", "s2"))]

    first, second = (cue(number, rev=2) for number in (1, 2))
    parts = replace(second, end=7.0, text="Nobody expected"), replace(SPLIT.after[1])
    given = replace(first, text="We are here tonight. Nobody"), replace(second, text="expected that.")
    assert right(Edit(id="r", did="retime", before=seen(first), after=(replace(first, end=5.6),))) == [True, True]
    assert right(text("t", first, "We are here\ntonight.")) == [True, True]
    assert right(text("t", first, "We were here tonight.")) == [False, True]
    assert right(Edit(id="g", did="text", before=seen(first, second), after=given)) == [True, True]
    assert right(Edit(id="x", did="split", before=seen(second), after=parts)) == [True, True, True]
    assert right(replace(MERGE, before=seen(first, second))) == [True]
    gone, back = Edit(id="d", did="delete", before=seen(first)), Edit(id="b", did="restore", after=(first,))
    assert right(gone, back) == [True, True]
    third = cue(3)
    merged = replace(second, end=third.end, text=f"{second.text}\n{third.text}")
    assert right(Edit(id="m", did="merge", before=seen(second, third), after=(merged,))) == [True, False]


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused_and_kept() -> None:
    state = fold(events())
    refused = done(state, text("a", cue(1), "Mine."), text("b", cue(1), "Theirs."))
    assert "changed meanwhile" in refused.refused
    assert refused.after == (cue(1, text="Theirs."),)
    assert state.edits["b"] == refused
    assert state.cues[cue(1).id].text == "Mine."
    gone = done(state, Edit(id="c", did="delete", before=seen(cue(2))), text("d", cue(2), "Late."))
    assert "not there any more" in gone.refused


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (text("a", cue(1), " \n\t"), "delete it instead"),
        (
            Edit(id="a", did="retime", before=seen(cue(1)), after=(cue(1, end=6.2),)),
            "with the line at 0:00:06",
        ),
        (Edit(id="a", did="retime", before=seen(cue(1)), after=(cue(1, start=8.7, end=8.9),)), ""),
        (Edit(id="a", did="retime", before=seen(cue(1)), after=(cue(1, start=-1.0),)), "begin at 0:00:00"),
        (Edit(id="a", did="retime", before=seen(cue(1)), after=(cue(1, start=5.0, end=4.0),)), "end after that"),
        (Edit(id="a", did="retime", before=seen(cue(1)), after=(cue(1, end=float("nan")),)), "end after that"),
        (Edit(id="a", did="insert", after=(cue(1, start=40.0, end=41.0),)), "used before"),
        (Edit(id="a", did="insert", after=(cue(7, lang="de"),)), "not of one track"),
        (Edit(id="a", did="insert", after=(cue(7),)), "no sentence s7"),
        (replace(SPLIT, after=SPLIT.after[::-1]), "keep its id"),
        (replace(SPLIT, after=(SPLIT.after[0], replace(SPLIT.after[1], start=6.5))), "on screen at once"),
        (replace(MERGE, did="split"), "That is no split"),
        (Edit(id="a", did="undo", of="z"), "nothing to undo"),
    ],
)
def test_what_cannot_be_is_refused_in_words(edit: Edit, why: str) -> None:
    state = fold(events())
    answer = done(state, edit)
    assert why in answer.refused
    if why:
        assert state.cues == fold(events()).cues
        assert not state.touched


def test_undo_takes_back_its_own_edit_and_no_later_one() -> None:
    state = fold(events())
    assert (
        "undo that first"
        in done(
            state, text("a", cue(1), "One."), text("b", cue(1, rev=2), "Two."), Edit(id="u", did="undo", of="a")
        ).refused
    )
    assert not done(state, Edit(id="v", did="undo", of="b"), Edit(id="w", did="undo", of="a")).refused
    assert "undone already" in done(state, Edit(id="x", did="undo", of="a")).refused
    assert replace(state.cues[cue(1).id], rev=1) == cue(1)
    done(state, Edit(id="y", did="undo", of="w"))  # redo
    assert state.cues[cue(1).id].text == "One."
    assert [one.id for one in editing.standing(state) if one.did != "undo"] == ["a"]


def test_the_console_does_not_undo_what_the_desk_made_since() -> None:
    state = fold(events())
    edit = Action(id="a", do="edit", cue=cue(1).id, text="On the phone.")
    for asked in (edit, text("b", cue(1, rev=2), "At the desk."), Action(id="u", do="undo", of="a")):
        answer = answered(state, asked, RULES)
        apply(state, answer)
        for event in effects(state, answer, RULES):
            apply(state, event)
    assert "at the editor's desk" in answer.refused
    assert state.cues[cue(1).id].text == "At the desk."


def test_what_a_technician_killed_is_restored_at_the_desk() -> None:
    state = fold(events())
    kill = Action(id="k", do="kill", cue=cue(2).id)
    apply(state, kill)
    for event in effects(state, kill, RULES):
        apply(state, event)
    done(state, Edit(id="r", did="restore", after=(state.killed[cue(2).id],)))
    assert replace(state.cues[cue(2).id], rev=1, flags=()) == cue(2)
    assert not state.killed


def test_a_pair_of_languages_follows_split_and_merge() -> None:
    one, two = said(1), said(2)
    shared = [(one.start, 5.0), (5.1, two.end)]
    assert editing.split_sentences([one, two], shared) == [("s1",), ("s2",)]
    assert editing.split_sentences([one], shared) == [("s1",), ("s1",)]
    assert editing.split_sentences([one, two], [(3.0, 8.0), (8.1, 8.5)]) == [("s1", "s2"), ("s2",)]
    state = fold(events())
    done(state, MERGE)
    both = dict(tracks(state))["subtitles.fr-en.srt"]
    first = both.split("\n\n")[0]
    assert first.count("Bonsoir") == 2
    assert first.endswith("We are here tonight.\nNobody expected that.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in events():
            journal.append(event)
        TrackFiles(tmp_path, journal).write()
    return tmp_path


def state_of(path: Path) -> State:
    return fold(entry.event for entry in read(path / "journal.jsonl"))


def test_edits_reach_journal_and_files_once_and_a_torn_line_costs_no_other(folder: Path) -> None:
    keep(folder, text("a", cue(1), "Mine."), on_disk=True)
    with (folder / EDITS).open("ab") as file:
        file.write(b'{"id": "q", "did": "te')
    keep(folder, MERGE, SPLIT)
    for _ in range(2):
        answer(folder)
    state = state_of(folder)
    assert [(one.id, bool(one.refused)) for one in state.edits.values()] == [("a", False), ("m", True), ("x", False)]
    for name, written in tracks(state):
        assert (folder / name).read_text("utf-8") == written
    assert all(row.ok for row in examine(folder) if row.row in ("journal", "files", "pages"))
    assert [one.id for one in Edits(folder).new()] == ["a", "m", "x"]


def test_no_program_changes_what_an_editor_touched(folder: Path) -> None:
    keep(
        folder, MERGE, Edit(id="d", did="delete", before=seen(cue(4))), Edit(id="c", did="accept", before=seen(cue(5)))
    )
    with Journal(folder, SystemClock()) as journal:
        director = Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
        director.answer()
        before = state_of(folder).cues
        for number in (1, 2, 4, 5):
            director.append(cue(number, text="Better.", rev=7))
            director.append(Withdrawn(id=cue(number).id))
    assert state_of(folder).cues == before


@pytest.mark.parametrize("lines", range(10))
def test_a_kill_after_any_line_costs_nothing(folder: Path, lines: int) -> None:
    keep(folder, MERGE, Edit(id="u", did="undo", of="m"), replace(SPLIT, before=((cue(2).id, 2),)))
    with Journal(folder, SystemClock()) as journal:
        TrackFiles(folder, journal).take_over()
    whole = (folder / "journal.jsonl").read_bytes()
    answer(folder)
    shown = state_of(folder)
    written = (folder / "journal.jsonl").read_bytes()[len(whole) :].splitlines(keepends=True)
    assert len(written) >= lines
    (folder / "journal.jsonl").write_bytes(
        whole + b"".join(written[:lines]) + (written[lines : lines + 1] or [b""])[0][:9]
    )
    with Journal(folder, SystemClock()) as journal:
        TrackFiles(folder, journal).take_over()
    answer(folder)
    assert state_of(folder).cues == shown.cues
    assert (folder / "subtitles.en.srt").read_text("utf-8") == dict(tracks(shown))["subtitles.en.srt"]


class Desk:
    """Random edits of a track, as a desk would make them."""

    def __init__(self, draw: Any) -> None:
        self.state, self.draw, self.number = fold(events(6)), draw, 0

    def edit(self) -> Edit:
        self.number += 1
        id, track = f"d{self.number}", self.state.track("en")
        undoable = [*self.state.edits]
        did = self.draw(st.sampled_from(["text", "retime", "split", "merge", "insert", "delete", "accept", "undo"]))
        if did == "undo" and undoable:
            return Edit(id=id, did="undo", of=self.draw(st.sampled_from(undoable)))
        if len(track) < 2 or did in ("insert", "undo"):
            start = self.draw(st.integers(0, 40_000)) / 1000
            new = Cue(id=f"e-{id}", lang="en", start=start, end=start + 0.4, text="New.", sentences=())
            return Edit(id=id, did="insert", after=(new,))
        at = self.draw(st.integers(0, len(track) - 2))
        one, two = track[at], track[at + 1]
        middle = round((one.start + one.end) / 2, 3)
        match did:
            case "text":
                return text(id, one, self.draw(st.text(max_size=30)))
            case "retime":
                start = one.start + self.draw(st.integers(-900, 900)) / 1000
                return Edit(id=id, did="retime", before=seen(one), after=(replace(one, start=start),))
            case "split":
                parts = (replace(one, end=middle), replace(one, id=f"e-{id}", start=middle))
                return Edit(id=id, did="split", before=seen(one), after=parts)
            case "merge":
                after = replace(one, end=two.end, sentences=editing.merged_sentences((one, two)))
                return Edit(id=id, did="merge", before=seen(one, two), after=(after,))
        return Edit(id=id, did=did, before=seen(one))


def test_a_line_that_was_brought_back_out_of_order_is_not_covered_by_a_later_undo() -> None:
    """Two windows: where one's deleted line came back, the other's merge over it comes back once that is gone again."""
    state = fold(events(6))
    first = dict(tracks(state))
    merge = Edit(id="m", did="merge", before=seen(cue(1), cue(3)), after=(replace(cue(1), end=cue(3).end),))
    assert not done(state, Edit(id="d", did="delete", before=seen(cue(2))), merge).refused
    assert not done(state, Edit(id="e", did="delete", before=((cue(1).id, 2),))).refused
    assert not done(state, Edit(id="ud", did="undo", of="d")).refused
    assert "move that first" in done(state, Edit(id="ue", did="undo", of="e")).refused
    for number, of in enumerate(("ud", "e", "m", "d")):
        assert not done(state, Edit(id=f"again-{number}", did="undo", of=of)).refused
    assert dict(tracks(state)) == first


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_was_done_order_holds_and_undo_brings_back_every_byte(data: st.DataObject) -> None:
    desk = Desk(data.draw)
    first = dict(tracks(desk.state))
    for _ in range(data.draw(st.integers(1, 12))):
        before, edit = dict(tracks(desk.state)), desk.edit()
        if done(desk.state, edit).refused:
            assert dict(tracks(desk.state)) == before
        wrong = {fault.rule for fault in faults(desk.state.track("en"), RULES)}
        assert not wrong & {"empty", "blank", "reversed", "order", "overlap"}
    logged = [*events(6), *(event for edit in desk.state.edits.values() for event in (edit, *editing.effects(edit)))]
    assert fold(logged).cues == desk.state.cues
    asked = set(desk.state.edits)
    while left := [edit for edit in editing.standing(desk.state) if edit.id in asked]:  # undos too, the last first
        assert not done(desk.state, Edit(id=f"u-{left[-1].id}", did="undo", of=left[-1].id)).refused
    assert dict(tracks(desk.state)) == first
    assert {replace(one, rev=1) for one in desk.state.cues.values()} == set(fold(events(6)).cues.values())
