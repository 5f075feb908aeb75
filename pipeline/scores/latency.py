"""From the end of a cue's last word to the cue on disk, by the journal alone."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from pipeline.events import Cue, Progress, Sentence, Value
from pipeline.journal import Entry
from pipeline.state import fold

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
    if not live(entries):
        return []
    recorded_at = _recorded_at(_notes(entries))
    state = fold(entry.event for entry in entries)
    written: dict[str, float] = {}
    for entry in entries:
        # A revision came later, when the words were on the screen already, if not in this language; so did an edit's,
        # and what was heard when the show was over.
        cue = entry.event
        if not isinstance(cue, Cue) or cue.id not in state.cues:
            continue
        if cue.rev == cue.pass_ == 1 and "edited" not in cue.flags:
            written.setdefault(cue.id, entry.at)
    said = _last_words(state.cues, state.sentences)
    return [
        Latency(cue=id, lang=state.cues[id].lang, stream=said[id], seconds=at - recorded_at(said[id]))
        for id, at in written.items()
        if id in said
    ]


def live(entries: Iterable[Entry]) -> bool:
    """Whether the session ran in real time: its recording grew no faster than time passes, until it was whole."""
    notes = _notes(entries)
    if not notes:
        return False
    began, first = notes[0]
    whole, last = max(notes, key=lambda note: note[1])  # the first of several
    return last > first and last - first <= _LIVE * (whole - began)


def _notes(entries: Iterable[Entry]) -> list[tuple[float, float]]:
    """(wall clock, seconds recorded by then), in order."""
    return [(entry.at, entry.event.recorded) for entry in entries if isinstance(entry.event, Progress)]


def _recorded_at(notes: Sequence[tuple[float, float]]) -> Callable[[float], float]:
    """Tells the wall clock when a stream time was on disk, of a session that has a note.

    By the note that was least behind, yet after the last one before it. The first holds while sound comes evenly, the
    second where it came late or in lots.
    """
    least = min(at - recorded for at, recorded in notes)

    def recorded_at(stream: float) -> float:
        before = bisect_left(notes, stream, key=lambda note: note[1])
        return max(stream + least, notes[before - 1][0]) if before else stream + least

    return recorded_at


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
