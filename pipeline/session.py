"""The composition root: opens a session folder, joins the stages in one expression, runs and stops them.

Reading order for the whole program: `events`, this module, then any stage.
"""

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from pipeline import __version__, folder
from pipeline.audio import SILENT, AudioFile, loudness
from pipeline.errors import SessionError, WorkerError
from pipeline.events import (
    Chunk,
    Cue,
    Ended,
    Event,
    Hypothesis,
    Progress,
    Rendering,
    Sentence,
    SessionStarted,
    SourceState,
    Suppressed,
    Value,
    Warned,
)
from pipeline.flow import Clock, Inline, Repeating, Threads
from pipeline.journal import Entry, Journal, State
from pipeline.settings import Settings
from pipeline.source.address import Address
from pipeline.source.announced import await_address
from pipeline.source.capture import Capture
from pipeline.speech.client import Recogniser
from pipeline.speech.stage import recognise
from pipeline.stall import StallWatch
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.sentences import to_sentences
from pipeline.translation.chain import Chain
from pipeline.translation.outage import Outage
from pipeline.translation.stage import translate, verbatim


def subtitles(
    chunks: Iterable[Chunk],
    recogniser: Recogniser,
    chains: Mapping[str, Chain],
    settings: Settings,
    journal: Journal,
    hands: Threads | Inline,
) -> Iterator[list[Cue]]:
    """Sound to cues of every track, in batches as they are ready; all but the cues is journaled on the way.

    With `Inline` hands it runs in the caller's thread, deterministically.
    """
    lang = settings.speech.spoken[0]
    heard = journal.tap(recognise(chunks, recogniser), events=_itself)
    sentences = journal.tap(to_sentences(heard, settings.sentences, lang), events=_itself)
    own, *copies = hands.fan_out(sentences, 1 + len(chains))
    renderings: list[Iterable[Rendering]] = [
        verbatim(own, lang),
        *(
            journal.tap(translate(copy, target, chain), events=Outage(target).events)
            for copy, (target, chain) in zip(copies, chains.items(), strict=True)
        ),
    ]
    return hands.merge([to_cues(track, settings.cues) for track in renderings])


def _itself(event: Hypothesis | Suppressed | Sentence) -> Iterable[Event]:
    """The event, unless it only says that time passed."""
    wordless = isinstance(event, Hypothesis) and not event.committed and not event.tail
    return () if wordless else (event,)


class Status(Value, frozen=True):
    """How a running session stands; seconds, but for `speed` and `level`."""

    recorded: float
    heard: float
    speed: float | None
    """Seconds of sound recognised per second of work; None before the first."""
    level: float
    """Loudness of the last moment, dB below full scale (0 is the loudest)."""
    stopping: bool
    quiet: float = 0.0
    """Seconds for which the stream has sent nothing, once that is worth telling; else 0."""

    @property
    def behind(self) -> float:
        """Seconds of recorded sound still to be heard."""
        return max(0.0, self.recorded - self.heard)


class View(Protocol):
    """Who watches a session."""

    def show(self, entry: Entry) -> None:
        """An event was journaled; called from several threads, one at a time."""

    def announce(self, starts_at: datetime | None) -> None:
        """The stream is not live yet; called once a second."""


