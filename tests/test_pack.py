"""A session in one file, edited elsewhere, and its edits taken back."""

import random
import stat
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import av
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from pipeline import folder as session_folder
from pipeline import settings as all_settings
from pipeline.afterwards import answer
from pipeline.answering import answered, effects
from pipeline.asked import keep
from pipeline.audio import AudioFile
from pipeline.cli import app
from pipeline.doctor import examine
from pipeline.drafts import Draft
from pipeline.editing import cue_id
from pipeline.errors import DiskFull, SettingsError
from pipeline.events import Action, Cue, Did, Doing, Edit
from pipeline.flow import SystemClock
from pipeline.journal import Journal, lock, read
from pipeline.review.package import MANIFEST
from pipeline.review.packed import place, unpacked
from pipeline.review.peaks import peaks
from pipeline.review.proxy import MOST, SOUND, Connection, connections
from pipeline.review.returning import Done, returned
from pipeline.settings import SAMPLE_RATE, Settings, SourceSettings, TranslationSettings
from pipeline.source.archive import note, segments
from pipeline.source.parts import ARCHIVE, Anchor
from pipeline.state import State, apply, fold
from pipeline.tracks import TrackFiles
from pipeline.web.drafts import Drafts
from samples.clock import HEIGHT, WIDTH, read_clock
from tests.measures import SAMPLES
from tests.recordings import Sound, offset_ms
from tests.test_editing import RULES, events
from tests.test_export_film import heard

FIRST, AGAIN, END = 6.0, 14.0, 18.0
"""The first connection is large and at 720 lines, the second small; seconds of the rally's clock."""


def recorded(ffmpeg: str, folder: Path, number: int, start: float, length: float, *coded: str) -> None:
    note(folder, Anchor(number=number, at=start, began=3.0, clock="https://tok3n@host/live?tok3n"))
    stem = folder / f"{number:04d}"
    source = ["-ss", str(start), "-t", str(length), "-i", str(SAMPLES / "rally.mp4"), *coded]
    cut = ["-f", "segment", "-segment_format", "mpegts", "-segment_time", "2", "-segment_time_delta", "0.05"]
    listed = ["-segment_list", f"{stem}.csv", "-segment_list_type", "csv", "-muxdelay", "0", "-muxpreload", "0"]
    stamps = ["-avoid_negative_ts", "disabled", "-segment_format_options", "avoid_negative_ts=disabled"]
    subprocess.run([ffmpeg, "-v", "error", *source, *cut, *listed, *stamps, f"{stem}-%05d.ts"], check=True)


@pytest.fixture(scope="module")
def archive(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("recorded") / ARCHIVE
    large = ["-vf", "scale=1280:720", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "5", "-g", "50"]
    recorded(ffmpeg, made, 1, 0.0, FIRST, *large, "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2")
    recorded(ffmpeg, made, 2, AGAIN, END - AGAIN, "-c", "copy")
    return made


@pytest.fixture(scope="module")
def theirs() -> Sound:
    return heard(SAMPLES / "rally.mp4")


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """One that has ended, without a recording."""
    path = tmp_path / "rally"
    path.mkdir()
    with Journal(path, SystemClock()) as journal:
        for event in events():
            journal.append(event)
        TrackFiles(path, journal).write()
    session_folder.write_settings(
        path, Settings(), session_folder.Begun(source="https://user:tok3n@host/live?key=tok3n")
    )
    return path


def livesubs(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)], catch_exceptions=True)


def pack(session: Path, *words: str, name: str = "rally") -> Path:
    file = session.parent / f"{name}.livesubs"
    result = livesubs("pack", session, "--out", file, *words)
    assert result.exit_code == 0, result.exception
    return file


def state(folder: Path) -> State:
    return fold(entry.event for entry in read(folder / "journal.jsonl"))


