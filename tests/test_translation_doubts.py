"""The gate's second verdict: hardly a correct sentence is doubted, and what is planted is."""

import sys
from itertools import islice, pairwise, repeat
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from models.recipe.corpus import SENTENCES, Corpus, Pair, load
from pipeline.translation.doubts import JUDGES, doubts
from pipeline.translation.gate import impossible
from pipeline.translation.numbers import lost

LANGS = st.sampled_from(["fr", "en", "es", "ru", "zh", "co"])
SHORT = 60
"""Characters of a short utterance."""


def rally(count: int) -> list[Pair]:
    """Short things said at a rally and what they mean: half as written in the corpus, half composed of its parts."""
    random = Random(0)
    corpus = Corpus()
    written = [pair for name in ("full_rally", "full_stage") for pair in load(name) if len(pair.fr) <= SHORT]
    composed = (pair for pair in (corpus.composed(random) for _ in repeat(None)) if len(pair.fr) <= SHORT)
    return [*random.sample(written, count // 2), *islice(composed, count - count // 2)]


def test_under_one_in_a_hundred_correct_sentences_is_doubted() -> None:
    pairs = rally(500)
    assert len({*pairs}) > 490
    doubted = [(pair, why) for pair in pairs if (why := doubts(pair.fr, pair.en, "fr", "en"))]
    assert not [pair for pair in pairs if impossible(pair.fr, pair.en, "en")]
    sys.stdout.write(f"{len(doubted)} of {len(pairs)} correct short utterances are doubted: {doubted}\n")
    assert len(doubted) < 0.01 * len(pairs)


def test_under_one_in_a_hundred_of_the_whole_corpus_is_doubted_either_way() -> None:
    pairs = [pair for name in SENTENCES for pair in load(name)]
    there = [pair for pair in pairs if doubts(pair.fr, pair.en, "fr", "en")]
    back = [pair for pair in pairs if doubts(pair.en, pair.fr, "en", "fr")]
    sys.stdout.write(f"doubted of {len(pairs)} pairs: {len(there)} to English, {len(back)} to French\n")
    assert len(there) < 0.01 * len(pairs)
    assert len(back) < 0.01 * len(pairs)


def test_what_was_not_translated_is_noticed_in_the_whole_corpus() -> None:
    """Left in French as it was, and nearly all even if something else is said there."""
    pairs = [pair for pair in rally(500) if len(pair.fr.split()) > 5]
    unchanged = [pair for pair in pairs if doubts(pair.fr, pair.fr, "fr", "en").startswith("unchanged")]
    french = [doubts(one.fr, other.fr, "fr", "en") for one, other in pairwise(pairs)]
    noticed = sum("wrong language" in why for why in french) / len(french)
    sys.stdout.write(f"noticed: {len(unchanged)} of {len(pairs)} unchanged, {noticed:.1%} in French\n")
    assert len(unchanged) == len(pairs)
    assert noticed > 0.95


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("Bravo !", "Bravo!"),
        ("Bravo, bravo !", "Bravo, bravo!"),
        ("Jean-Luc Mélenchon !", "Jean-Luc Mélenchon!"),
        ("Marie Curie.", "Marie Curie."),
        ("Charles de Gaulle.", "Charles de Gaulle."),
        ("Nanterre !", "Nanterre!"),
        ("Attention !", "Attention!"),
        ("Silence !", "Silence!"),
        ("Merci.", "Thank you."),
        ("Oui.", "Yes."),
        ("Anne-Marie Lefebvre, Karim Benali, Sophie Nguyen.", "Anne-Marie Lefebvre, Karim Benali, Sophie Nguyen."),
        ("1936.", "1936."),
        ("Un homme et une femme, une fois.", "A man and a woman, once."),
        ("La première, la seconde.", "The first one, the second one."),
        ("Nous sommes quatre-vingt-dix.", "There are ninety of us."),
        ("Quatre-vingt-dix pour cent des gens.", "90% of people."),
        ("En deux mille vingt-six, on vote.", "In 2026, we vote."),
        ("En deux mille vingt-six, on vote.", "In twenty twenty-six, we vote."),
        ("Le vingt et unième siècle.", "The twenty-first century."),
        ("Il manque 1 200 euros.", "1,200 euros are missing."),
        ("1,5 million de gens.", "1.5 million people."),
        ("1,5 million de gens.", "One and a half million people."),
        ("Deux millions cinq cent mille.", "2,500,000."),
        ("Mille neuf cent trente-six.", "Nineteen thirty-six."),
        ("Mai soixante-huit.", "May '68."),
        ("À dix-huit heures trente.", "At half past six."),
        ("La semaine de quatre jours.", "The four-day week."),
        ("Le matériel est neuf.", "The equipment is new."),
        ("Dans quinze jours.", "In two weeks."),
        ("Les années quatre-vingt.", "The eighties."),
        ("Le 49.3, encore !", "Article 49.3, again!"),
    ],
)
def test_has_no_doubt_about_what_is_right(source: str, answer: str) -> None:
    assert (impossible(source, answer, "en"), doubts(source, answer, "fr", "en")) == ("", "")


