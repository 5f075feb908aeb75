"""What is behind the editor's desk, over the wire and with the real server."""

import json
import struct
import subprocess
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.director import Director
from pipeline.doctor import examine
from pipeline.drafts import Draft
from pipeline.events import Cue, Sentence, Word
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock
from pipeline.names.live import Names
from pipeline.settings import CueRules
from pipeline.tracks import BEHIND, TrackFiles
from pipeline.web.drafts import Drafts
from tests.waiting import until
from tests.web.asking import ask, watched
from tests.web.conftest import Forked, Server
from tests.web.sessions import STARTED, cue, finished

pytestmark = pytest.mark.slow

LINES = [cue(number, f"line {number}") for number in range(1, 9)]
"""Each test has its own."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Forked(finished(tmp_path_factory.mktemp("session"), [cue(1, "un", "fr"), *LINES]))
    server.start()
    yield server
    server.kill()


def send(desk: Server, path: str, what: Any, method: str = "POST") -> tuple[int, Any]:
    answer = ask(desk.port, path, json.dumps(what), method=method)
    return answer.status, json.loads(answer.body or b"null")


def get(desk: Server, path: str) -> Any:
    return json.loads(ask(desk.port, path).body)


def shown(desk: Server) -> dict[str, tuple[str, int]]:
    """The lines that a page that is opened now is told of."""
    lines: dict[str, tuple[str, int]] = {}
    with watched(desk.port) as feed:
        for kind, message in feed.all():
            if kind == "ready":
                return lines
            if kind == "cue":
                lines[message["id"]] = message["text"], message["rev"]
    raise AssertionError


def text(id: str, was: Cue, now: str) -> dict[str, Any]:
    after = {"id": was.id, "start": was.start, "end": was.end, "text": now}
    return {"id": id, "did": "text", "before": [[was.id, was.rev]], "after": [after]}


def test_an_edit_is_answered_in_the_feed_with_the_line_that_it_makes(desk: Server) -> None:
    with watched(desk.port, "desk=1") as feed:
        for _ in range(2):
            assert send(desk, "/api/edits", text("a", LINES[0], "ONE")) == (200, {"kept": "a"})
        done = feed.next("edit")
    with watched(desk.port) as feed:  # the line may be told before
        made = feed.next("cue", lambda message: message["id"] == "1.en" and message["rev"] == 2)
    assert (done["id"], done["did"], done["cues"], done["refused"], done["start"]) == ("a", "text", ["1.en"], "", 1.0)
    assert (made["text"], made["flags"]) == ("ONE", ["edited"])
    track = desk.folder / "subtitles.en.srt"
    until(lambda: track.exists() and "ONE" in track.read_text("utf-8"), 10)


def test_a_stale_edit_is_refused_in_words_and_told_whole(desk: Server) -> None:
    send(desk, "/api/edits", text("b1", LINES[1], "Mine"))
    send(desk, "/api/edits", text("b2", LINES[1], "Theirs"))
    with watched(desk.port, "desk=1") as feed:
        refused = feed.next("edit", lambda message: message["refused"])
    assert (refused["id"], refused["after"][0]["text"]) == ("b2", "Theirs")
    assert "changed meanwhile" in refused["refused"]


def test_a_draft_reaches_the_other_window_and_lives_through_a_kill(desk: Server) -> None:
    draft = {"lang": "en", "text": "th", "start": 3.0, "end": 4.0, "rev": 1, "by": "w1"}
    with watched(desk.port, "desk=1") as other:
        other.next("ready")
        assert send(desk, "/api/drafts/3.en", draft, "PUT")[0] == 204
        assert other.next("draft") == {"cue": "3.en", "lang": "en", "by": "w1", "draft": draft}
    desk.kill()
    desk.start()
    with watched(desk.port, "desk=1") as feed:
        assert feed.next("draft")["draft"] == draft
        send(desk, "/api/edits", text("c", LINES[2], "th"))
        assert feed.next("draft") == {"cue": "3.en", "lang": "en", "by": "w1", "draft": None}
        send(desk, "/api/drafts/4.en", draft, "PUT")
        send(desk, "/api/drafts/4.en", None, "DELETE")
        assert feed.next("draft", lambda message: message["cue"] == "4.en" and not message["draft"])


def test_a_draft_of_what_the_line_said_once_lives_through_a_kill(desk: Server) -> None:
    """The server reads again how the line came to say that, and something else after it."""
    was = LINES[7]
    for number, now in enumerate(("EIGHT", "8")):
        send(desk, "/api/edits", text(f"eight-{number}", replace(was, rev=1 + number), now))
        until(lambda: shown(desk)[was.id] == (now, 2 + number), 10)  # noqa: B023
    draft = {"lang": "en", "text": "EIGHT", "start": was.start, "end": was.end, "rev": 3, "by": "w1"}
    assert send(desk, f"/api/drafts/{was.id}", draft, "PUT")[0] == 204
    desk.kill()
    desk.start()
    with watched(desk.port, "desk=w2") as feed:
        known = takewhile(lambda one: one[0] != "ready", feed.all())
        assert was.id in [message["cue"] for kind, message in known if kind == "draft"]


def test_two_servers_of_one_folder_tell_each_other_of_drafts(tmp_path: Path) -> None:
    told: list[tuple[str, Draft, bool]] = []
    one, other = Drafts(tmp_path, lambda *draft: None), Drafts(tmp_path, lambda *draft: told.append(draft))
    draft = Draft(lang="en", text="t", start=1.0, end=2.0, rev=1)
    one.keep("a", draft)
    other.look()
    other.keep("b", draft)
    one.drop("a")
    other.look()
    assert told == [("a", draft, False), ("b", draft, False), ("a", draft, True)]
    assert [cue for cue, *_ in one.all()] == ["b"]
    (tmp_path / "drafts.json").write_text("torn {")
    other.look()
    assert not [*other.all()]


def test_of_a_running_session_the_desk_shows_what_that_answers(desk: Server) -> None:
    """A program may have changed the line since the page saw it: then the edit is refused, and not shown as done."""
    with (
        watched(desk.port, "desk=1") as feed,
        lock(desk.folder),
        Journal(desk.folder, SystemClock()) as journal,
    ):
        director = Director(desk.folder, journal, TrackFiles(desk.folder, journal), CueRules(), Names())
        feed.next("ready")
        send(desk, "/api/edits", text("d", LINES[4], "Mine"))
        journal.append(replace(LINES[4], text="Better", rev=2))
        director.answer()
        assert "changed meanwhile" in feed.next("edit", lambda message: message["id"] == "d")["refused"]
    assert shown(desk)["5.en"] == ("Better", 2)


def test_what_was_kept_is_done_once_whenever_the_server_is_killed_and_can_all_be_undone(desk: Server) -> None:
    for number in range(1, 31):
        edit = text(f"x{number}", replace(LINES[5], rev=number), f"Text {number}")
        assert send(desk, "/api/edits", edit) == (200, {"kept": f"x{number}"})
        if number % 10 == 0:
            desk.kill()
            desk.start()
            assert send(desk, "/api/edits", edit)[0] == 200  # the page cannot know that it was kept
    until(lambda: shown(desk)["6.en"] == ("Text 30", 31), 30)
    for number in range(30, 0, -1):
        send(desk, "/api/edits", {"id": f"u{number}", "did": "undo", "of": f"x{number}"})
    until(lambda: shown(desk)["6.en"] == ("line 6", 61), 30)
    until(lambda: not (desk.folder / BEHIND).exists(), 10)
    assert "Text" not in (desk.folder / "subtitles.en.srt").read_text("utf-8")
    assert {row.row for row in examine(desk.folder) if not row.ok} <= {"sound", "archive"}


def test_lines_are_held_to_the_profile_of_their_language_as_they_are_and_as_they_are_written(desk: Server) -> None:
    found = get(desk, "/api/faults?lang=en")
    assert {("7.en", "gap"), ("8.en", "gap")} <= {(fault["cue"], fault["rule"]) for fault in found}
    asked = get(desk, "/api/queue?lang=en")
    assert {problem["cue"] for problem in asked["problems"]} == {*shown(desk)} - {"1.fr"}
    assert asked["price"]["cues"] == asked["stop"]
    line = {"start": 20.0, "end": 22.0, "text": "And  then."}
    status, said = send(desk, "/api/check", {"lang": "en", "cues": [line], "before": None, "after": None})
    assert (status, said["profile"], said["faults"][0]["rule"], said["left"]) == (200, "netflix-en", "spaces", [])
    assert said["fixed"] == [{"cue": 0, "start": 20.0, "end": 22.0, "text": "And then."}]


def test_what_is_known_of_the_session(serve: Callable[..., Server], tmp_path: Path) -> None:
    words = (
        Word(start=1.0, end=1.4, text="Bonsoir", probability=0.9),
        Word(start=1.5, end=2.0, text=" à", probability=1),
    )
    with Journal(tmp_path, SystemClock()) as journal:
        journal.append(STARTED)
        journal.append(Sentence(id="s1", lang="fr", start=1.0, end=2.0, text="Bonsoir à", words=words))
    (tmp_path / "audio.s16").write_bytes(b"".join(struct.pack("<hh", -16384, 32767) for _ in range(16_000)))
    desk = serve(tmp_path)
    facts = get(desk, "/api/review")
    assert (facts["duration"], facts["src_lang"], facts["tgt_langs"], facts["picture"]) == (2.0, "fr", ["en"], False)
    assert facts["profiles"]["fr"]["name"] == "netflix-fr"
    assert [word["text"] for word in get(desk, "/api/words?from=1.45&to=9")] == [" à"]
    drawn = get(desk, "/api/peaks?from=-1&to=3&columns=8")
    assert (drawn["min"], drawn["max"]) == ([0, 0, -64, -64, -64, -64, 0, 0], [0, 0, 127, 127, 127, 127, 0, 0])


NONSENSE: list[tuple[str, Any, int]] = [
    ("/api/edits", {"id": "", "did": "text"}, 400),
    ("/api/edits", {"id": "a", "did": "burn"}, 400),
    ("/api/edits", ["no"], 400),
    ("/api/edits", {"id": "a", "did": "text", "after": 5}, 400),
    ("/api/edits", {"id": "a", "did": "delete", "before": [["1.en", 10**40]]}, 400),
    ("/api/edits", {"id": "a", "did": "insert", "after": [{"id": "e-a.1", "text": "no times"}]}, 400),
    ("/api/edits", {"id": "a", "did": "note", "note": "x" * 5_000_000}, 413),
    ("/api/edits?session=1", text("a", LINES[0], "of another session"), 412),
    ("/api/drafts/1.en", {"lang": "en"}, 400),
    ("/api/check", {"lang": "en", "cues": []}, 400),
    ("/api/words?from=nan&to=1", None, 400),
    ("/api/peaks?from=0&to=1", None, 400),
]


def test_what_cannot_be_read_is_said(desk: Server) -> None:
    before = (desk.folder / "edits.jsonl").exists() and (desk.folder / "edits.jsonl").read_bytes()
    for path, body, status in NONSENSE:
        method = "PUT" if "drafts" in path else "POST"
        answer = ask(desk.port, path, json.dumps(body), method=method) if body is not None else ask(desk.port, path)
        assert answer.status == status, path
        assert json.loads(answer.body)["error"]
    assert before == ((desk.folder / "edits.jsonl").exists() and (desk.folder / "edits.jsonl").read_bytes())


class OfFile(Forked):
    """`livesubs review FILE --media VIDEO`."""

    def __init__(self, file: Path, media: Path) -> None:
        super().__init__(file.with_name(f"{file.name}.review"))
        self._words = ["review", str(file), "--media", str(media), "--no-browser", "--port", str(self.port)]


def film(ffmpeg: str, path: Path) -> Path:
    """Two shots, the second from 3.2 s on, as no browser could play them."""
    shots = ["-f", "lavfi", "-i", "testsrc=s=160x90:d=3.2", "-f", "lavfi", "-i", "smptebars=s=160x90:d=2"]
    sound = ["-f", "lavfi", "-i", "sine=d=5.2"]
    joined = ["-filter_complex", "[0][1]concat[v]", "-map", "[v]", "-map", "2", "-c:v", "mpeg4"]
    subprocess.run([ffmpeg, "-v", "error", *shots, *sound, *joined, str(path)], check=True)
    return path


def test_any_file_is_worked_on_across_kills_and_never_written(tmp_path: Path, ffmpeg: str) -> None:
    file = tmp_path / "talk.fr.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:02,000\nBonsoir\n", encoding="utf-8")
    desk, line = OfFile(file, film(ffmpeg, tmp_path / "film.mkv")), cue(1, "Bonsoir", "fr")
    try:
        desk.start()
        send(desk, "/api/edits", text("a", line, "Bonsoir."))
        desk.kill()
        desk.start()
        facts = get(desk, "/api/review")
        with watched(desk.port, "desk=1") as feed:
            assert feed.next("edit")["id"] == "a"
        with watched(desk.port, "desk=1") as feed:  # its line may have been told before it
            assert feed.next("cue", lambda message: message["rev"] == 2)["text"] == "Bonsoir."
        assert b".ts" in ask(desk.port, "/media/index.m3u8").body
        until(lambda: get(desk, "/api/shots?from=0&to=6") == [3.2], 60)
    finally:
        desk.kill()
    assert (facts["name"], facts["kind"], facts["src_lang"], facts["frame_rate"]) == ("talk.fr.srt", "file", "fr", 25.0)
    assert file.read_text("utf-8").endswith("\nBonsoir\n")
