"""The source's side of a session: found, recorded, ended. Imports the source, the journal and what they share."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipeline.audio import AudioFile
from pipeline.errors import LivesubsError
from pipeline.events import Ended, SourceState, Warned
from pipeline.flow import Clock
from pipeline.journal import Journal
from pipeline.settings import SourceSettings
from pipeline.source import parts
from pipeline.source.found import Found, find
from pipeline.source.recording import Before, Recording


class Intake:
    """What is recorded of one source, into the session folder `path`. Stops from any thread."""

    def __init__(self, source: str, path: Path, settings: SourceSettings, clock: Clock) -> None:
        self._source, self._path, self._settings, self._clock = source, path, settings, clock
        self._stopping = threading.Event()
        self.recording: Recording | None = None
        """None until it is open."""
        self.audio = AudioFile(path / parts.AUDIO)

    def stop(self) -> None:
        """Nothing more is recorded; what was is kept. Safe in a signal handler."""
        self._stopping.set()
        if self.recording:
            self.recording.stop()

    @property
    def stopping(self) -> bool:
        """It was asked to stop."""
        return self._stopping.is_set()

    @property
    def expects_sound(self) -> bool:
        """Sound should come, and nothing that was told explains why none does."""
        return self.recording is not None and self.recording.connected and not self.stopping

    def find(self, announce: Callable[[datetime | None], None], *, resumed: bool) -> Found:
        """Where the source is now; waits for one that has yet to begin. A SourceError where a new session has none."""
        return find(self._source, self._settings, self._clock, self._stopping.is_set, announce, resumed=resumed)

    def nothing(self) -> Found:
        """For a session that does what it owes, and records no more."""
        return Found(ways=(self._source,))

    def open(self, found: Found, journal: Journal, had: Before | None) -> Recording:
        """The recording, begun; it goes on with what a session before `had`. Errors as `Recording.start`."""
        if found.address or found.away:
            journal.append(SourceState(state="opening", stream=self.audio.recorded, detail=found.shown))
        self.recording = recording = Recording(found.ways, self._settings, self._path, self._clock, journal.append, had)
        if self.stopping:  # asked for while the model was loading
            recording.stop()
        recording.start(found.address or found.away)
        return recording

    def record_on(self, error: Exception, journal: Journal) -> None:
        """No more subtitles, but an hour that was not recorded can never be heard: on until the end, or Ctrl-C."""
        recording = self.recording
        if not recording or recording.ended:
            return
        what = str(error) if isinstance(error, LivesubsError) else f"this program has a fault ({error!r})"
        journal.append(Warned(text=f"{what}; the recording goes on without subtitles, Ctrl-C ends it"))
        while not recording.ended:
            self._clock.wait(0.25)

    def end(self) -> None:
        """Its processes end, at most 5 s after."""
        if self.recording:
            self.recording.close()

    def close(self, recording: Recording, journal: Journal, before: str = "") -> None:
        """How it ended, once it has, as the journal's last words; the error that it ended with is raised.

        A session that only did what was left ended as it had `before`: that reason.
        """
        outcome, recorded = recording.outcome, self.audio.recorded
        if before:
            journal.append(Ended(reason="ended" if before == "ended" else "stopped", stream=recorded))
            return
        journal.append(SourceState(state=outcome.state, stream=recorded, detail=outcome.detail))
        if outcome.error:
            raise outcome.error
        journal.append(Ended(reason="stopped" if self.stopping else "ended", stream=recorded))
