"""Mending: it takes faults away, brings none, loses no word, and finds nothing to do the second time."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.review.check import check
from pipeline.review.file import SubtitleFile
from pipeline.review.fix import fix
from pipeline.review.markup import visible
from pipeline.review.profile import PROFILES, find
from pipeline.review.reading import read
from pipeline.review.writing import write
from tests import naive
from tests.planted import broken

NETFLIX = find("netflix-en")


def srt(*cues: tuple[float, float, str]) -> bytes:
    stamps = (tuple(f"00:00:{time:06.3f}".replace(".", ",") for time in cue[:2]) for cue in cues)
    return "".join(
        f"{number}\n{start} --> {end}\n{cue[2]}\n\n"
        for number, (cue, (start, end)) in enumerate(zip(cues, stamps, strict=True), 1)
    ).encode()


def mended(data: bytes, profile: str = "netflix-en") -> SubtitleFile:
    return read(write(fix(read(data, "a.srt"), find(profile))), "a.srt")


def texts(data: bytes, profile: str = "netflix-en") -> list[str]:
    return [cue.text for cue in mended(data, profile).cues]


def times(data: bytes, profile: str = "netflix-en") -> list[tuple[float, float]]:
    return [(cue.start, cue.end) for cue in mended(data, profile).cues]


def words(file: SubtitleFile) -> list[str]:
    """In the order they are shown."""
    cues = sorted(file.cues, key=lambda cue: cue.start)
    return re.findall(r"\w+", " ".join(visible(cue.text, file.written.format) for cue in cues))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.sampled_from(PROFILES))
def test_it_only_mends_loses_no_word_and_is_done_at_once(seed: int, planted: bool, name: str) -> None:
    profile = find(name)
    data = broken(Random(seed)).srt() if planted else naive.anything(Random(seed)).encode()
    before = read(data, "a.srt")
    once = write(fix(before, profile))
    after = read(once, "a.srt")
    assert write(fix(after, profile)) == once
    assert words(after) == words(before)
    in_order = read(write(SubtitleFile(cues=tuple(sorted(before.cues, key=lambda cue: cue.start)))))
    told = {(fault.cue, fault.rule) for fault in check(in_order, profile)}
    assert {(fault.cue, fault.rule) for fault in check(after, profile)} <= told


@pytest.mark.parametrize(
    ("profile", "before", "after"),
    [
        ("netflix-en", " Well...  you know ?", "Well… you know?"),
        ("netflix-en", "- Are you coming?\n–In a minute.", "-Are you coming?\n-In a minute."),
        ("netflix-fr", "-Tu viens?\n-Oui!", "- Tu viens\u00a0?\n- Oui\u00a0!"),
        ("netflix-fr", "Il dit: «Jamais» , hélas.", "Il dit\u00a0: «\u00a0Jamais\u00a0», hélas."),
        ("netflix-fr", "Il est 10:30, voir https://a.org/?b", "Il est 10:30, voir https://a.org/?b"),
        ("netflix-en", "Up here,\n\nand <i>down</i>.", "Up here,\nand <i>down</i>."),
        ("netflix-en", "One line is longer than any should ever be.", "One line is longer\nthan any should ever be."),
        ("ted", "No,\nI will not stand for any of that at all.", "No, I will not stand\nfor any of that at all."),
        ("netflix-en", "<i>This one line is far longer than any should be.</i>", None),
        ("netflix-en", "They have 3 of them, and <b>more</b>.", None),
    ],
)  # fmt: skip
def test_what_is_mended_in_a_text_and_what_is_left(profile: str, before: str, after: str | None) -> None:
    assert texts(srt((1, 5, before)), profile) == [before if after is None else after]


def test_out_times_are_moved_where_there_is_room() -> None:
    assert times(srt((1, 3, "An overlap."), (2.5, 4, "Yes."))) == [(1, 2.417), (2.5, 4)]
    assert times(srt((1, 2.5, "No gap."), (2.5, 4, "Yes."))) == [(1, 2.417), (2.5, 4)]
    assert times(srt((1, 2.2, "A gap to close."), (2.5, 4, "Yes."))) == [(1, 2.417), (2.5, 4)]
    assert times(srt((1, 1.3, "Yes."), (4, 5, "No."))) == [(1, 1.833), (4, 5)]
    assert times(srt((1, 9, "Far too long."), (12, 13, "No."))) == [(1, 8), (12, 13)]
    assert times(srt((1, 2, "It is read in a moment."), (4, 5, "No."))) == [(1, 2.15), (4, 5)]


def test_a_text_that_takes_longer_on_other_lines_is_given_the_time() -> None:
    cue = mended(srt((1, 2, "Hi there,\nit is\nonly me."))).cues[0]
    assert (cue.text, cue.end) == ("Hi there, it is only me.", 2.2)


def test_what_has_no_room_is_left_to_a_human() -> None:
    tight = srt((1, 1.4, "Yes."), (1.5, 2.5, "No."))
    assert times(tight) == [(1, 1.4), (1.5, 2.5)]
    assert {fault.rule for fault in check(mended(tight), NETFLIX)} == {"shortest"}
    swallowed = srt((1, 4, "One over the other."), (1.1, 4, "Yes."))
    assert times(swallowed) == [(1, 4), (1.1, 4)]


def test_a_file_is_put_in_order_numbered_and_written_as_utf8() -> None:
    data = "7\r\n00:00:04.0 --> 00:00:05.0\r\nDéjà.\r\n1\r\n00:00:01,000 --> 00:00:02,000\r\nUn.".encode("utf-16")
    file = fix(read(data, "a.srt"), find("netflix-fr"))
    assert write(file).decode() == (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\nUn.\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\nDéjà.\r\n\r\n"
    )
    assert check(read(write(file)), find("netflix-fr")) == []
