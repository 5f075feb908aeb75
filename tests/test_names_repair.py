"""Names as they should be: misspellings are put right, other words are left alone, what is in doubt is told."""

from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import Repaired, Sentence, Word
from pipeline.names.glossary import Glossary, Term, parse
from pipeline.names.lexicon import ordinary
from pipeline.names.live import Names
from pipeline.names.repair import Ear, put
from pipeline.names.sounds import likeness, sounds
from pipeline.names.stage import mended
from tests.misspellings import NAMES, misspellings, other_words

LEAST_RESTORED, MOST_CHANGED = 0.95, 0.005


def heard(text: str, probability: float = 0.6) -> list[Word]:
    """A word a second."""
    return [
        Word(start=float(second), end=second + 0.8, text=f" {word}", probability=probability)
        for second, word in enumerate(text.split())
    ]


def ear(*lines: str) -> Ear:
    return Ear(parse("\n".join(lines), "names.txt"), partial(ordinary, lang="fr"))


def text(words: tuple[Word, ...]) -> str:
    return "".join(word.text for word in words).strip()


def repaired(by: Ear, said: str, probability: float = 0.6) -> str:
    words = heard(said, probability)
    return text(put(words, by.finds(words)))


FORTY = Ear(Glossary(terms=tuple(Term(source=name, target=name) for name in NAMES)), partial(ordinary, lang="fr"))


def test_forty_names_misspelt_in_twenty_five_ways_are_restored(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = "Ce soir, nous accueillons", "dans cette salle."
    made = [one for name in NAMES for one in misspellings(name)]
    within = [one for one in made if one.within]
    restored = [
        one for one in within if repaired(FORTY, f"{before} {one.heard} {after}") == f"{before} {one.name} {after}"
    ]
    with capsys.disabled():
        print(f"\nnames: {len(restored)} of {len(within)} misspellings restored ({len(restored) / len(within):.1%})")  # noqa: T201
    assert (len(NAMES), len(made)) == (40, 1000)
    assert len(within) > 850
    assert len(restored) >= LEAST_RESTORED * len(within)


def test_twenty_thousand_other_words_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    count = changed = suspected = 0
    for sentence in other_words(20_000):
        words = heard(sentence)
        finds = FORTY.finds(words)
        count += len(words)
        changed += sum(find.last - find.first for find in finds if find.repairs)
        suspected += any(not find.safe for find in finds)
    with capsys.disabled():
        print(f"\nnames: {changed} of {count} other words changed, {suspected} sentences flagged")  # noqa: T201
    assert count >= 20_000
    assert changed <= MOST_CHANGED * count
    assert suspected <= 0.005 * count


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("La parole est à l'Ysseline Bracheman, chers amis.", "La parole est à l'Ysoline Brachemont, chers amis."),
        ("Merci à « Isoline Brachmon » !", "Merci à « Ysoline Brachemont » !"),
        ("Bravo, isoline, brache mont.", "Bravo, isoline, Brachemont."),
        ("Madame Brachemon est là.", "Madame Brachemont est là."),
        ("Les Brachemonts sont là.", "Les Brachemonts sont là."),
        ("ysoline brachemont", "Ysoline Brachemont"),
        ("La chemise a bien un bras long.", "La chemise a bien un bras long."),
        ("La rose est belle, monsieur rose.", "La rose est belle, monsieur rose."),
        ("Nous saluons Rose ce soir.", "Nous saluons Rose ce soir."),
        ("Nous saluons Quartier dans ce quartier.", "Nous saluons Cartier dans ce quartier."),
        ("Rose est venue.", "Rose est venue."),
        ("On parle du jet est.", "On parle du GETE."),
        ("La méry ferme, la méri aussi.", "La mairie ferme, la mairie aussi."),
        ("Nous sommes en marche, unis et solidaires.", "Nous sommes en marche, unis et solidaires."),
        ("Pour une union solidaire.", "Pour une union solidaire."),
        ("Voici l'union solidéat.", "Voici l'Union Solidéa."),
    ],
)
def test_marks_articles_plurals_and_ordinary_words_stay(said: str, right: str) -> None:
    names = ("Ysoline Brachemont = Ysoline Brachemont", "Roze = Roze", "Cartier = Cartier", "GETE = GETE [jet est]")
    more = ("En Marche = En Marche", "Union Solidéa = Union Solidéa", "la mairie = town hall [la méry, la méri]")
    by = ear(*names, *more)
    assert repaired(by, said) == right