def test_elsewhere_picture_and_sound_are_on_the_same_clock(session: Path, archive: Path, theirs: Sound) -> None:
    (session / ARCHIVE).symlink_to(archive)
    file = pack(session)
    assert [c.small for c in connections(archive)] == [False, True]
    assert file.stat().st_size < sum(part.stat().st_size for part in archive.glob("0001-*")) / 2
    copy = unpacked(file, place(file))
    found, there = segments(copy / ARCHIVE), segments(archive)
    assert [one.path.name for one in found] == [one.path.name for one in there]
    for one, other in zip(found, there, strict=True):
        assert (one.start, one.end) == pytest.approx((other.start, other.end), abs=0.05)
    for segment in found:
        with av.open(str(segment.path)) as opened:
            frame = next(opened.decode(video=0))
            assert frame.height == 360
            clock = read_clock(frame.reformat(WIDTH, HEIGHT, "gray").to_ndarray())
            assert clock == pytest.approx(segment.origin + float(frame.time), abs=0.041)
            assert clock == pytest.approx(segment.start, abs=0.041)
    ours = AudioFile(copy / "audio.s16").read(0, 99).astype(float)
    assert len(ours) / SAMPLE_RATE == pytest.approx(END, abs=0.1)
    assert max(abs(offset_ms(ours, theirs, at)) for at in (4.0, 15.0, 17.0)) < 2
    assert not np.abs(ours[int(6.2 * SAMPLE_RATE) : int(13.8 * SAMPLE_RATE)]).any()
    assert {row.row: row.ok for row in examine(copy)}["archive"]


def test_three_hours_stay_under_500_mb() -> None:
    """The bit rate is what ffmpeg was found to keep to on pure noise: docs/pack.md."""
    three_hours = Connection(segments=(), size=4_000_000_000)
    assert MOST * 3 * 3600 / 8 < 490e6
    assert not three_hours.small


def test_no_secret_no_address_and_no_path_is_in_it(session: Path, archive: Path) -> None:
    secret = "tok3n"
    (session / ARCHIVE).mkdir()
    for file in (*archive.glob("0002*"), archive / "clock.csv"):  # whose clock is an address
        (session / ARCHIVE / file.name).symlink_to(file)
    for name in ("private.toml", "pages.toml", "fault.log", "ffmpeg.log", "notes.jsonl", ".env", "livesubs.toml"):
        (session / name).write_text(secret)
    urls = dict.fromkeys(msgspec.to_builtins(TranslationSettings().urls), f"https://u:{secret}@h/?k={secret}")
    source = SourceSettings(cookies=f"/{secret}", ffmpeg=f"/{secret}", backup=(f"https://h/{secret}",))
    chosen = msgspec.convert(
        {
            "speech": {"model": f"/home/{secret}/model"},
            "translation": {"urls": urls, "models": [f"/home/{secret}"], "llm_model": secret},
        },
        Settings,
    )
    (session / "glossary.txt").write_text("Brassac = Brassac\n")
    (session / "settings.toml").write_bytes(all_settings.dump(replace(chosen, source=source)))
    with zipfile.ZipFile(pack(session)) as packed:
        for name in packed.namelist():
            assert secret not in name
            assert secret.encode() not in packed.read(name), name
        assert "private.toml" not in packed.namelist()


def test_the_glossary_goes_along(session: Path, tmp_path: Path) -> None:
    names = tmp_path / "my names.txt"
    names.write_text("Brassac = Brassac\n")
    chosen = all_settings.override(Settings(), translation={"glossary": str(names)})
    (session / "settings.toml").write_bytes(all_settings.dump(chosen))
    copy = unpacked(pack(session), tmp_path / "copy")
    assert (copy / "names.txt").read_text() == "Brassac = Brassac\n"
    assert str(tmp_path) not in (copy / "settings.toml").read_text()


def test_a_copy_is_a_session_for_every_command_and_goes_on_where_it_was(session: Path) -> None:
    file = pack(session)
    copy = unpacked(file, place(file))
    for words in (("export", copy, "--out", "-"), ("qc", copy, "--json")):
        assert livesubs(*words).stdout.replace(str(copy), "") == livesubs(words[0], session, *words[2:]).stdout.replace(
            str(session), ""
        )
    assert livesubs("doctor", copy).exit_code == 0
    corrected = (session / "subtitles.en.srt").read_text().replace("Long live!", "Long live the Republic!")
    (copy.parent / "x.srt").write_text(corrected)
    assert livesubs("import", copy, copy.parent / "x.srt", "--lang", "en").stdout.startswith("1 text.\n")
    assert unpacked(file, place(file)) == copy
    assert "Republic" in (copy / "subtitles.en.srt").read_text()
    assert livesubs("pack", session, "--out", file).exit_code != 0  # nothing is written over unasked
    again = pack(session, "--force")
    with pytest.raises(Exception, match="is there already, and not of"):
        unpacked(again, place(again))


