"""The values that flow between the stages and are logged: small and immutable.

Times are stream time: seconds on the source's own clock since the session's first sample, unless the name ends in
`_at` (wall clock, Unix seconds). Languages are ISO 639-1 codes. A value that is an `Event` is one journal line; its
class tag is the line's `kind`. This module imports nothing of the project.
"""

from pathlib import Path
from typing import Literal

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value that flows but is no journal line of its own."""


class Word(Value, frozen=True):
    """One recognised word. `text` keeps the space before it, so joined words are the sentence in any script."""

    start: float
    end: float
    text: str
    probability: float
    """0 to 1, the recogniser's own."""


UNSPOKEN = "zxx"
"""The language of a label such as [Applause]: none (ISO 639-2)."""


class Chunk(Value, frozen=True):
    """A stretch of the session's `audio.s16` that has been recorded: stream time [start, end).

    An empty one says that the sound breaks off there: what comes next may be long in coming, and begin later.
    """

    start: float
    end: float


class MediaSegment(Value, frozen=True):
    """A finished piece of the recorded picture and sound; stream time [start, end) is what it presents."""

    path: Path
    start: float
    end: float
    origin: float = 0.0
    """Stream time at which its time stamps (PTS) are 0."""

    @property
    def connection(self) -> str:
        """Of which connection it is: those of one follow on each other without a break."""
        return self.path.name.partition("-")[0]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=False):
    """One journal line."""


PASS: int = msgspec.field(default=1, name="pass")
"""1: live; 2: heard again when the show was over (`livesubs refine`)."""


class SessionStarted(Event, frozen=True, tag="session"):
    """First line of a journal: a replay needs nothing else. Comes again when a session is resumed."""

    version: str
    source: str
    """As given, without user info and query."""
    src_lang: str
    tgt_langs: tuple[str, ...]
    recogniser: str
    """Model, device and compute type in use, as printed."""
    engines: tuple[str, ...]
    """The translation chain, in order."""
    began_at: float
    spoken: tuple[str, ...] = ()
    """All languages that may be spoken, `src_lang` first; empty: that alone."""
    leaves_machine: bool = False
    """Whether one of the engines sends the text to someone else's computer."""
    live: bool = True
    """It comes as time passes; a recording that is read as fast as it can be heard waits for nobody."""
    policy: str = "utterance"
    """When words are said: utterance, stream."""


class Resumed(Event, frozen=True, tag="resumed"):
    """A session that was cut off, or had ended, goes on."""

    stream: float
    """How much had been recorded, seconds."""
    heard: float
    """Stream time from which on it is heard again."""


class SourceState(Event, frozen=True, tag="source"):
    """What became of the source: opening, connected, ended (its own end), stopped (by us), lost."""

    state: Literal["opening", "connected", "ended", "stopped", "lost"]
    stream: float
    """How much was recorded then, seconds."""
    detail: str = ""


class Progress(Event, frozen=True, tag="progress"):
    """How far a session is, every other second: what lag and latency are reckoned from."""

    recorded: float
    """Stream time up to which sound is on disk."""
    heard: float
    """Stream time up to which the recogniser has been given it."""
    compute: float
    """Seconds that the recogniser has worked so far."""
    up: float = 0.0
    """Seconds since the machine was started: a clock that nobody sets."""
    boot: str = ""
    """Names that start, where the system has a name for it."""
    origin: float | None = None
    """When on that clock stream time 0 arrived, or would have: what a resumed session reckons its gap from."""
    origin_at: float | None = None
    """The same on the wall clock, in case the machine is started anew."""


class Gap(Event, frozen=True, tag="gap"):
    """A part of the stream that we do not have."""

    start: float
    end: float
    reason: str


class Hypothesis(Event, frozen=True, tag="hypothesis"):
    """What the recogniser now believes: `committed` is new, stable and never retracted; `tail` may be replaced."""

    heard: float
    """Stream time up to which the audio has been judged: no word that ends before it is still to come."""
    committed: tuple[Word, ...] = ()
    tail: tuple[Word, ...] = ()
    lang: str = ""
    """Of the words."""
    endpoint: bool = False
    """The speaker paused after the last committed word."""
    speaking: float | None = None
    """Where speech that is still going on began, by the sound alone; its words are yet to come."""
    begun: bool = False
    """Somebody was speaking when the recording began: the first committed word may be half a word."""
    broken: bool = False
    """Somebody was speaking when the sound ended: the last committed word may be half a word."""
    over: bool = False
    """The sound ends here, or breaks off: nothing that comes later belongs to what was said before."""


