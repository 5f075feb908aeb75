"""/console in a real Chromium: what its keys and thumbs do to the lines, to the screen and to the folder."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from pipeline.asked import Actions, keep
from pipeline.director import Director
from pipeline.events import Action, Ended, Progress, SourceState, Translation, Warned, Withdrawn
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.tracks import TrackFiles
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes, needs_hls
from tests.web.evening import LINES, ROWS, STATES, TEXTS, done, evening, press
from tests.web.shows import archive, begun, line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with evening(tmp_path):
        yield tmp_path


@pytest.fixture
def console(page: "Page", serve: Callable[..., Server], folder: Path) -> "Page":
    page.goto(f"{serve(folder, delay='10').address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming'")
    return page


def test_every_line_is_there_with_what_was_said_and_its_countdown(console: "Page") -> None:
    assert console.evaluate(TEXTS) == LINES
    counts = console.evaluate(f"{ROWS}.map((row) => row.querySelector('.count').innerText)")
    assert counts == ["no screen", "1.5", "4.5", "7.5"]
    assert console.evaluate(f"{ROWS}[2].querySelector('.source').innerText") == "Phrase 2."
    assert console.inner_text("#wall-text") == LINES[0]


def test_keys_edit_kill_hold_mark_and_undo(console: "Page", folder: Path) -> None:
    press(console, "ArrowDown", "x")
    becomes(console, f"{STATES} === 'now,struck,coming,coming'")
    press(console, "ArrowDown", "e")
    press(console, "End", "Shift+Enter", *"It is full.")
    becomes(console, f"{ROWS}[2].querySelector('.remarks').innerText === '29 + 11 characters, 16 a second'")
    press(console, "Enter")
    becomes(console, f"{TEXTS}[2] === 'The floor goes to the nurses.\\nIt is full.'")
    press(console, "ArrowDown", "ArrowDown", "ArrowDown", " ")
    becomes(console, f"{STATES} === 'now,struck,coming,held'")
    press(console, "m")
    becomes(console, f"{ROWS}[3].querySelector('.remarks').innerText === 'marked for the editor'")
    becomes(console, "document.getElementById('toast').innerText.startsWith('Marked for the editor')")
    press(console, "z", "z", "z", "z")
    becomes(console, f"{STATES} === 'now,coming,coming,coming'")
    assert console.evaluate(TEXTS) == LINES
    asked = ["kill", "kill", "edit", "hold", "mark", *["undo"] * 5]  # the French line with the English one
    until(lambda: [what for what, _, _ in done(folder)] == asked, 10)


def test_a_killed_line_is_there_after_a_reload_and_on_other_consoles_and_comes_back(
    console: "Page", folder: Path
) -> None:
    press(console, "ArrowDown", "x")
    becomes(console, f"{STATES} === 'now,struck,coming,coming'")
    console.evaluate("sessionStorage.clear()")  # as on another machine
    console.reload()
    becomes(console, f"{STATES} === 'now,struck,coming,coming'")
    assert console.evaluate(TEXTS) == LINES
    console.locator(".struck").click()
    console.locator(".struck .kill", has_text="Restore").click()
    becomes(console, f"{STATES} === 'now,coming,coming,coming'")
    assert console.evaluate(TEXTS) == LINES
    until(lambda: not state(folder).killed and len(state(folder).actions) == 4, 10)


def test_a_killed_line_goes_in_every_language_and_comes_back_in_every_one(console: "Page", folder: Path) -> None:
    phone = console.context.new_page()
    phone.goto(console.url.replace("/console", "/read?lang=fr"))
    becomes(phone, "document.body.innerText.includes('Phrase 0.')")
    console.bring_to_front()
    press(console, "x")
    toast = "document.getElementById('toast').innerText"
    becomes(console, f"{toast} === 'Killed in English and French: “Good evening.”'")
    becomes(phone, "!document.body.innerText.includes('Phrase 0.')")
    becomes(console, f"{ROWS}[0].querySelector('.source.gone')?.innerText === 'Phrase 0.'")
    assert not console.evaluate(f"{ROWS}[0].querySelector('.remarks').innerText")
    french = folder / "subtitles.fr.srt"
    until(lambda: french.exists() and "Phrase 0." not in french.read_text(), 20)
    assert "Phrase 1." in french.read_text()
    press(console, "x")
    becomes(console, f"{STATES} === 'now,coming,coming,coming' && !document.querySelector('.source.gone')")
    becomes(phone, "document.body.innerText.includes('Phrase 0.')")
    until(lambda: "Phrase 0." in french.read_text(), 20)


def test_a_line_that_was_killed_in_one_language_alone_says_where_it_is_still_there(
    console: "Page", folder: Path
) -> None:
    """As where the editor has had the French line back."""
    keep(folder, Action(id="k", do="kill", cue="s1.en.1"))
    becomes(console, f"{STATES} === 'now,struck,coming,coming'")
    assert console.evaluate(f"{ROWS}[1].querySelector('.remarks').innerText") == "still there in French"
    assert not console.locator(".source.gone").count()


def test_of_a_sentence_in_two_lines_the_half_that_was_killed_is_still_there_nowhere(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with evening(tmp_path) as journal:
        for lang in ("fr", "en"):
            for half in (1, 2):
                at = 16.0 + 1.5 * half
                cue = line(f"s3.{lang}.{half}", at, at + 1.3, f"{lang} {half}", lang)
                journal.append(replace(cue, sentences=("s3",), rev=2))
        page.goto(f"{serve(tmp_path, delay='10').address}/console")
        becomes(page, f"{STATES} === 'now,coming,coming,coming,coming'")
        press(page, *["ArrowDown"] * 3, "x")
        becomes(page, f"{STATES} === 'now,coming,coming,struck,coming'")
        becomes(page, f"{ROWS}[3].querySelector('.source.gone')?.innerText === 'fr 1'")
        assert not page.evaluate(f"{ROWS}[3].querySelector('.remarks').innerText")


def test_a_key_that_is_pressed_twice_means_it_twice(console: "Page", folder: Path) -> None:
    press(console, "b", "b", "b", "ArrowDown", " ", " ", "]", "]")
    until(lambda: len(done(folder)) == 7, 10)
    assert [(a.do, a.value) for a in Actions(folder).new()] == [
        ("blank", 1),
        ("blank", 0),
        ("blank", 1),
        ("hold", 0),
        ("send", 0),
        ("delay", 15),
        ("delay", 20),
    ]


def test_what_the_session_refuses_is_taken_back(console: "Page", folder: Path) -> None:
    with lock(folder), Journal(folder, SystemClock()) as journal:
        session = Director(folder, journal, TrackFiles(folder, journal), CueRules(), Names())
        press(console, "ArrowDown", "x")
        becomes(console, f"{STATES} === 'now,struck,coming,coming'")
        until(lambda: done(folder), 10)  # the page shows it before it is there
        session.append(Withdrawn(id="s1.en.1"))  # before it has seen that
        session.answer()
        becomes(console, "document.getElementById('toast').innerText === 'That line is not there any more.'")
        becomes(console, f"{STATES} === 'now,coming,coming'")
        press(console, "z")
        becomes(console, "document.getElementById('toast').innerText === 'There is nothing to undo.'")


def test_the_room_is_in_hand_without_a_mouse(console: "Page", folder: Path) -> None:
    press(console, "q")
    becomes(console, "document.getElementById('toast').innerText.includes('start with --listen 0.0.0.0')")
    press(console, "b", "n", "t", "+", "]", "c", "i")
    becomes(console, "document.getElementById('toast').innerText.startsWith('The show begins')")
    assert console.evaluate("document.getElementById('wall').className") == "blank hidden"
    assert console.get_attribute("#wall", "data-place") == "top"
    assert console.inner_text("#delay") == "15 s asked for"
    press(console, "y", *"Back soon.", "Enter")
    until(lambda: [what for what, _, _ in done(folder)][-1] == "say", 10)
    press(console, *["z"] * 7)
    becomes(console, "document.getElementById('wall').className === ''")
    toast = "document.getElementById('toast').innerText"
    becomes(console, f"{toast} === 'Undone: The screen is blank. The picture is moved back by P, C, [ or ].'")
    assert console.inner_text("#delay") == "15 s asked for"  # nothing that is undone moves the picture
    press(console, "[")
    becomes(console, "document.getElementById('delay').innerText === '10 s asked for'")
    assert "Back soon." not in console.inner_text("#list")
    asked = ["blank", "hide", "place", "size", "delay", "catchup", "begin", "say", *["undo"] * 6, "delay"]
    until(lambda: [what for what, _, _ in done(folder)] == asked, 10)


def test_what_is_asked_while_the_server_is_away_is_done_when_it_is_back(
    page: "Page", serve: Callable[..., Server], folder: Path
) -> None:
    server = serve(folder, delay="10")
    page.goto(f"{server.address}/console")
    becomes(page, f"{STATES} === 'now,coming,coming,coming'")
    server.kill()
    press(page, "b", "ArrowDown", "x")
    becomes(page, "document.getElementById('toast').className === 'shown waiting'")
    becomes(page, "document.getElementById('health').innerText.startsWith('Source\\nunknown')")
    page.evaluate("performance.now = ((real) => () => real() + 10_000)(performance.now.bind(performance))")
    told = "document.getElementById('troubles').innerText"
    becomes(page, f"/does not answer.* type in another one: .* run --resume .*{folder.name}/.test({told})")
    server.start()
    becomes(page, "document.getElementById('wall').className === 'blank'")
    until(lambda: done(folder) == [("blank", "", ""), ("kill", "s1.en.1", ""), ("kill", "s1.fr.1", "")], 20)
    becomes(page, "document.getElementById('toast').className === 'shown done'")


COVERED = """(() => {
    const box = (of) => document.querySelector(of).getBoundingClientRect();
    const toast = document.body.classList.contains("more") ? box("#panel") : box("#toast");
    if (!box("#toast").height) return "no toast";
    const below = box("#panel").height === 0 || box("#panel").bottom <= box("#toast").top;
    const all = ["header", "#wall", "#list", "#troubles", "#thumbs"];
    return below ? all.filter((of) => box(of).top < toast.bottom && box(of).bottom > toast.top) : "the controls";
})()"""


def test_a_thumb_reaches_everything_on_a_phone(chromium: "Browser", serve: Callable[..., Server], folder: Path) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    phone.goto(f"{serve(folder, delay='10').address}/console")
    becomes(phone, f"{STATES} === 'now,coming,coming,coming'")
    phone.locator(".line").nth(2).tap()
    phone.locator("#thumbs button", has_text="Kill").tap()
    becomes(phone, f"{STATES} === 'now,coming,struck,coming'")
    phone.locator("#thumbs button", has_text="Undo").tap()
    becomes(phone, f"{STATES} === 'now,coming,coming,coming'")
    assert phone.evaluate(COVERED) == []
    phone.locator("#thumbs button", has_text="More").tap()
    phone.locator("#panel button", has_text="Subtitles off").tap()
    becomes(phone, "document.getElementById('toast').innerText === 'Subtitles are off'")
    becomes(phone, "document.getElementById('wall').classList.contains('hidden')")
    assert phone.evaluate(COVERED) == ["#wall", "#list"]  # which are behind the controls
    dead = "[...document.querySelectorAll('#thumbs button:disabled')].map((button) => button.innerText).join()"
    assert phone.evaluate(dead) == "Kill,Hold,Edit,Mark"  # no line is seen
    assert phone.locator("#name").is_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    heights = "[...document.querySelectorAll('#thumbs button, #panel button')].map((button) => button.offsetHeight)"
    assert not [height for height in phone.evaluate(heights) if 0 < height < 44]
    context.close()


def test_health_says_what_is_wrong_and_what_to_do(page: "Page", serve: Callable[..., Server], folder: Path) -> None:
    with Journal(folder, SystemClock()) as journal:
        journal.append(Progress(recorded=20.0, heard=2.0, compute=1.0))
        journal.append(SourceState(state="lost", stream=20.0))
        journal.append(
            Translation(sentence="s1", lang="en", engine="google", attempt=1, verdict="no connection", elapsed=4.0)
        )
        journal.append(Warned(text="the battery is low; plug it in"))
    server = serve(folder, delay="10")
    page.goto(f"{server.address}/console")
    for told in (
        "the battery is low; plug it in",
        "The room has 0:10 of picture left.",
        "No screen is open",
        "Nothing is translated",
        "18 s late: close other programs",
    ):
        becomes(page, f"document.getElementById('troubles').innerText.includes('{told}')")
    page.locator("#troubles button", has_text="Seen").click()
    becomes(page, "!document.getElementById('troubles').innerText.includes('battery')")


def test_a_full_disk_keeps_nothing_on_the_wall(console: "Page", folder: Path) -> None:
    (folder / "actions.jsonl").mkdir()  # nothing can be written there, as on a full disk
    press(console, "b")
    becomes(console, "document.getElementById('toast').innerText.includes('cannot be written down')")
    becomes(console, "document.getElementById('wall').className === 'blank'")
    press(console, "t")
    becomes(console, "document.getElementById('toast').innerText.startsWith('Not done')")
    becomes(console, "document.getElementById('wall').dataset.place === 'bottom'")
    press(console, "ArrowDown", "e", "Control+a", *"It is.", "Enter")
    becomes(console, "document.getElementById('toast').innerText.endsWith('You had typed: “It is.”')")
    (folder / "actions.jsonl").rmdir()
    until(lambda: done(folder) == [("blank", "", "")], 10)


def test_nothing_half_typed_or_too_long_goes_out(console: "Page", folder: Path) -> None:
    press(console, "ArrowDown", "e", *"Half ")
    console.evaluate("document.hasFocus = () => false; document.querySelector('.field').blur()")
    console.evaluate(
        "new Promise((after) => setTimeout(after, 200))"
    )  # timers fire in order: the field's own was first
    assert console.locator(".field").count() == 1
    console.locator(".field").press("Escape")
    press(console, "y")
    console.keyboard.insert_text("A line that is long. " * 16)
    becomes(console, "document.getElementById('say-note').innerText.startsWith('Too long: leave out ')")
    press(console, "Enter")
    becomes(console, "document.getElementById('toast').className === 'shown refused'")
    assert not done(folder)


@pytest.fixture
def recorded(tmp_path: Path, ffmpeg: str) -> Path:
    """A session that has ended, with its picture."""
    archive(ffmpeg, tmp_path, (0, 20, 0.0))
    lines = [line(f"s{number}.en.1", 2.0 + 4 * number, 5.5 + 4 * number, text) for number, text in enumerate(LINES)]
    with Journal(tmp_path, SystemClock()) as journal:
        for event in (begun(), *lines, Ended(reason="ended", stream=20.0)):
            journal.append(event)
    return tmp_path


@needs_hls
def test_what_is_done_at_the_console_is_what_the_screen_shows(
    chromium: "Browser", page: "Page", serve: Callable[..., Server], recorded: Path
) -> None:
    server = serve(recorded)
    screen = chromium.new_context(viewport={"width": 320, "height": 180}).new_page()
    screen.goto(f"{server.address}/screen")
    becomes(screen, "window.livesubs && livesubs.playback.state === 'playing'")
    page.goto(f"{server.address}/console")
    becomes(page, "document.querySelectorAll('.coming').length >= 3")
    press(page, "p")
    becomes(screen, "livesubs.playback.state === 'paused'")
    kill, edit, hold = page.evaluate(
        "[...document.querySelectorAll('.coming')].map((row) => row.dataset.id).slice(0, 3)"
    )
    at = {id: screen.evaluate(f"livesubs.feed.cues.get('{id}').start + 0.3") for id in (kill, edit, hold)}
    for id, keys in ((kill, ["x"]), (hold, [" "]), (edit, ["e", "Control+a", *"As we say"])):
        page.locator(f"li[data-id='{id}']").click()
        press(page, *keys)
    becomes(screen, f"livesubs.feed.room.held.includes('{hold}')")

    def shown(id: str) -> str:
        screen.evaluate(f"livesubs.playback.seek({at[id]})")
        becomes(screen, f"livesubs.playback.drawn && Math.abs(livesubs.playback.stream - {at[id]}) < 0.2")
        screen.evaluate("livesubs.frame()")
        return screen.inner_text("#subtitles").strip()

    becomes(screen, f"livesubs.feed.opened.some((one) => one.cue === '{edit}')")
    assert shown(kill) == ""
    assert shown(edit) == ""  # not half corrected
    press(page, *" it.", "Enter")
    becomes(screen, "!livesubs.feed.opened.length")
    assert shown(edit) == "As we say it."
    becomes(page, "document.getElementById('wall-text').innerText === 'As we say it.'")
    assert shown(hold) == ""
    press(page, "z", "z")
    becomes(screen, f"!livesubs.feed.room.held.includes('{hold}')")
    assert shown(hold) != ""
    press(page, "b")
    becomes(screen, "!document.getElementById('blank').hidden")
    screen.context.close()
    kinds = [msgspec.json.decode(line)["do"] for line in (recorded / "actions.jsonl").read_bytes().splitlines()]
    assert kinds == ["pause", "kill", "hold", "edit", "undo", "undo", "blank"]
