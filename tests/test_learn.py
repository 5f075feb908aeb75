"""What an editor did again and again is proposed for the next session, with its evidence, and written once."""

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from pipeline.answering import answered, effects
from pipeline.cli import app
from pipeline.commands.init import template
from pipeline.events import Action, Cue, Did, Edit, Ended, Progress, Sentence, SessionStarted, Suppressed, Word
from pipeline.flow import SystemClock
from pipeline.journal import Entry, Journal
from pipeline.names.glossary import Glossary, parse
from pipeline.report.record import Record
from pipeline.review.learning.learn import proposals
from pipeline.review.learning.proposal import Proposal
from pipeline.review.learning.writing import with_setting
from pipeline.settings import CueRules, Settings
from pipeline.speech.boilerplate import phrases, plain
from pipeline.state import State, apply, fold

BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
)
SAID = [
    ("Mélanie Brasac parle de la mairie.", "Mélanie Brasac speaks of the mayor's house."),
    ("Nous avons occupé la mairie hier.", "We occupied the mayor's house yesterday."),
    ("Merci à madame Bras Sac.", "Thanks to Mrs Bras Sac."),
    ("La mairie nous appartient.", "The mayor's house belongs to us."),
    ("Abonnez-vous à la page.", "Subscribe to the page."),
    ("Bravo.", "Bravo."),
    ("Abonnez-vous à la page.", "Subscribe to the page."),
    ("Bravo.", "Bravo."),
    ("La grève continue demain matin.", "The strike goes on tomorrow morning."),
    ("Il faut tenir bon.", "We must hold out."),
    ("Bravo.", "Bravo."),
]


def said(number: int) -> list[Any]:
    french, english = SAID[number - 1]
    start, end = 4.0 * number, 4.0 * number + 2.5
    word = Word(start=start, end=end, text=french, probability=0.9)
    made = Cue(id=f"s{number}.fr.1", lang="fr", start=start, end=end, text=french, sentences=(f"s{number}",))
    return [
        Sentence(id=f"s{number}", lang="fr", start=start, end=end, text=french, words=(word,)),
        made,
        replace(made, id=f"s{number}.en.1", lang="en", text=english),
    ]


class Desk:
    """Somebody who edits a session."""

    def __init__(self, *more: Any) -> None:
        self.events: list[Any] = [BEGUN, *(event for n in range(1, len(SAID) + 1) for event in said(n)), *more]
        self.state: State = fold(self.events)

    def do(self, asked: Action | Edit) -> None:
        answer = answered(self.state, asked, CueRules())
        assert not answer.refused
        for event in (answer, *effects(apply(self.state, answer), answer, CueRules())):
            apply(self.state, event)
            self.events.append(event)

    def text(self, id: str, old: str, new: str) -> None:
        cue = self.state.cues[id]
        assert old in cue.text
        self.change(id, text=cue.text.replace(old, new))

    def change(self, id: str, **fields: Any) -> None:
        cue = self.state.cues[id]
        did: Did = "text" if "text" in fields else "retime"
        self.do(Edit(id=f"e{len(self.events)}", did=did, before=((id, cue.rev),), after=(replace(cue, **fields),)))

    def delete(self, id: str) -> None:
        self.do(Edit(id=f"e{len(self.events)}", did="delete", before=((id, self.state.cues[id].rev),)))

    def found(self, glossary: str = "") -> list[Proposal]:
        entries = [Entry(number, 100.0 + number, event) for number, event in enumerate(self.events, 1)]
        return proposals(Record(entries, Settings()), parse(glossary, "g"))

    def proposed(self, kind: str, glossary: str = "") -> dict[str, Proposal]:
        return {one.what: one for one in self.found(glossary) if one.kind == kind}


def test_a_name_that_was_put_right_is_proposed_with_all_that_was_heard() -> None:
    """In either language; an edit that was undone says nothing, nor one of a word that is no name."""
    desk = Desk()
    desk.text("s1.fr.1", "Brasac", "Brassac")
    desk.text("s1.en.1", "Brasac", "Brassac")
    desk.text("s3.en.1", "Bras Sac", "Brassac")
    desk.text("s9.en.1", "strike", "Marseille")
    desk.do(Edit(id="u", did="undo", of=list(desk.state.edits)[-1]))
    desk.text("s10.en.1", "We must", "Must we")
    ((what, one),) = desk.proposed("name").items()
    assert what == "Brassac = Brassac [Brasac, Bras Sac]"
    assert one.why == 'put right twice; heard as "Brasac", "Bras Sac"'
    assert [(e.cue, e.before, e.after) for e in one.evidence][1] == (
        "s3.en.1", "Thanks to Mrs Bras Sac.", "Thanks to Mrs Brassac."
    )  # fmt: skip


