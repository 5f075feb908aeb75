"""/overlay: text over somebody else's picture, in a real Chromium."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.events import Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.web.app import PAGES
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Forked, Server
from tests.web.sessions import STARTED, cue, finished, progress

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A finished session: two lines, a pause, a correction, a line that was taken out, and French beside it."""
    folder = tmp_path_factory.mktemp("overlay")
    said = [cue(2, "One", seconds=1.5), cue(4, "Two\nlines of it"), cue(5, "Right after", seconds=2.0)]
    with Journal(folder, SystemClock()) as journal:
        journal.append(cue(4, "Tow lines"))
        journal.append(cue(10, "Never said"))
        journal.append(Withdrawn(id="10.en"))
        journal.append(cue(2, "Un", "fr"))
    started = Forked(finished(folder, said))
    started.start()
    yield started
    started.kill()


def pixels(page: "Page") -> Any:
    """What a mixer gets: rows of pixels as red, green, blue, opacity."""
    import av

    with av.open(io.BytesIO(page.screenshot(omit_background=True)), "r") as picture:
        return next(picture.decode(video=0)).to_ndarray(format="rgba")


def shown(page: "Page") -> str:
    return str(page.locator("#stage").evaluate("stage => [...stage.children].map((line) => line.innerText).join('|')"))


def play(page: "Page", server: Server, query: str = "") -> None:
    """Opens the replay with a clock that stands until it is moved."""
    page.clock.install(time=0)
    page.clock.pause_at(1)
    with page.expect_response("**/api/cues*"):
        page.goto(f"{server.address}/overlay?play=1{query}")
    page.wait_for_selector("#stage[data-ready=yes]", state="attached")


