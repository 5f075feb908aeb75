"""livesubs: a livestream subtitle pipeline.

Read `events` (the values that flow), then `session` (how the stages are joined), then any stage.
"""

import os
from importlib.metadata import PackageNotFoundError, version

# Before any of them is imported: no library of ours reports to its maker (onnxruntime does unless told not to).
for _switch in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(_switch, "1")

# ... and their helper threads sleep between two utterances. By default they spin, waiting for the next piece of work:
# on two cores that was half of what recognition cost. The results are the same, bit for bit.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # CTranslate2
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy, which has one small product to compute for an utterance

# ... and the processes that this one starts keep their memory in two heaps, whatever number of threads takes from it.
# By default glibc makes sixteen on two cores, and what is freed in one is of no use to the others: a session grew by
# 4 MB an hour, 1.3 of which were its cues and sentences.
os.environ.setdefault("MALLOC_ARENA_MAX", "2")

try:
    __version__ = version("livesubs")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+checkout"
