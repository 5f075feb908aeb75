"""What comes back after the session has gone on: every line in which the file is otherwise is taken, or told."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from pipeline.afterwards import answer
from pipeline.asked import keep
from pipeline.cli import app
from pipeline.editing import answered, effects
from pipeline.events import Cue, Did, Edit, Ended, Sentence, SessionStarted
from pipeline.flow import SystemClock
from pipeline.journal import Journal, read
from pipeline.review import reading
from pipeline.review.importing import Import, compare
from pipeline.review.tagging import alike
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.formats import to_srt
from pipeline.tracks import TrackFiles

COUNT = 10
_SAID = """seven lanterns behind orchards nobody painted quiet harbours under marble clouds fourteen bakers whistle
tomorrow copper rivers beside crooked ladders silver engines gather strange winters velvet hammers answer"""
_WORDS = _SAID.split()


def words(chance: random.Random) -> str:
    """A line that is like no other."""
    return " ".join(chance.sample(_WORDS, 5)).capitalize() + "."


BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
)


def session(texts: Sequence[str]) -> list[Any]:
    events: list[Any] = [BEGUN]
    for n, text in enumerate(texts, 1):
        events.append(Sentence(id=f"s{n}", lang="fr", start=8.0 * n, end=8.0 * n + 3, text="…", words=()))
        events.append(Cue(id=f"s{n}.en", lang="en", start=8.0 * n, end=8.0 * n + 3, text=text, sentences=(f"s{n}",)))
    return [*events, Ended(reason="ended", stream=900.0)]


class Desk:
    """A session, and what is done at its desk."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.events, self.state = session(texts), State()
        for event in self.events:
            apply(self.state, event)
        self.said = [[cue] for cue in self.track]
        """All that each line ever was."""
        self.touched: set[str] = set()

    @property
    def track(self) -> list[Cue]:
        return self.state.track("en")

    def ask(self, edit: Edit) -> None:
        answer = answered(self.state, edit, CueRules())
        for event in (answer, *effects(answer)):
            self.events.append(event)
            apply(self.state, event)
        if not answer.refused:
            self.touched |= {id for id, _ in edit.before} | {cue.id for cue in edit.after}

    def edit(self, cue: Cue, chance: random.Random) -> None:
        """One of the things that an editor does to a line."""
        id = f"d{len(self.events)}"
        did: Did = chance.choice(["text", "text", "text", "retime", "delete", "insert"])
        if did == "insert":
            new = inserted(cue, f"e-{id}.1", chance)
            if not any(one.start < new.end and one.end > new.start for one in self.track):
                self.ask(Edit(id=id, did="insert", after=(new,)))
                self.said.append([new])
            return
        new = replace(cue, text=words(chance)) if did == "text" else replace(cue, end=cue.end + 0.2)
        after = () if did == "delete" else (new,)
        self.ask(Edit(id=id, did=did, before=((cue.id, cue.rev),), after=after))
        if after:
            next(said for said in self.said if said[0].id == cue.id).append(new)


def inserted(after: Cue, id: str, chance: random.Random) -> Cue:
    """In the pause behind a line."""
    second = after.start // 8 * 8
    return Cue(id=id, lang="en", start=second + 6.0, end=second + 7.5, text=words(chance), sentences=())


def outside(cue: Cue, earlier: Sequence[Cue], chance: random.Random) -> Cue | None:
    """What somebody makes of a line in another tool, or None; also what it was earlier."""
    was = chance.choice(earlier)
    return chance.choice(
        [replace(cue, text=words(chance)), replace(cue, end=cue.end + 0.3), None, replace(cue, text=was.text)]
    )


def brought(text: str, events: Sequence[Any], **more: Any) -> Import:
    numbers = iter(range(10_000))
    file = reading.read(text.encode(), "x.srt")
    return compare(events, file, "x", "en", CueRules(), lambda: f"i{next(numbers)}", **more)


