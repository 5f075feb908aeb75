"""What people do on the pages, as the session answers it.

The page server shows at once what an action does to a cue, by the same `effects`; what the session writes is the same.
"""

import textwrap
from collections.abc import Iterator

from msgspec.structs import replace

from pipeline import editing
from pipeline.events import Action, Cue, Doing, Withdrawn
from pipeline.names.glossary import Fault, lines
from pipeline.room import PLACES
from pipeline.settings import CueRules
from pipeline.state import State
from pipeline.subtitles.inserted import is_typed, spaced
from pipeline.subtitles.lines import break_lines
from pipeline.subtitles.quality import too_fast

_READING = 15.0
"""Characters a second at which a typed line is read at most: nobody hears it."""
_STANDS, _LONGEST = 3.5, 7.0
"""Seconds that a typed line stands at least, and at most; where another line is due, less (`inserted`)."""
_AHEAD = 60.0
"""Seconds by which a moment may lie after what was last said to be recorded."""


_SETTLED = ("untranslated", "doubtful", "name", "fast")
"""Flags that a cue loses when a person has written its text; `fast` is found out anew."""


_TIMED = ("fast", "late")
"""Flags that come of a cue's times."""


def effects(state: State, action: Action, rules: CueRules) -> list[Cue | Withdrawn]:
    """What an action that `state` has noted does to the cues."""
    return settled(state, [] if action.refused else _effects(state, action, rules), rules)


def settled(state: State, made: list[Cue | Withdrawn], rules: CueRules) -> list[Cue | Withdrawn]:
    """What is to be written for what was `made`: where typed lines stand nearby, also the cues that make room."""
    new = {event.id: event for event in made if isinstance(event, Cue)}
    gone = {event.id for event in made if isinstance(event, Withdrawn)}
    near = {one.id: one for cue in new.values() for one in state.near(cue.lang, cue.start, cue.end)}
    moved: dict[str, Cue] = {}
    for lang in {cue.lang for cue in new.values()}:
        track = [cue for id, cue in {**near, **new}.items() if cue.lang == lang and id not in gone]
        if any(map(is_typed, track)):
            moved |= {cue.id: cue for cue in spaced(track, rules)}
    others = [(moved[id], one) for id, one in near.items() if id in moved and id not in new]
    return [
        *(replace(cue, rev=one.rev + 1) for cue, one in others if cue != one),
        *(moved.get(event.id, event) for event in made),
    ]


def remade(state: State, cue: Cue) -> Cue:
    """A cue as a program made it, with the mark that a person put on it, or on one of its sentence that is no more."""
    marks = [state.replaced[action.id] for action in standing(state, "mark") if action.id in state.replaced]
    if any(_stands_for(state, cue, mark) for mark in marks):
        cue = replace(cue, flags=_with(cue.flags, "marked"))
    known = state.cues.get(cue.id)
    return replace(cue, rev=known.rev + 1) if known and known.rev >= cue.rev and known.text != cue.text else cue


def _stands_for(state: State, cue: Cue, mark: Cue) -> bool:
    if mark.id in state.cues or mark.id in state.killed:
        return cue.id == mark.id
    return cue.lang == mark.lang and not set(cue.sentences).isdisjoint(mark.sentences)


def _effects(state: State, action: Action, rules: CueRules) -> list[Cue | Withdrawn]:
    before = state.replaced.get(action.id)
    match action.do:
        case "edit" if before:
            return [_edited(before, action.text, rules)]
        case "mark" if before:
            return [replace(before, rev=before.rev + 1, flags=_with(before.flags, "marked"))]
        case "kill" if before:
            return [Withdrawn(id=before.id)]
        case "undo" if before and state.meant(action.id) == "mark":
            flags = tuple(flag for flag in before.flags if flag != "marked")
            return [replace(before, rev=before.rev + 1, flags=flags)] if before.id in state.cues else []
        case "undo" if before and (was := state.replaced.get(action.of)):
            marked = [flag for flag in before.flags if flag == "marked"]
            return [replace(was, rev=before.rev + 1, flags=_with(was.flags, *marked))]
        case "undo" if (typed := _typed_id(action.of)) in state.cues:
            return [Withdrawn(id=typed), *_moved_back(state, action.of)]
        case "say" if action.text.strip() and action.lang in _tracks(state):
            return [_typed(action, rules)]
    return []