def test_a_name_that_was_heard_right_is_proposed_where_it_was_translated_wrong_twice() -> None:
    """Without the words around it, and without what was heard."""
    desk = Desk()
    desk.text("s4.en.1", "The mayor's house", "The house of La Mairie of")
    assert not desk.proposed("name")
    desk.text("s2.en.1", "the mayor's house", "La Mairie")
    ((what, one),) = desk.proposed("name").items()
    assert (what, one.why) == ("La Mairie = La Mairie", "put right twice; it was heard right")


def test_what_the_glossary_says_of_a_name_stays() -> None:
    desk = Desk()
    desk.text("s1.fr.1", "Brasac", "Brassac")
    assert list(desk.proposed("name", "Brassac = Ms Brassac [brassaque]")) == [
        "Brassac = Ms Brassac [brassaque, Brasac]"
    ]


def test_an_everyday_word_that_was_heard_for_a_name_is_shown_and_not_written() -> None:
    """It would be replaced wherever it stands."""
    desk = Desk()
    desk.text("s9.fr.1", "grève", "Greave")
    ((what, one),) = desk.proposed("name").items()
    assert what == "Greave = Greave"
    assert '"grève"' in one.why


def test_a_translation_that_was_put_right_the_same_way_is_proposed_with_what_was_said() -> None:
    desk = Desk()
    for number in (1, 2):
        desk.text(f"s{number}.en.1", "mayor's house", "town hall")
    ((what, one),) = desk.proposed("word").items()
    assert (what, one.against, len(one.evidence)) == ("mairie = town hall", 1, 2)
    desk.text("s9.en.1", "strike", "walkout")  # once is no habit
    assert len(desk.proposed("word")) == 1


def test_what_was_taken_out_again_and_again_is_proposed_and_what_is_said_too_only_with_care() -> None:
    desk = Desk()
    desk.delete("s5.en.1")
    desk.do(Action(id="k", do="kill", cue="s7.en.1"))
    desk.delete("s6.fr.1")
    desk.delete("s8.fr.1")
    assert [(what, one.why) for what, one in desk.proposed("phrase").items()] == [
        ("Abonnez-vous à la page.", "taken out twice"),
        ("? Bravo.", "taken out twice, left once"),
    ]
    desk.do(Action(id="u", do="undo", of="k"))
    assert list(desk.proposed("phrase")) == ["? Bravo."]


def test_what_a_guard_kept_back_and_an_editor_put_back_speaks_against_the_guard() -> None:
    kept = [
        Suppressed(start=60.0 + 4 * n, end=62.0 + 4 * n, text=text, reason=reason)
        for n, (text, reason) in enumerate([
            ("Merci à tous d'être venus.", "a phrase that Whisper makes up"),
            ("Tous ensemble !", "nobody speaks in 80% of its time"),
            ("Tous debout !", "nobody speaks in 77% of its time"),
            ("On ne lâche rien !", "nobody speaks in 90% of its time"),
            ("Euh.", "nobody speaks in 95% of its time"),
        ])
    ]  # fmt: skip
    desk = Desk(*kept)
    for n, text in enumerate(kept[:4]):
        cue = Cue(id=f"e-r{n}.1", lang="fr", start=text.start, end=text.end, text=text.text, sentences=())
        desk.do(Edit(id=f"r{n}", did="restore", after=(cue,)))
    assert list(desk.proposed("phrase")) == ["? Merci à tous d'être venus."]
    ((what, one),) = desk.proposed("setting").items()
    assert what == "speech.voiced = 0.05"
    assert one.why == "of 4 texts that this guard kept back, 3 were put back"
    assert desk.proposed("hint").keys() == set()