def shown(cue: Cue) -> tuple[float, float, str]:
    return cue.start, cue.end, cue.text


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 4), st.integers(0, 4))
def test_of_an_export_every_line_that_is_otherwise_is_taken_or_told_and_no_other_is_changed(
    seed: int, before: int, since: int, changed: int
) -> None:
    chance = random.Random(seed)
    desk = Desk([words(chance) for _ in range(COUNT)])
    for _ in range(before):
        desk.edit(chance.choice(desk.track), chance)
    exported, given_at = desk.track, len(desk.events)
    desk.touched.clear()
    for _ in range(since):
        desk.edit(chance.choice(desk.track), chance)
    earlier = {said[0].id: said for said in desk.said}
    theirs = {
        cue.id: outside(cue, earlier[cue.id], chance) for cue in chance.sample(exported, min(changed, len(exported)))
    }
    theirs = {id: new for id, new in theirs.items() if not new or shown(new) not in map(shown, exported)}
    lines = [new for cue in exported if (new := theirs.get(cue.id, cue))]
    new_line = inserted(exported[0], "", chance) if changed == 4 and None not in theirs.values() else None
    if new_line and not any(one.start < new_line.end and one.end > new_line.start for one in lines):
        lines.append(new_line)
    file = to_srt(sorted(lines, key=lambda cue: cue.start))
    found = brought(file, desk.events, given=[given_at])
    state = fold(desk.events)
    for one in found.taken:
        answer = answered(state, one.change.edit, CueRules())
        assert {id for id, _ in one.change.edit.before} <= theirs.keys(), "nothing is invented"
        for event in (answer, *effects(answer)):
            apply(state, event)
    told = [one.change for one in found.taken if one.refused] + [*found.left]
    cues = {cue.id for change in told for cue in change.before} | {cue.id for cue in found.came}
    said = {shown(cue) for change in told for cue in change.edit.after}
    known = {cue.id for cue in exported}
    overlapping = [one.change for one in found.taken if one.refused.startswith("It would be on screen together")]
    in_the_way = {cue.id for change in overlapping for cue in change.before}
    here_now = {*map(shown, state.track("en"))}
    assert {*map(shown, lines)} <= here_now | said, "every line of the file is taken or told"
    assert here_now <= {*map(shown, (*lines, *desk.track))}, "nothing is invented"
    assert all(cue.id in state.cues and cue.id in cues for cue in desk.track if cue.id not in known), "nothing is lost"
    for cue in exported:
        here, new, now = state.cues.get(cue.id), theirs.get(cue.id, cue), desk.state.cues.get(cue.id)
        if cue.id in in_the_way:
            continue
        if cue.id not in desk.touched:
            assert (here and shown(here)) == (new and shown(new)), "what nobody touched here is as in the file"
        elif (here and shown(here)) != (new and shown(new)):
            assert here == now, "what was changed here stays"
            assert cue.id in cues or (new and shown(new) in said), "and is told"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    return result.exit_code, result.output


TEXTS = [f"{first.capitalize()} {second} nobody heard of {third}." for first, second, third in zip(
    _WORDS[:COUNT], _WORDS[COUNT : 2 * COUNT], _WORDS[::-1], strict=False
)]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session whose third line was changed at the desk."""
    path = tmp_path / "rally"
    path.mkdir()
    desk = Desk(TEXTS)
    cue = desk.track[2]
    desk.ask(Edit(id="d1", did="text", before=((cue.id, cue.rev),), after=(replace(cue, text="At the desk."),)))
    with Journal(path, SystemClock()) as journal:
        for event in desk.events:
            journal.append(event)
        TrackFiles(path, journal).write()
    return path


def state_of(path: Path) -> State:
    return fold(entry.event for entry in read(path / "journal.jsonl"))


def put_back(file: Path) -> Path:
    file.write_text(file.read_text().replace("At the desk.", TEXTS[2]))
    return file


@pytest.mark.parametrize("own", [True, False])
def test_a_line_that_is_put_back_in_what_was_exported_since_is_an_edit(
    folder: Path, tmp_path: Path, *, own: bool
) -> None:
    """Also in the session's own file, where that lies."""
    file = folder / "subtitles.en.srt" if own else tmp_path / "a.srt"
    if not own:
        assert run("export", folder, "--lang", "en", "--out", file)[0] == 0
    assert run("import", folder, put_back(file), "--lang", "en")[1].startswith("1 text.\n")
    assert [cue.text for cue in state_of(folder).track("en")] == TEXTS


def test_lines_that_were_heard_after_the_file_was_made_stay_whatever_is_put_back() -> None:
    """Of a session that was running then."""
    events = session(TEXTS)
    file = to_srt(cue for cue in fold(events[:13]).track("en"))
    for put in (False, True):
        found = brought(file, events, given=[13], put_back=put)
        assert (found.taken, found.left, len(found.came)) == ((), (), COUNT - 6)


def test_a_line_as_it_was_before_it_was_changed_here_is_told_and_taken_on_demand(folder: Path, tmp_path: Path) -> None:
    """Of a file that nobody knows the time of."""
    file = tmp_path / "a.srt"
    file.write_text((folder / "subtitles.en.srt").read_text())
    code, said = run("import", folder, put_back(file), "--lang", "en")
    assert code == 0
    assert f'0:00:24 text: "{TEXTS[2]}" instead of "At the desk."; left as it is here, where it was changed on' in said
    assert "says what the file says" not in said
    assert state_of(folder).track("en")[2].text == "At the desk."
    assert run("import", folder, file, "--lang", "en", "--put-back")[1].startswith("1 text.\n")
    assert state_of(folder).track("en")[2].text == TEXTS[2]


