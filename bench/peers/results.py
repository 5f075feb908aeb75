"""What several runs came to: the file they are kept in, the table for the README, and who is compared with whom."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from bench.peers.figures import Figures
from bench.peers.process import Knobs
from pipeline.events import Value
from pipeline.files import write_whole

_NOT_COMPARED = "peers' AlignAtt modes need OpenAI's own vocabulary and are not compared"
CAPTION = f"synthetic speech, closed domain, demo model; {_NOT_COMPARED}"
NEAR = 0.01
"""Word error rate by which a peer may be above us and still be compared."""


class Row(Value, frozen=True):
    system: str
    setting: str
    knobs: dict[str, float | int | bool | str]
    figures: Figures


class Run(Value, frozen=True):
    """What was measured without a break, with ours at its beginning."""

    began: str
    """UTC."""
    load: tuple[float, float, float]
    """The machine's load average then."""
    ours: Figures
    rows: tuple[Row, ...] = ()
    commit: str = ""
    """Of livesubs; empty where that was not noted."""


class Results(Value, frozen=True):
    about: dict[str, Any]
    """What was measured, on what: all runs alike."""
    runs: tuple[Run, ...] = ()
    absent: dict[str, str] = msgspec.field(default_factory=dict)
    """By system why it did not run."""

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for run in self.runs for row in run.rows)

    def has(self, system: str, setting: str) -> bool:
        return any((row.system, row.setting) == (system, setting) for row in self.rows)

    def begun(self, run: Run) -> "Results":
        return msgspec.structs.replace(self, runs=(*self.runs, run))

    def measured(self, system: str, setting: str, knobs: Knobs, figures: Figures) -> "Results":
        """With one row more in the last run."""
        row = Row(system=system, setting=setting, knobs=dict(knobs), figures=figures)
        last = msgspec.structs.replace(self.runs[-1], rows=(*self.runs[-1].rows, row))
        absent = {name: why for name, why in self.absent.items() if name != system}
        return msgspec.structs.replace(self, runs=(*self.runs[:-1], last), absent=absent)

    def without(self, system: str, why: str) -> "Results":
        return msgspec.structs.replace(self, absent=self.absent | {system: why})


def load(path: Path, about: dict[str, Any]) -> Results:
    """What was measured before; of others than `about` it is no part."""
    if not path.exists():
        return Results(about=about)
    found = msgspec.json.decode(path.read_bytes(), type=Results)
    if found.about != about:
        raise SystemExit(
            f"bench: {path} was measured on something else or of other versions; move it away to begin anew"
        )
    return found


def save(path: Path, results: Results) -> None:
    text = msgspec.json.encode(_rounded(msgspec.to_builtins(results)))
    write_whole(path, msgspec.json.format(text, indent=1).decode() + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


def table(results: Results) -> Iterator[str]:
    """The lines of a Markdown table; ours is the median of its runs."""
    if not results.runs:
        return
    yield f"| system | setting | {' | '.join(_COLUMNS)} |"
    yield f"|{' --- |' * (2 + len(_COLUMNS))}"
    yield _line("livesubs", "`--policy stream`", [run.ours for run in results.runs])
    for row in results.rows:
        yield _line(row.system, row.setting, [row.figures])
    for system, why in results.absent.items():
        yield f"| {system} | does not run: {why} |{' - |' * len(_COLUMNS)}"


def _line(system: str, setting: str, runs: Sequence[Figures]) -> str:
    return f"| {system} | {setting} | {' | '.join(shown(runs) for shown in _COLUMNS.values())} |"


def _seconds(runs: Sequence[Figures], of: Callable[[Figures], float | None]) -> str:
    known = [seconds for run in runs if (seconds := of(run)) is not None]
    return f"{median(known):.2f} s" if known else "-"


_COLUMNS: dict[str, Callable[[Sequence[Figures]], str]] = {
    "word error rate": lambda runs: f"{median(run.wer for run in runs):.1%}",
    "from the end of a word until it stands: median": lambda runs: _seconds(runs, lambda run: run.latency_median),
    "95 %": lambda runs: _seconds(runs, lambda run: run.latency_p95),
    "CPU seconds a minute": lambda runs: f"{median(run.cpu for run in runs):.1f}",
    "words taken back": lambda runs: f"{median(run.retracted for run in runs):.0f}",
    "words right": lambda runs: f"{median(run.right for run in runs):.0f} of {runs[0].words}",
}


def compared(results: Results) -> str:
    """Ours against the quickest setting whose word error rate is at most `NEAR` above ours in the same run, or against
    the nearest in that, if there is none."""
    pairs = [(run.ours, row) for run in results.runs for row in run.rows if row.figures.latency_median is not None]
    if not pairs:
        return "no other system has run"
    near = [pair for pair in pairs if pair[1].figures.wer <= pair[0].wer + NEAR]
    by_wer, by_latency = (lambda pair: pair[1].figures.wer - pair[0].wer), (lambda pair: _latency(pair[1].figures))
    ours, row = min(near, key=by_latency) if near else min(pairs, key=by_wer)
    mark = "" if near else f" (none is within {100 * NEAR:.0f} point of ours in word error rate; this is the nearest)"
    latency, cpu = _latency(ours) / _latency(row.figures), ours.cpu / row.figures.cpu
    return f"against {row.system}, {row.setting}{mark}: {latency:.2f} of its median latency, {cpu:.2f} of its CPU"


def _latency(figures: Figures) -> float:
    return figures.latency_median if figures.latency_median is not None else float("inf")
