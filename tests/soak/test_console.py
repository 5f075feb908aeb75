"""A live session with its pages: what is done on the console reaches the screen before its moment, the journal and SRT.

Takes two minutes of two cores: `python -m pytest tests/soak/test_console.py --log-cli-level=INFO`.
"""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from pipeline.events import Action
from pipeline.journal import read
from tests.measures import SAMPLES, cues
from tests.servers import free_port
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import becomes, chromium, needs_hls

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["chromium"]

TIMES = 20
WATCH = """() => {
    window.turned = [];
    window.seen = {};
    const blank = document.getElementById("blank");
    let was = blank.hidden;
    new MutationObserver(() => {
        if (blank.hidden === was) return;
        was = blank.hidden;
        requestAnimationFrame(() => turned.push(performance.timeOrigin + performance.now()));
    }).observe(blank, { attributes: true, attributeFilter: ["hidden"] });
    const subtitles = document.getElementById("subtitles");
    new MutationObserver(() => (seen[subtitles.innerText.trim()] = true)).observe(
        subtitles, { childList: true, subtree: true, characterData: true });
}"""
PRESSED = """() => {
    window.pressed = [];
    addEventListener("keydown", (event) => event.key === "b" &&
        pressed.push(performance.timeOrigin + event.timeStamp), true);
}"""


@pytest.fixture
def show(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The sample as if it came in live, 30 s behind: the address of its pages, its folder."""
    port, out = free_port(), tmp_path / "s"
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--pace", "1"]
    command += ["--serve", "--port", str(port), "--delay", "30", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        until(lambda: state(out).session, 60)
        yield f"http://127.0.0.1:{port}", out
        run.kill()


@needs_hls
@pytest.mark.timeout(240)
def test_a_show(chromium: "Browser", show: tuple[str, Path]) -> None:
    address, out = show
    screen, console = (chromium.new_context().new_page() for _ in range(2))
    screen.goto(f"{address}/screen")
    console.goto(f"{address}/console")
    becomes(screen, "window.livesubs && livesubs.playback.state === 'playing'", 90)
    screen.evaluate(WATCH)
    edit, kill, back, hold, sent = lines = until(lambda: coming(out, screen)[:5], 60)
    was = {id: state(out).cues[id] for id in lines}
    for id, keys in (
        (edit, ["e", "Control+a", *"As a person says it.", "Enter"]),
        (kill, ["x"]),
        (back, ["x", "z"]),
        (hold, [" "]),
        (sent, [" ", " "]),
    ):
        console.locator(f"li[data-id='{id}']").click()
        for key in keys:
            console.keyboard.press(key)
    early = was[edit].start - screen.evaluate("livesubs.playback.stream")
    becomes(screen, f"livesubs.feed.cues.get('{edit}').text === 'As a person says it.'")
    becomes(screen, f"livesubs.feed.room.held.join() === '{hold}' && !livesubs.feed.cues.has('{kill}')")
    logging.info("the line that was changed had %.1f s until its moment", early)
    becomes(screen, f"livesubs.playback.stream > {was[sent].end}", 60)
    seen = {" ".join(text.split()) for text in screen.evaluate("Object.keys(seen)")}
    texts = {id: " ".join(cue.text.split()) for id, cue in was.items()}
    assert {"As a person says it.", texts[back], texts[sent]} <= seen
    assert not {texts[edit], texts[kill], texts[hold]} & seen
    took = blanked(screen, console)
    logging.info("blank: median %.0f ms, at most %.0f ms, of %d", median(took), max(took), TIMES)
    until(lambda: state(out).ended, 60)
    actions = [entry.event for entry in read(out / "journal.jsonl") if isinstance(entry.event, Action)]
    done = [action.do for action in actions if "+" not in action.id]  # others go with these, in other languages
    assert done == ["edit", "kill", "kill", "undo", "hold", "hold", "send", *["blank"] * TIMES]
    left = [" ".join(cue.content.split()) for cue in cues(out / "subtitles.en.srt")]
    assert {"As a person says it.", texts[back], texts[hold], texts[sent]} <= {*left}
    assert not {texts[edit], texts[kill]} & {*left}


def coming(folder: Path, screen: "Page") -> list[str]:
    """The lines that come later than in six seconds, once there are five."""
    after = screen.evaluate("livesubs.playback.stream") + 6
    lines = [cue.id for cue in state(folder).track("en") if cue.start > after]
    return lines if len(lines) >= 5 else []


def blanked(screen: "Page", console: "Page") -> list[float]:
    """Milliseconds from the key on the console to the frame of the screen that shows it; both have one clock."""
    console.evaluate(PRESSED)
    for number in range(TIMES):
        console.keyboard.press("b")
        becomes(screen, f"turned.length > {number}", 10)
    return [then - first for first, then in zip(console.evaluate("pressed"), screen.evaluate("turned"), strict=True)]
