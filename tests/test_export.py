"""`livesubs export`: subtitles as other tools read them, what stands beside them, and what is refused."""

import csv
import html
import io
import json
import subprocess
from pathlib import Path

import msgspec
import pysubs2
import pytest
import srt
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline import assets, cli
from pipeline.afterwards import answer
from pipeline.asked import keep
from pipeline.drafts import Draft
from pipeline.errors import LivesubsError, ModelError, SessionError, SettingsError
from pipeline.events import Action, Cue, Edit, Gap, MediaSegment, Resumed, Sentence, SessionStarted, Withdrawn, Word
from pipeline.export import marks, texts
from pipeline.export.chapters import chapters
from pipeline.export.stretches import Stretch, kept, length, moved
from pipeline.export.track import cues
from pipeline.export.transcript import transcript
from pipeline.export.youtube import Part
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.review.queue import Problem
from pipeline.state import fold
from pipeline.web.drafts import Drafts
from tests.test_review_spelling import needs_dictionaries
from tests.web.sessions import STARTED, cue, finished
from tests.web.shows import line

TEXTS = {
    3: "Good evening,\neveryone.",
    5: "Déjà <vu> & {so} on --> here",
    9: "- Yes.\n- No.",
    3700: "C'est fini\u2026 \u00abvraiment\u00bb.",
}


def export(*words: str | Path) -> None:
    cli.app(["export", *map(str, words)], standalone_mode=False)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session of French and English, a minute after the other."""
    folder = tmp_path / "tonight"
    folder.mkdir()
    both = [cue(at, text, lang, seconds=1.25) for at, text in TEXTS.items() for lang in ("fr", "en")]
    return finished(folder, both, stream=4000.0)


def shown(format: str) -> list[tuple[int, int, str]]:
    """(start, end, text) of the English cues as they have to be in a file, times in ms."""
    texts = [text.replace("{so}", "(so)") if format == "ass" else text.replace("-->", "→") for text in TEXTS.values()]
    return [(at * 1000, at * 1000 + 1250, text) for at, text in zip(TEXTS, texts, strict=True)]


def read_as(format: str, text: str) -> str:
    text = text.replace("\\N", "\n")
    return html.unescape(text) if format == "vtt" else text


@pytest.mark.parametrize("flags", [[], ["--bom", "--crlf"]], ids=["plain", "windows"])
@pytest.mark.parametrize("format", ["srt", "vtt", "ass"])
def test_other_programs_read_every_cue_as_it_is(
    session: Path, tmp_path: Path, ffmpeg: str, format: str, flags: list[str]
) -> None:
    out = tmp_path / f"x.{format}"
    export(session, "--format", format, "--out", out, *flags)
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == bool(flags)
    assert (b"\r\n" in data) == bool(flags)
    assert b"\r\r" not in data
    read = pysubs2.load(str(out), encoding="utf-8-sig", keep_html_tags=True, keep_unknown_html_tags=True)
    want = shown(format)
    assert [(e.start, e.end, read_as(format, e.text)) for e in read] == want
    command = [ffmpeg, "-v", "error", "-i", str(out), "-f", "ass", "-"]
    through = pysubs2.SSAFile.from_string(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert [(e.start, e.end) for e in through] == [(start, end) for start, end, _ in want]
    assert [e.text.count("\\N") for e in through] == [text.count("\n") for _, _, text in want]


def test_what_was_edited_is_what_is_exported(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Also of a session that runs, whose lock is somebody else's."""
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (
            STARTED,
            cue(2, "Good evning."),
            cue(4, "Thank you for watching!"),
            Action(id="a", do="edit", cue="2.en", text="Good evening."),
            msgspec.structs.replace(cue(2, "Good evening."), rev=2, flags=("edited",)),
            Action(id="b", do="kill", cue="4.en"),
            Withdrawn(id="4.en"),
        ):
            journal.append(event)
        with lock(tmp_path):
            export(tmp_path, "--out", "-")
    assert capfdbinary.readouterr().out == b"1\n00:00:02,000 --> 00:00:03,000\nGood evening.\n\n"


