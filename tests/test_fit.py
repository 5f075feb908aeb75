"""`livesubs fit`: the cues of a session in other uploads of its event, cut by ffmpeg, and what is refused."""

import json
import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import srt
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli
from pipeline.audio import loudness
from pipeline.errors import SessionError, SourceError, SourceMissing
from pipeline.events import Cue
from pipeline.fit.lines import Line, lines, sure
from pipeline.fit.pieces import Piece, pieces
from pipeline.fit.placing import place
from pipeline.fit.search import Hit
from pipeline.fit.sound import decode
from pipeline.settings import SAMPLE_RATE
from pipeline.source.parts import AUDIO
from samples.sound import RATE, sting
from tests import hearing
from tests.measures import SAMPLES, cues
from tests.recuts import Part, Recut, Verdict, judge
from tests.web.sessions import finished

pytestmark = pytest.mark.slow

OTHER = SAMPLES / "noisy.m4a"
"""The same voices saying something else."""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rally, with the cues of its references."""
    folder = tmp_path_factory.mktemp("sessions") / "tonight"
    folder.mkdir()
    finished(folder, [cue for lang in ("fr", "en") for cue in said(lang)], stream=73.0)
    hearing.recorded(folder, hearing.sound("rally"))
    return folder


@pytest.fixture(scope="module")
def ours(session: Path) -> Path:
    """Its sound, as a file that ffmpeg cuts exactly."""
    return written(session.parent / "ours.wav", np.fromfile(session / AUDIO, "<i2"), SAMPLE_RATE)


@pytest.fixture(scope="module")
def music(session: Path) -> Path:
    return written(session.parent / "music.wav", (sting(6.0) * 32767).astype("<i2"), RATE)


def said(lang: str) -> list[Cue]:
    found = enumerate(cues(SAMPLES / f"rally.{lang}.srt"), 1)
    return [
        Cue(id=f"{lang}{n}", lang=lang, start=c.start.total_seconds(), end=c.end.total_seconds(), text=c.content,
            sentences=())
        for n, c in found
    ]  # fmt: skip


def written(path: Path, samples: "np.typing.NDArray[np.int16]", rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def fit(session: Path, video: Path, *words: str) -> int:
    """The exit code."""
    return int(cli.app(["fit", str(session), str(video), *words], standalone_mode=False) or 0)


def read(path: Path) -> list[Cue]:
    return [
        Cue(id="", lang="", start=c.start.total_seconds(), end=c.end.total_seconds(), text=c.content, sentences=())
        for c in srt.parse(path.read_text("utf-8"))
    ]


def verdicts(session: Path, recut: Recut, video: Path) -> list[Verdict]:
    """Of both tracks: what is left out has no whole place in the upload."""
    fit(session, video, "--json")
    return [judge(recut, said(lang), read(video.with_suffix(f".{lang}.srt"))) for lang in ("fr", "en")]


def test_an_upload_that_begins_elsewhere_after_a_jingle_and_is_softer(
    session: Path, ours: Path, music: Path, ffmpeg: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written into the session, or over what is there."""
    before = {path: path.read_bytes() for path in session.rglob("*") if path.is_file()}
    recut = Recut(
        [Part(music, 0, 6, False), Part(ours, 11.3, 73)], "volume=-12dB", "-ar 44100 -c:a libmp3lame -b:a 64k"
    )
    video = recut.write(ffmpeg, tmp_path / "a.mp3")
    for verdict in verdicts(session, recut, video):
        assert verdict.right == verdict.whole >= 15
        assert verdict.wrong == []
    told = json.loads(capsys.readouterr().out)
    assert [piece["shift"] for piece in told["pieces"]] == pytest.approx([-5.3], abs=0.02)
    assert told["extra"][0] == pytest.approx([0.0, 6.0], abs=0.3)
    gone = [cue for cue in said("en") if cue.end < 11.3]
    track = told["tracks"]["en"]
    assert [left["text"] for left in track["left"]] == [cue.text for cue in gone]
    assert (track["file"], track["cues"]) == (str(tmp_path / "a.en.srt"), len(said("en")) - len(gone))
    (tmp_path / "a.fr.srt").write_text("mine", "utf-8")
    (tmp_path / "a.en.srt").unlink()
    with pytest.raises(SessionError, match="is there already"):
        fit(session, video)
    assert not (tmp_path / "a.en.srt").exists()
    assert {path: path.read_bytes() for path in session.rglob("*") if path.is_file()} == before


