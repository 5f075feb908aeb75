"""The report as a page: what it must never do to a browser, how it is drawn, on a phone and in the dark."""

import html
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from pipeline import settings
from pipeline.events import (
    Cue,
    Ended,
    Event,
    Gap,
    Suppressed,
    Warned,
)
from pipeline.journal import Entry
from pipeline.report.page import changed, page
from pipeline.report.timeline import lanes, ticks
from pipeline.settings import Settings
from tests.reported import BEGAN, EVIL, LONG, Parsed, begun, live, record, said


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


def test_a_track_without_a_cue_has_no_shares() -> None:
    text = page(record(live(20, (21.0, Ended(reason="ended", stream=20.0)))))
    assert "100.0%" not in text
    assert "<td>–</td>" in text


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
    shown = subprocess.run([*command, "--dump-dom", frame.as_uri()], capture_output=True, timeout=240, check=True)
    assert re.search(rb"<title>(\d+)</title>", shown.stdout)[1] == str(width).encode()  # type: ignore[index]


def test_what_the_demo_brings_is_no_changed_setting() -> None:
    speech, translation = {"model": "/models/demo", "window": 0.5}, {"chain": ("local",)}
    chosen = settings.override(Settings(), speech=speech, translation=translation, cues={"lines": 1})
    demo = msgspec.structs.replace(chosen, demo=True)
    assert list(changed(demo)) == [("cues.lines", "1")]