def test_a_line_that_is_being_written_at_the_desk_is_told(
    session: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(session, "--out", tmp_path / "a.srt")
    assert not capsys.readouterr().err
    drafts = Drafts(session, lambda *told: None)
    drafts.keep("s1.en.1", Draft(lang="en", text="Half a", start=0.0, end=1.0, rev=1))
    export(session, "--out", tmp_path / "b.fr.srt", "--lang", "fr")
    assert not capsys.readouterr().err  # it is of another language
    export(session, "--out", tmp_path / "b.srt")
    assert "1 line begun at the desk is not finished, and not in it" in capsys.readouterr().err
    new = replace(cue(30, "\u2026"), id="e-new.1")
    keep(session, Edit(id="new", did="insert", after=(new,)))
    answer(session)
    export(session, "--out", tmp_path / "c.srt")
    assert "2 lines begun at the desk are not finished, and not in it" in capsys.readouterr().err
    made = {(tmp_path / f"{name}.srt").read_bytes() for name in "abc"}
    assert made == {(session / "subtitles.en.srt").read_bytes()}
    cli.app(["import", str(session), str(tmp_path / "c.srt"), "--lang", "en"], standalone_mode=False)
    assert "Nothing to bring back" in capsys.readouterr().out


def test_nothing_is_written_over_that_may_have_been_corrected(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):  # what says the same already is no matter
        export(session)
    assert capsys.readouterr().out == "tonight.en.srt\n" * 2
    corrected = tmp_path / "tonight.en.srt"
    corrected.write_text("1\n", "utf-8")
    with pytest.raises(SessionError, match="there already; choose another --out, or --force"):
        export(session)
    assert corrected.read_text("utf-8") == "1\n"
    export(session, "--force")
    assert len(list(srt.parse(corrected.read_text("utf-8")))) == len(TEXTS)


@pytest.mark.parametrize(
    ("words", "error", "match"),
    [
        (["--lang", "es"], SettingsError, "no subtitles in es; choose --lang en, fr or fr-en, or have it"),
        (["--format", "txt", "--lang", "fr-en"], SettingsError, "of one language"),
        (["--format", "mp4"], SessionError, "there is no recording"),
        (
            ["--for", "youtube", "--from", "show"],
            SettingsError,
            "nobody marked where the show begins; leave --from out for all of the recording, or say when",
        ),
        (
            ["--for", "youtube", "--from", "show", "--to", "end"],
            SettingsError,
            "where the show begins and ends; leave --from and --to out .* e.g. --from 0:12:30 --to 2:40:00",
        ),
        (["--for", "youtube", "--lang", "en"], SettingsError, "--lang means nothing for a folder for YouTube"),
        (["--from", "3:00"], SettingsError, "--from means nothing for subtitles alone"),
        (["--for", "youtube", "--cut", "5:00-4:00"], SettingsError, "ends before it begins"),
        (
            ["--lang", "en", "--translate", "local"],
            SettingsError,
            "makes a language that is missing; name it",
        ),
        (["--mt-model", "x"], SettingsError, "--mt-model means nothing for what is there"),
        (["--format", "mp4", "--out", "-"], SettingsError, "--out - means nothing for an mp4"),
        (["--marks", "--out", "-"], SettingsError, "--marks means nothing for standard output"),
        (["--out", "none/x.srt"], SessionError, "cannot write"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    session: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], error: type[LivesubsError],
    match: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=match):
        export(session, *words)
    assert [path.name for path in tmp_path.iterdir()] == ["tonight"]


def test_a_folder_that_is_no_session_or_has_no_cue_yet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"has no journal\.jsonl, so it is no session"):
        export(tmp_path)
    with pytest.raises(SessionError, match=r"nothing was heard in the session in .* once more: .* refine .*"):
        export(finished(tmp_path, []))
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(Resumed(stream=60.0, heard=60.0))
    with pytest.raises(SessionError, match="no subtitles in en yet; export it once something was said"):
        export(tmp_path)


def test_marks_lead_to_the_cue_in_a_table_and_in_subtitle_edit(session: Path, tmp_path: Path) -> None:
    untranslated = Cue(id="d", lang="en", start=6.5, end=8, text="« Non »", sentences=("s9",), flags=("untranslated",))
    with Journal(session, SystemClock()) as journal:
        journal.append(untranslated)
        journal.append(Gap(start=9000.0, end=9004.0, reason="lost"))
    export(session, "--marks", "--out", tmp_path / "x.srt")
    exported = list(srt.parse((tmp_path / "x.srt").read_text("utf-8")))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.srt.marks.csv").read_text("utf-8-sig"))))
    assert (rows[0]["time"], rows[0]["seconds"], rows[0]["likely"]) == ("0:00:06", "6.500", "0.98")
    assert rows[0]["why"] == "It is not translated. netflix-en: bridge 0.25 (0.5)."
    assert exported[int(rows[0]["number"]) - 1].content == untranslated.text
    assert "4 s of the stream are missing after it, from 2:30:00 on." in rows[1]["why"]
    assert int(rows[1]["number"]) == len(exported)
    told = json.loads((tmp_path / "x.srt.SE.bookmarks").read_text("utf-8"))["bookmarks"]
    assert sorted((one["idx"], one["txt"]) for one in told) == sorted((int(r["number"]) - 1, r["why"]) for r in rows)


def marked(session: Path, to: Path) -> list[tuple[str, str]]:
    """The number and the reason of each."""
    export(session, "--marks", "--out", to, "--force")
    rows = csv.DictReader(io.StringIO(to.with_name(f"{to.name}.marks.csv").read_text("utf-8-sig")))
    return [(row["number"], row["why"]) for row in rows]


def retyped(session: Path, rev: int, texts: dict[int, str]) -> None:
    for at, text in texts.items():
        keep(session, Edit(id=f"{at}-{rev}", did="text", before=((f"{at}.en", rev),), after=(cue(at, text),)))
    answer(session)


def test_lines_that_break_a_rule_are_marked_after_the_queue_also_those_that_somebody_found_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `qc` lists; where that is nothing and the queue is empty, the empty files are told."""
    session = tmp_path / "tonight"
    session.mkdir()
    finished(session, [cue(2, "Good evening."), cue(4, "Well..."), cue(6, "Thank  you..."), cue(8, "Yes.")])
    retyped(session, 1, {4: "Well...", 6: "Thank you..."})
    out = tmp_path / "x.srt"
    assert marked(session, out) == [
        ("2", "netflix-en: ellipsis Well... (Well…)."),
        ("3", "netflix-en: ellipsis Thank you... (Thank you…)."),
    ]
    assert not capsys.readouterr().err
    retyped(session, 2, {4: "Well…", 6: "Thank you…"})
    assert marked(session, out) == []
    assert "there is nothing to mark" in capsys.readouterr().err


@needs_dictionaries
def test_misspelt_words_and_speech_that_lost_its_line_are_marked(tmp_path: Path) -> None:
    session = finished(tmp_path, [cue(2, "Good evenng."), replace(cue(6, "We hold."), sentences=("s6",))])
    keep(session, Edit(id="gone", did="delete", before=(("6.en", 1),)))
    answer(session)
    assert [why for _, why in marked(session, tmp_path / "x.srt")] == [
        "No dictionary has: evenng.",
        "“We hold.” was deleted, and no line stands where it was said.",
    ]


def test_two_problems_of_one_cue_are_one_bookmark() -> None:
    """A line that was taken out is none of the file's: it is told of where it stood."""
    found = [
        Problem(cue="gone", start=1.0, score=1.0, why=("a.",)),
        Problem(cue="c", start=2.0, score=0.5, why=("b.",)),
    ]
    [one] = json.loads(marks.bookmarks(marks.marks(found, [line("c", 2.0, 3.0)])))["bookmarks"]
    assert one == {"idx": 0, "txt": "a. b."}


def test_a_transcript_has_paragraphs_with_times() -> None:
    said = [
        line("a", 1.0, 2.0, "Good evening,\neveryone."),
        line("b", 2.1, 3.0, "- Is it\non?\n- It is."),
        line("c", 3661.0, 3662.0, "Thank you."),
    ]
    assert transcript(said) == ("[0:00:01]\nGood evening, everyone.\n- Is it on?\n- It is.\n\n[1:01:01]\nThank you.\n")
    long = [line(str(n), 2.0 * n, 2.0 * n + 1.9, "It goes on and on and on and on.") for n in range(40)]
    parts = transcript(long).split("\n\n")
    assert len(parts) > 1
    assert max(map(len, parts)) < 600


TWO = [Stretch(start=10.0, end=20.0), Stretch(start=30.0, end=50.0, at=10.0)]


def test_cues_go_with_the_picture_when_it_is_cut() -> None:
    cues = [
        line("before", 2.0, 9.0), line("into", 9.0, 12.0), line("whole", 15.0, 17.0), line("over", 19.0, 31.0),
        line("cut", 21.0, 29.0), line("flash", 27.0, 30.7), line("short", 49.9, 50.1), line("after", 50.0, 51.0),
    ]  # fmt: skip
    assert [(cue.id, cue.start, cue.end) for cue in moved(cues, TWO)] == [
        ("into", 0.0, 2.0), ("whole", 5.0, 7.0), ("over", 9.0, 11.0), ("short", 29.9, 30.0)
    ]  # fmt: skip


def segments(*spans: tuple[float, float]) -> list[MediaSegment]:
    return [MediaSegment(path=Path(f"{n:04}-00000.ts"), start=a, end=b) for n, (a, b) in enumerate(spans, 1)]


@tuned(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), st.integers(0, 60), st.integers(0, 60))
def test_nothing_that_is_cut_or_missing_is_kept_and_all_else_is(
    cuts: list[tuple[int, int]], start: int, end: int
) -> None:
    found = kept(segments((0.0, 20.0), (20.0, 25.0), (31.0, 60.0)), start, end, cuts)
    at = 0.0
    for part in found:
        assert part.at == pytest.approx(at)
        at += part.seconds
    for tenth in range(605):
        moment = tenth / 10 + 0.05
        there = start <= moment < end and not any(a <= moment < b for a, b in cuts)
        there &= moment < 25 or 31 <= moment < 60
        assert there == any(part.start <= moment < part.end for part in found)
    assert length(found) == pytest.approx(at)


