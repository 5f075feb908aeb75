"""Any subtitle file, with any media, made into a session."""

from pathlib import Path

import pytest

from pipeline import cli
from pipeline.afterwards import answer
from pipeline.asked import keep
from pipeline.doctor import examine
from pipeline.errors import SessionError, SettingsError, SourceError, SourceMissing
from pipeline.events import Edit
from pipeline.folder import given
from pipeline.review.adopting import adopt, take_in, taken_in
from pipeline.settings import load
from pipeline.source.archive import segments
from pipeline.source.parts import ARCHIVE, AUDIO, seconds
from pipeline.subtitles.formats import to_srt
from tests.measures import SAMPLES
from tests.test_director import state
from tests.web.sessions import cue

SRT = """1
00:00:04,000 --> 00:00:06,000
<i>Good evening,</i>
my friends.

2
00:00:01,000 --> 00:00:03,000
Welcome & hello.

3
00:00:07,000 --> 00:00:06,000
Backwards.

4
00:00:09,000 --> 00:00:10,000

"""


def file(folder: Path, text: str, name: str = "talk.en.srt") -> Path:
    (folder / name).write_bytes(text.encode())
    return folder / name


def test_a_file_becomes_a_session_and_stays_as_it_is(tmp_path: Path) -> None:
    srt, made = file(tmp_path, SRT), tmp_path / "made"
    notes = adopt(srt, made, "en")
    assert srt.read_text("utf-8") == SRT
    assert [(cue.id, cue.start, cue.end, cue.text) for cue in state(made).track("en")] == [
        ("2.en", 1.0, 3.0, "Welcome & hello."),
        ("1.en", 4.0, 6.0, "<i>Good evening,</i>\nmy friends."),
        ("3.en", 7.0, 7.5, "Backwards."),
    ]
    assert [note.split(":")[0] for note in notes] == ["line 11 of the file", "line 15 of the file"]
    assert (made / "subtitles.en.srt").read_text("utf-8") == to_srt(state(made).track("en"))
    assert all(row.ok for row in examine(made) if row.row in ("journal", "session", "files", "end"))
    before = given(made)
    assert before
    assert before.read_bytes() == srt.read_bytes()


def test_escapes_of_a_vtt_are_read_and_its_tags_left_out(tmp_path: Path) -> None:
    vtt = file(tmp_path, "WEBVTT\n\n00:01.000 --> 00:02.000 align:left\n<v Ada>Bread &amp; <b>roses</b>\n", "talk.vtt")
    adopt(vtt, tmp_path / "made", "fr")
    assert [cue.text for cue in state(tmp_path / "made").track("fr")] == ["Bread & roses"]


LOST = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\nWho says that?\n\n2\n?"


@pytest.mark.parametrize(("text", "why"), [("", "has no subtitles"), (LOST, "belongs to no line")])
def test_what_cannot_be_taken_whole_is_refused_and_leaves_nothing(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        adopt(file(tmp_path, text), tmp_path / "made", "en")
    assert [path.name for path in tmp_path.iterdir()] == ["talk.en.srt"]


def test_what_somebody_has_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine")
    with pytest.raises(SessionError):
        adopt(file(tmp_path, SRT), tmp_path / "made", "en")


def test_its_media_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    made = tmp_path / "made"
    adopt(file(tmp_path, SRT), made, "en")
    with pytest.raises(SourceError):
        take_in(file(tmp_path, "no film", "film.mp4"), made, lambda done, total: None)
    assert not taken_in(made)
    told: list[tuple[float, float]] = []
    take_in(SAMPLES / "rally.mp4", made, lambda done, total: told.append((done, total)))
    found = segments(made / ARCHIVE)
    assert found[-1].end == pytest.approx(seconds(made / AUDIO), abs=0.1) == pytest.approx(told[-1][0], abs=0.1)
    assert told[-1][1] == pytest.approx(told[-1][0], abs=0.2)
    assert not [path.name for path in made.iterdir() if path.name.endswith(".part")]


def test_media_that_is_not_there_is_told_also_where_there_was_some_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    srt, made = file(tmp_path, SRT), tmp_path / "talk.en.srt.review"
    adopt(srt, made, "en")
    (made / ARCHIVE).mkdir()

    def review(media: Path) -> None:
        """As far as to the port, which there is none of."""
        words = ["review", str(srt), "--media", str(media), "--listen", "192.0.2.1"]
        cli.app(words, standalone_mode=False)

    with pytest.raises(SourceMissing):
        review(tmp_path / "none.mp4")
    with pytest.raises(SettingsError, match="no address of this machine"):
        review(SAMPLES / "rally.mp4")
    assert "has its picture and sound already" in capsys.readouterr().out


def reviewed(srt: Path, *words: object) -> None:
    """As far as to the port, which there is none of."""
    with pytest.raises(SettingsError, match="no address of this machine"):
        cli.app(["review", str(srt), *map(str, words), "--listen", "192.0.2.1"], standalone_mode=False)


SAID = {
    4: "Bonsoir à toutes\net à tous.",
    6: "Cette salle est",
    7: "pleine à craquer.",
    20: "Bonsoir à toutes et à tous.",
}


def test_a_file_is_translated_where_that_is_asked_for_and_what_it_says_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence that goes on in the next line is one; once, and again for a language that is new."""
    monkeypatch.setattr("pipeline.assets.user_cache", lambda: tmp_path)
    srt = file(tmp_path, to_srt([cue(at, text, "fr") for at, text in SAID.items()]), "talk.fr.srt")
    made = tmp_path / "talk.fr.srt.review"
    reviewed(srt)
    assert state(made).track("en") == []
    keep(made, Edit(id="a", did="delete", before=(("4.fr", 1),)))
    answer(made)
    reviewed(srt, "--demo", "--to", "en")
    english = state(made).track("en")
    assert [(one.text, one.sentences, one.start) for one in english] == [
        ("Good evening, everyone.", ("1.fr",), 4.0),
        ("This hall is packed to the rafters.", ("2.fr",), 6.0),
    ]
    assert [one.sentences for one in state(made).track("fr")] == [("1.fr",), ("2.fr",), ("2.fr",)]
    assert (made / "subtitles.en.srt").read_text("utf-8") == to_srt(english)
    assert load(made / "settings.toml").demo
    before = (made / "journal.jsonl").read_bytes()
    reviewed(srt, "--demo", "--to", "en")
    reviewed(srt)
    assert (made / "journal.jsonl").read_bytes() == before
    assert all(row.ok for row in examine(made) if row.row in ("journal", "session", "files", "end"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--demo"], "the demo models hear French only, and this is in en"),
        (["--lang", "fr"], "was made in en; leave --lang out"),
        (["--to", "zz"], "'zz' is no language code"),
    ],
)
def test_what_a_file_cannot_be_worked_on_with_is_told(tmp_path: Path, words: list[str], why: str) -> None:
    srt, made = file(tmp_path, SRT), tmp_path / "talk.en.srt.review"
    adopt(srt, made, "en")
    with pytest.raises(SettingsError, match=why):
        cli.app(["review", str(srt), *words], standalone_mode=False)
    with pytest.raises(SettingsError, match="goes with a subtitle file"):
        cli.app(["review", str(made), *words], standalone_mode=False)
