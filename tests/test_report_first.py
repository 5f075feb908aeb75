"""Where an editor is told to look first, and what the report counts."""

import msgspec

from pipeline.events import Cue, Withdrawn
from pipeline.journal import Entry
from pipeline.report.first import first
from pipeline.report.headline import headline
from pipeline.report.page import page
from pipeline.report.tables import counts, engines, refusals
from pipeline.report.timeline import lanes
from pipeline.report.troubles import left, troubles
from tests.reported import BEGAN, begun, live, record, said


def test_every_cue_that_is_worth_a_look_is_found_with_its_time_and_its_price() -> None:
    cues = [
        (at + 3, Cue(id=f"c{at}", lang="en", start=at, end=at + 1, text="The workers", sentences=(), flags=("fast",)))
        for at in range(5, 500, 5)
    ]
    told = record(live(500, *cues))
    assert first(told).places[0] == (5.0, '"The workers": It is too fast to read.')
    text = page(told)
    assert "And 59 more" in text
    assert "99 cues, about 29 minutes, with 100 % of the faults to be expected" in text
    assert all(f"0:0{at // 60}:{at % 60:02}" in text for at in range(5, 500, 5))


def test_doubtful_and_later_translations_are_where_an_editor_looks_first() -> None:
    """The doubtful one first, with what is doubtful about it."""
    events = [*said(1, 2.0), *said(2, 6.0, verdict="doubtful: lost 90"), *said(3, 10.0)]
    cues = {"s2.en": ("doubtful",), "s3.en": ("backfilled",)}
    marked = [
        msgspec.structs.replace(event, text="We hold.", flags=cues[event.id])
        if isinstance(event, Cue) and event.id in cues
        else event
        for event in events
    ]
    made = record(live(20, *((12.0, event) for event in marked)))
    assert first(made).places == (
        (6.0, '"We hold.": The translation is doubtful: lost 90.'),
        (10.0, '"We hold.": It was shown as it was said, and translated later.'),
    )
    [deepl] = engines(made)
    assert (deepl.asked, deepl.good, deepl.doubted, deepl.refused) == (3, 2, 1, 0)
    assert refusals(made) == []
    assert headline(made).endswith("; 1 translation doubtful.")


def part(number: int, at: float, text: str, *flags: str, of: tuple[str, ...] = ("s1",)) -> Cue:
    return Cue(id=f"s1.en.{number}", lang="en", start=at, end=at + 2, text=text, sentences=of, flags=flags)


def test_every_part_of_the_report_counts_the_same_sentences() -> None:
    """Two translated, one of them by two cues; one doubtful, one given back, two not answered; two share a cue."""
    events = [
        *said(1, 2.0),
        part(2, 3.0, "together."),
        *said(2, 6.0),
        *said(3, 10.0, verdict="doubtful: lost 90"),
        *said(4, 14.0, verdict="doubtful: unchanged"),
        *said(5, 18.0, verdict="empty"),
        *said(6, 22.0, verdict="empty"),
    ]
    flags = {"s3.en": ("doubtful",), "s4.en": ("doubtful",)}
    marked = [
        msgspec.structs.replace(event, flags=flags[event.id]) if isinstance(event, Cue) and event.id in flags else event
        for event in events
    ]
    shared = Cue(id="s2.en", lang="en", start=6.0, end=12.0, text="We", sentences=("s2", "s3"), flags=("doubtful",))
    told = record(live(40, *((25.0, event) for event in (*marked, shared, Withdrawn(id="s3.en")))))
    assert headline(told).endswith("; 3 sentences not translated; 1 translation doubtful.")
    assert counts(told) == {
        "translated": [2],
        "translated, but it may be wrong (doubtful)": [1],
        "not translated: an engine gave back what was said": [1],
        "not translated: no engine answered": [2],
    }
    drawn = {lane.name: lane.said for lane in lanes(told)}
    assert drawn["deepl"] == "translated 2 sentences to en."
    assert drawn["Not translated"].startswith("3 sentences")
    assert drawn["Doubtful"].startswith("1 sentence ")
    assert [row[0] for row in left(told)] == [14.0, 18.0, 22.0]
    [trouble] = troubles(told)
    assert trouble.said == "3 sentences not translated to en"


def test_every_track_is_counted_by_itself() -> None:
    events = [*said(1, 2.0), *said(2, 6.0)]
    spanish = [
        Cue(id=f"s{n}.es", lang="es", start=4.0 * n, end=4.0 * n + 2, text="N", sentences=(f"s{n}",),
            flags=("untranslated",))
        for n in (1, 2)
    ]  # fmt: skip
    entries = live(20, *((12.0, event) for event in (*events, *spanish)))
    entries[0] = Entry(1, BEGAN, begun("en", "es"))
    assert "; no sentence was translated to es." in headline(record(entries))
