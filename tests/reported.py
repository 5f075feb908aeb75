"""Journals of sessions that went well or badly, as a report reads them; and its page, as a browser reads it."""

from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

from pipeline.events import (
    Cue,
    Ended,
    Event,
    Progress,
    Sentence,
    SessionStarted,
    SourceState,
    Translation,
    Warned,
    Word,
)
from pipeline.journal import Entry, encode
from pipeline.report.record import Record
from pipeline.settings import Settings

BEGAN = 1_750_000_000.0

EVIL = "<script>alert('é')</script>\n<img src=x onerror=alert(1)>&amp;"

LONG = "Donaudampfschifffahrtsgesellschaft" * 6


def begun(*targets: str, source: str = "https://example.org/live.m3u8") -> SessionStarted:
    return SessionStarted(
        version="1.0", source=source, src_lang="fr", tgt_langs=targets, recogniser="small on cpu",
        engines=("deepl", "local"), began_at=BEGAN,
    )  # fmt: skip


def said(number: int, at: float, *, engine: str = "deepl", verdict: str = "ok", sure: float = 0.9) -> Iterator[Event]:
    """A sentence of two seconds with all that follows from it; without an answer it stays in French."""
    id, untranslated = f"s{number}", verdict != "ok"
    words = (
        Word(start=at, end=at + 1, text=" Nous", probability=0.99),
        Word(start=at + 1, end=at + 2, text=" tenons.", probability=sure),
    )
    yield Sentence(id=id, lang="fr", start=at, end=at + 2, text="Nous tenons.", words=words)
    yield Translation(sentence=id, lang="en", engine=engine, attempt=1, verdict=verdict, text="We hold.", elapsed=0.3)
    yield Cue(id=f"{id}.fr", lang="fr", start=at, end=at + 2, text="Nous tenons.", sentences=(id,))
    text, flags = ("Nous tenons.", ("untranslated",)) if untranslated else ("We hold.", ())
    yield Cue(id=f"{id}.en", lang="en", start=at, end=at + 2, text=text, sentences=(id,), flags=flags)


def live(length: float, *events: tuple[float, Event], pause: tuple[float, float] = (0.0, 0.0)) -> list[Entry]:
    """Entries of a session in real time: progress every other second, the recogniser held up in `pause`."""
    noted: list[tuple[float, Event]] = [(0.0, begun("en")), (0.0, SourceState(state="connected", stream=0.0))]
    for second in range(0, int(length) + 1, 2):
        heard = pause[0] if pause[0] <= second < pause[1] else max(0.0, second - 0.5)
        noted.append((float(second), Progress(recorded=float(second), heard=heard, compute=second / 10)))
    timed = sorted([*noted, *events], key=lambda item: item[0])
    return [Entry(number, BEGAN + at, event) for number, (at, event) in enumerate(timed, 1)]


def record(entries: Sequence[Entry], *, running: bool = False) -> Record:
    return Record(entries, Settings(), running=running)


def saved(folder: Path, entries: Sequence[Entry]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "journal.jsonl").write_bytes(b"".join(encode(entry) + b"\n" for entry in entries))
    return folder


def stalled(since: float, until: float, length: float, *, told: bool = True) -> list[Entry]:
    """Entries of a session in real time whose recording stood still between two moments of the wall clock."""
    quiet = until - since
    noted: list[tuple[float, Event]] = [(0.0, begun("en")), *((since - 2, event) for event in said(1, 2.0))]
    for second in range(0, int(length) + 1, 2):
        recorded = min(float(second), since) + max(0.0, second - until)
        noted.append((float(second), Progress(recorded=recorded, heard=recorded, compute=1.0)))
    if told:
        noted.append((since + 11, Warned(text="nothing has come from the stream for 10 s; check its origin")))
    if told and until < length:
        noted.append((until + 1, Warned(text=f"the stream is back after {quiet:.0f} s", good=True)))
    noted.append((length, Ended(reason="stopped", stream=length - quiet)))
    return [Entry(number, BEGAN + at, event) for number, (at, event) in enumerate(sorted(noted, key=lambda n: n[0]), 1)]


class Parsed(HTMLParser):
    """What a browser would be asked to load, and whether the page holds together."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags for key, value in attributes.items() if key == name and value]
