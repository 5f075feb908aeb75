"""Terms in translations: right whatever an engine makes of names, and told where nothing helps."""

from collections.abc import Callable
from threading import Event

import pytest

from pipeline.names.glossary import Glossary, parse
from pipeline.names.rendering import broken, due, masked, mend, unmasked
from pipeline.translation.engine import NOTHING, Answer, Context, TranslationFailed
from pipeline.translation.protected import Protected

GLOSSARY = parse(
    """
    Ysoline Brachemont = Ysoline Brachemont
    Union Solidéa = Solidea Union
    Fort-Carré = Fort-Carré
    la mairie = the town hall
    """,
    "names.txt",
)
SAID = "Ysoline Brachemont parle de l'Union Solidéa à la mairie de Fort-Carré."
ENGLISH = "{0} speaks of the {1} at {2} of {3}."
PLAIN = ("Ysoline Brachemont", "Union Solidéa", "la mairie", "Fort-Carré")
TARGETS = ("Ysoline Brachemont", "Solidea Union", "the town hall", "Fort-Carré")


class Scripted:
    """Translates the sentence above with what stands in it for its terms, after `habit` was at each of them."""

    name, leaves_machine, parallel, signature = "scripted", False, 1, ""

    def __init__(self, habit: Callable[[str], str]) -> None:
        self.habit = habit
        self.asked: list[str] = []

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return True

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        self.asked.append(text)
        first, rest = text.split(" parle de l'")
        second, rest = rest.split(" à ")
        third, fourth = rest.rsplit(" de ", 1)
        return Answer(ENGLISH.format(*map(self.habit, (first, second, third, fourth.rstrip(".")))))


def protected(habit: Callable[[str], str], glossary: Glossary = GLOSSARY) -> tuple[str, Scripted]:
    engine = Scripted(habit)
    answer = Protected(engine, lambda lang: glossary.into(lang, "en")).translate(SAID, "fr", "en")
    return answer.text if answer else "", engine


RIGHT = ENGLISH.format(*TARGETS)


@pytest.mark.parametrize(
    "habit",
    [
        lambda term: dict(zip(PLAIN, TARGETS, strict=True)).get(term, term),
        lambda term: term,
        str.lower,
        str.upper,
        lambda term: term.replace("é", "e").replace("-", " "),
        lambda term: term.replace("z", "s").replace("Br", "Pr"),
        lambda term: f"{term[:3]} {term[3:]}",
        lambda term: f"“{term}”" if " " in term else f"{term}’s",
        lambda term: {"Fort-Carré": "Square Fort", "la mairie": "city hall"}.get(term, term),
        lambda term: {"Fort-Carré": "Square Fort", "la mairie": "city hall"}.get(term, f"__{term.lower()}_ "),
        lambda term: "him" if term in PLAIN + TARGETS else term,
        lambda term: "him" if term in PLAIN + TARGETS else term.lower() + "s",
    ],
    ids=[
        "knows", "echoes", "lower", "upper", "no accents", "misspells", "splits", "decorates", "translates names",
        "translates names and mangles", "drops names", "drops names and mangles stand-ins",
    ],
)  # fmt: skip
def test_whatever_an_engine_makes_of_names_they_come_out_right(habit: Callable[[str], str]) -> None:
    answer, engine = protected(habit)
    assert answer
    assert not broken(SAID, answer, GLOSSARY.terms)
    for target in TARGETS:
        assert target in answer
    assert len(engine.asked) <= 3


def test_who_echoes_the_whole_text_still_has_the_terms_right() -> None:
    class Echo(Scripted):
        def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
            return Answer(text)

    answer = Protected(Echo(str), lambda lang: GLOSSARY.terms).translate(SAID, "fr", "en")
    assert answer == Answer("Ysoline Brachemont parle de Solidea Union à the town hall de Fort-Carré.")


def test_a_right_answer_costs_no_second_question_and_stays_as_it_is() -> None:
    answer, engine = protected(lambda term: dict(zip(PLAIN, TARGETS, strict=True))[term])
    assert (answer, len(engine.asked)) == (RIGHT, 1)


def test_what_nothing_helps_is_given_as_it_came_and_called_broken() -> None:
    answer, engine = protected(lambda term: "him")
    assert answer == "him speaks of the him at him of him."
    assert len(engine.asked) == 3
    assert broken(SAID, answer, GLOSSARY.terms) == f"broken glossary term: {', '.join(TARGETS)}"


