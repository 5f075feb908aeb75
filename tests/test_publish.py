"""The published folder: what a viewer is told and when, whatever happens to the publisher."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import m3u8
import psutil
import pytest
import srt
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from pipeline import followed
from pipeline.asked import keep
from pipeline.commands import publish as command
from pipeline.commands.publish import beside
from pipeline.errors import SessionError, SettingsError
from pipeline.events import Action, Cue, Ended, Event, MediaSegment, Resumed
from pipeline.flow import SystemClock
from pipeline.followed import Followed
from pipeline.journal import Journal, lock
from pipeline.opened import leave
from pipeline.publish import captions
from pipeline.publish.broadcast import Broadcast, check
from pipeline.publish.timeline import pieces
from pipeline.subtitles.formats import vtt_cue
from tests import published
from tests.measures import SAMPLES, cues
from tests.published import FIRST, GAP, SECOND
from tests.test_session_waiting import Clock
from tests.test_supervision import own_signals  # noqa: F401  # a fixture
from tests.waiting import until

DELAY = 5.0


class Show:
    """A session in a folder, and its publisher; `step` is at a moment of the stream."""

    def __init__(self, folder: Path, recorded: Path, **how: Any) -> None:
        self.folder = published.session(folder, recorded, ended=False, **how)
        self.out = folder / "out"
        self.clock = Clock(0.0)
        self.begin()

    def begin(self) -> None:
        """The publisher is started (anew)."""
        self.made = Broadcast(Followed(self.folder), self.out, DELAY, vtt_cue, self.clock)

    def say(self, *events: Event) -> None:
        with Journal(self.folder, self.clock) as journal:
            for event in events:
                journal.append(event)

    def step(self, at: float, *, running: bool = True) -> float:
        self.clock.time = at
        self.say(published.progress(self.clock, at))
        return self.made.step(running=running)

    def listed(self, name: str = "media") -> "m3u8.M3U8":
        return m3u8.loads((self.out / f"{name}.m3u8").read_text())

    def cues(self, lang: str = "en") -> list[srt.Subtitle]:
        """What a player has of a track: every cue once."""
        texts = [(self.out / uri).read_text() for uri in self.listed(lang).files]
        return read(texts)


def read(texts: Sequence[str]) -> list[srt.Subtitle]:
    blocks = dict.fromkeys(block for text in texts for block in text.split("\n\n")[1:] if block)
    return [s for block in blocks for s in srt.parse("1\n" + block.split("\n", 1)[1])]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    return published.recording(tmp_path_factory.mktemp("recorded"), ffmpeg)


@pytest.fixture
def show(tmp_path: Path, recorded: Path) -> Show:
    return Show(tmp_path, recorded)


def test_nothing_goes_out_before_its_delay_has_passed_and_all_of_it_in_the_end(show: Show) -> None:
    show.step(6.9)
    assert not (show.out / "master.m3u8").exists()
    show.step(FIRST)
    assert [s.duration for s in show.listed().segments] == [2.0] * 7  # until 15 s
    assert not show.listed().is_endlist
    show.say(Ended(reason="ended", stream=41.0))
    assert show.step(41.0, running=False) > 0  # what is said last can still be corrected
    assert not show.listed().is_endlist
    assert show.step(41.0 + DELAY, running=False) == 0.0
    for name in ("media", "en", "fr"):
        listed = show.listed(name)
        assert listed.is_endlist
        assert sum(s.duration for s in listed.segments) == pytest.approx(FIRST + SECOND)
        assert [n for n, s in enumerate(listed.segments) if s.discontinuity] == [10]
    after = show.listed().segments[10].program_date_time - show.listed().segments[0].program_date_time
    assert after.total_seconds() == FIRST + GAP  # what is missing is missing on the clock, too


def test_the_files_say_the_cues_at_the_times_of_a_playback_without_gaps(show: Show) -> None:
    show.step(60.0)
    for lang in ("en", "fr"):
        expected = [(played(cue.start), played(cue.end), cue.text) for cue in published.track(lang)]
        assert [told(cue) for cue in show.cues(lang)] == expected
    master = m3u8.loads((show.out / "master.m3u8").read_text())
    assert [(m.language, m.default) for m in master.media] == [("en", "YES"), ("fr", "NO")]
    named = [*master.files, *(m.uri for m in master.media)]
    assert all((show.out / name).exists() for name in named)
    assert all((show.out / uri).exists() for name in named for uri in show.listed(name[:-5]).files)


def played(stream: float) -> float:
    return round(stream if stream <= FIRST else stream - GAP, 3)


def told(cue: srt.Subtitle) -> tuple[float, float, str]:
    return cue.start.total_seconds(), cue.end.total_seconds(), cue.content


def test_what_is_corrected_in_time_is_what_goes_out(show: Show) -> None:
    first, second, third, fourth, fifth, *_ = published.track("en")
    show.step(FIRST - 6.5)  # until 8.5 s: the third has begun
    show.say(*(replace(cue, text="Too late.", rev=2) for cue in (second, third)))
    keep(show.folder, Action(id="a", do="kill", cue=fourth.id))  # which the session has not seen yet
    keep(show.folder, Action(id="b", do="edit", cue=fifth.id, text="Corrected."))
    show.step(60.0)
    texts = [cue.content for cue in show.cues()]
    assert texts[:3] == [first.text, second.text, third.text]
    assert texts[3] == "Corrected."
    assert fourth.text not in texts


def test_what_comes_late_or_is_held_back_is_left_out(show: Show) -> None:
    held = published.track("en")[3]
    late = replace(held, id="late", start=7.4, end=11.0, text="Late.")
    show.step(13.5)
    show.say(late)
    keep(show.folder, Action(id="h", do="hold", cue=held.id))
    show.step(60.0)
    texts = [cue.content for cue in show.cues()]
    assert "Late." not in texts
    assert held.text not in texts
    assert published.track("en")[4].text in texts


def test_a_line_that_is_open_in_the_editor_goes_out_for_what_is_left_once_it_is_closed(show: Show) -> None:
    _, _, third, fourth, *others = published.track("en")
    leave(show.folder, [third.id, fourth.id])
    show.step(13.0)  # until 8 s: the third has begun
    assert third.text not in [cue.content for cue in show.cues()]
    leave(show.folder, [fourth.id])
    keep(show.folder, Action(id="a", do="edit", cue=third.id, text="Corrected."))
    show.step(60.0)
    said = [told(cue) for cue in show.cues()]
    assert said[2] == (8.0, third.end, "Corrected.")
    assert [text for _, _, text in said[3:]] == [cue.text for cue in others]  # the fourth was never closed


def test_a_publisher_that_is_killed_goes_on_where_it_was(show: Show) -> None:
    third = published.track("en")[2]
    show.step(13.5)
    before = {path: path.read_bytes() for path in show.out.rglob("*") if path.suffix in (".vtt", ".ts")}
    show.say(replace(third, text="Too late.", rev=2))
    for torn in (show.out / "media.m3u8", max(path for path in before if path.suffix == ".ts")):
        torn.unlink()  # it had not come so far
    show.begin()
    show.step(0.5)  # and does not know yet what time it is
    assert {path: path.read_bytes() for path in before} == before
    assert len(show.listed().segments) == 4
    show.step(60.0)
    assert third.text in [cue.content for cue in show.cues()]


def test_what_is_recorded_late_waits_for_its_subtitles_but_not_for_ever(show: Show) -> None:
    for segment in (show.folder / "archive").glob("*.ts"):
        os.utime(segment, (28.0, 28.0))  # after a cut, all at once
    show.clock.time = 30.0
    late = replace(published.progress(show.clock, 30.0), recorded=FIRST, heard=3.0)
    show.say(late)
    show.made.step(running=True)
    assert not (show.out / "media.m3u8").exists()
    show.say(replace(late, heard=15.0))
    show.made.step(running=True)
    assert len(show.listed().segments) == 2
    show.clock.time = 28.0 + DELAY
    show.made.step(running=True)
    assert len(show.listed().segments) == 10


def test_a_recording_that_is_read_quickly_waits_for_its_subtitles(tmp_path: Path, recorded: Path) -> None:
    show = Show(tmp_path, recorded, live=False)
    show.step(41.0)
    assert not (show.out / "media.m3u8").exists()
    assert show.step(41.0, running=False) == 0.0
    assert show.listed().is_endlist
    assert [cue.content for cue in show.cues()] == [cue.text for cue in published.track("en")]


def test_a_session_that_goes_on_after_its_end_is_not_ended(show: Show) -> None:
    show.say(Ended(reason="stopped", stream=41.0))
    show.step(60.0, running=False)
    assert show.listed().is_endlist
    show.say(Resumed(stream=41.0, heard=41.0))
    show.step(70.0)
    assert not show.listed().is_endlist
    assert len(show.listed().segments) == 17


def test_a_full_disk_is_told_and_made_good(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    show.step(13.5)
    with monkeypatch.context() as faulty:
        faulty.setattr("os.link", full)
        faulty.setattr("shutil.copyfile", full)
        with pytest.raises(SessionError, match="is full; free some space"):
            show.step(30.0)
    assert len(show.listed().segments) == 4
    show.step(60.0)
    assert [cue.content for cue in show.cues()] == [cue.text for cue in published.track("en")]


def test_a_folder_on_another_disk_gets_copies(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def far(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", far)
    show.step(60.0)
    copies = [show.out / uri for uri in show.listed().files]
    assert len(copies) == 17
    assert all(copy.read_bytes() == (show.folder / "archive" / copy.name).read_bytes() for copy in copies)
    assert not list(show.out.rglob(".*"))


def test_another_broadcast_is_not_overwritten(show: Show) -> None:
    show.step(60.0)
    check(show.out, published.BEGAN_AT)
    for other in (None, published.BEGAN_AT + 1):
        with pytest.raises(SessionError, match="another broadcast; choose another folder"):
            check(show.out, other)
    with pytest.raises(SettingsError, match="nobody's to see"):
        beside(show.folder, show.folder / "hls", None)


def test_who_does_not_wait_for_the_end_publishes_it_at_once(tmp_path: Path, recorded: Path) -> None:
    session, out = published.session(tmp_path, recorded), tmp_path / "out"
    with Journal(session, SystemClock()) as journal:
        journal.append(published.progress(SystemClock(), FIRST))
    command = [sys.executable, "-m", "pipeline", "publish", str(session), str(out), "--delay", "16"]
    with subprocess.Popen([*command, "--under", str(os.getpid())], stderr=subprocess.DEVNULL) as publisher:
        until((out / "master.m3u8").exists, 60)
        assert not m3u8.loads((out / "en.m3u8").read_text()).is_endlist
        publisher.terminate()
        assert publisher.wait(240) == 0
    assert m3u8.loads((out / "en.m3u8").read_text()).is_endlist


@pytest.mark.usefixtures("own_signals")
@pytest.mark.parametrize("begun", [False, True], ids=["before its first line", "before its first sound"])
def test_a_session_that_died_at_once_is_not_waited_for_and_not_called_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, begun: bool
) -> None:
    path, out = tmp_path / "s", tmp_path / "out"
    path.mkdir()
    with lock(path), Journal(path, SystemClock()) as journal:
        if begun:
            journal.append(published.started(live=True))
    monkeypatch.setattr("os.nice", int)
    monkeypatch.setattr(followed, "GONE", -1.0)
    monkeypatch.setattr(command, "running", lambda folder: True)  # as it was when the publisher began
    with pytest.raises(SessionError, match="recorded neither picture nor sound; there is nothing to publish"):
        command.publish(path, out)
    command.publish(path, out, under=os.getppid())
    said = capsys.readouterr()
    assert "there is nothing to publish" in said.err
    assert "complete" not in said.out


def test_a_line_that_is_moved_while_it_is_shown_is_not_said_twice() -> None:
    first, second = pieces(segments([[4.0, 4.0]], 0.0))
    line = Cue(id="c1", lang="en", start=3.9, end=7.0, text="Once.", sentences=())
    shown = captions.segment(first, None, [line], "", vtt_cue)
    later = captions.segment(second, first, [replace(line, start=4.1, rev=2)], shown, vtt_cue)
    assert [cue.start.total_seconds() for cue in read([shown, later])] == [3.9]


lengths = some.lists(some.lists(some.floats(0.5, 9.0), min_size=1, max_size=6), min_size=1, max_size=4)


@settings(deadline=None, max_examples=50)
@given(lengths, some.lists(some.tuples(some.floats(0.0, 60.0), some.floats(0.8, 7.0)), max_size=8), some.floats(-2, 9))
def test_captions_of_any_recording(runs: list[list[float]], spans: list[tuple[float, float]], between: float) -> None:
    """Each cue is where its moment is, in every segment that it is shown in, and never outlives its connection."""
    found = pieces(segments(runs, between))
    cues = [
        Cue(id=f"c{n}", lang="en", start=s, end=s + d, text=f"c{n}", sentences=()) for n, (s, d) in enumerate(spans)
    ]
    shown: list[str] = []
    for piece in found:
        before = found[piece.number - 1] if piece.number else None
        shown.append(captions.segment(piece, before, cues, shown[-1] if shown else "", vtt_cue))
    for piece, text in zip(found, shown, strict=True):
        run = [p for p in found if p.run == piece.run]
        begin, end = run[0].at, piece.played(piece.until)
        for cue in read([text]):
            asked = cues[int(cue.content[1:])]
            assert cue.start.total_seconds() == pytest.approx(max(begin, piece.played(asked.start)), abs=0.002)
            assert cue.end.total_seconds() == pytest.approx(min(end, piece.played(asked.end)), abs=0.002)
            assert cue.start.total_seconds() < piece.at + piece.seconds + 0.002
            assert cue.end.total_seconds() > piece.at - 0.002
        local, ticks = re.findall(r"LOCAL:(\S+),MPEGTS:(\d+)", text)[0]
        stream = int(ticks) / 90_000 + piece.segment.origin
        assert piece.played(stream) == pytest.approx(srt.srt_timestamp_to_timedelta(local).total_seconds(), abs=0.002)
    seen = {cue.content for text in shown for cue in read([text])}
    inside = {c.text for c in cues if any(p.segment.start <= c.start < p.segment.end - 0.01 for p in found)}
    assert inside <= seen


def segments(runs: list[list[float]], between: float) -> list[MediaSegment]:
    """Segments of such lengths; so much is missing between two connections, or was sent again."""
    found: list[MediaSegment] = []
    for number, run in enumerate(runs, 1):
        origin = start = max(0.0, found[-1].end + between) if found else 0.0
        for count, length in enumerate(run):
            path = Path(f"{number:04d}-{count:05d}.ts")
            found.append(MediaSegment(path=path, start=start, end=start + length, origin=origin))
            start += length
    return found


def test_a_session_is_published_beside_it_also_when_the_publisher_is_killed(tmp_path: Path) -> None:
    source = [str(SAMPLES / "rally.mp4"), "--demo", "--for", "6", "--out", str(tmp_path / "s")]
    command = [sys.executable, "-m", "pipeline", "run", *source, "--publish", str(tmp_path / "out"), "--delay", "2"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        psutil.Process(until(lambda: _publisher(run.pid), 60)).kill()
        _, said = run.communicate(timeout=240)
    assert run.returncode == 0
    said += (tmp_path / "s" / "journal.jsonl").read_text()  # the session is told, unless it has ended just then
    assert "the publisher died (SIGKILL); it is being started again" in said
    listed = m3u8.loads((tmp_path / "out" / "en.m3u8").read_text())
    assert listed.is_endlist
    texts = [cue.content for cue in read([(tmp_path / "out" / uri).read_text() for uri in listed.files])]
    assert texts == [cue.content for cue in cues(tmp_path / "s" / "subtitles.en.srt")]


def _publisher(supervisor: int) -> int:
    for child in psutil.Process(supervisor).children():
        with contextlib.suppress(psutil.Error):
            if "publish" in child.cmdline():
                return child.pid
    return 0
