"""The screen: the words of the very frame that is shown, what the console asks, what goes wrong around it."""

import json
import re
import time
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.asked import keep
from pipeline.events import Action, Ended, Gap, Progress, SourceState
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.source.parts import ARCHIVE
from pipeline.tracks import TrackFiles
from tests.measures import cues
from tests.test_session_waiting import Clock
from tests.waiting import until
from tests.web.conftest import Server, becomes, needs_hls
from tests.web.sessions import progress
from tests.web.shows import archive, begun, line

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [needs_hls, pytest.mark.slow]
SPY = (Path(__file__).parent / "spy.js").read_text("utf-8")
STATE = "window.livesubs?.playback.state"
WORDS = "document.getElementById('subtitles').textContent"
CARD = "document.getElementById('card').checkVisibility() ? document.getElementById('card').innerText : ''"
CARDS = f"[window.cards = new Set(), livesubs.playback.addEventListener('tick', () => cards.add({CARD}))]"
FRAME = 0.041
LATE = 17 * 60


def do(server: Server, what: str, **more: Any) -> None:
    """Does an action as the console does."""
    body = json.dumps({"id": f"{what}{more}", "do": what, **more}).encode()
    with urllib.request.urlopen(f"{server.address}/api/actions", body, timeout=60):
        pass


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def watched(page: "Page") -> list[dict[str, Any]]:
    """The lines that will appear, each with the clock of its frame; in a small window, which is quicker drawn."""
    page.set_viewport_size({"width": 640, "height": 360})
    seen: list[dict[str, Any]] = []
    page.expose_function("seen", lambda one: seen.append(one))
    page.add_init_script(SPY)
    return seen


def texts(seen: list[dict[str, Any]]) -> list[str]:
    return [one["text"] for one in seen]


def test_a_line_appears_with_its_frame_on_both_sides_of_a_gap(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 4, 0.0), (10, 2, 5.4), early=2 * FRAME)  # as sound before the first picture has it
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (
            begun(), line("a", 2.2, 2.9), line("b", 3.0, 3.9), line("missing", 4.1, 5.3), line("c", 6.0, 7.0),
            Ended(reason="ended", stream=7.4),
        ):  # fmt: skip
            journal.append(event)
    server, seen = serve(tmp_path, "auto", "--listen", "0.0.0.0"), watched(page)
    token = tomllib.loads((tmp_path / "pages.toml").read_text())["screen"]
    page.goto(f"{server.address}/screen?token={token}")
    becomes(page, f"{STATE} === 'playing'")
    press(page, "b")  # as on the projector, whose browser has the token of a screen
    becomes(page, "document.getElementById('note').innerText.startsWith('This screen may only look on')")
    page.evaluate("livesubs.playback.pause()")
    for stream, clock, words in ((2.5, 2.5, "a"), (5.8, 10.4, ""), (6.5, 11.1, "c"), (3.5, 3.5, "b")):
        page.evaluate(f"livesubs.playback.seek({stream})")
        becomes(page, f"Math.abs(readClock() - {clock}) < {FRAME} && {WORDS} === '{words}'")
        assert abs(page.evaluate("livesubs.playback.stream") - stream) < FRAME
    keep(tmp_path, Action(id="p", do="phones", value=1))
    becomes(page, f"document.getElementById('phones').checkVisibility() && {WORDS} === ''")
    becomes(page, "document.getElementById('phones-code').naturalWidth > 0")
    read = tomllib.loads((tmp_path / "pages.toml").read_text())["view"]
    assert page.inner_text("#phones-address").endswith(f":{server.port}/read?token={read}")
    keep(tmp_path, Action(id="q", do="phones", value=0))
    becomes(page, f"!document.getElementById('phones').checkVisibility() && {WORDS} === 'b'")
    page.evaluate(CARDS)  # it stands for no longer than what is missing
    page.evaluate("livesubs.playback.play()")
    becomes(page, f"{STATE} === 'ended' && ({CARD}).includes('The end')")
    assert "A part of the stream is missing" in page.evaluate("[...cards].join()")
    assert all(one["clock"] >= {"a": 2.2, "b": 3.0, "c": 10.6}[one["text"]] - 1e-6 for one in seen)