def refusal(state: State, action: Action) -> str:
    """Why an action that `state` has not noted yet cannot be done, in words; empty when it can."""
    match action.do:
        case "edit" if not editing.shown_text(action.text):
            return "An empty line cannot be shown: kill it instead."
        case "edit" | "kill" | "mark" | "hold" | "send" if action.cue not in state.cues:
            return "That line is not there any more."
        case "kill" if (first := state.actions.get(action.of)) and first.refused:
            return first.refused
        case "undo":
            return _no_undo(state, action.of)
        case "say" if not editing.shown_text(action.text):
            return "An empty line cannot be shown: type some words."
        case "say" | "ended" | "dropped" if not 0 <= action.value <= state.recorded + _AHEAD:
            return "That moment is not in the stream: choose one that was recorded."
        case "say" if action.lang not in _tracks(state):
            return f"There is no track in {action.lang or 'that language'}."
        case "speaker" if action.lang and action.lang not in spoken(state):
            return (
                f"{action.lang} is not among the languages that may be spoken ({', '.join(spoken(state))}): start with "
                f"--languages {','.join((*spoken(state), action.lang))}"
            )
        case "place" if action.text not in PLACES:
            return f"The subtitles cannot stand there: choose {', '.join(PLACES[:-1])} or {PLACES[-1]}."
        case "name":
            found = list(lines(action.text))
            if len(found) != 1 or isinstance(found[0], Fault):
                return "That is no name: write it like Mélanie Brassac = Mélanie Brassac"
    return ""


def _no_undo(state: State, of: str) -> str:
    """Why an action cannot be undone; empty when it can."""
    undone = state.actions.get(of)
    if undone is None:
        return "There is nothing to undo."
    if undone not in standing(state, undone.do):
        return "That was undone already."
    later = [action for action in standing(state, "edit", "kill") if action.cue == undone.cue]
    if undone.do in ("edit", "kill") and later and later[-1] is not undone:
        return "That line was changed again since then: undo that first."
    if undone.do in ("edit", "kill") and (was := state.replaced.get(of)) and editing.later(state, was):
        return "That line was changed at the editor's desk since then: undo that there."
    return ""


def standing(state: State, *does: Doing) -> list[Action]:
    """The actions of these kinds that were done and not undone, in order."""
    done = [action for action in state.actions.values() if not action.refused]
    undone = {action.of for action in done if action.do == "undo"}
    return [action for action in done if action.do in does and action.id not in undone]


def speaker(state: State) -> str:
    """The language that a person says is spoken now; empty: whichever is heard."""
    said = standing(state, "speaker")
    return said[-1].lang if said and said[-1].lang in spoken(state) else ""


def spoken(state: State) -> tuple[str, ...]:
    """The languages that may be spoken."""
    return (state.session.spoken or (state.session.src_lang,)) if state.session else ()


def _tracks(state: State) -> tuple[str, ...]:
    return (state.session.src_lang, *state.session.tgt_langs) if state.session else ()


def _with(flags: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*flags, *more)))


def _edited(cue: Cue, typed: str, rules: CueRules) -> Cue:
    text = _wrapped(typed, rules, cue.lang)
    fast = ("fast",) if too_fast(text, cue.start, cue.end, rules) else ()
    flags = tuple(flag for flag in cue.flags if flag not in _SETTLED)
    return replace(cue, rev=cue.rev + 1, text=text, flags=_with((*flags, *fast), "edited"))


def _moved_back(state: State, action: str) -> Iterator[Cue]:
    """The cues that made room for a line that is typed no more, at the times they had."""
    for was in state.around.get(action, ()):
        now = state.cues.get(was.id)
        if now and now.text == was.text and (now.start, now.end) != (was.start, was.end):
            flags = [flag for flag in now.flags if flag not in _TIMED]
            flags += [flag for flag in was.flags if flag in _TIMED]
            yield replace(now, rev=now.rev + 1, start=was.start, end=was.end, flags=tuple(flags))


def _typed_id(action: str) -> str:
    return f"t-{action}"


def _typed(action: Action, rules: CueRules) -> Cue:
    text = _wrapped(action.text, rules, action.lang)
    seconds = min(max(_STANDS, len(text) / min(rules.cps, _READING)), _LONGEST)
    start = round(action.value, 3)
    end = round(start + seconds, 3)
    id = _typed_id(action.id)
    return Cue(id=id, lang=action.lang, start=start, end=end, text=text, sentences=(), flags=("typed",))


def _wrapped(text: str, rules: CueRules, lang: str) -> str:
    """What a person typed, on the lines they chose if those fit, else broken where it reads best; nothing is cut off.

    There are no empty lines: those end a cue in SRT.
    """
    typed = [" ".join(line.split()) for line in editing.shown_text(text).splitlines()]
    if len(typed) <= rules.lines and max(map(len, typed)) <= rules.cpl:
        return "\n".join(typed)
    whole = " ".join(typed)
    may_fit = len(whole) < rules.lines * (rules.cpl + 1)  # to look for the best lines of a page takes minutes
    return "\n".join((may_fit and break_lines(whole, rules, lang)) or textwrap.wrap(whole, rules.cpl))
