"""What is behind the desk for the wording of lines, over the wire: real engine, recogniser and dictionaries."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from pipeline import settings
from pipeline.commands import equipped
from pipeline.events import Cue, Ended, Sentence, Suppressed
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.settings import SAMPLE_RATE, Settings
from pipeline.state import State, fold
from tests.hearing import recorded, sound
from tests.test_review_again import CHOSEN, SAID
from tests.test_review_spelling import needs_dictionaries
from tests.waiting import until
from tests.web.asking import ask
from tests.web.conftest import Forked, Server, becomes, needs_hls
from tests.web.sessions import STARTED, cue, finished
from tests.web.test_desk import get, send
from tests.web.test_review import opened, press

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEPT = Suppressed(start=5.6, end=7.0, text=SAID["s2"][2], reason="a phrase that Whisper makes up", lang="fr")

ALSO = Suppressed(start=9.5, end=11.0, text=SAID["s1"][2], reason="a phrase that Whisper makes up", lang="fr")


def line(lang: str, start: float, end: float, text: str) -> Cue:
    return Cue(id=f"s000001.{lang}.1", lang=lang, start=start, end=end, text=text, sentences=("s000001",))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`livesubs review` of a session, with another one beside it."""
    folder, other = tmp_path_factory.mktemp("rally"), tmp_path_factory.mktemp("eve")
    recorded(folder, sound("rally")[: 12 * SAMPLE_RATE])
    (folder / "settings.toml").write_bytes(settings.dump(CHOSEN))
    said = Sentence(id="s000001", lang="fr", start=3.7, end=5.1, text="Bonsoir à toutes à tous.", words=())
    lines = [line("fr", 3.7, 5.5, said.text), line("en", 3.7, 5.5, "Good evening, Mr Brasac.")]
    with Journal(folder, SystemClock()) as journal:
        for event in (STARTED, said, KEPT, ALSO, *lines, Ended(reason="ended", stream=12.0)):
            journal.append(event)
    server = Forked(folder)
    beside = str(finished(other, [cue(1, "Brasac spoke.")]))
    server._words = ["review", str(folder), "--port", str(server.port), "--no-browser", "--with", beside]
    server.start()
    yield server
    server.kill()


def state(folder: Path) -> State:
    return fold(entry.event for entry in read(folder / "journal.jsonl"))


def found(desk: Server, **query: str) -> Any:
    return get(desk, f"/api/found?{urlencode(query)}")


def test_what_was_kept_back_comes_back_with_its_translation_and_once(desk: Server) -> None:
    kept, _ = get(desk, "/api/suppressed")
    assert (kept["text"], kept["start"], kept["reason"], kept["restored"]) == (KEPT.text, 5.6, KEPT.reason, False)
    wish = {"kept": kept["id"], "id": "back"}
    assert send(desk, "/api/suppressed", wish) == (200, {"kept": "back", "lacking": {}})
    until(lambda: get(desk, "/api/suppressed")[0]["restored"], 30)
    assert send(desk, "/api/suppressed", wish)[0] == 200
    status, refused = send(desk, "/api/suppressed", {**wish, "id": "more"})
    assert (status, refused) == (409, {"error": "That was brought back already."})
    made = [one for one in state(desk.folder).cues.values() if one.sentences == (kept["id"],)]
    assert [(one.lang, one.start) for one in made] == [("fr", 5.583), ("en", 5.583)]
    assert "hall" in made[1].text
    pair = desk.folder / "subtitles.fr-en.srt"
    until(lambda: pair.exists() and f"{KEPT.text}\n{made[1].text}" in pair.read_text("utf-8"), 30)


def test_a_line_is_heard_once_more_and_translated_once_more(desk: Server) -> None:
    again = {"cue": "s000001.fr.1", "what": "speech"}
    status, heard = send(desk, "/api/again", again)
    assert (status, heard["lang"], heard["cues"]) == (200, "fr", [["s000001.fr.1", 1]])
    assert [one["texts"] for one in heard["versions"]] == [[SAID["s1"][2]]]
    corrected = {"cue": "s000001.fr.1", "what": "translation", "text": SAID["s1"][2], "engine": "local"}
    status, made = send(desk, "/api/again", corrected)
    assert (status, made["lang"], made["cues"]) == (200, "en", [["s000001.en.1", 1]])
    assert made["versions"][0]["texts"] == ["Good evening, everyone."]
    status, refused = send(desk, "/api/again", {**corrected, "engine": "deepl"})
    assert (status, refused["error"][:18]) == (409, "Deepl needs a key:")
    assert get(desk, "/api/engines?lang=en")[0] == {"engine": "local", "why_not": "", "leaves_machine": False}