def test_the_screen_obeys_the_console_up_to_the_moment_and_outlives_its_server(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 13, 0.0))
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (
            begun(), line("killed", 0.5, 1.0), line("held", 1.1, 1.6), line("edited", 1.7, 6.7),
            line("last", 12.0, 13.0), Ended(reason="ended", stream=13.0),
        ):  # fmt: skip
            journal.append(event)
    server, seen = serve(tmp_path), watched(page)
    do(server, "kill", cue="killed")
    do(server, "hold", cue="held")
    do(server, "edit", cue="edited", text="as it should be")
    page.goto(f"{server.address}/screen")
    until(lambda: page.evaluate(STATE) and "as it should be" in texts(seen), 30)
    do(server, "blank", value=1)
    becomes(page, "document.getElementById('blank').checkVisibility()")
    do(server, "blank", value=0)
    do(server, "place", text="top")
    becomes(page, "document.body.dataset.place === 'top' && !document.getElementById('blank').checkVisibility()")
    assert page.evaluate("livesubs.skipped") == 1  # the one that was held too long
    page.evaluate("livesubs.playback.pause()")
    becomes(page, f"{STATE} === 'paused'")
    at = page.evaluate("livesubs.playback.stream")
    with lock(tmp_path, 5), Journal(tmp_path, SystemClock()) as journal:
        journal.append(line("late", max(0.0, at - 2.0), at + 0.4))
        TrackFiles(tmp_path, journal).write()
    becomes(page, "livesubs.feed.cues.has('late')")
    page.evaluate("livesubs.playback.play()")
    becomes(page, f"livesubs.playback.stream > {at + 0.5} && livesubs.skipped === 2")
    do(server, "kill", cue="last")  # the files are written when somebody acts
    do(server, "undo", of="kill{'cue': 'last'}")
    kept = {"held", "as it should be", "late", "last"}  # skipped on the wall, and kept
    until(lambda: {c.content for c in cues(tmp_path / "subtitles.en.srt")} == kept, 20)
    server.kill()
    before = page.evaluate("livesubs.playback.stream")
    becomes(page, f"!livesubs.feed.connected && livesubs.playback.stream > {before}")
    page.evaluate("livesubs.playback.pause()")
    becomes(page, "JSON.parse(sessionStorage['livesubs.place']).paused")
    before = page.evaluate("livesubs.playback.stream")
    keep(tmp_path, Action(id="while it was away", do="seek", value=11.5))
    server.start()
    page.reload()
    becomes(page, f"{STATE} === 'paused' && Math.abs(livesubs.playback.stream - 11.5) < 0.1")
    page.evaluate(f"livesubs.playback.seek({before})")
    place = "JSON.parse(sessionStorage['livesubs.place'])"
    becomes(page, f"{place}.moves.length && Math.abs({place}.stream - {before}) < 0.1")
    page.reload()
    becomes(page, f"{STATE} === 'paused' && Math.abs(livesubs.playback.stream - {before}) < 0.1")
    page.evaluate("import('/pages/feed.js').then(({ Feed }) => (window.watcher = new Feed({ screens: true })))")
    becomes(page, "watcher.screens.some((screen) => screen.state === 'paused')")
    assert page.evaluate(STALE) == [3.02]
    page.evaluate("[livesubs.playback.seek(11.8), livesubs.playback.play()]")
    becomes(page, f"{STATE} === 'ended'")
    assert list(dict.fromkeys(texts(seen))) == ["as it should be", "last"]


