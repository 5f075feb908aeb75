"""The session at an RTMP server: the words burned into its picture, what is lost, and the key that nobody reads."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from pipeline.asked import keep
from pipeline.commands.restream import beside
from pipeline.errors import SettingsError
from pipeline.events import Action, Cue, Ended, Event, MediaSegment
from pipeline.followed import Followed
from pipeline.journal import Journal
from pipeline.publish.letters import HEIGHT, WIDTH, Letters, band
from pipeline.publish.reel import HERTZ, Reel
from pipeline.publish.restream import Restream
from pipeline.publish.shown import Shown
from pipeline.settings import SAMPLE_RATE
from pipeline.source import parts
from pipeline.source.archive import segments
from tests import hearing, published
from tests.measures import SAMPLES
from tests.recordings import offset_ms
from tests.servers import free_port, listens
from tests.test_session_waiting import Clock
from tests.waiting import until

KEY = "k3y-abcd-1234"
DELAY = 30.0
FIRST, GAP, SECOND = 3.0, 1.0, 3.0
END = FIRST + GAP + SECOND
BAND = (slice(580, 690), slice(540, 840))
"""The part of the picture in which two lines stand, between what moves in it."""
TOP = (slice(40, 140), slice(540, 840))
CLOCK = (slice(600, 700), slice(850, 1220))

Plane = np.ndarray[Any, Any]


class Server:
    """Takes one RTMP stream after the other, each into a file."""

    def __init__(self, ffmpeg: str, folder: Path) -> None:
        self._ffmpeg, self._folder, self.port = ffmpeg, folder, free_port()
        self.address = f"rtmp://127.0.0.1:{self.port}/live/{KEY}"
        self.files: list[Path] = []

    def start(self) -> None:
        self.files.append(self._folder / f"{len(self.files)}.flv")
        command = [self._ffmpeg, "-v", "error", "-listen", "1", "-i", self.address, "-c", "copy"]
        flush = ["-flush_packets", "1", str(self.files[-1])]
        self._process = subprocess.Popen([*command, *flush], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: listens(self._process.pid, self.port), 20)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def wait(self) -> None:
        """Until it has written what it was sent."""
        self._process.wait(240)


@pytest.fixture
def server(ffmpeg: str, tmp_path: Path) -> Iterator[Server]:
    made = Server(ffmpeg, tmp_path)
    made.start()
    yield made
    made.kill()


class Evening(Clock):
    """Time that passes by waiting, and what happens at moments of the stream."""

    def __init__(self) -> None:
        super().__init__(1000.0)
        self.plan: list[tuple[float, Callable[[], object]]] = []

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        while self.plan and self.time - 1000.0 >= self.plan[0][0]:
            self.plan.pop(0)[1]()


class Show:
    """A session that has just ended, `DELAY` seconds after its beginning, as far as its viewers are."""

    def __init__(self, folder: Path, recorded: Path, ffmpeg: str) -> None:
        self.folder, self.clock, self.said = folder, Evening(), list[str]()
        self._letters = Letters(ffmpeg)
        (folder / parts.ARCHIVE).symlink_to(recorded)
        self.say(published.started(live=True), published.progress(self.clock, DELAY))

    def say(self, *events: Event) -> None:
        with Journal(self.folder, self.clock) as journal:
            for event in events:
                journal.append(event)

    def send(self, address: str) -> None:
        self.say(Ended(reason="ended", stream=END))
        Restream(Followed(self.folder), address, DELAY, self._letters, self.clock, self.said.append).run()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    return published.recording(tmp_path_factory.mktemp("recorded"), ffmpeg, FIRST, GAP, SECOND)


@pytest.fixture
def show(tmp_path: Path, recorded: Path, ffmpeg: str) -> Show:
    (tmp_path / "session").mkdir()
    return Show(tmp_path / "session", recorded, ffmpeg)


def line(number: int, start: float, end: float, text: str = "Two lines,\nas they are.") -> Cue:
    return Cue(id=f"c{number}", lang="en", start=start, end=end, text=text, sentences=())


def pictures(path: Path) -> list[tuple[float, Plane]]:
    """Each with its time, the light of it."""
    with av.open(str(path)) as opened:
        found = [(float(f.time or 0), f.to_ndarray()[:HEIGHT]) for f in opened.decode(video=0)]
    return [(at - found[0][0], light) for at, light in found]


def sound(path: Path) -> Plane:
    """At SAMPLE_RATE, from the first picture on."""
    resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE)
    with av.open(str(path)) as opened:
        found = [part.to_ndarray()[0] for f in opened.decode(audio=0) for part in resampler.resample(f)]
    with av.open(str(path)) as opened:
        late = float(next(opened.decode(audio=0)).time or 0) - float(next(opened.decode(video=0)).time or 0)
    samples = np.concatenate(found).astype(float)
    return np.pad(samples, (max(0, round(late * SAMPLE_RATE)), 0))[max(0, -round(late * SAMPLE_RATE)) :]


def true_pictures() -> list[Plane]:
    """What was filmed, each 25th of a second, as large as what is sent."""
    with av.open(str(SAMPLES / "rally.mp4")) as opened:
        made: list[Plane] = []
        for frame in opened.decode(video=0):
            if (frame.time or 0) >= END:
                return made
            made.append(frame.reformat(WIDTH, HEIGHT, "yuv420p").to_ndarray()[:HEIGHT])
    raise AssertionError


def differs(one: Plane, other: Plane, place: tuple[slice, slice]) -> bool:
    """There are letters over one of the two."""
    return bool((np.abs(one[place].astype(int) - other[place]) > 60).mean() > 0.01)


def nearest(filmed: Sequence[Plane], light: Plane) -> int:
    """Which of them it is, by the clock in the picture."""
    return int(np.argmin([np.abs(one[CLOCK].astype(int) - light[CLOCK]).mean() for one in filmed]))


def spans(moments: Sequence[tuple[float, bool]]) -> Plane:
    """From when until when it was so."""
    stretches = [(so, [at for at, _ in some]) for so, some in groupby(moments, lambda moment: moment[1])]
    return np.array([(times[0], times[-1]) for so, times in stretches if so])


def test_the_words_that_the_room_reads_stand_in_the_picture_when_they_are_due(show: Show, server: Server) -> None:
    show.say(
        line(1, 0.4, 1.2, "“100 % élus”, it's {so}: C:\\new —\n- l'été à Ærøskøbing & Ħaġar Qim, ça ira"),
        line(2, 1.3, 1.9),
        line(3, 2.2, 3.5),
        line(4, 4.3, 4.7),
        line(5, 5.0, 6.8),
    )
    keep(show.folder, Action(id="k", do="kill", cue="c2"))
    keep(show.folder, Action(id="h", do="hold", cue="c4"))
    show.clock.plan = [
        (2.0, lambda: commands.extend(child.cmdline() for child in psutil.Process().children())),
        (4.0, lambda: keep(show.folder, Action(id="p", do="place", text="top"))),
        (6.0, lambda: keep(show.folder, Action(id="l", do="kill", cue="c5"))),  # while it is read
    ]
    commands: list[list[str]] = []
    show.send(server.address)
    server.wait()
    filmed = true_pictures()
    sent = pictures(server.files[0])
    assert len(sent) == END * 25
    filmed[round(FIRST * 25) : round((FIRST + GAP) * 25)] = [filmed[round(FIRST * 25) - 1]] * round(GAP * 25)  # stands
    bottom, top = ([(at, differs(light, filmed[round(at * 25)], place)) for at, light in sent] for place in (BAND, TOP))
    assert spans(bottom) == pytest.approx(np.array([(0.4, 1.2), (2.2, 3.5)]), abs=0.2)
    assert spans(top) == pytest.approx(np.array([(5.0, 6.1)]), abs=0.2)
    heard = sound(server.files[0])
    assert abs(offset_ms(heard, hearing.sound("rally").astype(float), 6.0)) < 40
    assert not heard[round(3.1 * SAMPLE_RATE) : round(3.9 * SAMPLE_RATE)].any()
    assert show.said == []
    [sender] = [words for words in commands if "pipeline.publish.sender" in words]
    assert not any(KEY in word for word in sender)


def test_a_server_that_is_lost_gets_what_is_due_when_it_is_back(
    show: Show, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.publish.restream.BACKOFF", (0.5,))
    show.clock.plan = [(1.0, server.kill), (4.2, server.start)]  # the session is over, and the room still looks on
    show.send(server.address)
    server.wait()
    place = f"127.0.0.1:{server.port}"
    taken, refused, well = show.said[-3:]
    assert "takes the stream no more" in taken
    assert refused.startswith(f"{place} refused the connection; check that the server runs")
    assert well == f"{place} gets the stream again"
    assert not any(KEY in text for text in show.said)
    filmed, sent = true_pictures(), pictures(server.files[1])
    first, last = (nearest(filmed, light) for light in (sent[0][1], sent[-1][1]))
    assert last == len(filmed) - 1
    assert first / 25 > 4.0
    assert abs(len(filmed) - first - len(sent)) <= 3


def test_who_sends_to_a_server_that_refuses_is_told_so_and_the_key_is_not(show: Show) -> None:
    show.say(Ended(reason="ended", stream=END))
    command = [sys.executable, "-m", "pipeline", "restream", str(show.folder)]
    given = os.environ | {"LIVESUBS_RESTREAM": f"rtmp://user:{KEY}@127.0.0.1:{free_port()}/live/{KEY}"}
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sent:
        assert sent.stdout
        said = sent.stdout.read()
    assert "refused the connection; check that the server runs, and its address and port; it is tried again" in said
    assert "the rest was not sent" in said, "the session is over, and who started this waits for it"
    assert KEY not in said


def test_a_session_that_died_before_its_first_line_is_not_waited_for(tmp_path: Path, ffmpeg: str) -> None:
    said: list[str] = []
    with Journal(tmp_path, Evening()):
        pass
    Restream(Followed(tmp_path), "rtmp://127.0.0.1/live/x", DELAY, Letters(ffmpeg), Evening(), said.append).run()
    assert said == ["the session has recorded neither picture nor sound; there is nothing to send"]


def test_the_key_is_on_no_command_line_and_in_no_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVESUBS_RESTREAM", "")  # and it is as it was afterwards
    assert beside(tmp_path, f"rtmps://example.org/live/{KEY}", "20", None) == [
        "restream",
        str(tmp_path),
        "--delay",
        "20",
    ]
    assert os.environ["LIVESUBS_RESTREAM"].endswith(KEY)
    for wrong in (
        f"http://example.org/{KEY}",
        f"rtmp:///live/{KEY}",
        f"rtmp://[example.org/{KEY}",
        "rtmp://example.org/",
    ):
        with pytest.raises(SettingsError, match="--restream takes the server's address") as refused:
            beside(tmp_path, wrong, None, None)
        assert KEY not in str(refused.value)


def test_sound_without_a_picture_has_a_dark_one(ffmpeg: str, tmp_path: Path) -> None:
    path = tmp_path / "0001-00000.ts"
    source = [
        "-f",
        "lavfi",
        "-i",
        "sine=f=440:d=2",
        "-c:a",
        "mp2",
        "-ar",
        "44100",
        "-muxdelay",
        "0",
        "-muxpreload",
        "0",
    ]
    subprocess.run([ffmpeg, "-v", "error", *source, str(path)], check=True)
    reel, found = Reel(0.0), [MediaSegment(path=path, start=0.0, end=2.0)]
    dark = reel.picture(found, 0.5)
    assert dark.shape == (HEIGHT * 3 // 2, WIDTH)
    assert dark[:HEIGHT].max() < 32
    heard = np.concatenate([reel.sound(found, at / 25, HERTZ // 25) for at in range(5, 75)])
    level = np.abs(heard[:, 0]).reshape(-1, HERTZ // 25).max(axis=1)
    assert level[:40].min() > 1000
    assert not level[50:].any()  # the end


@pytest.mark.parametrize("text", ["{\\b1}%{pts}, 100 %: it's C:\\now", "Ærø “l'été” — ça\nÑandú Œuvre"])
def test_any_words_are_drawn_as_they_are(ffmpeg: str, text: str) -> None:
    letters = Letters(ffmpeg)
    dark = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)
    plain = text.replace("{", "(").replace("}", ")").replace("\\", "/")
    drawn, alike = (letters.drawn(one, "bottom", 1.0) for one in (text, plain))
    assert drawn
    assert alike
    ours, theirs = (one.over(dark)[:HEIGHT] > 128 for one in (drawn, alike))
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.05)
    assert np.ptp(np.flatnonzero(ours.max(axis=1))) == pytest.approx(np.ptp(np.flatnonzero(theirs.max(axis=1))), abs=8)


def test_words_stand_where_the_console_puts_them_and_as_large(ffmpeg: str, recorded: Path) -> None:
    letters, dark = Letters(ffmpeg), np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)

    def rows(place: str, size: float) -> Plane:
        drawn = letters.drawn("Hxg\nHxg", place, size)
        assert drawn
        return np.flatnonzero((drawn.over(dark)[:HEIGHT] > 128).any(axis=1))

    usual, top, small = rows("bottom", 1.0), rows("top", 1.0), rows("bottom", 0.5)
    assert usual.max() == pytest.approx(HEIGHT - HEIGHT // 20, abs=14)
    assert top.min() == pytest.approx(HEIGHT // 20, abs=14)
    assert np.ptp(small) == pytest.approx(np.ptp(usual) / 2, rel=0.1)
    reel = Reel(0.0)
    for size in (1.0, 2.0):
        within, edge = rows("band", size), HEIGHT - band(size)
        assert edge < within.min()
        assert (edge + HEIGHT) / 2 == pytest.approx((within.min() + within.max()) / 2, abs=8)
        picture = reel.picture(segments(recorded), 0.5, edge)[:HEIGHT]
        assert picture[edge:].max() < 32
        assert picture[edge - 40 : edge].max() > 60


def test_a_line_that_comes_when_it_is_nearly_over_is_left_out() -> None:
    shown, cue = Shown(), line(1, 10.0, 14.0)
    assert shown.at([cue], (), 13.5) is None
    assert shown.at([cue], (), 12.0, {"c1"}) is None
    assert shown.at([cue], (), 12.9) == cue
    assert shown.at([cue], (), 13.9, {"c1"}) == cue  # it stands already
    assert shown.at([cue], {"c1"}, 13.9) is None
    assert shown.at([cue], (), 14.0) is None
    typed = replace(line(2, 9.0, 15.0), flags=("typed",))
    assert shown.at([cue, typed, line(3, 11.0, 15.0)], (), 12.0) == typed