def test_a_gap_within_a_connection_is_left_out_too_but_for_short_ones() -> None:
    gaps = [
        Gap(start=20.7, end=39.9, reason="packets were lost"),
        Gap(start=50.0, end=50.4, reason="packets were lost"),
    ]
    made = Part(start=1.0).of(segments((0.0, 20.0), (20.0, 60.0)), gaps)
    assert [(part.start, part.end) for part in made] == [(1.0, 20.7), (39.9, 60.0)]


def test_chapters_begin_after_long_pauses_and_are_few_or_none() -> None:
    cues = [line(str(n), at, at + 3.0, f"Part {n} <begins> here") for n, at in enumerate([2, 20, 24, 60, 90, 96])]
    whole = [Stretch(start=0.0, end=100.0)]
    assert chapters(cues, whole) == (
        "0:00 Part 0 (begins) here\n0:20 Part 1 (begins) here\n1:00 Part 3 (begins) here\n1:30 Part 4 (begins) here\n"
    )
    assert chapters(cues, [Stretch(start=0.0, end=30.0)]) == ""
    assert chapters([], whole) == ""
    far = [line(str(n), 20.0 * n, 20.0 * n + 10, "word " * 30) for n in range(540)]
    lines = chapters(far, [Stretch(start=0.0, end=10_800.0)]).splitlines()
    assert 3 <= len(lines) <= 24
    assert lines[-1].startswith("2:")
    assert max(map(len, lines)) < 70


