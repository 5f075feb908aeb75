"""The chain and the stage: order, shares of the deadline, verdicts, and tracks that do not wait for each other."""

import threading
from collections.abc import Iterator
from itertools import count, islice

import msgspec
import pytest

from pipeline import assets
from pipeline.events import Rendering, Sentence, Warned
from pipeline.flow import fan_out, spawn
from pipeline.translation.chain import Chain
from pipeline.translation.engine import NOTHING, Answer, Context, TranslationFailed
from pipeline.translation.local import LocalEngine
from pipeline.translation.outage import Outage
from pipeline.translation.stage import translate, verbatim
from pipeline.translation.verdicts import OK
from tests.waiting import until

TEXTS = {
    "Bonsoir à toutes et à tous.": "Good evening, everyone.",
    "Cette salle est pleine à craquer.": "This hall is packed to the rafters.",
    "Merci d'éteindre vos téléphones portables.": "Please switch off your mobile phones.",
}


def sentence(text: str, lang: str = "fr", number: int = 1) -> Sentence:
    return Sentence(id=f"s{number}", lang=lang, start=float(number), end=number + 1.0, text=text, words=())


SENTENCES = [sentence(text, number=number) for number, text in enumerate(TEXTS, 1)]


class Engine:
    """Answers what it was given, fails with it, or hangs until it is let go."""

    leaves_machine = False
    parallel = 1
    signature = ""

    def __init__(self, name: str, answer: str | TranslationFailed | None = None, serves: str = "fr") -> None:
        self.name = name
        self.answer = answer
        self.free = threading.Event()
        self.free.set()
        self.asked = 0
        self.contexts: list[list[tuple[str, str]]] = []
        self.clauses: list[tuple[tuple[tuple[str, str], ...], bool]] = []
        self._serves = serves

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return src_lang == self._serves

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        self.asked += 1
        self.contexts.append(list(context.sentences))
        self.clauses.append((context.clauses, context.more))
        self.free.wait(60)
        if isinstance(self.answer, TranslationFailed):
            raise self.answer
        return None if self.answer is None else Answer(self.answer)


@pytest.fixture
def hanging() -> Iterator[Engine]:
    engine = Engine("hanging", "Too late.")
    engine.free.clear()
    yield engine
    engine.free.set()


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


def verdicts(rendering: Rendering) -> list[tuple[str, str]]:
    return [(attempt.engine, attempt.verdict) for attempt in rendering.attempts]


def test_the_demo_model_renders_sentences_in_order(demo: LocalEngine) -> None:
    renderings = list(translate(SENTENCES, "en", Chain("en", [demo], deadline=20)))
    assert [rendering.text for rendering in renderings] == list(TEXTS.values())
    assert [rendering.sentence for rendering in renderings] == SENTENCES
    for rendering in renderings:
        [attempt] = rendering.attempts
        assert (attempt.sentence, attempt.lang, attempt.engine) == (rendering.sentence.id, "en", "local")
        assert (attempt.attempt, attempt.verdict, attempt.text) == (1, OK, rendering.text)
        assert attempt.elapsed > 0
        assert not rendering.untranslated


def test_engines_are_asked_in_order_until_one_has_a_translation() -> None:
    engines = [
        Engine("down", TranslationFailed("too many requests")),
        Engine("silent"),
        Engine("page", "<html>Sorry</html>"),
        Engine("good", "  Good evening,\n everyone. "),
        Engine("spare", "Evening."),
    ]
    rendering = Chain("en", engines, deadline=20).render(SENTENCES[0])
    assert verdicts(rendering) == [
        ("down", "too many requests"),
        ("silent", "empty"),
        ("page", "markup"),
        ("good", OK),
    ]
    assert [attempt.attempt for attempt in rendering.attempts] == [1, 2, 3, 4]
    assert rendering.text == "Good evening, everyone."
    assert rendering.attempts[2].text == "<html>Sorry</html>"
    assert engines[-1].asked == 0


