"""What speaks against a cue: signs, each with how likely it alone makes a cue one that needs a human. Pure."""

from collections import defaultdict

from pipeline.events import Value
from pipeline.report.record import Record

_FLAGS = {
    "untranslated": (0.98, "it is not translated"),
    "doubtful": (0.5, "the translation is doubtful"),
    "cut": (0.7, "the recording begins or ends within it"),
    "name": (0.5, "a name in it is uncertain"),
    "fast": (0.3, "it is too fast to read"),
    "backfilled": (0.1, "it was translated later"),
    "late": (0.05, "it comes late"),
}


class Sign(Value, frozen=True):
    """One thing that speaks against a cue."""

    chance: float
    """How likely a cue with this sign needs a human, 0 to 1."""
    said: str = ""


def signs(record: Record, lang: str) -> dict[str, list[Sign]]:
    """By cue, all signs there are; those of lines that a technician took out, too."""
    found: dict[str, list[Sign]] = defaultdict(list)
    for cue in record.state.track(lang):
        for flag in cue.flags:
            if flag in _FLAGS:
                chance, said = _FLAGS[flag]
                found[cue.id].append(Sign(chance=chance, said=said))
    return found
