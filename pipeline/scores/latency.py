"""From the end of a cue's last word to the cue on disk, by the journal alone."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from pipeline.events import Cue, Progress, Sentence, Value
from pipeline.journal import Entry, fold

_LIVE = 1.2
"""Seconds recorded in a second from which a recording is not being listened to as it comes in."""


class Latency(Value, frozen=True):
    """How late one cue was."""

    cue: str
    lang: str
    stream: float
    """Where the last word that it shows ends, stream time."""
    seconds: float
    """From when that was recorded to the journal line of the cue, which is followed at once by the file."""


def latencies(entries: Iterable[Entry]) -> list[Latency]:
    """Every cue's latency, in the order they were written; none where the session did not run in real time."""
    entries = list(entries)
    notes = [(entry.at, entry.event.recorded) for entry in entries if isinstance(entry.event, Progress)]
    if not _live(notes):
        return []
    state = fold(entry.event for entry in entries)
    written: dict[str, float] = {}
    for entry in entries:
        if isinstance(entry.event, Cue) and entry.event.id in state.cues:
            written.setdefault(entry.event.id, entry.at)  # a revision came later, the cue was there
    said = _last_words(state.cues, state.sentences)
    return [
        Latency(cue=id, lang=state.cues[id].lang, stream=said[id], seconds=at - _recorded_at(said[id], notes))
        for id, at in written.items()
        if id in said
    ]


Notes = Sequence[tuple[float, float]]
"""(wall clock, seconds recorded by then), in order."""


def _live(notes: Notes) -> bool:
    """Whether the recording grew no faster than time passes, from the first note to when it was whole."""
    if not notes:
        return False
    began, first = notes[0]
    whole, last = max(notes, key=lambda note: note[1])  # the first of several
    return last > first and last - first <= _LIVE * (whole - began)


def _recorded_at(stream: float, notes: Notes) -> float:
    """The wall clock when so much was on disk: by the note that was least behind, yet after the last one before it.

    The first holds while sound comes evenly, the second where it came late or in lots.
    """
    evenly = stream + min(at - recorded for at, recorded in notes)
    before = bisect_left(notes, stream, key=lambda note: note[1])
    return max(evenly, notes[before - 1][0]) if before else evenly


def _last_words(cues: Mapping[str, Cue], sentences: Mapping[str, Sentence]) -> dict[str, float]:
    """Stream time where the last word that each cue shows ends; cues of unknown sentences are left out.

    A part of a sentence shows its share of the words, by characters: exact in the track of what was said. A cue with
    several sentences counts for each alike.
    """
    parts: dict[tuple[str, str], list[Cue]] = defaultdict(list)
    for cue in sorted(cues.values(), key=lambda cue: cue.start):
        for id in cue.sentences:
            parts[cue.lang, id].append(cue)
    ends: dict[str, float] = {}
    for (_, id), shown in parts.items():
        sentence = sentences.get(id)
        if sentence and sentence.words:
            sums = list(accumulate(_size(cue.text) / len(cue.sentences) for cue in shown))
            for cue, upto in zip(shown, sums, strict=True):
                ends[cue.id] = max(ends.get(cue.id, 0.0), _word_end(sentence, upto / sums[-1]))
    return ends


def _word_end(sentence: Sentence, share: float) -> float:
    """Where the word ends that a share (0 to 1) of a sentence's characters ends in."""
    sums = list(accumulate(_size(word.text) for word in sentence.words))
    return sentence.words[bisect_left(sums, share * sums[-1] - 1e-6)].end


def _size(text: str) -> int:
    return sum(not c.isspace() for c in text)
