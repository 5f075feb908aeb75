"""A glossary through a whole session: heard, repaired, translated, reported; saved while it runs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from pipeline import lines, settings
from pipeline.commands import equipped
from pipeline.events import Chunk, Cue, Event, Rendering, Repaired, Sentence, Translation, Warned, Word
from pipeline.journal import read
from pipeline.names.glossary import parse
from pipeline.names.live import Names
from pipeline.settings import SAMPLE_RATE, CueRules, Settings
from pipeline.speech.client import RecogniserProcess
from pipeline.speech.stage import recognise
from pipeline.subtitles.cues import to_cues
from tests.hearing import DEMO, recorded, sound, text
from tests.measures import SAMPLES
from tests.test_session_waiting import Deaf
from tests.waiting import until

pytestmark = pytest.mark.slow


def events(folder: Path) -> list[Event]:
    return [entry.event for entry in read(folder / "journal.jsonl")] if (folder / "journal.jsonl").exists() else []


def test_names_are_put_right_from_the_sound_to_the_report_also_those_saved_meanwhile(tmp_path: Path) -> None:
    out, file = tmp_path / "show", tmp_path / "names.txt"
    file.write_text("Brucsel = Brussels\n")
    flags = ["--demo", "--glossary", str(file), "--pace", "2", "--for", "23", "--out", str(out)]
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), *flags], stdout=subprocess.DEVNULL
    ) as session:
        until(lambda: any(isinstance(event, Cue) for event in events(out)), 60)
        file.write_text("Brucsel = Brussels\nl'hôpital = the Hospital\n")
    assert session.returncode == 0
    said = events(out)
    [repair] = [event for event in said if isinstance(event, Repaired)]
    assert (repair.heard, repair.name) == ("Bruxelles", "Brucsel")
    [sentence] = [event for event in said if isinstance(event, Sentence) and event.id == repair.sentence]
    assert sentence.text.endswith("les camarades de Brucsel.")
    doubted = {event.verdict for event in said if isinstance(event, Translation) and event.sentence == repair.sentence}
    assert doubted == {"doubtful: broken glossary term: Brussels"}  # the demo model knows no such word
    assert "the glossary names.txt was read again, added: l'hôpital" in [
        event.text for event in said if isinstance(event, Warned)
    ]
    assert "the Hospital up with" in (out / "subtitles.en.srt").read_text("utf-8").replace("\n", " ")
    assert "Brucsel" in (out / "subtitles.fr.srt").read_text("utf-8")
    assert "<td>Bruxelles</td><td>Brucsel</td>" in (out / "report.html").read_text("utf-8")


def test_the_recogniser_process_takes_as_many_names_as_there_is_room_for(tmp_path: Path) -> None:
    audio = recorded(tmp_path, sound("rally")[: 8 * SAMPLE_RATE])
    many = tuple(f"Vaubrin{number}" for number in range(100))
    with RecogniserProcess() as recogniser:
        recogniser.open(audio, DEMO)
        assert recogniser.expect(("Vaubrin",)) == ()
        left_out = recogniser.expect(many)
        assert 0 < len(left_out) < 100
        assert left_out == many[-len(left_out) :]
        recogniser.hear(0.0, 8.0)  # which a prompt that is too long would end; the demo model hears little through one
        assert recogniser.expect(()) == ()
        assert text(recogniser.recognise(3.5, 5.3)) == "Bonsoir à toutes et à tous."


def test_a_model_that_hears_worse_with_names_is_told_none(tmp_path: Path) -> None:
    chosen = equipped.with_recogniser(Settings(demo=True)).speech
    assert chosen.hotwords is False
    assert equipped.with_recogniser(settings.override(Settings(demo=True), speech={"hotwords": True})).speech.hotwords
    with RecogniserProcess() as recogniser:
        recogniser.open(recorded(tmp_path, sound("rally")[: 6 * SAMPLE_RATE]), chosen)
        assert recogniser.expect(("Ysoline Brachemont", "Aldéric Montsavoie")) == ()
        assert text(recogniser.recognise(3.5, 5.3)) == "Bonsoir à toutes et à tous."


def test_names_are_told_when_they_change_and_what_has_no_room_becomes_a_warning() -> None:
    class Forgetful(Deaf):
        told: ClassVar[list[tuple[str, ...]]] = []

        def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
            self.told.append(names)
            return names[2:]

    def chunks() -> Iterator[Chunk]:
        yield Chunk(start=0.0, end=1.0)
        names.current = parse("Brassac = Brassac\nVaubrin = Vaubrin\nNauvalis = Nauvalis", "names.txt")
        yield Chunk(start=1.0, end=2.0)
        names.said(["Nauvalis"])
        yield from (Chunk(start=2.0, end=3.0), Chunk(start=3.0, end=4.0))

    names, forgetful = Names(), Forgetful(lambda: None)
    list(recognise(chunks(), forgetful, names))
    assert Forgetful.told == [("Brassac", "Vaubrin", "Nauvalis"), ("Nauvalis", "Brassac", "Vaubrin")]
    assert "1 left out (Nauvalis)" in next(names.news()).text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_cue_of_a_sentence_with_a_doubtful_name_is_flagged(lang: str) -> None:
    words = tuple(
        Word(start=at, end=at + 1, text=text, probability=1.0) for at, text in ((0.0, " Voici"), (1.0, " X."))
    )
    said = Sentence(id="s1", lang="fr", start=0.0, end=2.0, text="Voici X.", words=words, uncertain=("Vaubrin",))
    [cue] = to_cues([Rendering(sentence=said, lang=lang, text="Voici X.")], CueRules())
    assert isinstance(cue, Cue)
    assert cue.flags == ("name",)
    assert "a name is uncertain" in lines.remark(cue)
