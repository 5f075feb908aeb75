"""The report: what it says of sessions that went well, badly or are not over; what it must never do to a browser."""

import html
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import psutil
import pytest

from pipeline import cli, settings
from pipeline.errors import JournalCorrupt, LivesubsError, SessionError, SettingsError
from pipeline.events import (
    Cue,
    Ended,
    Event,
    Gap,
    Progress,
    Recovered,
    Sentence,
    SessionStarted,
    Skipped,
    SourceState,
    Suppressed,
    Translation,
    Warned,
    Word,
)
from pipeline.flow import SystemClock
from pipeline.journal import Entry, Journal, encode, lock
from pipeline.report.folder import open_record, write
from pipeline.report.headline import headline, span
from pipeline.report.moments import moments
from pipeline.report.page import changed, page
from pipeline.report.record import Record
from pipeline.report.tables import engines, refusals
from pipeline.report.timeline import lanes, ticks
from pipeline.report.troubles import troubles
from pipeline.settings import Settings
from tests.measures import SAMPLES
from tests.waiting import until

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


@pytest.fixture(scope="module")
def evening() -> str:
    """The page of three hours: 2,500 sentences, some of them not translated, and more trouble than a page can list."""
    events: list[tuple[float, Event]] = []
    for number in range(2500):
        at = number * 4.3
        failing = number % 11 == 0
        events += [(at + 3, e) for e in said(number, at, engine=("deepl", "local")[number % 2],
                                             verdict="too many requests" if failing else "ok",
                                             sure=(number % 97) / 97)]  # fmt: skip
    for number in range(300):
        at = number * 35.0
        events.append((at + 1, Suppressed(start=at, end=at + 1, text=f"{LONG} {EVIL}", reason="nobody speaks")))
        events.append((at + 2, Warned(text=f"{LONG}: check the network")))
    events.append((5000.0, Gap(start=5000.0, end=5014.0, reason="the connection was lost")))
    events.append((10801.0, Ended(reason="ended", stream=10800.0)))
    return page(record(live(10800, *events)))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(14, "14 s"), (73.1, "1 min 13 s"), (600, "10 min"), (10_271, "2 h 51 min"), (3600, "1 h 00 min")],
)
def test_lengths_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_the_first_line_says_how_it_went() -> None:
    good = [(at + 3, event) for at in (2.0, 10.0) for event in said(int(at), at)]
    bad = [(23.0, event) for event in said(20, 20.0, verdict="empty")]
    end = (40.0, Ended(reason="ended", stream=40.0))
    assert headline(record(live(40, *good, end))) == "40 s, 2 cues, nothing missing."
    assert headline(record(live(40, *good, *bad, end))) == "40 s, 3 cues; 1 sentence not translated."
    lost = (30.0, Gap(start=25.0, end=29.0, reason="cut"))
    assert headline(record(live(40, *good, lost, end))) == "40 s, 2 cues, 4 s missing in 1 gap."


def test_what_was_recorded_and_not_heard_is_missing() -> None:
    end = (40.0, Ended(reason="failed", stream=40.0, error="the recogniser ended; start it again"))
    failed = record(live(40, *((5.0, event) for event in said(1, 2.0)), end, pause=(10.0, 99.0)))
    assert headline(failed) == "The session failed: 40 s, 1 cue, the last 30 s not heard."
    assert "the recogniser ended; start it again" in page(failed)


def test_a_killed_session_and_a_running_one_are_told_apart(tmp_path: Path) -> None:
    folder = saved(tmp_path / "s", live(40, *((5.0, event) for event in said(1, 2.0))))
    with lock(folder):
        assert headline(open_record(folder)) == "Still running: 40 s, 1 cue, nothing missing."
    assert headline(open_record(folder)) == "The session was killed: 40 s, 1 cue, complete up to 0:00:39."


def test_what_went_wrong_is_told_in_the_order_of_the_stream() -> None:
    told = record(
        live(
            200,
            (151.0, Warned(text="nothing has come from the stream")),
            (90.0, Gap(start=80.0, end=90.0, reason="the connection was lost")),
            (160.0, Skipped(start=140.0, end=150.0, reason="the recogniser was too slow", later=True)),
            (190.0, Recovered(start=140.0, end=150.0)),
            *((23.0 + at, event) for at in (0.0, 5.0) for event in said(int(at), 20.0 + at, verdict="empty")),
            pause=(100.0, 130.0),
        )
    )
    assert [(trouble.start, trouble.end, trouble.said) for trouble in troubles(told)] == [
        (20.0, 27.0, "2 cues not translated to en"),
        (80.0, 90.0, "10 s missing: the connection was lost"),
        (100.0, 128.0, "the recogniser was behind, by 28 s at most"),
        (140.0, 150.0, "10 s not heard: the recogniser was too slow, and heard when the stream had ended"),
        (151.0, 151.0, "nothing has come from the stream"),
    ]


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
        noted.append((until + 1, Warned(text=f"the stream is back after {quiet:.0f} s")))
    noted.append((length, Ended(reason="stopped", stream=length - quiet)))
    return [Entry(number, BEGAN + at, event) for number, (at, event) in enumerate(sorted(noted, key=lambda n: n[0]), 1)]


