"""Words become sentences: where, when, and never with a word lost."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from pipeline.events import Hypothesis, Sentence, Suppressed, Word
from pipeline.settings import SentenceRules
from pipeline.subtitles.sentences import to_sentences

RULES = SentenceRules()


def words(text: str, start: float = 0.0, each: float = 0.3) -> tuple[Word, ...]:
    """One word for each part between spaces; `_` stands for a space that the recogniser keeps inside."""
    return tuple(
        Word(start=start + i * each, end=start + (i + 1) * each, text=" " + part.replace("_", " "), probability=1.0)
        for i, part in enumerate(text.split())
    )


def heard(*batches: Sequence[Word], endpoint: bool = False) -> list[Hypothesis]:
    return [
        Hypothesis(heard=batch[-1].end + 0.1, committed=tuple(batch), endpoint=endpoint) for batch in batches if batch
    ]


def texts(events: Sequence[Hypothesis | Suppressed], lang: str = "fr", rules: SentenceRules = RULES) -> list[str]:
    return [sentence.text for sentence in to_sentences(events, rules, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr", "Bonsoir à tous. Merci.", ["Bonsoir à tous.", "Merci."]),
        ("fr", "Quelle joie ! Vous venez ? Oui.", ["Quelle joie !", "Vous venez ?", "Oui."]),
        ("fr", "Il dit : « On y va ! » Et il part.", ["Il dit : « On y va ! »", "Et il part."]),
        ("fr", "La parole est à M. Dupont. Merci.", ["La parole est à M. Dupont.", "Merci."]),
        ("fr", "Avec Mme. Roux et le Dr. Petit.", ["Avec Mme. Roux et le Dr. Petit."]),
        ("fr", "L'article no. 5 est clair. Bien.", ["L'article no. 5 est clair.", "Bien."]),
        ("fr", "Des trains, des bus, etc. sont là.", ["Des trains, des bus, etc. sont là."]),
        ("fr", "Des trains, des bus, etc. Nous voilà.", ["Des trains, des bus, etc.", "Nous voilà."]),
        ("fr", "Cela coûte 3.5 millions. Non !", ["Cela coûte 3.5 millions.", "Non !"]),
        ("fr", "C'était en 2023. Depuis, rien.", ["C'était en 2023.", "Depuis, rien."]),
        ("fr", "Je... je ne sais pas.", ["Je... je ne sais pas."]),
        ("fr", "On attend… Puis rien.", ["On attend…", "Puis rien."]),
        ("fr", "Voici J. R. Martin. Bravo.", ["Voici J. R. Martin.", "Bravo."]),
        ("fr", "Avec l'O.N.U. nous avançons.", ["Avec l'O.N.U. nous avançons."]),
        ("en", "No. We will not.", ["No.", "We will not."]),
        ("en", "See no. 5 there. Mr. Smith agrees.", ["See no. 5 there.", "Mr. Smith agrees."]),
        ("es", "¿Vienes? ¡Claro! Sí.", ["¿Vienes?", "¡Claro!", "Sí."]),
        ("de", "Am 3. Mai beginnt es. Gut.", ["Am 3. Mai beginnt es.", "Gut."]),
        ("xx", "Foo bar. Baz.", ["Foo bar.", "Baz."]),
    ],
)
def test_punctuation(lang: str, text: str, expected: list[str]) -> None:
    together = heard(words(text))
    assert texts(together, lang) == expected


def test_a_sentence_comes_as_soon_as_it_is_known_what_follows() -> None:
    said = heard(words("Bonsoir à tous."))  # until 0.9 s
    again = Hypothesis(heard=1.2, speaking=1.2)
    quiet = Hypothesis(heard=2.9)
    for event, follows in ((again, 1.2), (quiet, None), (heard(words("Merci", start=1.3))[0], 1.3)):
        feed = iter([*said, Hypothesis(heard=1.1), event, Hypothesis(heard=9.0)])
        first = next(to_sentences(feed, RULES, "fr"))
        assert (first.id, first.text, first.start, round(first.end, 3)) == ("s000001", "Bonsoir à tous.", 0.0, 0.9)
        assert first.next_at == follows
        assert next(feed).heard == 9.0, "and not later"


def test_speech_that_comes_back_late_does_not_matter() -> None:
    feed = [*heard(words("Bonsoir à tous.")), Hypothesis(heard=2.95, speaking=2.95)]
    assert [sentence.next_at for sentence in to_sentences(feed, RULES, "fr")] == [None]


def test_each_of_several_sentences_knows_the_next() -> None:
    made = list(to_sentences(heard(words("Oui. Non. Peut-être")), RULES, "fr"))
    assert [(s.text, s.next_at) for s in made] == [("Oui.", 0.3), ("Non.", 0.6), ("Peut-être", None)]


def test_an_abbreviation_waits_for_what_follows_or_a_pause() -> None:
    assert texts(heard(words("Des bus, etc."), words("et des trains.", start=1.0))) == ["Des bus, etc. et des trains."]
    feed = [*heard(words("Des bus, etc."), endpoint=True), *heard(words("et", start=1.0))]
    assert texts(feed) == ["Des bus, etc.", "et"]


def test_a_mark_of_its_own_stays_with_its_sentence() -> None:
    assert texts(heard(words("Vous venez_? Oui"), words("!", start=1.0))) == ["Vous venez ?", "Oui !"]


def test_a_pause_between_words_closes() -> None:
    assert texts(heard((*words("on continue"), *words("alors voilà", start=1.7)))) == ["on continue", "alors voilà"]


def test_a_pause_that_is_only_heard_closes() -> None:
    pause = [Hypothesis(heard=1.5), Hypothesis(heard=1.61)]
    assert texts([*heard(words("on continue")), *pause, *heard(words("alors", start=1.65))]) == ["on continue", "alors"]


def test_the_budget_cuts_after_a_comma_before_a_conjunction_or_at_the_longest_gap() -> None:
    rules = SentenceRules(longest=3.0)
    comma = words("un deux trois quatre, cinq et six sept huit neuf dix onze")
    assert texts(heard(comma), rules=rules) == ["un deux trois quatre,", "cinq et six sept huit neuf dix onze"]
    conjunction = words("un deux trois quatre cinq et six sept huit neuf dix onze")
    assert texts(heard(conjunction), rules=rules)[0] == "un deux trois quatre cinq"
    gap = (*words("un deux trois quatre cinq"), *words("six sept huit neuf dix onze", start=1.8))
    assert texts(heard(gap), rules=rules)[0] == "un deux trois quatre cinq"
    nothing = words("un deux trois quatre cinq six sept huit neuf dix onze douze")
    assert texts(heard(nothing), rules=rules)[0] == "un deux trois quatre cinq six sept huit neuf dix"


def test_the_budget_runs_on_what_was_heard_not_on_the_next_words() -> None:
    feed = iter([Hypothesis(heard=10.0, committed=words("un deux, trois", each=3.2)), Hypothesis(heard=12.0)])
    assert next(to_sentences(feed, RULES, "fr")).text == "un deux,"
    assert next(feed)


def test_suppressed_text_is_no_sentence_and_silence_gives_none() -> None:
    noise = Suppressed(start=0.0, end=2.0, text="Sous-titres par", reason="silence")
    assert texts([noise, Hypothesis(heard=30.0), *heard(words("Oui.", start=31.0))]) == ["Oui."]
    assert texts([Hypothesis(heard=5.0)]) == []


pieces = st.sampled_from(
    [" mot", " mot,", " fin.", " M.", " etc.", " 3", ".5", " ?", " »", " «", " et", " Oui!", " …", " J.", "-là", " "]
)


@given(
    st.lists(
        st.tuples(pieces, st.sampled_from([0.0, 0.1, 0.4, 5.0]), st.sampled_from([0.0, 0.0, 0.2, 1.2]), st.booleans())
    ),
    st.sampled_from(["fr", "en", "de", "xx"]),
    st.booleans(),
)
@tuned(max_examples=300, deadline=None)
def test_no_word_is_lost_and_order_is_kept(
    stream: list[tuple[str, float, float, bool]], lang: str, endpoint: bool
) -> None:
    now = 0.0
    batches: list[list[Word]] = [[]]
    for text, length, silence, cut in stream:
        batches[-1].append(Word(start=now, end=now + length, text=text, probability=0.5))
        now += length + silence
        if cut:
            batches.append([])
    made = list(to_sentences(heard(*batches, endpoint=endpoint), RULES, lang))
    assert [word for sentence in made for word in sentence.words] == [word for batch in batches for word in batch]
    assert [sentence.id for sentence in made] == [f"s{n:06d}" for n in range(1, len(made) + 1)]
    assert all(_whole(sentence) for sentence in made)


def _whole(sentence: Sentence) -> bool:
    length = sentence.words[-1].end - sentence.words[0].start
    return (
        sentence.text == "".join(word.text for word in sentence.words).strip()
        and (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)
        and (length <= RULES.longest + 1e-6 or len(sentence.words) == 1)
    )


def test_a_sentence_that_the_recording_cut_says_so() -> None:
    first = Hypothesis(heard=1.0, committed=words("bonsoir à tous. Merci."), begun=True)
    last = Hypothesis(heard=9.0, committed=words("Nous sommes. Ensemble, nous", start=8.0), broken=True)
    assert [(s.text, s.cut) for s in to_sentences([first, last], RULES, "fr")] == [
        ("bonsoir à tous.", True),
        ("Merci.", False),
        ("Nous sommes.", False),
        ("Ensemble, nous", True),
    ]
    paused = Hypothesis(heard=9.0, committed=words("Ensemble, nous", start=8.35), over=True)
    assert [s.cut for s in to_sentences([paused], RULES, "fr")] == [True]  # just between two words
    done = Hypothesis(heard=9.0, committed=words("Ensemble, nous.", start=8.35), over=True)
    assert [s.cut for s in to_sentences([done], RULES, "fr")] == [False]
    closed = Hypothesis(heard=9.0, committed=words("Ensemble, nous.", start=8.0), broken=True)
    assert [s.cut for s in to_sentences([closed], RULES, "fr")] == [True]


def test_by_clauses_each_is_a_sentence_that_knows_its_neighbours() -> None:
    said = "Nous défendons nos bureaux, et nous restons debout. Oui, merci à tous."
    events = heard(words(f"{said} Ensemble, nous serons plus forts, demain."))
    found = list(to_sentences(events, RULES, "fr", clauses=True))
    assert [sentence.text for sentence in found] == [
        "Nous défendons nos bureaux,",
        "et nous restons debout.",
        "Oui, merci à tous.",  # one word is no line of its own
        "Ensemble, nous serons plus forts,",
        "demain.",
    ]
    assert [sentence.more for sentence in found] == [True, False, False, True, False]
    first, second, third, fourth, fifth = found
    assert (first.after, second.after, third.after, fourth.after, fifth.after) == ("", first.id, "", "", fourth.id)


def test_a_clause_comes_before_its_sentence_has_ended() -> None:
    said = words("Nous défendons nos bureaux, et nous restons")
    events = [Hypothesis(heard=word.end, committed=(word,)) for word in said]
    found = to_sentences((events[n] for n in range(6)), RULES, "fr", clauses=True)
    assert next(found).text == "Nous défendons nos bureaux,"


@given(
    st.lists(st.sampled_from(["nous", "voulons", "la paix,", "et", "demain.", "ici ;", "3,5"]), min_size=1, max_size=30)
)
def test_by_clauses_no_word_is_lost(parts: list[str]) -> None:
    text = " ".join(parts)
    found = list(to_sentences(heard(words(text)), RULES, "fr", clauses=True))
    assert " ".join(sentence.text for sentence in found) == text
    for before, after in pairwise(found):
        assert after.after == (before.id if before.more else "")
