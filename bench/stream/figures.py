"""How late, right and lasting is what a room was shown: the journal, the feed and the overlay against the truth."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.floor import Word
from bench.peers.figures import pairs
from bench.peers.heard import common
from bench.takes import Said
from bench.told import Batch
from pipeline.events import Cue, Hypothesis, Progress, Sentence, Value
from pipeline.journal import Entry
from pipeline.scores.spread import Spread, spread
from pipeline.scores.track import read_srt
from pipeline.scores.words import Spoken, in_time_errors, plain

TAIL = 3
"""Words at the end of a text by which it is known on the overlay: its first ones may have rolled away."""
LANG, TO = "fr", "en"


class Text(NamedTuple):
    """All that was told by then, wall clock."""

    at: float
    text: str


class Clauses(Value, frozen=True):
    """From where a clause's last word truly ends to where the end of its English stands on the overlay, seconds."""

    count: int
    """Whose last word was heard as it was said."""
    unseen: int
    """Of those, how many never stood there."""
    late: Spread | None


def arrived(entries: Iterable[Entry]) -> float:
    """When stream time 0 arrived, wall clock."""
    notes = [entry.event for entry in entries if isinstance(entry.event, Progress)]
    return next(note.origin_at for note in reversed(notes) if note.origin_at is not None)


def journaled(entries: Iterable[Entry]) -> list[Batch]:
    """The journal's lines as the feed would tell them."""
    lines = ((entry.at, msgspec.to_builtins(entry.event)) for entry in entries)
    return [Batch(at, [(line["kind"], line)]) for at, line in lines]


def committed(entries: Iterable[Entry]) -> Iterator[Text]:
    """What was said for good, by the journal."""
    text = ""
    for entry in entries:
        if isinstance(entry.event, Hypothesis):
            text += "".join(word.text for word in entry.event.committed)
            yield Text(entry.at, text)


def grown(told: Iterable[Batch]) -> Iterator[Text]:
    """What a client was told of it, word by word."""
    return _texts(told, LANG, final=False)


def translated(told: Iterable[Batch]) -> Iterator[Text]:
    """What was told of the translation, clause by clause."""
    return _texts(told, TO, final=True)


def _texts(told: Iterable[Batch], lang: str, *, final: bool) -> Iterator[Text]:
    texts: dict[str, str] = {}
    for at, batch in told:
        for kind, message in batch:
            if kind == "cue" and message["lang"] == lang and message["final"] == final:
                texts[message["id"]] = message["text"]
            elif kind == "withdrawn":
                texts.pop(message["id"], None)
        yield Text(at, " ".join(texts.values()))


def retracted(told: Iterable[Text], file: str) -> int:
    """Letters that were told for good and then taken back, or are others in the file."""
    texts = [_letters(text) for _, text in told] + [_letters(file)]
    return sum(len(before) - common(before, after) for before, after in pairwise(texts))


def _letters(text: str) -> str:
    return plain(text).replace(" ", "")


def otherwise(overlay: Iterable[tuple[float, str]], file: str) -> int:
    """How many of the texts that stood on the overlay are no part of the file's."""
    whole = f" {file} "
    return sum(f" {text} " not in whole for text in (_joined(text) for _, text in overlay) if text)


def in_file(folder: Path, lang: str) -> str:
    """The text of a track."""
    path = folder / f"subtitles.{lang}.srt"
    return _joined(" ".join(cue.text for cue in read_srt(path.read_text("utf-8"), path.name, lang)))


def starts(said: Iterable[Said], found: Iterable[Word]) -> Spread | None:
    """By how much words that were heard as they were said begin elsewhere, seconds."""
    true = [Spoken(start=word.start, text=word.text) for word in said]
    words = [Cue(id="", lang=LANG, start=w.start, end=w.start, text=w.text, sentences=()) for w in found]
    return spread(in_time_errors(true, words))


def words(entries: Iterable[Entry]) -> Iterator[Word]:
    for entry in entries:
        if isinstance(entry.event, Hypothesis):
            yield from (Word(word.start, word.text) for word in entry.event.committed)


def clauses(
    said: Sequence[Said], entries: Sequence[Entry], overlay: Sequence[tuple[float, str]], origin: float
) -> Clauses:
    ends, english = true_ends(said, entries), _english(entries)
    late = [_stands(overlay, english[id]) - origin - end for id, end in ends.items() if id in english]
    seen = [seconds for seconds in late if seconds < inf]
    return Clauses(count=len(ends), unseen=len(ends) - len(seen), late=spread(seen))


def true_ends(said: Sequence[Said], entries: Iterable[Entry]) -> dict[str, float]:
    """Where the last word of each clause truly ends, stream time, of those that were heard as they were said."""
    true = [(part, word.end) for word in said for part in plain(word.text).split()]
    found: list[tuple[str, str]] = []
    for entry in entries:
        if isinstance(entry.event, Sentence) and (parts := plain(entry.event.text).split()):
            found += [(part, "") for part in parts[:-1]] + [(parts[-1], entry.event.id)]
    return {id: end for end, id in pairs(true, found) if id}


def _english(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By clause, the last line that says it, as it was first."""
    last: dict[str, Entry] = {}
    for entry in entries:
        if isinstance(entry.event, Cue) and entry.event.lang == TO and entry.event.rev == 1:
            last |= dict.fromkeys(entry.event.sentences, entry)
    return last


def _stands(overlay: Iterable[tuple[float, str]], line: Entry) -> float:
    """When the end of the line stood on the overlay; infinite where it never did."""
    assert isinstance(line.event, Cue)
    tail = f" {' '.join(line.event.text.split()[-TAIL:])} "
    return next((at for at, text in overlay if at >= line.at and tail in f" {_joined(text)} "), inf)


def _joined(text: str) -> str:
    return " ".join(text.split())
