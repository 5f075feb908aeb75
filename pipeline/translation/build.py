"""Settings to chains: which engines serve a pair, and what to tell the person when one cannot."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import LivesubsError, ModelError, SettingsError, TranslationError
from pipeline.http import here
from pipeline.names.glossary import Term
from pipeline.names.live import Names
from pipeline.names.rendering import broken
from pipeline.settings import TranslationSettings
from pipeline.system import program
from pipeline.translation import languages, llm, vocabulary
from pipeline.translation.cache import Cache
from pipeline.translation.chain import Chain
from pipeline.translation.circuit import Circuit
from pipeline.translation.doubts import JUDGES
from pipeline.translation.engine import Engine
from pipeline.translation.llm import OpenAIEngine
from pipeline.translation.local import LocalEngine, translates
from pipeline.translation.protected import Protected
from pipeline.translation.services import SERVICES
from pipeline.translation.web import WebEngine

ENGINES = ("local", *SERVICES, "openai")
"""The names that `translation.chain` may hold, in any order."""

NONE = "none"
"""Instead of a chain: only what was said, no translation."""

KEYS = frozenset(name for service in SERVICES.values() for name in (service.key, *service.options.values()) if name) | {
    llm.KEY
}
"""The environment variables that keys of the services are in."""


_NO_KEYS: Mapping[str, str] = {}


def build_chains(
    settings: TranslationSettings,
    spoken: tuple[str, ...],
    keys: Mapping[str, str] = _NO_KEYS,
    kept: Path | None = None,
    names: Names | None = None,
    local: Callable[[Path], Engine] | None = None,
) -> dict[str, Chain]:
    """A chain for each language in `settings.to` but the first that is spoken, whose track is what was said.

    A chain has the engines of all pairs: for a sentence it asks those that serve its language, and one in the track's
    own stays as it is. An engine that serves several pairs is made once. `keys` are those of the services, by
    environment variable; `kept` is the file in which good answers are kept; `names` is the glossary of the settings, if
    it is to be read again while it is in use. `local` makes the engine of a model folder; unless given, it is loaded.

    SettingsError for an unknown engine, language or address, or one that `offline` forbids; ModelError for a damaged
    model folder; TranslationError for an engine without its key. An engine that does not serve a pair is left out and
    explained in the chain's `notes`; ModelError or TranslationError when none is left for a pair.
    """
    engines = Engines(settings, spoken[0], keys, Cache(kept) if kept else None, names, local)
    targets = () if settings.chain == (NONE,) else settings.to
    return {lang: _chain(settings, spoken, lang, engines) for lang in targets if lang != spoken[0]}


def build_chain(
    settings: TranslationSettings, src_lang: str, tgt_lang: str, keys: Mapping[str, str] = _NO_KEYS
) -> Chain:
    """The chain for one pair; it has no engines when both are the same, or none are wanted. Errors as above."""
    return _chain(settings, (src_lang,), tgt_lang, Engines(settings, src_lang, keys))


def engines(
    settings: TranslationSettings, src_lang: str, tgt_lang: str, keys: Mapping[str, str]
) -> dict[str, Engine | str]:
    """Every engine that the chain names, in its order, or one sentence on what to do because it cannot be made.

    SettingsError only for what is wrong with the chain as a whole.
    """
    made = Engines(settings, src_lang, keys)
    found: dict[str, Engine | str] = {}
    for name in chain_of(settings):
        try:
            found[name] = made.find(name, src_lang, tgt_lang) or advice(name, src_lang, tgt_lang)
        except LivesubsError as error:
            found[name] = str(error)
    return found


class Engines:
    """The engines that settings name, each made when a pair first needs it."""

    def __init__(
        self,
        settings: TranslationSettings,
        src_lang: str,
        keys: Mapping[str, str],
        answers: Cache | None = None,
        names: Names | None = None,
        local: Callable[[Path], Engine] | None = None,
    ) -> None:
        self._settings, self.keys, self.answers = settings, keys, answers
        self._names = names or Names(settings.glossary)
        self._first = next((lang for lang in settings.to if lang != src_lang), "")
        self._folders = [Path(folder).expanduser() for folder in settings.models]
        load = local or (lambda folder: LocalEngine(folder, settings.threads))
        self._local = cache(lambda folder: self._protected(load(folder)))
        self._remote = cache(lambda name: Circuit(self._protected(self._service(name))))

    def find(self, name: str, src_lang: str, tgt_lang: str) -> Engine | None:
        """The engine of this name if it serves the pair; ModelError, TranslationError when it cannot be made."""
        if name == "local":
            folder = next((folder for folder in self._folders if translates(folder, src_lang, tgt_lang)), None)
            return self._local(folder) if folder else None
        engine: Engine = self._remote(name)
        return engine if engine.serves(src_lang, tgt_lang) else None

    def _protected(self, engine: Engine) -> Engine:
        share = self._settings.deadline / max(len(chain_of(self._settings)), 1)
        return Protected(engine, self.terms, patience=0.8 * share)

    def terms(self, lang: str) -> Sequence[Term]:
        """Those in force now for a target language: the glossary is for the first."""
        return self._names.current.into(lang, self._first)

    def glossary(self, source: str, answer: str, src_lang: str, tgt_lang: str) -> str:
        """Doubts an answer that breaks a term of the glossary."""
        return broken(source, answer, self.terms(tgt_lang))

    def _service(self, name: str) -> Engine:
        return self._openai() if name == "openai" else self._web(name)

    def _web(self, name: str) -> Engine:
        service, url = SERVICES[name], _url(self._settings, name)
        if service.key and service.key not in self.keys and not (service.keyless and url):
            raise _keyless(name, service.key, "--libre-url http://127.0.0.1:5000/" if service.keyless else "")
        return WebEngine(service, self.keys, url)

    def _openai(self) -> Engine:
        settings, url = self._settings, _url(self._settings, "openai")
        if not url and llm.KEY not in self.keys:
            raise _keyless("openai", llm.KEY, "--llm-url http://127.0.0.1:8000/v1")
        if not url and not settings.llm_model:
            raise TranslationError("openai has many models; name one with --llm-model, or a server with --llm-url")
        key = self.keys.get(llm.KEY, "")
        return OpenAIEngine(url, settings.llm_model, key, terms=self.terms, seconds=settings.deadline)


def _chain(settings: TranslationSettings, spoken: tuple[str, ...], tgt_lang: str, engines: Engines) -> Chain:
    for lang in (*spoken, tgt_lang):
        languages.check(lang)
    names = chain_of(settings)
    pairs = [(lang, tgt_lang) for lang in spoken if lang != tgt_lang]
    if not pairs or not names:
        return Chain(tgt_lang, (), settings.deadline)
    found = {(name, pair): engines.find(name, *pair) for name in names for pair in pairs}
    for pair in pairs:
        if not any(found[name, pair] for name in names):
            raise (ModelError if "local" in names else TranslationError)(advice(names[0], *pair))
    notes = [advice(name, *pair) for (name, pair), engine in found.items() if engine is None]
    serving = dict.fromkeys(name for (name, _), engine in found.items() if engine)
    notes += [note for name in serving if (note := _in_clear(settings, name, engines.keys))]
    vocabulary.ready(*spoken, tgt_lang)
    lined = tuple(dict.fromkeys(engine for engine in found.values() if engine))
    judges = (*JUDGES, engines.glossary)
    return Chain(tgt_lang, lined, settings.deadline, notes=notes, judges=judges, cache=engines.answers)


def _in_clear(settings: TranslationSettings, name: str, keys: Mapping[str, str]) -> str:
    """What to tell when an engine's key goes to another machine unencrypted; empty if it does not."""
    url, key = "" if name == "local" else _url(settings, name), _key(name)
    if key not in keys or not url.lower().startswith("http:") or here(url):
        return ""
    host = urlsplit(url).hostname
    return f"{key} is sent to {host} unencrypted, for all on the way to read; unset it, or give {name} an https address"


