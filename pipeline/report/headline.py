"""How a session went, in one sentence. Pure."""

from collections import Counter
from collections.abc import Iterator

from pipeline.lines import clock_time
from pipeline.report.fates import LEFT
from pipeline.report.record import Record
from pipeline.report.tables import refusals

_HOW = {
    "running": "Still running: ",
    "killed": "The session was killed: ",
    "failed": "The session failed: ",
    "aborted": "Left at once: ",
}
_UNHEARD_LEAST = 1.0
"""Seconds: the journal notes how far it is every other second."""


def headline(record: Record) -> str:
    """`2 h 51 min, 1,204 cues, nothing missing.`, or `2 h 51 min, 1,204 cues; 3 sentences not translated.`"""
    counts = [plural(len(record.state.track(lang)), "cue") for lang in record.shown]
    if len(counts) > 1:
        counts = [f"{count} in {lang}" for count, lang in zip(counts, record.shown, strict=True)]
    wrong = list(_remarks(record))
    held = ", ".join([span(record.recorded), *counts, *(missing(record) or _whole(record, sound=not wrong))])
    return f"{_HOW.get(record.outcome, '')}{'; '.join([held, *wrong])}."


def _whole(record: Record, *, sound: bool) -> list[str]:
    """What is said where nothing is missing; `sound`: and nothing else went wrong."""
    if not record.state.sentences:
        return ["no sentence was heard"]
    return ["nothing missing"] if sound else []


def _remarks(record: Record) -> Iterator[str]:
    """What else went wrong, a clause each."""
    if record.silences:
        yield f"the stream sent nothing for {span(record.silent)}"
    if gone := record.state.removed:
        yield f"the sound and picture up to {clock_time(gone)} are gone, the folder was removed"
    for lang in record.session.tgt_langs:
        yield from _of_translation(record, lang)
    if record.damaged:
        yield f"{plural(len(record.damaged), 'line')} of the journal damaged"


def _of_translation(record: Record, lang: str) -> Iterator[str]:
    """What is not translated in one track, or not well."""
    into = f" to {lang}" if len(record.session.tgt_langs) > 1 else ""
    counts = Counter(record.fates[lang].values())
    if left := untranslated(record, lang):
        some = f"{plural(left, 'sentence')} not translated{into}"
        done = counts["translated"] or counts["doubtful"]
        yield some if done else f"no sentence was translated{into}{_why(record, lang)}"
    if doubtful := counts["doubtful"]:
        yield f"{plural(doubtful, 'translation')}{into} doubtful"


def _why(record: Record, lang: str) -> str:
    """` (google: no connection (ConnectError))`: the most frequent verdict, in short; empty if no engine was asked."""
    refused = (refusal for refusal in refusals(record) if refusal.lang == lang)
    return next((f" ({refusal.engine}: {refusal.verdict.partition(';')[0]})" for refusal in refused), "")


def missing(record: Record) -> list[str]:
    """What the subtitles do not have, a phrase each; what a running session has yet to do is not missing."""
    phrases = []
    if gaps := record.state.gaps:
        phrases.append(f"{span(record.lost)} missing in {plural(len(gaps), 'gap')}")
    if record.outcome != "running":
        if (unheard := record.recorded - record.heard) > _UNHEARD_LEAST:
            phrases.append(f"the last {span(unheard)} not heard")
        if record.unshown:
            phrases.append(f"{plural(record.unshown, 'sentence')} without a cue")
    if record.outcome == "killed" and not phrases:
        phrases.append(f"complete up to {clock_time(record.heard)}")
    return phrases


def untranslated(record: Record, lang: str) -> int:
    """Sentences that the track shows as they were said: no engine answered, or with nothing else."""
    return sum(fate in LEFT for fate in record.fates[lang].values())


def span(seconds: float) -> str:
    """`2 h 51 min`, `12 min`, `1 min 13 s` under ten minutes, `14 s`, `0.4 s`."""
    if 0 < seconds < 0.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours} h {minutes:02} min"
    if minutes >= 10 or (minutes and whole % 60 == 0):
        return f"{minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def plural(count: int, noun: str) -> str:
    """`1 gap`, `1,204 cues`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
