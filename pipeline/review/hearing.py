"""A stretch of a session's sound recognised once more, with all the care there is: by a recogniser process of our own.

The session's may be busy, and a native library that crashes must not take the desk with it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from pipeline.errors import SessionError
from pipeline.events import Hypothesis, Suppressed, Word
from pipeline.review.again import Version
from pipeline.settings import SpeechSettings
from pipeline.speech.client import RecogniserProcess
from pipeline.speech.messages import Answered

_BEAM = 10
"""Readings that are followed at once, at least: twice as many as live."""
_AROUND = 0.5
"""Seconds of sound before and after the stretch that are heard with it ..."""
_EDGE = 0.1
"""... and words with their middle so far outside are still of it."""
_LONGEST = 30.0
"""Seconds that a recogniser hears at once."""


class SecondEar:
    """Opens its recogniser when it is first asked, and again after it was closed. One thread at a time."""

    def __init__(self, audio: Path, settings: SpeechSettings) -> None:
        self._audio = audio
        self._settings = replace(settings, beam=max(_BEAM, settings.beam))
        self._recogniser: RecogniserProcess | None = None
        self._description = ""

    def versions(
        self, start: float, end: float, *, lang: str = "", names: Sequence[str] = (), before: str = ""
    ) -> list[Version]:
        """How the words of a stretch may read, the best first: with what was said `before` and the `names` in mind, and
        without. SessionError without its sound; ModelError, WorkerError where there can be no recogniser."""
        if end - start > _LONGEST:
            raise SessionError(f"that is longer than the {_LONGEST:.0f} s that are recognised at once; split it first")
        recogniser = self._open()
        try:
            recogniser.assume(lang if lang in self._settings.spoken else "")
            found: dict[str, Version] = {}
            for told, how in self._ways((*names, *([before] if before else []))).items():
                recogniser.expect(told)
                for version in self._heard(recogniser, start, end, how):
                    found.setdefault(version.text, version)
        except Exception:
            self.close()  # the next one is asked afresh
            raise
        return sorted(found.values(), key=lambda version: bool(version.doubt))

    def close(self) -> None:
        """Frees the model; may be called twice."""
        recogniser, self._recogniser = self._recogniser, None
        if recogniser:
            recogniser.close()

    def _ways(self, told: tuple[str, ...]) -> dict[tuple[str, ...], str]:
        """What it is told beforehand, each time that it is asked, and what that is called."""
        return {(): ""} if self._settings.hotwords is False else {told: " in context", (): ""}

    def _open(self) -> RecogniserProcess:
        if not self._audio.exists():
            raise SessionError(f"the sound of this session is not here: there is no {self._audio.name} in its folder")
        if self._recogniser is None:
            recogniser = RecogniserProcess()
            try:
                self._description = recogniser.open(self._audio, self._settings)
            except BaseException:
                recogniser.close()
                raise
            self._recogniser = recogniser
        return self._recogniser

    def _heard(self, recogniser: RecogniserProcess, start: float, end: float, how: str) -> Iterator[Version]:
        edge = max(0.0, min(_AROUND, (_LONGEST - (end - start)) / 2))
        for said in recogniser.recognise(max(0.0, start - edge), end + edge).events:
            if text := _within(_words(said), start - _EDGE, end + _EDGE):
                doubt = said.reason if isinstance(said, Suppressed) else ""
                yield Version(text=text, engine=f"{self._description}{how}", doubt=doubt)


def _words(said: Answered) -> tuple[Word, ...]:
    if isinstance(said, Hypothesis):
        return said.committed
    return said.words if isinstance(said, Suppressed) else ()


def _within(words: Sequence[Word], start: float, end: float) -> str:
    return "".join(word.text for word in words if start <= (word.start + word.end) / 2 < end).strip()
