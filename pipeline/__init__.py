"""livesubs: a livestream subtitle pipeline.

Read `events` (the values that flow), then `session` (how the stages are joined), then any stage.
"""

import os
from importlib.metadata import PackageNotFoundError, version

# Before any of them is imported: no library of ours reports to its maker (onnxruntime does unless told not to).
for _switch in ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(_switch, "1")

try:
    __version__ = version("livesubs")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+checkout"