def test_words_that_the_recogniser_was_sure_of_are_left_alone() -> None:
    by = ear("Ysoline Brachemont = Ysoline Brachemont")
    assert repaired(by, "Voici Isoline Pragemo.", 0.6) == "Voici Ysoline Brachemont."
    assert repaired(by, "Voici Isoline Pragemo.", 0.97) == "Voici Isoline Pragemo."


def test_two_names_that_are_both_possible_are_a_doubt() -> None:
    by = ear("Vaubrin = Vaubrin", "Vaupran = Vaupran")
    words = heard("Nous allons à Vobran demain.")
    assert [(find.heard, find.safe) for find in by.finds(words)] == [("Vobran", False)]


def test_the_words_of_a_name_share_the_time_of_what_was_heard() -> None:
    by = ear("Ysoline Brachemont = Ysoline Brachemont", "Port-Gavelin = Port-Gavelin")
    words = heard("à port gave lin avec isolinebrachemon ici")
    now = put(words, by.finds(words))
    assert text(now) == "à Port-Gavelin avec Ysoline Brachemont ici"
    assert [(word.start, word.end) for word in now[:2]] == [(0.0, 0.8), (1.0, 3.8)]
    first, second = now[3:5]
    assert (first.start, second.end) == (5.0, 5.8)
    assert first.end == second.start


def test_a_sentence_tells_what_was_done_to_it_and_what_is_in_doubt() -> None:
    names = Names()
    names.current = parse("Ysoline Brachemont = Ysoline Brachemont\nVaubringhem = Vaubringhem", "names.txt")
    words = heard("Isoline brachemon vient de Fobranguet.")
    said = Sentence(id="s1", lang="fr", start=0.0, end=5.0, text=text(tuple(words)), words=tuple(words))
    first, sentence = mended([said], names)
    assert isinstance(first, Repaired)
    assert (first.sentence, first.start, first.heard, first.name) == (
        "s1", 0.0, "Isoline brachemon", "Ysoline Brachemont",
    )  # fmt: skip
    assert first.score > 0.9
    assert isinstance(sentence, Sentence)
    assert sentence.text == "Ysoline Brachemont vient de Fobranguet." == text(sentence.words)
    assert sentence.uncertain == ("Vaubringhem",)


def test_a_name_that_was_hardly_understood_is_in_doubt() -> None:
    [find] = ear("Vaubringhem = Vaubringhem").finds(heard("Vaubringhem.", 0.3))
    assert not find.safe


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Brassac", "bras sac"), ("Quériniac", "kériniaque"), ("Philippeau", "filipo"), ("Anaïse", "Anahise"),
        ("Villedieu", "vildieu"), ("Guéguen", "gai guan"), ("Jaubertin", "geaubertain"), ("Chambrelin", "chanbrelain"),
        ("Cœurdacier", "queurdassier"), ("Gaillardet", "gayardé"), ("Oyonnax", "oyona"),
    ],
)  # fmt: skip
def test_spellings_of_the_same_sounds_have_one_key(one: str, other: str) -> None:
    assert likeness(sounds(one), sounds(other)) >= 0.85


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    first, second = sounds(one), sounds(other)
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
    assert likeness(first, first) == 1


_SOME = "Isoline brachemon brache mont vobrin, l'eau à . ! Port gavelin « »"


@given(st.lists(st.sampled_from(_SOME.split(" ")), max_size=9))
def test_no_word_is_lost_and_times_stay_in_order(said: list[str]) -> None:
    words = heard(" ".join(said))
    by = ear("Ysoline Brachemont = Ysoline Brachemont", "Port-Gavelin = Port-Gavelin", "Vaubrin = Vaubrin")
    finds = by.finds(words)
    now = put(words, finds)
    covered = sum(find.last - find.first for find in finds if find.repairs)
    renamed = sum(len(find.name.split()) for find in finds if find.repairs)
    assert len(now) == len(words) - covered + renamed
    assert all(one.end <= other.start for one, other in pairwise(now))
    if words:
        assert (now[0].start, now[-1].end) == (words[0].start, words[-1].end)
