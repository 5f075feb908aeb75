"""What the technician sees in a terminal; `choose` gives plain lines or JSON elsewhere."""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from pipeline.events import (
    SOURCE,
    UNSPOKEN,
    Cue,
    Ended,
    Gap,
    Removed,
    Sentence,
    SessionStarted,
    Skipped,
    SourceState,
    Suppressed,
    Warned,
    Withdrawn,
)
from pipeline.journal import Entry
from pipeline.lines import (
    JsonLines,
    Lines,
    be_silent,
    clock_time,
    countdown,
    missing,
    remark,
    spoken,
    tracks,
    translation,
)

if TYPE_CHECKING:
    from pipeline.view import Status

_FRENCH, _ENGLISH, _QUIET, _ALARM = "cyan", "bold bright_white", "grey62", "bold bright_yellow"
"""Read from two metres in a dark hall: nothing below 4.5:1 on black."""


class Screen(Protocol):
    """A view and what it needs around it: it is entered before the session runs and left after it."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def recall(self, entries: Iterable[Entry]) -> None:
        """What a session that goes on has written before: nothing is said of it again."""

    def show(self, entry: Entry) -> None: ...

    def announce(self, starts_at: datetime | None) -> None: ...


class Row(NamedTuple):
    """A line of the list."""

    time: str
    text: str
    style: str
    cue: str = ""
    """Its id; empty: what was said, above its translation."""


class LiveScreen:
    """The technician's view: state of the source, level, lag, speed, the last cues in every language, warnings."""

    def __init__(self, status: "Callable[[], Status]", console: Console) -> None:
        self._status, self._console = status, console
        self._session: SessionStarted | None = None
        self._source = "loading the speech model"
        self._over = False
        self._rows: deque[Row] = deque(maxlen=100)
        self._sentences: dict[str, Sentence] = {}
        self._cues = 0
        self._suppressed = 0
        self._warnings: list[tuple[str, str]] = []
        """What each is about, and its words."""
        self._live = Live(get_renderable=self.draw, console=console, refresh_per_second=4, transient=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._live.stop()
        except OSError:  # the terminal is gone
            be_silent()

    def recall(self, entries: Iterable[Entry]) -> None:
        """It goes on counting, under the lines and the warnings that were there."""
        source = self._source
        for entry in entries:
            self.show(entry)
        self._source, self._over = source, False

    def show(self, entry: Entry) -> None:
        match entry.event:
            case SessionStarted() as event:
                self._session = event
            case SourceState() as event:
                self._source = event.state
                if event.state == "connected":
                    self._is_over(SOURCE)
            case Ended():
                self._over = True
            case Sentence() as event:
                self._sentences[event.id] = event
            case Cue() as event if self._session and event.lang in tracks(self._session):
                self._add_cue(event, self._session)
            case Withdrawn(id=id):
                self._rows = deque((row for row in self._rows if row.cue != id), self._rows.maxlen)
            case Suppressed():
                self._suppressed += 1
            case Gap() | Skipped() | Removed() as event:
                self._warn(entry.at, missing(event))
            case Warned() as event:
                if event.good:
                    self._is_over(event.about)
                self._warn(entry.at, event.text, event.about)

    def _warn(self, at: float, text: str, about: str = "") -> None:
        self._warnings = [*self._warnings, (about, f"{datetime.fromtimestamp(at):%H:%M} {text}")][-3:]

    def _is_over(self, about: str) -> None:
        """What stood there of it is well again: it is in the journal and the report."""
        self._warnings = [one for one in self._warnings if not about or one[0] != about]

    def announce(self, starts_at: datetime | None) -> None:
        self._source = countdown(starts_at)

    def _add_cue(self, cue: Cue, session: SessionStarted) -> None:
        if cue.rev > 1:
            self._correct(cue, session)
            return
        self._cues += 1
        said = [sentence for id in cue.sentences if (sentence := self._sentences.pop(id, None))]
        above = [s for s in said if cue.lang != session.src_lang and s.lang not in (cue.lang, UNSPOKEN)]
        self._rows += [Row(clock_time(sentence.start), sentence.text, _FRENCH) for sentence in above]
        alone = cue.lang == session.src_lang or (said and not above)
        self._rows.append(_row(cue, clock_time(cue.start) if alone else "", session))

    def _correct(self, cue: Cue, session: SessionStarted) -> None:
        """A line that is still in the list says what it says now."""
        rows = [_row(cue, row.time, session) if row.cue == cue.id else row for row in self._rows]
        self._rows = deque(rows, self._rows.maxlen)

    def draw(self) -> RenderableType:
        status = self._status()
        head = [self._headline(status), self._gauges(status), self._means()]
        foot: list[RenderableType] = [Text(text, style=_ALARM) for text in self._latest_warnings()]
        if self._over:
            foot.append(Text("done", style=_QUIET))
        elif status.stopping:
            left = f"finishing: {status.behind:.0f} s of sound still to hear. Ctrl-C again to leave at once."
            foot.append(Text(left, style=_ALARM))
        else:
            foot.append(Text("Ctrl-C stops the recording and finishes what was said", style=_QUIET))
        warned = sum(self._height(text) - 1 for text in self._latest_warnings())
        room = max(4, self._console.height - len(head) - len(foot) - warned - 4)
        return Group(*head, Rule(style=_QUIET), self._table(room), Rule(style=_QUIET), *foot)

    def _latest_warnings(self) -> list[str]:
        """As many of them as a third of the screen takes, the newest in any case, whole."""
        kept: list[str] = []
        left = self._console.height // 3
        for text in reversed([f"! {text}" for _, text in self._warnings]):
            left -= self._height(text)
            if kept and left < 0:
                break
            kept.insert(0, text)
        return kept

    def _height(self, text: str) -> int:
        """Lines that a text takes; words are not broken, so a line is not always full."""
        return len(Text(text).wrap(self._console, self._console.width))

    def _headline(self, status: "Status") -> Text:
        colours = {"connected": "bold bright_green", "lost": "bold bright_red"}
        line = Text(overflow="ellipsis", no_wrap=True)
        line.append("● ", style=colours.get(self._source, _QUIET))
        line.append(f"{self._source}  ", style=colours.get(self._source, _QUIET))
        if status.quiet:
            line.append(f"nothing for {status.quiet:.0f} s  ", style=_ALARM)
        line.append(clock_time(status.recorded), style=_ENGLISH)
        if self._session:
            line.append(f"  {', '.join(spoken(self._session))} → {', '.join(tracks(self._session))}  ", style=_FRENCH)
            line.append(self._session.source.rsplit("/", 1)[-1] or self._session.source, style=_QUIET)
        return line

    def _gauges(self, status: "Status") -> Text:
        filled = max(0, min(10, round((status.level + 60) / 6)))
        line = Text(no_wrap=True, overflow="crop")
        line.append("level ", style=_QUIET)
        line.append("█" * filled, style="bright_red" if status.level > -1 else "bright_green")
        line.append("·" * (10 - filled), style=_QUIET)
        line.append("   behind ", style=_QUIET)
        line.append(f"{status.behind:.1f} s", style=_ALARM if status.behind > 15 else _ENGLISH)
        line.append("   speed ", style=_QUIET)
        line.append(f"{status.speed:.1f}x" if status.speed else "-", style=_ENGLISH)
        line.append("   cues ", style=_QUIET)
        line.append(str(self._cues), style=_ENGLISH)
        if self._suppressed:
            line.append(f"   kept back {self._suppressed}", style=_ALARM)
        return line

    def _means(self) -> Text:
        """What it is done with: the translation engines and the recogniser."""
        used = f"{translation(self._session)}; {self._session.recogniser}" if self._session else ""
        return Text(used, style=_QUIET, no_wrap=True, overflow="ellipsis")

    def _table(self, room: int) -> Table:
        width = max(20, self._console.width - 10)
        table = Table.grid(padding=(0, 1))
        table.add_column(width=8, style=_QUIET)
        table.add_column(width=width)
        rows: list[Row] = []
        for row in reversed([*self._rows]):  # a copy: the session adds rows while this thread draws
            room -= -(-len(row.text) // width)
            if room < 0:
                break
            rows.append(row)
        for row in reversed(rows):
            table.add_row(row.time, Text(row.text, style=row.style))
        return table


def _row(cue: Cue, time: str, session: SessionStarted) -> Row:
    style = _ALARM if "untranslated" in cue.flags else _ENGLISH
    label = f"{cue.lang} " if len(session.tgt_langs) > 1 else ""
    return Row(time, f"{label}{' '.join(cue.text.splitlines())}{remark(cue)}", style, cue.id)


def mend() -> None:
    """Puts a terminal right that a session was drawing on when it was killed: what is said next has its own line."""
    console = Console()
    if console.is_terminal:
        with suppress(OSError):  # it is gone
            console.show_cursor()
            console.print()


def choose(status: "Callable[[], Status]", *, as_json: bool) -> Screen:
    """The view that fits where the output goes."""
    if as_json:
        return JsonLines()
    console = Console()
    return LiveScreen(status, console) if console.is_terminal else Lines(status)
