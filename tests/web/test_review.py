"""/review in a real Chromium, by keyboard alone: what its keys do to the lines, and that nothing of it is lost."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.asked import Edits
from pipeline.events import Cue, Edit, Ended, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from tests.test_director import state
from tests.waiting import until
from tests.web.conftest import Server, becomes
from tests.web.shows import begun

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINES = [
    ("Bonsoir.", "Good evening."),
    ("La salle est pleine ce soir.", "This hall is full tonight."),
    ("La parole est aux infirmières.", "The floor goes to the nurses."),
    ("Merci beaucoup.", "Thank you so much."),
]
DOUBTED = ("s1.en.1", "s3.en.1")
TEXTS = "livesubs.cues.track('en').map((cue) => cue.text)"
FIELD = "document.getElementById('field').value"
KEPT = "document.getElementById('saved').textContent === 'All is kept'"


def said(number: int, text: str, start: float) -> Sentence:
    """A word every half second."""
    words = [
        Word(start=start + 0.5 * at, end=start + 0.5 * at + 0.4, text=f" {word}", probability=0.9)
        for at, word in enumerate(text.split())
    ]
    return Sentence(id=f"s{number}", lang="fr", start=start, end=words[-1].end, text=text, words=tuple(words))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session that is over: a line every five seconds."""
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(begun("en"))
        for number, (french, english) in enumerate(LINES):
            start = 1.0 + 5 * number
            journal.append(said(number, french, start))
            for lang, text in (("fr", french), ("en", english)):
                id = f"s{number}.{lang}.1"
                flags = ("name",) if id in DOUBTED else ()
                cue = Cue(
                    id=id, lang=lang, start=start, end=start + 3, text=text, sentences=(f"s{number}",), flags=flags
                )
                journal.append(cue)
        journal.append(Ended(reason="ended", stream=30.0))
    return tmp_path


@pytest.fixture
def server(serve: Callable[..., Server], folder: Path) -> Server:
    return serve(folder)


@pytest.fixture
def desk(page: "Page", server: Server) -> "Page":
    return opened(page, server)


def opened(page: "Page", server: Server) -> "Page":
    page.goto(f"{server.address}/review")
    becomes(page, "window.livesubs && document.activeElement.id === 'field'")
    return page