ITALIC = "<i>Seven</i>"
SLANTED = [TEXTS[0].replace("Seven", ITALIC), *TEXTS[1:]]


@pytest.mark.parametrize(
    ("was", "now", "becomes", "told"),
    [
        (TEXTS, SLANTED, SLANTED, "1 text.\n"),
        (TEXTS, [TEXTS[0].replace("Seven", r"{\i1}Seven{\i0}"), *TEXTS[1:]], SLANTED, "1 text.\n"),
        (TEXTS, [*TEXTS[:4], r"{\an8}" + TEXTS[4], *TEXTS[5:]], TEXTS, r"{\an8} is not taken (0:00:40)"),
        (TEXTS, [f"<i>{text}</i>" for text in TEXTS], TEXTS, "10 lines are in italics, as some tools make them"),
        (SLANTED, TEXTS, SLANTED, "The file has no italics, as some tools leave them out: lines keep theirs (0:00:08)"),
        (SLANTED, [*TEXTS[:9], "<i>Mine</i>."], [*TEXTS[:9], "<i>Mine</i>."], "2 texts.\n"),
        (SLANTED, [SLANTED[0].replace("heard", "saw"), *TEXTS[1:]], ..., "1 text.\n"),
    ],
)
@pytest.mark.parametrize("ending", ["srt", "vtt"])
def test_italics_are_text_and_other_tags_are_told(
    tmp_path: Path, ending: str, was: list[str], now: list[str], becomes: Any, told: str
) -> None:
    path, file = tmp_path / "rally", tmp_path / f"a.{ending}"
    path.mkdir()
    with Journal(path, SystemClock()) as journal:
        for event in session(was):
            journal.append(event)
    cues = [replace(cue, text=text) for cue, text in zip(Desk(TEXTS).track, now, strict=True)]
    text = to_srt(cues) if ending == "srt" else "WEBVTT\n\n" + to_srt(cues).replace(",", ".")
    file.write_text(text)
    code, said = run("import", path, file, "--lang", "en")
    assert code == 0
    assert told in said
    assert "says what the file says" not in said
    assert [cue.text for cue in state_of(path).track("en")] == (now if becomes is ... else becomes)
    assert "text" not in run("import", path, file, "--lang", "en")[1]


def test_what_a_file_brought_is_taken_back_in_one_step(folder: Path, tmp_path: Path) -> None:
    """But for what somebody changed since."""
    file, before = tmp_path / "a.srt", state_of(folder).track("en")
    run("export", folder, "--lang", "en", "--out", file)
    lines = [replace(before[0], text="Mine."), replace(before[1], text="Mine, too."), *before[4:]]  # two deleted
    file.write_text(to_srt(lines))
    said = run("import", folder, file, "--lang", "en")[1]
    assert said.endswith(f"import {folder} --undo takes that back.\n")
    assert run("import", folder, "--undo") == (0, "Taken back: 2 texts, 2 deleted.\n")
    assert [shown(cue) for cue in state_of(folder).track("en")] == [*map(shown, before)]
    assert run("import", folder, "--undo") == (0, "Nothing to take back.\n")
    run("import", folder, file, "--lang", "en")
    cue = state_of(folder).track("en")[0]
    keep(folder, Edit(id="d2", did="text", before=((cue.id, cue.rev),), after=(replace(cue, text="Desk."),)))
    answer(folder)
    code, said = run("import", folder, "--undo")
    assert (code, said.splitlines()[-1]) == (1, "Taken back: 1 text, 2 deleted.")
    assert "not taken: That line was changed again since then" in said
    assert state_of(folder).track("en")[0].text == "Desk."


def test_what_can_no_longer_be_taken_back_does_not_stand_before_the_file_before(folder: Path, tmp_path: Path) -> None:
    before = state_of(folder).track("en")
    for name, text, at in (("a.srt", "First.", 1), ("b.srt", "Second.", 0)):
        run("export", folder, "--lang", "en", "--out", tmp_path / name)
        lines = [
            replace(cue, text=text) if number == at else cue for number, cue in enumerate(state_of(folder).track("en"))
        ]
        (tmp_path / name).write_text(to_srt(lines))
        run("import", folder, tmp_path / name, "--lang", "en")
    cue = state_of(folder).track("en")[0]
    keep(folder, Edit(id="d3", did="text", before=((cue.id, cue.rev),), after=(replace(cue, text="Desk."),)))
    answer(folder)
    code, said = run("import", folder, "--undo")
    assert (code, said.splitlines()[-1]) == (1, "Taken back: 1 text.")
    assert [cue.text for cue in state_of(folder).track("en")[:2]] == ["Desk.", before[1].text]


