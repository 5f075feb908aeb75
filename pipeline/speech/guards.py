"""Guards against invented text: what Whisper says of applause, music and silence (pure). `docs/guards.md` tells why.

They look at each recognised stretch before anything is committed, at its text and at the sound under it. What is kept
back is not lost: it becomes a `Suppressed` event. Thresholds were set on the samples and on takes of the demo corpus.
"""

import re
from collections.abc import Iterator, Sequence
from statistics import mean

import msgspec

from pipeline.audio import Samples
from pipeline.events import Word
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.boilerplate import Phrases, phrases, plain
from pipeline.speech.recognition import Recognition
from pipeline.speech.repetition import CHARACTERS_PER_SECOND, looped
from pipeline.speech.vad import FRAME

UNLIKELY, NOBODY = -1.0, 0.6
"""Whisper's own pair: mean log probability under the first while "no speech" is over the second."""
VOICED_LEAST = 0.1
"""Seconds of speech that the detector must have heard: a click or a clap is shorter, "oui" is not."""
CHARACTERS_FREE = 12
"""Characters beyond what anyone can say in the time, for a short word at the edge of a stretch."""
SURE, BORNE_OUT = 0.55, 0.5
"""Mean word probability, and share of speech under the words, at which a "Merci." is one that somebody said."""
_ENDS = re.compile(r"[.!?…。！？]\W*$")
_LABEL = re.compile(r"[\[(*♪].*[\])*♪]\W*|♪.*")
"""A sentence in brackets is a caption for the deaf: what is heard, not what is said."""


class Dropped(msgspec.Struct, frozen=True):
    """Words that were kept back."""

    words: tuple[Word, ...]
    reason: str


class Judged(msgspec.Struct, frozen=True):
    """What is left of a recognition and what is not, each in order."""

    kept: tuple[Word, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def judge(recognition: Recognition, samples: Samples, speech: Sequence[bool], settings: SpeechSettings) -> Judged:
    """What was said in a stretch, and what the model made up. `speech`: in which of its frames the detector heard any.

    A sentence of boilerplate is cut out of what was said around it; any other doubt is about the whole stretch.
    """
    if not recognition.text:
        return Judged()
    if whole := _objection(recognition, samples, speech, settings):
        return Judged(dropped=(Dropped(recognition.words, whole),))
    kept: list[Word] = []
    dropped: list[Dropped] = []
    for sentence in _sentences(recognition.words):
        if reason := _boilerplate(recognition, sentence, speech, phrases(settings.phrases)):
            dropped.append(Dropped(sentence, reason))
        else:
            kept += sentence
    return Judged(tuple(kept), tuple(dropped))


def _objection(
    recognition: Recognition, samples: Samples, speech: Sequence[bool], settings: SpeechSettings
) -> str | None:
    """Why this text was not said, or None."""
    words, text, seconds = recognition.words, recognition.text, len(samples) / SAMPLE_RATE
    voiced, share = sum(speech) * FRAME / SAMPLE_RATE, _voiced(words, speech)
    if not plain(text):
        return "marks without a word"
    if voiced < VOICED_LEAST:
        return f"text over {voiced:.2f} s of speech"
    if share < settings.voiced:
        return f"nobody speaks in {1 - share:.0%} of its time"
    if loop := looped(words, recognition.compression, samples):
        return f"text that repeats itself ({loop})"
    if recognition.log_probability < UNLIKELY and recognition.no_speech > NOBODY:
        return f"probably nobody speaks ({recognition.no_speech:.0%})"
    if recognition.log_probability < settings.likely:  # whatever "no speech" says: small models know it badly
        return f"no more than a guess (mean log probability {recognition.log_probability:.1f})"
    if len(text) > CHARACTERS_FREE + CHARACTERS_PER_SECOND * seconds:
        return f"{len(text)} characters in {seconds:.1f} s"
    return None


def _boilerplate(recognition: Recognition, words: Sequence[Word], speech: Sequence[bool], known: Phrases) -> str | None:
    """Why these words are one of the phrases that are made up where nobody speaks, or None."""
    text = "".join(word.text for word in words).strip()
    if _LABEL.fullmatch(text):
        return "a label, not speech"
    said = plain(text)
    if known.never.fullmatch(said):
        return "a phrase that Whisper makes up"
    if not known.seldom.fullmatch(said):
        return None
    sure, share = mean(word.probability for word in words), _voiced(words, speech)
    if sure >= SURE and share >= BORNE_OUT and recognition.no_speech <= NOBODY:
        return None
    return f"a phrase that Whisper makes up (words are {sure:.0%} certain, speech under {share:.0%} of them)"


def _sentences(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """The words up to each closing mark; which of them end a sentence that the room reads is decided later."""
    open: list[Word] = []
    for word in words:
        open.append(word)
        if ends_sentence(word.text):
            yield tuple(open)
            open = []
    if open:
        yield tuple(open)


def ends_sentence(text: str) -> bool:
    """Whether a closing mark ends the text."""
    return bool(_ENDS.search(text))


def _voiced(words: Sequence[Word], speech: Sequence[bool]) -> float:
    """The share of the words' time in which the detector heard speech."""
    rate = SAMPLE_RATE / FRAME
    frames = {frame for word in words for frame in range(int(word.start * rate), int(word.end * rate) + 1)}
    under = [speech[frame] for frame in frames if frame < len(speech)]
    return mean(under) if under else 0.0
