"""Settings with the models that this machine has filled in."""

from contextlib import suppress
from pathlib import Path

from pipeline import assets, settings, windows
from pipeline.commands import environment
from pipeline.errors import ModelError, SettingsError
from pipeline.settings import Settings


def with_models(chosen: Settings) -> Settings:
    """The settings with model folders filled in; outside the demo the embedded models are never chosen."""
    return with_recogniser(with_translators(chosen))


def with_recogniser(chosen: Settings) -> Settings:
    """... of the speech model only; ModelError when there is none."""
    if chosen.demo and chosen.speech.spoken != ("fr",):
        raise SettingsError(
            "the demo models know French only; leave --language and --languages out, or pull a real model"
        )
    demo = str(assets.demo_recogniser())
    model = demo if chosen.demo else assets.find_recogniser(chosen.speech.model, environment.models_folder())
    window = chosen.speech.window or windows.shortest(Path(model), environment.windows_folder())
    told = chosen.speech.hotwords
    hotwords = windows.hotwords(Path(model), environment.windows_folder()) if told is None else told
    return settings.override(chosen, speech={"model": model, "window": window, "hotwords": hotwords})


def with_translators(chosen: Settings) -> Settings:
    """... of the translation models only: those named, else all that were pulled."""
    if chosen.demo:
        found: tuple[str, ...] = (str(assets.demo_translator()),)
    else:
        named = (str(Path(folder).expanduser().absolute()) for folder in chosen.translation.models)
        found = tuple(named) or assets.find_translators(environment.models_folder())
    chain = chosen.translation.chain or (("local",) if chosen.demo else ())
    return settings.override(chosen, translation={"models": found, "chain": chain})


def as_here(chosen: Settings) -> Settings:
    """The settings of a session with this machine's models in the place of those that are not here."""
    if not all(Path(folder).is_dir() for folder in chosen.translation.models):
        chosen = settings.override(chosen, translation={"models": ()})
    chosen = with_translators(chosen)
    if not (chosen.speech.model and Path(chosen.speech.model).is_dir()):
        with suppress(ModelError, SettingsError):  # who asks for it is told
            chosen = with_recogniser(settings.override(chosen, speech={"model": "", "window": None}))
    return chosen


def same_models(chosen: Settings) -> Settings:
    """The settings of another machine with the models of the same names here, where theirs are not; ModelError."""
    if chosen.demo:
        return with_models(settings.override(chosen, translation={"models": ()}))
    speech, theirs = Path(chosen.speech.model), chosen.translation.models
    ours = tuple(path if Path(path).is_dir() else str(environment.models_folder() / Path(path).name) for path in theirs)
    model = str(speech) if speech.is_dir() else assets.find_recogniser(speech.name, environment.models_folder())
    return settings.override(chosen, speech={"model": model}, translation={"models": ours})