def test_a_guard_without_a_setting_is_told_of() -> None:
    reason = "text that repeats itself (3 times)"
    kept = [Suppressed(start=60.0 + n, end=60.9 + n, text=f"Tous {n}", reason=reason) for n in range(4)]
    unlikely = "no more than a guess (mean log probability -1.3)"
    kept += [Suppressed(start=70.0 + n, end=70.9 + n, text=f"Oui {n}", reason=unlikely) for n in range(4)]
    desk = Desk(*kept)
    for n, text in enumerate(one for one in kept if not one.text.endswith("3")):
        cue = Cue(id=f"e-r{n}.1", lang="fr", start=text.start, end=text.end, text=text.text, sentences=())
        desk.do(Edit(id=f"r{n}", did="restore", after=(cue,)))
    assert "text that repeats itself" in next(iter(desk.proposed("hint")))
    (one,) = desk.proposed("setting").values()
    assert (one.what, one.against) == ("speech.likely = -1.4", 1)
    assert one.why.endswith("3 were put back; 1 that were not would have been shown, too")


def test_habits_become_settings() -> None:
    desk = Desk()
    for number in range(1, 11):
        cue = desk.state.cues[f"s{number}.en.1"]
        desk.change(cue.id, end=round(cue.end + 0.4, 3))
    one = desk.proposed("setting")["cues.linger = 0.9"]
    assert one.why == "10 lines were made to end 0.4 s later (median)"
    assert len(one.evidence) == 10


def test_lines_that_were_too_fast_short_or_wide_become_settings() -> None:
    desk = Desk()
    for number in range(1, 7):
        cue = desk.state.cues[f"s{number}.en.1"]
        quick = replace(cue, end=cue.start + 0.9, text="x" * 20, rev=2)
        apply(desk.state, quick)
        desk.events.append(quick)
        desk.change(cue.id, end=cue.start + 1.4, text="x" * 20)
    for number in range(1, 7):
        desk.change(f"s{number}.fr.1", text="y" * 45)
    found = desk.proposed("setting")
    assert {"cues.cps = 14.0", "cues.shortest = 1.4", "cues.cpl = 45"} <= found.keys()
    assert "6 lines were slowed down, from 22.2 to 14.3" in found["cues.cps = 14.0"].why


def test_lines_that_came_later_than_the_screen_are_told_with_the_delay_to_choose() -> None:
    desk = Desk()
    entries = [Entry(n, 1000.0, event) for n, event in enumerate([BEGUN, Action(id="d", do="delay", value=10)], 1)]
    for number in range(1, 6):
        recorded = 4.0 * number + 2.5
        note = Progress(recorded=recorded, heard=recorded, compute=0.0)
        entries.append(Entry(0, 1000.0 + recorded, note))
        entries += [Entry(0, 1000.0 + recorded + (22 if number == 3 else 2), event) for event in said(number)]
    (one,) = [one for one in proposals(Record(entries, Settings()), Glossary()) if one.kind == "hint"]
    assert one.what.startswith("livesubs run --delay 2")
    assert "1 of 5 lines were later than the screen's 10 s" in one.why
    assert not desk.proposed("hint")


def test_nothing_was_edited_nothing_is_learnt() -> None:
    assert Desk().found() == []


# Writing it down


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    desk = Desk()
    desk.text("s1.fr.1", "Brasac", "Brassac")
    for number in (1, 2):
        desk.text(f"s{number}.en.1", "mayor's house", "town hall")
    desk.delete("s5.en.1")
    desk.delete("s7.en.1")
    for number in (1, 2, 3, 4, 6, 8, 9, 10, 11):
        cue = desk.state.cues[f"s{number}.en.1"]
        desk.change(cue.id, end=round(cue.end + 0.4, 3))
    desk.change("s8.fr.1", end=34.5)
    path = tmp_path / "rally"
    path.mkdir()
    with Journal(path, SystemClock()) as journal:
        for event in (*desk.events, Ended(reason="ended", stream=50.0)):
            journal.append(event)
    monkeypatch.chdir(tmp_path)
    return path


def learn(*words: object) -> Result:
    return CliRunner().invoke(app, ["learn", *map(str, words)])