def press(page: "Page", *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def asked(folder: Path) -> list[Edit]:
    return list(Edits(folder).new())


def texts(folder: Path) -> list[str]:
    return [cue.text for cue in state(folder).track("en")]


def drafts(folder: Path) -> str:
    path = folder / "drafts.json"
    return path.read_text("utf-8") if path.exists() else ""


def test_the_queue_leads_to_what_needs_a_human_and_what_is_right_is_accepted(desk: "Page", folder: Path) -> None:
    row = "[row.querySelector('.text').innerText, row.querySelector('.said').innerText]"
    rows = f"[...document.querySelectorAll('.row')].map((row) => {row})"
    until(lambda: desk.evaluate(rows) == [[english, french] for french, english in LINES], 20)
    becomes(desk, "document.querySelector('#queue').innerText.includes('2 of 2 left')")
    press(desk, "F8")
    becomes(desk, f"{FIELD} === '{LINES[1][1]}'")
    assert "A name in it is uncertain." in desk.inner_text("#queue")
    press(desk, "End", *" Really.", "Control+Enter", "F8")
    becomes(desk, f"{FIELD} === '{LINES[3][1]}' && document.querySelector('#queue').innerText.includes('1 of 2 left')")
    press(desk, "Control+Enter", "F8")
    becomes(desk, "document.getElementById('toast').innerText.startsWith('All 2 that stand out have been looked at.')")
    until(lambda: [edit.did for edit in asked(folder)] == ["text", "accept", "accept"], 20)
    until(lambda: "accepted" in state(folder).cues["s3.en.1"].flags, 20)
    assert texts(folder)[1] == "This hall is full tonight. Really."
    assert desk.inner_text("#progress") == "2 of 4 lines done"


def test_a_line_is_split_where_its_words_are_and_merged_and_all_is_undone(desk: "Page", folder: Path) -> None:
    before = state(folder).track("en")
    press(desk, "Alt+ArrowDown", *["ArrowRight"] * 13, "Alt+Enter")  # This hall is | full tonight.
    becomes(desk, f"{TEXTS}.length === 5 && {FIELD} === 'full tonight.'")
    until(lambda: len(state(folder).track("en")) == 5, 20)
    first, second = state(folder).track("en")[1:3]
    assert (first.id, first.text, second.text) == ("s1.en.1", "This hall is", "full tonight.")
    assert second.start in [6.0 + 0.5 * word for word in range(6)], "where a word begins"
    assert first.sentences == second.sentences == ("s1",)
    press(desk, "Alt+ArrowDown", "Alt+ArrowUp", "Alt+M")  # with the next one, in one sentence as far as it can be
    becomes(
        desk,
        f"{FIELD} === 'full tonight.\\nThe floor goes to the nurses.'"
        + f" || {FIELD} === 'full tonight. The floor goes to the nurses.'",
    )
    until(lambda: len(state(folder).track("en")) == 4, 20)
    assert state(folder).track("en")[2].sentences == ("s1", "s2")
    press(desk, "Control+z", "Control+z")
    becomes(desk, f"{TEXTS}.join('|') === {'|'.join(english for _, english in LINES)!r}")
    until(
        lambda: (
            [(c.text, c.start, c.end, c.sentences) for c in state(folder).track("en")]
            == [(c.text, c.start, c.end, c.sentences) for c in before]
        ),
        20,
    )
    press(desk, "Control+y")
    becomes(desk, f"{TEXTS}.length === 5")


def test_times_move_by_frames_and_all_that_follows_with_them(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown", "Alt+.", "Alt+Shift+,")
    press(desk, "Alt+t")
    desk.keyboard.type("+0.5")
    press(desk, "Enter")
    until(lambda: [cue.start for cue in state(folder).track("en")] == [1.0, 6.54, 11.5, 16.5], 20)
    assert state(folder).cues["s1.en.1"].end == pytest.approx(9.46)
    press(desk, "Alt+n")
    desk.keyboard.type("Who is this?")
    press(desk, "Enter")
    until(lambda: [edit.note for edit in asked(folder)][-1] == "Who is this?", 20)


def test_what_is_typed_survives_the_page_and_the_server(page: "Page", server: Server, folder: Path) -> None:
    opened(page, server)
    press(page, "Alt+ArrowDown", "Alt+ArrowDown", "End", *" Indeed")
    until(lambda: (folder / "drafts.json").exists() and b"Indeed" in (folder / "drafts.json").read_bytes(), 20)
    becomes(page, KEPT)
    page.goto("about:blank")
    server.kill()
    server.start()
    opened(page, server)
    becomes(page, f"{FIELD}.endsWith(' Indeed') && document.getElementById('field').selectionStart === 36")
    assert not asked(folder)
    server.kill()
    press(page, "Control+Enter")  # while nobody listens
    becomes(page, "document.getElementById('saved').textContent.startsWith('Not on the server yet')")
    page.goto("about:blank")  # this browser has it
    server.start()
    opened(page, server)
    becomes(page, KEPT)
    until(lambda: texts(folder)[2].endswith(" Indeed"), 20)
    until(lambda: (folder / "drafts.json").read_bytes() == b"{}", 20)


def test_what_was_typed_on_and_accepted_while_the_server_was_away_is_no_conflict_with_oneself(
    page: "Page", server: Server, folder: Path
) -> None:
    opened(page, server)
    for again in ("one", "two"):
        press(page, "End", *f" {again}")
        until(lambda: again in drafts(folder), 20)  # noqa: B023
        becomes(page, KEPT)
        server.kill()
        press(page, *" more", "Control+Enter", "Alt+ArrowUp")
        if again == "two":  # the window is closed before the server is back
            page.goto("about:blank")
        server.start()
        if again == "two":
            opened(page, server)
        becomes(page, KEPT)
        assert page.evaluate("document.getElementById('waits').hidden")
        until(lambda: drafts(folder) == "{}", 20)
    until(lambda: texts(folder)[0] == "Good evening. one more two more", 20)


def test_what_cannot_be_is_not_told_as_done_and_a_new_line_without_words_goes(desk: "Page", folder: Path) -> None:
    def toast(*keys: str) -> str:
        press(desk, *keys)
        return desk.inner_text("#toast")

    press(desk, "Alt+ArrowDown", "Alt+t")
    desk.keyboard.type("-4")
    assert toast("Enter") == "It would be on screen together with the line at 0:01.000: move that first."
    press(desk, "Alt+t")
    desk.keyboard.type("400")
    assert toast("Enter").startswith("That is behind the end of the recording")
    press(desk, "Alt+i")
    becomes(desk, f"{TEXTS}.length === 5 && {FIELD} === '…'")
    assert toast("Alt+ArrowDown") == "The new line got no words: it is gone"
    until(lambda: [edit.did for edit in asked(folder)] == ["insert", "delete"], 20)
    until(lambda: len(texts(folder)) == 4, 20)


def test_what_is_found_is_replaced_and_a_key_mends_what_the_profile_says(desk: "Page", folder: Path) -> None:
    press(desk, "Control+f")
    desk.keyboard.type("the")
    press(desk, "Tab")
    desk.keyboard.type("all")
    becomes(desk, "document.querySelectorAll('#find-list li').length === 2")  # The floor, the nurses
    desk.locator("#find-list input").first.press(" ")
    becomes(desk, "document.getElementById('find-replace').innerText === 'Replace 1'")
    desk.focus("#find-replace")
    press(desk, "Enter")
    becomes(desk, f"{TEXTS}[2] === 'The floor goes to all nurses.' && !document.getElementById('find').open")
    press(desk, "Control+z")
    until(lambda: texts(folder) == [english for _, english in LINES], 20)
    becomes(desk, f"{FIELD} === '{LINES[2][1]}'")  # where it was undone
    press(desk, "Alt+ArrowUp", "End")
    desk.keyboard.type(" And it is so hot that nobody can sleep.")
    becomes(desk, "document.querySelector('#check .fault')?.innerText.startsWith('cpl')")
    assert "⏎" in desk.inner_text("#check .fix")
    press(desk, "Alt+x")
    until(lambda: "\n" in texts(folder)[1], 20)
    becomes(desk, f"{FIELD} === livesubs.cue.text && document.querySelector('#check .fine')")
    press(desk, "F1")
    desk.locator("[data-key='accept']").press("Enter")
    press(desk, "Control+m", "Escape")
    desk.reload()
    becomes(desk, "window.livesubs && document.activeElement.id === 'field'")
    press(desk, "Control+m")
    becomes(desk, "document.getElementById('progress').innerText.startsWith('1 of 4')")
    until(lambda: "accepted" in state(folder).cues["s1.en.1"].flags, 20)


def test_a_speed_that_is_hardly_over_looks_over(desk: "Page") -> None:
    line = "{ text: 'x'.repeat(59), start: 1, end: 3.949 }"
    shown = f"import('/pages/review-shape.js').then((shape) => shape.faults({line}, null, null, {{ cps: 20 }}))"
    assert desk.evaluate(shown) == [{"rule": "cps", "text": "20.1 cps"}]
    desk.fill("#field", "We have been here since noon,\nand nobody has told us why, yet.")
    told = "cps: 20.4 characters a second, allowed: 20"
    becomes(desk, f"document.getElementById('check').innerText.includes('{told}')")
