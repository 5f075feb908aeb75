"""A session by its folder: what people ask is done at once, and what the session answers is what stays."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from pipeline.asked import keep
from pipeline.director import Director
from pipeline.events import Action, Cue, Doing, Edit, Withdrawn
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import Entry, Journal
from pipeline.names.live import Names
from pipeline.room import room
from pipeline.tracks import TrackFiles
from tests.test_director import BEGUN, RULES, cue


class Evening:
    """A session that answers when it is told to, and one who follows it, with what that one was told."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder, self.journal = folder, journal
        self.session = Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
        self.cues: dict[str, Cue] = {}
        self.actions: dict[str, Action] = {}
        self.followed = Followed(folder, self._told)

    def _told(self, entry: Entry) -> None:
        match entry.event:
            case Cue() as told:
                self.cues[told.id] = told
            case Withdrawn() as told:
                self.cues.pop(told.id, None)
            case Action() as told:
                self.actions[told.id] = told

    def texts(self) -> list[str]:
        return [one.text for one in sorted(self.cues.values(), key=lambda one: one.start)]

    def agrees(self) -> bool:
        """Who was told has what the journal says."""
        with self.journal.state() as says:
            return (
                not self.followed.owes
                and self.cues == self.followed.state.cues == says.cues
                and self.actions == self.followed.state.actions == says.actions
                and self.followed.state.killed == says.killed
                and self.followed.room == room(says.actions.values())
            )


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (BEGUN, cue(1), cue(2)):
            journal.append(event)
        made = Evening(tmp_path, journal)
        made.followed.look()
        yield made


def test_an_edit_is_on_no_page_before_the_session_has_taken_it(evening: Evening) -> None:
    keep(evening.folder, Edit(id="e1", did="text", before=((cue(1).id, 1),), after=(cue(1, "The desk's."),)))
    evening.followed.look()
    assert evening.followed.owes
    assert evening.texts() == ["Good evening.", "Good evening."]
    evening.session.append(cue(1, "Translated at last.", rev=2))  # before it has seen the edit
    evening.session.answer()
    evening.followed.look()
    with evening.journal.state() as says:
        assert says.edits["e1"].refused
    assert evening.texts() == ["Translated at last.", "Good evening."]
    assert evening.agrees()


def test_a_line_that_went_before_it_was_killed_is_none_that_can_be_had_back(evening: Evening) -> None:
    keep(evening.folder, Action(id="a1", do="kill", cue=cue(1).id))
    keep(evening.folder, Action(id="a2", do="hold", cue=cue(1).id))
    evening.followed.look()
    assert evening.followed.state.killed
    evening.session.append(Withdrawn(id=cue(1).id))
    evening.session.answer()
    evening.followed.look()
    assert evening.actions["a1"].refused == "That line is not there any more."
    assert evening.agrees()


def test_what_is_done_stays_done_while_its_answer_is_half_written(evening: Evening) -> None:
    keep(evening.folder, Action(id="a1", do="kill", cue=cue(1).id))
    evening.followed.look()
    evening.journal.append(Action(id="a1", do="kill", cue=cue(1).id))
    evening.followed.look()
    assert evening.texts() == ["Good evening."]
    assert evening.followed.owes
    evening.journal.append(Withdrawn(id=cue(1).id))
    evening.followed.look()
    assert evening.agrees()


NUMBERS, REVS = some.integers(1, 3), some.integers(1, 4)


def edit(number: int, rev: int) -> Edit:
    return Edit(id="", did="text", before=((cue(number).id, rev),), after=(cue(number, "The desk's."),))


def act(do: Doing, number: int) -> Action:
    return Action(id="", do=do, cue=cue(number).id, text="Theirs.")


ASKED = some.one_of(
    some.builds(act, some.sampled_from(("edit", "kill", "mark", "hold", "send")), NUMBERS),
    some.builds(lambda of: Action(id="", do="undo", of=f"a{of}"), some.integers(0, 6)),
    some.builds(lambda at: Action(id="", do="say", lang="en", text="One moment.", value=at / 4), some.integers(0, 32)),
    some.builds(edit, NUMBERS, REVS),
)
MADE = some.one_of(
    some.builds(lambda n, rev: cue(n, f"Made {rev}.", rev=rev), NUMBERS, REVS),
    some.builds(lambda n: Withdrawn(id=cue(n).id), NUMBERS),
)
STEPS = some.lists(some.one_of(ASKED, MADE, some.sampled_from(["answer", "look"])), max_size=12)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_whatever_happens_meanwhile_in_the_end_the_pages_have_what_the_journal_says(steps: list[object]) -> None:
    with TemporaryDirectory() as folder, Journal(Path(folder), SystemClock()) as journal:
        for event in (BEGUN, cue(1), cue(2)):
            journal.append(event)
        evening = Evening(Path(folder), journal)
        for number, step in enumerate([*steps, "answer", "look"]):
            match step:
                case Action():
                    keep(Path(folder), replace(step, id=f"a{number}"))
                case Edit():
                    keep(Path(folder), replace(step, id=f"a{number}"))
                case Cue() | Withdrawn():
                    evening.session.append(step)
                case "answer":
                    evening.session.answer()
                case _:
                    evening.followed.look()
        assert evening.agrees()
