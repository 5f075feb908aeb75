"""What session and recogniser process say to each other: one JSON line a message. The README of the protocol.

The session asks, the worker answers each question with exactly one line, in order: `Open` with `Ready`, `Detect` with
`Language`, `Expect` with `Expected`, all others with `Heard`, any with `Failed`. Sound does not travel: the worker
reads `audio.s16` itself. Unknown fields are ignored.

To a process that several sessions share each says `Join` first, which is answered with `Joined`: these two, and
`Failed`, stay as they are for ever, so that any two versions understand each other so far.
"""

import msgspec

from pipeline.events import Hypothesis, Skipped, Suppressed, Warned
from pipeline.settings import SpeechSettings
from pipeline.speech.server import Server


class Message(msgspec.Struct, frozen=True, tag_field="message", tag=str.lower):
    """Base of all."""


class Join(Message, frozen=True):
    """May I ask here? With the version of whoever asks."""

    version: str


class Open(Message, frozen=True):
    """Load the model; `audio` is the path of the session's `audio.s16`, which need not exist yet."""

    audio: str
    settings: SpeechSettings
    server: Server | None = None
    """Who hears in place of the model, for as long as it can; with its key, which no command line shows."""


class Hear(Message, frozen=True):
    """Listen to what was recorded from `start` to `end` (stream time); a jump closes what was open."""

    start: float
    end: float


class Recognise(Message, frozen=True):
    """Recognise this stretch of at most 30 s once more, apart from what is open."""

    start: float
    end: float


class Detect(Message, frozen=True):
    """Which language is spoken in this stretch of at most 30 s?"""

    start: float
    end: float


class Expect(Message, frozen=True):
    """These names and terms may be said from now on, what matters most first; they replace those of before."""

    names: tuple[str, ...]


class Assume(Message, frozen=True):
    """This language is spoken from now on, one of those that may be; empty: whichever is the likeliest."""

    lang: str


class Degrade(Message, frozen=True):
    """Hear with less care from now on, so as to catch up (`overload`): 0 is all you can."""

    level: int


class Finish(Message, frozen=True):
    """The sound has ended: say what is still open."""


class Joined(Message, frozen=True):
    """Yes; `pid` is the number of the process."""

    pid: int


class Ready(Message, frozen=True):
    """The model is loaded; `description` names it, its device and compute type."""

    description: str


Answered = Hypothesis | Suppressed | Skipped | Warned
"""What may follow from a stretch of sound: what was said, kept back, left out, and what a person should know."""


class Heard(Message, frozen=True):
    """What followed, in order, and how many seconds it took to compute."""

    events: tuple[Answered, ...]
    compute: float


class Language(Message, frozen=True):
    """The language most likely spoken (ISO 639-1), and how likely that is, 0 to 1."""

    code: str
    likely: float


class Expected(Message, frozen=True):
    """The names that the model has no room for."""

    left_out: tuple[str, ...]


class Failed(Message, frozen=True):
    """A sentence for the person at the terminal, and the exit code of its kind (errors.py)."""

    text: str
    exit_code: int


Question = Open | Hear | Recognise | Detect | Expect | Assume | Finish | Degrade
Answer = Joined | Ready | Heard | Language | Expected | Failed

_encoder = msgspec.json.Encoder()
_questions: msgspec.json.Decoder[Question] = msgspec.json.Decoder(Question)
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
_joins: msgspec.json.Decoder[Join] = msgspec.json.Decoder(Join)


def encode(message: Message) -> bytes:
    """The message's line, with its newline."""
    return _encoder.encode(message) + b"\n"


def question(line: bytes) -> Question:
    """What the session asks; msgspec.DecodeError if it is none."""
    return _questions.decode(line)


def join(line: bytes) -> Join:
    """What a session says first to a process that is shared; msgspec.DecodeError if it is something else."""
    return _joins.decode(line)


def answer(line: bytes) -> Answer:
    """What the worker answers; msgspec.DecodeError if it is none."""
    return _answers.decode(line)
