"""A recogniser that outlives its process: one that dies, hangs or runs out of memory is replaced by another.

The new one hears again what the old one had not judged yet, so nothing is lost and nothing is said twice. What kills
three of them in a row is left out, and told. Where runs share one, another run's sound may have killed it: the last of
the three is this run's alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from pipeline.errors import LivesubsError, ModelError, WorkerError
from pipeline.events import RECOGNISER, Hypothesis, Skipped, Suppressed, Warned
from pipeline.settings import SpeechSettings
from pipeline.speech.local import Recogniser
from pipeline.speech.messages import Answered, Heard, Language

DEADLY = 3
"""Recognisers that may die of the same sound before it is left out."""
PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to start another one: memory that was short may be free again."""
PIECE = 30.0
"""Seconds of sound that are heard again at once."""
OVERLAP = 3.0
"""Seconds before the last word said that are heard again, where the utterance goes on: its sound may reach beyond its
end, and what is cut in two is heard as two."""
_APART = "one of this run's own is started and hears again what is missing, then it shares again"
_FAILURES = (ModelError, WorkerError)


class SupervisedRecogniser:
    """The interface of local.Recogniser, over as many of them as it takes."""

    def __init__(
        self,
        make: Callable[[], Recogniser],
        spares: Sequence[SpeechSettings] = (),
        wait: Callable[[float], None] = time.sleep,
        alone: Callable[[], Recogniser] | None = None,
    ) -> None:
        """`spares`: with what to go on, in order, where a model cannot be used: another device, a smaller one. `alone`:
        where those that `make` gives may die of what others hear with them, one of which nobody else is a part."""
        self._make, self._spares, self._wait, self._alone = make, list(spares), wait, alone
        self._recogniser: Recogniser | None = None
        self._apart = False  # it is one of `alone`, for as long as something is in doubt
        self._audio, self._settings = Path(), SpeechSettings()
        self._open: list[tuple[float, float]] = []  # spans that were given and are not judged yet
        self._told: list[Warned | Skipped] = []
        self._said = 0.0  # where the last word ends that was said
        self._names: tuple[str, ...] = ()
        self._lang = ""
        self._level = 0
        self._spent = 0.0  # by those that are gone

    @property
    def compute(self) -> float:
        recogniser = self._recogniser  # others ask while it is being replaced
        return self._spent + (recogniser.compute if recogniser else 0.0)

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self._audio, self._settings = audio, settings
        while True:
            try:
                return self._start()
            except _FAILURES as error:
                if not self._take_spare(error):
                    raise

    def hear(self, start: float, end: float) -> Heard:
        self._open = _joined(self._open, start, end)
        return self._surely(lambda recogniser: recogniser.hear(start, end), last=False)

    def finish(self) -> Heard:
        heard = self._surely(lambda recogniser: recogniser.finish(), last=True)
        self._open.clear()
        self._said = 0.0  # what comes next may lie before it: what was left out is heard in the end
        return heard

    def recognise(self, start: float, end: float) -> Heard:
        return self._opened().recognise(start, end)

    def language(self, start: float, end: float) -> Language:
        return self._opened().language(start, end)

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        self._names = names
        try:
            return self._opened().expect(names)
        except _FAILURES:
            return ()  # the next stretch finds it dead, and what takes its place is told

    def assume(self, lang: str) -> None:
        self._lang = lang
        with suppress(*_FAILURES):  # the next stretch finds it dead, and what takes its place is told
            self._opened().assume(lang)

    def degrade(self, level: int) -> None:
        self._level = level
        with suppress(*_FAILURES):  # the next stretch finds it dead, and what takes its place is told
            self._opened().degrade(level)

    def close(self) -> None:
        if self._recogniser:
            self._spent += self._recogniser.compute
            self._recogniser.close()
            self._recogniser = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if self._recogniser:
            self._recogniser.__exit__(kind, *error)

    def _surely(self, ask: Callable[[Recogniser], Heard], *, last: bool) -> Heard:
        """What it answers, or what another one does that has heard again all that was open."""
        try:
            events = self._together() if self._apart and not last else ask(self._opened()).events
        except _FAILURES as error:
            events = self._hear_again(error, last=last)
        self._judge(events)
        told, self._told = self._told, []
        return Heard((*told, *events), 0.0)

    def _together(self) -> tuple[Answered, ...]:
        """What was in doubt killed nothing: what is open now is heard with the others again."""
        self._start()
        return tuple(self._hear_open(last=False))

    def _hear_again(self, error: LivesubsError, *, last: bool) -> tuple[Answered, ...]:
        for replace in (*[self._replace] * (DEADLY - 2), self._set_apart):
            replace(error)
            try:
                return tuple(self._hear_open(last=last))
            except _FAILURES as again:
                error = again
        self._replace(error)
        left, self._open = self._open, []
        return tuple(Skipped(start=start, end=end, reason=f"{DEADLY} recognisers died of it") for start, end in left)

    def _hear_open(self, *, last: bool) -> Iterator[Answered]:
        """What a new recogniser says of the open spans; that it begins there makes no word half a word."""
        recogniser = self._opened()
        for start, end in self._open:
            while start < end:
                upto = min(start + PIECE, end)
                yield from filter(None, map(self._new, recogniser.hear(start, upto).events))
                start = upto
        if last:
            yield from filter(None, map(self._new, recogniser.finish().events))

    def _new(self, said: Answered) -> Answered | None:
        """Of what is heard again what had not been said."""
        if isinstance(said, Suppressed):
            return said if said.end > self._said else None
        if not isinstance(said, Hypothesis):
            return said
        words = tuple(word for word in said.committed if (word.start + word.end) / 2 > self._said)
        return msgspec.structs.replace(said, committed=words, begun=False)

    def _judge(self, events: Sequence[Answered]) -> None:
        """Takes from the open spans what has been judged."""
        heard = [said for said in events if isinstance(said, Hypothesis)]
        self._said = max([self._said, *(word.end for said in heard for word in said.committed)])
        upto = max((said.heard for said in heard), default=0.0)
        if upto <= self._said:
            upto -= OVERLAP
        self._open = [(max(start, upto), end) for start, end in self._open if end > upto]

    def _replace(self, error: LivesubsError) -> None:
        """Another recogniser in place of one that failed with `error`; WorkerError when none can be had."""
        self._told.append(
            Warned(text=f"{_short(error)}; another is started and hears again what is missing", about=RECOGNISER)
        )
        if isinstance(error, ModelError):  # of memory, or of a GPU: the same again would fail again
            self._take_spare(error)
        for pause in PAUSES:
            self._wait(pause)
            try:
                self._start()
                return
            except _FAILURES as failed:
                error = failed
                self._take_spare(failed)
        raise WorkerError(
            f"no recogniser can be started any more ({_short(error)}); what is recorded is kept, "
            "mend that and go on with `livesubs run --resume`"
        ) from error

    def _set_apart(self, error: LivesubsError) -> None:
        """Another one, which dies of nothing but what it hears for us; on a spare's device where ours is full."""
        if self._alone:
            for settings in (self._settings, *self._spares):
                with suppress(*_FAILURES):
                    self._start(self._alone, settings)
                    self._apart = True
                    self._told.append(Warned(text=f"{_short(error)}; {_APART}", about=RECOGNISER))
                    return
        self._replace(error)

    def _start(self, make: Callable[[], Recogniser] | None = None, settings: SpeechSettings | None = None) -> str:
        self.close()
        self._apart = False
        self._recogniser = (make or self._make)()
        description = self._recogniser.open(self._audio, settings or self._settings)
        if self._names:
            self._recogniser.expect(self._names)
        if self._lang:
            self._recogniser.assume(self._lang)
        if self._level:
            self._recogniser.degrade(self._level)
        return description

    def _take_spare(self, error: LivesubsError) -> bool:
        """Goes on with the next spare settings, if there are any."""
        if not self._spares:
            return False
        self._settings = self._spares.pop(0)
        used = f"{Path(self._settings.model).name} on {self._settings.device}"
        self._told.append(Warned(text=f"{_short(error)}; {used} takes over", about=RECOGNISER))
        return True

    def _opened(self) -> Recogniser:
        if self._recogniser is None:
            raise RuntimeError("open() comes first")
        return self._recogniser


def _joined(spans: list[tuple[float, float]], start: float, end: float) -> list[tuple[float, float]]:
    """The spans with one more, which is one with the last where it follows on it."""
    if spans and abs(spans[-1][1] - start) < 1e-4:
        return [*spans[:-1], (spans[-1][0], end)]
    return [*spans, (start, end)]


def _short(error: LivesubsError) -> str:
    """The error without what to do about it: that is being done."""
    return str(error).rpartition(";")[0] or str(error)