def test_without_a_translation_the_sentence_stays_in_its_language() -> None:
    rendering = Chain("en", [Engine("page", "Error 500 (Server Error)!!1")], deadline=20).render(SENTENCES[0])
    assert rendering.untranslated
    assert rendering.text == SENTENCES[0].text
    assert rendering.lang == "en"


def test_only_the_beginning_of_a_refused_page_is_kept() -> None:
    [attempt] = Chain("en", [Engine("page", "<p>" + "x" * 9000)], deadline=20).render(SENTENCES[0]).attempts
    assert len(attempt.text) == 200


def test_hanging_engines_leave_time_for_the_last_one(hanging: Engine) -> None:
    chain = Chain("en", [hanging, hanging, Engine("good", "Good evening.")], deadline=12)
    rendering = chain.render(SENTENCES[0])
    assert verdicts(rendering) == [("hanging", "no answer in time")] * 2 + [("good", OK)]
    first, second = (attempt.elapsed for attempt in rendering.attempts[:2])
    assert 3.6 < first < 8  # a third, and what the machine was late
    assert second > 0.45 * (12 - first)  # half of what is left


def test_an_engine_that_still_hangs_is_spared_until_it_answers(hanging: Engine) -> None:
    chain = Chain("en", [hanging], deadline=0.2)
    assert verdicts(chain.render(SENTENCES[0])) == [("hanging", "no answer in time")]
    assert verdicts(chain.render(SENTENCES[1])) == [("hanging", "still busy with earlier sentences")]
    assert hanging.asked == 1
    hanging.free.set()
    # The answer to this sentence; the late one was dropped.
    until(lambda: chain.render(SENTENCES[2]).text == "Too late.", 20)


def test_an_engine_is_given_the_last_sentences_that_were_translated() -> None:
    engine = Engine("engine", "Yes.")
    chain = Chain("en", [engine], deadline=20)
    for number, answer in enumerate(["One.", None, "Two.", "Three.", "Four.", "Five.", "Six."]):
        engine.answer = answer
        chain.render(sentence(f"phrase {number}"))
    assert engine.contexts[0] == []
    assert engine.contexts[2] == [("phrase 0", "One.")]
    assert [translation for _, translation in engine.contexts[6]] == ["Two.", "Three.", "Four.", "Five."]


def test_a_sentence_in_the_language_of_the_track_passes_through() -> None:
    engine = Engine("engine", "never asked")
    english = sentence("Thank you all!", lang="en")
    rendering = Chain("en", [engine], deadline=20).render(english)
    assert (rendering.text, rendering.attempts, rendering.untranslated) == ("Thank you all!", (), False)
    assert engine.asked == 0


def test_engines_that_do_not_serve_the_language_are_not_asked() -> None:
    spanish = sentence("Buenas noches a todas y a todos.", lang="es")
    french, web = Engine("french", "no"), Engine("web", "Good evening, everyone.", serves="es")
    assert verdicts(Chain("en", [french, web], deadline=20).render(spanish)) == [("web", OK)]
    assert french.asked == 0


def test_the_verbatim_track_says_what_was_said() -> None:
    renderings = list(verbatim(SENTENCES, "fr"))
    assert [(rendering.text, rendering.lang) for rendering in renderings] == [(text, "fr") for text in TEXTS]


def test_a_chain_of_another_language_is_a_mistake(demo: LocalEngine) -> None:
    with pytest.raises(ValueError, match="es track"):
        translate(SENTENCES, "es", Chain("en", [demo], deadline=20))


def test_the_stage_asks_only_as_it_is_read() -> None:
    engine = Engine("engine", "Yes.")
    assert len(list(islice(translate(iter(SENTENCES), "en", Chain("en", [engine], deadline=20)), 2))) == 2
    assert engine.asked == 2


