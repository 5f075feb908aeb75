"""What was shown untranslated or doubtfully is translated again when somebody can, and the files are what they would
have been."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline import assets
from pipeline.events import Cue, Rendering, Sentence, Translation, Warned
from pipeline.journal import read
from pipeline.lines import remark
from pipeline.settings import CueRules
from pipeline.state import apply, fold
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.quality import faults
from pipeline.translation.backlog import unsettled
from pipeline.translation.chain import Chain
from pipeline.translation.engine import Answer, TranslationFailed
from pipeline.translation.local import LocalEngine
from pipeline.translation.outage import Outage
from pipeline.translation.services import LIBRE
from pipeline.translation.stage import translate
from pipeline.translation.web import WebEngine
from tests.faulty import RALLY
from tests.test_translation_breaker import DOWN, Clock
from tests.test_translation_chain import Engine, sentence
from tests.test_translation_session import SENTENCES as SPOKEN
from tests.translators import Libre, plainly, serving
from tests.waiting import until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


def stream(count: int, clock: Clock, step: float = 3.0, engine: "Failing | None" = None) -> Iterator[Sentence]:
    """Sentences, one every few seconds; the engine is told how far it is."""
    for number in range(count):
        clock.time += step
        if engine:
            engine.live = number
        yield sentence(f"Phrase {number}.", number=number)


def again(renderings: Sequence[Rendering]) -> list[tuple[str, str]]:
    """(sentence, text) of those that came again."""
    return [(rendering.sentence.id, rendering.text) for rendering in renderings if rendering.rev > 1]


class Failing(Engine):
    """Answers with the text in capitals; down for the sentences of the outage."""

    def __init__(self, down: set[int]) -> None:
        super().__init__("web")
        self.down = down
        self.live: int = -1

    def translate(self, text: str, *_: object) -> Answer | None:
        number = int(text.split()[1].strip("."))
        if max(self.live, number) in self.down:
            raise TranslationFailed("no connection")
        return Answer(f"Sentence {number}.")


def test_what_is_missing_is_filled_in_order_a_few_sentences_at_a_time(clock: Clock) -> None:
    engine = Failing({2, 3, 10, 11})
    renderings = list(translate(stream(30, clock, engine=engine), "en", Chain("en", [engine], 4, now=clock)))
    assert len([one for one in renderings if one.rev == 1]) == 30
    missed = [one.sentence.id for one in renderings if one.untranslated]
    filled = again(renderings)
    assert [id for id, _ in filled] == list(dict.fromkeys(missed))
    assert all(text == f"Sentence {id.removeprefix('s')}." for id, text in filled)
    order = [(one.sentence.id, one.rev) for one in renderings[:9]]
    assert order[2:8] == [("s2", 1), ("s3", 1), ("s4", 1), ("s2", 2), ("s3", 2), ("s5", 1)]


@given(st.sets(st.integers(0, 29)))
@tuned(max_examples=40, deadline=None)
def test_whenever_the_engine_was_down_all_is_translated_in_the_end(down: set[int]) -> None:
    clock, engine = Clock(), Failing(down)
    spoken = stream(31, clock, engine=engine)
    last = {one.sentence.id: one.text for one in translate(spoken, "en", Chain("en", [engine], 4, now=clock))}
    assert last == {f"s{number}": f"Sentence {number}." for number in range(31)}


def test_what_cannot_be_translated_is_not_tried_for_ever(clock: Clock) -> None:
    class Choosy(Failing):
        def translate(self, text: str, *_: object) -> Answer | None:
            return Answer("<html>Sorry</html>") if text == "Phrase 3." else super().translate(text)

    renderings = list(translate(stream(40, clock), "en", Chain("en", [Choosy(set())], 4, now=clock)))
    assert [id for id, _ in again(renderings)] == ["s3"] * 4
    assert renderings[-1].untranslated


def test_a_doubtful_answer_is_shown_and_better_comes_later(clock: Clock) -> None:
    """The parrot has had its say; only the other engine is asked again."""
    web, parrot = Engine("web", DOWN), Engine("parrot", "Nous sommes là, bien entendu.")
    chain = Chain("en", [web, parrot], 4, now=clock)
    said = [sentence("Nous sommes là, bien entendu.", number=1)]
    [first] = [one for one in translate(said, "en", chain) if one.rev == 1]
    assert (first.text, first.doubtful, first.untranslated) == ("Nous sommes là, bien entendu.", "unchanged", False)

    def more() -> Iterator[Sentence]:
        yield said[0]
        web.answer = "We are here, of course."
        yield sentence("Merci.", number=2)

    web.answer = DOWN
    renderings = list(translate(more(), "en", Chain("en", [web, parrot], 4, now=clock)))
    assert again(renderings) == [("s1", "We are here, of course.")]
    assert not renderings[-1].doubtful
    everybody = list(translate(said, "en", Chain("en", [Engine("echo", parrot.answer), parrot], 4, now=clock)))
    assert again(everybody) == [], "both have had their say"


def test_live_sentences_go_first(clock: Clock) -> None:
    """Nothing is tried again while the live ones are answered late."""

    class Slow(Failing):
        def translate(self, text: str, *_: object) -> Answer | None:
            clock.time += 2.5
            return super().translate(text)

    sentences = stream(9, clock)
    renderings = []
    for one in translate(sentences, "en", Chain("en", [Slow({0, 1})], 4, now=clock)):
        renderings.append(one)
        if one.sentence.id == "s8" and one.rev == 1:
            assert again(renderings) == []
    assert [id for id, _ in again(renderings)] == ["s0", "s1"], "at the end there is time"


def test_at_the_end_the_time_is_bounded(clock: Clock) -> None:
    engine = Failing({*range(20)})
    renderings = list(translate(stream(20, clock, engine=engine), "en", Chain("en", [engine], 4, now=clock)))
    assert len(again(renderings)) == 3
    assert all(one.untranslated for one in renderings)


def test_at_the_end_an_engine_that_is_back_is_asked_though_it_was_left_alone(clock: Clock) -> None:
    engine = Failing({*range(5)})

    def all_of_it() -> Iterator[Sentence]:
        yield from stream(5, clock, step=0.1)
        engine.down = set()

    renderings = list(translate(all_of_it(), "en", Chain("en", [engine], 4, now=clock)))
    assert [id for id, _ in again(renderings)] == [f"s{number}" for number in range(5)]
    assert not any(one.untranslated for one in renderings if one.rev > 1)


def test_a_session_that_goes_on_translates_what_the_one_before_could_not(demo: LocalEngine) -> None:
    rules = CueRules()
    down = Chain("en", [Engine("web", DOWN)], deadline=20)
    before = [event for event in to_cues(translate(SPOKEN, "en", down), rules) if isinstance(event, Cue)]
    state = fold([*SPOKEN, *before])
    owed = unsettled(state.sentences, state.track("en"), "en")
    assert [(one.sentence, one.untranslated) for one in owed] == [(sentence, True) for sentence in SPOKEN]
    chain = Chain("en", [demo], deadline=20)
    for event in to_cues(translate([], "en", chain, before=owed), rules, before=state.track("en")):
        apply(state, event)
    assert [cue.text.replace("\n", " ") for cue in state.track("en")] == texts(SPOKEN, demo)
    assert unsettled(state.sentences, state.track("en"), "en") == []


def texts(sentences: Sequence[Sentence], demo: LocalEngine) -> list[str]:
    return [str(plainly(demo)(one.text, "fr", "en")) for one in sentences]


def test_what_is_told_of_an_outage(clock: Clock) -> None:
    watch = Outage("en")
    engine = Failing({2, 3, 4, 5})
    renderings = translate(stream(20, clock, engine=engine), "en", Chain("en", [engine], 4, now=clock))
    told = [event.text for one in renderings for event in watch.events(one) if isinstance(event, Warned)]
    assert [text.partition(" (")[0] for text in told] == [
        "nothing is translated into en just now",
        "translation into en is back after 4 sentences, which are tried again",
        "4 lines translated into en again; the files are corrected",
    ]


# --- a real server and the demo model -------------------------------------------------------------------------------


def test_a_server_that_is_down_and_comes_back_leaves_the_cues_of_an_undisturbed_run(
    demo: LocalEngine, clock: Clock
) -> None:
    """Also one that shows an error page with status 200 in between."""
    spoken = [
        replace(one, id=f"s{number}{one.id}", start=one.start + 12 * number, end=one.end + 12 * number)
        for number in range(6)
        for one in SPOKEN
    ]
    spoken = [replace(one, words=(replace(one.words[0], start=one.start, end=one.end),)) for one in spoken]
    moods = {3: "refuses", 6: "page", 9: "right"}
    with serving(Libre(plainly(demo))) as server:

        def live() -> Iterator[Sentence]:
            for number, one in enumerate(spoken):
                server.mood = moods.get(number, server.mood)
                clock.time += 8.0
                yield one

        chain = Chain("en", [WebEngine(LIBRE, {}, server.url)], deadline=20, now=clock)
        events = list(to_cues(translate(live(), "en", chain), CueRules()))
    undisturbed = list(to_cues(translate(spoken, "en", Chain("en", [demo], deadline=20)), CueRules()))
    shown = fold(events).track("en")
    assert [(cue.text, cue.start, cue.end) for cue in shown] == [
        (cue.text, cue.start, cue.end) for cue in fold(undisturbed).track("en")
    ]
    assert sum("backfilled" in cue.flags for cue in shown) >= 6
    assert not any("untranslated" in cue.flags for cue in shown)


def test_a_session_whose_engine_was_down_has_the_texts_of_one_whose_was_not(tmp_path: Path) -> None:
    """From the command line: an error page with status 200, then refusals, and at last translations."""
    demo = LocalEngine(assets.demo_translator())
    out = tmp_path / "out"
    with serving(Libre(plainly(demo))) as server:
        server.mood = "page"
        command = ["run", RALLY, "--demo", "--translate", "libre", "--libre-url", server.url, "--out", str(out)]
        with subprocess.Popen([sys.executable, "-m", "pipeline", *command], stdout=subprocess.PIPE) as running:
            until(lambda: server.asked, 60)
            server.mood = "refuses"
            until(lambda: journaled(out).count(b'"kind":"translation"') > 8, 60)
            server.mood = "right"
            said = running.communicate(timeout=240)[0].decode()
    assert running.returncode == 0
    state = fold(entry.event for entry in read(out / "journal.jsonl"))
    cues = state.track("en")
    assert {flag for cue in cues for flag in cue.flags} >= {"backfilled"}
    assert not [cue for cue in cues if "untranslated" in cue.flags]
    whole = " ".join(str(plainly(demo)(one.text, "fr", "en")) for one in state.sentences.values())
    assert " ".join(" ".join(cue.text.split()) for cue in cues) == whole
    assert [fault for fault in faults(cues, CueRules()) if fault.rule != "cps"] == []
    for cue in cues:
        assert cue.text in (out / "subtitles.en.srt").read_text("utf-8")
    assert "just now" in said
    assert "again; the files are corrected" in said
    assert "translated later" in (out / "report.html").read_text("utf-8")


def test_a_parrot_is_doubted_and_the_next_engine_asked(tmp_path: Path) -> None:
    with serving(Libre(lambda text, src_lang, tgt_lang: text)) as server:
        command = ["run", RALLY, "--demo", "--end", "6", "--translate", "libre,local", "--libre-url", server.url]
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command, "--out", str(tmp_path / "out")],
            capture_output=True,
            timeout=240,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert "en  Good evening, everyone.\n" in done.stdout.decode()
    events = [entry.event for entry in read(tmp_path / "out" / "journal.jsonl")]
    attempts = [(one.engine, one.verdict) for one in events if isinstance(one, Translation)]
    assert attempts[:2] == [("libre", "doubtful: unchanged"), ("local", "ok")]


def test_where_there_is_no_next_engine_a_doubtful_answer_is_shown_and_marked() -> None:
    with serving(Libre(lambda text, src_lang, tgt_lang: text)) as server:
        chain = Chain("en", [WebEngine(LIBRE, {}, server.url)], deadline=20)
        cues = [one for one in to_cues(translate(SPOKEN, "en", chain), CueRules()) if isinstance(one, Cue)]
    assert [(cue.text.replace("\n", " "), cue.flags) for cue in cues] == [(one.text, ("doubtful",)) for one in SPOKEN]
    assert remark(cues[0]) == "  [doubtful]"
    assert len(server.asked) == len(SPOKEN), "it has had its say"


def journaled(folder: Path) -> bytes:
    path = folder / "journal.jsonl"
    return path.read_bytes() if path.exists() else b""
