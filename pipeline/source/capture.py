"""One recording of a source: `audio.s16` and the archive, written by ffmpeg straight to disk, so that no slow reader
can hold it up. Imports `flow`, `errors`, `settings` and the source's own modules.

A file or a web stream is read by one ffmpeg. A source that must not be opened twice is read by a first ffmpeg, the
relay; what is looked at to learn its codecs is then given to the recorder, with all that follows.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pipeline.errors import CallerLeft, LivesubsError, SettingsError, SourceError, SourceUnreachable
from pipeline.events import Value
from pipeline.flow import Caller, Channel, DeadlineExpired, spawn
from pipeline.settings import SourceSettings
from pipeline.source import command, parts
from pipeline.source.address import Address, is_over
from pipeline.source.archive import stem
from pipeline.source.failures import caller_left, explain
from pipeline.source.gaps import Filled
from pipeline.source.probe import Media, probe
from pipeline.source.process import Ffmpeg

FIRST = 20.0
"""Seconds a live source has to send enough to say what it is."""

DAY = 86400.0


class Outcome(Value, frozen=True):
    """How a capture ended: by the source's own end, by us, or because the source was lost."""

    state: Literal["ended", "stopped", "lost"]
    detail: str = ""
    """One sentence, when lost."""
    error: LivesubsError | None = None
    """The same as an error of its kind, when lost."""


