"""What several runs of a sample come to: the spread of each figure, and the table for the README."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import median

from bench.floor import Floor
from bench.session import Session
from pipeline.events import Value
from pipeline.scores.session import Scores


class Several(Value, frozen=True):
    """One figure of several runs: how far they lie apart says how noisy the machine was."""

    least: float
    median: float
    most: float


class Sample(Value, frozen=True):
    """Processor seconds are per minute of sound, without loading libraries and models, unless said otherwise."""

    seconds: float
    """Of sound."""
    scores: Scores
    """Of the last live run; texts and times are the same in all."""
    latency_median: Several | None
    latency_p95: Several | None
    rtf: Several
    """Seconds that a second of sound takes the whole program at full pace, from the loaded model to the last file."""
    worker_live: Several
    """The recogniser process, paced like a live stream, by the system's account."""
    worker_full_pace: Several
    worker_load: Several
    """Processor seconds in all."""
    floor: Several
    """`transcribe()` of the same file in a process of its own, with its libraries as they come."""
    floor_tuned: Several
    """The same where their helper threads sleep when they have nothing to do, as in livesubs."""
    floor_decode: Several
    floor_load: Several
    """Processor seconds in all."""
    ratio_live: float
    """The worker's median over the floor's."""
    ratio_live_tuned: float
    """... over that of the tuned floor."""
    ratio_full_pace: float
    program_live: Several
    """All processes, loading included: the program, ffmpeg, the recogniser."""
    program_full_pace: Several
    memory: Several
    """The most that all processes held at once in a live run, MiB; what they share counts in each."""


def sample(live: Sequence[Session], fast: Sequence[Session], floors: Sequence[Floor], tuned: Sequence[Floor]) -> Sample:
    minutes = live[0].seconds / 60
    worker_live = _several(run.worker / minutes for run in live)
    worker_full_pace = _several(run.worker / minutes for run in fast)
    floor, floor_tuned = (_several(run.transcribe / minutes for run in runs) for runs in (floors, tuned))
    return Sample(
        seconds=live[0].seconds,
        scores=live[-1].scores,
        latency_median=_several_if([run.scores.latency_median for run in live]),
        latency_p95=_several_if([run.scores.latency_p95 for run in live]),
        rtf=_several(run.wall / run.seconds for run in fast),
        worker_live=worker_live,
        worker_full_pace=worker_full_pace,
        worker_load=_several(run.load for run in (*live, *fast)),
        floor=floor,
        floor_tuned=floor_tuned,
        floor_decode=_several(run.decode / minutes for run in floors),
        floor_load=_several(run.load for run in floors),
        ratio_live=worker_live.median / floor.median,
        ratio_live_tuned=worker_live.median / floor_tuned.median,
        ratio_full_pace=worker_full_pace.median / floor.median,
        program_live=_several(run.program / minutes for run in live),
        program_full_pace=_several(run.program / minutes for run in fast),
        memory=_several(run.memory / 2**20 for run in live),
    )


def _several(figures: Iterable[float]) -> Several:
    found = list(figures)
    return Several(least=min(found), median=median(found), most=max(found))


def _several_if(figures: Sequence[float | None]) -> Several | None:
    known = [figure for figure in figures if figure is not None]
    return _several(known) if known else None


def table(samples: dict[str, Sample]) -> Iterator[str]:
    """The lines of a Markdown table, a column a sample."""
    heads = (f"{name}, {found.seconds:.0f} s" for name, found in samples.items())
    yield _row("synthetic speech, closed domain", heads)
    yield _row("---", ("---" for _ in samples))
    for name, figure in _ROWS.items():
        yield _row(name, (figure(found) for found in samples.values()))


def _row(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


_ROWS: dict[str, Callable[[Sample], str]] = {
    "word error rate": lambda s: f"{s.scores.wer or 0:.1%}",
    "BLEU, SubER": lambda s: f"{s.scores.bleu or 0:.1f}, {s.scores.suber or 0:.1f}",
    "cues miss their first word by: median, p95": lambda s: (
        f"{s.scores.intime_median or 0:.2f} s, {s.scores.intime_p95 or 0:.2f} s"
    ),
    "cues of at most 20 characters a second, of 42 a line": lambda s: f"{s.scores.cps20:.0%}, {s.scores.cpl42:.0%}",
    "from the end of a word to its cue on disk: median, p95": lambda s: (
        f"{s.latency_median.median:.1f} s, {s.latency_p95.median:.1f} s" if s.latency_median and s.latency_p95 else "-"
    ),
    "at full pace": lambda s: f"{1 / s.rtf.median:.0f}x real time",
    "recogniser, CPU seconds a minute of sound: live, full pace": lambda s: (
        f"{s.worker_live.median:.2f}, {s.worker_full_pace.median:.2f}"
    ),
    "plain faster-whisper `transcribe()` of the same file: as it comes, with livesubs' thread settings": lambda s: (
        f"{s.floor.median:.2f}, {s.floor_tuned.median:.2f}"
    ),
    "the recogniser, live, over these": lambda s: f"{s.ratio_live:.2f}, {s.ratio_live_tuned:.2f}",
    "all processes, CPU seconds a minute of sound, live": lambda s: f"{s.program_live.median:.1f}",
    "memory of all processes at most": lambda s: f"{s.memory.median:.0f} MiB",
}