def test_a_stream_that_sends_nothing_is_told_with_its_whole_length_by_the_clock() -> None:
    stopped = record(stalled(18, 96, 96))  # the origin dies, Ctrl-C later
    assert headline(stopped) == "18 s, 1 cue; the stream sent nothing for 1 min 18 s."
    [silence] = stopped.silences
    assert (silence.stream, silence.from_at, silence.to_at) == (18.0, BEGAN + 18, BEGAN + 96)
    [trouble] = troubles(stopped)
    assert trouble.said == f"the stream sent nothing for 1 min 18 s, from {silence.clock} by the clock"
    assert "nothing was lost" not in page(stopped)
    back = record(stalled(18, 50, 96))
    assert headline(back) == "1 min 4 s, 1 cue; the stream sent nothing for 34 s."
    assert [trouble.start for trouble in troubles(back)] == [18.0]


def test_a_stream_that_has_ended_and_is_still_being_heard_is_no_silence() -> None:
    assert headline(record(stalled(18, 96, 96, told=False))) == "18 s, 1 cue, nothing missing."


def test_a_session_in_which_nothing_was_translated_says_why() -> None:
    events = [(at + 3, event) for at in (2.0, 10.0) for event in said(int(at), at, verdict="no connection")]
    told = record(live(20, *events, (21.0, Ended(reason="ended", stream=20.0))))
    assert headline(told) == "20 s, 2 cues; no sentence was translated (deepl: no connection)."


def test_every_flagged_cue_is_found_with_its_time() -> None:
    cues = [
        (at + 3, Cue(id=f"c{at}", lang="en", start=at, end=at + 1, text="The workers", sentences=(), flags=("fast",)))
        for at in range(5, 500, 5)
    ]
    told = record(live(500, *cues))
    assert moments(told)[0].said == 'too fast: "The workers"'
    text = page(told)
    assert "And 59 more" in text
    assert all(f"0:0{at // 60}:{at % 60:02}" in text for at in range(5, 500, 5))


def test_a_track_without_a_cue_has_no_shares() -> None:
    text = page(record(live(20, (21.0, Ended(reason="ended", stream=20.0)))))
    assert "100.0%" not in text
    assert "<td>–</td>" in text


def test_damaged_lines_are_left_out_and_named(tmp_path: Path) -> None:
    entries = live(40, *((5.0, event) for event in said(1, 2.0)), (41.0, Ended(reason="ended", stream=40.0)))
    journal = saved(tmp_path / "s", entries) / "journal.jsonl"
    whole = journal.read_bytes().split(b"\n")
    whole[10], whole[12] = b"\x00\xff\x00", b'{"seq":13,"at":"never","kind":"progress"}'
    journal.write_bytes(b"\n".join(whole))
    text = write(tmp_path / "s").read_text(encoding="utf-8")
    assert "2 lines of the journal are damaged and were left out: 11, 13<" in text
    assert "<h1>40 s, 1 cue; 2 lines of the journal damaged.</h1>" in text


def test_a_live_session_without_a_cue_claims_nothing_that_did_not_happen() -> None:
    silent = record(live(200, pause=(100.0, 130.0)))
    assert [trouble.said for trouble in troubles(silent)] == ["the recogniser was behind, by 28 s at most"]
    assert "read ahead" not in lanes(silent)[0].said
    text = page(record(live(200, (201.0, Ended(reason="ended", stream=200.0)))))
    assert "<h1>3 min 20 s, 0 cues, no sentence was heard.</h1>" in text
    assert "the recogniser kept up" in text
    assert "translated." not in text
    assert "not live" not in text


def test_timelines_share_one_axis() -> None:
    told = record(
        live(
            200,
            (50.0, Suppressed(start=40.0, end=50.0, text="Sous-titres", reason="nobody speaks")),
            (90.0, Gap(start=80.0, end=90.0, reason="lost")),
            *((30.0, event) for event in said(1, 20.0, engine="local")),
            *((70.0, event) for event in said(2, 60.0, verdict="empty")),
            pause=(100.0, 130.0),
        )
    )
    drawn = {lane.name: lane for lane in lanes(told)}
    places = {name: (lane.marks[0].left, lane.marks[0].width) for name, lane in drawn.items() if not lane.most}
    assert places == {"local": (10, 1), "Not translated": (30, 1), "Gaps": (40, 5), "Kept back": (20, 5)}
    assert drawn["Lag"].said.startswith("Recorded sound still to be heard: at most 28.0 s, at 0:02:08.")
    assert [tick.label for tick in ticks(200)] == ["0:00:00", "0:01:00", "0:02:00", "0:03:00"]


