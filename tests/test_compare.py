"""Two files beside each other: what of the one became what of the other, and a page that shows it."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.events import Cue
from pipeline.flow import SystemClock
from pipeline.journal import Journal
from pipeline.review.alignment import Line
from pipeline.review.comparing.differences import NEXT, Row, compare, counts, differences
from pipeline.scores.translation import suber
from pipeline.subtitles.formats import to_srt, to_vtt
from tests.reported import EVIL, Parsed
from tests.test_editing import events
from tests.test_import import EDITS, EN, at, halves, joined, moved, new, with_
from tests.test_report_page import contrast

EDITED = with_(
    replace(at(3), text=at(3).text.replace(".", " indeed.")), replace(moved(5, 0.3), text="We shall see."),
    moved(9, end=-0.2), *halves(25), 40, new("[Applause]", at(20).end + 0.1, at(21).start - 0.1),
)  # fmt: skip


def lines(cues: Sequence[Cue]) -> list[Line]:
    return [Line(start=cue.start, end=cue.end, text=cue.text) for cue in cues]


def told(rows: Sequence[Row]) -> dict[str, Any]:
    return {kind: count for kind, count in counts(rows).kinds.items() if kind != "same"}


def test_every_kind_of_difference_is_told_and_nothing_else() -> None:
    rows = compare(lines(EN), lines(EDITED))
    assert told(rows) == {"text": 1, "text and time": 1, "time": 1, "split": 1, "inserted": 1, "deleted": 1}
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    (text,) = [row for row in rows if row.kind == "text"]
    assert [part.text for part in (*text.old, *text.new) if part.changed] == ["indeed"]
    (time,) = [row for row in rows if row.kind == "time"]
    assert (time.start, time.end) == (0.0, -0.2)
    counted = counts(rows)
    assert (counted.moved, counted.shift) == (2, 0.3)
    assert counted.inserted - counted.deleted == counted.words_after - counted.words_before
    assert told(compare(lines(EN), lines(joined(25, 26)))) == {"merged": 1}


def test_a_line_that_was_merged_with_a_part_of_a_line_that_was_split_is_not_deleted() -> None:
    first, second = halves(25)
    merged = replace(second, end=at(26).end, text=f"{second.text} {at(26).text}")
    edited = with_(first, merged, 26)
    for before, after in ((EN, edited), (edited, EN)):
        [row] = [row for row in compare(lines(before), lines(after)) if row.kind != "same"]
        assert (row.kind, len(row.before), len(row.after)) == ("divided", 2, 2)
        assert not any(part.changed for part in (*row.old, *row.new) if part.text.strip(f"\n {NEXT}"))
    gone = with_(replace(at(25), text=f"{at(25).text} {at(26).text.split()[0]}"), 26)
    assert told(compare(lines(EN), lines(gone))) == {"text": 1, "deleted": 1}


@pytest.mark.parametrize("kind", EDITS)
def test_each_line_of_both_is_shown_once_whatever_was_done(kind: str) -> None:
    before, after = lines(EN), lines(EDITS[kind][0])
    rows = compare(before, after)
    assert sorted((line for row in rows for line in row.before), key=lambda line: line.start) == before
    assert sorted((line for row in rows for line in row.after), key=lambda line: line.start) == after
    assert told(rows)
    assert not told(compare(after, after))


TEXTS = st.lists(st.sampled_from(["the", "town hall", "l'usine", "—", "no!", "\n", " ", NEXT, "«", "3,5"])).map(
    " ".join
)


@given(TEXTS, TEXTS)
def test_the_parts_of_a_text_are_all_of_it(old: str, new: str) -> None:
    before, after = differences(old, new)
    for text, parts in ((old, before), (new, after)):
        assert "".join(part.text for part in parts).split() == text.split()
        assert all(one.changed != other.changed for one, other in pairwise(parts))
    kept = ["".join(part.text for part in side if not part.changed).split() for side in (before, after)]
    assert kept[0] == kept[1]


# The command


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "machine.srt").write_text(to_srt(EN), "utf-8")
    (tmp_path / "edited.vtt").write_text(to_vtt(EDITED), "utf-8")
    return tmp_path


def livesubs(*words: object) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, words)])


def test_the_page_is_written_and_the_same_in_figures(files: Path) -> None:
    result = livesubs("machine.srt", "edited.vtt")
    assert result.stdout.splitlines() == [
        "machine-edited.html",
        "6 lines differ: 1 with other words, 1 at other times, 1 with both, 1 split, 1 inserted, 1 deleted.",
    ]
    facts = msgspec.json.decode(livesubs("machine.srt", "edited.vtt", "--json").stdout)
    assert facts["kinds"]["split"] == 1
    assert facts["suber"] == round(suber(EDITED, EN), 1) > 0
    assert len(facts["differences"]) == 6
    page = (files / "machine-edited.html").read_text("utf-8")
    assert f"{facts['suber']:.1f}" in page
    assert "<ins>indeed</ins>" in page
    assert "<ins>[Applause]</ins>" in page
    (files / "machine-edited.html").write_text("mine")
    assert "is there already" in str(livesubs("machine.srt", "edited.vtt").exception)
    assert livesubs("machine.srt", "edited.vtt", "--force").exit_code == 0
    assert livesubs("machine.srt", "machine.srt", "--out", "x.html").stdout.splitlines()[1] == "Nothing differs."


def test_a_track_of_a_session_is_compared_with_a_file_or_another_track(files: Path) -> None:
    session = files / "rally"
    session.mkdir()
    with Journal(session, SystemClock()) as journal:
        for event in events():
            journal.append(event)
    english = [event for event in events() if isinstance(event, Cue) and event.lang == "en"]
    changed = [replace(english[0], text="Good morning."), *english[1:]]
    (files / "b.srt").write_text(to_srt(changed))
    facts = msgspec.json.decode(livesubs(session, "b.srt", "--json", "--lang", "en").stdout)
    assert facts["kinds"] == {"text": 1, "same": 4}
    assert facts["before"]["name"] == "rally (en)"
    assert msgspec.json.decode(livesubs(session, session, "--json", "--lang", "fr").stdout)["kinds"] == {"same": 5}
    assert "no subtitles in de" in str(livesubs(session, "b.srt", "--lang", "de").exception)
    assert "leave it out" in str(livesubs("b.srt", "b.srt", "--lang", "en").exception)
    (files / "empty.srt").write_text("")
    assert "no subtitles that can be read" in str(livesubs("b.srt", "empty.srt").exception)


def test_the_page_loads_nothing_runs_nothing_and_holds_together(files: Path) -> None:
    evil = replace(at(3), text=EVIL)
    (files / "<b>evil.srt").write_text(to_srt(with_(evil)), "utf-8")
    livesubs("machine.srt", "<b>evil.srt", "--out", "x.html")
    livesubs("<b>evil.srt", "edited.vtt", "--out", "y.html")
    for name in ("x.html", "y.html"):
        page = (files / name).read_text("utf-8")
        parsed = Parsed(page)
        assert not parsed.open
        assert not {tag for tag, _ in parsed.tags} & {"script", "img", "link", "iframe", "object"}
        assert not parsed.all("src") + parsed.all("onerror") + parsed.all("href")
        assert "url(" not in page
        assert "&lt;b&gt;evil.srt" in page
        assert all(attributes.get("scope") for tag, attributes in parsed.tags if tag == "th")
        assert set(parsed.all("aria-labelledby")) <= set(parsed.all("id"))


def test_marked_words_can_be_read_in_light_dark_and_on_paper(files: Path) -> None:
    livesubs("machine.srt", "edited.vtt")
    page = (files / "machine-edited.html").read_text("utf-8")
    themes = re.findall(r":root \{([^}]*--page[^}]*)\}", page)
    grounds = re.findall(r":root \{([^}]*--gone[^}]*)\}", page)
    assert len(themes) == len(grounds) == 3
    for theme, ground in zip(themes, grounds, strict=True):
        colours = dict(re.findall(r"--(\w+): #(\w{6})", theme + ground))
        for behind in ("gone", "come"):
            for ink in ("ink", "quiet"):
                assert contrast(colours[ink], colours[behind]) >= 4.5, (ink, behind, theme)
        for ink in ("amber", "green", "red"):
            assert contrast(colours[ink], colours["page"]) >= 4.5, (ink, theme)
