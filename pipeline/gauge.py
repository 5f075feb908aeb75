"""How far a session is: what is recorded and heard, what waits, and what its status and its progress say of it."""

from collections.abc import Iterable, Iterator

from pipeline.audio import SILENT, loudness
from pipeline.events import Chunk, Progress
from pipeline.flow import Clock
from pipeline.intake import Intake
from pipeline.speech.client import Recogniser
from pipeline.view import Status


class Gauge:
    """Of one session. Whoever hands chunks on counts them here; any thread may ask."""

    def __init__(self, intake: Intake, recogniser: Recogniser, clock: Clock) -> None:
        self._intake, self._recogniser, self._clock = intake, recogniser, clock
        self._heard = self._heard_from = 0.0
        self._seen = 0.0
        """What was recorded when a chunk was last handed over."""
        self.left_out = 0.0
        """Seconds that were skipped and are being heard now."""

    def begin(self, heard: float) -> None:
        """A session before has heard so much of the stream."""
        self._heard = self._heard_from = heard

    @property
    def heard_well(self) -> float:
        """Seconds of the stream that this session has heard without dying of them."""
        return self._heard - self._heard_from

    def count(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The chunks; one that the next is asked for after has been heard."""
        for chunk in chunks:
            yield chunk
            self._heard = chunk.end

    def waiting(self, start: float) -> float:
        """Seconds of sound that had been waiting when the chunk before was handed over, where that matters.

        What has come since, in one go as HLS does, has not been waiting; a file is read ahead.
        """
        recording = self._intake.recording
        if recording is None or not recording.live:
            return 0.0
        before, self._seen = self._seen, self._intake.audio.recorded
        return max(0.0, before - start)

    def progress(self) -> Progress:
        """The line of the journal about now."""
        recorded, up = self._intake.audio.recorded, self._clock.up()
        origin = self._intake.recording.origin if self._intake.recording else None
        return Progress(
            recorded=recorded,
            heard=self._heard_now(recorded),
            compute=self._recogniser.compute,
            up=up,
            boot=self._clock.boot(),
            origin=origin,
            origin_at=None if origin is None else self._clock.now() - (up - origin),
        )

    def status(self, *, quiet: float) -> Status:
        """What a person sees; `quiet`: seconds for which the stream has sent nothing."""
        audio, compute = self._intake.audio, self._recogniser.compute
        recorded = audio.recorded if self._intake.recording else 0.0
        return Status(
            recorded=recorded,
            heard=self._heard_now(recorded) - self.left_out,
            speed=self.heard_well / compute if compute else None,
            level=SILENT if quiet else loudness(audio.read(max(0.0, recorded - 0.2), recorded)),
            stopping=self._intake.stopping,
            quiet=quiet,
        )

    def _heard_now(self, recorded: float) -> float:
        """Stream time up to which nothing waits to be heard: in a gap there is nothing to hear."""
        gaps = self._intake.recording.gaps if self._intake.recording else ()
        empty = sum(max(0.0, min(gap.end, recorded) - max(gap.start, self._heard)) for gap in gaps)
        return min(self._heard + empty, recorded)
