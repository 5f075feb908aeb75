"""A session's recogniser and local translators, by workers that several sessions share.

The sound is cut at silences, by itself alone (`refining.blocks`), and the blocks are heard wherever there is a worker
free; what is said comes in order, as if one had heard it all.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import Self

from msgspec.structs import replace

from pipeline.audio import AudioFile
from pipeline.events import Chunk, Hypothesis
from pipeline.refining.blocks import Cutter
from pipeline.refining.kept import Kept, key
from pipeline.refining.readings import Block
from pipeline.scale.worker import Worker
from pipeline.scale.workers import Workers
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.messages import Answered, Heard, Language
from pipeline.speech.vad import Detector, Silero
from pipeline.translation.engine import NOTHING, Answer, Context
from pipeline.translation.local import translates


class SharedRecogniser:
    """The interface of `speech.Recogniser`, for a recording that is there to be read as fast as can be."""

    def __init__(
        self,
        workers: Workers,
        kept: Kept,
        tell: Callable[[float], None],
        detector: Callable[[], Detector] = Silero,
    ) -> None:
        """`tell` is told up to where it has been heard."""
        self._workers, self._kept, self._tell, self._make = workers, kept, tell, detector
        self._audio, self._settings = AudioFile(Path()), SpeechSettings()
        self._detector: Detector | None = None
        self._cutter: Cutter | None = None
        self._names: tuple[str, ...] = ()
        self._waiting: deque[tuple[Chunk, Future[Heard]]] = deque()
        self._first = True
        """The next block that is taken begins where the sound does."""
        self.compute = 0.0

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        self._audio, self._settings, self._detector = AudioFile(audio), settings, self._make()
        return self._workers.description

    def hear(self, start: float, end: float) -> Heard:
        """What is ready, in order; waits where so much waits already that no worker is without work."""
        before: Sequence[Answered] = ()
        if self._cutter and abs(start - self._cutter.end) > 0.5 / SAMPLE_RATE:
            before = self.finish().events
        if not self._cutter:
            if self._detector is None:
                raise RuntimeError("open() comes first")
            self._cutter, self._first = Cutter(self._detector, start), True
        for block in self._cutter.cut(self._audio.read(start, end)):
            self._give(block)
        return Heard((*before, *self._taken(self._workers.number + 1, over=False)), 0.0)

    def finish(self) -> Heard:
        for block in self._cutter.rest() if self._cutter else ():
            self._give(block)
        self._cutter = None
        return Heard(tuple(self._taken(0, over=True)), 0.0)

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """None is said to be left out: which are said lately would then decide, and blocks are heard in any order."""
        self._names = names
        return ()

    def degrade(self, level: int) -> None:
        """Nobody waits for it, so it is heard with all care."""

    def assume(self, lang: str) -> None:
        """Nobody says meanwhile who speaks."""

    def recognise(self, start: float, end: float) -> Heard:
        raise NotImplementedError

    def language(self, start: float, end: float) -> Language:
        raise NotImplementedError

    def close(self) -> None:
        self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close()

    def _give(self, block: Chunk) -> None:
        sound = self._audio.raw(block.start, block.end)
        asked = Block(start=block.start, sound=sound, names=self._names)
        named = key("heard", self._settings, block.start, sound, self._names)

        def work(worker: Worker) -> Heard:
            return self._kept.once(named, Heard, lambda: worker.hear(asked))

        self._waiting.append((block, self._workers.hear(work)))

    def _taken(self, most: int, *, over: bool) -> Iterator[Answered]:
        """What is said in the blocks that are ready, and in so many that at `most` so many wait."""
        while self._waiting and (len(self._waiting) > most or self._waiting[0][1].done()):
            block, answer = self._waiting.popleft()
            heard = answer.result()
            self.compute += heard.compute
            self._tell(block.end)
            yield from joined(heard.events, first=self._first, last=over and not self._waiting)
            self._first = False


def joined(heard: Sequence[Answered], *, first: bool, last: bool) -> Iterator[Answered]:
    """What is said in a block as if it had been heard together with those around it: only with the `first` the sound
    begins, only with the `last` it is over, and no word is half a word where it was cut."""
    for said in heard:
        if isinstance(said, Hypothesis):
            inner = said.over and not last
            said = replace(said, begun=said.begun and first, over=said.over and last, broken=said.broken and not inner)
        yield said


class SharedEngine:
    """The interface of `translation.Engine`, of one model folder."""

    name = "local"
    leaves_machine = False
    parallel = 1
    signature = ""

    def __init__(self, workers: Workers, kept: Kept, folder: Path) -> None:
        self._workers, self._kept, self._model = workers, kept, folder.name
        self._serves = cache(partial(translates, folder))  # it reads files, and is asked for each sentence

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return self._serves(src_lang, tgt_lang)

    def translate(self, text: str, src_lang: str, tgt_lang: str, context: Context = NOTHING) -> Answer | None:
        """Of whole sentences alone, which need no context."""
        model = self._model
        named = key("said", model, text, src_lang, tgt_lang)

        def work(worker: Worker) -> Answer | None:
            return self._kept.once(named, Answer | None, lambda: worker.translate(model, text, src_lang, tgt_lang))

        return self._workers.translate(work).result()
