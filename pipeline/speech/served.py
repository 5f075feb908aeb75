"""A server's ear, and the local model's where the server has no answer in time: below the policy, stretch by stretch.

The same stretch goes to the one or the other, so every word is said once, whoever heard it. Who hears is told.
"""

import time
from collections.abc import Callable
from functools import cache
from math import inf

import msgspec
import numpy as np

from pipeline.audio import Samples
from pipeline.events import Warned
from pipeline.flow import Caller, DeadlineExpired
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech.languages import Choose, likeliest
from pipeline.speech.recognition import Recognition, Transcriber
from pipeline.speech.repetition import looped
from pipeline.speech.server import Server, ServerFailed, transcribe

ABOUT = "the transcription server"
"""What the warnings are about: those are over when it answers again."""
PAUSES = (0.0, 0.2, 0.5)
"""Seconds before each try for a stretch: a server that restarts refuses connections for a moment."""
SPARED, SPARED_MOST = 5.0, 60.0
"""Seconds until a server that failed is tried again, twice as many each time; at most so many."""
STEADY = 60.0
"""Seconds that it must have heard well to be tried again as soon as the first time."""
SHORTEST = 0.5
"""Seconds of sound that it gets at least: some refuse a tenth of one."""


class Served:
    """A `Transcriber`. Not thread-safe: one owner."""

    def __init__(
        self,
        server: Server,
        local: Transcriber,
        settings: SpeechSettings,
        tell: Callable[[Warned], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server, self._local, self._tell, self._now = server, local, tell, now
        self._spoken, self._names_help = settings.spoken, settings.hotwords is not False
        self._names = ""
        self._caller, self._trial = Caller("transcription"), Caller("transcription-trial")
        self._failed = False
        self._well = False  # it answered a trial, which runs in a thread of its own
        self._trying = False
        self._since = -inf  # when it was well again
        self._next, self._pause = 0.0, SPARED
        gets = ", which gets the sound" if server.leaves_machine else ""
        self.description = f"{server.model} at {server.host}{gets}, or else {local.description}"

    @property
    def beam(self) -> int:
        return self._local.beam

    @beam.setter
    def beam(self, beam: int) -> None:
        self._local.beam = beam

    def recognise(self, samples: Samples, choose: Choose = likeliest) -> Recognition:
        """The words of one stretch, at most `Server.seconds` later than the local model has them.

        A text that repeats itself where the sound does not is not taken: the local model may do better.
        """
        if self._failed and self._well:
            self._take_back()
        served = None if self._failed else self._served(samples, choose)
        if served and not looped(served.words, served.compression, samples):
            return served
        heard = self._local.recognise(samples, choose)
        if self._failed:
            self._try(samples, heard.lang)
        return heard

    def language(self, samples: Samples) -> tuple[str, float]:
        return self._local.language(samples)

    def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The server is told those that the local model has room for: both are Whispers."""
        left_out = self._local.expect(names)
        if self._names_help:
            self._names = ", ".join(names[: len(names) - len(left_out)])
        return left_out

    def _served(self, samples: Samples, choose: Choose) -> Recognition | None:
        """What the server hears; None where it has failed."""
        try:
            return self._caller.call(lambda: self._ask(samples, choose), self._server.seconds)
        except DeadlineExpired:
            self._give_up(ServerFailed("does not answer in time"))
        except ServerFailed as failed:
            self._give_up(failed)
        return None

    def _ask(self, samples: Samples, choose: Choose) -> Recognition:
        """Its words; ServerFailed once no further try would help or be in time."""
        until = self._now() + self._server.seconds
        for pause in PAUSES:
            time.sleep(pause)
            try:
                return self._in_language(samples, choose)
            except ServerFailed as error:
                failed = error
                if not failed.again or self._now() > until:
                    break
        raise failed

    def _in_language(self, samples: Samples, choose: Choose) -> Recognition:
        """Where several languages may be spoken it says which; where another one is chosen it is asked once more."""
        if len(self._spoken) == 1:
            return self._heard(samples, self._spoken[0])[0]
        heard, named = self._heard(samples, "")
        code = _codes().get(named.casefold(), named.casefold())
        lang = choose({known: float(known == code) for known in self._spoken})
        return msgspec.structs.replace(heard, lang=lang) if lang == code else self._heard(samples, lang)[0]

    def _heard(self, samples: Samples, lang: str) -> tuple[Recognition, str]:
        missing = max(0, round(SHORTEST * SAMPLE_RATE) - len(samples))
        return transcribe(self._server, np.pad(samples, (0, missing)), lang, self._names)

    def _give_up(self, failed: ServerFailed) -> None:
        """From now on the local model hears."""
        self._pause = SPARED if self._now() - self._since >= STEADY else min(2 * self._pause, SPARED_MOST)
        self._failed, self._well = True, False
        self._next = self._now() + max(self._pause, failed.spare)
        way = failed.way or "see that it answers again"
        text = f"{self._named} {failed}; {way}, meanwhile the local model hears"
        self._tell(Warned(text=text, about=ABOUT))

    def _take_back(self) -> None:
        self._failed, self._since = False, self._now()
        self._tell(Warned(text=f"{self._named} answers again, and hears", good=True, about=ABOUT))

    def _try(self, samples: Samples, lang: str) -> None:
        """Sends the stretch also to a server that failed some time ago; nobody waits for the answer."""
        if not self._trying and self._now() >= self._next:
            self._trying = True
            self._trial.leave(lambda: self._tried(samples, lang))

    def _tried(self, samples: Samples, lang: str) -> None:
        began, spare = self._now(), 0.0
        try:
            self._heard(samples, lang)
            self._well = self._now() - began <= self._server.seconds
        except ServerFailed as failed:
            spare = failed.spare
        self._pause = min(2 * self._pause, SPARED_MOST)
        self._next = self._now() + max(self._pause, spare)
        self._trying = False

    @property
    def _named(self) -> str:
        return f"{ABOUT} at {self._server.host}"


@cache
def _codes() -> dict[str, str]:
    """Languages by their English names, which some servers give instead of codes."""
    from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

    return {name.partition(" (")[0]: code.partition("-")[0] for name, code in GOOGLE_LANGUAGES_TO_CODES.items()}