def test_an_upload_with_a_teaser_cuts_and_an_advertisement(
    session: Path, ours: Path, ffmpeg: str, tmp_path: Path
) -> None:
    """What is shown twice is subtitled twice."""
    recut = Recut(
        [
            Part(ours, 57, 66),
            Part(ours, 0, 18.7),
            Part(OTHER, 1, 15, False),
            Part(ours, 23.4, 44),
            Part(ours, 51.6, 73),
        ],
        "volume=6dB,alimiter",
        "-ar 22050 -c:a aac -b:a 32k",
    )
    for verdict in verdicts(session, recut, recut.write(ffmpeg, tmp_path / "b.m4a")):
        assert verdict.right == verdict.whole >= 14
        assert verdict.wrong == []
    texts = [cue.text for cue in read(tmp_path / "b.fr.srt")]
    assert len(texts) > len(set(texts))


def test_an_upload_without_head_and_end_under_music(
    session: Path, ours: Path, music: Path, ffmpeg: str, tmp_path: Path
) -> None:
    recut = Recut([Part(ours, 20.5, 61.0)], "anull", "-c:a libopus -b:a 32k")
    for verdict in verdicts(session, recut, recut.write(ffmpeg, tmp_path / "c.webm", music, below=15)):
        assert verdict.right == verdict.whole >= 9
        assert verdict.wrong == []


