"""Where models and samples lie: embedded ones in a checkout or an installed wheel, pulled ones in a models folder."""

import fnmatch
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import platformdirs

from pipeline.catalogue import SUGGESTED, WHISPER
from pipeline.errors import ModelError, SettingsError
from pipeline.system import program

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent

Kind = Literal["speech", "translation"]

_LAYOUTS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("speech", ("config.json", "model.bin", "tokenizer.json", "vocabulary.*")),
    ("translation", ("config.json", "model.bin", "*vocabulary.*", "source.spm", "target.spm")),
    ("translation", ("config.json", "model.bin", "*vocabulary.*", "sentencepiece*.model")),
)
"""What a whole model folder holds; one that lacks any of it is no model."""


def in_checkout() -> bool:
    """Whether the program runs from a checkout rather than from an installed wheel."""
    return (_CHECKOUT / "models" / "demo").is_dir() and (_CHECKOUT / "pyproject.toml").is_file()


def embedded(relative: str) -> Path:
    """The path of an embedded file, such as `samples/rally.mp4`."""
    root = _CHECKOUT if in_checkout() else _PACKAGE / "_embedded"
    return root / relative


def demo_recogniser() -> Path:
    return embedded("models/demo/whisper-demo-fr")


def demo_translator() -> Path:
    return embedded("models/demo/nmt-demo-fr-en")


def user_data() -> Path:
    """The folder that the system keeps for this program's data of this user; it may not exist yet."""
    return platformdirs.user_data_path("livesubs", appauthor=False)


def user_cache() -> Path:
    """The folder that the system keeps for what this program can have again; it may not exist yet."""
    return platformdirs.user_cache_path("livesubs", appauthor=False)


def user_runtime() -> Path:
    """The folder for what lives no longer than the processes of this user; it may not exist yet. SettingsError."""
    try:
        with warnings.catch_warnings(action="ignore"):  # that XDG_RUNTIME_DIR is not set, for which there is a way
            return platformdirs.user_runtime_path("livesubs", appauthor=False)
    except OSError as error:
        raise SettingsError(f"there is no folder for what is shared ({error}); leave out --share-recogniser") from None


def models_folder(environment: str | None) -> tuple[Path, str]:
    """Where pulled models lie, and why: `$LIVESUBS_MODELS`, else `models/` of a checkout, else the user's data."""
    if environment:
        return Path(environment).expanduser(), "from $LIVESUBS_MODELS"
    if in_checkout():
        return _CHECKOUT / "models", "of this checkout; $LIVESUBS_MODELS may name another"
    return user_data() / "models", "in your data folder; $LIVESUBS_MODELS may name another"


def kind(files: Iterable[str]) -> Kind | None:
    """What a model of these files is for; None while any that it needs is missing."""
    names = list(files)
    whole = (kind for kind, needed in _LAYOUTS if all(fnmatch.filter(names, pattern) for pattern in needed))
    return next(whole, None)


def kind_of(folder: Path) -> Kind | None:
    """What the model in a folder is for; None if it is none, or not whole."""
    return kind(path.name for path in folder.iterdir()) if folder.is_dir() else None


def pulled(folder: Path) -> dict[str, Kind]:
    """The models in the models folder by folder name; half-written and hidden ones are none."""
    if not folder.is_dir():
        return {}
    kinds = {path.name: kind_of(path) for path in sorted(folder.iterdir()) if not path.name.startswith(".")}
    return {name: found for name, found in kinds.items() if found}


def find_recogniser(name: str, folder: Path) -> str:
    """The folder of a recogniser given by path or pulled name; without a name the largest that was pulled.

    Another name comes back as it is: faster-whisper may know it and have it in its own cache.
    """
    if not name:
        there = [folder / size for size in reversed(WHISPER) if kind_of(folder / size) == "speech"]
        if there:
            return str(there[0])
        raise ModelError(
            f"no speech model has been pulled yet; type `{program()} models pull {SUGGESTED}` (or add --demo, for the "
            "embedded demo models)"
        )
    for candidate in (Path(name).expanduser(), folder / folder_name(name)):
        if candidate.is_dir():
            return str(candidate.absolute())  # the settings of a session are read elsewhere too
    if name in WHISPER:
        raise ModelError(f"the speech model {name} has not been pulled yet; type `{program()} models pull {name}`")
    return name


def find_translators(folder: Path) -> tuple[str, ...]:
    """The folders of every pulled translation model."""
    return tuple(str(folder / name) for name, kind in pulled(folder).items() if kind == "translation")


def folder_name(name: str) -> str:
    """What the folder of a pulled model is called: its name, `OWNER--NAME` for a repository of the hub."""
    return name.replace("/", "--")