class Skipped(Event, frozen=True, tag="skipped"):
    """Sound that was recorded and not heard: there was no time for it, or the recogniser died of it."""

    start: float
    end: float
    reason: str
    later: bool = False
    """It is heard when there is time, at the latest when the stream has ended."""


class Recovered(Event, frozen=True, tag="recovered"):
    """Sound that had been skipped has been heard after all; its sentences and cues came just before."""

    start: float
    end: float


class Suppressed(Event, frozen=True, tag="suppressed"):
    """Text that a guard kept from being committed, with all that a sentence needs if the editor restores it."""

    start: float
    end: float
    text: str
    reason: str
    words: tuple[Word, ...] = ()
    lang: str = ""

    @property
    def id(self) -> str:
        """Names it, and as a sentence once it is brought back: where it was heard."""
        start, end = (round(1000 * round(seconds, 3)) for seconds in (self.start, self.end))  # as the journal has them
        return f"k{start}-{end}"


class Sentence(Event, frozen=True, tag="sentence"):
    """The unit of translation."""

    id: str
    lang: str
    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    next_at: float | None = None
    """Where the speech after it begins; None if there is none for so long that no cue can meet it."""
    next_heard: bool = False
    """... and that speech has been recognised, so its own sentence will come soon; a sound alone may be applause."""
    cut: bool = False
    """The recording began or ended within it: it is not what was said, and its translation less so."""
    uncertain: tuple[str, ...] = ()
    """Names of the glossary that may have been said in it, where they are not or were hardly understood."""
    after: str = ""
    """Id of the clause before, where it goes on with that one's sentence (policy `stream`)."""
    more: bool = False
    """It is a clause, and its sentence goes on."""
    rev: int = 1
    final: bool = True
    pass_: int = PASS


class Repaired(Event, frozen=True, tag="repaired"):
    """A name of the glossary that was put in the place of what was heard; told before its sentence."""

    sentence: str
    start: float
    heard: str
    name: str
    score: float
    """How alike the two sound, 0 to 1."""


class Translation(Event, frozen=True, tag="translation"):
    """One attempt of one engine at one sentence.

    `verdict` is `ok`; `doubtful: ...`, which is shown where no engine has better; or why the text was not used. An
    `attempt` that is 1 begins a rendering.
    """

    sentence: str
    lang: str
    engine: str
    attempt: int
    verdict: str
    text: str = ""
    elapsed: float = 0.0
    """Seconds the engine took."""
    sure: float | None = None
    """Mean log probability of the pieces of the text, 0 at the most; None: the engine does not say."""
    pass_: int = PASS


class Rendering(Value, frozen=True):
    """A sentence as one track shows it: verbatim, translated, or (no engine answered) still in its own language."""

    sentence: Sentence
    lang: str
    """The track's language."""
    text: str
    attempts: tuple[Translation, ...] = ()
    untranslated: bool = False
    doubtful: str = ""
    """Why the translation may be wrong; empty when nothing speaks against it."""
    rev: int = 1
    """Counts up each time that the sentence is tried again."""

    @property
    def text_lang(self) -> str:
        """The language that the text is in: the track's, unless it is still what was said."""
        return self.sentence.lang if self.text == self.sentence.text else self.lang


class Cue(Event, frozen=True, tag="cue"):
    """One timed text on screen. A later cue event with the same id replaces it whole."""

    id: str
    lang: str
    """The track it belongs to."""
    start: float
    end: float
    text: str
    """Lines are joined by a newline."""
    sentences: tuple[str, ...]
    """Ids of the sentences it shows."""
    flags: tuple[str, ...] = ()
    """What an editor should know: `fast` (over the reading speed), `late` (starts after its words), `untranslated`,
    `doubtful` (the translation may be wrong), `backfilled` (shown untranslated or doubtful at first, and translated
    again later), `cut` (the recording began or ended within the sentence), `name` (a name in it is uncertain);
    `edited`, `typed` (by a person: no program changes it any more), `marked` (by a person, for the editor),
    `accepted` (a person has looked at it, and it is right)."""
    rev: int = 1
    final: bool = True
    pass_: int = PASS


class Withdrawn(Event, frozen=True, tag="withdrawn"):
    """The cue, or the sentence, with this id is no more; its text went into another."""

    id: str
    pass_: int = PASS


