"""All that a session's edits propose, in an order that stays the same as long as nobody edits on."""

from pipeline.names.glossary import Glossary
from pipeline.names.lexicon import common, ordinary
from pipeline.report.record import Record
from pipeline.review.learning.changes import changed
from pipeline.review.learning.habits import habits
from pipeline.review.learning.names import names
from pipeline.review.learning.phrases import made_up
from pipeline.review.learning.proposal import Proposal, by_weight
from pipeline.review.learning.strictness import strictness
from pipeline.review.learning.terms import terms


def proposals(record: Record, glossary: Glossary) -> list[Proposal]:
    """What the next session should know; `glossary` is the one that it will have."""
    state, found = record.state, changed(record.state)
    return [
        *by_weight(list(names(state, found, glossary, ordinary))),
        *by_weight(list(terms(state, found, glossary, common))),
        *by_weight(list(made_up(state, found))),
        *habits(record, found),
        *strictness(record),
    ]