class Capture:
    """Records `address` into `folder`: its sound (appended), `archive/`, `ffmpeg.log`."""

    def __init__(
        self, address: Address, settings: SourceSettings, folder: Path, number: int = 1, patience: float = DAY
    ) -> None:
        """`number` counts the connections of a session: the first one's sound is `audio.s16`.

        A source that listens waits for somebody who sends, `patience` seconds at most.
        """
        self._address, self._settings, self._folder = address, settings, folder
        self._number, self._patience = number, patience
        self._ffmpeg = executable(settings.ffmpeg)
        self._relay: Ffmpeg | None = None
        self._recorder: Ffmpeg | None = None
        self._pump: Channel[None] | None = None
        self._stopping = False
        self._outcome: Outcome | None = None
        self.media = Media(tracks=(), picture=None, duration=None)
        self.filled = Filled()
        """The silence in its sound that the source did not send."""

    def start(self) -> None:
        """Looks what the source holds and records it from then on; a SourceError when it cannot be read.

        A capture that is stopped before or meanwhile has recorded nothing.
        """
        if self._stopping:
            return
        try:
            if self._address.once:
                self._record_once()
            else:
                options = dict(self._address.options)
                self.media = probe(self._address.url, self._address.shown, options=options)
                self._recorder = self._record()
        except LivesubsError:
            self.close()
            if not self._stopping:
                raise
        if self._stopping:
            self.stop()

    def stop(self) -> None:
        """Ends the recording: what has come in is finished and kept. Comes back at once; safe in a signal handler."""
        self._stopping = True
        if self._relay:
            self._relay.stop()
        elif self._recorder:
            self._recorder.stop()

    @property
    def ended(self) -> bool:
        """Nothing more will be recorded, or heard of what was `filled`."""
        return self._outcome is not None or self._recorder is None or self._recorder.over

    @property
    def outcome(self) -> Outcome:
        """How it ended; waits for the end."""
        if not self._outcome:
            self._outcome = self._judge()
        return self._outcome

    def close(self) -> None:
        """Ends every process of this capture, at most 5 s after."""
        for process in (self._relay, self._recorder):
            if process:
                process.close()

    @property
    def _recorded(self) -> float:
        return parts.seconds(parts.part(self._folder, self._number))

    def _record(self) -> Ffmpeg:
        """The recorder, started."""
        archive = (self._folder / parts.ARCHIVE).absolute()  # ffmpeg takes `rally:paris/` for a protocol
        if self._settings.archive:
            archive.mkdir(exist_ok=True)
        arguments = command.recorder(
            self._ffmpeg,
            self._address,
            self.media,
            self._settings,
            stem(archive, self._number) if self._settings.archive else None,
        )
        with parts.part(self._folder, self._number).open("ab") as sound:
            log, hear = self._folder / parts.LOG, self.filled.hear
            return Ffmpeg(arguments, output=sound, log=log, fed=self._address.once, hear=hear)

    def _record_once(self) -> None:
        head = self._open_once()
        try:
            self.media = Caller("probe").call(
                lambda: probe(head, self._address.shown, container=self._container),
                seconds=self._patience if self._address.waits else FIRST,
            )
        except DeadlineExpired:
            raise SourceUnreachable(
                f"{self._address.shown} sends nothing; check that the stream is running and try again"
            ) from None
        except SourceError as error:
            said = self._relay.said if self._relay and self._relay.wait(2.0) else ""
            if self._address.waits and caller_left(said):
                called = f"somebody called {self._address.shown} and sent nothing that can be read"
                raise CallerLeft(f"{called}; start the stream there again") from error
            raise explain(said, self._address.shown) if said else error from error
        self._recorder = self._record()
        self._pump = spawn(self._feed(head, self._recorder), bound=1, name="relay")

    @property
    def _container(self) -> str | None:
        return None if self._address.kind == "stdin" else "nut"

    def _open_once(self) -> "Peeked":
        """What the source sends, read by a relay; standard input needs none."""
        if self._address.kind == "stdin":
            return Peeked(sys.stdin.fileno())
        arguments = command.relay(self._ffmpeg, self._address)
        self._relay = Ffmpeg(arguments, output=subprocess.PIPE, log=self._folder / parts.LOG)
        if self._stopping:  # asked for while it was being started
            self._relay.stop()
        return Peeked(self._relay.output.fileno())

    def _feed(self, head: "Peeked", recorder: Ffmpeg) -> Iterator[None]:
        """Gives the recorder what was looked at and all that follows, until one of the two ends."""
        try:
            for data in head.replay():
                recorder.input.write(data)
                recorder.input.flush()
        except OSError:
            pass  # the recorder has ended: its outcome says why
        finally:
            recorder.close_input()
            if self._relay:
                self._relay.stop()
        yield from ()

    def _judge(self) -> Outcome:
        if not self._recorder:
            return Outcome(state="stopped")
        code = self._recorder.join()
        if self._stopping:
            return Outcome(state="stopped")
        said = "\n".join(process.said for process in (self._relay, self._recorder) if process)
        if code:
            return _lost(explain(said, self._address.shown))
        if self._has_ended():
            return Outcome(state="ended")
        return _lost(
            SourceUnreachable(
                f"{self._address.shown} stopped sending; check the stream and start again, what was recorded is kept"
            )
        )

    def _has_ended(self) -> bool:
        """The source has come to its own end, or to the one that was asked for."""
        wanted = command.length(self._settings)
        reached = wanted is not None and self._recorded >= wanted - 1.0
        return self._address.ends or self.media.duration is not None or reached or is_over(self._address)


class Peeked:
    """A pipe whose head can be read, by PyAV, and then read again from its beginning."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen: list[bytes] = []

    def read(self, size: int = -1) -> bytes:
        # Below Python's buffer: its lock would be held by a waiting read when the program exits.
        data = os.read(self._descriptor, size if size > 0 else 65536)
        self._seen.append(data)
        return data

    def replay(self) -> Iterator[bytes]:
        yield from self._seen
        self._seen.clear()
        while data := os.read(self._descriptor, 65536):
            yield data


def _lost(error: LivesubsError) -> Outcome:
    return Outcome(state="lost", detail=str(error), error=error)


def executable(chosen: str) -> str:
    """The path of the ffmpeg to use; SettingsError when there is none."""
    import imageio_ffmpeg

    if chosen:
        if found := shutil.which(chosen):
            return found
        raise SettingsError(f"there is no ffmpeg at {chosen}; check --ffmpeg, or leave it out for the bundled one")
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise SettingsError("no ffmpeg is bundled for this system; install one and name it with --ffmpeg") from error
