"""What a transcription server answers (`verbose_json` of OpenAI's protocol), as a recognition (pure).

Servers differ. OpenAI's own gives words without marks and spaces, which stand in the text alone, and no certainty of
each; others have both, or have the words within the segments.
"""

import re
from collections.abc import Iterator, Sequence
from math import exp, log
from statistics import fmean

import msgspec

from pipeline.speech.pieces import Piece, join_pieces
from pipeline.speech.recognition import Recognition, compression

SLACK = 1.0
"""Seconds by which a word may end after the sound: servers pad it."""
_LEAST = 1e-6
"""Probability that is taken for 0."""
_PART = re.compile(r"\s*\S+")


class Unreadable(Exception):
    """It is no such answer; the message says why, as the end of a sentence that begins with the server."""


class Untimed(Unreadable):
    """It has a text and does not say when its words were said."""


class _Word(msgspec.Struct):
    word: str
    start: float
    end: float
    probability: float | None = None


class _Segment(msgspec.Struct):
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    words: tuple[_Word, ...] | None = None


class _Answer(msgspec.Struct):
    text: str
    words: tuple[_Word, ...] | None = None
    segments: tuple[_Segment, ...] | None = None
    language: str | None = None


def recognition(body: bytes, seconds: float, lang: str) -> tuple[Recognition, str]:
    """What was heard in so many seconds in the language `lang`, and which language the server says that it is.

    Unreadable, Untimed.
    """
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except msgspec.DecodeError:
        raise Unreadable("answers something else than a transcription") from None
    segments = answer.segments or ()
    words = answer.words or tuple(word for segment in segments for word in segment.words or ())
    text = " ".join(answer.text.split())
    if text and not any(word.end > word.start for word in words):
        raise Untimed("gives no word times")
    if any(word.start > seconds + SLACK for word in words):
        raise Unreadable("gives word times that are not in the sound")
    likely = _log_probability(segments, words)
    heard = join_pieces(list(_pieces(text, words, exp(likely))), lang)
    silent = next((s.no_speech_prob for s in segments if s.no_speech_prob is not None), 0.0)
    return Recognition(heard, likely, silent, compression(text), lang), answer.language or ""


def _log_probability(segments: Sequence[_Segment], words: Sequence[_Word]) -> float:
    """Mean over what the server says of it; 0, as if it were sure, where it says nothing."""
    told = [s.avg_logprob for s in segments if s.avg_logprob is not None]
    told = told or [log(max(word.probability, _LEAST)) for word in words if word.probability is not None]
    return min(fmean(told), 0.0) if told else 0.0


def _pieces(text: str, words: Sequence[_Word], sure: float) -> list[Piece]:
    """The words as they stand in the text, or as they were given where they are not those of the text."""
    try:
        return list(_in_text(f" {text}", words, sure))
    except ValueError:
        spaced = any(word.word.startswith(" ") for word in words)
        return [_piece(word, word.word if spaced else f" {word.word}", sure) for word in words]


def _in_text(text: str, words: Sequence[_Word], sure: float) -> Iterator[Piece]:
    """The words, each with the space before it, and what stands between them; ValueError where other words do."""
    at, ended = 0, 0.0
    for word in words:
        bare = word.word.strip()
        found = re.compile(rf"([\W_]*?)({re.escape(bare)})", re.IGNORECASE).match(text, at)
        if not found:
            raise ValueError(bare)
        marks = found[1].rstrip()
        yield from (Piece(mark, ended, word.start, sure) for mark in _PART.findall(marks))
        yield _piece(word, found[1][len(marks) :] + found[2], sure)
        at, ended = found.end(), word.end
    yield from (Piece(rest, ended, ended, sure) for rest in _PART.findall(text[at:]))


def _piece(word: _Word, text: str, sure: float) -> Piece:
    """Words that have no certainty of their own are as sure as all of it."""
    return Piece(text, word.start, word.end, sure if word.probability is None else word.probability)
