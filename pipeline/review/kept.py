"""What guards kept back and editors deleted, as an editor is shown it, and the edit that brings it back. Pure."""

from collections.abc import Iterator, Sequence, Set
from math import inf

from msgspec.structs import replace

from pipeline.editing import brought, standing
from pipeline.events import Cue, Edit, Rendering, Sentence, Suppressed, Value, Word
from pipeline.restoring import kept_back, restored
from pipeline.settings import CueRules
from pipeline.state import State, unwritten
from pipeline.subtitles.cues import to_cues


class Kept(Value, frozen=True):
    """A text that a guard kept back, and why."""

    id: str
    text: str
    start: float
    end: float
    reason: str
    lang: str
    restored: bool
    """An editor brought it back, and that stands."""
    deleted: bool = False
    """A line that an editor took out, which `restore` brings back by its id."""


def shown_kept(state: State) -> list[Kept]:
    """All of them, and the lines that editors deleted, by time."""
    done = standing(state)
    back = restored(done)
    kept = (_kept(state, one, back) for one in kept_back(state).values())
    return sorted([*kept, *_deleted(state, done)], key=lambda kept: kept.start)


def _deleted(state: State, done: Sequence[Edit]) -> Iterator[Kept]:
    gone = ((cue, edit) for edit in done if edit.did == "delete" for cue in state.found[edit.id])
    by = {cue.id: edit for cue, edit in gone if not unwritten(cue)}
    for id in by.keys() & state.killed.keys() - state.cues.keys():
        cue, who = state.killed[id], "by an imported file" if brought(by[id]) else "at the desk"
        yield Kept(
            id=id,
            text=cue.text,
            start=cue.start,
            end=cue.end,
            reason=f"deleted {who}",
            lang=cue.lang,
            restored=False,
            deleted=True,
        )


def _kept(state: State, one: Suppressed, back: Set[str]) -> Kept:
    return Kept(
        id=one.id,
        text=one.text,
        start=one.start,
        end=one.end,
        reason=one.reason,
        lang=_lang(state, one),
        restored=one.id in back,
    )


def _lang(state: State, kept: Suppressed) -> str:
    return kept.lang or (state.session.src_lang if state.session else "")


def sentence_of(state: State, kept: Suppressed) -> Sentence:
    """It as the sentence that it was all the same; its words, where nobody has them any more, are one."""
    words = kept.words or (Word(start=kept.start, end=kept.end, text=kept.text, probability=1.0),)
    return Sentence(id=kept.id, lang=_lang(state, kept), start=kept.start, end=kept.end, text=kept.text, words=words)


def bring_back(state: State, kept: Suppressed, translated: Sequence[Rendering], rules: CueRules, id: str) -> Edit:
    """The edit `id` that shows it: what was said in the source's track, and in others what it was `translated` to."""
    assert state.session, "a guard has heard something"
    said = Rendering(sentence=sentence_of(state, kept), lang=state.session.src_lang, text=kept.text)
    made = [cue for rendering in (said, *translated) for cue in _cues(state, rendering, rules)]
    return Edit(id=id, did="restore", of=kept.id, after=tuple(made))


def _cues(state: State, rendering: Rendering, rules: CueRules) -> list[Cue]:
    """As a program would have placed it, a little late where the line before is still to be read. Where that is too
    late it stands at its own times, and who answers the edit says what is in its way."""
    track, sentence = state.track(rendering.lang), rendering.sentence
    before = [cue for cue in track if cue.start <= sentence.start][-1:]
    then = next((cue.start for cue in track if cue.start > sentence.start), None)
    rendering = replace(rendering, sentence=replace(sentence, next_at=then))
    made = [cue for cue in to_cues([rendering], rules, before, inf if then is None else then) if isinstance(cue, Cue)]
    if made and made[0].start - sentence.start > rules.late_most:
        return [cue for cue in to_cues([rendering], rules) if isinstance(cue, Cue)]
    return made
