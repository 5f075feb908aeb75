"""The rows of the recogniser: the model is fast enough on this machine, and it understands what is said."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from pipeline import assets
from pipeline.audio import AudioFile, decode
from pipeline.check import model
from pipeline.check.recording import Recording
from pipeline.check.rows import Plan, Row, Rows, T
from pipeline.errors import LivesubsError, WorkerError
from pipeline.events import Hypothesis, Sentence, Suppressed, Value, Word
from pipeline.flow import Caller, DeadlineExpired
from pipeline.speech.client import RecogniserProcess
from pipeline.speech.messages import Heard
from pipeline.subtitles.sentences import to_sentences

SAMPLE = 30.0
"""Seconds of the embedded sample that speed is measured on: everywhere the same, and full of speech."""
HANGS = 80.0
"""Seconds more after which a recogniser that says nothing hangs."""
FEW = 8
"""Words that are too few to tell a language by."""
UNDERSTOOD = 0.6
"""Mean word probability: speech it knows reaches 0.8 to 0.96, other languages in the demo model 0.45 to 0.49."""
SURE = 0.7
"""Probability from which on another language is believed to be one."""


class Understood(Value, frozen=True):
    """How the recogniser did."""

    speed: float
    """Seconds of speech recognised in a second while two cores are busy."""
    sentences: tuple[Sentence, ...] = ()
    """What it heard in the recording."""


def speech(plan: Plan, folder: Path, recording: Recording | None) -> Rows[Understood | None]:
    """The rows `model` and, where there is a recording, `speech`."""
    if plan.model:
        yield Row(row="model", ok=False, say=f"{plan.model}; {model.largest()}")
        return None
    with RecogniserProcess() as recogniser:
        try:
            heard, sample = _joined(folder / "heard.s16", recording)
            plan.doing("loading the speech model", model.loading(plan.settings.speech.model))
            began = time.monotonic()
            description = _within(lambda: recogniser.open(heard.path, plan.settings.speech))
            loaded = time.monotonic() - began
            speed = _within(lambda: model.speed_of(recogniser, sample, plan.settings.speech.policy, plan.doing))
        except LivesubsError as error:
            yield Row(row="model", ok=False, say=str(error))
            return None
        yield model.judged(plan, description, loaded, speed)
        if recording is None or speed < 1:  # its row has failed, and hearing the recording would take all evening
            return Understood(speed=speed)
        plan.doing("hearing what is said", recording.seconds / speed)
        sentences = yield from _understood(plan, recogniser, recording, sample)
    return Understood(speed=speed, sentences=sentences)


def _within(work: Callable[[], T]) -> T:
    """What `work` gives; WorkerError when it takes longer than any model would."""
    try:
        return Caller("check-speech").call(work, model.PATIENCE + HANGS)
    except DeadlineExpired:
        raise WorkerError("the recogniser does not answer; close other programs, or take a smaller model") from None


def _joined(path: Path, recording: Recording | None) -> tuple[AudioFile, float]:
    """One file for the recogniser: the sample, and where that ends, in seconds, the recording."""
    sample = decode(assets.embedded("samples/rally.mp4"), SAMPLE)
    path.write_bytes((sample * 32768).astype("<i2").tobytes())
    seconds = AudioFile(path).recorded
    if recording:
        with path.open("ab") as file:
            file.write(recording.audio.path.read_bytes())
    return AudioFile(path), seconds


def _understood(
    plan: Plan, recogniser: RecogniserProcess, recording: Recording, offset: float
) -> Rows[tuple[Sentence, ...]]:
    """The row `speech`, and the sentences that were heard; the recording begins at `offset` in the joined file."""
    try:
        events = _within(
            lambda: [
                *_heard(recogniser.hear(offset, offset + recording.seconds)),
                *_heard(recogniser.finish()),
            ]
        )
        words = [word for event in events for word in _said(event)]
        at = words[0].start if words else offset
        spoken = recogniser.language(at, min(at + 30.0, offset + recording.seconds))
    except LivesubsError as error:
        yield Row(row="speech", ok=False, say=str(error))
        return ()
    sentences = tuple(to_sentences(events, plan.settings.sentences, plan.settings.speech.spoken[0]))
    yield _judged(plan, words, (spoken.code, spoken.likely), sentences)
    return sentences


def _heard(answer: Heard) -> list[Hypothesis | Suppressed]:
    return [event for event in answer.events if isinstance(event, Hypothesis | Suppressed)]


def _said(event: Hypothesis | Suppressed) -> tuple[Word, ...]:
    """The words, also those kept back for being guesses: whoever speaks another language is heard so."""
    return event.committed if isinstance(event, Hypothesis) else event.words


def _judged(plan: Plan, words: list[Word], spoken: tuple[str, float], sentences: tuple[Sentence, ...]) -> Row:
    languages, (code, likely) = plan.settings.speech.spoken, spoken
    language = " or ".join(languages)
    if len(words) < FEW:
        return _nothing(plan)
    sure = mean(word.probability for word in words)
    if code not in languages and likely >= SURE:
        said = f"this sounds like {code} ({likely:.0%}), not {language}"
        return Row(row="speech", ok=False, say=f"{said}; take another track with --audio, or say --language {code}")
    if sure < UNDERSTOOD:
        said = f"hardly understood (words are {sure:.0%} certain; 80 % is usual): is it {language} that is spoken?"
        way = "take another track with --audio, say --language, ask for clearer sound, or pull a larger model"
        return Row(row="speech", ok=False, say=f"{said} If not, or else: {way}")
    longest = max(sentences, key=lambda sentence: len(sentence.text)).text
    return Row(row="speech", ok=True, say=f"{language} understood, words are {sure:.0%} certain: « {longest} »")


def _nothing(plan: Plan) -> Row:
    if plan.rehearsal:
        said = "nobody speaks at the beginning of the rehearsal; take a recording in which somebody does"
        return Row(row="speech", ok=False, say=said)
    said = "nobody spoke just now (music or a pause is no fault); add --rehearse FILE to try a recording with speech"
    return Row(row="speech", ok=True, say=said, tried=False)
