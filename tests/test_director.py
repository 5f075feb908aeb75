"""What people do on the pages reaches the journal and the files of a session, once, and no program undoes it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.asked import Actions, keep
from pipeline.direction import effects, refusal, standing
from pipeline.director import Director
from pipeline.events import Action, Cue, SessionStarted, Warned, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal, read
from pipeline.names.live import Names
from pipeline.room import room
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.tracks import TrackFiles
from tests.measures import SAMPLES, cues
from tests.test_session import _srt, finish, start
from tests.test_session_resume import kill, resume
from tests.waiting import until

RULES = CueRules()
BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
)


def cue(number: int, text: str = "Good evening.", **fields: object) -> Cue:
    made = Cue(
        id=f"s{number}.en.1", lang="en", start=2.0 * number, end=2.0 * number + 1.5, text=text, sentences=("s1",)
    )
    return replace(made, **fields)


def state(folder: Path) -> State:
    journal = folder / "journal.jsonl"
    return fold(entry.event for entry in read(journal)) if journal.exists() else State()


def test_what_people_do_is_in_the_files_also_after_a_kill_and_a_resume(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = start(str(SAMPLES / "rally.mp4"), out, "--pace", "8", "--for", "36")
    until(lambda: len(state(out).track("en")) >= 4, 60)
    first, second, third, fourth = [c.id for c in state(out).track("en")][:4]
    long = "What a person writes is wrapped, also where it is too long for a line."
    asked = [
        Action(id="a1", do="edit", cue=first, text=long),
        Action(id="a1", do="kill", cue=first),  # the same id: done once
        Action(id="a2", do="kill", cue=second),
        Action(id="a3", do="kill", cue=third),
        Action(id="a4", do="undo", of="a3"),
        Action(id="a5", do="mark", cue=fourth),
        Action(id="a6", do="say", lang="en", text="We are back in a minute.", value=70.0),
        Action(id="a7", do="name", text="la mairie = the Town Hall"),
        Action(id="a8", do="speaker", lang="es"),
    ]
    for action in asked:
        keep(out, action)
    with (out / "actions.jsonl").open("a") as file:
        file.write('{"kind": "action", "id": "a9", "do": "ki')  # the power was cut
    keep(out, Action(id="a10", do="blank", value=1.0))
    until(lambda: "a10" in state(out).actions, 20)
    kill(session)
    assert finish(resume(out)) == 0
    events = [entry.event for entry in read(out / "journal.jsonl")]
    assert [event.id for event in events if isinstance(event, Action)] == [f"a{n}" for n in (*range(1, 9), 10)]
    left = {c.id: c for c in state(out).track("en")}
    assert left[first].text.replace("\n", " ") == long
    assert "edited" in left[first].flags
    assert second not in left
    assert state(out).killed.keys() == {second}
    assert [c.id for c in events if isinstance(c, Cue) and c.id == second] == [second]
    assert "marked" in left[fourth].flags
    texts = [c.content for c in cues(_srt(out, "en"))]
    assert texts == [c.text for c in state(out).track("en")]
    assert texts[-1] == "We are back in a minute."
    assert (out / "names.txt").read_text() == "la mairie = the Town Hall\n"
    told = [event.text for event in events if isinstance(event, Warned)]
    assert any("--languages fr,es" in text for text in told)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (BEGUN, cue(1), cue(2)):
            journal.append(event)
    return tmp_path


def test_what_a_kill_left_of_an_action_is_made_good(folder: Path) -> None:
    with Journal(folder, SystemClock()) as journal:
        journal.append(Action(id="a1", do="kill", cue=cue(1).id))  # and was killed before the next line
    with Journal(folder, SystemClock()) as journal:
        Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
    assert [c.id for c in state(folder).track("en")] == [cue(2).id]


def test_a_fault_over_one_action_keeps_nothing_else_from_being_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(self: Names, line: str, path: Path) -> None:
        raise ValueError(line)

    monkeypatch.setattr(Names, "add", add)
    keep(folder, Action(id="a1", do="edit", cue=cue(1).id, text="Good night."))
    keep(folder, Action(id="a2", do="name", text="Lyon = Lyon"))
    keep(folder, Action(id="a3", do="kill", cue=cue(2).id))
    with Journal(folder, SystemClock()) as journal:
        director = Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
        with pytest.raises(ValueError, match="Lyon"):
            director.answer()
        assert "Good night." in _srt(folder, "en").read_text()
        director.answer()
    assert [c.text for c in state(folder).track("en")] == ["Good night."]


def test_a_program_changes_nothing_that_a_person_touched(folder: Path) -> None:
    keep(folder, Action(id="a1", do="edit", cue=cue(1).id, text="Good night."))
    keep(folder, Action(id="a2", do="kill", cue=cue(2).id))
    with Journal(folder, SystemClock()) as journal:
        director = Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
        director.answer()
        for made in (cue(1, rev=5), Withdrawn(id=cue(1).id), cue(2, rev=5), cue(3)):
            director.append(made)
    assert [c.text for c in state(folder).track("en")] == ["Good night.", "Good evening."]
    assert {c.id for c in state(folder).track("en")} == {cue(1).id, cue(3).id}


def test_a_mark_is_no_change_a_back_fill_comes_and_keeps_it(folder: Path) -> None:
    first, second = cue(1, flags=("untranslated",)), cue(2)
    keep(folder, Action(id="a1", do="mark", cue=first.id))
    keep(folder, Action(id="a2", do="mark", cue=second.id))
    with Journal(folder, SystemClock()) as journal:
        director = Director(folder, journal, TrackFiles(folder, journal), RULES, Names())
        director.answer()
        assert not director.touched
        director.append(replace(first, text="Good night.", flags=("backfilled",), rev=2))
        director.append(Withdrawn(id=second.id))  # its sentence is one cue now
        keep(folder, Action(id="a3", do="undo", of="a1"))
        director.answer()
        director.append(cue(3, sentences=("s1", "s3")))
        director.append(cue(4, sentences=("s4",)))
    left = {c.id: c for c in state(folder).track("en")}
    assert left[first.id].text == "Good night."  # to take the mark away takes away no words
    assert left[first.id].flags == ("backfilled",)
    assert left[cue(3).id].flags == ("marked",)
    assert left[cue(4).id].flags == ()
    assert not state(folder).touched


def test_the_last_name_is_forgotten_when_it_is_undone_and_the_file_of_a_person_kept(folder: Path) -> None:
    file = folder / "mine.txt"
    file.write_text("# mine\nla mairie = the town hall")
    names = Names(str(file))
    keep(folder, Action(id="a1", do="name", text="Vaubrin = Vaubrin"))
    with Journal(folder, SystemClock()) as journal:
        director = Director(folder, journal, TrackFiles(folder, journal), RULES, names)
        director.answer()
        assert [term.source for term in names.current.terms] == ["la mairie", "Vaubrin"]
        keep(folder, Action(id="a2", do="undo", of="a1"))
        director.answer()
    assert file.read_text() == "# mine\nla mairie = the town hall\n"
    assert [term.source for term in names.current.terms] == ["la mairie"]


def done(*actions: Action) -> State:
    """The state after them, with their effects."""
    known = fold([BEGUN, cue(1), cue(2)])
    for asked in actions:
        action = replace(asked, refused=refusal(known, asked))
        apply(known, action)
        for event in effects(known, action, RULES):
            apply(known, event)
    return known


def test_everything_can_be_undone() -> None:
    first = cue(1).id
    for do, text in (("edit", "Other words."), ("kill", ""), ("mark", "")):
        action = Action(id="a", do=do, cue=first, text=text)  # type: ignore[arg-type]
        assert done(action).cues.get(first) != cue(1)
        undone = done(action, Action(id="b", do="undo", of="a"))
        assert replace(undone.cues[first], rev=1) == cue(1)
        assert not undone.killed
    said = Action(id="a", do="say", lang="en", text="One moment, please.", value=9.0)
    assert [c.text for c in done(said).track("en")][-1] == "One moment, please."
    assert done(said, Action(id="b", do="undo", of="a")).track("en") == [cue(1), cue(2)]
    shown = [Action(id="a", do="hold", cue=first), Action(id="b", do="size", value=1.5)]
    shown += [Action(id="c", do="delay", value=40.0), Action(id="d", do="blank", value=1.0)]
    assert room(shown) != room([])
    assert room([*shown, *[Action(id=f"u{a.id}", do="undo", of=a.id) for a in shown]]) == room([])
    assert standing(done(shown[1], Action(id="u", do="undo", of="b")), "size") == []


def test_what_is_undone_is_that_and_no_more() -> None:
    """Two consoles: the phone kills or edits what the laptop has edited, and the laptop undoes its own."""
    id = cue(1).id
    edit, kill = Action(id="a", do="edit", cue=id, text="Other words."), Action(id="b", do="kill", cue=id)
    undo = Action(id="u", do="undo", of="a")
    assert "changed again" in refusal(done(edit, kill), undo)
    assert done(edit, kill, undo).killed.keys() == {id}
    assert "undone already" in refusal(done(edit, undo), replace(undo, id="v"))
    assert refusal(done(edit, kill, Action(id="v", do="undo", of="b")), undo) == ""
    mark = Action(id="m", do="mark", cue=id)
    changed = done(mark, edit, Action(id="u", do="undo", of="m")).cues[id]
    assert (changed.text, "marked" in changed.flags) == ("Other words.", False)
    kept = done(edit, mark, undo).cues[id]
    assert (kept.text, "marked" in kept.flags) == (cue(1).text, True)


def test_an_edit_keeps_the_lines_of_a_person_where_they_fit_and_is_judged_anew() -> None:
    known = fold([BEGUN, cue(1, flags=("fast", "doubtful"))])
    action = Action(id="a", do="edit", cue=cue(1).id, text=" - Yes! \n\n - No!")
    apply(known, action)
    assert effects(known, action, RULES) == [cue(1, text="- Yes!\n- No!", rev=2, flags=("edited",))]
    wordy = replace(action, text="words " * 40)
    [long] = effects(known, wordy, RULES)
    assert isinstance(long, Cue)
    assert long.flags == ("fast", "edited")
    assert long.text.split() == ["words"] * 40
    assert max(map(len, long.text.split("\n"))) <= RULES.cpl
    assert (
        done(Action(id="a", do="edit", cue="s1.en.1", text="No\x00 bell\x07.\x1b")).cues["s1.en.1"].text == "No bell."
    )


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (Action(id="a", do="edit", cue="s1.en.1", text=" \n"), "kill it"),
        (Action(id="a", do="edit", cue="s1.en.1", text="\x00\x1b\n\x07"), "kill it"),
        (Action(id="a", do="place", text="left"), "choose bottom, top or band"),
        (Action(id="a", do="kill", cue="s9.en.1"), "not there any more"),
        (Action(id="a", do="speaker", lang="es"), "--languages fr,es"),
        (Action(id="a", do="name", text="la mairie"), "write it like"),
        (Action(id="a", do="say", lang="de", text="Hallo."), "no track in de"),
        (Action(id="a", do="undo", of="z"), "nothing to undo"),
        (Action(id="a", do="say", lang="en", text="Hello.", value=-5.0), "not in the stream"),
        (Action(id="a", do="say", lang="en", text="Hello.", value=1e300), "not in the stream"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(action: Action, why: str) -> None:
    assert why in refusal(done(), action)
    assert done(action).cues == done().cues
    assert not done(action).touched


def test_an_action_after_a_torn_line_is_read(tmp_path: Path) -> None:
    (tmp_path / "actions.jsonl").write_bytes(b'{"id": "a1", "do": "blank", "text": "\xc3')
    actions = Actions(tmp_path)
    assert list(actions.new()) == []
    keep(tmp_path, Action(id="a2", do="blank", value=1.0))
    assert [action.id for action in actions.new()] == ["a2"]
