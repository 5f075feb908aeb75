"""The rules about text, one by one: what breaks them, and what only looks like it."""

import pytest

from pipeline.review.check import judge
from pipeline.review.file import FileCue
from pipeline.review.profile import find
from pipeline.review.times import Format


def broken(profile: str, *texts: str, format: Format = "srt") -> list[set[str]]:
    """The rules that each text breaks, in cues with all the time they need."""
    cues = [FileCue(start=9.0 * at, end=9.0 * at + 6, text=text) for at, text in enumerate(texts)]
    faults = list(judge(cues, format, find(profile)))
    return [{fault.rule for fault in faults if fault.cue == at} for at in range(1, len(texts) + 1)]


@pytest.mark.parametrize(
    "text",
    [
        "We met at 3 p.m. on May 8.", "It is 3:30, or 4.5, or 7%.", "Chapter 3 costs $5.", "They won 3-2.",
        "She said 3 million.", "At 10 Downing Street.", "We flew on Apollo 8 then.", "1. Be kind.", "In 1968, or 42.",
        "It is -5 outside.",
    ],
)  # fmt: skip
def test_dates_measures_and_names_keep_their_digits(text: str) -> None:
    assert broken("netflix-en", text) == [set()]


@pytest.mark.parametrize("text", ["I have 3 cats.", "There were 10.", "We need 4, maybe more.", "And 9 of them left."])
def test_one_to_ten_are_written_out(text: str) -> None:
    assert broken("netflix-en", text) == [{"numbers"}]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Quoi ?! Vraiment\u202f?", False), ("Il est 10:30 : déjà.", False), ("« Oui », dit-il… Bon.", False),
        ("Yahoo!, oui.", False),
        ("Quoi?", True), ("«Oui»", True), ("Attention: danger.", True), ("Non , merci.", True),
    ],
)  # fmt: skip
def test_french_spaces(text: str, wrong: bool) -> None:
    assert broken("netflix-fr", text) == [{"punctuation"} if wrong else set()]
    assert "punctuation" not in broken("bbc", text)[0]


def test_webvtt_is_read_as_it_is_shown() -> None:
    assert broken("netflix-fr", "Toi &amp; moi", "R&amp;D &lt; tout", format="vtt") == [set(), set()]
    forty = "a" * 40
    assert broken("netflix-en", f"<i>{forty}</i>", f"&amp;{forty}", format="vtt") == [set(), set()]
    assert broken("netflix-en", f"&amp;{forty}", format="srt") == [{"cpl"}]


def test_two_speakers_have_a_hyphen_each_and_their_lines_are_theirs() -> None:
    assert broken("netflix-en", "-Yes.\n-No.", "-Yes.\nNo.", "-Hello.", "--no,\nnot that", "-5 degrees,\nthey say") == [
        set(), {"hyphens"}, set(), set(), set()
    ]  # fmt: skip
    assert broken("netflix-fr", "- Oui.\n- Non.", "-Oui.\n-Non.") == [set(), {"hyphens"}]
    assert broken("ted", "- Yes.\n- No, I will not go there today.") == [set()]


def test_a_line_is_torn_only_where_there_is_a_better_place() -> None:
    torn, no_better = "They are going to open the\nhospital, and we are glad.", f"The\n{'very' * 10}."
    assert broken("netflix-en", torn, no_better, "M. Dupont est là,\net voilà.") == [{"break"}, set(), set()]


def test_ted_keeps_sentences_apart_and_lines_alike() -> None:
    assert broken(
        "ted",
        "that was the end. And now",
        "we begin. All of it fits.",
        "Yes. No. Dr. Smith said so.",
        "No,\nI will not stand for any of that.",
    ) == [{"joined"}, {"joined"}, set(), {"balance"}]


def test_tags_by_profile() -> None:
    coloured = '<font color="#ffff00">Who?</font>'
    assert broken("netflix-en", "<i>Yes</i>", "{\\an8}Yes", coloured, "<i>Yes", "Yes</i>") == [
        set(), set(), {"tags"}, {"tags"}, {"tags"}
    ]  # fmt: skip
    assert broken("bbc", coloured) == [set()]


def test_letters_that_were_lost_on_the_way() -> None:
    assert broken("netflix-en", "À l’Âge d’or, Île", "Ça, déjÃ\u00a0 vu", "It\u2019s", "Itâ€™s") == [
        set(), {"characters", "spaces"}, set(), {"characters"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line", ["a" + " " * 10**5 + "b", "." * 10**5, "{\\a" * 40_000, "a" * 10**5, "1 km " * 20_000, "&a" * 50_000]
)
def test_a_line_without_end_takes_no_time_without_end(line: str) -> None:
    for profile in ("netflix-fr", "ted"):
        assert "cpl" in broken(profile, line)[0] or "{" in line
