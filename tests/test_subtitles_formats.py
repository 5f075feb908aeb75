"""SRT and VTT as players and editors read them."""

from datetime import timedelta
from textwrap import dedent

import pytest
import srt
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from pipeline.events import Cue
from pipeline.subtitles.formats import bilingual, to_srt, to_vtt


def cue(
    text: str,
    start: float = 1.0,
    end: float = 2.5,
    id: str = "s000001.en.1",
    sentence: str = "s000001",
    flags: tuple[str, ...] = (),
) -> Cue:
    return Cue(id=id, lang="en", start=start, end=end, text=text, sentences=(sentence,), flags=flags)


def test_srt() -> None:
    cues = [cue("Good evening,\neveryone."), cue("Thank you.", 3661.0, 3662.25)]
    assert to_srt(cues) == dedent("""\
        1
        00:00:01,000 --> 00:00:02,500
        Good evening,
        everyone.

        2
        01:01:01,000 --> 01:01:02,250
        Thank you.

        """)


def test_vtt() -> None:
    cues = [cue("Tea & <scones> -->\nnow"), cue("Thank you.", 3661.0, 3662.25, id="s000002.en.1")]
    assert to_vtt(cues) == dedent("""\
        WEBVTT

        s000001.en.1
        00:00:01.000 --> 00:00:02.500
        Tea &amp; &lt;scones&gt; →
        now

        s000002.en.1
        01:01:01.000 --> 01:01:02.250
        Thank you.
        """)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<i>Tea</i> & <scones>,\n<i>now\nand</i> then", "<i>Tea</i> &amp; &lt;scones&gt;,\n<i>now\nand</i> then"),
        ("<i>Tea", "&lt;i&gt;Tea"),
        ("</i>Tea<i>", "&lt;/i&gt;Tea&lt;i&gt;"),
        ("<i></i>Tea", "&lt;i&gt;&lt;/i&gt;Tea"),
        ("<i>Tea <i>now</i></i>", "&lt;i&gt;Tea &lt;i&gt;now&lt;/i&gt;&lt;/i&gt;"),
    ],
)
def test_italics_of_a_vtt_are_italics_and_what_is_none_is_text(text: str, written: str) -> None:
    assert to_vtt([cue(text)]).endswith(f"\n{written}\n")


def test_no_cues_are_valid_files() -> None:
    assert to_srt([]) == ""
    assert to_vtt([]) == "WEBVTT\n"


@pytest.mark.parametrize("odd", [cue(" "), cue("a\n\nb"), cue("a", 2.0, 2.0), cue("a", -1.0, 2.0)])
def test_a_cue_that_cannot_be_shown_is_never_dropped_in_silence(odd: Cue) -> None:
    for write in (to_srt, to_vtt):
        with pytest.raises(ValueError, match="can be shown"):
            write([odd])


lines = st.text("ab1 <>&-é«\u202f:,", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.tuples(st.lists(lines, min_size=1, max_size=2), st.integers(1, 7000), st.integers(1, 90_000_000))))
@tuned(deadline=None)
def test_srt_is_read_back_as_written(raw: list[tuple[list[str], int, int]]) -> None:
    cues = [cue("\n".join(text), at / 1000, (at + length) / 1000) for text, length, at in raw]
    read = list(srt.parse(to_srt(cues)))
    assert [subtitle.index for subtitle in read] == list(range(1, len(cues) + 1))
    for subtitle, (text, length, at) in zip(read, raw, strict=True):
        assert subtitle.content == "\n".join(text).replace("-->", "→")
        assert (subtitle.start, subtitle.end) == (timedelta(milliseconds=at), timedelta(milliseconds=at + length))


def test_bilingual_puts_what_was_said_above() -> None:
    french = [
        cue("Bonsoir.", 0.0, 1.0, "s1.fr.1", "s1"),
        cue("Nous venons de loin", 1.2, 3.0, "s2.fr.1", "s2"),
        cue("et nous restons.", 3.1, 4.5, "s2.fr.2", "s2"),
        cue("Pas encore traduit.", 5.0, 6.0, "s3.fr.1", "s3"),
    ]
    english = [
        cue("Good evening.", 0.0, 1.0, "s1.en.1", "s1"),
        cue("We come from afar", 1.2, 2.8, "s2.en.1", "s2"),
        cue("and here we stay.", 2.9, 4.5, "s2.en.2", "s2"),
    ]
    both = list(bilingual(french, english))
    assert [c.text for c in both] == [
        "Bonsoir.\nGood evening.",
        "Nous venons de loin\nWe come from afar",
        "et nous restons.\nand here we stay.",
    ]
    assert [(c.id, c.start, c.end) for c in both] == [(c.id, c.start, c.end) for c in english]


def test_bilingual_keeps_every_french_cue_of_a_translated_sentence() -> None:
    french = [cue("Un,", 0.0, 2.0, "s1.fr.1", "s1"), cue("deux.", 2.1, 4.0, "s1.fr.2", "s1")]
    assert [c.text for c in bilingual(french, [cue("One, two.", 0.0, 4.0, "s1.en.1", "s1")])] == [
        "Un,\ndeux.\nOne, two."
    ]


def test_bilingual_does_not_double_what_was_not_translated() -> None:
    french = [cue("Bonsoir.", id="s1.fr.1", sentence="s1")]
    target = [cue("Bonsoir.", id="s1.en.1", sentence="s1", flags=("untranslated",))]
    assert list(bilingual(french, target)) == target
