"""A line that is killed on the console goes in every language: which lines those are, and how they come back."""

from pathlib import Path

import pytest

from pipeline.answering import answered, effects
from pipeline.asked import keep
from pipeline.director import Director
from pipeline.events import Action, Cue, Edit, Sentence, SessionStarted
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.killing import together
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.tracks import TrackFiles
from tests.test_director import state

RULES = CueRules()
BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en", "es"), recogniser="r", engines=(), began_at=0.0
)


def line(id: str, start: float, end: float, *sentences: str) -> Cue:
    return Cue(id=id, lang=id.split(".")[1], start=start, end=end, text=id, sentences=sentences or (id.split(".")[0],))


def killed(known: State, cue: str) -> set[str]:
    return {action.cue for action in together(known, Action(id="k", do="kill", cue=cue))}


ONE_TO_ONE = [line("s1.fr.1", 1, 3), line("s2.fr.1", 3, 5), line("s1.en.1", 2.5, 4), line("s2.en.1", 4.1, 6)]
HALVES = [line("s1.fr.1", 0, 2.8), line("s1.fr.2", 2.9, 6), line("s1.en.1", 0, 3.2), line("s1.en.2", 3.3, 6)]
ONE_OF_TWO = [line("s1.fr.1", 0, 6), line("s1.en.1", 0, 3.2), line("s1.en.2", 3.3, 6), line("s1.es.1", 0, 6)]
TWO_OF_ONE = [line("s1.fr.1", 0, 2), line("s2.fr.1", 2.1, 4), line("s1.en.1", 0, 4, "s1", "s2")]


@pytest.mark.parametrize(
    ("lines", "cue", "gone"),
    [
        (ONE_TO_ONE, "s1.en.1", {"s1.fr.1"}),  # though another one stands longer beside it
        (HALVES, "s1.en.1", {"s1.fr.1"}),
        (HALVES, "s1.en.2", {"s1.fr.2"}),
        (ONE_OF_TWO, "s1.en.2", {"s1.fr.1", "s1.es.1"}),  # what is wrong to show is shown nowhere
        (TWO_OF_ONE, "s1.en.1", {"s1.fr.1", "s2.fr.1"}),
        (TWO_OF_ONE, "s2.fr.1", {"s1.en.1"}),
    ],
)
def test_with_a_line_goes_what_shows_the_same_in_other_languages(lines: list[Cue], cue: str, gone: set[str]) -> None:
    assert killed(fold([BEGUN, *lines]), cue) == {cue, *gone}


def test_a_typed_line_is_alone() -> None:
    typed = Cue(id="t", lang="en", start=1, end=3, text="Hello.", sentences=())
    known = fold([BEGUN, *ONE_TO_ONE, typed])
    assert killed(known, "t") == {"t"}


def after(known: State, *asked: Action | Edit) -> State:
    """The state after them, with their effects."""
    state = known.copy()
    for one in asked:
        answer = answered(state, one, RULES)
        apply(state, answer)
        for event in effects(state, answer, RULES):
            apply(state, event)
    return state


def test_they_come_back_together_whichever_is_undone_and_not_what_was_touched_since() -> None:
    said = Sentence(id="s1", lang="fr", start=1, end=3, text="s1", words=())
    known = fold([BEGUN, said, *ONE_TO_ONE])
    kills = together(known, Action(id="k", do="kill", cue="s1.en.1"))
    gone = after(known, *kills)
    assert {*known.cues} - {*gone.cues} == {"s1.en.1", "s1.fr.1"}
    for of in [kill.id for kill in kills]:
        undos = together(gone, Action(id="u", do="undo", of=of))
        assert after(gone, *undos).cues.keys() == known.cues.keys()
    back = Edit(id="e", did="restore", after=(line("s1.fr.1", 1, 3),))
    edited = after(gone, back)
    assert [undo.of for undo in together(edited, Action(id="u", do="undo", of="k"))] == ["k"]


def test_where_the_first_is_refused_the_others_stay() -> None:
    known = fold([BEGUN, *ONE_TO_ONE])
    kills = together(known, Action(id="k", do="kill", cue="s1.en.1"))
    known.cues.pop("s1.en.1")  # before the session has seen that
    assert "s1.fr.1" in after(known, *kills).cues


def test_a_translation_that_comes_after_the_kill_is_not_shown_either_until_that_is_undone(tmp_path: Path) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (BEGUN, *ONE_TO_ONE):
            journal.append(event)
        director = Director(tmp_path, journal, TrackFiles(tmp_path, journal), CueRules(), Names())
        for action in together(state(tmp_path), Action(id="k", do="kill", cue="s1.en.1")):
            keep(tmp_path, action)
        director.answer()
        for made in (line("s1.es.1", 2, 4), line("s2.es.1", 4.1, 6)):
            director.append(made)
        assert [cue.id for cue in state(tmp_path).track("es")] == ["s2.es.1"]
        for action in together(state(tmp_path), Action(id="u", do="undo", of="k")):
            keep(tmp_path, action)
        director.answer()
    assert state(tmp_path).cues.keys() == {cue.id for cue in ONE_TO_ONE} | {"s1.es.1", "s2.es.1"}
