"""A transcription server as the recogniser: it hears while it can, and no sentence is lost or said twice when not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli
from pipeline.audio import Samples
from pipeline.check.rows import Plan, Row
from pipeline.check.transcription import transcription
from pipeline.commands.refine import _may_begin
from pipeline.errors import SettingsError
from pipeline.events import SessionStarted, Warned
from pipeline.journal import read
from pipeline.settings import SAMPLE_RATE, Settings, SpeechSettings
from pipeline.speech import verbose
from pipeline.speech.languages import likeliest
from pipeline.speech.local import LocalRecogniser
from pipeline.speech.served import PAUSES, SPARED_MOST, Served
from pipeline.speech.server import Server, address
from pipeline.speech.whisper import Whisper
from tests.hearing import DEMO, STREAM, chunks, recorded, sound, text, true_words, words
from tests.measures import SAMPLES
from tests.servers import free_port
from tests.test_speech_policy import ScriptedTranscriber
from tests.transcribers import Transcriber, transcribing
from tests.translators import KEY
from tests.waiting import until

RALLY = str(SAMPLES / "rally.mp4")
FIRST = 19
"""Seconds of the rally with four whole sentences."""


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(DEMO)


@pytest.fixture(scope="module")
def greeting() -> Samples:
    """« Bonsoir à toutes et à tous. »"""
    return (sound("rally") / 32768).astype(np.float32)[round(3.5 * SAMPLE_RATE) : round(5.3 * SAMPLE_RATE)]


@pytest.fixture
def server() -> Iterator[Transcriber]:
    with transcribing(Transcriber()) as answering:
        yield answering


def asked_of(server: Transcriber, *, key: str = "", seconds: float = 20.0) -> Server:
    return Server(address(server.url), "whisper-1", key, seconds)


def run(*arguments: str, out: Path, key: str = "") -> subprocess.CompletedProcess[str]:
    """On a busy machine three seconds may not be enough."""
    settings = out.with_suffix(".toml")
    settings.write_text("[speech]\nasr_deadline = 60.0\n", "utf-8")
    command = [sys.executable, "-m", "pipeline", "run", RALLY, "--demo", "--end", str(FIRST), "--translate", "none"]
    command += ["--settings", str(settings), *arguments, "--out", str(out)]
    environment = os.environ | {"LIVESUBS_ASR_KEY": key}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240)


def test_a_session_is_what_the_model_on_the_server_hears_and_the_key_is_nowhere(tmp_path: Path, rally: Path) -> None:
    with transcribing(Transcriber(keyed=True)) as server:
        done = run("--asr-url", server.url, out=tmp_path / "out", key=KEY)
        assert done.returncode == 0, done.stderr
        assert len(server.asked) == 5  # the trial before the start, and four sentences
        assert server.asked[1]["timestamp_granularities[]"] == ["word", "segment"]
        assert server.asked[1]["language"] == ["fr"]
    cues = (tmp_path / "out" / "subtitles.fr.srt").read_text("utf-8")
    assert cues.count(" --> ") >= 4
    assert (rally / "subtitles.fr.srt").read_text("utf-8").startswith(cues.rstrip())
    started = next(entry.event for entry in read(tmp_path / "out" / "journal.jsonl"))
    assert isinstance(started, SessionStarted)
    assert started.recogniser.startswith(f"whisper-1 at 127.0.0.1:{server.server_port}, or else whisper-demo-fr on cpu")
    assert f"recogniser: {started.recogniser}" in done.stdout
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    assert KEY not in done.stdout + done.stderr


class Loud(Transcriber):
    """Says all in capitals, so that it can be told who heard what."""

    def answer(self, samples: Samples, fields: dict[str, list[str]]) -> dict[str, object]:
        answer = super().answer(samples, fields)
        words = [word | {"word": word["word"].upper()} for word in answer["words"]]
        return answer | {"text": answer["text"].upper(), "words": words}


def test_every_sentence_is_there_once_when_the_server_dies_in_the_middle(tmp_path: Path, rally: Path) -> None:
    with transcribing(Loud()) as server:
        server.well, server.then = 3, "gone"
        done = run("--asr-url", server.url, out=tmp_path / "out")
    assert done.returncode == 0, done.stderr
    cues = (tmp_path / "out" / "subtitles.fr.srt").read_text("utf-8")
    assert (rally / "subtitles.fr.srt").read_text("utf-8").casefold().startswith(cues.casefold().rstrip())
    assert "CETTE SALLE EST PLEINE À CRAQUER." in cues
    assert "La parole est à la représentante des infirmières." in " ".join(cues.split())
    [warned] = [e.event for e in read(tmp_path / "out" / "journal.jsonl") if isinstance(e.event, Warned)]
    assert "see that it answers again, meanwhile the local model hears" in warned.text
    assert warned.text in done.stdout


@pytest.mark.parametrize("mood", ["refuses", "busy", "page", "cut", "wordless", "moved", "hangs", "gone"])
def test_what_the_server_cannot_hear_the_local_model_does(
    mood: str, server: Transcriber, whisper: Whisper, greeting: Samples
) -> None:
    told: list[Warned] = []
    now = [100.0]
    seconds = 6.0 if mood == "hangs" else 20.0
    served = Served(asked_of(server, seconds=seconds), whisper, DEMO, told.append, now=lambda: now[0])
    local = whisper.recognise(greeting)
    assert served.recognise(greeting).text == local.text
    assert not told
    server.mood = mood
    assert served.recognise(greeting) == local
    [warned] = told
    assert not warned.good
    tries = len(server.asked) - 1
    assert tries == (len(PAUSES) if mood in ("refuses", "cut") else 1)
    assert served.recognise(greeting) == local  # at once: the server is left alone for now
    assert len(server.asked) - 1 == tries
    if mood == "gone":
        return
    server.mood = "right"
    server.release.set()

    def back() -> bool:
        now[0] += 0.0 if served._trying else SPARED_MOST
        served.recognise(greeting)
        return told[-1].good

    until(back, 30)
    before = len(server.asked)
    assert served.recognise(greeting).text == local.text
    assert len(server.asked) == before + 1
    assert {warned.about for warned in told} == {"the transcription server"}


def test_the_words_of_the_sample_are_its_own_with_their_marks(
    server: Transcriber, whisper: Whisper, greeting: Samples
) -> None:
    heard = Served(asked_of(server), whisper, DEMO, lambda told: None).recognise(greeting)
    local = whisper.recognise(greeting)
    assert [word.text for word in heard.words] == [word.text for word in local.words]
    assert [word.start for word in heard.words] == pytest.approx([word.start for word in local.words])
    assert heard.log_probability == pytest.approx(local.log_probability)


class Looping(Transcriber):
    """Says one word over and over."""

    def answer(self, samples: Samples, fields: dict[str, list[str]]) -> dict[str, object]:
        words = [{"word": "merci", "start": n * 0.02, "end": n * 0.02 + 0.02} for n in range(60)]
        return {"text": "merci " * 60, "words": words}


def test_a_loop_of_the_server_is_heard_again_by_the_local_model(whisper: Whisper, greeting: Samples) -> None:
    told: list[Warned] = []
    with transcribing(Looping()) as server:
        served = Served(asked_of(server), whisper, DEMO, told.append)
        assert served.recognise(greeting) == whisper.recognise(greeting)
        assert len(server.asked) == 1
    assert not told


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("wordless", "gives no word times; take another server"),
        ("page", "answers something else than a transcription; check the address"),
        ("moved", r"refuses \(307 Temporary Redirect\); check the address"),
        ("postless", r"refuses \(501 Not Implemented\); check the address"),
    ],
)
def test_a_server_that_can_never_hear_is_refused_before_the_start(
    mood: str, why: str, server: Transcriber, tmp_path: Path
) -> None:
    server.mood = mood
    with pytest.raises(SettingsError, match=why):
        cli.app(["run", RALLY, "--demo", "--asr-url", server.url, "--out", str(tmp_path / "s")], standalone_mode=False)
    assert not (tmp_path / "s").exists()


def test_a_wrong_key_is_refused_before_the_start_and_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVESUBS_ASR_KEY", "wr0ng")
    with transcribing(Transcriber(keyed=True)) as server, pytest.raises(SettingsError) as refused:
        cli.app(["run", RALLY, "--demo", "--asr-url", server.url, "--out", str(tmp_path / "s")], standalone_mode=False)
    assert "refuses its key (401); set the right one in LIVESUBS_ASR_KEY" in str(refused.value)
    assert "wr0ng" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "more", "why"),
    [
        ("https://asr.example.org/v1", ["--offline"], "sends the sound away, which --offline forbids"),
        ("http://user:s3cret@127.0.0.1:8000", [], "put a key into LIVESUBS_ASR_KEY"),
        ("http://127.0.0.1:8000/v1?key=s3cret", [], "put a key into LIVESUBS_ASR_KEY"),
        ("127.0.0.1:8000", [], "must be an address like http"),
    ],
)
def test_an_address_that_cannot_be_is_refused(url: str, more: list[str], why: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=why) as refused:
        cli.app(["run", RALLY, "--demo", "--asr-url", url, *more, "--out", str(tmp_path / "s")], standalone_mode=False)
    assert "s3cret" not in str(refused.value)


def test_an_address_may_be_given_in_any_of_its_forms() -> None:
    forms = "http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/", "http://h:1/v1/audio/transcriptions"
    assert {address(form) for form in forms} == {"http://h:1/v1"}


def test_the_check_says_what_the_server_hears_or_what_is_wrong_with_it(server: Transcriber) -> None:
    speech = SpeechSettings(asr_url=server.url, asr_deadline=20.0)

    def rows(speech: SpeechSettings) -> list[Row]:
        plan = Plan(
            source="", settings=Settings(speech=speech), keys={}, out=None, doing=lambda what, seconds=0.0: None
        )
        return list(transcription(plan))

    [well] = rows(speech)
    assert well.ok
    assert "« Bonsoir à toutes et à tous. »" in well.say
    server.mood = "wordless"
    [bad] = rows(speech)
    assert not bad.ok
    assert "gives no word times" in bad.say
    server.mood = "refuses"
    [broken] = rows(speech)
    assert "refuses (500 Internal Server Error); check the address, or leave --asr-url out" in broken.say
    assert rows(SpeechSettings()) == []
    [gone] = rows(msgspec.structs.replace(speech, asr_url=f"http://127.0.0.1:{free_port()}"))
    assert "start it, or leave --asr-url out" in gone.say


def test_the_server_is_told_the_names_unless_the_model_hears_worse_with_them(
    server: Transcriber, whisper: Whisper, greeting: Samples
) -> None:
    names = ("Ysoline Brachemont", "Bruxelles")
    for hotwords, prompt in ((True, [", ".join(names)]), (False, None)):
        settings = msgspec.structs.replace(DEMO, hotwords=hotwords)
        served = Served(asked_of(server), ScriptedTranscriber(), settings, lambda told: None)
        assert served.expect(names) == ()
        served.recognise(greeting)
        assert server.asked[-1].get("prompt") == prompt


def test_of_several_languages_the_server_says_which_and_is_asked_again_in_the_one_that_is_chosen(
    server: Transcriber, greeting: Samples
) -> None:
    settings = msgspec.structs.replace(DEMO, languages=("es", "fr"))
    served = Served(asked_of(server), ScriptedTranscriber(), settings, lambda told: None)
    assert served.recognise(greeting, likeliest).lang == "fr"
    assert [fields.get("language") for fields in server.asked] == [None]
    assert served.recognise(greeting, lambda likely: "es").lang == "es"
    assert [fields.get("language") for fields in server.asked] == [None, None, ["es"]]


def test_word_by_word_two_readings_agree_also_where_the_server_is_gone_in_the_middle(
    server: Transcriber, tmp_path: Path
) -> None:
    end = 11.4
    server.well, server.then = 8, "gone"
    samples = sound("rally")[: round(end * SAMPLE_RATE)]
    with LocalRecogniser(server=asked_of(server)) as recogniser:
        recogniser.open(recorded(tmp_path, samples), STREAM)
        said = [event for chunk in chunks(end, 0.5) for event in recogniser.hear(chunk.start, chunk.end).events]
        said += recogniser.finish().events
    heard = words(said)
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(heard))
    expected = [word["text"] for word in true_words("rally") if word["end"] < end]
    assert text(said).casefold().split() == " ".join(expected).casefold().split()
    assert sum(isinstance(event, Warned) for event in said) == 1


def test_what_a_server_heard_is_not_heard_again_by_a_smaller_model_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    heard = Settings(speech=SpeechSettings(asr_url="http://127.0.0.1:8000"))
    assert not _may_begin(Path("tonight"), heard)
    assert "refine tonight" in capsys.readouterr().err


MARKS = ("", ",", " !", " »", "...", " - ")


@given(
    said=st.lists(
        st.tuples(
            st.sampled_from(["", "« ", "(", "l'"]), st.text("aéZœ9", min_size=1, max_size=6), st.sampled_from(MARKS)
        ),
        max_size=12,
    ),
    bare=st.booleans(),
)
def test_nothing_of_a_text_is_lost_whatever_the_words_lack(said: list[tuple[str, str, str]], bare: bool) -> None:
    written = " ".join(f"{before}{word}{after}".strip() for before, word, after in said)
    given = [
        {"word": word if bare else f" {before}{word}{after}", "start": n + 0.1, "end": n + 0.9}
        for n, (before, word, after) in enumerate(said)
    ]
    if any(before == "l'" for before, _, _ in said) and bare:
        return  # a server that leaves out a word of its text
    answer = msgspec.json.encode({"text": written, "words": given, "segments": [{"avg_logprob": -0.2}]})
    heard, _ = verbose.recognition(answer, float(len(said)) + 1, "fr")
    assert heard.text.split() == written.split()
    assert all(before.start <= after.start for before, after in pairwise(heard.words))
