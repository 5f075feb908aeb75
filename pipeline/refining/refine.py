"""The second pass over one session, from its sound to its files: holds the session's lock, and answers meanwhile.

Hearing takes long and is kept as it goes on. What is to be changed is planned as a whole, written down, and done in one
go: whoever is killed over any of it goes on, to the same end.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path

import msgspec
from msgspec.structs import replace

from pipeline import folder
from pipeline.afterwards import Answering
from pipeline.audio import AudioFile
from pipeline.events import Chunk, Hypothesis, Recovered, Refined, Repaired, Sentence, Skipped, Value
from pipeline.files import write_whole
from pipeline.flow import Clock, Repeating
from pipeline.journal import Journal, read
from pipeline.names.live import Names
from pipeline.names.stage import mended
from pipeline.refining.aligning import aligned, hypotheses, words_of
from pipeline.refining.blocks import blocks
from pipeline.refining.kept import Kept
from pipeline.refining.kept import key as named
from pipeline.refining.planning import Rendered, Run, changes, run
from pipeline.refining.readings import LONG, Block, Hears, before, said, ways
from pipeline.refining.settled import settled
from pipeline.refining.voting import Heard, Reading, Span, voted
from pipeline.settings import Settings
from pipeline.source import parts
from pipeline.source.timeline import recover
from pipeline.speech.vad import Silero
from pipeline.state import State, apply, fold
from pipeline.subtitles.sentences import to_sentences
from pipeline.tracks import BEHIND
from pipeline.translation.chain import Chain
from pipeline.translation.stage import translate, verbatim
from pipeline.unfinished import unfinished

READINGS, PLAN = ".readings.part", ".plan.part"
"""What is kept of a pass that has not come to its end."""
_UNHEARD_LEAST = 1.0
"""Seconds at the end of a session that was cut off from which on they are a hole."""


class Plan(Value, frozen=True):
    """What is to be changed, whatever people touch meanwhile left out as it is done."""

    key: str
    runs: tuple[Run, ...]
    refined: Refined
    holes: tuple[Span, ...]


class Pass:
    """One second pass; `settings` are the session's, with the best model there is."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        hears: Hears,
        chains: Mapping[str, Chain],
        names: Names,
        clock: Clock,
        tell: Callable[[float, float], None] = lambda done, total: None,
    ) -> None:
        """`tell` is told how many seconds have been heard, of how many: each is heard in several ways."""
        self._path, self._settings, self._names, self._clock, self._tell = path, settings, names, clock, tell
        self._hears, self._chains = hears, chains
        self._audio = AudioFile(path / parts.AUDIO)
        self._ways = ways(settings.speech)

    def run(self) -> Refined:
        """What came of it. SessionError while somebody else holds the session, or where nothing can be written there;
        ModelError, WorkerError."""
        with folder.again(self._path):
            recover(self._path)
            with Journal(self._path, self._clock) as journal:
                answering = Answering(self._path, journal, self._settings, ())
                answering.answer()
                with journal.state() as state:
                    refined = state.refined
                if refined is None or not self._same(refined):
                    with Repeating(answering.director.answer, seconds=0.1, name="director"):
                        plan = self._plan()
                    refined = self._change(plan, journal, answering)
                return refined

    def _same(self, refined: Refined) -> bool:
        """Whether there is nothing new to hear, or to hear it with."""
        return refined.recogniser == self._model and abs(refined.recorded - self._audio.recorded) < _UNHEARD_LEAST

    @property
    def _model(self) -> str:
        return Path(self._settings.speech.model).name

    def _plan(self) -> Plan:
        """The one that was made before it was killed, or a new one."""
        journal, recorded = self._path / folder.JOURNAL, self._audio.recorded
        state, _, live = _read(journal, recorded)
        key = hashlib.sha256(msgspec.json.encode((self._ways, recorded, live))).hexdigest()
        with suppress(OSError, msgspec.DecodeError):
            known = msgspec.json.decode((self._path / PLAN).read_bytes(), type=Plan)
            if known.key == key:
                return known
        readings = self._readings(state, key)
        state, holes, _ = _read(journal, recorded)  # hearing took its time: people have worked meanwhile
        made = self._planned(state, holes, readings, key)
        write_whole(self._path / PLAN, msgspec.json.encode(made))
        return made

    def _planned(self, state: State, holes: Sequence[Span], readings: Sequence[Reading], key: str) -> Plan:
        held, spans = settled(state, self._silent(state))
        live = sorted(state.sentences.values(), key=lambda one: one.start)
        words = [heard for one in live for heard in words_of(one)]
        words.sort(key=lambda heard: heard.word.start)
        stretches = list(voted(words, readings, holes, spans, veto=self._heard_live(state)))
        events = hypotheses(stretches, held)
        made = to_sentences(events, self._settings.sentences, self._settings.speech.spoken[0])
        said = list(mended(made, self._names))
        new = [one for one in said if isinstance(one, Sentence)]
        repairs = [one for one in said if isinstance(one, Repaired)]
        found = aligned([one for one in live if one.id not in held], new, unfinished(state).number)
        todo = changes(state, found, spans)
        rendered = self._rendered([one for change in todo for one in change.new])
        runs = []
        for change in todo:
            if made_run := run(state, change, rendered, repairs, self._settings.cues):
                runs.append(made_run)
                for event in made_run.events:
                    apply(state, event)
        refined = Refined(
            recogniser=self._model,
            recorded=self._audio.recorded,
            replaced=sum(one.replaced for one in runs),
            added=sum(one.added for one in runs),
            holes=sum(span.end - span.start for span in holes),
            left=len(todo) - len(runs),
            pass_=2,
        )
        return Plan(key=key, runs=tuple(runs), refined=refined, holes=tuple(holes))

    def _silent(self, state: State) -> Iterator[Span]:
        """What was recorded, and is in the sound no more."""
        if state.recorded - self._audio.recorded > _UNHEARD_LEAST:
            yield Span(start=self._audio.recorded, end=inf)
        if state.removed and not parts.audible(self._path / parts.AUDIO, state.removed):
            yield Span(start=0.0, end=state.removed)

    def _heard_live(self, state: State) -> bool:
        """Whether it was the same model."""
        return state.session is not None and state.session.recogniser.startswith(f"{self._model} on ")

    def _readings(self, state: State, key: str) -> list[list[Heard]]:
        """What each way heard of all the sound."""
        found = blocks(self._audio, state.gaps, Silero())
        kept = Kept(self._path / READINGS)
        names = {(way, block): named(key, way, block.start) for way in range(len(self._ways)) for block in found}
        todo = [one for one, name in names.items() if name not in kept]
        total = len(self._ways) * sum(block.end - block.start for block in found)
        left = sum(block.end - block.start for _, block in todo)
        live = sorted(state.sentences.values(), key=lambda one: one.start)
        asked = (self._asked(way, block, live) for way, block in todo)
        for (way, block), heard in zip(todo, self._hears(asked), strict=True):
            kept.add(names[way, block], said(heard))
            left -= block.end - block.start
            self._tell(total - left, total)
        return [
            [
                Heard(word=word, lang=one.lang)
                for block in found
                for one in kept.of(names[way, block], tuple[Hypothesis, ...])
                for word in one.committed
            ]
            for way in range(len(self._ways))
        ]

    def _asked(self, way: int, block: Chunk, live: Sequence[Sentence]) -> Block:
        names = self._names.hotwords
        if way == LONG and self._settings.speech.hotwords is not False and (text := before(live, block.start)):
            names = (*names, text)
        return Block(start=block.start, sound=self._audio.raw(block.start, block.end), names=names, way=way)

    def _rendered(self, new: Sequence[Sentence]) -> Rendered:
        lang = self._settings.speech.spoken[0]
        tracks = {lang: verbatim(new, lang)}
        tracks |= {to: translate(new, to, chain) for to, chain in self._chains.items()}
        return {to: {one.sentence.id: replace(one, rev=1) for one in track} for to, track in tracks.items()}

    def _change(self, plan: Plan, journal: Journal, answering: Answering) -> Refined:
        """Does what is planned; what a person has touched since stays as it is."""
        (self._path / BEHIND).touch()
        left = 0
        for one in plan.runs:
            answering.director.answer()
            left += not answering.director.together(one.events, one.about)
        with journal.state() as state:
            skipped = list(state.skipped)
        for span in skipped:
            journal.append(Recovered(start=span.start, end=span.end))
        refined = replace(plan.refined, left=plan.refined.left + left)
        journal.append(refined)
        answering.answer()
        for name in (PLAN, READINGS):
            (self._path / name).unlink(missing_ok=True)
        return refined


def _read(path: Path, recorded: float) -> tuple[State, list[Span], int]:
    """What the journal says, words and all; what of the sound was not heard live; how many sentences were."""
    events = [entry.event for entry in read(path)]
    state = fold(events)
    back = {(event.start, event.end) for event in events if isinstance(event, Recovered)}
    spans = [(event.start, event.end) for event in events if isinstance(event, Skipped)]
    holes = [Span(start=start, end=end) for start, end in spans if (start, end) not in back]
    ended = state.ended is not None and state.ended.reason in ("ended", "stopped")
    heard = unfinished(state).heard
    if not ended and recorded - heard > _UNHEARD_LEAST:
        holes.append(Span(start=heard, end=recorded))
    return state, holes, sum(isinstance(event, Sentence) and event.pass_ == 1 for event in events)