def test_the_editor_is_led_to_the_worst_first_and_told_when() -> None:
    told = record(
        live(
            300,
            *((12.0, event) for event in said(1, 10.0, sure=0.2)),
            *((72.0, event) for event in said(2, 70.0, verdict="empty")),
            *((132.0, event) for event in said(3, 130.0)),
            (180.0, Suppressed(start=170.0, end=172.0, text="Merci d'avoir regardé !", reason="nobody speaks")),
            (200.0, Gap(start=190.0, end=194.0, reason="lost")),
        )
    )
    assert [(moment.start, moment.said) for moment in moments(told)] == [
        (190.0, "4 s missing"),
        (70.0, 'not translated: "Nous tenons."'),
        (170.0, 'kept back: "Merci d\'avoir regardé !"; nobody speaks'),
        (11.0, 'unsure of: tenons, in "Nous tenons."'),
    ]


def test_nothing_that_was_said_or_warned_becomes_markup() -> None:
    told = live(
        30,
        (5.0, Suppressed(start=1.0, end=2.0, text=EVIL, reason=EVIL)),
        (6.0, Warned(text=EVIL)),
        (7.0, Gap(start=3.0, end=4.0, reason=EVIL)),
        *((8.0, event) for event in said(1, 5.0, engine="deepl", verdict=EVIL)),
        (9.0, Cue(id="s1.en", lang="en", start=5, end=7, text=EVIL, sentences=("s1",), flags=("untranslated",))),
        (31.0, Ended(reason="failed", stream=30.0, error=EVIL)),
    )
    told[0] = Entry(1, BEGAN, begun("en", source=EVIL))
    parsed = Parsed(page(record(told)))
    assert not parsed.open
    assert not {tag for tag, _ in parsed.tags} & {"script", "img"}


def test_an_evening_is_one_page_that_needs_nothing_else(evening: str) -> None:
    parsed = Parsed(evening)
    assert len(evening.encode()) < 1_000_000
    assert not parsed.open
    assert not {tag for tag, _ in parsed.tags} & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"url\(|@import", evening)
    assert not parsed.all("src")
    ids = parsed.all("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in parsed.all("href")} <= set(ids)
    assert {id for ids in parsed.all("aria-labelledby") for id in ids.split()} <= set(ids)
    levels = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(attributes.get("scope") for tag, attributes in parsed.tags if tag == "th")


def test_colours_can_be_read_in_light_and_dark(evening: str) -> None:
    """WCAG AA: 4.5 to 1 for text, on the page and on the cards."""
    themes = re.findall(r":root \{([^}]*--page[^}]*)\}", evening)
    assert len(themes) == 3  # light, dark, paper
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): #(\w{6})", theme))
        for ink in ("ink", "quiet", "blue", "red"):
            for ground in ("page", "card"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground, theme)


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio of two colours in hexadecimal."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium, which CI installs")
@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_need_not_scroll_sideways(tmp_path: Path, evening: str, width: int) -> None:
    frame = tmp_path / "phone.html"
    frame.write_text(
        f'<meta charset="utf-8"><iframe width="{width}" height="800" style="border:0"'
        ' onload="document.title = this.contentDocument.documentElement.scrollWidth"'
        f' srcdoc="{html.escape(evening)}"></iframe>',
        encoding="utf-8",
    )
    command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={tmp_path / 'profile'}"]
    shown = subprocess.run([*command, "--dump-dom", frame.as_uri()], capture_output=True, timeout=60, check=True)
    assert re.search(rb"<title>(\d+)</title>", shown.stdout)[1] == str(width).encode()  # type: ignore[index]


def test_only_settings_that_were_changed_are_told_and_no_secrets_or_paths(tmp_path: Path) -> None:
    folder = saved(tmp_path / "s", live(10))
    chosen = settings.override(
        Settings(),
        speech={"beam": 1, "model": "/home/anna/models/small"},
        translation={"urls": {"libre": "http://anna:secret@127.0.0.1:5000/"}},
    )
    (folder / "settings.toml").write_bytes(settings.dump(chosen))
    text = write(folder).read_text(encoding="utf-8")
    rows = re.findall(r"<tr><td>([a-z_.]+)</td><td>(.*)</td></tr>", text)
    assert rows == [
        ("speech.model", "small"), ("speech.beam", "1"), ("translation.urls.libre", "http://127.0.0.1:5000/")
    ]  # fmt: skip
    assert "anna" not in text


