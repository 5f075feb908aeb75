"""What was corrected in another tool comes back, all of it and nothing else."""

import random
import subprocess
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain, product
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pysubs2
import pytest
import srt
import webvtt
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.taken import summary
from pipeline.editing import answered, effects, shown_text
from pipeline.errors import SettingsError
from pipeline.events import Cue, Edit, Ended, Sentence, SessionStarted
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.review import reading
from pipeline.review.importing import Import, compare
from pipeline.review.tagging import alike, lines_of, plain
from pipeline.settings import CueRules
from pipeline.state import State, apply, fold
from pipeline.subtitles.formats import bilingual, to_srt, to_vtt
from pipeline.tracks import TrackFiles, tracks

COUNT = 60
_SAID = """the people of Paris have come here tonight to say what nobody else dared and we will not be silent any more
because this square is ours friends comrades thank you for your patience while they repair our sound system"""
_VOICE = _SAID.split()
ODD = {
    7: "A <3 & B > C, 5 < 6 -- “quoted” {braces}",
    8: "Élysée, cœur, ça va ? « Oui »…",
    9: "- Who is there?\n- Nobody.",
    10: "Thank you.",
    11: "Thank you.",
    12: "1945",
}


def _text(number: int, chance: random.Random) -> str:
    words = " ".join(chance.choice(_VOICE) for _ in range(chance.randint(5, 11))).capitalize() + "."
    middle = words.find(" ", len(words) // 2)
    return ODD.get(number) or (f"{words[:middle]}\n{words[middle + 1 :]}" if len(words) > 42 else words)


def _track(lang: str) -> list[Cue]:
    chance = random.Random(lang)
    return [
        Cue(
            id=f"s{n}.{lang}.1",
            lang=lang,
            start=round(4 * n + chance.random() / 3, 3),
            end=round(4 * n + 2.8 + chance.random(), 3),
            text=_text(n, chance),
            sentences=(f"s{n}",),
        )
        for n in range(1, COUNT + 1)
    ]


FR, EN = _track("fr"), _track("en")
BEGUN = SessionStarted(
    version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
)
SENTENCES = [
    Sentence(id=f"s{n}", lang="fr", start=4.0 * n, end=4.0 * n + 3, text="…", words=()) for n in range(1, COUNT + 1)
]
_ENDED = Ended(reason="ended", stream=900.0)
SESSION: list[Any] = [
    BEGUN,
    *chain.from_iterable(zip(SENTENCES, FR, EN, strict=True)),
    _ENDED,
]


def brought(text: str, ending: str = "srt", events: Sequence[Any] = SESSION, **more: Any) -> Import:
    numbers = iter(range(10_000))
    file = reading.read(text.encode(), f"x.{ending}")
    return compare(events, file, "x", more.pop("lang", "en"), CueRules(), lambda: f"i{next(numbers)}", **more)


def told(found: Import) -> str:
    assert not [one.refused for one in found.taken if one.refused]
    return summary(found.taken)


# What other tools make of a file that they load and save.


def by_pysubs2(path: Path, format: str) -> str:
    return pysubs2.load(str(path), encoding="utf-8").to_string(format)


def by_ass(path: Path, format: str) -> str:
    """As Aegisub keeps it: hundredths of a second."""
    ass = pysubs2.SSAFile.from_string(pysubs2.load(str(path), encoding="utf-8").to_string("ass"), "ass")
    return ass.to_string(format)


def by_ffmpeg(path: Path, format: str) -> str:
    muxer = {"srt": "srt", "vtt": "webvtt"}[format]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", muxer, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def by_srt(path: Path, format: str) -> str:
    return str(srt.compose(srt.parse(path.read_text("utf-8"))))


def by_webvtt(path: Path, format: str) -> str:
    loaded = webvtt.from_srt(str(path)) if path.suffix == ".srt" else webvtt.read(str(path))
    return str(loaded.content)


def by_frames(path: Path, format: str) -> str:
    """As Subtitle Edit keeps it that counts frames."""
    cues = list(srt.parse(path.read_text("utf-8")))
    for one in cues:
        one.start, one.end = (timedelta(seconds=round(t.total_seconds() * 25) / 25) for t in (one.start, one.end))
    return str(srt.compose(cues))


@pytest.mark.parametrize(
    ("tool", "load", "save"),
    [
        *product((by_pysubs2, by_ass, by_ffmpeg), ("srt", "vtt"), ("srt", "vtt")),
        (by_srt, "srt", "srt"),
        (by_frames, "srt", "srt"),
        (by_webvtt, "srt", "vtt"),
        (by_webvtt, "vtt", "vtt"),
    ],
)
def test_a_file_that_another_tool_only_saved_changes_nothing(
    tmp_path: Path, tool: Callable[[Path, str], str], load: str, save: str
) -> None:
    path = tmp_path / f"a.{load}"
    path.write_text(to_srt(EN) if load == "srt" else to_vtt(EN), "utf-8")
    assert told(brought(tool(path, save), save)) == ""


# What an editor does in another tool.


def at(number: int) -> Cue:
    return EN[number - 1]


def with_(*changed: Cue | int) -> list[Cue]:
    """The track with these in it; a number is that of a cue that is not."""
    new = {one.id: one for one in changed if isinstance(one, Cue)}
    gone = {at(one).id for one in changed if isinstance(one, int)}
    cues = {**{one.id: one for one in EN}, **new}
    return sorted((one for id, one in cues.items() if id not in gone), key=lambda one: one.start)


def halves(number: int) -> tuple[Cue, Cue]:
    one, words = at(number), at(number).text.split()
    middle, half = round((one.start + one.end) / 2, 3), len(words) // 2
    first = replace(one, end=middle, text=" ".join(words[:half]))
    return first, replace(one, id=f"new{number}", start=middle + 0.1, text=" ".join(words[half:]))


def joined(first: int, last: int) -> list[Cue]:
    text = " ".join(at(n).text.replace("\n", " ") for n in range(first, last + 1))
    return with_(replace(at(first), end=at(last).end, text=text), *range(first + 1, last + 1))


def moved(number: int, start: float = 0.0, end: float = 0.0) -> Cue:
    return replace(at(number), start=round(at(number).start + start, 3), end=round(at(number).end + end, 3))


def new(text: str, start: float, end: float) -> Cue:
    return Cue(id="new", lang="en", start=start, end=end, text=text, sentences=())


def shifted(seconds: float, first: int = 1) -> list[Cue]:
    return with_(*(moved(n, seconds, seconds) for n in range(first, COUNT + 1)))


def stretched(by: float) -> list[Cue]:
    return with_(*(replace(one, start=round(one.start * by, 3), end=round(one.end * by, 3)) for one in EN))


def broken(number: int) -> Cue:
    """On other lines."""
    words = at(number).text.split()
    return replace(at(number), text=f"{words[0]}\n{' '.join(words[1:])}")


GAP = (at(20).end + 0.1, at(21).start - 0.1)
LESS = at(50).text.split()
EDITS: dict[str, tuple[list[Cue], str]] = {
    "a word": (with_(replace(at(3), text=at(3).text.replace(".", " indeed."))), "1 text"),
    "a comma": (with_(replace(at(3), text=at(3).text.replace(" ", ", ", 1))), "1 text"),
    "case": (with_(replace(at(3), text=at(3).text.upper())), "1 text"),
    "a line break": (with_(broken(20)), "1 text"),
    "all new words": (with_(replace(at(30), text="Something quite else was meant here.")), "1 text"),
    "one of two that are alike": (with_(replace(at(11), text="Thanks.")), "1 text"),
    "an accent": (with_(replace(at(8), text=at(8).text.replace("É", "E"))), "1 text"),
    "what stands in brackets": (with_(replace(at(7), text=at(7).text.replace("braces", "brackets"))), "1 text"),
    "brackets that are new": (with_(replace(at(30), text="<so> {he} said: 3 < 4 > 2")), "1 text"),
    "a line of brackets alone": (with_(replace(at(30), text="<laughs>")), "1 text"),
    "a hyphen": (with_(replace(at(9), text="Who is there?\n- Nobody.")), "1 text"),
    "many texts": (with_(*(replace(at(n), text=at(n).text + " Yes.") for n in range(1, 30))), "29 texts"),
    "a later start": (with_(moved(5, start=0.3)), "1 time"),
    "an earlier end": (with_(moved(5, end=-0.04)), "1 time"),
    "both and a text": (with_(replace(moved(5, 0.2, 0.2), text="We shall see.")), "1 text, 1 time"),
    "all later": (shifted(2.5), "60 times"),
    "all much later": (shifted(3600.0), "60 times"),
    "later from here": (shifted(0.7, 31), "30 times"),
    "another frame rate": (stretched(25 / 24), "60 times"),
    "a cue in two": (with_(*halves(25)), "1 split"),
    "two cues in two": (with_(*halves(25), *halves(40)), "2 split"),
    "two cues in one": (joined(25, 26), "1 merged"),
    "three cues in one": (joined(25, 27), "1 merged"),
    "a new line": (with_(new("[Applause]", *GAP)), "1 inserted"),
    "one deleted": (with_(25), "1 deleted"),
    "one of two alike deleted": (with_(10), "1 deleted"),
    "the last deleted": (with_(60), "1 deleted"),
    "the first two deleted": (with_(1, 2), "2 deleted"),
    "a word given to the next": (
        with_(
            replace(at(50), text=" ".join(LESS[:-1])),
            replace(at(51), text=f"{LESS[-1]} {at(51).text}"),
        ),
        "2 texts",
    ),
    "all at once": (
        with_(3, 4, *halves(25), replace(at(8), text="Oui."), moved(13, 0.1), replace(at(33), text="No!"), 60),
        "2 texts, 1 time, 1 split, 3 deleted",
    ),
}
FORMS: tuple[tuple[Callable[[Sequence[Cue]], str], str], ...] = ((to_srt, "srt"), (to_vtt, "vtt"))


@pytest.mark.parametrize("kind", EDITS)
@pytest.mark.parametrize(("form", "ending"), FORMS, ids=("srt", "vtt"))
def test_what_was_edited_outside_is_told_exactly_and_the_track_says_it(
    kind: str, form: Callable[[Sequence[Cue]], str], ending: str
) -> None:
    cues, summed = EDITS[kind]
    found = brought(form(cues), ending)
    assert told(found) == summed
    state, events = imported(SESSION, found)
    assert [(c.start, c.end, c.text) for c in state.track("en")] == [
        (round(c.start, 3), round(c.end, 3), c.text) for c in cues
    ]
    again = brought(form(cues), ending, events)
    assert (told(again), again.left) == ("", ())


def imported(events: Sequence[Any], found: Import) -> tuple[State, list[Any]]:
    """The session after it, and its events."""
    state, made = fold(events), [*events]
    for one in found.taken:
        answer = answered(state, one.change.edit, CueRules())
        assert isinstance(answer, Edit)
        for event in (answer, *effects(answer)):
            made.append(event)
            apply(state, event)
    return state, made


def test_a_file_that_does_not_fit_is_refused_in_a_sentence() -> None:
    other = [replace(one, start=one.start + 1.7, text=f"{n} bottles on the wall") for n, one in enumerate(EN)]
    for cues, why in (
        (other, "is not of this session"),
        ([], "is not of this session"),
        (FR, "say --lang fr"),
        ([*bilingual(FR, EN)], "the lines of fr-en"),
    ):
        with pytest.raises(SettingsError, match=why):
            brought(to_srt(cues))
    with pytest.raises(SettingsError, match="line 1: this text belongs to no cue"):
        brought("1\n00:00:0x,000 --> 00:00\n" + to_srt(EN))


def test_a_part_of_a_session_that_was_edited_deletes_nothing_without_a_word() -> None:
    _, edited = imported(SESSION, brought(to_srt(with_(replace(at(3), text="Mine.")))))
    with pytest.raises(SettingsError, match="would be deleted"):
        brought(to_srt(EN[:20]), events=edited, latest=True)


def test_a_file_that_was_made_before_later_edits_changes_what_it_changed_and_no_more() -> None:
    exported = with_(replace(at(20), text="From outside."), replace(at(40), text="Both."), replace(at(5), text="Same."))
    at_desk = with_(
        replace(at(10), text="At the desk."), replace(at(40), text="Otherwise."), replace(at(5), text="Same."), 50
    )
    state, events = imported(SESSION, brought(to_srt(at_desk)))
    found = brought(to_srt(exported), events=events)
    assert [one.edit.did for one in found.left] == ["text", "restore"]  # what the file has, too, is no difference
    assert [(one.change.edit.after[0].text, one.refused[:27]) for one in found.taken] == [
        ("From outside.", ""),
        ("Both.", "That line was changed meanw"),
    ]
    whole = brought(to_srt(exported), events=events, latest=True)
    assert told(whole) == "3 texts, 1 restored"
    state, _ = imported(events, whole)
    assert to_srt(state.track("en")) == to_srt(exported)
    assert state.cues[at(50).id].sentences == at(50).sentences


def test_the_one_edit_since_the_file_was_made_stays() -> None:
    _, events = imported(SESSION, brought(to_srt(with_(replace(at(30), text="At the desk.")))))
    found = brought(to_srt(with_(replace(at(20), text="From outside."))), events=events)
    assert (told(found), [one.edit.before[0][0] for one in found.left]) == ("1 text", [at(30).id])


def test_the_only_line_that_both_changed_is_refused_unless_the_file_has_it_from_here() -> None:
    """By its words the file was made before or after that."""
    _, events = imported(SESSION, brought(to_srt(with_(replace(at(40), text="Something quite else.")))))
    [conflict] = brought(to_srt(with_(replace(at(40), text=f"{at(40).text} Indeed."))), events=events).taken
    assert conflict.refused.startswith("That line was changed meanwhile")
    after = brought(to_srt(with_(replace(at(40), text="Something else."))), events=events)
    assert (told(after), after.left) == ("1 text", ())


def test_both_languages_of_a_pair_follow_a_split_and_a_merge_outside() -> None:
    state, events = imported(SESSION, brought(to_srt(joined(25, 26))))
    assert state.cues[at(25).id].sentences == ("s25", "s26")
    again = with_(replace(at(25), text=at(25).text), 26)  # and apart again, at the sentence's end
    back = brought(to_srt(EN), events=events, latest=True)
    assert told(back) == "1 split"
    assert len(again) == COUNT - 1
    state, _ = imported(events, back)
    assert [one.sentences for one in state.track("en")[24:26]] == [("s25",), ("s26",)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "rally"
    path.mkdir()
    with Journal(path, SystemClock()) as journal:
        for event in SESSION:
            journal.append(event)
        TrackFiles(path, journal).write()
    return path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["import", *map(str, arguments)])
    if isinstance(result.exception, SettingsError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output


def state_of(path: Path) -> State:
    return fold(entry.event for entry in read(path / "journal.jsonl"))


def test_the_command_brings_a_file_back_and_the_session_is_as_the_file_says(folder: Path) -> None:
    file = folder / "subtitles.en.srt"  # edited where it lay
    file.write_bytes(b"\xef\xbb\xbf" + to_srt(with_(3, replace(at(4), text="Mine."))).replace("\n", "\r\n").encode())
    before = (folder / "journal.jsonl").read_bytes()
    code, said = run(folder, file, "--lang", "en", "--dry-run")
    assert (code, (folder / "journal.jsonl").read_bytes()) == (0, before)
    assert '0:00:16 text: "Mine." instead of' in said
    assert said.endswith("\nWithout --dry-run: 1 text, 1 deleted. Nothing is changed yet.\n")
    assert run(folder, file, "--lang", "en")[1].startswith("1 text, 1 deleted.\n")
    for name, text in tracks(state_of(folder)):
        assert (folder / name).read_text("utf-8") == text
    assert run(folder, file, "--lang", "en") == (0, "Nothing to bring back: the session says what the file says.\n")
    assert run(folder, file, "--lang", "de")[0] == 2


def test_what_cannot_be_taken_is_listed_kept_and_leaves_with_1(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.srt"
    file.write_text(to_srt(with_(moved(5, end=3.0), replace(at(8), text="Oui."))), "utf-8")
    code, said = run(folder, file, "--lang", "en")
    assert code == 1
    assert "not taken: It would be on screen together with the line at 0:00:24" in said
    assert "1 text.\n1 could not be taken; they are listed above, and nothing of the file is lost.\n" in said
    assert [edit.did for edit in state_of(folder).edits.values() if edit.refused] == ["retime"]


def test_a_new_line_without_words_which_would_be_in_no_file_is_listed(folder: Path, tmp_path: Path) -> None:
    """Where the desk waits for somebody to write, an ellipsis stands."""
    file = tmp_path / "a.srt"
    file.write_text(to_srt(with_(new("…", *GAP), replace(at(8), text="…"))), "utf-8")
    code, said = run(folder, file, "--lang", "en")
    assert code == 1
    assert 'insert: "…"; not taken: A new line of “…” alone is one that nobody has written yet' in said
    assert "1 text.\n1 could not be taken; they are listed above" in said
    assert not state_of(folder).begun("en")
    assert state_of(folder).cues[at(8).id].text == "…"
    assert run(folder, file, "--lang", "en")[0] == 1


def test_a_file_that_comes_a_second_time_takes_no_more_than_the_first_time(folder: Path, tmp_path: Path) -> None:
    """What was refused is told again, with what the line says now, and what was edited here stays."""
    at_desk = with_(replace(at(20), text="At the desk."), replace(at(40), text="Otherwise."))
    changed = {30: "From outside.", 31: "This, too.", 40: "Both."}
    outside = with_(*(replace(at(number), text=text) for number, text in changed.items()))
    for name, track in (("desk.srt", at_desk), ("outside.srt", outside)):
        (tmp_path / name).write_text(to_srt(track), "utf-8")
    run(folder, tmp_path / "desk.srt", "--lang", "en")
    code, said = run(folder, tmp_path / "outside.srt", "--lang", "en")
    refused = next(line for line in said.splitlines() if "not taken" in line)
    assert refused.endswith('not taken: that line was changed meanwhile, and now says "Otherwise."')
    assert (code, said.splitlines()[2]) == (1, "2 texts.")
    was = state_of(folder).track("en")
    code, again = run(folder, tmp_path / "outside.srt", "--lang", "en")
    assert code == 1
    assert {refused, "Nothing that can be brought back."} <= {*again.splitlines()}
    assert state_of(folder).track("en") == was
    assert run(folder, tmp_path / "outside.srt", "--lang", "en", "--latest")[0] == 0
    assert to_srt(state_of(folder).track("en")) == to_srt(outside)


def test_tags_of_a_session_that_was_made_of_a_tagged_file_stay_and_may_be_edited() -> None:
    italic = replace(at(30), text="<i>We shall</i> see, {so} they said.")
    events = [*SESSION[:-1], replace(italic, rev=2), _ENDED]
    assert told(brought(to_srt(with_(italic)), events=events)) == ""
    assert told(brought(to_srt(with_(replace(italic, text="We shall see, they said."))), events=events)) == ""
    changed = with_(replace(italic, text="<i>We shall</i> hear, {so} they said."))
    for write, ending in FORMS:
        assert told(brought(write(with_(italic)), ending, events)) == ""
        state, _ = imported(events, brought(write(changed), ending, events))
        assert write(state.track("en")) == write(changed)


def test_a_running_session_takes_it_over_by_itself(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.vtt"
    file.write_text(to_vtt(with_(3)), "utf-8")
    with lock(folder):
        code, said = run(folder, file, "--lang", "en")
    assert (code, said.splitlines()[:2]) == (
        0,
        ["1 deleted.", "The session is running, and takes them over by itself."],
    )
    assert len(state_of(folder).track("en")) == COUNT


@settings(max_examples=25, deadline=None)
@example(849, FORMS[0])  # most lines at the end are split or gone: that is no file of a session that was shorter then
@given(st.integers(0, 10**9), st.sampled_from(FORMS))
def test_what_is_exported_brings_nothing_and_any_track_comes_back_whole(
    seed: int, form: tuple[Callable[[Sequence[Cue]], str], str]
) -> None:
    chance, (write, ending) = random.Random(seed), form
    cues: list[Cue] = []
    for number, one in enumerate(EN, 1):
        kind = chance.choice(["same"] * 6 + ["text", "gone", "halves", "moved"])
        if kind == "text":
            cues.append(replace(one, text=chance.choice(["Hm.", one.text + " No?", "He {so} said.", "<so> 1 > 0 {"])))
        elif kind == "halves" and len(one.text.split()) > 2:
            cues += halves(number)
        elif kind != "gone":
            cues.append(moved(number, 0.2, 0.2) if kind == "moved" else one)
    found = brought(write(cues), ending)
    state, events = imported(SESSION, found)
    assert not [one for one in found.taken if one.refused]
    assert to_srt(state.track("en")) == to_srt(cues)
    assert not brought(write(state.track("en")), ending, events).taken


PIECES = (
    "{so}", "<so>", "<", ">", "{", "}", "{}", "<>", "<i>", "</i>", "<b", "<c.x>", "<00:01>", "<3", "{\\an8}", "{y:i}",
    "&", "&lt;", "-->", "\\", "\n", " ", " <", " >", "12", "He", "said",
)  # fmt: skip
BRACKETS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join).map(shown_text).filter(bool)


@settings(max_examples=40, deadline=None)
@example("He said", "He <3<i>> {so} said", FORMS[0])  # without its tag it has another
@example("{so}\n-->\n<i>", "{so}\n-->\n<i>", FORMS[0])  # a line that has nothing but a tag
@example("-->{{<i>}", "-->{{<i>}", FORMS[0])  # a tag within what looks like one
@given(BRACKETS, BRACKETS, st.sampled_from(FORMS))
def test_text_with_braces_and_angle_brackets_is_taken_once_as_a_reader_of_the_file_sees_it(
    was: str, text: str, form: tuple[Callable[[Sequence[Cue]], str], str]
) -> None:
    """Whatever stood there before, and whether or not it looks like a tag; tags of a tagged session are its text."""
    write, ending = form
    events = [*SESSION[:-1], replace(at(30), rev=2, text=was), _ENDED]
    file = write(with_(replace(at(30), text=text)))
    found = brought(file, ending, events)
    assert {one.change.edit.before[0][0] for one in found.taken} <= {at(30).id}
    assert not [one.refused for one in found.taken if one.refused]
    state, after = imported(events, found)
    seen = [line for line in lines_of(reading.read(file.encode(), f"x.{ending}"), ()) if line.start == at(30).start]
    assert len(state.track("en")) == COUNT - 1 + len(seen)
    for line in seen:
        says = state.cues[at(30).id].text
        as_written = plain(was, None)  # with the arrows that a file can have
        kept = says == was and (as_written in (line.text, line.tagged, line.italic) or alike(as_written, line.text))
        assert kept or says in (line.text, line.tagged, line.italic)
    assert not brought(file, ending, after).taken
    assert not brought(write(state.track("en")), ending, after).taken