def test_what_was_mended_in_a_session_is_told_the_way_in_and_comes_in(folder: Path) -> None:
    """On top of what was edited since the last export."""
    track = folder / "subtitles.en.srt"
    run("export", folder, "--out", folder / "out.srt")
    cue = state_of(folder).track("en")[5]
    keep(folder, Edit(id="d2", did="text", before=((cue.id, cue.rev),), after=(replace(cue, text="He  waits..."),)))
    answer(folder)
    said = run("qc", folder, "--fix")[1]
    fixed = folder / "subtitles.en.fixed.srt"
    assert f"import {folder} {fixed} --lang en" in said
    code, said = run("import", folder, fixed, "--lang", "en")
    assert (code, said.splitlines()[0]) == (0, "1 text.")
    assert track.read_text() == fixed.read_text()


def test_what_was_mended_in_a_file_that_is_behind_its_session_takes_nothing_back(folder: Path) -> None:
    """What is edited goes into the journal first, and then into the files."""
    with Journal(folder, SystemClock()) as journal:
        for number, text in ((5, "He  waits..."), (7, "Edited meanwhile.")):
            if number == 7:
                TrackFiles(folder, journal).write()
            cue = state_of(folder).track("en")[number]
            journal.append(replace(cue, rev=cue.rev + 1, text=text, flags=("edited",)))
            journal.sync()
    run("qc", folder, "--fix")
    code, said = run("import", folder, folder / "subtitles.en.fixed.srt", "--lang", "en")
    assert (code, said.splitlines()[1]) == (0, "1 text.")
    assert "left as it is here" in said
    assert [state_of(folder).track("en")[number].text for number in (5, 7)] == ["He waits…", "Edited meanwhile."]


def test_a_line_that_waits_to_be_written_is_in_no_file_and_stays(folder: Path, tmp_path: Path) -> None:
    file, cue = tmp_path / "a.srt", state_of(folder).track("en")[0]
    blank = replace(inserted(cue, "e-d2.1", random.Random(1)), text="…")
    keep(folder, Edit(id="d2", did="insert", after=(blank,)))
    answer(folder)
    run("export", folder, "--lang", "en", "--out", file)
    assert (
        run("import", folder, file, "--lang", "en")[1]
        == "Nothing to bring back: the session says what the file says.\n"
    )
    assert [cue.id for cue in state_of(folder).begun("en")] == [blank.id]


def test_what_was_corrected_in_aegisub_comes_in_and_what_ass_cannot_write_is_no_change(tmp_path: Path) -> None:
    path, file = tmp_path / "rally", tmp_path / "a.ass"
    path.mkdir()
    texts = ["He {so} said \\\\o/ and left.", "<i>Who</i> is there?\nNobody.", *TEXTS[2:]]
    with Journal(path, SystemClock()) as journal:
        for event in session(texts):
            journal.append(event)
    assert run("export", path, "--lang", "en", "--format", "ass", "--out", file)[0] == 0
    assert (
        run("import", path, file, "--lang", "en")[1] == "Nothing to bring back: the session says what the file says.\n"
    )
    said = file.read_text()
    assert r"{\i1}Who{\i0} is there?\NNobody." in said
    said = said.replace("Nobody.", "{a note}Some{\\an8}body.").replace(TEXTS[4], "{\\i1\\1c&H0000FF&}Mine.")
    file.write_text(said + "Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,not shown\n")
    code, told = run("import", path, file, "--lang", "en")
    assert (code, told.splitlines()[2]) == (0, "2 texts.")
    assert r"{\an8} is not taken (0:00:16): lines here have italics, and no places, colours or fonts." in told
    assert r"{\c&H0000FF&} is not taken (0:00:40)" in told
    now = [cue.text for cue in state_of(path).track("en")]
    assert now == [texts[0], "<i>Who</i> is there?\nSomebody.", *texts[2:4], "<i>Mine.</i>", *texts[5:]]
    file.write_text("nothing of the kind")
    assert run("import", path, file, "--lang", "en")[0] != 0


def test_a_line_of_many_tags_is_held_against_another_at_once() -> None:
    coloured = "".join(f"<c.red>{letter}</c>" for letter in "Une ligne en couleur, lettre par lettre")
    assert alike(coloured, "Une ligne en couleur, lettre par lettre")
    assert not alike(coloured, "Une autre ligne en couleur, lettre par lettre")
