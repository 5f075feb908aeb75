"""Words from the aligner's pieces, and the guards against invented text."""

import pytest

from pipeline.events import Word
from pipeline.speech.guards import objection
from pipeline.speech.pieces import Piece, join_pieces
from pipeline.speech.whisper import Recognition, compression


def pieces(*texts: str) -> list[Piece]:
    return [Piece(text, float(i), i + 1.0, 0.5) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("cut", "joined"),
    [
        ((" l", "'", "usine", " ferme", "."), [" l'usine", " ferme."]),
        ((" Viens", "-tu", " ?"), [" Viens-tu ?"]),
        ((" dit", " «", " bonjour", " »", ","), [" dit", " « bonjour »,"]),
        ((" (", "oui", ")"), [" (oui)"]),
        ((" cinquante", " %"), [" cinquante %"]),
        ((" ...",), [" ..."]),
        ((), []),
    ],
)
def test_words_carry_their_marks_and_nothing_is_lost(cut: tuple[str, ...], joined: list[str]) -> None:
    words = join_pieces(pieces(*cut), "fr")
    assert [w.text for w in words] == joined
    assert "".join(w.text for w in words) == "".join(cut)


def test_a_mark_adds_no_time_to_its_word() -> None:
    [word] = join_pieces(pieces(" fin", "."), "fr")
    assert (word.start, word.end) == (0.0, 1.0)


def test_scripts_without_spaces_keep_their_pieces() -> None:
    assert [w.text for w in join_pieces(pieces("今", "日", "。"), "ja")] == ["今", "日。"]


def recognised(text: str, *, log_probability: float = -0.2, no_speech: float = 0.0) -> Recognition:
    word = Word(start=0.0, end=1.0, text=f" {text}", probability=0.9)
    return Recognition((word,), log_probability, no_speech, compression(text))


def test_what_was_said_passes() -> None:
    assert objection(recognised("Bonsoir à toutes et à tous."), 2.0, 1.4) is None
    assert objection(recognised("Oui.", log_probability=-0.9), 0.5, 0.13) is None
    assert objection(recognised("On ne lâche rien! On ne lâche rien! On ne lâche rien!"), 5.0, 4.0) is None
    assert objection(recognised("un peu indistinct", log_probability=-1.1, no_speech=0.1), 2.0, 1.5) is None


@pytest.mark.parametrize(
    ("recognition", "seconds", "voiced", "why"),
    [
        (recognised("Sous-titres réalisés par"), 2.0, 0.03, "of speech"),
        (recognised("merci " * 40), 20.0, 15.0, "repeats"),
        (recognised("Merci.", log_probability=-1.05, no_speech=0.8), 2.0, 1.0, "nobody"),
        (recognised("Maïco", log_probability=-1.4), 2.0, 1.0, "guess"),
        (recognised("bien plus de texte qu'une personne ne peut en dire en si peu de temps"), 1.0, 0.9, "characters"),
    ],
)
def test_what_nobody_said_is_kept_back(recognition: Recognition, seconds: float, voiced: float, why: str) -> None:
    reason = objection(recognition, seconds, voiced)
    assert reason is not None
    assert why in reason
