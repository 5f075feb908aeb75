"""What is said word by word (`--policy stream`): a growing line in /api/cues, and lines that roll on /overlay."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import Cue, Event, Hypothesis, Progress, SessionStarted, Suppressed, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.settings import SentenceRules
from pipeline.subtitles.sentences import to_sentences
from pipeline.web.growing import Growing
from tests.waiting import until
from tests.web.asking import ask, watched
from tests.web.conftest import Server
from tests.web.sessions import STARTED, cue
from tests.web.test_read import contrast

if TYPE_CHECKING:
    from playwright.sync_api import Page

STREAM = msgspec.structs.replace(STARTED, policy="stream")
assert isinstance(STREAM, SessionStarted)


def spoken(text: str) -> list[Event]:
    """A hypothesis for each word, and each sentence as soon as it is one."""
    events: list[Event] = []

    def heard() -> Iterator[Hypothesis]:
        for at, part in enumerate(text.split(), 2):
            word = Word(start=0.4 * at, end=0.4 * at + 0.3, text=f" {part}", probability=1.0)
            events.append(said := Hypothesis(heard=word.end, committed=(word,), lang="fr"))
            yield said

    for sentence in to_sentences(heard(), SentenceRules(), "fr", clauses=True):
        events.append(sentence)
    return events


def grown(text: str) -> list[Cue]:
    growing = Growing()
    return [line for event in (STREAM, *spoken(text)) for line in growing.note(event)]


@given(st.lists(st.sampled_from(["Nous", "voulons", "la", "paix,", "demain.", "Oui !"]), min_size=1, max_size=25))
def test_lines_grow_under_one_id_and_lose_no_word(parts: list[str]) -> None:
    text = " ".join(parts)
    lines = grown(text)
    last = {line.id: line.text for line in lines}
    assert " ".join(last.values()) == text
    for before, after in pairwise(lines):
        assert not after.final
        assert after.id != before.id or after.rev > before.rev
        if after.id == before.id and not before.text.startswith(after.text):  # ... as where its sentence ends in it
            assert after.text.startswith(before.text)


def test_where_sentences_are_said_whole_nothing_grows() -> None:
    growing = Growing()
    assert [line for event in (STARTED, *spoken("Bonsoir à tous.")) for line in growing.note(event)] == []


def overlay(page: "Page", serve: Callable[..., Server], folder: Path, journal: Journal, query: str = "") -> Server:
    """The overlay of a session that says words as they are spoken, which nobody knows yet."""
    journal.append(STREAM)
    server = serve(folder)
    page.goto(f"{server.address}/overlay{query}")
    page.wait_for_selector("#stage[data-ready=yes]", state="attached")
    return server


def shown(page: "Page") -> list[str]:
    return str(page.locator("#stage").inner_text()).split("\n")


def test_the_overlay_rolls_two_lines_that_are_never_broken_anew(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    text = "Nous défendons nos bureaux de poste, et nous restons debout tous ensemble, ici et partout. Merci à tous."
    with Journal(tmp_path, SystemClock()) as journal:
        overlay(page, serve, tmp_path, journal, "?lang=fr")
        seen: list[list[str]] = []
        for event in spoken(text):
            journal.append(event)
            if isinstance(event, Hypothesis):
                said = event.committed[0].text.strip()
                until(lambda said=said: shown(page)[-1].endswith(said), 10)  # type: ignore[misc]
                seen.append(shown(page))
        assert seen[-1] == ["nous restons debout tous ensemble, ici et", "partout. Merci à tous."]
        for before, after in pairwise(seen):
            assert len(after) <= 2
            grew = after[:-1] == before[:-1] and after[-1].startswith(before[-1])
            assert grew or after[0] == before[-1], (before, after)
        until(lambda: shown(page) == [""], 10)


ROWS = "[...document.querySelector('#stage span').getClientRects()]"
HIGH = f"new Set({ROWS}.map((row) => row.top)).size"
WIDEST = f"Math.max(...{ROWS}.map((row) => row.right))"


@pytest.mark.parametrize(("query", "wide", "high"), [("", 1280, 720), ("&size=9&box=1", 1280, 720), ("", 405, 720)])
def test_a_full_line_has_room_in_one(
    query: str, wide: int, high: int, page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    page.set_viewport_size({"width": wide, "height": high})
    with Journal(tmp_path, SystemClock()) as journal:
        overlay(page, serve, tmp_path, journal, f"?lang=fr{query}")
        for event in spoken("nous restons debout tous ensemble, ici et nous demandons davantage de"):
            journal.append(event)
        until(lambda: shown(page)[-1].endswith(" de"), 10)
        assert shown(page) == ["nous restons debout tous ensemble, ici et", "nous demandons davantage de"]
        assert page.evaluate(HIGH) == 2
        for event in spoken("MAMMOUTH COMMUN WWW MOMENT MAMMOUTH COMMUN WWW MOMENT"):
            journal.append(event)
        until(lambda: shown(page)[-1].endswith("WWW MOMENT"), 10)
        assert page.evaluate(HIGH) == 2
        assert page.evaluate(WIDEST) <= wide * 0.94


def believed(said: str, tail: str) -> Hypothesis:
    committed, unsure = (
        tuple(Word(start=1.0, end=1.5, text=f" {part}", probability=1.0) for part in words.split())
        for words in (said, tail)
    )
    return Hypothesis(heard=1.0, committed=committed, tail=unsure, lang="fr")


def test_what_may_yet_change_is_shown_dimmed_and_only_when_asked(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        server = overlay(page, serve, tmp_path, journal, "?lang=fr&box=1&tail=1")
        other = page.context.new_page()
        other.goto(f"{server.address}/overlay?lang=fr")
        other.wait_for_selector("#stage[data-ready=yes]", state="attached")
        seen: list[str] = []
        for said, tail in (("Nous", "voulons la"), ("voulons", "tous"), ("tous les hôpitaux ouverts,", "et")):
            seen.append(" ".join([*seen[-1:], said]))
            journal.append(believed(said, tail))
            until(lambda: shown(other) == [seen[-1]], 10)
            until(lambda tail=tail: shown(page) == [f"{seen[-1]} {tail}"], 10)  # type: ignore[misc]
            assert page.locator("#stage i").text_content() == f" {tail}"
        colours = "which => getComputedStyle(document.querySelector(which)).color.match(/\\d+/g).map(Number)"
        dim, sure = (page.evaluate(colours, which) for which in ("#stage i", "#stage span"))
        box = [51.0] * 3  # over white
        assert 4.5 <= contrast(dim, box) < contrast(sure, box)
        journal.append(believed("", "et gratuits pour tous"))  # more than has room, and than one line
        until(lambda: shown(page) == [f"{seen[-1]} et", "gratuits pour tous"], 10)
        journal.append(Suppressed(start=2.0, end=3.0, text="et gratuits", reason="nobody speaks"))
        until(lambda: shown(page) == shown(other) == [seen[-1]], 10)


def test_translated_clauses_go_on_behind_each_other(page: "Page", serve: Callable[..., Server], tmp_path: Path) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(cue(1, "of before"))
        overlay(page, serve, tmp_path, journal)
        journal.append(cue(2, "We defend our post offices,"))
        journal.append(cue(3, "and we\nremain standing."))
        page.get_by_text("standing.").wait_for()
        assert shown(page) == ["We defend our post offices, and we remain", "standing."]
        journal.append(cue(1, "of before, translated again"))
        journal.append(cue(4, "Together."))
        page.get_by_text("standing. Together.").wait_for()
        assert shown(page) == ["We defend our post offices, and we remain", "standing. Together."]


def test_what_is_killed_goes_and_what_is_typed_stands_alone(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        server = overlay(page, serve, tmp_path, journal)
        journal.append(cue(12, "We are many."))
        journal.append(cue(13, "He is a thief."))
        page.get_by_text("He is a thief.").wait_for()
        ask(server.port, "/api/actions", '{"id": "k", "do": "kill", "cue": "13.en"}')
        until(lambda: shown(page) == ["We are many."], 10)
        typed = {"id": "y", "do": "say", "text": "Please close the doors.", "lang": "en", "value": 2.0}
        ask(server.port, "/api/actions", json.dumps(typed))
        until(lambda: shown(page) == ["Please close the doors."], 10)


STOOD = """new Promise((told) => {
    const shows = () => document.getElementById("stage").innerText.includes("Please close");
    let since = null;
    const look = () => {
        if (shows()) since ??= performance.now();
        else if (since !== null) return told((performance.now() - since) / 1000);
        requestAnimationFrame(look);
    };
    look();
})"""


def test_what_is_typed_stands_for_its_time_there_though_the_next_line_cuts_it_short_in_the_files(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    typed = {"id": "y", "do": "say", "text": "Please close the doors.", "lang": "en", "value": 20.0}
    with lock(tmp_path), Journal(tmp_path, SystemClock()) as journal:  # nobody answers for a session that runs
        server = overlay(page, serve, tmp_path, journal)
        journal.append(Progress(recorded=20.0, heard=20.0, compute=1.0))
        page.evaluate(f"window.stood = {STOOD}; 0")
        with watched(server.port) as told:
            ask(server.port, "/api/actions", json.dumps(typed))
            told.next("cue", lambda cue: cue["end"] - cue["start"] == 3.5)
            journal.append(cue(21, "We are many, and we go on.", seconds=2.9))
            told.next("cue", lambda cue: "typed" in cue["flags"] and cue["end"] - cue["start"] < 2.1)
        assert page.evaluate("window.stood") > 2.5
        assert shown(page) == ["We are many, and we go on."]


GROWN = """async () => {
    const { Roll } = await import("/pages/roll.js");
    const roll = new Roll("en", false);
    const at = (now) => roll.at(now).text.split("\\n");
    roll.set("1", "We defend all of our post offices in town and in", 0);
    roll.set("2", "each of the villages around,", 0.5);
    at(0.5);
    roll.set("3", "which nobody has asked for who lives in them, since they need what is there.", 3.2);
    return [at(3.2), at(4.1), at(4.3)];
}"""


def test_what_comes_all_at_once_can_be_read_from_its_beginning(
    page: "Page", serve: Callable[..., Server], tmp_path: Path
) -> None:
    with Journal(tmp_path, SystemClock()) as journal:
        overlay(page, serve, tmp_path, journal)
        journal.append(cue(2, "For some elderly people, I am the only visitor of the day."))
        page.get_by_text("visitor of the day.").wait_for()
        journal.append(cue(3, "The postal workers of our villages will not give up anything in spite of tiredness."))
        page.get_by_text("The postal workers").wait_for()
        page.get_by_text("in spite of tiredness.").wait_for()
        first, second, third = page.evaluate(GROWN)
        assert (
            first == second == ["and in each of the villages around, which", "nobody has asked for who lives in them,"]
        )
        assert third == ["nobody has asked for who lives in them,", "since they need what is there."]