def test_what_the_demo_brings_is_no_changed_setting() -> None:
    speech, translation = {"model": "/models/demo", "window": 0.5}, {"chain": ("local",)}
    chosen = settings.override(Settings(), speech=speech, translation=translation, cues={"lines": 1})
    demo = msgspec.structs.replace(chosen, demo=True)
    assert list(changed(demo)) == [("cues.lines", "1")]


@pytest.mark.parametrize(
    ("files", "error", "match"),
    [
        (None, SessionError, "there is no folder"),
        ({}, SessionError, "has no journal.jsonl"),
        ({"journal.jsonl": ""}, SessionError, "has not begun yet"),
        ({"journal.jsonl": '{"seq": 1, "at"\n{}\n'}, JournalCorrupt, "line 1"),
        ({"settings.toml": "[speech]\nbeem = 3\n", "journal.jsonl": None}, SettingsError, r"settings\.toml"),
    ],
)
def test_what_is_no_session_is_refused_in_a_sentence(
    tmp_path: Path, files: dict[str, str | None] | None, error: type[LivesubsError], match: str
) -> None:
    folder = tmp_path / "s"
    if files is not None:
        saved(folder, live(4))
        (folder / "journal.jsonl").unlink()
        for name, text in files.items():
            saved(folder, live(4)) if text is None else (folder / name).write_text(text)
    with pytest.raises(error, match=match):
        cli.app(["report", str(folder)], standalone_mode=False)
    assert not (folder / "report.html").exists()


def test_the_page_goes_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(tmp_path / "s", live(4))
    cli.app(["report", str(folder), "--out", str(tmp_path / "r.html")], standalone_mode=False)
    assert capsys.readouterr().out == f"{tmp_path / 'r.html'}\n"
    assert Parsed((tmp_path / "r.html").read_text(encoding="utf-8")).tags
    assert not (folder / "report.html").exists()
    with pytest.raises(SessionError, match="cannot write"):
        cli.app(["report", str(folder), "--out", str(tmp_path / "none" / "r.html")], standalone_mode=False)


def start(out: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--out", str(out), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_every_session_ends_with_its_report(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with start(out, "--end", "9", "--pace", "max") as session:
        told, _ = session.communicate(timeout=60)
    assert f"{out / 'report.html'}" in told
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "<h1>9 s, 3 cues, nothing missing.</h1>" in text
    assert "synthetic speech, closed domain" in text
    assert "not live" in text
    written = (out / "report.html").stat().st_mtime_ns
    with start(out) as refused:
        assert refused.wait(30) == 6
    assert (out / "report.html").stat().st_mtime_ns == written


def test_a_session_that_is_left_at_once_is_reported_too(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with start(out, "--pace", "4") as session:
        journal = out / "journal.jsonl"
        until(lambda: journal.exists() and b'"kind":"cue"' in journal.read_bytes(), 60)
        assert headline(open_record(out)).startswith("Still running")
        children = psutil.Process(session.pid).children(recursive=True)
        worker = next(p for p in children if "pipeline.speech.worker" in " ".join(p.cmdline()))
        worker.suspend()  # so that what was recorded cannot be finished before the second Ctrl-C
        session.send_signal(signal.SIGINT)
        until(lambda: not any(process.is_running() for process in children if process != worker), 30)
        session.send_signal(signal.SIGINT)
        session.communicate(timeout=60)
    assert session.returncode == 130
    assert "<h1>Left at" in (out / "report.html").read_text(encoding="utf-8")


def test_a_session_of_an_older_program_without_progress_is_reported(tmp_path: Path) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (begun("en"), *said(1, 2.0), Ended(reason="ended", stream=9.0)):
            journal.append(event)
    assert headline(open_record(tmp_path)) == "9 s, 1 cue, nothing missing."


def test_doubtful_and_later_translations_are_where_an_editor_looks_first() -> None:
    """The doubtful one first, with what is doubtful about it."""
    events = [*said(1, 2.0), *said(2, 6.0, verdict="doubtful: lost 90"), *said(3, 10.0)]
    cues = {"s2.en": ("doubtful",), "s3.en": ("backfilled",)}
    marked = [
        msgspec.structs.replace(event, text="We hold.", flags=cues[event.id])
        if isinstance(event, Cue) and event.id in cues
        else event
        for event in events
    ]
    made = record(live(20, *((12.0, event) for event in marked)))
    assert [(one.start, one.said) for one in moments(made)] == [
        (6.0, 'translation doubtful (lost 90): "We hold."'),
        (10.0, 'translated later: "We hold."'),
    ]
    [deepl] = engines(made)
    assert (deepl.translated, deepl.doubted, deepl.refused) == (2, 1, 0)
    assert refusals(made) == []
    assert headline(made).endswith("; 1 translation doubtful.")