def test_a_copy_knows_what_was_exported_before_it_was_packed(session: Path, tmp_path: Path) -> None:
    file = tmp_path / "exported.srt"
    [first, *_] = state(session).track("en")
    keep(session, Edit(id="a", did="text", before=((first.id, first.rev),), after=(replace(first, text="Hello."),)))
    answer(session)
    assert livesubs("export", session, "--lang", "en", "--out", file).exit_code == 0
    copy = unpacked(pack(session), tmp_path / "copy")
    file.write_text(file.read_text("utf-8").replace("Hello.", first.text), "utf-8")
    assert livesubs("import", copy, file, "--lang", "en").stdout.startswith("1 text.\n")
    assert state(copy).track("en")[0].text == first.text


def test_a_line_that_was_begun_and_not_finished_is_told_and_goes_along_as_begun(session: Path) -> None:
    file = session.parent / "a.livesubs"
    assert "at the desk" not in livesubs("pack", session, "--out", file).stderr
    half = Draft(lang="en", text="Half a", start=0.0, end=1.0, rev=1)
    Drafts(session, lambda *told: None).keep("s1.en.1", half)
    told = livesubs("pack", session, "--out", file, "--force").stderr
    assert "1 line begun at the desk is not finished, and in it only as begun" in told
    drafts = Drafts(unpacked(file, place(file)), lambda *told: None)
    drafts.look()
    assert [*drafts.all()] == [("s1.en.1", half, False)]
    back = livesubs("import", session, file).stderr
    assert "1 line begun at the desk is not finished, and not brought back: " in back
    assert back.endswith(f" review {place(file)}\n")


