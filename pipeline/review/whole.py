"""What is wrong with a whole track of a session, beside what is only in doubt: by its profile, in its spelling, and
speech that an editor's deletion left without a line. Pure, but for the dictionaries.
"""

from collections.abc import Iterator, Sequence, Set
from contextlib import suppress

from pipeline.editing import standing
from pipeline.errors import SettingsError
from pipeline.events import UNSPOKEN, Cue, Value
from pipeline.review.markup import visible
from pipeline.review.profile import Profile
from pipeline.review.spelling import unknown
from pipeline.review.spot import broken
from pipeline.state import State, unwritten

SPELLING, LEFT_OUT = "spelling", "left-out"
_COVERED = 0.5
"""Of the stretch of a line that was deleted, 0 to 1: where other lines stand for so much of it, its words are there."""


class Wrong(Value, frozen=True):
    """One thing; a cue has each at most once a rule."""

    cue: str
    """Its id; of speech without a line that of the line which was deleted."""
    rule: str
    found: str | float
    allowed: str | float
    line: Cue | None = None
    """The line that was deleted."""


class Track(Value, frozen=True):
    """What has to be looked at, taken from a state that may change meanwhile."""

    cues: tuple[Cue, ...]
    spelt: tuple[Cue, ...]
    """Those whose words are of the track's language."""
    left_out: tuple[Cue, ...]
    begun: tuple[Cue, ...]
    """Those that were put in and have no words yet."""


def track(state: State, lang: str) -> Track:
    cues = state.track(lang)
    spelt = tuple(cue for cue in cues if "untranslated" not in cue.flags and not _foreign(state, cue))
    out, begun = tuple(left_out(state, lang)), tuple(state.begun(lang))
    return Track(cues=tuple(cues), spelt=spelt, left_out=out, begun=begun)


def wrong(track: Track, profile: Profile, names: Set[str]) -> list[Wrong]:
    """All of it, each kind by time; `names` are right, whatever dictionaries say. Where there is no dictionary of the
    language, words are not looked at."""
    found = [
        Wrong(cue=cue.id, rule=fault.rule, found=fault.found, allowed=fault.allowed)
        for cue, fault in broken(track.cues, profile)
    ]
    found += [Wrong(cue=cue.id, rule="empty", found=0, allowed=1) for cue in track.begun]
    with suppress(SettingsError):
        found += _misspelt(track.spelt, names)
    gone = (Wrong(cue=cue.id, rule=LEFT_OUT, found=cue.text, allowed="a line", line=cue) for cue in track.left_out)
    return [*found, *gone]


def _misspelt(cues: Sequence[Cue], names: Set[str]) -> Iterator[Wrong]:
    for cue in cues:
        if words := [word for word, _ in unknown(visible(cue.text, "srt"), cue.lang, names)]:
            said = ", ".join(dict.fromkeys(words))
            yield Wrong(cue=cue.id, rule=SPELLING, found=said, allowed="words of the dictionary")


def _foreign(state: State, cue: Cue) -> bool:
    """Whether it shows, as they were said, words of another language than its track's."""
    langs = {state.sentences[id].lang for id in cue.sentences if id in state.sentences}
    own = state.session is not None and cue.lang == state.session.src_lang
    return own and langs.isdisjoint((cue.lang, UNSPOKEN)) and bool(langs)


def left_out(state: State, lang: str) -> list[Cue]:
    """Lines that an editor deleted where something was said and no other line stands, by time; unless somebody has said
    since that it stays so."""
    gone: dict[str, Cue] = {}
    for edit in standing(state):
        if edit.did == "delete":
            gone.update((cue.id, cue) for cue in state.found.get(edit.id, ()) if not unwritten(cue))
        elif edit.did == "accept":
            for id, _ in edit.before:
                gone.pop(id, None)
    cues = state.track(lang)
    found = [cue for cue in gone.values() if cue.lang == lang and cue.sentences and cue.id not in state.cues]
    apart: list[Cue] = []
    for cue in sorted(found, key=lambda one: (one.start, one.end)):
        if not _covered(cue, [*cues, *apart]):
            apart.append(cue)
    return apart


def _covered(cue: Cue, others: Sequence[Cue]) -> bool:
    shared = sum(max(0.0, min(cue.end, one.end) - max(cue.start, one.start)) for one in others)
    return shared > _COVERED * (cue.end - cue.start)
