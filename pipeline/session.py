"""The composition root: opens a session folder, joins the stages in one expression, runs and stops them.

Reading order for the whole program: `events`, this module, then any stage.
"""

import queue
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Literal

from pipeline import __version__, folder, notes
from pipeline.beside import Beside
from pipeline.director import Director
from pipeline.errors import LivesubsError, SessionError
from pipeline.events import (
    Chunk,
    Cue,
    Ended,
    Event,
    Hypothesis,
    Recovered,
    Rendering,
    Resumed,
    Sentence,
    SessionStarted,
    Skipped,
    Warned,
    Withdrawn,
)
from pipeline.files import lasting
from pipeline.flow import Clock, Inline, Repeating, Threads
from pipeline.gauge import Gauge
from pipeline.intake import Intake
from pipeline.journal import Journal
from pipeline.names.live import Names
from pipeline.names.stage import mended
from pipeline.remains import outlived
from pipeline.settings import Settings
from pipeline.source.found import Found
from pipeline.source.gaps import outside
from pipeline.speech.client import Recogniser
from pipeline.speech.overload import Degraded, keep_up
from pipeline.speech.stage import recognise
from pipeline.stall import StallWatch
from pipeline.state import State
from pipeline.subtitles.cues import to_cues
from pipeline.subtitles.sentences import to_sentences
from pipeline.tracks import TrackFiles
from pipeline.translation.backlog import unsettled
from pipeline.translation.chain import Chain
from pipeline.translation.outage import Outage
from pipeline.translation.stage import translate, verbatim
from pipeline.unfinished import Unfinished, before, missing, unfinished
from pipeline.view import Status, View


def subtitles(
    chunks: Iterable[Chunk | Degraded | Skipped | Warned],
    recogniser: Recogniser,
    chains: Mapping[str, Chain],
    settings: Settings,
    journal: Journal,
    hands: Threads | Inline,
    left: Unfinished = Unfinished(),  # noqa: B008  # immutable
    names: Names | None = None,
    touched: Callable[[], Collection[str]] = tuple,
    speaker: Callable[[], str] = str,
) -> Iterator[list[Cue | Withdrawn]]:
    """Sound to cues of every track, in batches as they are ready; all but the cues is journaled on the way.

    With `Inline` hands it runs in the caller's thread, deterministically. `left` is what a session before has left;
    `touched` and `speaker` tell what people do meanwhile (director).
    """
    lang, names = settings.speech.spoken[0], names or Names()
    heard = journal.tap(recognise(chunks, recogniser, names, speaker), events=_itself)
    clauses = settings.speech.policy == "stream"
    made = to_sentences(heard, settings.sentences, lang, first=left.number, then=left.then, clauses=clauses)
    said = journal.tap(mended(made, names), events=_itself)
    sentences = (event for event in said if isinstance(event, Sentence))
    own, *copies = hands.fan_out(sentences, 1 + len(chains))
    renderings: dict[str, Iterable[Rendering]] = {lang: verbatim(left.before(lang, own), lang)}
    for copy, (target, chain) in zip(copies, chains.items(), strict=True):
        owed = unsettled(left.said, left.placed(target), target)
        rendered = translate(left.before(target, copy), target, chain, owed)
        renderings[target] = journal.tap(rendered, events=Outage(target).events)
    return hands.merge(
        [
            to_cues(track, settings.cues, left.placed(lang), left.until.get(lang, inf), touched)
            for lang, track in renderings.items()
        ]
    )


def _itself(event: Event) -> Iterable[Event]:
    """The event, unless it only says that time passed."""
    wordless = isinstance(event, Hypothesis) and not event.committed and not event.tail
    return () if wordless else (event,)