def test_what_is_accepted_is_written_once_and_keeps_its_number(edited: Path, tmp_path: Path) -> None:
    listed = learn(edited).stdout
    assert [line[4:] for line in listed.splitlines() if line[:2].strip().isdigit()] == [
        "name    Brassac = Brassac [Brasac]",
        "word    mairie = town hall",
        "phrase  Abonnez-vous à la page.",
    ]
    assert '0:00:04 "Mélanie Brasac parle de la mairie." -> "Mélanie Brassac parle de la mairie."' in listed
    assert listed.splitlines()[-1] == "`--accept 1,2,3` writes all of those down."
    assert not (tmp_path / "names.txt").exists()
    assert learn(edited, "--accept", "1,3").stdout.splitlines() == [
        "1  Brassac = Brassac [Brasac]: written to names.txt",
        "3  Abonnez-vous à la page.: written to livesubs.toml",
    ]
    before = (tmp_path / "names.txt").read_bytes(), (tmp_path / "livesubs.toml").read_bytes()
    assert learn(edited, "--accept", "1,3").stdout.count("was there already") == 2
    assert before == ((tmp_path / "names.txt").read_bytes(), (tmp_path / "livesubs.toml").read_bytes())
    assert [one["accepted"] for one in msgspec.json.decode(learn(edited, "--json").stdout)] == [True, False, True]
    assert learn(edited).stdout.splitlines()[-1] == "`--accept 2` writes it down."
    assert learn(edited, "--accept", "2").stdout.startswith("2  mairie = town hall: written")
    assert "writes" not in learn(edited).stdout
    assert (tmp_path / "names.txt").read_text("utf-8").splitlines() == [
        "Brassac = Brassac [Brasac]", "mairie = town hall"
    ]  # fmt: skip
    assert tomllib.loads((tmp_path / "livesubs.toml").read_text())["speech"]["phrases"] == ["Abonnez-vous à la page."]


@pytest.mark.parametrize("typed", ["0", "9", "x", "1,,2", ""])
def test_a_number_that_is_none_is_refused_and_writes_nothing(edited: Path, tmp_path: Path, typed: str) -> None:
    assert "numbers of the list; type them like --accept 1,2" in str(learn(edited, f"--accept={typed}").exception)
    assert not (tmp_path / "names.txt").exists()


def test_at_a_terminal_it_asks_one_by_one(edited: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline", "learn", str(edited)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    os.write(ours, b"y\nn\nq\n")
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        assert process.wait(240) == 0
    os.close(theirs)
    os.close(ours)
    assert (tmp_path / "names.txt").read_text("utf-8") == "Brassac = Brassac [Brasac]\n"
    assert not (tmp_path / "livesubs.toml").exists()


def test_the_template_of_init_has_what_it_says_above_still_above_it() -> None:
    text = with_setting(template(), "cues", "linger", 0.9)
    assert text
    assert text.replace("linger = 0.9", "#linger = 0.5", 1) == template()
    assert tomllib.loads(text) == {"source": {}, "speech": {}, "sentences": {}, "cues": {"linger": 0.9},
                                   "translation": {"urls": {}}}  # fmt: skip


LINES = st.lists(
    st.sampled_from(
        [
            "[cues]", "[speech]", "[translation.urls]", "cps = 12.0", "cps = 9  # mine", "#cps = 17.0", "# a comment",
            "", 'model = "a # b"', 'phrases = [', '"x",', "]", 'phrases = ["a"]', 'glossary = "cps = 3"', "[ cues ]",
        ]
    ),
    max_size=9,
)  # fmt: skip


@given(LINES, st.booleans())
def test_a_setting_is_written_and_nothing_else_is_changed(lines: list[str], ended: bool) -> None:
    text = "\n".join(lines) + "\n" * ended
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    if new := with_setting(text, "cues", "cps", 15.0):
        assert tomllib.loads(new) == {**before, "cues": {**before.get("cues", {}), "cps": 15.0}}
        kept = [line for line in lines if line.startswith("#") and "cps" not in line]
        assert [line for line in new.splitlines() if line in kept] == kept


def test_phrases_of_ones_own_count_and_what_people_say_here_is_no_boilerplate() -> None:
    assert phrases().never.fullmatch(plain("Merci d'avoir regardé cette vidéo !"))
    own = phrases(("Abonnez-vous à la page.", "? merci d'avoir regardé cette vidéo", "bises *"))
    assert own.never.fullmatch(plain("abonnez-vous à la page"))
    assert own.never.fullmatch(plain("Bises à vous"))
    assert not own.never.fullmatch(plain("Merci d'avoir regardé cette vidéo !"))
    assert own.seldom.fullmatch(plain("Merci d'avoir regardé cette vidéo !"))
    assert own.never.fullmatch(plain("Merci d'avoir regardé cette vidéo")) is None
    assert own.never.fullmatch(plain("Sous-titrage Société Radio-Canada"))