def test_the_first_translation_is_what_is_exported_or_what_was_said() -> None:
    def of(*langs: str) -> str:
        started = SessionStarted(
            version="1", source="x", src_lang="fr", tgt_langs=langs, recogniser="r", engines=(), began_at=0.0
        )
        all_cues = [cue(1, "x", lang) for lang in ("fr", "de", "en")]
        return cues(fold([started, *all_cues]), None, Path("x"))[0]

    assert [of("de", "en"), of()] == ["de", "fr"]


@tuned(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip))
def test_no_text_can_end_or_hide_a_line_of_ass(text: str) -> None:
    [event] = pysubs2.SSAFile.from_string(texts.to_ass([line("a", 1.0, 2.0, text)]))
    assert "{" not in event.text
    assert event.plaintext.strip() == texts._escaped(text).strip()


def test_a_missing_language_is_made_of_the_edited_french(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the demo model; what was edited, typed and taken out is translated as it is now, the rest as it was heard."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.assets.user_cache", lambda: tmp_path)
    said = {"s1": "Bonsoir à toutes et à tous.", "s2": "Cette sale est pleine à craquer.", "s3": "Merci, merci."}
    sentences = [
        Sentence(
            id=id, lang="fr", start=5.0 * n, end=5.0 * n + 3, text=text,
            words=(Word(start=5.0 * n, end=5.0 * n + 3, text=text, probability=1.0),),
        )
        for n, (id, text) in enumerate(said.items(), 1)
    ]  # fmt: skip
    own = [
        Cue(id=f"{s.id}.fr.1", lang="fr", start=s.start, end=s.end, text=s.text, sentences=(s.id,)) for s in sentences
    ]
    corrected = msgspec.structs.replace(own[1], text="Cette salle est\npleine à craquer.", flags=("edited",))
    typed = line("t-x", 30.0, 32.0, "Vos applaudissements nous donnent de la force.", "fr")
    started = msgspec.structs.replace(STARTED, tgt_langs=())
    with Journal(tmp_path, SystemClock()) as journal:
        typed = msgspec.structs.replace(typed, flags=("typed",))
        for event in (started, *sentences, *own, corrected, Withdrawn(id=own[2].id), typed):
            journal.append(event)
    with pytest.raises(SettingsError, match="no subtitles in en; choose --lang fr, or have it made: --translate"):
        export(tmp_path, "--lang", "en")
    words = ["--translate", "local", "--mt-model", str(assets.demo_translator())]
    export(tmp_path, "--lang", "en", "--out", "x.srt", *words)
    made = list(srt.parse((tmp_path / "x.srt").read_text("utf-8")))
    assert [(cue.start.total_seconds(), cue.content) for cue in made] == [
        (5.0, "Good evening, everyone."),
        (10.0, "This hall is packed to the rafters."),
        (30.0, "Your applause gives us strength."),
    ]
    export(tmp_path, "--lang", "fr-en", "--out", "both.srt", *words)
    assert (tmp_path / "both.srt").read_text("utf-8").count("applaudissements nous donnent de la force.\nYour") == 1
    with pytest.raises(ModelError, match="no local model translates from fr to es"):
        export(tmp_path, "--lang", "es", *words)
