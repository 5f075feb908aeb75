"""What the technician sees, in a real terminal of 80 columns; and plain lines and JSON where there is none."""

import contextlib
import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace
from rich.console import Console

from pipeline.events import Cue, Ended, SessionStarted, SourceState, Warned, Withdrawn
from pipeline.journal import Entry, read
from pipeline.terminal import LiveScreen
from pipeline.view import Status
from tests.measures import SAMPLES, cues
from tests.screen import on_screen
from tests.waiting import until

pytestmark = pytest.mark.slow

RALLY = str(SAMPLES / "rally.mp4")
STARTED = SessionStarted(
    version="0", source="x", src_lang="fr", tgt_langs=("en",), recogniser="r", engines=("e",), began_at=0.0
)


def command(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", "run", RALLY, "--demo", "--out", str(out), *more]


def test_the_view_fits_80_columns_and_shows_both_languages(tmp_path: Path) -> None:
    with on_screen(*command(tmp_path / "s", "--pace", "4", "--end", "18")) as screen:
        until(lambda: "greet the comrades" in screen.text, 60)
        until(lambda: "Ctrl-C stops the recording" in screen.text, 5)  # below it, and so drawn after it
        head = screen.text
        assert "connected" in head
        assert "fr → en" in head
        assert "rally.mp4" in head
        for gauge in ("level", "behind", "speed", "cues"):
            assert gauge in head
        assert "nous saluons les camarades" in screen.text
        assert all(len(line) <= 80 for line in screen.lines)
        assert screen.process.wait(240) == 0


def test_ctrl_c_shows_how_much_is_left_and_a_second_one_leaves(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with on_screen(*command(out, "--pace", "8")) as screen:
        until(lambda: "Good evening" in screen.text, 60)
        children = psutil.Process(screen.process.pid).children(recursive=True)
        worker = next(child for child in children if "worker" in " ".join(child.cmdline()))
        worker.suspend()
        try:
            until(lambda: (out / "audio.s16").stat().st_size > 32_000 * 20, 60)
            screen.type("\x03")
            until(lambda: "finishing:" in screen.text and "s of sound still to hear" in screen.text, 30)
            screen.type("\x03")
            assert screen.process.wait(240) == 130
            until(lambda: "left at once" in screen.text, 5)
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.resume()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    ended = list(read(out / "journal.jsonl"))[-1].event
    assert isinstance(ended, Ended)
    assert ended.reason == "aborted"


def test_a_closed_terminal_ends_the_recording_and_finishes_what_was_said(tmp_path: Path) -> None:
    out = tmp_path / "s"
    with on_screen(*command(out, "--pace", "2")) as screen:
        until(lambda: "Good evening" in screen.text, 60)
        screen.close()
        assert screen.process.wait(240) == 0
    ended = list(read(out / "journal.jsonl"))[-1].event
    assert isinstance(ended, Ended)
    assert ended.reason == "stopped"


def test_json_is_the_journal_line_by_line(tmp_path: Path) -> None:
    out = tmp_path / "s"
    done = subprocess.run(command(out, "--json", "--end", "9"), capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert (out / "journal.jsonl").read_text(encoding="utf-8").splitlines() == lines


def test_a_reader_that_goes_away_stops_nothing(tmp_path: Path) -> None:
    out = tmp_path / "s"
    session = subprocess.Popen(command(out, "--pace", "8", "--end", "18"), stdout=subprocess.PIPE)
    with session:
        assert session.stdout
        session.stdout.readline()
        session.stdout.close()
        assert session.wait(240) == 0
    assert "representative" in cues(out / "subtitles.en.srt")[-1].content


def test_without_translations_what_is_said_is_shown(tmp_path: Path) -> None:
    plain = subprocess.run(command(tmp_path / "a", "--translate", "none", "--end", "9"), capture_output=True, text=True)
    assert "Bonsoir" in plain.stdout
    with on_screen(*command(tmp_path / "b", "--translate", "none", "--end", "9")) as screen:
        until(lambda: "Bonsoir" in screen.text, 60)
        assert screen.process.wait(240) == 0


def test_the_picture_is_drawn_while_cues_come() -> None:
    screen = LiveScreen(lambda: Status(recorded=9.0, heard=9.0, speed=1.0, level=-20.0, stopping=False), Console())
    screen.show(Entry(1, 0.0, STARTED))
    cue = Cue(id="s1.en.1", lang="en", start=0.0, end=1.0, text="Yes.", sentences=("s1",))
    over = threading.Event()

    def speak() -> None:
        while not over.is_set():
            screen.show(Entry(2, 0.0, cue))
            screen.show(Entry(3, 0.0, Warned(text="look")))

    speaker = threading.Thread(target=speak)
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    speaker.start()
    try:
        for _ in range(300):
            screen.draw()
    finally:
        over.set()
        speaker.join()
        sys.setswitchinterval(often)


def shown_by(screen: LiveScreen, console: Console) -> str:
    with console.capture() as captured:
        console.print(screen.draw())
    return captured.get()


def test_the_list_says_what_its_lines_say_now() -> None:
    """One that was corrected, translated later, killed or taken back is not there as it was."""
    console = Console(width=100, height=30, file=io.StringIO())
    screen = LiveScreen(lambda: Status(recorded=9.0, heard=9.0, speed=1.0, level=-20.0, stopping=False), console)
    cue = Cue(id="s1.en.1", lang="en", start=0.0, end=1.0, text="Yes.", sentences=("s1",))
    events = [STARTED, cue, replace(cue, id="s2.en.1", text="Perhaps."), replace(cue, rev=2, text="No.")]
    for number, event in enumerate(events):
        screen.show(Entry(number, 0.0, event))
    drawn = shown_by(screen, console)
    assert "Yes." not in drawn
    assert drawn.index("No.") < drawn.index("Perhaps.")
    screen.show(Entry(5, 0.0, Withdrawn(id="s2.en.1")))
    assert "Perhaps." not in shown_by(screen, console)


def test_a_session_that_goes_on_counts_on_and_keeps_what_was_told() -> None:
    console = Console(width=100, height=30, file=io.StringIO())
    screen = LiveScreen(lambda: Status(recorded=9.0, heard=9.0, speed=1.0, level=-20.0, stopping=False), console)
    cue = Cue(id="s1.en.1", lang="en", start=0.0, end=1.0, text="Yes.", sentences=("s1",))
    before = [STARTED, SourceState(state="connected", stream=0.0), cue, Warned(text="the page server died", about="p")]
    screen.recall(
        Entry(number, 0.0, event) for number, event in enumerate([*before, Ended(reason="failed", stream=9.0)])
    )
    drawn = shown_by(screen, console)
    assert all(text in drawn for text in ("Yes.", "cues 1", "page server died", "loading the speech model", "Ctrl-C"))
    screen.show(Entry(9, 0.0, replace(cue, id="s2.en.1", text="No.")))
    assert "cues 2" in shown_by(screen, console)


def test_the_newest_warning_is_whole_however_small_the_terminal() -> None:
    still = Status(recorded=60.0, heard=60.0, speed=30.0, level=-20.0, stopping=False)
    screen = LiveScreen(lambda: still, Console(width=80, height=24, file=io.StringIO(), force_terminal=True))
    long = "nothing has come from the stream for 10 s; check its origin and the network, it is recorded when it is back"
    for number in range(3):
        screen.show(Entry(number, 0.0, Warned(text=f"{number}: {long}")))
    with screen._console.capture() as captured:
        screen._console.print(screen.draw())
    shown = " ".join(captured.get().split())
    assert "2: nothing has come" in shown
    assert "it is recorded when it is back" in shown.partition("2: nothing")[2]
    assert "Ctrl-C stops the recording" in shown
    assert len(captured.get().splitlines()) <= 24


def test_a_warning_goes_when_it_is_over() -> None:
    console = Console(width=100, height=30, file=io.StringIO())
    screen = LiveScreen(lambda: Status(recorded=9.0, heard=9.0, speed=1.0, level=-20.0, stopping=False), console)

    def drawn() -> str:
        return shown_by(screen, console)

    screen.show(Entry(1, 0.0, Warned(text="the page server died", about="pages")))
    screen.show(Entry(2, 0.0, Warned(text="the stream refused the connection", about="source")))
    assert "refused" in drawn()
    screen.show(Entry(3, 0.0, SourceState(state="connected", stream=9.0)))
    assert "refused" not in drawn()
    assert "died" in drawn()
    screen.show(Entry(4, 0.0, Warned(text="the page server runs again", good=True, about="pages")))
    assert "died" not in drawn()
    assert "runs again" in drawn()