def test_a_film_that_was_sped_up_from_24_to_25_pictures(
    session: Path, ours: Path, ffmpeg: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recut = Recut([Part(ours, 8, 40)], "asetrate=50000,aresample=48000", tempo=25 / 24)
    fit(session, recut.write(ffmpeg, tmp_path / "e.m4a"), "--lang", "en")
    assert "The video runs 1.042 times as fast" in capsys.readouterr().out
    verdict = judge(recut, said("en"), read(tmp_path / "e.en.srt"))
    assert verdict.right == verdict.whole >= 7
    assert verdict.wrong == []


def test_a_sentence_that_was_made_unheard_is_listed(
    session: Path, ours: Path, ffmpeg: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    victim = said("en")[8]
    silenced = f"volume=0:enable='between(t,{victim.start},{victim.end})'"
    video = Recut([Part(ours, 0, 73)], silenced).write(ffmpeg, tmp_path / "f.m4a")
    assert fit(session, video, "--lang", "en") == 1
    assert {cue.text for cue in said("en")} - {cue.text for cue in read(tmp_path / "f.en.srt")} == {victim.text}
    assert f'left out, the video has another sound there: "{victim.text}"' in capsys.readouterr().out


def test_a_video_of_the_same_speakers_elsewhere_is_refused(session: Path, tmp_path: Path) -> None:
    """Nothing is written, also where that was allowed; what is there is refused before anything is listened to."""
    mine = tmp_path / f"{OTHER.stem}.en.srt"
    mine.write_text("mine", "utf-8")
    with pytest.raises(SessionError, match="is there already"):
        fit(session, OTHER, "--out", str(tmp_path))
    with pytest.raises(SourceError, match="is not of this event"):
        fit(session, OTHER, "--out", str(tmp_path), "--force")
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["mine"]


def test_what_ours_has_twice_is_no_proof(session: Path, ours: Path, ffmpeg: str, tmp_path: Path) -> None:
    """A recorded passage that ours has twice, in a video that has nothing else of it: nobody knows which of the two."""
    repeated = tmp_path / "again"
    repeated.mkdir()
    finished(repeated, said("en"), stream=100.0)
    sound = np.fromfile(session / AUDIO, "<i2")
    hearing.recorded(repeated, np.concatenate([sound, sound[17 * SAMPLE_RATE : 40 * SAMPLE_RATE]]))
    video = Recut([Part(ours, 18, 38)]).write(ffmpeg, tmp_path / "g.m4a")
    with pytest.raises(SourceError, match="is not of this event"):
        fit(repeated, video)


def test_times_are_those_of_players_where_the_sound_begins_after_the_picture(ffmpeg: str, tmp_path: Path) -> None:
    """In MPEG-TS, too, whose clock begins anywhere."""
    picture = ["-f", "lavfi", "-i", "color=s=64x64:r=25:d=6", "-itsoffset", "1.5"]
    sound = ["-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"]
    subprocess.run([ffmpeg, "-v", "error", *picture, *sound, str(tmp_path / "late.ts")], check=True)
    heard = decode(tmp_path / "late.ts", 1, tmp_path / AUDIO, ffmpeg, lambda *_: None)
    assert not heard.read(0.0, 1.45).any()
    assert loudness(heard.read(1.55, 1.65)) > -30


def test_a_video_that_is_not_there_is_told(session: Path, tmp_path: Path) -> None:
    (tmp_path / "none.en.srt").write_text("mine", "utf-8")
    with pytest.raises(SourceMissing):
        fit(session, tmp_path / "none.mp4")


def test_a_clock_that_runs_fast_is_one_line_and_a_cut_makes_two() -> None:
    def hits(start: float, shift: float, rate: float = 1.001) -> list[Hit]:
        times = np.arange(start, start + 400, 2.5).tolist()
        return [Hit(theirs=at, ours=rate * at + shift, like=0.9, next=0.2) for at in times]

    [line] = lines(hits(0.0, 12.0))
    assert line.ours(1000.0) == pytest.approx(1013.0, abs=0.01)
    assert [round(line.shift, 3) for line in lines([*hits(0.0, 12.0), *hits(400.0, 12.1)])] == [12.0, 12.1]
    assert sure([Hit(theirs=0.0, ours=0.0, like=0.9, next=0.85), Hit(theirs=0.0, ours=0.0, like=0.5, next=0.1)]) == []


def test_a_pause_belongs_to_what_was_said_before_it_and_no_line_is_shortened_for_it() -> None:
    """At its end and at a cut; but what goes on when our recording has ended is not ours."""
    ours = np.random.default_rng(7).integers(-60, 60, (6000, 24)).astype(np.int8)
    ours[2000:2400] = ours[5800:] = 0
    theirs = np.concatenate([ours[1000:2300], ours[3000:], np.zeros((300, 24), np.int8)])
    head, tail = Line(shift=10.0), Line(shift=17.0)
    hits = [Hit(theirs=5.0, ours=15.0, like=1.0, next=0.0), Hit(theirs=20.0, ours=37.0, like=1.0, next=0.0)]
    found = pieces(ours, theirs, [head, tail], hits)
    edges = [edge for piece in found for edge in (piece.start, piece.end)]
    assert edges == pytest.approx([0.0, 13.0, 13.0, 43.0], abs=0.1)
    spans = [(12.0, 15.0), (17.0, 22.0), (30.0, 33.0), (55.0, 59.5)]
    placed = place(shown(spans), found, lambda *_: 1.0, 0.083)
    assert (placed.shortened, placed.left) == (0, ())
    assert [(cue.start, cue.end) for cue in placed.cues] == [(2.0, 5.0), (7.0, 12.0), (13.0, 16.0), (38.0, 42.5)]


def shown(pairs: Sequence[tuple[float, float]]) -> list[Cue]:
    return [
        Cue(id=str(n), lang="en", start=start, end=end, text=str(n), sentences=())
        for n, (start, end) in enumerate(pairs)
    ]


@given(st.lists(st.tuples(st.floats(0.1, 3), st.floats(0.9, 7)), min_size=1, max_size=12), st.data())
def test_every_cue_is_placed_within_its_pieces_or_listed(
    spaced: list[tuple[float, float]], data: st.DataObject
) -> None:
    at, spans = 0.0, []
    for pause, length in spaced:
        spans.append((at + pause, at + pause + length))
        at += pause + length
    edges = sorted(data.draw(st.lists(st.floats(0, at), min_size=2, max_size=6).filter(lambda n: len(n) % 2 == 0)))
    found, now = [], 0.0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        found.append(Piece(start=now, end=now + end - start, line=Line(shift=start - now), like=1.0))
        now += end - start + data.draw(st.floats(0, 20))
    placed = place(shown(spans), found, lambda *_: 1.0, 0.083)
    ids = {cue.id for cue in placed.cues} | {one.cue.id for one in placed.left}
    assert ids == {str(n) for n in range(len(spans))}
    assert all(before.end <= after.start for before, after in zip(placed.cues, placed.cues[1:], strict=False))
    for cue in placed.cues:
        start, end = spans[int(cue.id)]
        assert 0 <= cue.start < cue.end <= cue.start + end - start + 0.5 * len(found)
        assert any(cue.start < piece.end + 0.31 and cue.end > piece.start - 0.31 for piece in found)
