"""What became of the sentences: a session under trouble, held against an undisturbed one of the same programme."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

import srt

from pipeline.events import Cue, Event, Gap, Hypothesis, Sentence
from pipeline.journal import read
from pipeline.scores.words import plain
from pipeline.settings import CueRules
from pipeline.state import State, fold
from pipeline.subtitles.quality import faults

NEAR = 0.6
"""Seconds: a sentence so near to a gap may be cut by it."""
REACH = 2.0
"""Seconds around its place within which a sentence is looked for."""
SHIFT = 40.0
"""Seconds by which two listeners may have begun apart; less than half a round of the rally."""
_ENDS = 2.0
"""Seconds before the end of a recording: what is said there may be half a sentence."""
_ERRORS = re.compile(r"<\w+|Error \d\d\d|\bHTTP\b")


class Said(NamedTuple):
    """A word that is in a sentence."""

    start: float
    text: str


class Evening(NamedTuple):
    """What one session has left."""

    state: State
    events: list[Event]
    recorded: float

    @property
    def sentences(self) -> list[Sentence]:
        return sorted(self.state.sentences.values(), key=lambda sentence: sentence.start)

    @property
    def words(self) -> list[Said]:
        """All of them, in order, without case and punctuation."""
        words = [word for sentence in self.sentences for word in sentence.words]
        return [Said(word.start, text) for word in words for text in plain(word.text).split()]


class Found(NamedTuple):
    """What the judge says."""

    sentences: int
    """That had to be there."""
    excused: int
    """Touched by a gap."""
    gaps: list[Gap]
    lost: list[str]
    wrong: list[str]
    """All else that should not be, a sentence each."""
    worst: float
    """Seconds by which the worst cue after the trouble misses its time."""


def evening(folder: Path) -> Evening:
    """LivesubsError when its journal cannot be read."""
    events = [entry.event for entry in read(folder / "journal.jsonl")]
    state, audio = fold(events), folder / "audio.s16"
    recorded = audio.stat().st_size / 32_000 if audio.exists() else 0.0
    return Evening(state, events, max(recorded, state.ended.stream if state.ended else 0.0))


def judge(undisturbed: Evening, ours: Evening, troubled: float, within: float, alike: float = 1.0) -> Found:
    """`troubled` is the stream time at which the trouble began, `within` how much a cue after it may miss its
    time, `alike` how like a sentence's words have to be."""
    shift, wrong = _shift(undisturbed, ours, troubled), list[str]()
    excused = _Excused(undisturbed, ours, shift)
    had, lost, off = 0, [], []
    words = ours.words
    for sentence in undisturbed.sentences:
        at = sentence.start + shift
        if at < _ENDS / 2 or sentence.end + shift > ours.recorded - _ENDS or sentence.cut:
            continue
        if excused.has(sentence):
            continue
        had += 1
        place = _place(sentence, words, at, alike)
        if place is None:
            lost.append(f"{at:.1f} s {sentence.text}")
        elif at > troubled:
            off.append(abs(place - at))
    cues = _cue_errors(undisturbed, ours, shift, troubled, excused)
    worst = max([*off, *cues], default=0.0)
    if worst > within:
        wrong.append(f"a cue is {1000 * worst:.0f} ms off")
    wrong += [f"said twice: {text}" for text in _twice(ours)]
    wrong += [f"nobody said: {text}" for text in _invented(undisturbed, ours, shift, excused, alike)]
    return Found(had, excused.count, ours.state.gaps, lost, wrong, worst)


def _shift(undisturbed: Evening, ours: Evening, troubled: float) -> float:
    """Seconds by which the same words are later in ours, as of before the trouble if there were some."""
    theirs = undisturbed.sentences
    apart = [
        (our.end < troubled, our.start - their.start)
        for our in ours.sentences
        for their in theirs
        if our.text == their.text and abs(our.start - their.start) < SHIFT
    ]
    before = [seconds for early, seconds in apart if early]
    return median(before or [seconds for _, seconds in apart] or [0.0])


class _Excused:
    """Which undisturbed sentences a gap of ours may have cost: those it touches, and the first utterance after it."""

    def __init__(self, undisturbed: Evening, ours: Evening, shift: float) -> None:
        self._spans: list[tuple[float, float]] = []
        self.count = 0
        over = list(_utterances(undisturbed.events))
        for gap in ours.state.gaps:
            start, end = gap.start - shift - NEAR, gap.end - shift + NEAR
            later = (e for e in over if e > end)
            first = next(later, end)
            self._spans.append((start, max(end, first)))

    def has(self, sentence: Sentence) -> bool:
        touched = any(sentence.end > start and sentence.start < end for start, end in self._spans)
        self.count += touched
        return touched

    def near(self, at: float) -> bool:
        """Counted on the undisturbed session's clock."""
        return any(start - REACH < at < end + REACH for start, end in self._spans)


