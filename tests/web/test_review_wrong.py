"""/review: what is wrong is told, and led to, whoever has looked at it already."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.review.again import asked as again
from tests.test_director import state
from tests.test_review_spelling import needs_dictionaries
from tests.waiting import until
from tests.web.conftest import becomes
from tests.web.test_review import FIELD, LINES, TEXTS, desk, folder, press, server

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "folder", "server"]
FAULTS = "document.getElementById('faults').innerText"
QUEUE = "document.getElementById('queue').innerText"
TOAST = "document.getElementById('toast').innerText"


@needs_dictionaries
def test_nobody_may_stop_over_a_misspelt_word_or_speech_without_a_line(desk: "Page", folder: Path) -> None:
    press(desk, "End", *" Krzkl.")
    becomes(desk, f"{FAULTS} === '1 line misspelt'")  # as it is typed
    press(desk, "Control+Enter", "Control+Enter", "Alt+Delete")
    becomes(desk, f"{FAULTS} === '1 line misspelt, 1 spoken without a line'")
    press(desk, "F8", "Control+Enter", "F8")
    wrong = "There is still 1 line misspelt: F4. 1 spoken sentence has no line: 0:11 (F4)."
    becomes(desk, f"{QUEUE}.endsWith('There are no others. {wrong}')")
    press(desk, "F4")
    becomes(desk, f"{FIELD} === '{LINES[0][1]} Krzkl.'")
    assert "spelling" in desk.inner_text(".row.chosen .marks")
    becomes(desk, "document.querySelector('#spelling li')")
    desk.get_by_role("button", name="It is right").click()
    becomes(desk, f"{FAULTS} === '1 spoken without a line'")
    assert (folder / "names.txt").read_text("utf-8") == "Krzkl = Krzkl\n"
    press(desk, "F4")
    becomes(desk, f"{FIELD} === '{LINES[2][1]}' && document.getElementById('waits').innerText.includes('deleted')")
    press(desk, "Alt+o")
    becomes(desk, f"{FAULTS} === 'No fault by netflix-en' && {QUEUE}.endsWith('There are no others.')")
    press(desk, "Control+z", "F4")  # it is to stand there after all
    becomes(desk, f"{FAULTS}.startsWith('1 spoken') && {FIELD} === '{LINES[2][1]}'")
    press(desk, "Alt+y")
    until(lambda: len(state(folder).track("en")) == len(LINES), 20)


def test_a_new_line_belongs_to_what_was_said_there_and_is_a_fault_while_it_has_no_words(
    desk: "Page", folder: Path
) -> None:
    press(desk, "Alt+ArrowDown", "Alt+ArrowDown", "Alt+Delete", "Alt+ArrowUp")
    becomes(desk, f"{FIELD} === '{LINES[1][1]}' && {TEXTS}.length === 3")
    desk.evaluate("livesubs.player.seek(11.5)")  # La parole est | aux infirmières: 11 to 14
    press(desk, "Alt+i")
    becomes(desk, f"document.getElementById('said').innerText === '{LINES[2][0]}' && livesubs.edits.settled")
    desk.reload()
    becomes(
        desk, f"window.livesubs && {FIELD} === '…' && {FAULTS} === '1 fault by netflix-en, 1 spoken without a line'"
    )
    press(desk, "Control+a", *"The nurses.", "Control+Enter")
    until(lambda: [cue.sentences for cue in state(folder).track("en")] == [(f"s{at}",) for at in range(4)], 20)
    until(lambda: [cue.text for cue in again(state(folder), "s2.fr.1").target] == ["The nurses."], 20)


def test_words_are_replaced_by_nothing_in_all_languages_once_that_was_looked_at(desk: "Page", folder: Path) -> None:
    note, replace = (
        "document.getElementById('find-note').innerText",
        "document.getElementById('find-replace').innerText",
    )
    press(desk, "Control+f", *"soir")
    becomes(desk, f"{note} === '0 found'")
    assert desk.inner_text("#find-all-of") == "all languages, not only English"
    desk.check("#find-tracks")
    becomes(desk, f"{note} === '2 found' && {replace} === 'Replace by nothing…'")
    desk.focus("#find-by")
    press(desk, "Enter", "Enter")
    becomes(desk, f"{replace} === 'Replace 2 by nothing'")
    assert desk.inner_text("#find-list").count("soir") == 2
    assert [cue.text for cue in state(folder).track("fr")] == [french for french, _ in LINES]
    press(desk, "Enter")
    until(lambda: [cue.text for cue in state(folder).track("fr")][:2] == ["Bon.", "La salle est pleine ce."], 20)


def test_a_note_leads_back_a_refused_time_goes_and_what_is_written_is_counted_at_once(desk: "Page") -> None:
    press(desk, "Control+Enter", "Alt+ArrowUp", "Alt+n", *"Is that so?", "Enter")
    becomes(desk, f"{QUEUE}.includes('3 of 3 left')")
    press(desk, "F8", "F8", "F8")
    becomes(desk, f"{FIELD} === '{LINES[0][1]}' && {QUEUE}.includes(': “Is that so?”')")
    assert re.fullmatch(r"Is that so\? yours, .*\d:\d\d.*", desk.inner_text("#notes li"))
    press(desk, "Control+Enter")
    becomes(desk, f"{QUEUE}.includes('2 of 3 left')")
    desk.evaluate("livesubs.select('s0.en.1')")
    ends, toast = "document.getElementById('ends').value", "document.getElementById('toast').innerText"
    press(desk, "Alt+a", "Tab", *"0:09", "Enter")
    becomes(desk, f"{toast}.startsWith('It would be on screen together') && {ends} === '0:09'")
    desk.evaluate("livesubs.tell('')")
    desk.focus("#field")
    assert desk.evaluate(f"[{ends}, {toast}]") == ["0:04.000", ""]
    press(desk, "Alt+a", "Tab", *"0:09", "Enter", "Control+Alt+,")  # the line moves, and what stood there goes
    becomes(desk, f"{ends} === '0:03.960'")
    press(desk, "Control+z")
    text = "Good evening to all of you, wherever you may be."
    desk.fill("#field", text)
    becomes(desk, f"{FAULTS} === '1 fault by netflix-en'")
    region = "livesubs.wave._regions.getRegions().find(({ id }) => id === livesubs.current)"
    assert desk.evaluate(f"{region}.content.textContent") == text
    becomes(desk, "document.getElementById('meanings').innerText.includes('more characters than allowed')")


def test_words_that_are_refused_are_not_told_as_done_beside_the_panel_that_shows_them(desk: "Page") -> None:
    desk.set_viewport_size({"width": 1280, "height": 600})
    desk.evaluate("document.getElementById('talk').scrollTop = 1000")
    desk.evaluate(
        """livesubs.ask('text', [{ id: 's0.en.1', rev: 0 }], [{ ...livesubs.cue, text: 'Mine' }], 'Changed')"""
    )
    becomes(
        desk,
        "livesubs.edits.settled && livesubs.edits.refused.length === 1 && !document.getElementById('waits').hidden",
    )
    assert desk.inner_text("#toast") == "That line was changed meanwhile: look at what it says now."
    assert desk.get_attribute("#toast", "class") == "shown refused"
    toast, panel, seen = (desk.locator(id).bounding_box() for id in ("#toast", "#waits", "#talk"))
    assert toast
    assert panel
    assert seen
    assert toast["y"] + toast["height"] < seen["y"] < panel["y"] < seen["y"] + 20


def test_a_speed_stands_on_one_line_in_a_narrow_window(desk: "Page") -> None:
    desk.fill("#field", "We have been here since noon, all of us together,\nand nobody has told us why, yet")
    for width in (1280, 1100):
        desk.set_viewport_size({"width": width, "height": 720})
        becomes(desk, f"innerWidth === {width}")
        becomes(desk, "document.querySelector('.row .speed').innerText === '26.7 cps'")
        speed = "document.querySelector('.row .speed')"
        assert desk.evaluate(f"{speed}.offsetHeight < 20 && {speed}.scrollWidth <= {speed}.clientWidth")
