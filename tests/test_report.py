"""The report: what it says of sessions that went well, badly or are not over."""

import pytest

from pipeline.events import (
    Ended,
    Gap,
    Recovered,
    Removed,
    Skipped,
    Warned,
)
from pipeline.report.headline import headline, span
from pipeline.report.page import page
from pipeline.report.timeline import lanes
from pipeline.report.troubles import troubles
from tests.reported import BEGAN, live, record, said, stalled


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.43, "0.4 s"),
        (14, "14 s"),
        (73.1, "1 min 13 s"),
        (600, "10 min"),
        (10_271, "2 h 51 min"),
        (3600, "1 h 00 min"),
    ],
)
def test_lengths_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_the_first_line_says_how_it_went() -> None:
    good = [(at + 3, event) for at in (2.0, 10.0) for event in said(int(at), at)]
    bad = [(23.0, event) for event in said(20, 20.0, verdict="empty")]
    end = (40.0, Ended(reason="ended", stream=40.0))
    assert headline(record(live(40, *good, end))) == "40 s, 2 cues, nothing missing."
    assert headline(record(live(40, *good, *bad, end))) == "40 s, 3 cues; 1 sentence not translated."
    lost = (30.0, Gap(start=25.0, end=29.0, reason="cut"))
    assert headline(record(live(40, *good, lost, end))) == "40 s, 2 cues, 4 s missing in 1 gap."


def test_what_was_recorded_and_not_heard_is_missing() -> None:
    end = (40.0, Ended(reason="failed", stream=40.0, error="the recogniser ended; start it again"))
    failed = record(live(40, *((5.0, event) for event in said(1, 2.0)), end, pause=(10.0, 99.0)))
    assert headline(failed) == "The session failed: 40 s, 1 cue, the last 30 s not heard."
    assert "the recogniser ended; start it again" in page(failed)


def test_what_went_wrong_is_told_in_the_order_of_the_stream() -> None:
    told = record(
        live(
            200,
            (151.0, Warned(text="nothing has come from the stream")),
            (90.0, Gap(start=80.0, end=90.0, reason="the connection was lost")),
            (160.0, Skipped(start=140.0, end=150.0, reason="the recogniser was too slow", later=True)),
            (190.0, Recovered(start=140.0, end=150.0)),
            *((23.0 + at, event) for at in (0.0, 5.0) for event in said(int(at), 20.0 + at, verdict="empty")),
            pause=(100.0, 130.0),
        )
    )
    assert [(trouble.start, trouble.end, trouble.said) for trouble in troubles(told)] == [
        (20.0, 27.0, "2 sentences not translated to en"),
        (80.0, 90.0, "10 s missing: the connection was lost"),
        (100.0, 128.0, "the recogniser was behind, by 28 s at most"),
        (140.0, 150.0, "10 s not heard: the recogniser was too slow, and heard when the stream had ended"),
        (151.0, 151.0, "nothing has come from the stream"),
    ]


def test_a_stream_that_sends_nothing_is_told_with_its_whole_length_by_the_clock() -> None:
    stopped = record(stalled(18, 96, 96))  # the origin dies, Ctrl-C later
    assert headline(stopped) == "18 s, 1 cue; the stream sent nothing for 1 min 18 s."
    [silence] = stopped.silences
    assert (silence.stream, silence.from_at, silence.to_at) == (18.0, BEGAN + 18, BEGAN + 96)
    [trouble] = troubles(stopped)
    assert trouble.said == f"the stream sent nothing for 1 min 18 s, from {silence.clock} by the clock"
    assert "nothing was lost" not in page(stopped)
    back = record(stalled(18, 50, 96))
    assert headline(back) == "1 min 4 s, 1 cue; the stream sent nothing for 34 s."
    assert [trouble.start for trouble in troubles(back)] == [18.0]


def test_a_stream_that_has_ended_and_is_still_being_heard_is_no_silence() -> None:
    assert headline(record(stalled(18, 96, 96, told=False))) == "18 s, 1 cue, nothing missing."


def test_a_session_in_which_nothing_was_translated_says_why() -> None:
    events = [(at + 3, event) for at in (2.0, 10.0) for event in said(int(at), at, verdict="no connection")]
    told = record(live(20, *events, (21.0, Ended(reason="ended", stream=20.0))))
    assert headline(told) == "20 s, 2 cues; no sentence was translated (deepl: no connection)."


def test_good_news_is_nothing_that_went_wrong() -> None:
    good = Warned(text="the glossary names.txt was read again, added: Nauvalis", good=True)
    told = record(live(20, *((5.0, event) for event in said(1, 2.0)), (8.0, good)))
    assert troubles(told) == []
    assert "Warnings" not in {lane.name for lane in lanes(told)}
    text = page(told)
    assert "<h3>Good news</h3>" in text
    assert "none was given" in text


def test_a_folder_that_was_removed_is_told_with_what_is_gone() -> None:
    told = record(live(40, *((5.0, event) for event in said(1, 2.0)), (20.0, Removed(stream=20.0))))
    assert "; the sound and picture up to 0:00:20 are gone, the folder was removed." in headline(told)
    [trouble] = troubles(told)
    assert (trouble.start, trouble.end) == (0.0, 20.0)
    assert "nothing was lost" not in page(told)


def test_a_live_session_without_a_cue_claims_nothing_that_did_not_happen() -> None:
    silent = record(live(200, pause=(100.0, 130.0)))
    assert [trouble.said for trouble in troubles(silent)] == ["the recogniser was behind, by 28 s at most"]
    assert "read ahead" not in lanes(silent)[0].said
    text = page(record(live(200, (201.0, Ended(reason="ended", stream=200.0)))))
    assert "<h1>3 min 20 s, 0 cues, no sentence was heard.</h1>" in text
    assert "the recogniser kept up" in text
    assert "translated." not in text
    assert "not live" not in text
