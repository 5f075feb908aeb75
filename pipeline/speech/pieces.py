"""What the aligner cuts text into, put together to words (pure)."""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.events import Word

_WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
_OPENING = frozenset("\"'“‘«¿¡([{-–—")


class Piece(msgspec.Struct, frozen=True):
    """A word, part of one or a mark, as Whisper's tokenizer splits; seconds from the stretch's start."""

    text: str
    start: float
    end: float
    probability: float
    tokens: tuple[int, ...] = ()


def join_pieces(pieces: Sequence[Piece], language: str) -> tuple[Word, ...]:
    """Words, each with its marks. A mark's own time is left out: the aligner gives it the pause."""
    return tuple(_word(group) for group in group_pieces(pieces, language))


def group_pieces(pieces: Sequence[Piece], language: str) -> list[list[Piece]]:
    """Those that make up a word together: one without a space before it goes on with the word before (`l` + `'usine`).

    French marks that stand alone (` ?`, ` »`) close the word before, opening ones begin the word after.
    """
    groups: list[list[Piece]] = []
    opening = False
    for piece in pieces:
        begins = piece.text.startswith(" ") or language in _WITHOUT_SPACES
        opens = begins and _is_mark(piece) and piece.text.strip() in _OPENING
        if groups and (opening or not begins or (_is_mark(piece) and not opens)):
            groups[-1].append(piece)
        else:
            groups.append([piece])
        opening = opens or (opening and _is_mark(piece))
    return [group for group in groups if any(p.text.strip() for p in group)]


def _word(group: Iterable[Piece]) -> Word:
    group = list(group)
    spoken = [p for p in group if not _is_mark(p)] or group
    probability = sum(p.probability for p in spoken) / len(spoken)
    text = "".join(p.text for p in group)
    return Word(start=spoken[0].start, end=spoken[-1].end, text=text, probability=probability)


def _is_mark(piece: Piece) -> bool:
    return not any(c.isalnum() for c in piece.text)
