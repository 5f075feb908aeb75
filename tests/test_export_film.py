"""What `livesubs export` makes of the recording, by the clock in its picture: each word with its frame."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pysubs2
import pytest
import srt

from pipeline import cli
from pipeline.errors import SessionError, SettingsError
from pipeline.events import Action
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.settings import SAMPLE_RATE
from pipeline.source.archive import note
from pipeline.source.parts import ARCHIVE, Anchor
from samples.clock import HEIGHT, WIDTH, read_clock
from tests import published
from tests.measures import SAMPLES
from tests.recordings import Sound, offset_ms, whole_frames
from tests.web.shows import archive

FIRST, AGAIN, END = 20.0, 28.0, 41.0
"""When the first connection ends, the second begins, and the recording ends; seconds of the sample's clock."""
BOUND = 0.1
"""Seconds by which picture and words may differ."""
FRAME = 0.04


@pytest.fixture(scope="module")
def recorded(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two connections, as ffmpeg copies what the source sends."""
    folder = tmp_path_factory.mktemp("recorded")
    archive(ffmpeg, folder, (0.0, FIRST, 0.0), (AGAIN, END - AGAIN, AGAIN))
    return folder / ARCHIVE


@pytest.fixture(scope="module")
def theirs() -> Sound:
    """The sound of the sample."""
    return heard(SAMPLES / "rally.mp4")


@pytest.fixture
def session(tmp_path: Path, recorded: Path) -> Path:
    return published.session(tmp_path, recorded)


def export(folder: Path, out: Path, *words: str) -> Path:
    cli.app(["export", str(folder), "--out", str(out), *words], standalone_mode=False)
    return out


def pictures(path: Path) -> list[tuple[float, float]]:
    """(when it is shown, what its clock says) of every picture."""
    with av.open(str(path)) as opened:
        return [
            (float(frame.time), read_clock(frame.reformat(WIDTH, HEIGHT, "gray").to_ndarray()))
            for frame in opened.decode(video=0)
        ]


def at(shown: list[tuple[float, float]], moment: float) -> float:
    """What the clock says on the picture that is seen then."""
    return max((time, clock) for time, clock in shown if time <= moment + 0.001)[1]


def heard(path: Path) -> Sound:
    """The sound of a file at its own times, silence where there is none."""
    with av.open(str(path)) as opened:
        length = int((float(opened.duration or 0) / 1e6 + 1) * SAMPLE_RATE)
        placed, resampler = np.zeros(length), av.AudioResampler("s16", "mono", SAMPLE_RATE)
        for frame in whole_frames(opened):
            first = round(float(frame.time) * SAMPLE_RATE)
            for made in resampler.resample(frame):
                samples = made.to_ndarray()[0]
                placed[first : first + len(samples)] = samples[: max(0, length - first)]
    return placed


def off(shown: list[tuple[float, float]], subtitles: Path) -> Iterator[tuple[float, float]]:
    """(when, by how many seconds the picture is off) as each cue of a file begins: by the reference, each begins where
    the sample's clock says so."""
    lang = subtitles.name.split(".")[-2]
    said = {cue.text.replace("\n", " "): cue.start for cue in published.track(lang)}
    for cue in srt.parse(subtitles.read_text("utf-8")):
        start = cue.start.total_seconds()
        yield start, at(shown, start) - said[cue.content.replace("\n", " ")]


def test_in_the_film_every_word_is_with_its_picture_and_what_is_missing_is_held(
    session: Path, tmp_path: Path, ffmpeg: str, theirs: Sound
) -> None:
    film = export(session, tmp_path / "film.mp4", "--format", "mp4")
    subtitles = export(session, tmp_path / "film.en.srt")
    shown = pictures(film)
    differences = list(off(shown, subtitles))
    assert len(differences) > 5
    assert max(abs(difference) for _, difference in differences) < BOUND
    assert [clock for time, clock in shown] == pytest.approx([time for time, _ in shown], abs=0.001)
    assert at(shown, AGAIN - FRAME) == pytest.approx(FIRST - FRAME)  # the last picture before stays
    assert shown[-1][0] == pytest.approx(END - FRAME, abs=0.001)
    ours = heard(film)
    assert max(abs(offset_ms(ours, theirs, moment)) for moment in (4.0, 12.0, 29.5, 36.0)) < 1
    assert not np.abs(ours[int(20.2 * SAMPLE_RATE) : int(27.8 * SAMPLE_RATE)]).any()
    command = [ffmpeg, "-v", "error", "-i", str(film), "-map", "0:s:m:language:eng", "-f", "srt", "-"]
    track = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert pysubs2.SSAFile.from_string(track).equals(pysubs2.load(str(subtitles)))


def test_what_youtube_is_given_begins_at_zero_and_agrees_after_every_join(
    session: Path, tmp_path: Path, theirs: Sound
) -> None:
    """Cut within groups of pictures, without what is missing, by the marks of the console."""
    with Journal(session, SystemClock()) as journal:
        journal.append(Action(id="a", do="begin", value=3.31))
        journal.append(Action(id="b", do="end", value=39.3))
    made = export(session, tmp_path / "rally.youtube", "--for", "youtube", "--from", "show", "--to", "end",
                  "--cut", "9.5-11.3")  # fmt: skip
    assert sorted(path.name for path in made.iterdir()) == [
        "rally.en.srt", "rally.en.txt", "rally.fr.srt", "rally.mp4"
    ]  # fmt: skip
    film = made / "rally.mp4"
    shown = pictures(film)
    joins = {0.0: 3.31, 9.5 - 3.31: 11.3, 20.0 - 3.31 - 1.8: 28.0}
    length = 20.0 - 3.31 - 1.8 + 39.3 - 28.0
    assert shown[0][0] == 0.0
    assert shown[-1][1] == pytest.approx(39.3, abs=BOUND)
    for time, clock in shown:
        began = max(join for join in joins if join <= time + 0.001)
        assert clock == pytest.approx(joins[began] + time - began, abs=FRAME)
    assert len(shown) == pytest.approx(length / FRAME, abs=4)
    for lang in ("fr", "en"):
        differences = list(off(shown, made / f"rally.{lang}.srt"))
        assert {1, 2, 3} == {1 + sum(join <= start for join in list(joins)[1:]) for start, _ in differences}
        cut = [difference for start, difference in differences if start not in [round(at, 3) for at in joins]]
        assert max(map(abs, cut)) < BOUND
    ours = heard(film)
    for moment, clock in ((2.0, 5.31), (8.4, 13.51), (16.5, 29.61), (24.0, 37.11)):
        shifted = np.concatenate([np.zeros(SAMPLE_RATE * 4), theirs])[round((clock - moment + 4) * SAMPLE_RATE) :]
        assert abs(offset_ms(ours, shifted, moment)) < 5


def test_only_what_a_cut_leaves_of_a_group_of_pictures_is_encoded_anew(session: Path, tmp_path: Path) -> None:
    made = export(session, tmp_path / "y", "--for", "youtube", "--from", "3.0", "--cut", "9-11")
    with av.open(str(made / "y.mp4")) as film, av.open(str(SAMPLES / "rally.mp4")) as sample:
        sent = {bytes(packet)[-40:] for packet in sample.demux(video=0) if packet.size}
        copied = [bytes(packet)[-40:] in sent for packet in film.demux(video=0) if packet.size]
    assert len(copied) - sum(copied) == pytest.approx(3 / FRAME, abs=2)  # 3 to 4, 8 to 9, 11 to 12


def _recorded(ffmpeg: str, folder: Path, number: int, at: float, start: float, length: float, *coded: str) -> None:
    note(folder / ARCHIVE, Anchor(number=number, at=at))
    stem = folder / ARCHIVE / f"{number:04d}"
    source = ["-ss", str(start), "-t", str(length), "-i", str(SAMPLES / "rally.mp4"), *coded]
    cut = ["-f", "segment", "-segment_format", "mpegts", "-segment_time", "2", "-segment_time_delta", "0.05"]
    listed = ["-segment_list", f"{stem}.csv", "-segment_list_type", "csv", "-muxdelay", "0", "-muxpreload", "0"]
    stamps = ["-avoid_negative_ts", "disabled", "-segment_format_options", "avoid_negative_ts=disabled"]
    subprocess.run([ffmpeg, "-v", "error", *source, *cut, *listed, *stamps, f"{stem}-%05d.ts"], check=True)


def test_connections_of_other_kinds_and_pictures_that_need_later_ones_are_joined_too(
    tmp_path: Path, ffmpeg: str, theirs: Sound
) -> None:
    """As broadcasters send: groups that look over their edges, settings told once; then a lower rendition with MP3."""
    open_groups = ["-x264-params", "open-gop=1:b-pyramid=normal:scenecut=0:keyint=50", "-bf", "3"]
    fast = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    _recorded(ffmpeg, tmp_path, 1, 0.0, 0.0, 10.0, *fast, *open_groups, "-c:a", "aac", "-ac", "2")
    _recorded(ffmpeg, tmp_path, 2, 14.0, 14.0, 5.0, *fast, "-vf", "scale=320:180", "-c:a", "mp3", "-ar", "44100")
    session = published.session(tmp_path / "s", tmp_path / ARCHIVE)
    for words in (["--format", "mp4"], ["--for", "youtube", "--from", "1.3", "--to", "18.5", "--cut", "5.1-6.7"]):
        made = export(session, tmp_path / words[1], *words)
        film = made if made.is_file() else made / "youtube.mp4"
        joins = {0.0: 0.0} if made.is_file() else {0.0: 1.3, 3.8: 6.7, 7.1: 14.0}
        shown = pictures(film)
        for time, clock in shown:
            began = max(join for join in joins if join <= time + 0.001)
            assert clock == pytest.approx(joins[began] + time - began, abs=FRAME)
        assert len(shown) == pytest.approx((15.0 if made.is_file() else 11.6) / FRAME, abs=4)
        moment = 16.0 if made.is_file() else 9.1
        ours = heard(film)
        shifted = theirs[round((16.0 - moment) * SAMPLE_RATE) :]
        assert abs(offset_ms(ours, shifted, moment)) < 5


def test_burned_subtitles_are_seen_while_they_stand_also_on_a_held_picture(tmp_path: Path, ffmpeg: str) -> None:
    archive(ffmpeg, tmp_path, (0.0, 8.0, 0.0), (28.0, 4.0, 14.0))
    session = published.session(tmp_path / "s", tmp_path / ARCHIVE)
    film = export(session, tmp_path / "b.mp4", "--format", "mp4", "--burn", "--lang", "en")
    lit = {}
    with av.open(str(film)) as opened:
        assert not opened.streams.subtitles
        for frame in opened.decode(video=0):
            grey = frame.to_ndarray(format="gray")[300:345, 260:420]  # the clock's squares and digits lie beside it
            lit[round(float(frame.time), 2)] = int((grey > 200).sum())
    shown = [cue for cue in published.track("en") if cue.end < 15.0]
    assert shown[-1].start > 8.0  # the picture is held
    for cue in shown:
        middle = round(round((cue.start + cue.end) / 2 / FRAME) * FRAME, 2)
        assert lit[middle] > 100, cue
    assert lit[1.0] == lit[17.0] == 0


def test_a_recording_without_picture_is_a_film_of_sound_and_nothing_for_youtube(
    tmp_path: Path, ffmpeg: str, theirs: Sound
) -> None:
    archive(ffmpeg, tmp_path, (0.0, 8.0, 0.0), sound_only=True)
    session = published.session(tmp_path / "s", tmp_path / ARCHIVE)
    film = export(session, tmp_path / "x.mp4", "--format", "mp4")
    assert abs(offset_ms(heard(film), theirs, 4.0)) < 1
    for words in (["--for", "youtube"], ["--format", "mp4", "--burn"]):
        with pytest.raises(SessionError, match="has no picture"):
            export(session, tmp_path / "y", *words)
    with pytest.raises(SettingsError, match="nothing is left from 0:00:20 to 0:00:08; the recording goes from"):
        export(session, tmp_path / "y", "--for", "youtube", "--from", "20")
    assert not (tmp_path / "y").exists()


def test_a_recording_that_cannot_be_read_is_refused_in_a_sentence(session: Path, tmp_path: Path) -> None:
    for segment in (session / ARCHIVE).glob("*.ts"):
        segment.write_bytes(b"x")
    with pytest.raises(SessionError, match=r"cannot be read .*; only subtitles can be had"):
        export(session, tmp_path / "x.mp4", "--format", "mp4")
    assert not list(tmp_path.glob("*x.mp4*"))
