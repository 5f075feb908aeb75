"""What a page server needs, loaded before there is one: each is then forked off, and not half a second of imports."""

import os
import sys
from collections.abc import Sequence

import uvicorn  # noqa: F401  # what a server loads when it begins

from pipeline.cli import main
from pipeline.web import app, server  # noqa: F401  # as this


def serve(words: Sequence[str]) -> None:
    """`livesubs` with those words, without a terminal."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = ["livesubs", *words]
    main()
