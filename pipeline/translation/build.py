"""Settings to chains: which engines serve a pair, and what to tell the person when one cannot."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from pipeline.errors import ModelError, SettingsError, TranslationError
from pipeline.settings import TranslationSettings
from pipeline.translation import languages
from pipeline.translation.chain import Chain
from pipeline.translation.engine import Engine
from pipeline.translation.google import GoogleEngine
from pipeline.translation.local import LocalEngine

ENGINES = ("local", "google")
"""The names that `translation.chain` may hold."""

Candidates = Callable[[str], Iterable[Engine]]
"""The engines that a name in the settings stands for, made when first asked for."""


def build_chains(settings: TranslationSettings, src_lang: str) -> dict[str, Chain]:
    """A chain for each language in `settings.to` but the source's own; what serves several is loaded once."""
    candidates = _candidates(settings)
    return {lang: _chain(settings, src_lang, lang, candidates) for lang in settings.to if lang != src_lang}


def build_chain(settings: TranslationSettings, src_lang: str, tgt_lang: str) -> Chain:
    """The chain for one pair; it has no engines when both are the same.

    SettingsError for an unknown engine or language, ModelError for a damaged model folder. An engine that does not
    serve the pair is left out and explained in the chain's `notes`; ModelError or TranslationError when none is left.
    """
    return _chain(settings, src_lang, tgt_lang, _candidates(settings))


def _candidates(settings: TranslationSettings) -> Candidates:
    for name in _names(settings):
        if name not in ENGINES:
            raise SettingsError(f"there is no translation engine {name!r}; {languages.nearest(name, ENGINES)}")

    @cache
    def candidates(name: str) -> list[Engine]:
        if name == "local":
            return [LocalEngine(Path(folder).expanduser(), settings.threads) for folder in settings.models]
        return [GoogleEngine()]

    return candidates


def _names(settings: TranslationSettings) -> tuple[str, ...]:
    """The chain of the settings; when it is left to us, local models where there are any, then Google."""
    return settings.chain or (ENGINES if settings.models else ("google",))


def _chain(settings: TranslationSettings, src_lang: str, tgt_lang: str, candidates: Candidates) -> Chain:
    languages.check(src_lang)
    languages.check(tgt_lang)
    if src_lang == tgt_lang:
        return Chain(tgt_lang, (), settings.deadline)
    found = {name: [e for e in candidates(name) if e.serves(src_lang, tgt_lang)][:1] for name in _names(settings)}
    unserved = [name for name, engines in found.items() if not engines]
    notes = [_advice(name, src_lang, tgt_lang) for name in unserved]
    if len(unserved) == len(found):
        raise (ModelError if "local" in unserved else TranslationError)(notes[0])
    return Chain(tgt_lang, [engine for engines in found.values() for engine in engines], settings.deadline, notes=notes)


def _advice(name: str, src_lang: str, tgt_lang: str) -> str:
    if name == "local":
        return (
            f"no local model translates from {src_lang} to {tgt_lang}; type `livesubs models pull "
            f"opus-mt-{src_lang}-{tgt_lang}`, or name a CTranslate2 folder with --mt-model"
        )
    return f"{name} does not translate from {src_lang} to {tgt_lang}; choose another engine or language"
