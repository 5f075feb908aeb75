"""Subtitle files of any origin: their cues are found, no word is lost, and nothing makes the reader fall over."""

import re
from pathlib import Path
from random import Random

import pytest
import srt
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.review import reading
from pipeline.review.file import SubtitleFile, Written
from pipeline.review.reading import load, read
from pipeline.review.writing import write
from tests.planted import broken, sound

TWO = "1\n00:00:01,000 --> 00:00:02,500\nUp here,\nand down.\n\n2\n00:00:03,000 --> 00:00:04,000\nÀ bientôt !\n\n"
VTT = (
    "WEBVTT - English\nKind: captions\n\nSTYLE\n::cue { color: white }\n\nNOTE first\n\nintro\n"
    "00:01.000 --> 00:02.500 line:1 align:start\nSalt &amp; pepper\n\n"
    "00:00:03.000 --> 00:00:04.000\n<i>Bye</i>\n\nNOTE end\n"
)


def said(file: SubtitleFile) -> str:
    """Every word of a file, wherever it is kept."""
    cues = [" ".join((cue.above, cue.number, cue.settings, cue.text)) for cue in file.cues]
    return " ".join([file.head, *cues, *(stray.text for stray in file.stray), file.below])


def words(text: str) -> set[str]:
    """Without what says only when, and in what format."""
    return set(re.findall(r"[^\W\d_]+", text)) - {"WEBVTT"}


def rules(data: bytes, name: str = "a.srt") -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in read(data, name).findings]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("text", [TWO, VTT], ids=["srt", "vtt"])
def test_a_file_is_read_and_written_back_the_same(text: str, encoding: str, newline: str) -> None:
    data = text.replace("\n", newline).encode(encoding)
    file = read(data, "a.vtt" if text is VTT else "a.srt")
    assert [(cue.start, cue.end) for cue in file.cues] == [(1.0, 2.5), (3.0, 4.0)]
    assert words(said(file)) == words(text)
    if text is TWO:
        assert file.cues[1].text == "À bientôt !"
        assert write(file) == data
    assert read(write(file), "a.vtt").cues == read(data, "a.vtt").cues


def test_what_webvtt_has_beside_its_cues_is_kept() -> None:
    file = read(VTT.encode(), "a.vtt")
    assert file.findings == ()
    assert [(cue.number, cue.settings, cue.above[:5]) for cue in file.cues] == [
        ("intro", "line:1 align:start", "STYLE"),
        ("", "", ""),
    ]
    assert (file.head, file.below) == (" - English\nKind: captions", "NOTE end")


def test_on_sound_files_it_says_what_the_srt_library_says() -> None:
    for seed in range(20):
        text = sound(Random(seed)).srt().decode()
        theirs = [(cue.start.total_seconds(), cue.end.total_seconds(), cue.content) for cue in srt.parse(text)]
        assert [(cue.start, cue.end, cue.text) for cue in read(text.encode()).cues] == theirs


def test_each_finding_names_its_line() -> None:
    text = (
        "By me\n\n1\n0:00:01.0 -> 00:00:02,000\nOne\n7\n-00:00:03,000 --> 100:00:04,000\nTwo\n\n"
        "00:00:05,000 --> 00:00:06,000\nThree\n"
    )
    assert rules(text.encode()) == [
        ("stray", 1),
        ("time-format", 4),
        ("index", 6),
        ("separator", 6),
        ("negative", 7),
        ("hours", 7),
        ("index", 10),
    ]


@pytest.mark.parametrize("times", ["00:00:0l,000 --> 00:00:02,000\n", "00:00:03,000 -->\n", ""])
def test_a_cue_whose_times_cannot_be_read_is_told_and_its_text_kept(times: str) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n{times}Two\n\n3\n00:00:05,000 --> 00:00:06,000\nThree\n"
    file = read(text.encode())
    assert [cue.text for cue in file.cues] == ["One", "Three"]
    assert [(finding.rule, finding.line) for finding in file.findings] == [("time", 6 if times else 5)]
    assert [stray.text for stray in file.stray] == [f"2\n{times}Two"]


def test_numbers_and_clock_times_in_a_text_are_text() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n1789\n\n00:00:03,000 --> 00:00:04,000\n10:30 - 11:45\n\nA --> B\n"
    file = read(text.encode())
    assert [cue.text for cue in file.cues] == ["1789", "10:30 - 11:45\n\nA --> B"]


def test_two_files_in_one_and_a_cut_character_are_told_and_read() -> None:
    data = TWO.encode() + "\ufeff3\n00:00:05,000 --> 00:00:06,000\nDéjà vu, hélas\n".encode() + b"\xe9t\n"
    file = read(data)
    assert [(finding.rule, finding.line) for finding in file.findings] == [("encoding", 10), ("encoding", 13)]
    assert file.cues[2].text == "Déjà vu, hélas\nét"
    assert file.written == Written()


@pytest.mark.parametrize(
    ("data", "rule"),
    [(b"", "no-cues"), (b"\n \n", "no-cues"), (b"Dear all,\nhello\n", "no-cues"), (bytes(range(256)) * 4, "not-text")],
)
def test_a_file_without_cues_has_one_thing_wrong(data: bytes, rule: str) -> None:
    assert [found for found, _ in rules(data)] == [rule]
    assert read(data).readable is (rule != "not-text")


def test_a_file_that_is_not_there_or_far_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="check the path"):
        load(tmp_path / "none.srt")
    (tmp_path / "film.mkv").write_bytes(bytes(2000))
    monkeypatch.setattr(reading, "MOST", 1000)
    with pytest.raises(SettingsError, match="no subtitles have"):
        load(tmp_path / "film.mkv")


ODD = [
    "1",
    "17",
    "-3",
    "x",
    "",
    " ",
    "-->",
    "WEBVTT",
    "NOTE x",
    "STYLE",
    "\ufeff",
    "\0",
    "é",
    "Hello <i>you",
    "\r",
    "\u2028",
]
ODD += [
    "00:00:01,000 --> 00:00:02,000",
    "00:00:01.5 -> 1:00",
    "99:99:99,999 --> 0:0:0",
    "1:2 --> 3:4 line:0 y",
    "9" * 5000,
]
pieces = st.sampled_from(ODD)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(pieces, max_size=25).map(lambda lines: "\n".join(lines).encode())))
@example(b"\xff\xfe\x00")
@example(b"9999999999:00:00,000 --> 00:00:01,000\n")
def test_nothing_makes_it_fall_over(data: bytes) -> None:
    for name in ("a.srt", "a.vtt"):
        file = read(data, name)
        write(file)
        assert file.cues or file.findings


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_a_mangled_file_keeps_its_words(seed: int, data: st.DataObject) -> None:
    lines = sound(Random(seed), 4).srt().decode().split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "twice", "swap", "cut", "join"])):
            case "drop":
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[-1] = lines[-1], lines[at]
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case "join":
                lines[at : at + 2] = [" ".join(lines[at : at + 2])]
    text = "\n".join(lines)
    assert words(said(read(text.encode(), "a.srt"))) == words(text)


def test_broken_files_keep_their_words() -> None:
    for seed in range(40):
        track = broken(Random(seed))
        data = track.srt()
        assert words(said(read(data, "a.srt"))) >= words(data.decode(track.encoding, "ignore")), seed