def test_a_move_before_there_is_any_picture_is_where_it_goes(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 13, 0.0))
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), Ended(reason="ended", stream=13.0)):
            journal.append(event)
    page.goto(f"{serve(tmp_path).address}/screen")
    becomes(page, f"{STATE} === 'playing'")
    page.evaluate("[livesubs.playback.pause(), livesubs.playback.seek(10)]")
    becomes(page, "Math.abs(JSON.parse(sessionStorage['livesubs.place'] ?? '{}').stream - 10) < 0.1")
    pieces = re.compile(r"/media/[^/]+(?<!m3u8)$")
    page.route(pieces, lambda route: route.abort())
    page.reload()
    becomes(page, f"{STATE} === 'paused'")
    page.evaluate("livesubs.playback.seek(1)")
    page.unroute(pieces)
    becomes(page, "livesubs.playback.drawn && Math.abs(livesubs.playback.stream - 1) < 0.1")
    page.route("**/media/index.m3u8", lambda route: route.abort())
    page.reload()
    becomes(page, f"{STATE} === 'waiting'")
    page.evaluate("livesubs.playback.seek(600)")  # nobody knows yet how long it is
    page.unroute("**/media/index.m3u8")
    becomes(page, "livesubs.playback.drawn && Math.abs(livesubs.playback.stream - 12.8) < 0.1")


STALE = """import('/pages/source.js').then(({ frames }) => {
    const told = [];
    let next;
    const video = { seeking: false, paused: true, currentTime: 3, requestVideoFrameCallback: (call) => (next = call) };
    frames(video, (media) => told.push(media));
    for (const mediaTime of [11.5, 3.02]) next(0, { mediaTime });
    return told;
})"""
"""Two frames that a browser tells of after a picture that stands was moved twice: the first is of before."""


def test_a_party_17_minutes_late_sees_the_show_from_its_first_word(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, LATE + 120, 0.0))
    listed = tmp_path / ARCHIVE / "0001.csv"
    *recorded, last = listed.read_text().splitlines(keepends=True)
    listed.write_text("".join(recorded))
    seen, clock = watched(page), SystemClock()
    with Journal(tmp_path, clock) as journal, lock(tmp_path):
        for event in (
            begun(), line("testing, testing", 0.5, 1.5), line("Good evening.", 2.2, 3.6), line("Welcome.", 3.7, 5.2),
            line("now", LATE + 30, LATE + 120), progress(clock, LATE + 50),
        ):  # fmt: skip
            journal.append(event)
        server = serve(tmp_path, "10")
        do(server, "begin", value=2.0)
        page.goto(f"{server.address}/screen")
        becomes(page, f"{WORDS} === 'now' && {STATE} === 'playing'")
        page.keyboard.press("Home")
        until(lambda: page.evaluate(STATE) and "Welcome." in texts(seen), 30)  # it stands for a second and a half
        assert page.evaluate("livesubs.playback.delay") > LATE
        page.reload()
        becomes(page, f"{STATE} === 'playing' && livesubs.playback.stream < 60")
        listed.write_text("".join([*recorded, last]))
        journal.append(Ended(reason="ended", stream=LATE + 120.0))
    do(server, "edit", cue="Good evening.", text="Good evening to you all.")
    becomes(page, "!livesubs.playback.clock.details.live && livesubs.feed.ended")
    assert page.evaluate(f"{STATE} === 'playing' && livesubs.playback.stream < 60")
    assert texts(seen)[:3] == ["now", "Good evening.", "Welcome."]
    assert 2.2 <= seen[1]["clock"] < 3.6
    assert 3.7 <= seen[2]["clock"] < 5.2
    later = page.context.new_page()
    later.goto(f"{server.address}/screen")
    becomes(later, f"{WORDS} === 'Good evening to you all.'")


