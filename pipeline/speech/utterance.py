"""The policy `utterance`: it waits for the end of an utterance and then says all of it, for good."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

import msgspec
import numpy as np

from pipeline.audio import Samples
from pipeline.events import UNSPOKEN, Hypothesis, Suppressed, Word
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.endpointer import BEFORE, EDGE, FRAME_SECONDS, SURE, Endpointer, Stretch
from pipeline.speech.guards import judge
from pipeline.speech.labels import APPLAUSE, LONG, Applause
from pipeline.speech.languages import chosen
from pipeline.speech.onsets import mend, onset
from pipeline.speech.overload import degraded
from pipeline.speech.policy import Said, nothing
from pipeline.speech.recognition import Transcriber
from pipeline.speech.vad import FRAME, Detector

LEFT_OUT = 0.6
"""Seconds of speech after the last word that tell that the model stopped early; the last word's end is off by less."""


class Recognised(NamedTuple):
    """What one stretch came to, in stream time."""

    words: tuple[Word, ...]
    lang: str
    dropped: tuple[Suppressed, ...]
    last: float | None
    """Where the last of all its words ends; None where none was said."""


class UtterancePolicy:
    """Each utterance is recognised once, when it has ended or, past `settings.longest`, at its best pause."""

    def __init__(self, detector: Detector, transcriber: Transcriber, settings: SpeechSettings) -> None:
        self._detector, self._transcriber, self._settings = detector, transcriber, settings
        self._in_force = settings
        self._assumed = ""
        self._begin(0.0)

    def hear(self, samples: Samples, start: float, lead: Callable[[], Samples] = nothing) -> list[Said]:
        heard: list[Said] = []
        if not self._given or abs(start - self._end) > 0.5 / SAMPLE_RATE:
            heard = self.finish() if self._given else []
            self._begin(start)  # its times are to the last bit those of one that has heard nothing before
            before = lead()
            self._detector.probabilities(before[len(before) % FRAME :])
        self._given += len(samples)
        heard += self._listen(samples)
        return self._with_progress(heard, self._time(self._endpointer.settled))

    def finish(self) -> list[Said]:
        fill = np.zeros(-self._given % FRAME, np.float32)  # so that the last, partial frame counts
        heard = list(self._listen(fill))
        broken = self._endpointer.speaking
        for stretch in self._endpointer.flush():
            heard += self._judge(stretch)
        # Where nothing came of what was broken off, the sentence before it is whole.
        worded = self._ended_with_words(heard)
        heard.append(Hypothesis(heard=self._end, broken=broken and worded, over=True))
        self._begin(self._end)
        return heard

    def recognise(self, samples: Samples, start: float) -> list[Said]:
        end = start + len(samples) / SAMPLE_RATE
        heard = self._recognise(samples, start, [True] * ceil(len(samples) / FRAME))
        return [*heard.dropped, Hypothesis(heard=end, committed=heard.words, lang=heard.lang)]

    def language(self, samples: Samples) -> tuple[str, float]:
        return self._transcriber.language(samples)

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return self._transcriber.expect(names)

    def assume(self, lang: str) -> None:
        self._assumed = lang

    def degrade(self, level: int) -> None:
        self._in_force = degraded(self._settings, level)
        self._transcriber.beam = self._in_force.beam
        self._endpointer.adopt(self._in_force)

    def _ended_with_words(self, heard: Sequence[Said]) -> bool:
        return bool(heard) and isinstance(heard[-1], Hypothesis) and bool(heard[-1].committed)

    def _begin(self, start: float) -> None:
        """Nothing heard yet; the next sample is at stream time `start`."""
        self._detector.reset()
        self._lang = self._settings.spoken[0]  # of what was said last: whoever begins here hears the same
        self._endpointer = Endpointer(self._in_force)
        self._applause = Applause()
        self._origin, self._heard = start, start
        self._given = 0  # samples since then
        self._opened_with_speech = False  # and that was told
        self._opened: int | None = None  # the frame where the utterance begins that was last said to have begun
        self._first = self._frames = 0  # frames: the first that is kept, and all that were seen
        self._samples = np.zeros(0, np.float32)

    @property
    def _end(self) -> float:
        """Stream time up to which samples were given."""
        return self._origin + self._given / SAMPLE_RATE

    def _time(self, frame: int) -> float:
        return self._origin + frame * FRAME / SAMPLE_RATE

    def _cut(self, start: int, end: int) -> Samples:
        return self._samples[(start - self._first) * FRAME : (end - self._first) * FRAME]

    def _listen(self, samples: Samples) -> Iterator[Said]:
        """What follows frame by frame, in the same order however many samples come at once."""
        self._samples = np.concatenate([self._samples, samples])
        probabilities = self._detector.probabilities(samples)
        seen, self._frames = self._frames, self._frames + len(probabilities)
        levels = loudness(self._cut(seen, self._frames))
        for frame, (probability, level) in enumerate(zip(probabilities.tolist(), levels.tolist(), strict=True), seen):
            for stretch in self._endpointer.push(probability, level):
                yield from self._judge(stretch)
            yield from self._step(frame + 1)
            opened = self._endpointer.open
            if opened is not None and opened != self._opened:
                self._opened = opened
                yield self._notice(opened)
            if self._settings.labels and self._applause.push(
                self._cut(frame, frame + 1), idle=self._endpointer.begun is None
            ):
                yield self._label(frame + 1)

    def _step(self, now: int) -> Iterable[Said]:
        """What can be said at frame `now` of an utterance that goes on: nothing."""
        return ()

    def _notice(self, opened: int) -> Hypothesis:
        """Somebody has begun to speak: where, by the sound, as `mend` will say of the first word."""
        self._heard = self._time(opened)
        rise = onset(self._cut(opened, opened + SURE))
        return Hypothesis(heard=self._heard, speaking=self._heard + (BEFORE * FRAME_SECONDS if rise is None else rise))

    def _label(self, end: int) -> Hypothesis:
        """Applause up to this frame."""
        self._heard = self._time(end)
        word = Word(start=self._heard - LONG, end=self._heard, text=f" {APPLAUSE}", probability=1.0)
        return Hypothesis(heard=self._heard, committed=(word,), lang=UNSPOKEN, endpoint=True)

    def _judge(self, stretch: Stretch) -> Iterator[Said]:
        """What is said in a stretch; a wordless one says only that there was a pause, and up to where."""
        if any(stretch.speech):
            begun = self._opening(stretch.start, stretch.speech)
            for said in self._say(stretch):
                if begun and isinstance(said, Hypothesis):
                    said, begun = msgspec.structs.replace(said, begun=True), False
                yield said
        elif stretch.endpoint:
            yield Hypothesis(heard=min(self._time(stretch.end), self._end), endpoint=True)
        else:
            return
        self._heard = min(self._time(stretch.end), self._end)

    def _opening(self, start: int, speech: Sequence[bool]) -> bool:
        """Whether the sound begins with what is said from frame `start` on; asked once for each that has words."""
        opening = not self._opened_with_speech and start == 0 and any(speech[:EDGE])
        self._opened_with_speech = self._opened_with_speech or opening
        return opening

    def _say(self, stretch: Stretch) -> Iterator[Said]:
        """The words of a stretch. What the model left out at its end is a stretch of its own.

        Whisper may stop early, after the first of two sentences or before a last word; the detector knows better.
        """
        start, end = self._time(stretch.start), min(self._time(stretch.end), self._end)
        heard = self._hear_out(self._cut(stretch.start, stretch.end), start, stretch.speech)
        yield from heard.dropped
        if heard.words:
            self._lang = heard.lang
        last = end if heard.last is None else heard.last
        rest = ceil((last - start) / FRAME_SECONDS)
        # Words that take no time at all tell of no place where the model stopped; to ask again would never end.
        if rest > BEFORE and sum(stretch.speech[rest:]) * FRAME_SECONDS >= LEFT_OUT:
            yield Hypothesis(heard=last, committed=heard.words, lang=heard.lang)
            yield from self._say(Stretch(stretch.start + rest, stretch.end, stretch.speech[rest:], stretch.endpoint))
            return
        yield Hypothesis(heard=end, committed=heard.words, lang=heard.lang, endpoint=stretch.endpoint)

    def _hear_out(self, samples: Samples, start: float, speech: Sequence[bool]) -> Recognised:
        """What is still to be said of a stretch that is over."""
        return self._recognise(samples, start, speech)

    def _recognise(self, samples: Samples, start: float, speech: Sequence[bool]) -> Recognised:
        """The words of one stretch that begins at `start`, and those that a guard kept back."""
        voiced = sum(speech) * FRAME_SECONDS
        recognition = self._transcriber.recognise(
            samples, lambda likely: self._assumed or chosen(likely, self._lang, voiced)
        )
        words, lang = mend(recognition.words, samples), recognition.lang or self._lang
        judged = judge(msgspec.structs.replace(recognition, words=words), samples, speech, self._settings)
        return Recognised(
            words=later(judged.kept, start),
            lang=lang,
            dropped=tuple(suppressed(later(drop.words, start), lang, drop.reason) for drop in judged.dropped),
            last=start + max(word.end for word in words) if judged.kept else None,
        )

    def _with_progress(self, heard: list[Said], settled: float) -> list[Said]:
        """... and up to where all is judged, if that says more; sound that no stretch to come needs is let go."""
        done = self._endpointer.settled - self._first
        self._samples, self._first = self._samples[done * FRAME :], self._first + done
        if settled > self._heard:
            self._heard = settled
            heard.append(Hypothesis(heard=settled))
        return heard


def loudness(samples: Samples) -> Samples:
    """Level of each whole frame in dB below full scale, at least -100."""
    power = np.square(samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-10), np.float32)


def suppressed(words: tuple[Word, ...], lang: str, reason: str) -> Suppressed:
    text = "".join(word.text for word in words).strip()
    return Suppressed(start=words[0].start, end=words[-1].end, text=text, reason=reason, words=words, lang=lang)


def later(words: Sequence[Word], seconds: float) -> tuple[Word, ...]:
    return tuple(msgspec.structs.replace(word, start=word.start + seconds, end=word.end + seconds) for word in words)
