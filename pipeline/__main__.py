"""`python -m pipeline` is `livesubs`."""

from pipeline.cli import main

main()