def test_what_cannot_be_packed_leaves_nothing(
    session: Path, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (session / ARCHIVE).symlink_to(archive)
    packed = pack(session, "--without-recording", name="before")
    before = {*tmp_path.iterdir()}
    broken = livesubs("pack", session, "--out", tmp_path / "x.livesubs", "--ffmpeg", "false")
    assert "ffmpeg could not write" in str(broken.exception)
    assert "called" not in str(livesubs("pack", session, "--out", tmp_path / "x.zip").stdout)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    full = livesubs("pack", session, "--out", tmp_path / "x.livesubs")
    assert isinstance(full.exception, DiskFull)
    assert "free some space" in str(full.exception)
    with pytest.raises(DiskFull, match="free some space"):
        unpacked(packed, place(packed))
    assert {*tmp_path.iterdir()} == before


def test_where_the_journal_is_gone_it_is_refused_and_none_is_made(session: Path) -> None:
    (session / "journal.jsonl").unlink()
    assert "has no journal.jsonl, so it is no session" in str(livesubs("pack", session).exception)
    assert not (session / "journal.jsonl").exists()


def test_without_the_recording_it_is_small_and_has_the_waveform(session: Path, archive: Path, tmp_path: Path) -> None:
    (session / ARCHIVE).symlink_to(archive)
    np.random.default_rng(1).integers(-9000, 9000, 30 * SAMPLE_RATE, np.int16).tofile(session / "audio.s16")
    with lock(session):  # while it runs
        file = pack(session, "--without-recording")
    assert file.stat().st_size < 40_000
    copy = unpacked(file, tmp_path / "copy")
    assert not (copy / ARCHIVE).exists()
    shown = peaks(copy, 5.0, 15.0, 100)
    assert (shown.low, shown.high) == (peaks(session, 5.0, 15.0, 100).low, peaks(session, 5.0, 15.0, 100).high)
    assert (unpacked(pack(copy, name="again"), tmp_path / "again") / "peaks.s8").stat().st_size == 2 * 200 * 30


def test_a_session_that_kept_nothing_to_play_has_its_sound(session: Path, theirs: Sound) -> None:
    theirs[: 20 * SAMPLE_RATE].astype("<i2").tofile(session / "audio.s16")
    copy = unpacked(file := pack(session), place(file))
    assert len(segments(copy / ARCHIVE)) == 4
    ours = AudioFile(copy / "audio.s16").read(0, 99).astype(float)
    assert len(ours) / SAMPLE_RATE == pytest.approx(20, abs=0.1)
    assert abs(offset_ms(ours, theirs, 15.0)) < 2
    assert file.stat().st_size < 20 * SOUND / 8


# A file from a stranger


Files = dict[str, bytes]


def with_(**changed: bytes) -> Callable[[Files], Files]:
    names = {"journal": "journal.jsonl", "settings": "settings.toml", "clock": "archive/clock.csv"}
    return lambda files: {**files, **{names.get(name, name): data for name, data in changed.items()}}


def instead(name: str, old: bytes, new: bytes) -> Callable[[Files], Files]:
    return lambda files: {**files, name: files[name].replace(old, new)}


HOSTILE: dict[str, tuple[Callable[[Files], Files], str]] = {
    "out of the folder": (with_(**{"../../evil.txt": b"x"}), "do not trust"),
    "an absolute path": (with_(**{"/tmp/evil.txt": b"x"}), "do not trust"),
    "a path of Windows": (with_(**{"archive/..\\..\\evil.ts": b"x"}), "do not trust"),
    "a program": (with_(**{"livesubs.toml": b"x"}), "do not trust"),
    "a bomb": (with_(journal=b"\n" * 60_000_000), "larger than any session"),
    "a list that names another file": (
        with_(**{"archive/0001.csv": b"../../../../etc/passwd,0,2\n", "clock": b"0001,0.0,,\n"}), "no segment"
    ),
    "a list that leads elsewhere": (
        with_(**{"archive/0001.csv": b"/tmp/0001-00000.ts,0,2\n", "clock": b"0001,0.0,,\n"}), "no segment"
    ),
    "times without end": (with_(**{"archive/0001.csv": b"0001-00000.ts,0,1e300\n", "clock": b"0001,0.0,,\n"}), "times"),
    "a clock that is none": (with_(clock=b"x,y,,\n"), "is damaged"),
    "sound that is none": (
        with_(**{"archive/0001.csv": b"0001-00000.ts,0,2\n", "clock": b"0001,0.0,,\n", "archive/0001-00000.ts": b"x"}),
        "is damaged",
    ),
    "a language that is a path": (instead("journal.jsonl", b'["en"]', b'["x/../../e"]'), "languages"),
    "settings that are none": (with_(settings=b"[source"), "is damaged"),
    "no journal": (lambda files: {n: d for n, d in files.items() if n != "journal.jsonl"}, "is damaged"),
    "a journal of nothing": (with_(journal=b""), "is damaged"),
    "another kind of archive": (lambda files: {"hello.txt": b"x"}, "is no packed session"),
    "a later format": (instead(MANIFEST, b'"format":1', b'"format":2'), "later"),
    "a manifest of nothing": (with_(**{MANIFEST: b"{}"}), "does not tell which session"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_a_stranger_packed_is_refused_in_a_sentence_and_writes_nothing(session: Path, kind: str) -> None:
    change, why = HOSTILE[kind]
    file = pack(session)
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in change(files).items():
            packed.writestr(name, data, zipfile.ZIP_STORED if name.endswith(".ts") else zipfile.ZIP_DEFLATED)
    refused(file, why)


def refused(file: Path, why: str) -> None:
    before = {*file.parent.iterdir()}
    with pytest.raises(SettingsError, match=why) as error:
        unpacked(file, place(file))
    assert "\n" not in str(error.value)
    assert {*file.parent.iterdir()} == before


def test_links_and_names_that_come_twice_are_refused(session: Path) -> None:
    file = pack(session)
    link = zipfile.ZipInfo("names.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr(link, "/etc/passwd")
    refused(file, "do not trust")
    file = pack(session, name="twice")
    with zipfile.ZipFile(file, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("journal.jsonl", "x")
    refused(file, "twice")


def test_a_file_that_is_cut_or_damaged_is_refused_wherever(session: Path, tmp_path: Path) -> None:
    """Cut anywhere, or with bytes that are others: refused in a sentence, or what it holds is as it was."""
    whole = pack(session).read_bytes()
    journal = (session / "journal.jsonl").read_bytes()
    chance = random.Random(7)
    for number in range(60):
        data, at = bytearray(whole), chance.randrange(len(whole))
        if number % 3 == 0:
            data = data[:at]
        elif number % 3 == 1:
            data[at : at + chance.randint(1, 200)] = chance.randbytes(chance.randint(0, 300))
        else:
            for _ in range(chance.randint(1, 8)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        file = tmp_path / f"{number}.livesubs"
        file.write_bytes(data)
        with suppress(SettingsError):
            copy = unpacked(file, place(file))
            assert (copy / "journal.jsonl").read_bytes() == journal
        assert place(file).exists() == (place(file) / "journal.jsonl").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_a_program_that_a_stranger_names_is_not_run(session: Path, tmp_path: Path) -> None:
    file = pack(session)
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    evil = replace(Settings(), source=SourceSettings(ffmpeg="/tmp/evil"))
    evil = all_settings.override(evil, translation={"glossary": "/etc/passwd"}, speech={"model": "/tmp/evil"})
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in {**files, "settings.toml": all_settings.dump(evil)}.items():
            packed.writestr(name, data)
    assert all_settings.load(unpacked(file, tmp_path / "c") / "settings.toml") == Settings()


# The way back


def edit(folder: Path, id: str, number: int, text: str, lang: str = "en") -> None:
    cue = state(folder).cues[f"s{number}.{lang}.1"]
    keep(folder, Edit(id=id, did="text", before=((cue.id, cue.rev),), after=(replace(cue, text=text),)))
    answer(folder)


def texts(folder: Path, lang: str = "en") -> list[str]:
    return [cue.text for cue in state(folder).track(lang)]


def test_edits_of_a_copy_come_back_in_order_once_and_what_both_changed_is_told(session: Path) -> None:
    file = pack(session)
    copy = unpacked(file, place(file))
    edit(copy, "c1", 1, "First.")
    edit(copy, "c2", 1, "First again.")
    edit(copy, "c3", 2, "Of the copy.")
    edit(copy, "c4", 2, "Of the copy, again.")
    edit(copy, "c5", 3, "Never mind.")
    edit(copy, "c6", 4, "Bonjour.", "fr")
    keep(copy, Edit(id="c7", did="undo", of="c5"), Edit(id="c8", did="delete", before=(("s5.en.1", 1),)))
    edit(session, "o1", 2, "Of the original.")
    only_told = livesubs("import", session, file, "--dry-run")
    assert texts(session)[1] == "Of the original."
    result = livesubs("import", session, file)
    told = result.stdout.splitlines()
    assert only_told.stdout.splitlines() == [
        *told[:8],
        "Without --dry-run: 4 texts, 1 deleted, 1 undone. Nothing is changed yet.",
        "2 cannot be taken, since both changed those lines.",
    ]
    assert told[2].endswith('not taken: that line was changed meanwhile, and now says "Of the original."')
    assert [line.partition(":")[0] for line in told[:8]] == ["0"] * 8
    assert ["not taken" in line for line in told[:8]] == [False, False, True, True, False, False, False, False]
    assert told[8:] == [
        "4 texts, 1 deleted, 1 undone.",
        "2 could not be taken, since both changed those lines; they are in the journal as refused.",
    ]
    assert result.exit_code == 1
    assert texts(session) == ["First again.", "Of the original.", state(copy).cues["s3.en.1"].text,
                              state(session).cues["s4.en.1"].text]  # fmt: skip
    assert texts(session, "fr")[3] == "Bonjour."
    before = (session / "journal.jsonl").read_bytes()
    again = livesubs("import", session, file)
    assert again.stdout.splitlines() == [*told[2:4], "Nothing that can be brought back.", told[9]]
    assert again.exit_code == 1
    assert (session / "journal.jsonl").read_bytes() == before
    edit(session, "o2", 2, "Of the copy.")  # by hand, so that one of the two is settled
    assert len(livesubs("import", session, file).stdout.splitlines()) == 3


def console(folder: Path, id: str, do: Doing, cue: str = "", text: str = "", of: str = "", at: float = 0.0) -> None:
    keep(folder, Action(id=id, do=do, cue=cue, text=text, of=of, lang="en", value=at))
    answer(folder)


def test_what_was_done_on_the_console_of_a_copy_comes_back_too_and_what_is_not_of_the_subtitles_is_told(
    session: Path,
) -> None:
    """In its order among what was done at the desk."""
    file = pack(session)
    copy = unpacked(file, place(file))
    edit(copy, "c1", 1, "First.")
    console(copy, "a1", "edit", "s1.en.1", "First, on the console.")
    console(copy, "a2", "kill", "s2.en.1")
    console(copy, "a3", "kill", "s3.en.1")
    console(copy, "a4", "undo", of="a3")
    console(copy, "a5", "mark", "s4.en.1")
    console(copy, "a6", "edit", "s4.en.1", "Of the copy.")
    console(copy, "a7", "say", text="Typed.", at=40.0)
    console(copy, "a8", "name", text="Brassac = Brassac")
    console(copy, "a9", "volume", at=0.5)
    console(copy, "b1", "begin", at=5.0)
    edit(session, "o1", 4, "Of the original.")
    result = livesubs("import", session, file)
    assert result.stdout.splitlines() == [
        '0:00:03 text: "First." instead of "We are here tonight."',
        '0:00:03 on the console changed: "First, on the console." instead of "First."',
        '0:00:06 on the console taken out: "Nobody expected that."',
        '0:00:09 on the console taken out: "Thank you all, my friends."',
        '0:00:09 on the console undone: "Thank you all, my friends."',
        '0:00:12 on the console marked: "Long live!"',
        '0:00:12 on the console changed: "Of the copy." instead of "Long live!"; not taken: that line was changed '
        'meanwhile, and now says "Of the original."',
        '0:00:40 on the console typed: "Typed."',
        "0:00:05 on the console begin of the show",
        "1 text; on the console 1 changed, 2 taken out, 1 marked, 1 typed, 1 undone, 1 begin of the show.",
        "1 could not be taken, since both changed those lines; they are in the journal as refused.",
        "Not brought back, since the glossary is yours: Brassac = Brassac",
        "Not brought back, since it is about the room that saw the copy: volume.",
    ]
    assert result.exit_code == 1
    here = state(session)
    assert [cue.text for cue in here.track("en")] == [
        "First, on the console.",
        "Thank you all, my friends.",
        "Of the original.",
        "Good evening.",
        "Typed.",
    ]
    assert "marked" in here.cues["s4.en.1"].flags
    assert not (session / "names.txt").exists()
    again = livesubs("import", session, file)
    assert again.exit_code == 1
    assert again.stdout.splitlines()[:2] == [result.stdout.splitlines()[6], "Nothing that can be brought back."]
    edit(session, "o2", 4, "Of the copy.")
    again = livesubs("import", session, file)
    assert again.exit_code == 0
    assert again.stdout.startswith("Nothing to bring back: the session has what was edited in the copy.")


def test_a_copy_is_packed_again_and_sent_back(session: Path, tmp_path: Path) -> None:
    file = pack(session)
    copy = unpacked(file, tmp_path / "elsewhere")
    edit(copy, "c1", 1, "First.")
    back = pack(copy, "--without-recording", name="back")
    file.unlink()
    assert livesubs("import", session, back).stdout.splitlines()[-1] == "1 text."
    assert texts(session)[0] == "First."


def test_edits_in_a_folder_that_was_made_of_an_earlier_file_are_not_forgotten(session: Path) -> None:
    file = pack(session)
    copy = unpacked(file, place(file))
    edit(copy, "c1", 1, "First.")
    pack(session, "--force")
    told = livesubs("import", session, file).stdout
    assert f"livesubs import {session} {copy} brings its edits" in told
    assert livesubs("import", session, copy).stdout.splitlines()[-1] == "1 text."


def test_a_copy_of_another_session_is_refused(session: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with Journal(other, SystemClock()) as journal:
        for event in events(3):
            journal.append(event)
    result = livesubs("import", session, pack(other, name="other"))
    assert "is a copy of another session" in str(result.exception)
    assert "leave --lang" in str(livesubs("import", session, pack(session), "--lang", "en").exception)
    assert "say by --lang" in str(livesubs("import", session, session / "subtitles.en.srt").exception)


DIDS: tuple[Did, ...] = "text", "retime", "split", "merge", "delete", "insert", "undo", "accept"
DOES: dict[str, Doing] = {"changed": "edit", "killed": "kill", "marked": "mark", "typed": "say", "taken back": "undo"}
DOINGS = st.lists(
    st.tuples(st.sampled_from([*DIDS, *DOES]), st.integers(0, 7), st.sampled_from(["One.", "Two words.", "Three."])),
    max_size=6,
)
Doings = list[tuple[str, int, str]]


def asked_of(state: State, what: str, which: int, text: str, id: str) -> Action | Edit:
    if what not in DOES:
        return asked(state, next(did for did in DIDS if did == what), which, text, id)
    track, done = state.track("en"), list(state.actions)
    cue = track[which % len(track)].id if track and DOES[what] in ("edit", "kill", "mark") else ""
    of = done[which % len(done)] if done and DOES[what] == "undo" else ""
    return Action(id=id, do=DOES[what], cue=cue, text=text, of=of, lang="en", value=3.0 * which)


def asked(state: State, did: Did, which: int, text: str, id: str) -> Edit:
    track = state.track("en")
    if did == "undo" or not track:
        return Edit(id=id, did="undo", of=list(state.edits)[which % len(state.edits)] if state.edits else "none")
    cue = track[which % len(track)]
    near = track[which % len(track) : which % len(track) + 2]
    before: tuple[Cue, ...] = (cue,)
    after: tuple[Cue, ...] = (replace(cue, text=text),)
    if did == "retime":
        after = (replace(cue, start=cue.start + 0.25),)
    elif did == "split":
        middle = (cue.start + cue.end) / 2
        after = (replace(cue, end=middle), replace(cue, id=cue_id(id, 1), start=middle, text=text))
    elif did == "merge":
        before, after = tuple(near), (replace(cue, end=near[-1].end, text=text),)
    elif did in ("delete", "accept"):
        after = ()
    elif did == "insert":
        before, after = (), (replace(cue, id=cue_id(id, 1), start=30.0 + which, end=30.8 + which),)
    return Edit(id=id, did=did, before=tuple((one.id, one.rev) for one in before), after=after)


def lived(begun: list[object], doings: Doings, name: str) -> list[object]:
    """The events of a session in which that was done."""
    made, state = [*begun], fold(begun)  # type: ignore[arg-type]
    for number, (did, which, text) in enumerate(doings):
        answer = answered(state, asked_of(state, did, which, text, f"{name}{number}"), RULES)
        for event in (answer, *effects(apply(state, answer), answer, RULES)):
            apply(state, event)
            made.append(event)
    return made


@given(DOINGS, DOINGS, DOINGS)
@settings(max_examples=60, deadline=None)
def test_whatever_both_do_nothing_of_the_original_is_lost_and_a_second_time_brings_nothing(
    earlier: Doings, here: Doings, there: Doings
) -> None:
    packed = lived([*events()], earlier, "p")
    ours, theirs = lived(packed, here, "o"), lived(packed, there, "c")
    found = returned(ours, theirs, RULES)  # type: ignore[arg-type]
    state = fold(ours)  # type: ignore[arg-type]
    mine = {cue.id: (cue.start, cue.end, cue.text) for cue in state.cues.values()}
    was = fold(packed)  # type: ignore[arg-type]
    same = {
        id for id in mine if id in was.cues and mine[id] == (was.cues[id].start, was.cues[id].end, was.cues[id].text)
    }
    again = [*ours]
    for one in found.taken:
        answer = answered(state, one.action if isinstance(one, Done) else one.change.edit, RULES)
        assert isinstance(answer, Action | Edit)
        assert answer.refused == one.refused
        for event in (answer, *effects(apply(state, answer), answer, RULES)):
            apply(state, event)
            again.append(event)
    now = {cue.id: (cue.start, cue.end, cue.text) for cue in state.cues.values()}
    wanted = {cue.id: (cue.start, cue.end, cue.text) for cue in fold(theirs).cues.values()}  # type: ignore[arg-type]
    typed = any("typed" in doing or "taken back" in doing for doing in (*earlier, *there))  # which moves its neighbours
    for id in mine.keys() - same:
        assert now.get(id) in (mine[id], wanted.get(id)) or (typed and now[id][2] == mine[id][2])
    if here == []:
        assert not [one for one in found.taken if one.refused]
        assert now == wanted
    assert not returned(again, theirs, RULES).taken  # type: ignore[arg-type]
