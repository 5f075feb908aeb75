"""What a page server needs, loaded before there is one: each is then forked off, and not half a second of imports."""

import os
import sys
from collections.abc import Sequence

import uvicorn  # noqa: F401  # as the two below, which a server loads when it begins

import pipeline.web.app
import pipeline.web.server  # noqa: F401
from pipeline.cli import main


def serve(words: Sequence[str]) -> None:
    """`livesubs` with those words, without a terminal."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["livesubs", *words]
    main()
