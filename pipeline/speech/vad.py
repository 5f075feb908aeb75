"""Streaming Silero: how likely every frame of 32 ms is speech. Imports numpy, and onnxruntime when first used.

The network is the file that faster-whisper carries. Its own wrapper starts from zero state at each call and writes
into its argument, so the state is kept here.
"""

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.audio import Samples
from pipeline.errors import ModelError

FRAME = 512
"""Samples of one step: 32 ms at 16 kHz, the only step the network knows."""
_CONTEXT = 64
"""Samples of the frame before that the network sees again."""
_STATE = (1, 1, 128)
MEMORY = 60.0
"""Seconds of sound after which its state tells nothing of what was before: probabilities then differ by 0.03 at most;
after 8 s by 0.3."""

Probabilities = NDArray[np.float32]
"""One a frame, 0 to 1."""


class Detector(Protocol):
    """Says frame by frame where there is speech; any cutting of the same samples gives the same answer."""

    def probabilities(self, samples: Samples) -> Probabilities:
        """For every frame that these samples complete; what is left over waits for the next call."""
        ...

    def reset(self) -> None:
        """Forgets what was heard: the next samples do not follow the last."""
        ...


class Silero:
    """The detector in use; one onnxruntime call for all the frames it is given at once."""

    def __init__(self) -> None:
        self._session = _session()
        self.reset()

    def reset(self) -> None:
        self._waiting = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)
        self._h, self._c = np.zeros(_STATE, np.float32), np.zeros(_STATE, np.float32)

    def probabilities(self, samples: Samples) -> Probabilities:
        waiting = np.concatenate([self._waiting, samples])
        count = len(waiting) // FRAME
        self._waiting = waiting[count * FRAME :]
        if not count:
            return np.zeros(0, np.float32)
        frames = waiting[: count * FRAME].reshape(count, FRAME)
        context = np.vstack([self._context, frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:]
        inputs = {"input": np.hstack([context, frames]), "h": self._h, "c": self._c}
        output, self._h, self._c = self._session.run(None, inputs)
        return np.asarray(output, np.float32).reshape(count)


@cache  # it keeps nothing of what it hears
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # frames are tiny: threads only cost
    options.log_severity_level = 3
    with as_file(files("faster_whisper") / "assets" / "silero_vad_v6.onnx") as path:
        if not path.exists():
            raise ModelError("faster-whisper came without its voice detector; install faster-whisper>=1.2.1,<1.3")
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