def test_a_second_question_that_fails_or_has_no_time_left_costs_no_answer() -> None:
    class Tiring(Scripted):
        def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
            if self.asked:
                raise TranslationFailed("too many requests")
            return super().translate(text, src_lang, tgt_lang, context)

    assert Protected(Tiring(lambda term: "him"), lambda lang: GLOSSARY.terms).translate(SAID, "fr", "en")

    class Hanging(Scripted):
        def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
            answer = super().translate(text, src_lang, tgt_lang, context)
            if len(self.asked) > 1:
                release.wait(60)
            return answer

    release = Event()
    hanging = Protected(Hanging(lambda term: "him"), lambda lang: GLOSSARY.terms, patience=0.2)
    assert hanging.translate(SAID, "fr", "en") == Answer("him speaks of the him at him of him.")
    release.set()
    slow = Scripted(lambda term: "him")
    ticks = iter((0.0, 5.0, 5.0))
    Protected(slow, lambda lang: GLOSSARY.terms, patience=1.0, now=lambda: next(ticks)).translate(SAID, "fr", "en")
    assert len(slow.asked) == 1


def test_another_language_keeps_the_names_only() -> None:
    engine = Scripted(lambda term: term)
    answer = Protected(engine, lambda lang: GLOSSARY.into(lang, "en")).translate(SAID, "fr", "es")
    assert answer == Answer(ENGLISH.format(*PLAIN))


@pytest.mark.parametrize(
    ("text", "answer", "missing"),
    [
        ("À la mairie !", "The town hall!", ""),
        ("Les mairies ferment.", "Town halls close.", ""),
        ("À la Mairie !", "At the Town Hall!", ""),
        ("Voici Ysoline Brachemont.", "Here is ysoline brachemont.", "Ysoline Brachemont"),
        ("Voici Ysoline Brachemont.", "Here are Ysoline Brachemont's friends.", ""),
        ("Voici Ysoline.", "Here she is.", ""),
    ],
)
def test_what_counts_as_right(text: str, answer: str, missing: str) -> None:
    assert broken(text, answer, GLOSSARY.terms).removeprefix("broken glossary term: ") == missing


def test_of_two_terms_that_overlap_the_longer_is_meant() -> None:
    terms = parse("Brachemont = Mr Brachemont\nYsoline Brachemont = Ysoline Brachemont", "names.txt").terms
    assert [term.source for term in due("Voici Ysoline Brachemont.", terms)] == ["Ysoline Brachemont"]


def test_a_name_is_not_the_ordinary_word_of_the_same_letters() -> None:
    terms = parse("Rose = Rose\nla mairie = the town hall", "names.txt").terms
    assert [term.source for term in due("La rose de La Mairie.", terms)] == ["la mairie"]
    assert [term.source for term in due("Rose parle.", terms)] == ["Rose"]


def test_a_name_that_is_right_is_not_taken_for_another_that_is_missing() -> None:
    terms = parse("Vaubrin = Vaubrin\nVobrin = Vobrin", "names.txt").terms
    assert mend("Vaubrin meets him.", due("Vaubrin rencontre Vobrin.", terms)) == "Vaubrin meets him."


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("Giulia and Giulia speak.", "Fort-Carré and Fort-Carré speak."),
        ("giulias and Giulia’s friend speak.", "Fort-Carré and Fort-Carré’s friend speak."),
        ("Giulia and Ulla speak.", ""),
        ("Giulia speaks.", ""),
        ("Giulia, Giulia and Giulia speak.", ""),
    ],
)
def test_no_stand_in_is_ever_shown(answer: str, right: str) -> None:
    [term] = parse("Fort-Carré = Fort-Carré", "names.txt").terms
    text, masks = masked("Fort-Carré et Fort-Carré parlent.", [term])
    assert text == "Giulia et Giulia parlent."
    assert unmasked(answer, masks) == right
    assert masked("Giulia et Fort-Carré parlent.", [term])[0] == "Giulia et Samir parlent."


def test_a_sentence_keeps_its_capital() -> None:
    [term] = due("La mairie ferme.", GLOSSARY.terms)
    assert mend("La mairie closes.", [term]) == "The town hall closes."
