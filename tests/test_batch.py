"""Many recordings on several workers: as if one had heard it all, nothing done twice, and what failed is told."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline import cli, folder, settings
from pipeline.audio import Samples
from pipeline.commands.batch import _told
from pipeline.commands.options import slug
from pipeline.errors import LivesubsError, SessionError, SettingsError, WorkerError
from pipeline.events import Cue
from pipeline.journal import read, running
from pipeline.refining.blocks import Cutter
from pipeline.refining.kept import Kept
from pipeline.scale import batch
from pipeline.scale.batch import WORK, Batch, Outcome
from pipeline.scale.listing import Item, listed
from pipeline.scale.worker import Worker
from pipeline.scale.workers import Workers
from pipeline.speech import LocalRecogniser
from pipeline.speech.vad import FRAME, Probabilities
from pipeline.state import State, fold
from tests.again import CHOSEN, Counted, small_blocks
from tests.measures import SAMPLES
from tests.servers import free_port

SECONDS = 30.0


@pytest.fixture(scope="module", autouse=True)
def short() -> Iterator[None]:
    with small_blocks(8.0, 16.0):
        yield


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """The beginning of the rally, something that is none, and a list with one more that is missing."""
    here = tmp_path_factory.mktemp("recordings")
    cut = ["-i", str(SAMPLES / "rally.mp4"), "-vn", "-t", str(SECONDS), "-ac", "1", "-ar", "16000"]
    subprocess.run([ffmpeg, "-v", "error", *cut, str(here / "rally.wav")], check=True)
    (here / "notes.txt").write_text("not a recording")
    (here / "list.txt").write_text("# talks\n\nrally.wav\n  notes.txt \nmissing.wav\n", "utf-8")
    return here


def run(recordings: Path, out: Path, workers: Workers) -> dict[str, Outcome]:
    items = listed(recordings / "list.txt", lambda source: Path(source).stem)
    with workers:
        return {outcome.name: outcome for outcome in Batch(out, CHOSEN, workers, {}).run(items)}


@pytest.fixture(scope="module")
def done(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Outcome]]:
    """By two workers, one of which is lost over a block."""
    out = tmp_path_factory.mktemp("done")
    lost = [[0.0], []]
    return out, run(recordings, out, Workers(lambda: Counted([], lost.pop() if lost else []), 2))


def state(path: Path) -> State:
    return fold(entry.event for entry in read(path / "journal.jsonl"))


def words(track: Sequence[Cue], until: float) -> list[str]:
    return " ".join(cue.text for cue in track if cue.end < until).split()


def test_it_is_as_if_one_had_heard_it_all(done: tuple[Path, dict[str, Outcome]], rally: Path) -> None:
    path = done[0] / "rally"
    made, whole = state(path), state(rally)
    assert folder.over(path)
    assert not any(sentence.cut for sentence in made.sentences.values() if sentence.end < SECONDS - 5)
    for lang in ("fr", "en"):
        mine, theirs = (one.track(lang) for one in (made, whole))
        assert words(mine, SECONDS - 5) == words(theirs, SECONDS - 5)
        for one, two in zip(mine[:-3], theirs, strict=False):
            assert one.start == pytest.approx(two.start, abs=0.1)
    assert (path / "report.html").exists()


def test_what_failed_is_told_with_its_reason_and_the_rest_is_done(
    done: tuple[Path, dict[str, Outcome]], recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, outcomes = done
    assert not outcomes["rally"].error
    assert "there is no file" in outcomes["missing"].error
    assert "notes.txt" in outcomes["notes"].error
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) == ["rally"]
    words = ["batch", str(recordings / "list.txt"), "--out", str(out), "--demo", "--jobs", "1"]
    assert cli.app(words, standalone_mode=False) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert f"done before: {out / 'rally'}" in told
    assert "2 of 3 failed" in told
    assert "missing there is no file" in told
    assert told.index("recordings: 100 %") > max(told.rindex("livesubs: failed: "), told.index("done before: "))
    with pytest.raises(SessionError, match=f"but has some in it; name one of those, such as {out / 'rally'}"):
        cli.app(["refine", str(out)], standalone_mode=False)


def test_of_what_was_done_before_with_other_settings_that_is_told(
    done: tuple[Path, dict[str, Outcome]], recordings: Path, tmp_path: Path
) -> None:
    items = listed(recordings / "list.txt", lambda source: Path(source).stem)[:1]
    copytree(done[0], tmp_path, dirs_exist_ok=True)

    def again(**translation: Any) -> Outcome:
        chosen = settings.override(CHOSEN, translation=translation)
        with Workers(lambda: Counted([]), 1) as workers:
            return next(Batch(tmp_path, chosen, workers, {}).run(items))

    assert again() == Outcome(name="rally", before=True)
    other = again(deadline=9.0)
    assert other == Outcome(name="rally", before=True, others=("[translation] deadline",))
    assert "done before: " in (told := _told(other, tmp_path))
    assert "with other settings ([translation] deadline); for these take another --out" in told
    (tmp_path / "rally" / folder.SETTINGS).write_text("of another = version")
    assert again() == Outcome(name="rally", before=True)


def test_whoever_goes_on_hears_only_what_was_not_heard(
    done: tuple[Path, dict[str, Outcome]], recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first: list[float] = []
    outcomes = run(recordings, out, Workers(lambda: Counted(first, fails=8.0, make=LocalRecogniser), 1))
    assert "give it a rest" in outcomes["rally"].error
    assert first
    assert (out / WORK / "rally.kept").exists()
    second: list[float] = []
    assert not run(recordings, out, Workers(lambda: Counted(second, make=LocalRecogniser), 1))["rally"].error
    assert min(second) > max(first)
    for srt in (done[0] / "rally").glob("*.srt"):
        assert (out / "rally" / srt.name).read_bytes() == srt.read_bytes()
    assert not (out / WORK).exists()


def test_the_folder_of_its_work_is_gone_before_another_batch_may_begin_there(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []

    def removed(path: Path, **more: Any) -> None:
        if path.name == WORK:
            begun.append(running(path))
        rmtree(path, **more)

    monkeypatch.setattr(batch, "rmtree", removed)
    items = [Item(name="missing", source=str(tmp_path / "missing.wav"), line=1)]
    with Workers(lambda: Counted([]), 1) as workers:
        [_] = Batch(tmp_path / "out", CHOSEN, workers, {}).run(items)
    assert begun == [True]
    assert not (tmp_path / "out" / WORK).exists()


def test_where_nothing_was_translated_engine_and_reason_are_told(recordings: Path, tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}/"
    chosen = settings.override(CHOSEN, translation={"chain": ("libre",), "urls": {"libre": gone}})
    items = listed(recordings / "list.txt", lambda source: Path(source).stem)[:1]
    with Workers(lambda: Counted([], make=LocalRecogniser), 1) as workers:
        [outcome] = Batch(tmp_path, chosen, workers, {}).run(items)
    assert "nothing was translated into en (libre: " in outcome.error
    assert "); check the engines, then type this again" in outcome.error


def test_without_a_model_all_fail_with_the_reason(recordings: Path, tmp_path: Path) -> None:
    def none() -> Worker:
        raise WorkerError("no worker can be had; look at the cluster")

    assert "look at the cluster" in run(recordings, tmp_path / "out", Workers(none, 2))["rally"].error


def test_what_is_wrong_for_all_is_told_before_anything_is_done(
    recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    words = ["batch", str(recordings / "list.txt"), "--out", str(tmp_path / "out"), "--demo"]
    for wrong, told in (
        (["--to", "en,es"], r"no local model translates from fr to es; type"),
        (["--jobs", "999999"], r"--jobs 999999 is too many: \d+ at most are of use here"),
        (["--jobs", "999999", "--address", "ray://127.0.0.1:10001"], r"1000 at most are taken of a cluster"),
        (["--gpu", "0.5"], r"--gpu is the share of a cluster's GPU; leave it out"),
        (
            ["--address", "ray://127.0.0.1:10001"],
            r"a Ray cluster without a token is anybody's; set RAY_AUTH_MODE=token",
        ),
    ):
        with pytest.raises(LivesubsError, match=told):
            cli.app([*words, *wrong], standalone_mode=False)
    assert not any(path.is_dir() and path.name != WORK for path in (tmp_path / "out").glob("*"))


def test_a_folder_of_something_else_is_left_alone(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "rally").mkdir()
    (tmp_path / "rally" / "mine.txt").write_text("mine")
    assert "something else is in" in run(recordings, tmp_path, Workers(lambda: Counted([]), 1))["rally"].error
    assert [path.name for path in (tmp_path / "rally").iterdir()] == ["mine.txt"]


def test_a_list_has_paths_addresses_comments_and_no_name_twice(tmp_path: Path) -> None:
    listing = tmp_path / "list.txt"
    listing.write_text("\ufeff# all\n\n a/talk one.mp4 \nhttps://example.org/two.mp3?key=1\n", "utf-8")
    assert listed(listing, slug) == [
        Item(name="talk-one", source=str(tmp_path / "a/talk one.mp4"), line=3),
        Item(name="two", source="https://example.org/two.mp3?key=1", line=4),
    ]
    listing.write_text("a/talk.mp4\n\nb/Talk.wav\n", "utf-8")
    with pytest.raises(SettingsError, match=r"lines 1 and 3 of .* would both become the session talk; rename one"):
        listed(listing, slug)
    listing.write_text("# nothing\n", "utf-8")
    with pytest.raises(SettingsError, match=r"there is no recording in .*; write a path or an address on each line"):
        listed(listing, slug)
    with pytest.raises(SettingsError, match=r"cannot read the list .*; check the path"):
        listed(tmp_path / "none.txt", slug)


class Loud:
    """Takes what is loud for speech."""

    def reset(self) -> None:
        self._left = np.zeros(0, np.float32)

    def probabilities(self, samples: Samples) -> Probabilities:
        all = np.concatenate([self._left, samples])
        count = len(all) // FRAME
        self._left = all[count * FRAME :]
        return np.asarray(all[: count * FRAME].reshape(count, FRAME).max(axis=1, initial=0.0), np.float32)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=40), st.lists(st.integers(1, 200_000), max_size=20))
@example([0.0] * 7 + [1.0] + [0.0] * 7, [56_001, 200_000])
def test_it_is_cut_alike_however_it_comes_in(levels: list[float], pieces: list[int]) -> None:
    sound = np.repeat(np.array(levels, np.float32), 30_000)
    whole = Cutter(Loud(), 3.0)
    expected = [*whole.cut(sound), *whole.rest()]
    cutter, made, at = Cutter(Loud(), 3.0), [], 0
    for size in (*pieces, len(sound)):
        made += cutter.cut(sound[at : at + size])
        at += size
    assert [*made, *cutter.rest()] == expected


@pytest.mark.parametrize("torn", [b'{"key":"ab', b'{"key":"ab{"key":"b","value":2}\n', b'{"key":"b","value":2}\n{"ke'])
def test_an_answer_that_was_torn_by_a_full_disk_is_asked_for_again_and_no_other(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "x.kept"
    path.write_bytes(b'{"key":"a","value":1}\n' + torn)
    for make in (lambda: 3, lambda: 4):
        kept = Kept(path)
        assert kept.once("a", int, lambda: 0) == 1
        assert kept.once("c", int, make) == 3
