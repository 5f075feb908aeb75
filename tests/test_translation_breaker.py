"""An engine that fails again and again costs no sentence its time, and is asked again when it may be back."""

from collections.abc import Iterator

import pytest

from pipeline import assets
from pipeline.events import Rendering
from pipeline.translation.breaker import Breaker
from pipeline.translation.chain import Chain
from pipeline.translation.engine import TranslationFailed
from pipeline.translation.local import LocalEngine
from pipeline.translation.services import LIBRE
from pipeline.translation.verdicts import OK
from pipeline.translation.web import WebEngine
from tests.test_translation_chain import SENTENCES, Engine, sentence
from tests.translators import Libre, serving
from tests.waiting import until

DOWN = TranslationFailed("no connection")


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


@pytest.fixture
def libre() -> Iterator[Libre]:
    with serving(Libre()) as server:
        yield server


def verdicts(rendering: Rendering) -> list[str]:
    return [attempt.verdict for attempt in rendering.attempts]


def test_three_failures_open_it_and_every_failed_probe_for_twice_as_long(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed("no connection")
    breaker.failed("no connection")
    breaker.succeeded()
    for _ in range(3):
        assert not breaker.open
        breaker.failed("no connection")
    lengths: list[float] = []
    for _ in range(6):
        assert breaker.open
        assert not breaker.due
        began = clock.time
        while breaker.open:
            clock.time += 0.5
        lengths.append(clock.time - began)
        assert breaker.due
        breaker.failed("no answer in time")
    assert lengths == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    clock.time += 60.0
    breaker.succeeded()
    assert not breaker.open
    assert not breaker.due


def test_an_engine_that_is_down_is_passed_over_and_found_again(clock: Clock) -> None:
    """Its probes run beside the engine that answers: no sentence waits for them."""
    web, local = Engine("web", DOWN), Engine("local", "Good evening.")
    chain = Chain("en", [web, local], deadline=4, now=clock)
    for _ in range(3):
        assert verdicts(chain.render(SENTENCES[0])) == ["no connection", OK]
    assert verdicts(chain.render(SENTENCES[0])) == ["no connection; spared after several failures", OK]
    assert web.asked == 3
    clock.time, web.answer = 5.0, "Evening."
    assert chain.render(SENTENCES[0]).text == "Good evening."  # while the probe is on its way
    until(lambda: chain.render(SENTENCES[0]).text == "Evening.", 5)


def test_a_probe_that_hangs_holds_no_sentence(clock: Clock) -> None:
    web, local = Engine("web", DOWN), Engine("local", "Good evening.")
    web.parallel = 4
    chain = Chain("en", [web, local], deadline=4, now=clock)
    for _ in range(3):
        chain.render(SENTENCES[0])
    web.free.clear()
    clock.time = 10.0
    for _ in range(5):
        assert chain.render(SENTENCES[0]).text == "Good evening."
    until(lambda: web.asked == 4, 5)  # one probe, though five sentences came by
    web.answer = "Evening."
    clock.time += 30.0  # far too late: it is not back
    web.free.set()
    assert [chain.render(SENTENCES[0]).text for _ in range(20)] == ["Good evening."] * 20


def test_a_doubtful_answer_does_not_wait_for_an_engine_that_may_be_back(clock: Clock) -> None:
    web, parrot = Engine("web", DOWN), Engine("parrot", SENTENCES[0].text)
    web.parallel = 4
    chain = Chain("en", [web, parrot], deadline=60, now=clock)
    for _ in range(3):
        chain.render(SENTENCES[0])
    web.free.clear()
    clock.time = 10.0
    assert verdicts(chain.render(SENTENCES[0])) == ["doubtful: unchanged"]
    web.free.set()


def test_where_nobody_else_is_a_sentence_is_the_probe(clock: Clock) -> None:
    web = Engine("web", DOWN)
    chain = Chain("en", [web], deadline=4, now=clock)
    for number in range(6):
        assert chain.render(sentence("Bonsoir.", number=number)).untranslated
    assert web.asked == 3
    web.answer = "Good evening."
    clock.time = 5.0
    assert chain.render(SENTENCES[0]).text == "Good evening."
    assert chain.render(SENTENCES[0]).text == "Good evening."


def test_an_only_engine_that_is_back_is_not_missed_for_a_minute(clock: Clock) -> None:
    web = Engine("web", DOWN)
    chain = Chain("en", [web], deadline=4, now=clock)
    for _ in range(60):  # two minutes: by now it is left alone for a minute at a time
        clock.time += 2.0
        chain.render(SENTENCES[0])
    web.answer = "Good evening."
    clock.time += 6.0
    chain.render(SENTENCES[0])
    until(lambda: chain.render(SENTENCES[0]).text == "Good evening.", 5)


def test_impossible_answers_open_it_and_doubtful_ones_do_not(clock: Clock) -> None:
    page, parrot = Engine("page", "Error 500 (Server Error)!!1"), Engine("parrot", SENTENCES[0].text)
    chain = Chain("en", [page, parrot], deadline=4, now=clock)
    for _ in range(3):
        assert verdicts(chain.render(SENTENCES[0])) == ["error page", "doubtful: unchanged"]
    assert verdicts(chain.render(SENTENCES[0])) == ["error page; spared after several failures", "doubtful: unchanged"]


def test_what_is_wrong_with_a_text_is_not_held_against_the_engine(clock: Clock) -> None:
    web = Engine("web", TranslationFailed("longer than 499 bytes", failure=False))
    chain = Chain("en", [web], deadline=4, now=clock)
    for _ in range(5):
        chain.render(SENTENCES[0])
    assert web.asked == 5


def test_a_translator_that_takes_a_minute_costs_three_sentences_their_share(libre: Libre, demo: LocalEngine) -> None:
    """A real server and the demo model: from the fourth sentence on all of the time is the demo's."""
    libre.mood = "hangs"
    chain = Chain("en", [WebEngine(LIBRE, {}, libre.url), demo], deadline=8.0)
    renderings = [chain.render(SENTENCES[number % 3]) for number in range(6)]
    assert [rendering.attempts[0].verdict for rendering in renderings[:3]] == ["no answer in time"] * 3
    assert not any(rendering.untranslated for rendering in renderings)
    for rendering in renderings[3:]:
        assert rendering.attempts[0].verdict == "no answer in time; spared after several failures"
    assert len(libre.asked) == 3


def test_retry_after_is_obeyed_and_opens_nothing(libre: Libre, demo: LocalEngine, clock: Clock) -> None:
    libre.mood, libre.headers = "busy", {"Retry-After": "7"}
    chain = Chain("en", [WebEngine(LIBRE, {}, libre.url), demo], deadline=20, now=clock)
    for _ in range(4):
        assert chain.render(SENTENCES[0]).attempts[-1].engine == "local"
    assert len(libre.asked) == 1
    libre.mood = "right"
    clock.time = 7.5
    assert [attempt.engine for attempt in chain.render(SENTENCES[0]).attempts] == ["libre"]