def test_only_letters_cover_the_picture(replayed: Server, page: "Page") -> None:
    page.goto(f"{replayed.address}/overlay")
    page.wait_for_selector("#stage[data-ready=yes]", state="attached")
    assert not pixels(page)[..., 3].any()
    page.goto(f"{replayed.address}/overlay?play=1&from=4")
    page.get_by_text("lines of it").wait_for()
    opacity = pixels(page)[..., 3]
    height, width = opacity.shape
    assert opacity.max() == 255
    assert not opacity[: height * 3 // 4].any()
    assert not opacity[:, : width // 4].any()
    assert not opacity[:, width * 3 // 4 :].any()


def test_a_journal_is_replayed_in_its_own_time(replayed: Server, page: "Page") -> None:
    play(page, replayed)
    before = 0.0
    two, after = "Two\nlines of it", "Right after"
    for at, text in (
        *((1.95, ""), (2.05, "One"), (3.45, "One"), (3.55, ""), (3.95, ""), (4.05, two), (4.95, two)),
        *((5.05, after), (6.95, after), (7.05, ""), (10.5, "")),
    ):
        page.clock.run_for(round(1000 * (at - before)))
        before = at
        assert shown(page) == text, at


def test_two_languages_one_below_the_other(replayed: Server, page: "Page") -> None:
    play(page, replayed, "&lang=en,fr&from=2.5&place=top&size=8")
    page.clock.run_for(100)
    assert shown(page) == "One|Un"
    opacity = pixels(page)[..., 3]
    assert opacity[: len(opacity) // 3].any()
    assert not opacity[len(opacity) // 2 :].any()


def test_lines_come_as_they_are_ready_and_stand_for_their_length(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (STARTED, cue(1, "of before"), cue(5, "just before")):
            journal.append(event)
        server = serve(tmp_path)
        page.goto(f"{server.address}/overlay")
        page.wait_for_selector("#stage[data-ready=yes]", state="attached")
        journal.append(cue(2, "translated late"))
        journal.append(cue(6, "first"))
        journal.append(cue(7, "second"))
        for text in ("first", "second"):
            page.get_by_text(text).wait_for()
            page.get_by_text(text).wait_for(state="detached")
        journal.append(cue(8, "a line that is taken out", seconds=60.0))
        page.get_by_text("a line that is taken out").wait_for()
        ask(server.port, "/api/actions", '{"id": "k", "do": "kill", "cue": "8.en"}')
        page.get_by_text("a line that is taken out").wait_for(state="detached")
        journal.append(cue(9, "a line that gives way", seconds=60.0))
        page.get_by_text("a line that gives way").wait_for()
        ask(server.port, "/api/actions", '{"id": "y", "do": "say", "text": "typed by hand", "lang": "en", "value": 9}')
        page.get_by_text("typed by hand").wait_for()
        journal.append(cue(10, "after it", seconds=60.0))
        page.get_by_text("after it").wait_for()
        ask(server.port, "/api/actions", '{"id": "b", "do": "blank", "value": 1}')
        page.get_by_text("after it").wait_for(state="detached")
        assert not pixels(page)[..., 3].any()


def test_a_typed_line_is_shown_once_however_often_the_page_connects(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:
        for event in (STARTED, cue(5, "Just before")):
            journal.append(event)
        server = serve(tmp_path)
        for id, text in (("before", "An hour ago"), ("now", "Back soon")):
            if id == "now":
                page.clock.install()
                page.goto(f"{server.address}/overlay")
                page.wait_for_selector("#stage[data-ready=yes]", state="attached")
                page.evaluate(
                    """() => {
                        const stage = document.getElementById("stage");
                        window.seen = [];
                        new MutationObserver(() => seen.push(stage.innerText)).observe(stage, { childList: true });
                    }"""
                )
            said = {"id": id, "do": "say", "text": text, "lang": "en", "value": 5}
            assert ask(server.port, "/api/actions", json.dumps(said)).status == 200
        page.get_by_text("Back soon").wait_for()
        for query in ("since=2", "since="):
            with page.expect_request(f"**/api/cues?{query}*"):
                page.clock.fast_forward(10_000)
        journal.append(cue(6, "It goes on"))
        page.get_by_text("It goes on").wait_for()
        assert [text for text in page.evaluate("seen") if text] == ["Back soon", "It goes on"]


def test_behind_the_stream_a_line_waits_for_its_moment(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (STARTED, progress(SystemClock(), 1000.0)):
            journal.append(event)
        journal.append(cue(1000, "not for a long time", seconds=500.0))
        for number in range(590, 710, 10):  # whenever the page is there
            journal.append(cue(number, "said a while ago", seconds=10.0))
        server = serve(tmp_path)
        page.goto(f"{server.address}/overlay?delay=400")
        page.get_by_text("said a while ago").wait_for()
        assert shown(page) == "said a while ago"


def test_its_keys_and_that_they_stay(page: "Page", serve: Callable[..., Server], tmp_path: Path) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(STARTED)
        server = serve(tmp_path)
        page.goto(f"{server.address}/overlay?size=6")
        page.wait_for_selector("#stage[data-ready=yes]", state="attached")
        note = page.locator("#note")
        for key in ("+", "t", "ArrowRight", "ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
        note.get_by_text("50 ms later").wait_for()
        page.reload()
        page.wait_for_selector("#stage.top[data-ready=yes]", state="attached")
        page.keyboard.press("?")
        assert "place=top" in note.inner_text()
        assert "size=6.3" in note.inner_text()
        assert "offset=50" in note.inner_text()
        journal.append(progress(SystemClock(), 100.0))
        journal.append(cue(90, "Bonsoir à toutes et à tous", "fr"))

        def asked() -> bool:
            page.keyboard.press("w")
            return "Bonsoir à toutes et" in note.inner_text()

        until(asked, 20)
        page.keyboard.press(" ")
        said = re.search(r"(\d+\.\d+) s behind the stream", note.inner_text())
        assert said
        assert 9 < float(said[1]) < 40
        page.keyboard.press("0")
        page.reload()
        page.wait_for_selector("#stage.bottom[data-ready=yes]", state="attached")


KEPT_BACK = """async () => {
    const { Ready } = await import("/pages/ready.js");
    const ready = new Ready();
    const cues = new Map();
    const add = (id, at) => (cues.set(id, { id, start: at, end: at + 1, flags: [] }), ready.add(cues.get(id), at));
    add("passed", 1);
    const seen = [ready.at(1, cues, [], ["passed"])];
    add("newer", 3);
    seen.push(ready.at(3, cues, [], ["passed"]), ready.at(90, cues));
    add("soon", 100);
    seen.push(ready.at(100, cues, ["soon"]), ready.at(102, cues));
    add("never", 110);
    return [...seen, ready.at(150, cues, ["never"]), ready.at(151, cues)];
}"""


def test_a_line_that_was_kept_back_is_not_shown_after_newer_ones_nor_long_after(replayed: Server, page: "Page") -> None:
    page.goto(f"{replayed.address}/api/session")
    assert page.evaluate(KEPT_BACK) == [None, "newer", None, None, "soon", None, None]


NEWER = r"""
    Promise\.try | RegExp\.escape | Error\.isError | Math\.sumPrecise | getOrInsert | fromBase64 | toBase64 | Temporal\.
    | Float16Array | Iterator\.concat | \busing\s | interpolate-size | calc-size | text-box | sibling-index | @function
    | shape\( | corner-shape | scroll-marker | moveBefore | :open\b | attr\([^)]*type
"""
"""What browsers learned after Chromium 127."""


def test_nothing_in_it_is_newer_than_the_chromium_of_obs() -> None:
    names, seen = ["overlay.html"], set()
    while names:
        name = names.pop()
        seen.add(name)
        text = (PAGES / name).read_text()
        assert not (found := re.search(NEWER, text, re.X)), (name, found)
        names += [one for one in re.findall(r"(?:/pages/|\./)([\w-]+\.(?:js|css))", text) if one not in seen]
    assert {"overlay.js", "feed.js", "overlay.css"} <= seen
