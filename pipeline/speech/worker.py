"""The recogniser process: `python -m pipeline.speech.worker`. Questions on stdin, answers on stdout (messages.py).

End of input ends it, also when the session was killed. Signals that ask to stop are the session's alone: a service
manager sends them to everyone, and the last words are still to be heard. What libraries print goes to
stderr: file descriptor 1 is pointed there before any of them is imported.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from pipeline.errors import LivesubsError, WorkerError
from pipeline.flow import spawn
from pipeline.settings import SpeechSettings
from pipeline.speech import messages
from pipeline.speech.local import LocalRecogniser
from pipeline.speech.messages import (
    Answer,
    Assume,
    Degrade,
    Detect,
    Expect,
    Expected,
    Failed,
    Finish,
    Hear,
    Heard,
    Open,
    Question,
    Ready,
    Recognise,
)
from pipeline.speech.recognition import Continuing
from pipeline.speech.whisper import Whisper
from pipeline.system import STOP_SIGNALS, be_modest

_GRACE = 2.0
"""Seconds that work in progress has to end once the session is gone."""


class Worker:
    """Answers questions; holds the recogniser once it is open."""

    def __init__(self, load: Callable[[SpeechSettings], Continuing] = Whisper) -> None:
        self._load = load
        self._recogniser: LocalRecogniser | None = None

    def answer(self, line: bytes) -> Answer:
        """The answer to one line; a refusal is an answer too."""
        try:
            return self._answer(messages.question(line))
        except msgspec.DecodeError as error:
            return Failed(f"the recogniser was asked nonsense ({error}); start it again", WorkerError.exit_code)
        except LivesubsError as error:
            return Failed(str(error), error.exit_code)

    def _answer(self, question: Question) -> Answer:
        if isinstance(question, Open):
            self._recogniser = LocalRecogniser(server=question.server, load=self._load)
            return Ready(self._recogniser.open(Path(question.audio), question.settings))
        if self._recogniser is None:
            raise WorkerError("the recogniser was asked before it was opened; start it again")
        match question:
            case Hear(start, end):
                return self._recogniser.hear(start, end)
            case Recognise(start, end):
                return self._recogniser.recognise(start, end)
            case Detect(start, end):
                return self._recogniser.language(start, end)
            case Expect(names):
                return Expected(self._recogniser.expect(names))
            case Assume(lang):
                self._recogniser.assume(lang)
                return Heard((), 0.0)
            case Degrade(level):
                self._recogniser.degrade(level)
                return Heard((), 0.0)
            case Finish():
                return self._recogniser.finish()


def main() -> None:
    for asked in STOP_SIGNALS:
        signal.signal(asked, signal.SIG_IGN)
    be_modest()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    worker = Worker()
    for line in spawn(_lines(sys.stdin.buffer), bound=16, name="questions"):
        if not line:
            return
        answers.write(messages.encode(worker.answer(line)))
        answers.flush()


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Each line, then b"" at the end of input; a worker that is still busy some time later is ended the hard way."""
    yield from file
    yield b""
    time.sleep(_GRACE)
    os._exit(1)


if __name__ == "__main__":
    main()