def test_hits_are_replaced_where_they_are_ticked_here_and_in_another_session(desk: Server) -> None:
    hits = found(desk, what="brasac", by="Brassac", others="1", lang="en")["hits"]
    assert [(one["session"], one["becomes"]) for one in hits] == [
        ("", "Good evening, Mr Brassac."),
        (hits[1]["session"], "Brassac spoke."),
    ]
    other = next(desk.folder.parent.glob("eve*"))
    assert hits[1]["session"] == other.name
    for hit in hits:
        tick = {key: hit[key] for key in ("cue", "rev", "first")}
        wish = {"what": "brasac", "by": "Brassac", "session": hit["session"], "ticks": [tick]}
        status, done = send(desk, "/api/replace", wish)
        assert (status, len(done["edits"]), done["stale"]) == (200, 1, [])
    assert state(other).cues["1.en"].text == "Brassac spoke."
    until(lambda: state(desk.folder).cues["s000001.en.1"].text == "Good evening, Mr Brassac.", 30)
    status, done = send(desk, "/api/replace", wish)
    assert (status, done["edits"], done["stale"][0]["cue"]) == (200, [], "1.en")
    assert found(desk, what="(", regex="1")["error"].startswith("That is no regular expression")
    with lock(other):  # it runs: it takes the edit by itself
        [hit] = found(desk, what="spoke", others="1")["hits"]
        tick = {key: hit[key] for key in ("cue", "rev", "first")}
        wish = {"what": "spoke", "by": "sang", "session": other.name, "ticks": [tick]}
        assert send(desk, "/api/replace", wish)[0] == 200
    assert (other / "edits.jsonl").read_text().count("sang") == 1


@needs_hls
@needs_dictionaries
def test_all_of_it_by_keys_in_a_browser(desk: Server, page: "Page") -> None:
    opened(page, desk)
    becomes(page, "!document.getElementById('kept-open').hidden")
    page.focus("#kept-open")
    press(page, "Enter")
    rows = page.locator("#kept-list li")
    for left in range(rows.count(), 0, -1):
        becomes(page, f"document.querySelectorAll('#kept-list li').length === {left}")
        rows.first.get_by_text("Bring it back").press("Enter")
    lines = "livesubs.cues.track('en').map((cue) => cue.text)"
    becomes(page, f"{lines}.at(-1) === 'Good evening, everyone.'")
    becomes(page, "!document.getElementById('kept').open && document.activeElement.id === 'field'")
    press(page, "Control+Home", "Control+a", *"Good evning, all.")
    becomes(page, "document.querySelector('#spelling b')?.innerText === 'evning'")
    press(page, "Alt+c", "Alt+r")
    becomes(page, f"{lines}[0].startsWith('Good evening, all')")
    becomes(page, "document.activeElement.innerText === 'Take it'")
    press(page, "Enter")
    until(lambda: state(desk.folder).cues["s000001.en.1"].text == "Good evening, everyone.", 30)
    page.evaluate("livesubs.player.seek(livesubs.cue.start + 0.5)")
    press(page, "Control+Home", *"<i>Well,</i> ")
    becomes(page, "document.querySelector('#subtitle i')?.innerText === 'Well,'")
    press(page, "Alt+Delete")
    becomes(page, "document.getElementById('kept-open').innerText === '1 deleted'")
    press(page, "Alt+b")
    rows.first.get_by_text("Bring it back").press("Enter")
    becomes(page, f"{lines}[0].includes('Good evening, everyone.')")


@needs_hls
def test_a_line_that_is_heard_once_more_stays_as_it_is_unless_one_chooses_otherwise(desk: Server, page: "Page") -> None:
    opened(page, desk)
    page.select_option("#track", "fr")
    becomes(page, "livesubs.cue?.lang === 'fr'")
    before = page.evaluate("livesubs.cue.text")
    press(page, "Alt+Shift+r")
    becomes(page, "document.activeElement.innerText === 'Keep it'", 60)
    assert page.text_content("#versions-list ins") == "et "
    assert not page.query_selector("#versions-list del")
    press(page, "Enter")
    becomes(page, f"!document.getElementById('versions').open && livesubs.cue.text === {json.dumps(before)}")


def test_models_that_are_not_here_are_replaced_by_those_that_are() -> None:
    gone = settings.override(CHOSEN, speech={"model": "/gone/small"}, translation={"models": ("/gone/opus-mt-fr-en",)})
    assert equipped.as_here(gone) == equipped.with_models(Settings(demo=True))
    assert equipped.as_here(CHOSEN) == CHOSEN


NONSENSE: list[tuple[str, Any, int]] = [
    ("/api/spelling", {"lang": "xx", "text": "?"}, 409),
    ("/api/again", {"cue": "x", "what": "speech"}, 409),
    ("/api/again", {"cue": "x", "what": "song"}, 400),
    ("/api/suppressed", {"kept": "k1-2", "id": "x"}, 409),
    ("/api/suppressed?session=1", {"kept": "k1-2", "id": "x"}, 412),
    ("/api/replace", {"what": "x", "ticks": [], "session": "nowhere"}, 409),
    ("/api/replace?session=1", {"what": "x", "ticks": []}, 412),
    ("/api/found?what=", None, 409),
]


@needs_dictionaries
def test_words_are_held_to_the_dictionary_of_their_language_and_what_cannot_be_done_is_said(desk: Server) -> None:
    status, wrong = send(desk, "/api/spelling", {"lang": "en", "text": "Good evning, all."})
    assert (status, [(one["word"], one["from"], one["to"]) for one in wrong]) == (200, [("evning", 5, 11)])
    assert "evening" in wrong[0]["suggestions"]
    for path, body, status in NONSENSE:
        answer = ask(desk.port, path, json.dumps(body)) if body is not None else ask(desk.port, path)
        assert (answer.status, json.loads(answer.body)["error"][-1]) == (status, "."), path
