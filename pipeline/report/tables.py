"""The figures of a session's tracks and engines. Pure."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from pipeline.events import Repaired, Translation, Value
from pipeline.report.fates import SAID
from pipeline.report.record import Record
from pipeline.scores.conformity import Conformity, conformity
from pipeline.scores.latency import Latency
from pipeline.scores.spread import Spread, spread
from pipeline.translation.verdicts import doubts, usable

FLAGS = {
    "fast": "more to read than there was time for",
    "late": "begins after its words",
    "untranslated": "no engine answered",
    "doubtful": "the translation may be wrong",
    "backfilled": "translated later than shown",
    "cut": "the recording began or ended within it",
    "name": "a name in it is uncertain",
}
"""What the flags of a cue mean."""


class Track(Value, frozen=True):
    """One track: how readable its cues are, and how late they came."""

    lang: str
    conformity: Conformity
    flags: Mapping[str, tuple[float, ...]]
    """Where the cues begin that have each of `FLAGS`, stream time."""
    latency: Spread | None
    """Seconds; None where the session did not run in real time."""
    worst: Latency | None


class Engine(Value, frozen=True):
    """One engine's share in one track."""

    lang: str
    name: str
    asked: int
    """Attempts; a sentence may be tried several times, and by several engines."""
    good: int
    doubted: int
    """Answers that may be wrong; one was shown where no engine had better."""
    refused: int
    """Attempts whose answer was not used, or that had none."""
    took: Spread | None
    """Seconds for an answer that was used; None without any."""


class Refusal(Value, frozen=True):
    """Attempts of one engine that were refused for one reason, between two stream times."""

    lang: str
    engine: str
    verdict: str
    times: int
    first: float
    last: float


class Repair(Value, frozen=True):
    """A name that was put in the place of what was heard, and where, stream times."""

    heard: str
    name: str
    score: float
    """How alike they sound, 0 to 1."""
    starts: tuple[float, ...]


def tracks(record: Record) -> list[Track]:
    return [_track(record, lang) for lang in record.langs]


def _track(record: Record, lang: str) -> Track:
    cues = record.state.track(lang)
    late = [latency for latency in record.latencies if latency.lang == lang]
    return Track(
        lang=lang,
        conformity=conformity(cues),
        flags={flag: tuple(cue.start for cue in cues if flag in cue.flags) for flag in FLAGS},
        latency=spread([latency.seconds for latency in late]),
        worst=max(late, key=lambda latency: latency.seconds, default=None),
    )


def engines(record: Record) -> list[Engine]:
    """Every engine of every track's chain, in the chain's order; an engine that was never asked is left out."""
    attempts: dict[tuple[str, str], list[Translation]] = defaultdict(list)
    for attempt in record.of(Translation):
        attempts[attempt.lang, attempt.engine].append(attempt)
    return [
        _engine(lang, name, attempts[lang, name])
        for lang in record.session.tgt_langs
        for name in record.session.engines
        if (lang, name) in attempts
    ]


def _engine(lang: str, name: str, attempts: list[Translation]) -> Engine:
    took = [attempt.elapsed for attempt in attempts if attempt.verdict == "ok"]
    doubted = sum(bool(doubts(attempt.verdict)) for attempt in attempts)
    refused = len(attempts) - len(took) - doubted
    return Engine(
        lang=lang,
        name=name,
        asked=len(attempts),
        good=len(took),
        doubted=doubted,
        refused=refused,
        took=spread(took),
    )


def counts(record: Record) -> dict[str, list[int]]:
    """How many sentences had each fate in each of the translated tracks; those that none had are left out."""
    tracks = [Counter(fates.values()) for fates in record.fates.values()]
    return {said: row for fate, said in SAID.items() if any(row := [track[fate] for track in tracks])}


def refusals(record: Record) -> list[Refusal]:
    """Why attempts were refused, the most frequent first."""
    when: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for attempt in record.of(Translation):
        if not usable(attempt.verdict) and (sentence := record.state.sentences.get(attempt.sentence)):
            when[attempt.lang, attempt.engine, attempt.verdict].append(sentence.start)
    found = [
        Refusal(lang=lang, engine=engine, verdict=verdict, times=len(starts), first=min(starts), last=max(starts))
        for (lang, engine, verdict), starts in when.items()
    ]
    return sorted(found, key=lambda refusal: -refusal.times)


def repairs(record: Record) -> list[Repair]:
    """Every spelling that was put right, the least like its name first: what an editor should look at."""
    when: dict[tuple[float, str, str], list[float]] = defaultdict(list)
    for repaired in record.of(Repaired):
        when[repaired.score, repaired.heard, repaired.name].append(repaired.start)
    return [
        Repair(heard=heard, name=name, score=score, starts=tuple(starts))
        for (score, heard, name), starts in sorted(when.items())
    ]


def uncertain(record: Record) -> list[tuple[float, str, str]]:
    """(start, names, text) of the sentences in which a name is uncertain, by time."""
    sentences = sorted(record.state.sentences.values(), key=lambda sentence: sentence.start)
    return [(one.start, ", ".join(one.uncertain), one.text) for one in sentences if one.uncertain]


def late(record: Record, tracks: list[Track]) -> Spread | None:
    """The latency of the shown track that was the latest; None where there is no cue or the session was not live."""
    shown = [track.latency for track in tracks if track.lang in record.shown and track.latency]
    return max(shown, key=lambda latency: latency.p95, default=None)
