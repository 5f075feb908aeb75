"""Where lines break: by hand-made examples of what a subtitler would do, and that what fits always has lines."""

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from pipeline.settings import CueRules
from pipeline.subtitles.lines import atoms, break_lines

RULES = CueRules()


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        # one line if it fits
        ("en", ["Your applause gives us strength."]),
        ("fr", ["Prenez place, nous commençons bientôt."]),
        # after punctuation
        ("en", ["We are connected to twenty cities,", "and we greet the comrades of Brussels."]),
        ("en", ["People do not want your charity,", "they want their rights."]),
        ("en", ["It is raining.", "We will stay here until the morning."]),
        ("fr", ["Nous voulons des hôpitaux ouverts,", "proches et gratuits pour tous."]),
        ("fr", ["Il a dit : « On ne lâchera rien ! »", "et la salle s'est levée."]),
        ("de", ["Wir wollen offene Krankenhäuser,", "weil die Gesundheit uns allen gehört."]),
        # before a conjunction or a relative pronoun
        ("en", ["The doctors were waiting", "because nobody had opened the door."]),
        ("en", ["What will happen to the school", "when the last teacher leaves?"]),
        ("en", ["I would like to thank the volunteers", "who have cooked for all of us."]),
        ("fr", ["C'est une belle victoire", "et nous la devons à votre courage."]),
        ("fr", ["Il faut que l'école reste ouverte", "parce que les enfants en ont besoin."]),
        ("es", ["Queremos hospitales abiertos", "y gratuitos para todos los vecinos."]),
        # before a preposition
        ("en", ["Nurses are holding the hospital up", "with their bare hands."]),
        ("fr", ["Est-ce que vous êtes prêts", "à recommencer demain matin ?"]),
        # article and noun stay together
        ("en", ["The government has decided to close", "the last maternity ward of the valley."]),
        # first and last name
        ("en", ["Our next speaker tonight is the mayor", "Jeanne Martin from the city of Lille."]),
        ("fr", ["La parole est maintenant à notre camarade", "Claire Dubois de Marseille."]),
        # title and name
        ("fr", ["Le Dr. Petit soigne les gens", "de la vallée depuis trente ans."]),
        # pronoun, auxiliary, negation and their verb
        ("en", ["He said that nothing would ever", "be the same after the strike."]),
        ("fr", ["Les infirmières de cet hôpital", "n'ont pas compté leurs heures cette année."]),
        ("fr", ["Je ne crois pas que le gouvernement", "puisse encore reculer."]),
        # a number and what it counts
        ("fr", ["Nous avons réuni plus de 12 000 signatures", "en une seule semaine."]),
    ],
)
def test_a_subtitler_would_break_here(lang: str, lines: list[str]) -> None:
    assert break_lines(" ".join(lines), RULES, lang) == tuple(lines)


def test_a_french_mark_is_never_left_alone_on_a_line() -> None:
    assert break_lines("Et maintenant, mes amis, vous allez faire ?", RULES, "fr") == (
        "Et maintenant, mes amis,",
        "vous allez faire ?",
    )


def test_more_than_fits_has_no_lines() -> None:
    assert break_lines("word " * 30, RULES, "en") is None


def test_an_address_longer_than_a_line_is_cut() -> None:
    address = "https://example.org/" + "a" * 50
    lines = break_lines(address, RULES, "en")
    assert lines
    assert "".join(lines) == address
    assert [len(line) for line in lines] == [42, 28]


def test_three_lines_when_the_rules_allow_them() -> None:
    lines = break_lines("We came early, we worked all day, we went home late.", CueRules(cpl=20, lines=3), "en")
    assert lines == ("We came early,", "we worked all day,", "we went home late.")


@given(st.text("ab ,.!?«»'é1A", max_size=100), st.sampled_from(["en", "fr", "xx"]), st.sampled_from([10, 20, 42]))
@tuned(max_examples=300, deadline=None)
def test_lines_are_the_text_and_fit(text: str, lang: str, cpl: int) -> None:
    rules = CueRules(cpl=cpl)
    parts = atoms(text, cpl)
    assert all(0 < len(part) <= cpl for part in parts)
    lines = break_lines(text, rules, lang)
    if lines:
        assert len(lines) <= rules.lines
        assert all(0 < len(line) <= cpl for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())
    elif parts:
        assert len(" ".join(parts)) > cpl
