"""/review with picture and sound: playing by keys, and times that are drawn on the waveform."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from pipeline.asked import Edits, keep
from pipeline.events import Cue, Edit, Ended
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.measures import SAMPLES
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes, needs_hls
from tests.web.shows import archive, begun
from tests.web.test_review import LINES, opened, press, said

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = needs_hls


@pytest.fixture
def folder(ffmpeg: str, tmp_path: Path) -> Path:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(begun("en"))
        for number, (french, english) in enumerate(LINES):
            start = 1.0 + 5 * number
            journal.append(said(number, french, start))
            id = f"s{number}.en.1"
            journal.append(Cue(id=id, lang="en", start=start, end=start + 3, text=english, sentences=(f"s{number}",)))
        journal.append(Ended(reason="ended", stream=24.0))
    archive(ffmpeg, tmp_path, (0.0, 24.0, 0.0))
    sound = ["-i", str(SAMPLES / "rally.mp4"), "-t", "24", "-f", "s16le", "-ac", "1", "-ar", "16000"]
    subprocess.run([ffmpeg, "-v", "error", *sound, str(tmp_path / "audio.s16")], check=True)
    return tmp_path


@pytest.fixture
def desk(page: "Page", serve: Callable[..., Server], folder: Path) -> "Page":
    opened(page, serve(folder))
    becomes(page, "livesubs.player.there && livesubs.wave.ready")
    return page


END_HERE = (
    "document.activeElement.dispatchEvent("
    "new KeyboardEvent('keydown', { key: ']', code: 'BracketRight', altKey: true, bubbles: true }))"
)
"""Alt+], while the frame is still the one that was asked for: the browser may show one more after it was stopped."""


def stands(folder: Path, start: float, end: float) -> bool:
    """Whether the second line stands from then to then, but for a frame."""
    cue = state(folder).cues["s1.en.1"]
    return abs(cue.start - start) < 0.03 and abs(cue.end - end) < 0.03


def drawn(desk: "Page", folder: Path, start: float, end: float) -> None:
    """Waits until the second line stands from then to then, and is drawn so."""
    until(lambda: stands(folder, start, end), 20)
    line = "livesubs.wave._regions.getRegions().find((one) => one.id === 's1.en.1')"
    off = f"Math.max(Math.abs(from + line.start - {start}), Math.abs(from + line.end - {end}))"
    becomes(desk, f"(({{ from }}, line) => line && {off} < 0.03)(livesubs.wave, {line})")


def test_keys_play_and_times_are_set_at_the_playhead_and_drawn(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown")
    becomes(desk, "document.getElementById('subtitle').innerText === 'This hall is full tonight.'")
    press(desk, "Control+ ")
    becomes(desk, "livesubs.player.playing && livesubs.player.stream > 7")
    press(desk, "Alt+ArrowUp")  # another line does not stop it
    becomes(desk, "livesubs.player.stream > 7.5 && livesubs.current === 's0.en.1'")
    press(desk, "Alt+ArrowDown", "Control+ ")
    becomes(desk, "!livesubs.player.playing")
    stopped = desk.evaluate(f"(() => {{ const at = livesubs.player.frame; {END_HERE}; return at; }})()")
    until(lambda: stands(folder, 6.0, stopped), 20)
    press(desk, "Control+ ")
    becomes(desk, f"livesubs.player.playing && livesubs.player.stream < {stopped}")  # from a second and a half back
    press(desk, "Alt+-", "Alt+p")
    becomes(
        desk, "document.getElementById('video').playbackRate === 0.9 && document.getElementById('video').preservesPitch"
    )
    becomes(desk, f"!livesubs.player.playing && Math.abs(livesubs.player.stream - {stopped}) < 0.3")  # the line alone
    press(desk, "Control+z")
    drawn(desk, folder, 6.0, 9.0)
    becomes(desk, "document.querySelectorAll('#heard span').length > 6")
    box = desk.locator("#wave").bounding_box()
    assert box

    def at(time: float) -> tuple[float, float]:
        return box["x"] + float(desk.evaluate(f"livesubs.wave.x({time})")), box["y"] + 80

    x, y = at(9.0)
    desk.mouse.move(x - 1, y)
    desk.mouse.down()
    for time in (9.2, 8.7, 8.46):  # the last word ends at 8.9, the one before at 8.4
        desk.mouse.move(*at(time), steps=3)
    becomes(desk, "document.getElementById('snap').dataset.to === 'word'")
    desk.mouse.up()
    until(lambda: stands(folder, 6.0, 8.4), 20)
    desk.mouse.click(*at(5.0))
    becomes(desk, "Math.abs(livesubs.player.stream - 5) < 0.1")
    press(desk, "Control+z")
    drawn(desk, folder, 6.0, 9.0)
    desk.mouse.move(*at(9.6))
    desk.mouse.down()
    for time in (10.2, 12.5):  # into the next line, which begins at 11
        desk.mouse.move(*at(time), steps=3)
    desk.mouse.up()
    becomes(desk, "document.getElementById('field').value === '…'")
    desk.keyboard.type("New.")
    press(desk, "Control+s")
    until(lambda: [cue.text for cue in state(folder).track("en")][2] == "New.", 20)
    made = state(folder).track("en")[2]
    assert abs(made.start - 9.6) < 0.03
    assert made.end == pytest.approx(11 - desk.evaluate("livesubs.gap"), abs=0.001)


def test_a_press_on_the_sound_is_one_though_the_lines_are_drawn_anew_under_it(desk: "Page", folder: Path) -> None:
    """As they are whenever a colleague, or a running session, changes one."""
    box = desk.locator("#wave").bounding_box()
    assert box

    def at(time: float) -> tuple[float, float]:
        return box["x"] + float(desk.evaluate(f"livesubs.wave.x({time})")), box["y"] + 80

    def elsewhere(id: str, text: str) -> None:
        now = state(folder).cues["s0.en.1"]
        keep(folder, Edit(id=id, did="text", before=((now.id, now.rev),), after=(replace(now, text=text),)))
        becomes(desk, f"livesubs.cues.get('s0.en.1').text === '{text}'")

    desk.mouse.move(*at(2.5))
    desk.mouse.down()
    elsewhere("one", "Good night.")
    desk.mouse.up()
    becomes(desk, "Math.abs(livesubs.player.stream - 2.5) < 0.1")
    becomes(desk, "livesubs.wave._regions.getRegions().some((one) => one.content.textContent === 'Good night.')")
    x, y = at(4.0)
    desk.mouse.move(x - 1, y)
    desk.mouse.down()
    elsewhere("two", "Good day.")
    desk.mouse.move(*at(4.6), steps=3)
    desk.mouse.up()
    until(lambda: abs(state(folder).cues["s0.en.1"].end - 4.6) < 0.03, 20)


def test_a_time_that_is_being_typed_is_not_taken_half_because_the_sound_goes_on(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+Shift+W", "Control+ ")
    becomes(desk, "livesubs.player.playing && livesubs.current === 's0.en.1'")
    press(desk, "Alt+a", "Tab", *"0:0")
    becomes(desk, "livesubs.player.stream > 6.5")  # in the next line
    press(desk, *"4.5", "Enter")
    until(lambda: state(folder).cues["s0.en.1"].end == 4.5, 20)
    becomes(desk, "livesubs.current !== 's0.en.1'")
    assert [edit.did for edit in Edits(folder).new()] == ["retime"]


def test_while_the_sound_of_another_scale_is_on_its_way_no_edge_stands_where_it_is_not(desk: "Page") -> None:
    lines = "livesubs.wave._regions.getRegions().length"
    becomes(desk, f"{lines} > 0")
    held: list[Route] = []
    desk.route("**/api/peaks?*", lambda route: held.append(route))  # Playwright marks what it calls
    press(desk, "Alt+Shift+=")
    becomes(desk, f"livesubs.wave.span === 8 && {lines} === 0")
    until(lambda: desk.evaluate("true") and held, 10)
    for route in held:
        route.continue_()
    becomes(desk, f"{lines} > 0")


def test_an_edge_that_is_drawn_keeps_the_least_gap_to_its_neighbour(desk: "Page", folder: Path) -> None:
    """The next line begins at 11."""
    last = 11 - float(desk.evaluate("livesubs.gap"))
    assert last < 10.95

    def draw(*times: float) -> None:
        box = desk.locator("#wave").bounding_box()
        assert box
        x, *there = (box["x"] + float(desk.evaluate(f"livesubs.wave.x({time})")) for time in times)
        desk.mouse.move(x - 1, box["y"] + 80)
        desk.mouse.down()
        for x in there:
            desk.mouse.move(x, box["y"] + 80, steps=3)
        desk.mouse.up()
        becomes(desk, "livesubs.edits.settled")

    press(desk, "Alt+ArrowDown")
    draw(7.5, 8.5, 9.48)  # all of it
    until(lambda: state(folder).cues["s1.en.1"].end == pytest.approx(last, abs=0.002), 20)
    assert state(folder).cues["s1.en.1"].start == pytest.approx(last - 3, abs=0.002)
    press(desk, "Control+z")
    drawn(desk, folder, 6.0, 9.0)
    press(desk, *["Alt+Shift+="] * 2)
    for to in (10.97, 11.05):
        desk.evaluate("livesubs.player.seek(7), livesubs.wave.show(6.9, 11.1)")
        becomes(desk, "livesubs.wave.span === 5 && livesubs.wave.from > 6.2 && livesubs.wave.to > 11.1")
        becomes(desk, "livesubs.wave._regions.getRegions().length > 0")
        draw(9.0, 9.5, to)
        until(lambda: state(folder).cues["s1.en.1"].end == pytest.approx(last, abs=0.002), 20)
        press(desk, "Control+z")
        drawn(desk, folder, 6.0, 9.0)
        becomes(desk, "livesubs.edits.settled")
