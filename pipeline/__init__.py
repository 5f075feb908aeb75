"""livesubs: a livestream subtitle pipeline.

Read `events` (the values that flow), then `session` (how the stages are joined), then any stage.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("livesubs")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+checkout"
