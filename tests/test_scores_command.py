"""`livesubs score` on a session folder: what it prints, and what it says when it cannot."""

import json
import sys
from pathlib import Path

import pytest

from pipeline import cli, folder
from pipeline.errors import JournalCorrupt, LivesubsError, SessionError, SettingsError
from pipeline.events import Cue, Event, Progress, Sentence, SessionStarted, Word
from pipeline.journal import Journal
from pipeline.settings import Settings
from pipeline.tracks import TrackFiles

FRENCH, ENGLISH = "Bonsoir à tous.", "Good evening, everyone."


class Watch:
    """A clock that shows what it is set to."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    up = now

    def boot(self) -> str:
        return ""

    def wait(self, seconds: float) -> None:
        self.at += seconds


def cue(lang: str, text: str) -> Cue:
    return Cue(id=f"s1.{lang}.1", lang=lang, start=1.1, end=2.0, text=text, sentences=("s1",))


def record(path: Path, *, demo: bool = True, to: tuple[str, ...] = ("en",)) -> Path:
    """A live session in which one sentence was said until 2.5 s; its cues came a second and a half later."""
    words = tuple(
        Word(start=1 + n / 2, end=1.5 + n / 2, text=f" {text}", probability=1.0)
        for n, text in enumerate(FRENCH.split())
    )
    began = SessionStarted(
        version="0", source="x", src_lang="fr", tgt_langs=to, recogniser="demo", engines=(), began_at=100.0
    )
    lines: list[tuple[float, Event]] = [
        (100, began),
        (102, Progress(recorded=2.0, heard=2.0, compute=0.1)),
        (104, Progress(recorded=4.0, heard=4.0, compute=0.1)),
        (104, Sentence(id="s1", lang="fr", start=1.0, end=2.5, text=FRENCH, words=words)),
        (104, cue("fr", FRENCH)),
        *((104, cue(lang, ENGLISH)) for lang in to),
    ]
    clock = Watch()
    with folder.new(path), Journal(path, clock) as journal:
        for clock.at, event in lines:
            journal.append(event)
        folder.write_settings(path, Settings(demo=demo), folder.Begun())
        TrackFiles(path, journal).write()
    return path


@pytest.fixture
def references(tmp_path: Path) -> list[str]:
    """The options that name what is right; one word of four was misheard."""
    stamp = "1\n00:00:01,000 --> 00:00:02,500\n"
    (tmp_path / "fr.srt").write_text(f"{stamp}Bonsoir et à tous.\n", encoding="utf-8")
    (tmp_path / "en.srt").write_text(f"{stamp}{ENGLISH}\n", encoding="utf-8-sig")
    said = [{"start": 1.0, "end": 1.5, "text": "Bonsoir", "sentence": 1}]
    (tmp_path / "words.json").write_text(json.dumps(said))
    files = {"--ref-fr": "fr.srt", "--ref-en": "en.srt", "--words": "words.json"}
    return [part for option, name in files.items() for part in (option, str(tmp_path / name))]


def score(*arguments: object) -> None:
    cli.app(["score", *map(str, arguments)], standalone_mode=False)


def test_one_object_of_json(tmp_path: Path, references: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    score(record(tmp_path / "s"), *references, "--json")
    found = json.loads(capsys.readouterr().out)
    assert {name: pytest.approx(value) for name, value in found.items()} == {
        "wer": 0.25,
        "bleu": 100.0,
        "suber": 0.0,
        "wer_live": None,
        "bleu_live": None,
        "suber_live": None,
        "intime_median": 0.1,
        "intime_p95": 0.1,
        "cues": 1,
        "cps20": 0.0,
        "cpl42": 1.0,
        "lpb2": 1.0,
        "latency_median": 1.5,
        "latency_p95": 1.5,
        "erasure": 0.0,
    }


def test_without_references_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score(record(tmp_path / "s", to=()), "--json")
    found = json.loads(capsys.readouterr().out)
    assert [found[name] for name in ("wer", "bleu", "suber", "intime_median", "intime_p95")] == [None] * 5
    assert (found["cues"], found["cps20"], found["latency_median"]) == (1, 1.0, 1.5)


def test_the_table_says_what_the_demo_models_are(
    tmp_path: Path, references: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    score(record(tmp_path / "s"), *references)
    table = capsys.readouterr().out
    assert "synthetic speech, closed domain" in table
    assert all(figure in table for figure in ("25.0%", "100.0", "median 1.50 s"))
    assert "give more" not in table
    score(record(tmp_path / "real", demo=False))
    table = capsys.readouterr().out
    assert table.endswith("--ref-fr, --ref-en and --words give more.\n")
    assert "synthetic" not in table
    assert "BLEU" not in table


def refusal(*arguments: object) -> LivesubsError:
    with pytest.raises(LivesubsError) as caught:
        score(*arguments)
    assert "\n" not in str(caught.value)
    return caught.value


def test_what_is_no_session_or_no_reference_is_named(tmp_path: Path) -> None:
    session = record(tmp_path / "s")
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"\xff\xfehello")
    assert isinstance(refusal(tmp_path), SessionError)
    for option in ("--ref-fr", "--ref-en", "--words"):
        for path in (wrong, tmp_path / "missing", session / "settings.toml", session):
            assert str(path) in str(refusal(session, option, path))
    (session / "journal.jsonl").write_text("{\n")
    assert isinstance(refusal(session), JournalCorrupt)
    (session / "journal.jsonl").write_text("")
    assert isinstance(refusal(session), SessionError)


@pytest.mark.parametrize("option", ["--ref-fr", "--ref-en"])
@pytest.mark.parametrize("text", ["", "1\n00:00:01,000 --> 00:00:02,500\n...\n"])
def test_a_reference_without_words_is_no_reference(option: str, text: str, tmp_path: Path) -> None:
    (reference := tmp_path / "empty.srt").write_text(text)
    error = refusal(record(tmp_path / "s"), option, reference)
    assert isinstance(error, SettingsError)
    assert f"the reference {reference} has no words; " in str(error)


def test_a_reference_of_another_moment_is_asked_about(
    tmp_path: Path, references: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    session, question = record(tmp_path / "s"), "begin at the same moment?"
    score(session, *references)
    assert question not in capsys.readouterr().out
    for name, text in (("fr.srt", FRENCH), ("en.srt", "Nothing alike")):
        (tmp_path / name).write_text(f"1\n00:01:01,000 --> 00:01:02,500\n{text}\n", encoding="utf-8")
    score(session, *references)
    assert capsys.readouterr().out.count(question) == 1
    score(session, *references[:2])
    assert question in capsys.readouterr().out, "by the times alone"
    score(session, *references, "--json")
    json.loads(capsys.readouterr().out)


def test_a_reference_in_a_language_that_was_not_shown(tmp_path: Path, references: list[str]) -> None:
    error = refusal(record(tmp_path / "s", to=("es",)), *references)
    assert isinstance(error, SettingsError)
    assert "--ref-en" in str(error)


@pytest.mark.parametrize("library", ["sacrebleu", "suber"])
def test_the_extra_is_named_when_it_is_missing(
    library: str, tmp_path: Path, references: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = record(tmp_path / "s")
    for name in [name for name in sys.modules if name.split(".")[0] == library] + [library]:
        monkeypatch.setitem(sys.modules, name, None)
    assert "pip install 'livesubs[score]'" in str(refusal(session, *references))
    score(session, *references[:2])