LONG = 60.0
"""Seconds of the stream that a session has heard well."""


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
        names: Names | None = None,
        *,
        resume: bool = False,
        watched: bool = False,
        record: bool = True,
        beside: Beside = Beside(),  # noqa: B008  # immutable
    ) -> None:
        """With `resume`, the session that was cut off in the folder `path` goes on; else a new one begins there.
        One that is `watched` is resumed when it dies; one that is not to `record` does what it owes.
        What runs `beside` it is noted for whoever resumes it.

        `names` is the glossary that the chains have too; it is read again here when it was saved.
        """
        self._resume, self._watched = resume, watched
        self._was = folder.begun(path).source
        """The source that the session there was begun with."""
        self._begun = folder.Begun(source=lasting(source), beside=beside, record=record)
        self._intake = Intake(source, path, settings.source, clock)
        self._path, self._settings = path, settings
        self._recogniser, self._chains, self._clock = recogniser, chains, clock
        self._names = names or Names()
        self._audio = self._intake.audio
        self._gauge = Gauge(self._intake, recogniser, clock)
        self._stall: StallWatch | None = None
        self._files: TrackFiles | None = None
        self._director: Director | None = None
        self._told: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, view: View) -> State:
        """Subtitles the whole source and gives what the journal then says; LivesubsError when it could not."""
        taken = folder.again(self._path) if self._resume else folder.new(self._path)
        with taken, self._journal() as journal, self._recogniser:
            journal.listeners.append(view.show)
            try:
                self._run(journal, view)
            except BaseException as error:
                self._intake.end()  # what it still writes counts, and nothing is removed under its hands
                if self._audio.recorded or self._resume:
                    how: Literal["failed", "aborted"] = "failed" if isinstance(error, Exception) else "aborted"
                    journal.append(Ended(reason=how, stream=self._audio.recorded, error=str(error)))
                else:
                    folder.empty(self._path)
                raise
            self._intake.end()
            with journal.state() as state:
                return state

    def _journal(self) -> Journal:
        """The journal, beside all that it takes to go on with it: whoever dies from here on is resumed."""
        folder.write_settings(self._path, self._settings, self._begun)
        return Journal(self._path, self._clock)

    def stop(self) -> None:
        """Ends the recording; what was recorded is still heard, translated and written. Safe in a signal handler."""
        self._intake.stop()

    def warn(self, text: str) -> None:
        """Something a person should know that the session cannot; any thread may, also before it runs."""
        self._told.put(text)

    def status(self) -> Status:
        """How it stands; any thread may ask."""
        return self._gauge.status(quiet=self._stall.quiet if self._stall else 0.0)

    def _note_progress(self, journal: Journal) -> None:
        self._pass_on(journal)
        if not (self._path / folder.SETTINGS).exists():  # somebody removed the folder
            with suppress(SessionError):
                folder.write_settings(self._path, self._settings, self._begun)
        journal.append(self._gauge.progress())
        if self._files:
            self._files.catch_up()

    def _pass_on(self, journal: Journal) -> None:
        while not self._told.empty():
            journal.append(Warned(text=self._told.get()))
        for warned in (*self._names.news(), *notes.take(self._path)):
            journal.append(warned)

    def _run(self, journal: Journal, view: View) -> None:
        with journal.state() as state:
            left = unfinished(state, records=self._begun.record)
            had, session = before(state, self._clock), state.session
            over = state.ended.reason if state.ended else "stopped"
            skipped = list(state.skipped)  # by a session before: it has its turn at the end
        if had:  # each second that is not recorded is lost: it does not wait for the model
            self._gauge.begin(left.heard)
            journal.append(Resumed(stream=self._audio.recorded, heard=left.heard))
            found = self._find(view)
            recording = self._intake.open(found, journal, had)
        description = self._recogniser.open(self._audio.path, self._settings.speech)
        if not had:
            found = self._find(view)
        journal.append(self._started(found, description, session))
        for note in dict.fromkeys(note for chain in self._chains.values() for note in chain.notes):
            self.warn(note)
        self._pass_on(journal)
        self._files = files = TrackFiles(self._path, journal)
        self._director = director = Director(self._path, journal, files, self._settings.cues, self._names)
        files.write()
        if not had:
            recording = self._intake.open(found, journal, None)
        came = self._gauge.count(part for chunk in recording.chunks(left.heard) for part in outside(skipped, chunk))
        chunks = keep_up(came, self._gauge.waiting, self._clock.up, self._settings.speech)
        self._stall = StallWatch(self._audio, lambda: self._intake.expects_sound, journal.append, self._clock)

        def tell(fault: Exception) -> None:
            journal.append(Warned(text=outlived(self._path, fault)))

        with (
            Repeating(self._stall.look, seconds=1.0, name="stall", tell=tell),
            Repeating(lambda: self._note_progress(journal), seconds=2.0, name="progress", tell=tell),
            Repeating(director.answer, seconds=0.1, name="director", tell=tell),
        ):
            try:
                self._subtitle(chunks, journal, Threads(), left)
                self._hear_skipped(journal)
                files.await_space(self._settings.source.give_up, self._clock)
            except Exception as error:  # whatever it is: what is not recorded can never be heard
                if not (self._watched and self._would_help(error)):
                    self._intake.record_on(error, journal)
                raise
        director.answer()
        self._intake.close(recording, journal, "" if self._begun.record else over)

    def _find(self, view: View) -> Found:
        if not self._begun.record:
            return self._intake.nothing()
        found = self._intake.find(view.announce, resumed=self._resume)
        if found.note:
            self.warn(found.note)
        return found

    def _subtitle(
        self,
        chunks: Iterable[Chunk | Degraded | Skipped | Warned],
        journal: Journal,
        hands: Threads | Inline,
        left: Unfinished,
    ) -> None:
        director = self._director
        assert director, "it is there before the first sound"
        for batch in subtitles(
            chunks,
            self._recogniser,
            self._chains,
            self._settings,
            journal,
            hands,
            left,
            self._names,
            touched=lambda: director.touched,
            speaker=lambda: director.speaker,
        ):
            for event in batch:
                director.append(event)
            if self._files:
                self._files.write()

    def _hear_skipped(self, journal: Journal) -> None:
        """The stream has ended: what there was no time for has its turn."""
        with journal.state() as state:
            spans = list(state.skipped)
        if spans:
            self._recogniser.degrade(0)
        self._gauge.left_out = sum(span.end - span.start for span in spans)
        for span in spans:
            with journal.state() as state:
                left = missing(state, span)
            chunks = self._audio.follow(start=left.heard, ended=lambda: True, clock=self._clock, until=span.end)
            self._subtitle(chunks, journal, Inline(), left)
            journal.append(Recovered(start=span.start, end=span.end))
            self._gauge.left_out -= span.end - span.start

    def _would_help(self, error: Exception) -> bool:
        """Whether to begin anew would: a fault of ours after `LONG` is not one that comes again at once."""
        return not isinstance(error, LivesubsError) and self._gauge.heard_well > LONG

    def _started(self, found: Found, description: str, before: SessionStarted | None) -> SessionStarted:
        chains, source = self._chains.values(), found.shown
        if before and source == self._was:  # by its whole path
            source = before.source
        elif before and source != before.source:
            self.warn(f"this session was of {before.source}; it goes on with {source}")
        return SessionStarted(
            version=__version__,
            source=source,
            src_lang=self._settings.speech.spoken[0],
            spoken=self._settings.speech.spoken,
            tgt_langs=tuple(self._chains),
            recogniser=description,
            engines=tuple(dict.fromkeys(name for chain in chains for name in chain.engines)),
            leaves_machine=any(chain.leaves_machine for chain in chains),
            began_at=before.began_at if before else self._clock.now(),
            live=found.live or self._settings.source.pace is not None,
            policy=self._settings.speech.policy,
        )