def test_a_slow_language_does_not_hold_another(demo: LocalEngine, hanging: Engine) -> None:
    hanging.answer = "Ahora sí."
    english, spanish = fan_out(iter(SENTENCES), 2, bound=8, name="sentences")
    es = spawn(translate(spanish, "es", Chain("es", [hanging], deadline=60)), bound=8, name="es")
    en = spawn(translate(english, "en", Chain("en", [demo], deadline=60)), bound=8, name="en")
    assert [rendering.text for rendering in en] == list(TEXTS.values())  # all of it while Spanish hangs
    hanging.free.set()
    assert [rendering.text for rendering in es] == ["Ahora sí."] * len(SENTENCES)


def test_that_nothing_is_translated_any_more_is_told_once_and_that_it_goes_on() -> None:
    broken = Engine("google", TranslationFailed("no connection"))
    watch, told = Outage("en"), list[str]()
    now = 0.0
    chain = Chain("en", [broken], 1.0, now=lambda: now)
    for number in range(6):
        now += 100.0
        broken.answer = "Good evening." if number == 4 else TranslationFailed("no connection")
        rendering = chain.render(sentence("Bonsoir à toutes et à tous.", number=number))
        told += [event.text for event in watch.events(rendering) if isinstance(event, Warned)]
    assert len(told) == 2
    assert "google: no connection" in told[0]
    assert told[1] == "translation into en is back after 4 sentences, which are tried again"


def test_an_engine_that_is_gone_while_another_answers_is_told_once_and_its_return_too() -> None:
    first, second = Engine("libre", TranslationFailed("no connection")), Engine("local", "Good evening.")
    watch, told = Outage("en"), list[str]()
    now = 0.0
    chain = Chain("en", [first, second], 30.0, now=lambda: now)

    def said(number: int) -> list[str]:
        nonlocal now
        now += 100.0
        rendering = chain.render(sentence("Bonsoir à toutes et à tous.", number=number))
        told.extend(event.text for event in watch.events(rendering) if isinstance(event, Warned))
        return told

    for number in range(8):
        said(number)
    first.answer = "Good evening to all."
    numbers = count(8)
    until(lambda: len(said(next(numbers))) > 1, 20)  # it is asked beside the sentences whether it is back
    for _ in range(4):
        said(next(numbers))
    assert [text.partition(" (")[0] for text in told] == [
        "libre does not translate into en just now",
        "libre translates into en again",
    ]
    assert "local does" in told[0]


def test_clauses_go_on_with_each_other_and_one_that_is_tried_again_stands_alone() -> None:
    engine = Engine("engine", "We march,")
    chain = Chain("en", [engine], deadline=20)
    first = msgspec.structs.replace(sentence("Nous marchons,", number=1), more=True)
    rendering = chain.render(first)
    chain.render(msgspec.structs.replace(sentence("et nous chantons.", number=2), after=first.id))
    chain.again(rendering, set(), 20)
    chain.render(sentence("Merci.", number=3))
    assert engine.clauses == [((), True), ((("Nous marchons,", "We march,"),), False), ((), False), ((), False)]


def test_a_clause_does_not_begin_with_the_mark_that_would_have_ended_the_one_before(demo: LocalEngine) -> None:
    clauses = "Nous sommes reliés à vingt", "villes, et nous saluons les camarades", "de Bruxelles."
    chain, shown, after = Chain("en", [demo], deadline=20), [], ""
    for number, text in enumerate(clauses, 1):
        clause = msgspec.structs.replace(sentence(text, number=number), after=after, more=number < 3)
        shown.append(chain.render(clause).text)
        after = clause.id
    assert shown == ["We are connected to twenty cities", "and we greet the comrades", "of Brussels."]


def test_of_a_clause_whose_mark_alone_is_left_there_are_words(demo: LocalEngine) -> None:
    chain = Chain("en", [demo], deadline=20)
    first = msgspec.structs.replace(sentence("Ma tournée compte six cents boîtes", number=1), more=True)
    chain.render(first)
    rest = chain.render(msgspec.structs.replace(sentence("aux lettres.", number=2), after=first.id))
    assert rest.text[0].isalnum()
    assert not rest.untranslated
