"""/review, the field: the caret is where it was, and its keys do what those of any text editor do."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.waiting import until
from tests.web.conftest import becomes
from tests.web.test_review import FIELD, KEPT, LINES, desk, drafts, folder, press, server, texts
from tests.web.test_review_lost import FULL
from tests.web.test_review_two import TOAST

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
CARET = "document.getElementById('field').selectionStart"


def test_a_reload_in_mid_word_leaves_the_caret_where_it_was(desk: "Page") -> None:
    """A page that is left has no time to write to the disk."""
    press(desk, "Alt+ArrowDown", *["ArrowRight"] * 4)
    becomes(desk, KEPT)
    desk.evaluate(FULL)
    press(desk, *"full")
    desk.reload()
    becomes(desk, f"window.livesubs && document.activeElement.id === 'field' && {FIELD}.startsWith('Thisfull hall')")
    assert desk.evaluate(CARET) == len("Thisfull")
    press(desk, "Escape", "End")
    becomes(desk, KEPT)
    desk.reload()
    becomes(desk, f"window.livesubs && document.activeElement.id === 'field' && {FIELD} === '{LINES[1][1]}'")
    assert desk.evaluate(CARET) == len(LINES[1][1])


def test_italics_are_put_on_and_taken_off_by_a_key(desk: "Page", folder: Path) -> None:
    hall = "This <i>hall</i> is full tonight."
    press(
        desk, "Alt+ArrowDown", *["ArrowRight"] * 5, "Shift+Control+ArrowRight", "Control+i"
    )  # with the space after it
    becomes(desk, f"{FIELD} === '{hall}'")
    becomes(desk, "document.querySelector('#subtitle i').innerText === 'hall'")
    press(desk, "Control+i")
    becomes(desk, f"{FIELD} === '{LINES[1][1]}'")
    press(desk, "Control+i", "End", "Control+i")  # nothing is chosen: all of it
    becomes(desk, f"{FIELD} === '<i>{LINES[1][1]}</i>'")
    press(desk, *" At last.")
    becomes(desk, f"{FIELD} === '<i>{LINES[1][1]} At last.</i>'")
    press(desk, "Control+Home", *["ArrowRight"] * 16, "Alt+Enter")  # <i>This hall is | full
    until(lambda: texts(folder)[1:3] == ["<i>This hall is</i>", "<i>full tonight. At last.</i>"], 20)
    press(desk, "Control+i", "Control+s")
    until(lambda: texts(folder)[2] == "full tonight. At last.", 20)
    press(desk, "F1")
    desk.locator("[data-key='italic']").press("Enter")
    press(desk, "Alt+h", "Escape", "Alt+h", "Alt+ArrowUp")
    until(lambda: texts(folder)[2] == "<i>full tonight. At last.</i>", 20)


TOGGLED = [
    ("one <i>two</i> three", (0, 3), "<i>one two</i> three", (3, 6)),
    ("<i>one two three</i>", (7, 10), "<i>one</i> two <i>three</i>", (11, 14)),
    ("<i>one</i> two", (2, 14), "<i>one two</i>", (3, 10)),
    ("one\ntwo", (2, 2), "<i>one\ntwo</i>", (5, 5)),
    ("<i>one\ntwo</i>", (5, 5), "one\ntwo", (2, 2)),
    ("<i>one", (6, 6), "<i>one</i>", (6, 6)),
    ("- <i>one</i>", (0, 1), "<i>- one</i>", (3, 4)),
]
"""A text, what is chosen of it, what becomes of it by the key, and what is chosen then."""


def test_italics_begin_and_end_around_words_and_are_no_fault(desk: "Page", folder: Path) -> None:
    slanted = "import('/pages/review-italics.js').then(({ toggled }) => given.map((one) => toggled(...one)))"
    found = desk.evaluate(f"(given) => {slanted}", [[text, *chosen] for text, chosen, _, _ in TOGGLED])
    assert [(one["text"], (one["from"], one["to"])) for one in found] == [(made, then) for _, _, made, then in TOGGLED]
    desk.fill("#field", " ")
    press(desk, "Control+i")
    becomes(desk, f"{TOAST}.startsWith('There are no words')")
    full = "We are here tonight, and nobody is leaving"
    desk.fill("#field", full)
    press(desk, "Control+i")
    becomes(desk, f"{FIELD} === '<i>{full}</i>' && document.querySelector('#check .fine')")
    assert desk.inner_text("#width") == "42"
    desk.fill("#field", "<i>We stay here")
    becomes(desk, "document.querySelector('#check .fault')?.innerText.startsWith('tags')")
    press(desk, "Control+i")
    becomes(desk, "document.querySelector('#check .fine')")
    press(desk, "Alt+m")  # on one line, as without the marks
    until(lambda: texts(folder)[0] == "<i>We stay here</i> this hall is full tonight.", 20)


def undone(desk: "Page", key: str, *steps: str) -> None:
    for step in steps:
        press(desk, key)
        becomes(desk, f"{FIELD} === {json.dumps(step)}")


def test_what_is_typed_is_taken_back_and_done_again_word_by_word(desk: "Page", folder: Path) -> None:
    was = LINES[0][1]
    press(desk, "End", *" And so on", "Home", *"Well, ", "Control+End", *["Backspace"] * 6, "Enter", *"it goes")
    until(lambda: "it goes" in drafts(folder), 20)
    assert desk.input_value("#field") == f"Well, {was} And\nit goes"
    steps = [f"Well, {was} And{end}" for end in ("\nit", "\n", "", " so", " so on")]
    steps += [f"Well,{was} And so on", *(f"{was}{end}" for end in (" And so on", " And so", " And", ""))]
    undone(desk, "Control+z", *steps)
    assert desk.evaluate(CARET) == len(was)
    assert texts(folder)[0] == was
    undone(desk, "Control+y", *steps[-2::-1], f"Well, {was} And\nit goes")
    desk.reload()
    becomes(desk, f"window.livesubs && {FIELD}.endsWith('it goes')")
    undone(desk, "Control+z", was)  # all of it at once
    undone(desk, "Control+Shift+Z", f"Well, {was} And\nit goes")
    desk.click("[data-do='undo']")  # the mouse takes back what the key would
    becomes(desk, f"{FIELD} === '{was}'")
    desk.click("[data-do='redo']")
    press(desk, "Control+s")
    until(lambda: texts(folder)[0].endswith("it goes"), 20)
    press(desk, "Control+z")  # by now that is an edit
    until(lambda: texts(folder)[0] == was, 20)
    becomes(desk, f"{FIELD} === '{was}'")


def test_what_is_put_into_the_field_is_one_step(desk: "Page") -> None:
    press(desk, "End", *" And", "Control+a", "Control+i", *"Now", "Control+z", "Control+z")
    becomes(desk, f"{FIELD} === '{LINES[0][1]} And'")
    press(desk, "Control+z")
    becomes(desk, f"{FIELD} === '{LINES[0][1]}'")


def test_what_was_put_back_by_mistake_is_had_back_and_the_undo_button_is_one_by_keyboard_too(
    desk: "Page", folder: Path
) -> None:
    was = LINES[0][1]
    press(desk, "End", *" And so", "Escape")
    becomes(desk, f"{FIELD} === '{was}' && {KEPT}")
    assert drafts(folder) in ("", "{}")
    undone(desk, "Control+z", f"{was} And so", f"{was} And")
    until(lambda: " And" in drafts(folder), 20)
    desk.focus("[data-do='undo']")
    undone(desk, "Enter", was)
    desk.focus("[data-do='redo']")
    undone(desk, "Enter", f"{was} And", f"{was} And so", was)


def test_each_word_that_is_composed_is_a_step(desk: "Page") -> None:
    keyboard = desk.context.new_cdp_session(desk)
    press(desk, "End")
    for words in (("に", "にほ", "日本"), ("ご", "語")):
        for word in words:
            keyboard.send(
                "Input.imeSetComposition", {"text": word, "selectionStart": len(word), "selectionEnd": len(word)}
            )
        keyboard.send("Input.insertText", {"text": words[-1]})
    becomes(desk, f"{FIELD} === '{LINES[0][1]}日本語'")
    undone(desk, "Control+z", f"{LINES[0][1]}日本", LINES[0][1])
    undone(desk, "Control+y", f"{LINES[0][1]}日本", f"{LINES[0][1]}日本語")


def test_the_caret_stands_where_two_lines_were_merged(desk: "Page", folder: Path) -> None:
    press(desk, "Alt+ArrowDown", *["ArrowRight"] * 13, "Alt+Enter")  # This hall is | full tonight.
    becomes(desk, f"{FIELD} === 'full tonight.'")
    press(desk, "Alt+m")
    becomes(desk, f"{FIELD} === '{LINES[1][1]}'")
    assert desk.evaluate(CARET) == 13
    press(desk, "Alt+Enter")
    becomes(desk, f"{FIELD} === 'full tonight.'")
    press(desk, "Alt+Shift+m")
    until(lambda: texts(folder)[1] == LINES[1][1], 20)
    assert desk.evaluate(CARET) == 13
    press(desk, "Alt+m", *"now ")
    becomes(desk, f"{FIELD}.replace('\\n', ' ') === '{LINES[1][1]} now {LINES[2][1]}'")