def test_a_stream_without_picture_has_a_card_and_a_lost_one_is_no_end(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 2, 0.0), sound_only=True)
    with Journal(tmp_path, Clock(time.time() - 600)) as journal:  # it was killed a while ago
        for event in (
            begun("en", "es"), line("two", 0.0, 1.9), line("dos", 0.0, 1.9, lang="es"),
            SourceState(state="lost", stream=2.0),
        ):  # fmt: skip
            journal.append(event)
    server = serve(tmp_path)
    page.goto(f"{server.address}/screen?lang=es&lang2=en")
    becomes(page, f"({CARD}).includes('the rally') && {WORDS} === 'dostwo'")
    becomes(page, f"{STATE} === 'ended' && ({CARD}).includes('The picture is interrupted')")
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(Ended(reason="failed", stream=2.0))
    becomes(page, f"({CARD}).includes('The stream was lost')")
    do(server, "ended", value=2.0)
    becomes(page, f"({CARD}).includes('The end')")
    do(server, "dropped", value=2.0)
    becomes(page, f"({CARD}).includes('The stream was lost')")


TYPED = """async () => {
    const { Lines } = await import("/pages/lines.js");
    const cue = (id, start, end, ...flags) => ({ id, start, end, flags });
    const track = [cue("said", 9, 20), cue("typed", 10, 17, "typed"), cue("typed after it", 12, 14, "typed")];
    const lines = new Lines({ room: { held: [] }, opened: [], track: () => track }, "en");
    lines.restart(0);
    return [9.5, 10.5, 12.5, 14.5].map((stream) => lines.at(stream).id);
}"""
TICKS = """() => new Promise((then) => {
    let left = 5;
    livesubs.playback.addEventListener("tick", () => --left || then());
})"""


STAYS = """() => new Promise((then) => {
    const states = new Set();
    let left = 5;
    livesubs.playback.addEventListener("tick", () => {
        states.add(livesubs.playback.state);
        --left || then([...states]);
    });
})"""


def test_the_end_of_the_show_holds_until_somebody_goes_beyond_it(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 16, 0.0))
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), line("a private word", 4.5, 16.0), Ended(reason="ended", stream=16.0)):
            journal.append(event)
    server = serve(tmp_path)
    do(server, "end", value=4.0)
    page.goto(f"{server.address}/screen")
    becomes(page, f"{STATE} === 'playing'")
    page.evaluate("livesubs.playback.seek(3.7)")
    becomes(page, f"{STATE} === 'ended' && ({CARD}).includes('The end')")
    for what in ("pause", "play"):
        do(server, what)
        becomes(page, f"livesubs.playback.paused === {str(what == 'pause').lower()}")
        page.evaluate(TICKS)
        assert page.evaluate(f"[{STATE}, document.getElementById('video').paused]") == ["ended", True]
    press(page, "g", *"soon", "Enter")
    page.get_by_text("Write it like 1:02:30").wait_for()
    press(page, "Control+a", *"0:08")
    before = page.evaluate("livesubs.playback.stream")
    press(page, "Enter")
    becomes(page, f"{STATE} === 'playing' && livesubs.playback.stream >= 8 && {WORDS} === 'a private word'")
    press(page, "g")
    before = page.evaluate("livesubs.playback.stream")
    becomes(page, f"livesubs.playback.stream > {before} + 0.3 && document.getElementById('place').open")
    press(page, "Escape")
    assert page.evaluate(TYPED) == ["said", "typed", "typed after it", "said"]
    press(page, "t")
    assert [one.split(":")[0] for one in page.locator(".margin").all_inner_texts()] == ["100 %", "93 %", "90 %"]
    press(page, "t")
    keys_that_are_letters_can_be_switched_off(page)


def keys_that_are_letters_can_be_switched_off(page: "Page") -> None:
    muted = "document.getElementById('video').muted"
    press(page, "m", "F1")
    assert page.evaluate(muted)
    page.get_by_role("button", name="Single-letter keys: on").click()
    press(page, "Escape", "m", "?")
    assert page.evaluate(f"[{muted}, document.getElementById('help').open]") == [True, False]
    press(page, "Alt+m")
    assert not page.evaluate(muted)


