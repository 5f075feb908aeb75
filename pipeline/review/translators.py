"""The engines that can translate a line once more, each asked by name; made when first needed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from pipeline.errors import LivesubsError, TranslationError
from pipeline.events import Rendering, Sentence, Translation, Value
from pipeline.names.live import Names
from pipeline.review.again import Version
from pipeline.settings import Settings
from pipeline.translation.build import ENGINES, Engines, advice, chain_of
from pipeline.translation.doubts import JUDGES
from pipeline.translation.engine import Context, Engine
from pipeline.translation.line import Line, Question
from pipeline.translation.local import translates
from pipeline.translation.verdicts import OK, doubts, settle, usable

PATIENCE = 20.0
"""Seconds that an engine has: an editor waits longer than a room."""


class Known(Value, frozen=True):
    """An engine, and what keeps it from being asked: one sentence, empty where nothing does."""

    engine: str
    why_not: str
    leaves_machine: bool


class Translators:
    """Those of a session, and every other that there is here. One thread at a time."""

    def __init__(self, settings: Settings, keys: Mapping[str, str], names: Names) -> None:
        """`keys` are those of the services; SettingsError from those who ask where the settings are wrong."""
        self._settings, self._keys, self._names = settings, keys, names
        self._engines = cache(self._make)
        self._lines: dict[Engine, Line] = {}

    def known(self, src_lang: str, tgt_lang: str) -> list[Known]:
        """Every engine that has a name, for one pair of languages."""
        return [self._known(name, src_lang, tgt_lang) for name in ENGINES]

    def ask(self, name: str, sentence: Sentence, lang: str, context: Context) -> Translation:
        """One engine's answer and what is to be thought of it; `context`: the sentences before, and how they read."""
        engine = self._find(name, sentence.lang, lang)
        if isinstance(engine, str):
            return Translation(sentence=sentence.id, lang=lang, engine=name, attempt=1, verdict=engine)
        line = self._lines.setdefault(engine, self._line(engine))
        line.try_now(0.0)  # that it failed before is no matter: a person waits for this answer
        return line.attempt(Question(sentence=sentence, lang=lang, context=context), 1, PATIENCE)

    def versions(self, sentence: Sentence, lang: str, context: Context, name: str = "") -> list[Version]:
        """What the engine says, or without a name those of the session; TranslationError where none says anything."""
        if sentence.lang == lang:
            return [Version(text=sentence.text, engine="")]
        if name and isinstance(why_not := self._find(name, sentence.lang, lang), str):
            raise TranslationError(why_not)
        asked = [self.ask(name, sentence, lang, context)] if name else self.render(sentence, lang, context).attempts
        found = [
            Version(text=one.text, engine=one.engine, doubt=doubts(one.verdict)) for one in asked if usable(one.verdict)
        ]
        if asked and not found:
            raise TranslationError("; ".join(f"{one.engine} has no translation: {one.verdict}" for one in asked))
        return sorted(found, key=lambda version: bool(version.doubt))

    def render(self, sentence: Sentence, lang: str, context: Context) -> Rendering:
        """What the session's own engines make of it, as in the session: the first good answer, else the best."""
        if sentence.lang == lang:
            return Rendering(sentence=sentence, lang=lang, text=sentence.text)
        asked: list[Translation] = []
        for name in chain_of(self._settings.translation):
            asked.append(self.ask(name, sentence, lang, context))
            if asked[-1].verdict == OK:
                break
        return settle(sentence, lang, asked)

    def _known(self, name: str, src_lang: str, tgt_lang: str) -> Known:
        if name == "local":  # a model is loaded when it is asked
            folders = (Path(folder).expanduser() for folder in self._settings.translation.models)
            serves = any(translates(folder, src_lang, tgt_lang) for folder in folders)
            return Known(engine=name, why_not="" if serves else advice(name, src_lang, tgt_lang), leaves_machine=False)
        found = self._find(name, src_lang, tgt_lang)
        if isinstance(found, str):
            return Known(engine=name, why_not=found, leaves_machine=True)
        return Known(engine=name, why_not="", leaves_machine=found.leaves_machine)

    def _find(self, name: str, src_lang: str, tgt_lang: str) -> Engine | str:
        try:
            return self._engines(name).find(name, src_lang, tgt_lang) or advice(name, src_lang, tgt_lang)
        except LivesubsError as error:
            return str(error)

    def _make(self, name: str) -> Engines:
        alone = replace(self._settings.translation, chain=(name,), deadline=PATIENCE)
        return Engines(alone, self._settings.speech.spoken[0], self._keys, names=self._names)

    def _line(self, engine: Engine) -> Line:
        return Line(engine, (*JUDGES, self._engines(engine.name).glossary))