def _utterances(events: Iterable[Event]) -> Iterator[float]:
    """Where each is over."""
    for event in events:
        if isinstance(event, Hypothesis) and event.endpoint and event.committed:
            yield event.committed[-1].end


def _place(sentence: Sentence, words: list[Said], at: float, alike: float) -> float | None:
    """Where the sentence's words, or words so much alike, are said on the other evening, near `at`; None if nowhere."""
    wanted = plain("".join(word.text for word in sentence.words)).split()
    if not wanted:
        return at
    first = [index for index, word in enumerate(words) if abs(word.start - at) < REACH and word.text == wanted[0]]
    found = [words[i].start for i in first if [word.text for word in words[i : i + len(wanted)]] == wanted]
    if alike < 1:  # words may be missing, or be two, and a sentence may begin elsewhere
        near = [index for index, word in enumerate(words) if abs(word.start - at) < REACH]
        counts = range(max(1, len(wanted) - 2), len(wanted) + 3)
        spans = [words[index : index + count] for index in near for count in counts]
        found += [span[0].start for span in spans if _likeness(wanted, [word.text for word in span]) >= alike]
    return min(found, key=lambda start: abs(start - at), default=None)


def _likeness(one: list[str], other: list[str]) -> float:
    """Of what is said, letter by letter, 0 to 1."""
    return SequenceMatcher(None, " ".join(one), " ".join(other), autojunk=False).ratio()


def _cue_errors(
    undisturbed: Evening, ours: Evening, shift: float, troubled: float, excused: _Excused
) -> Iterator[float]:
    """By how much the cues of the same text after the trouble miss their time; seconds.

    One that is flagged `late` waits by the cue rules, for as long as what comes after it is not known.
    """
    mine = [cue for cue in ours.state.track("fr") if "late" not in cue.flags]
    for cue in undisturbed.state.track("fr"):
        at = cue.start + shift
        if at <= troubled or excused.near(cue.start) or at > ours.recorded - _ENDS:
            continue
        same = [abs(other.start - at) for other in mine if other.text == cue.text and abs(other.start - at) < REACH]
        if same:
            yield min(same)


def _twice(ours: Evening) -> Iterator[str]:
    """Sentences that were said while the one before was."""
    for before, sentence in pairwise(ours.sentences):
        if sentence.start < before.end - 0.3:
            yield sentence.text


def _invented(undisturbed: Evening, ours: Evening, shift: float, excused: _Excused, alike: float) -> Iterator[str]:
    """Sentences of ours, away from gaps and ends, that the undisturbed session does not have there."""
    words = undisturbed.words
    for sentence in ours.sentences:
        at = sentence.start - shift
        inside = _ENDS < at < undisturbed.recorded - 10 and sentence.end < ours.recorded - _ENDS
        known = not inside or sentence.cut or excused.near(at)
        if not known and _place(sentence, words, at, alike) is None:
            yield sentence.text


def files(folder: Path, ours: Evening, *, untranslated: bool) -> list[str]:
    """What is wrong with the files and with what they say, a sentence each."""
    wrong = []
    for lang in ("fr", "en"):
        track = ours.state.track(lang)
        wrong += [f"{lang}: {fault}" for fault in faults(track, CueRules()) if fault.rule not in ("cps", "bridge")][:3]
        if (said := _srt(folder / f"subtitles.{lang}.srt")) != [cue.text for cue in track]:
            wrong.append(f"subtitles.{lang}.srt has {len(said)} cues, the journal {len(track)}")
        wrong += [f"shown: {cue.text}" for cue in track if _ERRORS.search(cue.text)]
    wrong += _without_english(ours, untranslated=untranslated)
    return wrong


def _srt(path: Path) -> list[str]:
    try:
        return [cue.content for cue in srt.parse(path.read_text(encoding="utf-8"))]
    except (OSError, srt.SRTParseError) as error:
        return [str(error)]


def _without_english(ours: Evening, *, untranslated: bool) -> list[str]:
    english: list[Cue] = ours.state.track("en")
    shown = {id for cue in english for id in cue.sentences}
    missing = [sentence.text for sentence in ours.sentences if sentence.id not in shown]
    wrong = [f"{len(missing)} sentences without a cue: {missing[0]}"] if missing else []
    french = [cue.text for cue in english if "untranslated" in cue.flags]
    if french and not untranslated:
        wrong.append(f"{len(french)} of {len(english)} lines are not translated")
    return wrong
