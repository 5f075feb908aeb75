"""What went wrong, and when: everything a technician would have wanted to know, in the order of the stream. Pure."""

from collections.abc import Iterable, Iterator

from pipeline import lines
from pipeline.events import Progress, Recovered, Removed, Resumed, Skipped, Value, Warned
from pipeline.journal import Entry
from pipeline.report.fates import LEFT, SAID
from pipeline.report.headline import plural, span
from pipeline.report.record import Record
from pipeline.report.silences import tells, within

_BEHIND = 10.0
"""Seconds of sound still to be heard that are worth a line: what an open sentence lasts at most."""
_TOGETHER = 30.0
"""Seconds between two untranslated sentences that are told as one trouble."""


class Trouble(Value, frozen=True):
    """Something that went wrong between two stream times."""

    start: float
    end: float
    said: str


def troubles(record: Record) -> list[Trouble]:
    """Gaps, what was not heard or translated, silences, warnings, times when the recogniser was far behind; by time."""
    missing = [*_gaps(record), *_skipped(record), *_removed(record), *_resumed(record), *_silences(record)]
    found = [*missing, *_warned(record), *_untranslated(record), *_behind(record)]
    return sorted(found, key=lambda trouble: trouble.start)


def _gaps(record: Record) -> Iterator[Trouble]:
    for gap in record.state.gaps:
        yield Trouble(start=gap.start, end=gap.end, said=f"{span(gap.end - gap.start)} missing: {gap.reason}")


def _skipped(record: Record) -> Iterator[Trouble]:
    """Sound that the recogniser did not get to, or died of."""
    heard = {(event.start, event.end) for event in record.of(Recovered)}
    for skipped in record.of(Skipped):
        after = ", and heard when the stream had ended" if (skipped.start, skipped.end) in heard else ""
        said = f"{span(skipped.end - skipped.start)} not heard: {skipped.reason}{after}"
        yield Trouble(start=skipped.start, end=skipped.end, said=said)


def _removed(record: Record) -> Iterator[Trouble]:
    for removed in record.of(Removed):
        yield Trouble(start=0.0, end=removed.stream, said=lines.missing(removed))


def _resumed(record: Record) -> Iterator[Trouble]:
    for resumed in record.of(Resumed):
        said = "the session was cut off or ended here, and went on later"
        yield Trouble(start=resumed.stream, end=resumed.stream, said=said)


def _silences(record: Record) -> Iterator[Trouble]:
    """No stream time passes in them, so the wall clock is told."""
    for silence in record.silences:
        said = f"the stream sent nothing for {span(silence.seconds)}, from {silence.clock} by the clock"
        yield Trouble(start=silence.stream, end=silence.stream, said=said)


def warnings(record: Record) -> Iterator[Trouble]:
    """Each where the recording was when it was given; good news is none."""
    return _placed(record, record.entries, good=False)


def news(record: Record) -> Iterator[Trouble]:
    """What was well again, or done as asked: nothing that went wrong."""
    return _placed(record, record.entries, good=True)


def _warned(record: Record) -> Iterator[Trouble]:
    """The warnings that say more than the silences do."""
    told = {entry.seq for entry in record.entries if tells(entry) and any(within(entry, s) for s in record.silences)}
    return _placed(record, (entry for entry in record.entries if entry.seq not in told), good=False)


def _placed(record: Record, entries: Iterable[Entry], *, good: bool) -> Iterator[Trouble]:
    for entry in entries:
        if isinstance(entry.event, Warned) and entry.event.good == good:
            at = record.stream_at(entry.at)
            yield Trouble(start=at, end=at, said=entry.event.text)


def _untranslated(record: Record) -> Iterator[Trouble]:
    for lang in record.session.tgt_langs:
        left = [record.state.sentences[id] for id, fate in record.fates[lang].items() if fate in LEFT]
        for start, end, count in merged(((one.start, one.end) for one in left), _TOGETHER):
            yield Trouble(start=start, end=end, said=f"{plural(count, 'sentence')} not translated to {lang}")


def left(record: Record) -> Iterator[tuple[float, str, str, str]]:
    """(start, track, text, why) of every sentence that a track shows as it was said."""
    for lang in record.session.tgt_langs:
        for id, fate in record.fates[lang].items():
            if fate in LEFT:
                sentence = record.state.sentences[id]
                yield sentence.start, lang, sentence.text, SAID[fate].partition(": ")[2]


def _behind(record: Record) -> Iterator[Trouble]:
    """Of a live session only: a file that is read ahead is always far ahead of what was heard."""
    if not record.live:
        return
    notes = [note for note in record.of(Progress) if note.recorded - note.heard > _BEHIND]
    for start, end, _ in merged(((note.heard, note.recorded) for note in notes), 0.0):
        most = max(note.recorded - note.heard for note in notes if start <= note.recorded <= end)
        yield Trouble(start=start, end=end, said=f"the recogniser was behind, by {span(most)} at most")


def merged(spans: Iterable[tuple[float, float]], within: float) -> list[tuple[float, float, int]]:
    """(start, end, how many) of the spans, those that are no farther apart than `within` as one."""
    found: list[tuple[float, float, int]] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] <= within:
            first, last, count = found[-1]
            found[-1] = (first, max(last, end), count + 1)
        else:
            found.append((start, end, 1))
    return found
