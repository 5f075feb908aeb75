"""From the attempts at a sentence to what is shown of it, and which of two renderings is the better one. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from pipeline.events import Rendering, Sentence, Translation
from pipeline.translation.doubts import FOREIGN, UNCHANGED

OK = "ok"
_DOUBTFUL = "doubtful: "


def doubted(doubts: str) -> str:
    """The verdict on an answer that is doubtful for these reasons, if there are any."""
    return f"{_DOUBTFUL}{doubts}" if doubts else OK


def doubts(verdict: str) -> str:
    """What a verdict says is doubtful; empty for any other verdict."""
    return verdict.removeprefix(_DOUBTFUL) if verdict.startswith(_DOUBTFUL) else ""


def usable(verdict: str) -> bool:
    """Whether the answer may be shown."""
    return verdict == OK or bool(doubts(verdict))


def settle(sentence: Sentence, lang: str, attempts: Sequence[Translation], rev: int = 1) -> Rendering:
    """The best of the answers; where there is none the sentence stays in its own language."""
    shown = Rendering(
        sentence=sentence, lang=lang, text=sentence.text, attempts=tuple(attempts), untranslated=True, rev=rev
    )
    for attempt in attempts:
        if usable(attempt.verdict):
            answer = replace(shown, text=attempt.text, untranslated=False, doubtful=doubts(attempt.verdict))
            shown = better(shown, answer)
    return shown


def better(before: Rendering, after: Rendering) -> Rendering:
    """What is shown of a sentence that was rendered again: `after`, unless its text is no better than before."""
    if _faults(after) < _faults(before):
        return after
    return replace(after, text=before.text, untranslated=before.untranslated, doubtful=before.doubtful)


def _faults(rendering: Rendering) -> tuple[bool, bool, int]:
    """How bad a rendering is: what nobody can read is worse than what may be wrong."""
    reasons = rendering.doubtful.split("; ") if rendering.doubtful else []
    return rendering.untranslated, bool({UNCHANGED, FOREIGN} & {*reasons}), len(reasons)