def test_catching_up_goes_where_the_late_lines_are_in_time_and_stays_there(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 30, 0.0))
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), progress(SystemClock(), 29.0)):
            journal.append(event)
        server = serve(tmp_path, "5")
        page.goto(f"{server.address}/screen")
        becomes(page, f"{STATE} === 'playing'")
        journal.append(line("late", 14.0, 16.0))
        becomes(page, "livesubs.playback.wanted > 10")
        do(server, "pause")
        becomes(page, f"{STATE} === 'paused'")
        do(server, "catchup")
        becomes(page, f"{STATE} === 'playing'")
        assert page.evaluate("Math.abs(livesubs.playback.delay - livesubs.playback.wanted)") < 1
        assert not page.evaluate("livesubs.playback.free")
        journal.append(SourceState(state="lost", stream=29.0))
        page.evaluate("livesubs.playback.seek(30)")
        becomes(page, f"{STATE} === 'starved'")
        press(page, "c")
        becomes(page, "document.getElementById('note').innerText === 'There is nothing newer yet.'")
        do(server, "catchup", of="once more")  # from a console: the wall says nothing
        becomes(page, "livesubs.moves.size === 3")
        assert page.evaluate(STAYS) == ["starved"]
        do(server, "ended", value=29.0)
        becomes(page, f"{STATE} === 'ended' && ({CARD}).includes('The end')")
        do(server, "undo", of="ended{'value': 29.0}")
        becomes(page, f"{STATE} === 'starved'")


SPENT = """async () => {
    const { Wait } = await import("/pages/wait.js");
    return [new Wait(10, 80, 65).at(null) >= 75, new Wait(10, 80).at(null) < 11, new Wait(10, 80, 90).at(null)];
}"""


def test_a_cut_is_paid_for_once_and_lines_that_it_kept_back_ask_for_no_delay(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 8, 0.0), (10, 20, 60.0))
    after = (tmp_path / ARCHIVE / "0002.csv").rename(tmp_path / "0002.csv")
    seen = watched(page)
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), progress(SystemClock(), 8.0), SourceState(state="lost", stream=8.0)):
            journal.append(event)
        page.goto(f"{serve(tmp_path, '2').address}/screen")
        becomes(page, f"{STATE} === 'starved' && ({CARD}).includes('The stream is interrupted')")
        after.rename(tmp_path / ARCHIVE / after.name)
        up = SystemClock().up()
        for then in (
            SourceState(state="connected", stream=60.0), Gap(start=8.0, end=60.0, reason="cut"),
            Progress(recorded=62.0, heard=8.0, compute=0.0, up=up, origin=up - 80.0),
            line("behind", 60.1, 61.5), line("late", 7.0, 7.5),
        ):  # fmt: skip
            journal.append(then)
        becomes(page, f"{STATE} === 'playing' && livesubs.playback.stream > 60", 10)
        assert page.evaluate("livesubs.playback.wanted") == 2
        assert page.evaluate("livesubs.playback.held.margin(20)") is None
        becomes(page, f"{WORDS} === 'behind'")
    assert texts(seen) == ["behind"]
    assert page.evaluate(SPENT) == [True, True, 80]  # also where somebody went to another place


ENDS = """() => new Promise((then) => {
    const seen = new Set(), card = document.getElementById("card");
    let left = 6;
    livesubs.playback.addEventListener("tick", () => {
        seen.add(card.checkVisibility() ? document.getElementById("card-title").innerText : "picture");
        --left || then([...seen]);
    });
})"""