@pytest.mark.parametrize(
    ("source", "answer", "why"),
    [
        ("Bonsoir à toutes et à tous.", "Bonsoir à toutes et à tous.", "unchanged"),
        ("Merci !", "Merci !", "unchanged"),
        ("Oui !", "Oui !", "unchanged"),
        ("Applaudissements !", "applaudissements", "unchanged"),
        ("Vive la Commune de Paris !", "Vive la commune de Paris!", "unchanged"),
        ("Bonsoir à toutes et à tous.", "Bonsoir à tous et bienvenue ici ce soir.", "wrong language"),
        ("Nous sommes venus de loin.", "Hemos venido desde muy lejos para esto.", "wrong language"),
        ("Nous sommes venus de loin ce soir.", "Wir sind heute Abend von weit her gekommen.", "wrong language"),
        ("Nous sommes venus de loin pour défendre le droit au logement.", "We came.", "odd length"),
        ("Merci, camarades.", "Thank you very much to every single one of you, comrades.", "odd length"),
        ("Nous sommes quatre-vingt-dix.", "There are nineteen of us.", "lost 90"),
        ("Quatre-vingt-dix personnes et 1 200 euros.", "Some people and some euros.", "lost 90 and 1 200"),
        ("En deux mille vingt-six, on vote.", "In 2025, we vote.", "lost 2026"),
        ("1,5 million de gens.", "15 million people.", "lost 1,5 1000000"),
        ("Le vingt et unième siècle.", "The twentieth century.", "lost 21"),
        ("Rendez-vous à 18 heures.", "See you at eight o'clock.", "lost 18"),
    ],
)
def test_doubts_what_is_planted(source: str, answer: str, why: str) -> None:
    assert impossible(source, answer, "en") == ""
    assert why in doubts(source, answer, "fr", "en")


@pytest.mark.parametrize(
    ("source", "answer", "pair", "missing"),
    [
        ("Somos noventa en dos mil veintiséis.", "There are 90 of us in 2026.", ("es", "en"), []),
        ("Somos noventa.", "There are nineteen of us.", ("es", "en"), ["90"]),
        ("Wir sind einundzwanzig.", "There are twenty-one of us.", ("de", "en"), []),
        ("Wir sind einundzwanzig.", "There are twelve of us.", ("de", "en"), ["21"]),
        ("Nineteen thirty-six, at 6:30 pm.", "1936, à 18 h 30.", ("en", "fr"), []),
        ("Nous étions 90.", "Нас было девяносто.", ("fr", "ru"), []),
        ("Nous étions 250.", "Нас было много.", ("fr", "ru"), ["250"]),
        ("Nous étions 250.", "كنا ٢٥٠.", ("fr", "ar"), []),
    ],
)
def test_numbers_of_other_languages(source: str, answer: str, pair: tuple[str, str], missing: list[str]) -> None:
    assert lost(source, answer, *pair) == missing


def test_another_judge_may_have_its_doubts() -> None:
    def town_hall(source: str, answer: str, src_lang: str, tgt_lang: str) -> str:
        return "broken term: la mairie" if "mairie" in source and "town hall" not in answer else ""

    judges = (*JUDGES, town_hall)
    assert doubts("Devant la mairie.", "In front of the mayor.", "fr", "en", judges) == "broken term: la mairie"
    assert doubts("Devant la mairie.", "In front of the town hall.", "fr", "en", judges) == ""


@tuned(deadline=None)  # the first of a language loads its dictionary
@given(st.text(max_size=80), st.text(max_size=80), LANGS, LANGS)
def test_judges_any_text(source: str, answer: str, src_lang: str, tgt_lang: str) -> None:
    assert isinstance(doubts(source, answer, src_lang, tgt_lang), str)
