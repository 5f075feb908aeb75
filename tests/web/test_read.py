"""/read: what is said, on a phone, in a real Chromium."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from pipeline.events import Gap, SourceState
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Forked, Server
from tests.web.sessions import STARTED, cue, finished, progress

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LINES = 80


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A long session that still runs, in English and French, with a gap."""
    folder = tmp_path_factory.mktemp("read")
    with Journal(folder, SystemClock()) as journal:
        journal.append(STARTED)
        journal.append(Gap(start=40.0, end=60.0, reason="lost"))
        for number in range(LINES):
            journal.append(cue(number, f"Line {number} of a long evening"))
            journal.append(cue(number, f"Ligne {number} d'une longue soirée", "fr"))
    started = Forked(folder)
    started.start()
    yield started
    started.kill()


@pytest.fixture
def phone(chromium: "Browser") -> Iterator["Page"]:
    context = chromium.new_context(viewport={"width": 390, "height": 780}, color_scheme="dark", has_touch=True)
    yield context.new_page()
    context.close()


def in_view(phone: "Page", text: str) -> bool:
    """Whether the line with that text can be seen."""
    box, view = phone.get_by_text(text, exact=True).bounding_box(), phone.locator("main").bounding_box()
    assert box
    assert view
    return bool(view["y"] <= box["y"] <= view["y"] + view["height"] - box["height"])


def test_it_follows_the_newest_line_until_one_scrolls_up(evening: Server, phone: "Page") -> None:
    phone.goto(f"{evening.address}/read")
    newest = f"Line {LINES - 1} of a long evening"
    phone.get_by_text(newest).wait_for()
    assert in_view(phone, newest)
    back = phone.get_by_text("Back to now")
    assert not back.is_visible()
    phone.locator("main").evaluate("main => main.scrollTop = 200")
    back.wait_for()
    with Journal(evening.folder, SystemClock()) as journal:
        journal.append(cue(LINES, "A line that came meanwhile"))
    phone.get_by_text("A line that came meanwhile").wait_for(state="attached")
    assert phone.locator("main").evaluate("main => main.scrollTop") == 200
    back.click()
    back.wait_for(state="hidden")
    assert in_view(phone, "A line that came meanwhile")


KEEPING = """async () => {
    const { ReadLines } = await import("/pages/read-lines.js");
    const line = (number) => ({ id: `${number}`, lang: "en", start: number, end: number + 1, text: `${number}` });
    const track = Array.from({ length: 1000 }, (_, number) => line(number));
    const feed = Object.assign(new EventTarget(), { track: () => track, gaps: [], room: { held: [] }, opened: [] });
    const text = document.createElement("main");
    const lines = new ReadLines(text, feed, ["en"]);
    return [[800.5, false], [900.5, true], [900.9, false], [901.5, false]].map(([until, above]) =>
        [lines.draw(until, above), text.firstChild.textContent, text.lastChild.textContent]);
}"""


def test_the_last_lines_are_kept_and_no_line_is_taken_from_below_a_reader(evening: Server, phone: "Page") -> None:
    phone.goto(f"{evening.address}/api/session")
    assert phone.evaluate(KEEPING) == [
        [True, "501", "800"],
        [True, "501", "900"],
        [False, "501", "900"],
        [True, "602", "901"],
    ]


def test_one_language_or_two_and_the_choice_stays(evening: Server, phone: "Page") -> None:
    phone.goto(f"{evening.address}/read")
    phone.get_by_text("Line 7 of a long evening").wait_for()
    assert phone.get_by_text("Ligne").count() == 0
    assert phone.locator("[data-gap]").inner_text() == "Here a part of the stream is missing."
    assert phone.locator("option").all_inner_texts() == ["English", "Français", "English + FR"]
    with phone.expect_navigation():
        phone.locator("select").select_option(label="English + FR")
    phone.get_by_text("Ligne 7 d'une longue soirée").wait_for()
    phone.goto(f"{evening.address}/read")
    phone.get_by_text("Line 7 of a long evening").wait_for()
    texts = phone.locator("main p:not([data-gap])").all_inner_texts()
    assert texts[14:16] == ["Line 7 of a long evening", "Ligne 7 d'une longue soirée"]
    assert phone.locator("main p").nth(1).get_attribute("lang") == "fr"