def test_a_stream_that_was_said_to_have_ended_has_ended_until_somebody_takes_that_back(
    page: "Page", serve: Callable[..., Server], tmp_path: Path, ffmpeg: str
) -> None:
    archive(ffmpeg, tmp_path, (0, 8, 0.0), (10, 8, 10.0))
    after = (tmp_path / ARCHIVE / "0002.csv").rename(tmp_path / "0002.csv")
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), progress(SystemClock(), 8.0), SourceState(state="lost", stream=8.0)):
            journal.append(event)
        server = serve(tmp_path, "2")
        do(server, "ended", value=8.0)
        page.goto(f"{server.address}/screen")
        becomes(page, f"({CARD}).includes('The end')")
        assert page.evaluate(ENDS) == ["The end"]
        server.kill()
        becomes(page, "!livesubs.feed.connected")
        assert page.evaluate(ENDS) == ["The end"]
        server.start()
        becomes(page, "livesubs.feed.told")
        assert page.evaluate(ENDS) == ["The end"]
        after.rename(tmp_path / ARCHIVE / after.name)
        for event in (SourceState(state="connected", stream=10.0), progress(SystemClock(), 18.0)):
            journal.append(event)
        becomes(page, "livesubs.playback.clock.end.stream > 17 && livesubs.feed.progress.recorded > 17")
        assert page.evaluate(ENDS) == ["The end"]
        do(server, "dropped", value=8.0)
        becomes(page, "livesubs.playback.stream > 10 && livesubs.playback.state === 'playing'")


def test_without_hls_js_the_page_says_what_to_do(page: "Page", serve: Callable[..., Server], tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").touch()
    server = serve(tmp_path)
    page.route("**/vendor/*", lambda route: route.abort())
    page.goto(f"{server.address}/screen")
    becomes(page, f"({CARD}).includes('make web')")


SIMULATION = """async () => {
    const { Lateness, rate, wanted } = await import("/pages/pace.js");
    const late = new Lateness();
    const rates = new Set(), delays = [];
    let delay = 10, before = 1;
    for (let now = 0; now < 900; now += 0.25) {
        // lines come 5 s after their words, for five minutes 14 s
        if (now % 4 === 0) late.note(1000 + now - (now > 100 && now < 400 ? 14 : 5), 1000 + now, now);
        before = rate(delay, wanted(10, late.need(now, 0)), before);
        delay += 0.25 * (1 - before);
        rates.add(before);
        delays.push(delay);
    }
    return { rates: [...rates].sort(), late: delays[390 * 4], after: delays.at(-1), least: Math.min(...delays) };
}"""


def test_the_picture_waits_for_late_lines_and_comes_back_without_a_jump(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "journal.jsonl").touch()
    page.goto(f"{serve(tmp_path).address}/api/session")
    told = page.evaluate(SIMULATION)
    assert told["rates"] == [0.97, 1, 1.03]
    assert told["late"] > 14  # the lines are in time again
    assert abs(told["after"] - 10) < 0.5
    assert told["least"] > 9.5


REPORTING = """async () => {
    document.body.append(Object.assign(document.createElement("video"), { id: "video" }));
    const { Report } = await import("/pages/report.js");
    const playback = { state: "playing", held: { margin() {} } };
    const screen = { playback, lines: [{ lang: "en" }], skipped: 0, lately: {} };
    let number = 0;
    new Report(Object.defineProperty(screen, "on", { get: () => [`line ${number++}`] }));
}"""


def test_reports_that_nobody_answers_take_one_connection_and_are_given_up(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    (tmp_path / "journal.jsonl").touch()
    page.goto(f"{serve(tmp_path).address}/api/session")
    page.route("**/api/screens", lambda route: None)  # as on a connection that died without a word
    asked: list[str] = []
    for event in ("request", "requestfailed"):
        page.on(event, lambda request, event=event: "screens" in request.url and asked.append(event))  # type: ignore[call-overload,func-returns-value]
    page.evaluate(REPORTING)
    until(lambda: page.evaluate("1") and len(asked) >= 3, 20)
    assert asked[:3] == ["request", "requestfailed", "request"]
