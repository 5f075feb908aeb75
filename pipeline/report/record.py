"""A session's journal, read once, and what every part of the report asks of it. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline import lines
from pipeline.events import Ended, Event, Progress, Rendering, SessionStarted, SourceState, Translation
from pipeline.journal import Entry
from pipeline.report.fates import Fate, fates
from pipeline.report.silences import Silence, silences
from pipeline.scores import latency
from pipeline.scores.latency import Latency, latencies
from pipeline.settings import Settings
from pipeline.state import fold
from pipeline.translation.verdicts import settle

Outcome = Literal["running", "killed", "ended", "stopped", "aborted", "failed"]
"""How a session stands: `Ended.reason`, or what it means that there is none."""

E = TypeVar("E", bound=Event)


class Record:
    """What is known of one session; seconds of stream time unless said."""

    def __init__(
        self, entries: Sequence[Entry], settings: Settings, *, running: bool = False, damaged: Sequence[int] = ()
    ) -> None:
        """`entries` hold the session event; `running`: somebody still writes them; `damaged`: lines not among them."""
        self.entries = tuple(entries)
        self.settings = settings
        self.damaged = tuple(damaged)
        self.state = fold(entry.event for entry in entries)
        unended: Outcome = "running" if running else "killed"
        self.outcome: Outcome = self.state.ended.reason if self.state.ended else unended

    @property
    def session(self) -> SessionStarted:
        assert self.state.session, "the session event is the journal's first"
        return self.state.session

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind, in order."""
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    @cached_property
    def recorded(self) -> float:
        """How much is on disk, as far as the journal knows."""
        known = [*map(float, self._clocks[1]), *(s.end for s in self.state.sentences.values())]
        return max(known, default=0.0)

    @cached_property
    def heard(self) -> float:
        """How much of it the recogniser was given; a session that ended well has heard everything."""
        if self.outcome in ("ended", "stopped"):
            return self.recorded
        known = [p.heard for p in self.of(Progress)] + [s.end for s in self.state.sentences.values()]
        return min(self.recorded, max(known, default=0.0))

    @property
    def lost(self) -> float:
        """Seconds that the gaps last."""
        return sum(gap.end - gap.start for gap in self.state.gaps)

    @cached_property
    def silences(self) -> list[Silence]:
        """When the stream sent nothing, by time."""
        return silences(self.entries)

    @property
    def silent(self) -> float:
        """Seconds, by the wall clock, that the silences last."""
        return sum(silence.seconds for silence in self.silences)

    @cached_property
    def behind(self) -> Progress | None:
        """When the most recorded sound was still to be heard."""
        return max(self.of(Progress), key=lambda note: note.recorded - note.heard, default=None)

    @cached_property
    def live(self) -> bool:
        """Whether it ran in real time, as far as is known yet; a recording is read ahead."""
        return latency.live(self.entries)

    @cached_property
    def latencies(self) -> list[Latency]:
        """Of every cue; none where the session did not run in real time."""
        return latencies(self.entries)

    @property
    def last_at(self) -> float:
        """Wall clock of the last line."""
        return self.entries[-1].at

    def stream_at(self, moment: float) -> float:
        """How much was recorded at a wall clock time: where to put what has no stream time of its own."""
        at, stream = self._clocks
        return float(np.interp(moment, at, stream)) if len(at) else 0.0

    @property
    def shown(self) -> tuple[str, ...]:
        """The tracks that the audience reads: the translations, or what was said where there are none."""
        return lines.tracks(self.session)

    @property
    def langs(self) -> tuple[str, ...]:
        """Every track there is."""
        return tuple(dict.fromkeys((self.session.src_lang, *self.session.tgt_langs)))

    @cached_property
    def answers(self) -> dict[str, dict[str, Rendering]]:
        """By track and id, the best that its engines made of each sentence that they were asked."""
        attempts: dict[tuple[str, str], list[Translation]] = defaultdict(list)
        for attempt in self.of(Translation):
            sentence = self.state.sentences.get(attempt.sentence)
            if sentence and sentence.pass_ == attempt.pass_:  # those before were of another text
                attempts[attempt.lang, attempt.sentence].append(attempt)
        best: dict[str, dict[str, Rendering]] = {lang: {} for lang in self.session.tgt_langs}
        for (lang, id), asked in attempts.items():
            if lang in best:
                best[lang][id] = settle(self.state.sentences[id], lang, asked)
        return best

    @cached_property
    def fates(self) -> dict[str, dict[str, Fate]]:
        """By track and id, what became of each sentence in each language it was to be translated into."""
        return {lang: fates(self.state, self.answers[lang], lang) for lang in self.session.tgt_langs}

    @cached_property
    def unshown(self) -> int:
        """Sentences that some track has no cue of."""
        shown = ({id for cue in self.state.track(lang) for id in cue.sentences} for lang in self.langs)
        return max(len(self.state.sentences.keys() - ids) for ids in shown)

    @cached_property
    def _clocks(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Wall clock times, in order though a clock may have been set back, and how much was recorded by then."""
        known = [(entry.at, _recorded(entry.event)) for entry in self.entries if _recorded(entry.event) >= 0]
        at, stream = np.array(known, dtype=np.float64).reshape(-1, 2).T
        return np.maximum.accumulate(at), stream


def _recorded(event: Event) -> float:
    """What the event says is on disk; -1 if it says nothing of it."""
    match event:
        case Progress():
            return event.recorded
        case SourceState() | Ended():
            return event.stream
    return -1.0
