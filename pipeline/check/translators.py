"""The rows of the translation: every engine of the chain is asked what a known sentence means."""

from collections.abc import Iterator
from itertools import product

from pipeline.check.rows import Plan, Row, Rows
from pipeline.errors import LivesubsError
from pipeline.events import Sentence, Translation, Value
from pipeline.flow import merge
from pipeline.system import program
from pipeline.translation.build import engines
from pipeline.translation.chain import Chain
from pipeline.translation.engine import Engine
from pipeline.translation.verdicts import usable

_GREETINGS = {
    "fr": "Bonsoir à toutes et à tous.",
    "es": "Buenas noches a todas y a todos.",
    "de": "Guten Abend, meine Damen und Herren.",
    "it": "Buonasera a tutte e a tutti.",
    "pt": "Boa noite a todas e a todos.",
    "en": "Good evening, ladies and gentlemen.",
}
"""A sentence that every engine should know, also the demo model, by the language it is in."""
_HEARD = {
    "en": ("evening", "night", "hello"),
    "fr": ("bonsoir", "bonne soirée", "bonjour"),
    "es": ("buenas", "buenos", "hola"),
    "de": ("abend", "nacht", "hallo"),
    "it": ("sera", "serata", "notte", "salve"),
    "pt": ("noite", "tarde", "olá"),
}
"""What its translation has in it, one of them, by the language it is into."""


_LOOK = {"local": "close other programs", "google": "check the network", "mymemory": "check the network"}
"""What to look at when an engine that has neither key nor address does not answer."""


class _Answer(Value, frozen=True):
    name: str
    row: Row
    seconds: float
    """How long the engine took; 0 where it did not answer well."""


def translators(plan: Plan, sentences: tuple[Sentence, ...]) -> Rows[float | None]:
    """A row for every engine and language; gives the seconds of the slowest that answered well, if one did.

    `sentences` were heard in the recording: one of them is translated too, to be looked at.
    """
    spoken = plan.settings.speech.spoken
    slowest: float | None = None
    for target, source in product(plan.settings.translation.to, spoken):
        if target in (source, spoken[0]):
            continue
        heard = [sentence for sentence in sentences if sentence.lang == source]
        questions = [*_greeting(source), *sorted(heard, key=lambda sentence: len(sentence.text))[-1:]]
        try:
            found = engines(plan.settings.translation, source, target, plan.keys)
        except LivesubsError as error:
            yield Row(row=_row(plan, "", (source, target)), ok=False, say=str(error))
            continue
        plan.doing(f"asking the translators from {source} to {target}", plan.settings.translation.deadline)
        share = plan.settings.translation.deadline / max(len(found), 1)
        asked = [_ask(plan, name, engine, (source, target), questions, share) for name, engine in found.items()]
        answers = list(merge(asked, bound=1, name="check-translation"))
        for answer in sorted(answers, key=lambda answer: list(found).index(answer.name)):
            if answer.row.ok and answer.row.tried:
                slowest = max(slowest or 0.0, answer.seconds)
            yield answer.row
    return slowest


def _greeting(source: str) -> list[Sentence]:
    """The known sentence, if there is one in that language."""
    text = _GREETINGS.get(source)
    return [Sentence(id="greeting", lang=source, start=0.0, end=2.0, text=text, words=())] if text else []


def _row(plan: Plan, name: str, pair: tuple[str, str]) -> str:
    """`translation google`, with the languages as far as there are several."""
    source, target = pair
    if len(plan.settings.speech.spoken) > 1:
        target = f"{source}-{target}"
    elif name and len(plan.settings.translation.to) == 1:
        target = ""
    return " ".join(filter(None, ("translation", name, target)))


def _ask(
    plan: Plan, name: str, engine: Engine | str, pair: tuple[str, str], questions: list[Sentence], seconds: float
) -> Iterator[_Answer]:
    """Asks one engine, which has so many seconds for each question: the share that the chain would give to it."""
    row, target = _row(plan, name, pair), pair[1]
    if isinstance(engine, str):
        yield _Answer(name=name, row=Row(row=row, ok=False, say=engine), seconds=0.0)
        return
    chain = Chain(target, (engine,), seconds)
    said: list[str] = []
    slowest = 0.0
    for question in questions:
        attempt = chain.render(question).attempts[-1]
        slowest = max(slowest, attempt.elapsed)
        if fault := _fault(engine, question, attempt):
            told = f"{fault}, or {_instead(engine, question.lang, target)}"
            yield _Answer(name=name, row=Row(row=row, ok=False, say=told), seconds=0.0)
            return
        said.append(f"« {question.text} » → “{attempt.text}”")
    where = "elsewhere" if engine.leaves_machine else "on this machine"
    answers = "; ".join(said) or "not asked, since nobody spoke; add --rehearse FILE"
    told = f"answers in {slowest:.1f} s, {where}: {answers}" if said else f"{where}, {answers}"
    yield _Answer(name=name, row=Row(row=row, ok=True, say=told, tried=bool(said)), seconds=slowest)


def _instead(engine: Engine, source: str, target: str) -> str:
    local = f"type `{program()} models pull opus-mt-{source}-{target}` to translate on this machine"
    return local if engine.leaves_machine else "choose others with --translate"


def _fault(engine: Engine, question: Sentence, attempt: Translation) -> str:
    """What is wrong with an answer, and what to look at; empty when nothing is."""
    if not usable(attempt.verdict):
        look = _LOOK.get(engine.name, "check its address, its key and the network")
        return f"{attempt.verdict} ({attempt.elapsed:.1f} s); {look}"
    expected = _HEARD.get(attempt.lang, ())
    if question.id == "greeting" and expected and not any(word in attempt.text.casefold() for word in expected):
        return f"« {question.text} » is not “{attempt.text}”; check its model and languages"
    return ""
