"""What can go wrong on an evening, done to the whole program, and counted against an evening on which nothing did.

`python -m tests.faults [--short] [NAME...]` (`make faults`, `make faults-short`). Every fault has a name, a stream that
is published as if live, and a function that makes the trouble; the judge counts what became of the sentences.
"""
