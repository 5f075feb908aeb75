"""A session in plain lines or in JSON, where there is no terminal, and what both views say alike."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.events import (
    UNSPOKEN,
    Cue,
    Gap,
    Removed,
    Resumed,
    Sentence,
    SessionStarted,
    Skipped,
    SourceState,
    Suppressed,
    Warned,
)
from pipeline.flow import Repeating
from pipeline.journal import Entry, encode
from pipeline.state import State

if TYPE_CHECKING:
    from pipeline.view import Status


def clock_time(seconds: float) -> str:
    """`0:01:02` for stream time."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def countdown(starts_at: datetime | None) -> str:
    """One line about a stream that is announced only."""
    if starts_at is None:
        return "not live yet; the page does not say when: looking again every minute"
    left = max(0.0, (starts_at - datetime.now(UTC)).total_seconds())
    return f"not live yet; it is announced for {starts_at.astimezone():%H:%M}, in {clock_time(left)}"


class Lines:
    """Plain lines, for a log, a pipe or a screen reader."""

    def __init__(self, status: "Callable[[], Status]") -> None:
        self._status = status
        self._sentences: dict[str, Sentence] = {}
        self._shown: tuple[str, ...] = ()
        self._src_lang = ""
        self._announced = ""
        self._pulse = Repeating(self._tell, seconds=10.0, name="status-line")

    def __enter__(self) -> Self:
        self._pulse.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._pulse.stop()

    def recall(self, entries: Iterable[Entry]) -> None:
        pass

    def show(self, entry: Entry) -> None:
        match entry.event:
            case SessionStarted() as event:
                self._shown, self._src_lang = tracks(event), event.src_lang
                say(f"{event.source}: {', '.join(spoken(event))} -> {', '.join(self._shown)}")
                say(f"recogniser: {event.recogniser}; {translation(event)}")
            case SourceState() as event:
                say(f"{clock_time(event.stream)} source {event.state} {event.detail}".rstrip())
            case Sentence() as event:
                self._sentences[event.id] = event
            case Cue() as event if event.lang in self._shown and event.rev == 1:
                self._show_cue(event)
            case Suppressed() as event:
                say(f"{clock_time(event.start)} not shown ({event.reason}): {event.text}")
            case Resumed() as event:
                say(f"going on with this session, heard up to {clock_time(event.heard)}")
            case Gap() | Skipped() | Removed() as event:
                say(f"{datetime.fromtimestamp(entry.at):%H:%M} ! {missing(event)}")
            case Warned() as event:
                say(f"{datetime.fromtimestamp(entry.at):%H:%M} ! {event.text}")

    def announce(self, starts_at: datetime | None) -> None:
        line = countdown(starts_at)
        if line[:45] != self._announced[:45]:
            say(line)
        self._announced = line

    def _show_cue(self, cue: Cue) -> None:
        for sentence in (self._sentences.pop(id, None) for id in cue.sentences):
            if sentence and cue.lang not in (sentence.lang, self._src_lang) and sentence.lang != UNSPOKEN:
                say(f"{clock_time(sentence.start)} {sentence.lang}  {sentence.text}")
        say(f"{clock_time(cue.start)} {cue.lang}  {' '.join(cue.text.splitlines())}{remark(cue)}")

    def _tell(self) -> None:
        status = self._status()
        if status.stopping or status.behind > 5:
            doing = "finishing" if status.stopping else "working"
            say(f"{clock_time(status.recorded)} {doing}: {status.behind:.0f} s of sound still to hear")


class JsonLines:
    """Every journal line, as it is written."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def recall(self, entries: Iterable[Entry]) -> None:
        pass

    def show(self, entry: Entry) -> None:
        say(encode(entry).decode())

    def announce(self, starts_at: datetime | None) -> None:
        pass


def spoken(session: SessionStarted) -> tuple[str, ...]:
    """What may be spoken, the most spoken first."""
    return session.spoken or (session.src_lang,)


def tracks(session: SessionStarted) -> tuple[str, ...]:
    """The tracks to show: the translations, or what is said where there are none."""
    return session.tgt_langs or (session.src_lang,)


def translation(session: SessionStarted) -> str:
    """The chain, and whether text leaves this machine."""
    if not session.engines:
        return "translation: none"
    leaves = "may leave" if session.leaves_machine else "stays on"
    return f"translation: {', then '.join(session.engines)} (text {leaves} this machine)"


def summary(state: State, folder: Path) -> Iterator[str]:
    """What a finished session has, a line a track, and where the rest lies."""
    if not state.session:
        return
    for lang in dict.fromkeys((state.session.src_lang, *state.session.tgt_langs)):
        track = state.track(lang)
        left = sum("untranslated" in cue.flags for cue in track)
        untold = f" - {left} of them not translated: no engine answered" if left else ""
        unsure = sum("doubtful" in cue.flags for cue in track)
        untold += f" - {unsure} of them doubtful: see the report" if unsure else ""
        cues = "1 cue" if len(track) == 1 else f"{len(track)} cues"
        yield f"{lang}: {cues} in {folder}/subtitles.{lang}.srt{untold}"
    yield f"The same as .vtt, both languages together, the recording and the journal are in {folder}/"


def untranslated(state: State) -> list[str]:
    """The tracks for which no engine translated a single sentence, though there were some."""
    return [
        lang
        for lang in (state.session.tgt_langs if state.session else ())
        if (cues := [cue for cue in state.track(lang) if _foreign(state, cue)])
        and all("untranslated" in cue.flags for cue in cues)
    ]


def _foreign(state: State, cue: Cue) -> bool:
    """Whether it shows what has to be translated for its track."""
    return any(state.sentences[id].lang not in (cue.lang, UNSPOKEN) for id in cue.sentences if id in state.sentences)


def missing(event: Gap | Skipped | Removed) -> str:
    """One line about a stretch without subtitles, or without a recording."""
    if isinstance(event, Removed):
        gone = f"the sound and the picture up to {clock_time(event.stream)}"
        return f"the session folder was removed: {gone} are gone, the journal and the subtitles are put back"
    what = "missing from the stream" if isinstance(event, Gap) else "not heard"
    seconds = event.end - event.start
    return f"{seconds:.{int(seconds < 2)}f} s from {clock_time(event.start)} on are {what} ({event.reason})"


def remark(cue: Cue) -> str:
    """What is said beside a cue on the screen."""
    remarks = {
        "untranslated": "no engine answered",
        "doubtful": "doubtful",
        "cut": "cut off",
        "name": "a name is uncertain",
    }
    return "".join(f"  [{said}]" for flag, said in remarks.items() if flag in cue.flags)


def say(line: str) -> None:
    """One line to standard output; once nobody reads it any more, nothing."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except (OSError, ValueError):
        be_silent()


def be_silent() -> None:
    """The terminal or the pipe is gone: what is said from now on goes nowhere, and the subtitles go on."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for the rest of the process
