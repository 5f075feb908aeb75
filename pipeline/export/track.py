"""The cues of one language, or of two above each other, as a session's journal has them now."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline import lines
from pipeline.errors import SessionError, SettingsError
from pipeline.events import Cue, SessionStarted
from pipeline.state import State
from pipeline.subtitles.formats import bilingual
from pipeline.system import program


def singles(state: State) -> list[str]:
    """The languages that there are cues of, what the audience reads first."""
    return list(dict.fromkeys((*lines.tracks(_session(state)), _session(state).src_lang)))


def languages(state: State) -> dict[str, Callable[[], list[Cue]]]:
    """What there is to choose from, such as en, fr and fr-en; and how each is had."""
    session = _session(state)
    both = [lang for lang in session.tgt_langs if lang != session.src_lang]
    return {
        **{lang: partial(state.track, lang) for lang in singles(state)},
        **{f"{session.src_lang}-{lang}": partial(_both, state, session.src_lang, lang) for lang in both},
    }


def cues(state: State, lang: str | None, folder: Path) -> tuple[str, list[Cue]]:
    """The language (what the audience reads, if None) and its cues, by time.

    SettingsError where the session has no such track, SessionError where nothing is in it.
    """
    there = languages(state)
    name = lang or next(iter(there))
    if name not in there:
        raise SettingsError(
            f"{folder} has no subtitles in {name}; choose --lang {_or(list(there))}, or have it made: --translate"
        )
    found = there[name]()
    if not found:
        raise SessionError(_nothing(state, name, folder))
    return name, found


def _nothing(state: State, lang: str, folder: Path) -> str:
    """Why a track has no line, and what to do."""
    if not state.ended:
        return f"{folder} has no subtitles in {lang} yet; export it once something was said"
    if not state.sentences:
        return f"nothing was heard in the session in {folder}; to have it heard once more: {program()} refine {folder}"
    return f"all lines in {lang} were taken out in {folder}; to have them back: {program()} review {folder}"


def _session(state: State) -> SessionStarted:
    assert state.session, "the session event is the journal's first"
    return state.session


def _both(state: State, source: str, target: str) -> list[Cue]:
    return list(bilingual(state.track(source), state.track(target)))


def _or(names: list[str]) -> str:
    """`en`, `en or fr`, `en, fr or fr-en`"""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))