def test_italics_are_italics_and_other_marks_are_letters(
    phone: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    folder = finished(tmp_path, [cue(1, "She said <i>no</i> twice"), cue(2, "As <i> and <b>as</b> </i>")])
    phone.goto(f"{serve(folder).address}/read")
    phone.get_by_text("She said no twice", exact=True).wait_for()
    assert phone.locator("main em").all_inner_texts() == ["no", "and <b>as</b>"]
    phone.goto(f"{serve(folder).address}/overlay?play=1")
    phone.locator("#stage em", has_text="no").wait_for()
    assert phone.inner_text("#stage") == "She said no twice"


def test_letters_are_large_and_larger(evening: Server, phone: "Page") -> None:
    size = "() => parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
    phone.goto(f"{evening.address}/read")
    phone.get_by_text("Line 7 of a long evening").wait_for()
    before = phone.evaluate(size)
    assert before >= 24
    phone.get_by_label("Larger letters").click()
    assert phone.evaluate(size) > before
    phone.reload()
    assert phone.evaluate(size) > before


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_it_can_be_read_in_the_phone_s_own_colours(scheme: str, evening: Server, phone: "Page") -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    phone.goto(f"{evening.address}/read")
    phone.get_by_text("Line 7 of a long evening").wait_for()
    colours = phone.evaluate(
        """() => ["body", "main p[data-new]", "main p:not([data-new])", "#now"].map((which) => {
            const style = getComputedStyle(document.querySelector(which));
            return [style.backgroundColor, style.color].map((text) => text.match(/[\\d.]+/g).map(Number));
        })"""
    )
    paper = colours[0][0]
    assert (luminance(paper) < 0.1) is (scheme == "dark")
    for background, ink in colours:
        clear = len(background) == 4  # its own background is none
        assert contrast(paper if clear else background, ink) >= 4.5


def luminance(colour: list[float]) -> float:
    parts = [c / 255 for c in colour[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("policy", "delay", "early"), [("stream", "", True), ("stream", "30", False), ("utterance", "", False)]
)
def test_what_is_said_word_by_word_is_early_unless_a_delay_was_asked_for(
    policy: str, delay: str, early: bool, phone: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        said = cue(900, "Just now")  # for a screen it never comes
        for event in (msgspec.structs.replace(STARTED, policy=policy), progress(SystemClock(), 100.0), said):
            journal.append(event)
        server = serve(tmp_path, delay)  # "": none was typed
        phone.goto(f"{server.address}/read?early={int(not early)}")  # somebody chose
        phone.locator(f"#early[aria-pressed={str(not early).lower()}]").wait_for()
        phone.goto(f"{server.address}/read")
        phone.locator(f"#early[aria-pressed={str(early).lower()}]").wait_for()
        if early:
            phone.get_by_text("Just now").wait_for()
            phone.locator("#early").click()
            phone.get_by_text("Just now").wait_for(state="detached")
            phone.reload()
            phone.locator("#language option").first.wait_for(state="attached")
            assert phone.get_attribute("#early", "aria-pressed") == "false"


def test_the_server_knows_at_once_who_shows_each_line_early(
    phone: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    """What the console says and counts down depends on it."""

    def early() -> int:
        return int(json.loads(ask(server.port, "/api/health").body)["early"])

    with Journal(tmp_path, SystemClock()) as journal:
        for event in (msgspec.structs.replace(STARTED, policy="stream"), progress(SystemClock(), 100.0)):
            journal.append(event)
        server = serve(tmp_path, "30")
        phone.goto(f"{server.address}/read?early=1")
        until(lambda: early() == 1, 20)
        phone.locator("#early").click()
        until(lambda: early() == 0, 20)
        phone.locator("#early").click()
        until(lambda: early() == 1, 20)
        journal.append(cue(90, "It goes on"))
        phone.get_by_text("It goes on").wait_for()
        phone.goto(f"{server.address}/overlay?delay=30")
        until(lambda: early() == 0, 20)
        phone.keyboard.press("r")
        until(lambda: early() == 1, 20)
        phone.keyboard.press("0")
        until(lambda: early() == 0, 20)


def contrast(one: list[float], other: list[float]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_lines_come_with_the_screen_or_as_soon_as_they_are_ready(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (STARTED, progress(SystemClock(), 1000.0), cue(100, "On the screen"), cue(990, "Still to come")):
            journal.append(event)
        server = serve(tmp_path, "500")
        page.goto(f"{server.address}/read")
        page.get_by_text("On the screen").wait_for()
        assert page.get_by_text("Still to come").count() == 0
        page.get_by_role("button", name="Early").click()
        page.get_by_text("Still to come").wait_for()
        page.get_by_role("button", name="Early").click()
        page.get_by_text("Still to come").wait_for(state="detached")
        journal.append(Gap(start=450.0, end=800.0, reason="cut"))  # and there is no screen: it would be here
        page.get_by_text("A part of the stream is missing. It goes on in").wait_for()
        ask(server.port, "/api/screens", '{"id": "s", "state": "paused", "stream": 991.0}')
        page.get_by_text("Still to come").wait_for()
        ask(server.port, "/api/actions", '{"id": "k", "do": "kill", "cue": "100.en"}')
        page.get_by_text("On the screen").wait_for(state="detached")
        ask(server.port, "/api/actions", '{"id": "h", "do": "hold", "cue": "990.en"}')
        page.get_by_text("Still to come").wait_for(state="detached")
        gap = "A part of the stream is missing. It goes on in 0:07."  # as the room has it
        ask(
            server.port, "/api/screens", f'{{"id": "s", "state": "gap", "stream": 991.0, "card": "One moment\\n{gap}"}}'
        )
        page.get_by_text(gap).wait_for()
        assert page.get_attribute("#state", "aria-live") == "off"
        late = '{"id": "s", "state": "starved", "stream": 991.0, "card": "One moment, please\\nThe stream is late."}'
        ask(server.port, "/api/screens", late)
        page.get_by_text("The stream is late.").wait_for()
        ask(server.port, "/api/screens", '{"id": "s", "state": "paused", "stream": 991.0}')
        page.get_by_text("The stream is late.").wait_for(state="detached")
        journal.append(SourceState(state="lost", stream=1000.0))
        journal.append(cue(989, "That is told"))
        page.get_by_text("That is told").wait_for()
        assert page.inner_text("#state") == ""  # the screen has not come to that
        ask(server.port, "/api/screens", '{"id": "s", "state": "starved", "stream": 999.9}')
        page.get_by_text("The stream is interrupted. It goes on when it is back.").wait_for()
        ask(server.port, "/api/actions", '{"id": "f", "do": "ended", "value": 1000}')
        page.get_by_text("The show has ended.").wait_for()


def test_it_waits_for_the_show_and_says_when_it_has_ended(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()):
        pass
    server = serve(tmp_path)
    page.goto(f"{server.address}/read")
    page.get_by_text("It has not begun yet.").wait_for()
    finished(tmp_path, [cue(1, "All that was said")])
    page.get_by_text("All that was said").wait_for()
    page.get_by_text("The show has ended.").wait_for()
    with page.expect_event("requestfailed"):
        server.kill()
    with page.expect_event("requestfailed"):  # it has looked again meanwhile
        pass
    assert page.inner_text("#state") == "The show has ended."


def test_a_connection_that_is_lost_is_told_while_the_show_goes_on(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:
        for event in (STARTED, cue(1, "On the screen")):
            journal.append(event)
        server = serve(tmp_path)
        page.goto(f"{server.address}/read?early=1")
        page.get_by_text("On the screen").wait_for()
        server.kill()
        page.get_by_text("Connection lost; it is tried again.").wait_for()