class Refined(Event, frozen=True, tag="refined"):
    """All that was recorded has been heard a second time (`livesubs refine`); what became of it came just before."""

    recogniser: str
    recorded: float
    """Seconds of the stream that were there to hear."""
    replaced: int
    """Live sentences whose words are others now, or gone; not those that are cut or marked otherwise."""
    added: int
    """Sentences that nobody had heard."""
    holes: float
    """Seconds that had not been heard live."""
    left: int
    """Places that would read otherwise, and stay since a person touched them meanwhile or there is no room."""
    pass_: int = PASS


Doing = Literal[
    "edit", "kill", "mark", "undo", "say", "hold", "send", "name", "speaker",
    "blank", "hide", "place", "size", "volume", "delay", "play", "pause", "seek", "catchup",
    "begin", "end", "ended", "dropped", "phones",
]  # fmt: skip


class Action(Event, frozen=True, tag="action"):
    """What a person did on a page; the page server writes it to `actions.jsonl`, the session answers it here.

    On a cue (`cue`): edit (`text`), kill, mark, hold, send; undo (`of`, the id of an action). A kill `of` another one
    is of a line that shows the same in another language. say shows `text` in `lang` at stream time `value`. name is a
    line of the glossary (`text`); speaker the language that is spoken (`lang`, empty: any). On what the room sees:
    blank, hide (the subtitles alone) and phones (the way to /read in the place of the picture), 1 or 0; place (`text`:
    top, bottom, band); size and volume (`value`, 1 is as usual); delay (`value`, seconds), play, pause, seek (`value`,
    stream time) and catchup (each screen to its delay behind live); begin and end of the show (`value`, stream time).
    Of a stream that stopped without an end of its own at `value`, stream time: it had ended, or was dropped.
    """

    id: str
    """Whoever sends it twice has it done once."""
    do: Doing
    cue: str = ""
    text: str = ""
    value: float = 0.0
    lang: str = ""
    of: str = ""
    refused: str = ""
    """Why it could not be done, by whoever answered it; then it did nothing."""


Did = Literal["text", "retime", "split", "merge", "insert", "delete", "restore", "accept", "note", "undo"]


class Edit(Event, frozen=True, tag="edit"):
    """One finished change of the editor's; the desk writes it to `edits.jsonl`, who holds the session answers it here.

    Cues are replaced by others, whole. The first of `after` has the id of the first of `before`, further ones have one
    of `before` or one that was never used; restore brings back an id that is no more, or (`of`, the id of a
    `Suppressed`) what a guard kept back, in all tracks at once. accept and undo (`of`, the id of an edit) need no
    `after`: here it has it, as every edit has the revs and the flags that its cues were given.
    """

    id: str
    """Whoever sends it twice has it done once."""
    did: Did
    before: tuple[tuple[str, int], ...] = ()
    """The cues that are changed or go, each with the rev that the editor saw."""
    after: tuple[Cue, ...] = ()
    of: str = ""
    note: str = ""
    """What is said to a colleague about the cues of `before`; that changes none of them."""
    refused: str = ""
    """Why it could not be done, by whoever answered it; then it did nothing."""


class Warned(Event, frozen=True, tag="warning"):
    """Something a person should know; `text` says what, and what to do."""

    text: str
    good: bool = False
    """Good news: something is well again, or was done as asked. There is nothing to mend."""
    about: str = ""
    """What it is about, by a name: it is over with the next good news of that name. Empty: it does not get well."""


SOURCE, RECOGNISER = "source", "recogniser"
"""What a warning may be `about` that is over when the source is connected again, when something is heard again."""


class Removed(Event, frozen=True, tag="removed"):
    """Somebody removed the session's folder: what was recorded until then is gone; the journal is put back."""

    stream: float
    """How much had been recorded, seconds."""


class Ended(Event, frozen=True, tag="end"):
    """Last line of a session that was not killed."""

    reason: Literal["ended", "stopped", "aborted", "failed"]
    stream: float
    error: str = ""


AnyEvent = (
    SessionStarted
    | Resumed
    | SourceState
    | Progress
    | Gap
    | Hypothesis
    | Skipped
    | Recovered
    | Refined
    | Suppressed
    | Repaired
    | Sentence
    | Translation
    | Cue
    | Withdrawn
    | Action
    | Edit
    | Warned
    | Removed
    | Ended
)