class Session:
    """One stream, from its first sample to the last words written."""

    def __init__(
        self,
        source: str,
        path: Path,
        settings: Settings,
        recogniser: Recogniser,
        chains: Mapping[str, Chain],
        clock: Clock,
    ) -> None:
        self._audio = AudioFile(path / folder.AUDIO)
        self._stopping = threading.Event()
        self._source, self._path, self._settings = source, path, settings
        self._recogniser, self._chains, self._clock = recogniser, chains, clock
        self._capture: Capture | None = None
        self._heard = 0.0
        self._stall: StallWatch | None = None
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, view: View) -> State:
        """Subtitles the whole source and gives what the journal then says; LivesubsError when it could not."""
        with folder.new(self._path), Journal(self._path, self._clock) as journal, self._recogniser:
            journal.listeners.append(view.show)
            try:
                self._run(journal, view)
            except BaseException as error:
                self._end_capture()  # what it still writes counts, and nothing is removed under its hands
                if self._audio.recorded:
                    how: Literal["failed", "aborted"] = "failed" if isinstance(error, Exception) else "aborted"
                    journal.append(Ended(reason=how, stream=self._audio.recorded, error=str(error)))
                else:
                    folder.empty(self._path)
                raise
            self._end_capture()
            with journal.state() as state:
                return state

    def stop(self) -> None:
        """Ends the capture; what was recorded is still heard, translated and written. Safe in a signal handler."""
        self._stopping.set()
        if self._capture:
            self._capture.stop()

    def warn(self, text: str) -> None:
        """Something a person should know that the session cannot; any thread may, also before it runs."""
        self._told.put(text)

    def status(self) -> Status:
        recorded = self._audio.recorded if self._stall else 0.0
        quiet = self._stall.quiet if self._stall else 0.0
        return Status(
            recorded=recorded,
            heard=min(self._heard, recorded),
            speed=self._heard / self._recogniser.compute if self._recogniser.compute else None,
            level=SILENT if quiet else loudness(self._audio.read(max(0.0, recorded - 0.2), recorded)),
            stopping=self._stopping.is_set(),
            quiet=quiet,
        )

    def _count(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            yield chunk
            self._heard = chunk.end

    def _note_progress(self, journal: Journal) -> None:
        with suppress(SessionError):  # a full disk is told by whoever writes what cannot be missed
            self._pass_on(journal)
            journal.append(Progress(recorded=self._audio.recorded, heard=self._heard, compute=self._recogniser.compute))

    def _pass_on(self, journal: Journal) -> None:
        while not self._told.empty():
            journal.append(Warned(text=self._told.get()))

    def _end_capture(self) -> None:
        if self._capture:
            self._capture.close()

    def _run(self, journal: Journal, view: View) -> None:
        description = self._recogniser.open(self._audio.path, self._settings.speech)
        address = await_address(
            self._source, self._settings.source, self._clock, self._stopping.is_set, announce=view.announce
        )
        folder.write_settings(self._path, self._settings, self._source)
        journal.append(
            SessionStarted(
                version=__version__,
                source=address.shown,
                src_lang=self._settings.speech.spoken[0],
                spoken=self._settings.speech.spoken,
                tgt_langs=tuple(self._chains),
                recogniser=description,
                engines=tuple(dict.fromkeys(name for chain in self._chains.values() for name in chain.engines)),
                leaves_machine=any(chain.leaves_machine for chain in self._chains.values()),
                began_at=self._clock.now(),
            )
        )
        for note in dict.fromkeys(note for chain in self._chains.values() for note in chain.notes):
            self.warn(note)
        self._pass_on(journal)
        folder.write_tracks(self._path, journal)
        capture = self._open(address, journal)
        chunks = self._count(self._audio.follow(start=0.0, ended=lambda: capture.ended, clock=self._clock))
        self._stall = StallWatch(self._audio, lambda: not capture.ended, journal.append, self._clock)
        with self._stall, Repeating(lambda: self._note_progress(journal), seconds=2.0, name="progress"):
            try:
                for batch in subtitles(chunks, self._recogniser, self._chains, self._settings, journal, Threads()):
                    for event in batch:
                        journal.append(event)
                    folder.write_tracks(self._path, journal)
            except WorkerError as error:
                self._record_on(capture, error, journal)
                raise
        self._close(capture, journal)

    def _record_on(self, capture: Capture, error: WorkerError, journal: Journal) -> None:
        """No more subtitles, but an hour that was not recorded can never be heard: on until the end, or Ctrl-C."""
        if not capture.ended:
            journal.append(Warned(text=f"{error}; the recording goes on without subtitles, Ctrl-C ends it"))
        while not capture.ended:
            self._clock.wait(0.25)

    def _open(self, address: Address, journal: Journal) -> Capture:
        journal.append(SourceState(state="opening", stream=0.0, detail=address.shown))
        self._capture = capture = Capture(address, self._settings.source, self._path)
        if self._stopping.is_set():  # asked for while the model was loading
            capture.stop()
        capture.start()
        if capture.media.tracks:  # none were looked for if it was stopped before
            journal.append(SourceState(state="connected", stream=0.0, detail=str(capture.media)))
        return capture

    def _close(self, capture: Capture, journal: Journal) -> None:
        recorded = self._audio.recorded
        outcome = capture.outcome
        journal.append(SourceState(state=outcome.state, stream=recorded, detail=outcome.detail))
        if outcome.error:
            raise outcome.error
        journal.append(Ended(reason="stopped" if self._stopping.is_set() else "ended", stream=recorded))
