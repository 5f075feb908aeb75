"""Settings to chains: which engines serve a pair, and what to tell the person when one cannot."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.errors import LivesubsError, ModelError, SettingsError, TranslationError
from pipeline.settings import TranslationSettings
from pipeline.translation import languages
from pipeline.translation.chain import Chain
from pipeline.translation.engine import Engine
from pipeline.translation.google import GoogleEngine
from pipeline.translation.local import LocalEngine, translates

ENGINES = ("local", "google")
"""The names that `translation.chain` may hold."""


def build_chains(
    settings: TranslationSettings, src_lang: str, keys: Mapping[str, str] | None = None
) -> dict[str, Chain]:
    """A chain for each language in `settings.to` but the source's own; an engine that serves several is made once."""
    engines = _Engines(settings)
    return {lang: _chain(settings, src_lang, lang, engines) for lang in settings.to if lang != src_lang}


def build_chain(settings: TranslationSettings, src_lang: str, tgt_lang: str) -> Chain:
    """The chain for one pair; it has no engines when both are the same.

    SettingsError for an unknown engine or language, ModelError for a damaged model folder. An engine that does not
    serve the pair is left out and explained in the chain's `notes`; ModelError or TranslationError when none is left.
    """
    return _chain(settings, src_lang, tgt_lang, _Engines(settings))


def engines(
    settings: TranslationSettings, src_lang: str, tgt_lang: str, keys: Mapping[str, str]
) -> dict[str, Engine | str]:
    """Every engine that the chain names, in its order, or one sentence on what to do because it cannot be made.

    `keys` are those of the services, by environment variable. SettingsError only for an unknown engine or language.
    """
    made = _Engines(settings)
    found: dict[str, Engine | str] = {}
    for name in _names(settings):
        try:
            found[name] = made.find(name, src_lang, tgt_lang) or _advice(name, src_lang, tgt_lang)
        except LivesubsError as error:
            found[name] = str(error)
    return found


class _Engines:
    """The engines that settings name, each made when a pair first needs it."""

    def __init__(self, settings: TranslationSettings) -> None:
        self._folders = [Path(folder).expanduser() for folder in settings.models]
        self._local = cache(lambda folder: LocalEngine(folder, settings.threads))
        self._google = cache(GoogleEngine)

    def find(self, name: str, src_lang: str, tgt_lang: str) -> Engine | None:
        """The engine of this name if it serves the pair; ModelError for a damaged model folder."""
        if name == "local":
            folder = next((folder for folder in self._folders if translates(folder, src_lang, tgt_lang)), None)
            return self._local(folder) if folder else None
        google = self._google()
        return google if google.serves(src_lang, tgt_lang) else None


def _chain(settings: TranslationSettings, src_lang: str, tgt_lang: str, engines: _Engines) -> Chain:
    languages.check(src_lang)
    languages.check(tgt_lang)
    names = _names(settings)
    if src_lang == tgt_lang:
        return Chain(tgt_lang, (), settings.deadline)
    found = {name: engines.find(name, src_lang, tgt_lang) for name in names}
    notes = [_advice(name, src_lang, tgt_lang) for name, engine in found.items() if engine is None]
    if len(notes) == len(found):
        raise (ModelError if "local" in found else TranslationError)(notes[0])
    return Chain(tgt_lang, [engine for engine in found.values() if engine], settings.deadline, notes=notes)


def _names(settings: TranslationSettings) -> tuple[str, ...]:
    """The chain of the settings; when it is left to us, local models where there are any, then Google."""
    names = settings.chain or (ENGINES if settings.models else ("google",))
    for name in names:
        if name not in ENGINES:
            raise SettingsError(f"there is no translation engine {name!r}; {languages.nearest(name, ENGINES)}")
    return names


def _advice(name: str, src_lang: str, tgt_lang: str) -> str:
    if name == "local":
        return (
            f"no local model translates from {src_lang} to {tgt_lang}; type `livesubs models pull "
            f"opus-mt-{src_lang}-{tgt_lang}`, or name a CTranslate2 folder with --mt-model"
        )
    return f"{name} does not translate from {src_lang} to {tgt_lang}; choose another engine or language"
