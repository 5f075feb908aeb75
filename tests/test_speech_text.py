"""Words from the aligner's pieces."""

import pytest

from pipeline.speech.pieces import Piece, join_pieces
from pipeline.speech.whisper import threads_of


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


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 2), (6, 4), (16, 4)])
def test_two_cores_are_left_for_the_picture_where_there_are_four(cores: int, threads: int) -> None:
    assert threads_of(cores) == threads
