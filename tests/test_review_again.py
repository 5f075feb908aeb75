"""A line once more: which lines it is about, what a real engine and a real recogniser make of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline import assets, settings
from pipeline.commands import equipped
from pipeline.errors import ModelError, SessionError, SettingsError, TranslationError
from pipeline.events import Cue, Sentence, SessionStarted
from pipeline.folder import NAMES
from pipeline.names.live import Names
from pipeline.review.again import asked, laid
from pipeline.review.hearing import SecondEar
from pipeline.review.translators import Translators
from pipeline.settings import SAMPLE_RATE, CueRules, Settings
from pipeline.state import State, fold
from pipeline.translation.engine import NOTHING
from pipeline.web import versions
from pipeline.web.show import Show
from pipeline.web.tools import Toolbox, Tools
from pipeline.web.versions import Versions
from tests.hearing import DEMO, recorded, sound

SAID = {
    "s1": (3.7, 5.1, "Bonsoir à toutes et à tous."),
    "s2": (5.6, 7.0, "Cette salle est pleine à craquer."),
    "s3": (7.5, 11.2, "Nous sommes reliés à vingt villes, et nous saluons les camarades de Bruxelles."),
}
CHOSEN = settings.override(
    Settings(demo=True),
    speech={"model": str(assets.demo_recogniser()), "window": DEMO.window, "hotwords": False},
    translation={"models": (str(assets.demo_translator()),), "chain": ("local",)},
)


def line(id: str, lang: str, start: float, end: float, text: str, *sentences: str) -> Cue:
    return Cue(id=id, lang=lang, start=start, end=end, text=text, sentences=sentences)


def session() -> State:
    started = SessionStarted(
        version="0", source="s", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=(), began_at=0.0
    )
    said = [Sentence(id=id, lang="fr", start=s, end=e, text=text, words=()) for id, (s, e, text) in SAID.items()]
    cues = [
        line("f1", "fr", 3.7, 5.3, SAID["s1"][2], "s1"),
        line("e1", "en", 3.7, 5.3, "Good evening, everyone.", "s1"),
        line("f2", "fr", 5.6, 7.4, SAID["s2"][2], "s2"),
        line("f3", "fr", 7.5, 9.3, "Nous sommes reliés à vingt villes,", "s3"),
        line("f4", "fr", 9.4, 11.4, "et nous saluons les camarades\nde Bruxelles.", "s3"),
        line("e2", "en", 5.6, 9.3, "This hall is packed.\nWe are linked to twenty cities,", "s2", "s3"),
        line("e3", "en", 9.4, 11.4, "and we greet our comrades in Brussels.", "s3"),
    ]
    return fold([started, *said, *cues])


def test_it_is_about_every_line_that_shows_a_part_of_what_it_shows() -> None:
    whole = f"{SAID['s2'][2]} {SAID['s3'][2]}"
    for id in ("f2", "f3", "e2", "e3"):
        one = asked(session(), id)
        assert [cue.id for cue in one.source] == ["f2", "f3", "f4"]
        assert [cue.id for cue in one.target] == ["e2", "e3"]
        assert (one.sentence.text, one.lang, one.sentence.lang) == (whole, "en", "fr")
    assert asked(session(), "f3", text="Nous voici.").sentence.text == whole.replace(
        "Nous sommes reliés à vingt villes,", "Nous voici."
    )
    one = asked(session(), "e1")
    assert (one.sentence.start, one.sentence.end) == (3.7, 5.1)
    assert asked(session(), "e3").before.sentences == ((SAID["s1"][2], "Good evening, everyone."),)
    with pytest.raises(SettingsError, match="not there any more"):
        asked(session(), "e9")


def test_a_new_text_is_laid_on_the_lines_that_were_there() -> None:
    lines = [line("a", "en", 0.0, 2.0, "x"), line("b", "en", 2.1, 6.1, "y")]
    text = "We are linked to them, and tonight we greet our comrades, the nurses of Brussels and of Ghent."
    first, second = laid(text, lines, CueRules(), "en")
    assert first == "We are linked to them,"
    assert " ".join(f"{first} {second}".split()) == text
    assert second.count("\n") == 1
    assert laid("Yes.", lines, CueRules(), "en") == ()
    assert laid("Yes.", lines[:1], CueRules(), "en") == ("Yes.",)


@pytest.fixture(scope="module")
def translators() -> Translators:
    return Translators(CHOSEN, {}, Names())


def test_an_engine_that_is_here_translates_and_the_others_say_why_not(translators: Translators) -> None:
    known = {one.engine: one for one in translators.known("fr", "en")}
    assert (known["local"].why_not, known["local"].leaves_machine, known["google"].why_not) == ("", False, "")
    assert "DEEPL_API_KEY" in known["deepl"].why_not
    assert "models pull opus-mt-fr-es" in {one.engine: one for one in translators.known("fr", "es")}["local"].why_not
    one = asked(session(), "f1", text="Bonsoir, camarades.")
    [version] = translators.versions(one.sentence, "en", one.before)
    assert (version.text, version.engine, version.doubt) == ("Good evening, the comrades.", "local", "")
    with pytest.raises(TranslationError, match="deepl needs"):
        translators.versions(one.sentence, "en", NOTHING, "deepl")


def test_a_name_that_comes_into_the_glossary_later_counts_at_once(tmp_path: Path) -> None:
    tools = Toolbox(tmp_path, Tools(settings=CHOSEN))
    sentence = session().sentences["s3"]
    for glossary, name in (("", "Brussels"), ("Bruxelles = Bruges", "Bruges"), ("Bruxelles = Antwerp", "Antwerp")):
        if glossary:  # without one there is no file
            (tmp_path / NAMES).write_text(glossary, "utf-8")
        [version] = tools.translators.versions(sentence, "en", NOTHING)
        assert name in f"{version.text} {version.doubt}"  # what the demo model cannot say is told


def test_an_engine_that_may_not_be_asked_is_not(translators: Translators) -> None:
    alone = Translators(settings.override(CHOSEN, translation={"offline": True}), {}, Names())
    assert "forbids" in {one.engine: one.why_not for one in alone.known("fr", "en")}["google"]


def test_a_recogniser_is_opened_when_it_is_asked_and_ended_when_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(tmp_path, sound("rally")[: 12 * SAMPLE_RATE])
    desk: Any = Versions(Show(tmp_path), Toolbox(tmp_path, Tools(settings=CHOSEN)))

    async def ask() -> None:
        [version] = await desk._heard(asked(session(), "f1"))
        assert version.text == SAID["s1"][2]
        assert version.engine.startswith(assets.demo_recogniser().name)
        recogniser = desk._ear._recogniser
        monkeypatch.setattr(versions, "_IDLE", 0.0)
        assert (await desk._heard(asked(session(), "e1")))[0].text == SAID["s1"][2]
        assert desk._ear._recogniser is recogniser  # the model is loaded once
        await asyncio.wait_for(ended(recogniser), 60)

    async def ended(recogniser: Any) -> None:
        while recogniser.pid is not None:
            await asyncio.sleep(0)

    with ThreadPoolExecutor() as apart:  # Playwright's loop may be running in this one
        apart.submit(asyncio.run, ask()).result()
    with pytest.raises(SessionError, match="split it first"):
        desk._ear.versions(0.0, 31.0)


def test_without_its_sound_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match=r"there is no audio\.s16"):
        SecondEar(tmp_path / "audio.s16", CHOSEN.speech).versions(0.0, 2.0)


def test_a_desk_without_a_model_of_its_session_takes_one_of_here_or_says_what_to_do(tmp_path: Path) -> None:
    """As of a packed copy, or of a subtitle file, whose settings name none."""
    assert equipped.as_here(Settings(demo=True)).speech.model == CHOSEN.speech.model
    desk: Any = Versions(Show(tmp_path), Toolbox(tmp_path, Tools(settings=Settings())))
    with ThreadPoolExecutor() as apart, pytest.raises(ModelError, match="models pull"):  # Playwright's loop, as above
        apart.submit(lambda: asyncio.run(desk._heard(asked(session(), "f1")))).result()