def _key(name: str) -> str:
    """The environment variable of an engine's key."""
    return llm.KEY if name == "openai" else SERVICES[name].key if name in SERVICES else ""


def chain_of(settings: TranslationSettings) -> tuple[str, ...]:
    """The chain of the settings; when it is left to us, local models where there are any, then Google."""
    if settings.chain == (NONE,):
        return ()
    for name in settings.chain:
        if name == NONE:
            raise SettingsError("none means no translation and stands alone; leave it out of --translate, or the rest")
        if name not in ENGINES:
            raise SettingsError(f"there is no translation engine {name!r}; {languages.nearest(name, (*ENGINES, NONE))}")
        if settings.offline and name != "local" and not here(getattr(settings.urls, name)):
            raise SettingsError(f"{name} sends text away, which --offline forbids; leave out one of the two")
    if settings.chain or settings.offline:
        return settings.chain or ("local",)
    return ("local", "google") if settings.models else ("google",)


def _url(settings: TranslationSettings, name: str) -> str:
    """Where that engine is, if the settings say so; SettingsError for what is no address."""
    url: str = getattr(settings.urls, name)
    try:
        parts = urlsplit(url)
        sound = not url or (parts.scheme in ("http", "https") and parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"the address of {name} is not one; write it like http://127.0.0.1:5000/")
    if url and parts.username is not None:
        raise SettingsError(f"the address of {name} has a password in it; put a key into the environment instead")
    return url


def _keyless(name: str, key: str, server: str = "") -> TranslationError:
    """`server`: the flag that says where a server of one's own is, which needs no key."""
    needs, add = ("your server's address or a key", f"add {server} (or where it is), or ") if server else ("a key", "")
    return TranslationError(
        f"{name} needs {needs}: {add}set {key} in the environment, or leave {name} out of --translate"
    )


def advice(name: str, src_lang: str, tgt_lang: str) -> str:
    if name == "local":
        return (
            f"no local model translates from {src_lang} to {tgt_lang}; type `{program()} models pull "
            f"opus-mt-{src_lang}-{tgt_lang}`, or name a CTranslate2 folder with --mt-model"
        )
    return f"{name} does not translate from {src_lang} to {tgt_lang}; choose another engine or language"
