"""Where models and samples lie: embedded ones in a checkout or an installed wheel, pulled ones in a models folder."""

from pathlib import Path

import platformdirs

from pipeline.errors import ModelError
from pipeline.system import program

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent

WHISPER = {
    **{size: f"Systran/faster-whisper-{size}" for size in ("tiny", "base", "small", "medium", "large-v3")},
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
}
"""The multilingual Whisper models that `livesubs models pull` offers, and where the hub has them. Of several that were
pulled the last in this list is used. The distilled ones are left out: they know English only."""

DEMO_WINDOW = 0.5
"""Seconds a stretch is padded to at least for the demo recogniser: it was trained to bear short ones (model card)."""

SUGGESTED = "small"
"""What is named to someone who has pulled nothing yet."""


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


def models_folder(environment: str | None) -> Path:
    """Where pulled models lie: `$LIVESUBS_MODELS`, else `models/` of a checkout, else the user's data folder."""
    if environment:
        return Path(environment).expanduser()
    if in_checkout():
        return _CHECKOUT / "models"
    return platformdirs.user_data_path("livesubs", appauthor=False) / "models"


def find_recogniser(name: str, folder: Path) -> str:
    """The folder of a recogniser given by path or pulled name; without a name the one that was pulled.

    Another name comes back as it is: faster-whisper may know it and have it in its own cache.
    """
    if not name:
        pulled = [folder / size for size in reversed(WHISPER) if _is_model(folder / size)]
        if pulled:
            return str(pulled[0])
        raise ModelError(
            f"no speech model has been pulled yet; type `{program()} models pull {SUGGESTED}` (or add --demo, for the "
            "embedded demo models)"
        )
    for candidate in (Path(name).expanduser(), folder / _folder_name(name)):
        if candidate.is_dir():
            return str(candidate.absolute())  # the settings of a session are read elsewhere too
    if name in WHISPER:
        raise ModelError(f"the speech model {name} has not been pulled yet; type `{program()} models pull {name}`")
    return name


def find_translators(folder: Path) -> tuple[str, ...]:
    """The folders of every pulled translation model."""
    if not folder.is_dir():
        return ()
    return tuple(
        str(path)
        for path in sorted(folder.iterdir())
        if _is_model(path)
        and not path.name.startswith(".")
        and (list(path.glob("*.spm")) or list(path.glob("sentencepiece*.model")))
    )


def pull(name: str, folder: Path) -> Path:
    """Downloads a model into the models folder; ModelError when it cannot.

    `name` is a Whisper size, `opus-mt-<pair>`, or any CTranslate2 repository of the hub, `OWNER/NAME`.
    """
    from huggingface_hub import snapshot_download

    target, partial = folder / _folder_name(name), folder / f".{_folder_name(name)}.partial"
    repository = f"gaudi/{name}-ctranslate2" if name.startswith("opus-mt-") else WHISPER.get(name)
    if name.count("/") == 1:
        repository = name
    if not repository:
        known = f"{', '.join(WHISPER)}, opus-mt-fr-en"
        raise ModelError(f"there is no model {name}; try one of {known}, or a repository of the hub, OWNER/NAME")
    if target.exists():
        raise ModelError(f"{target} exists already; remove it first to pull {name} again")
    try:
        snapshot_download(repository, local_dir=partial)
        partial.rename(target)
    except Exception as error:  # of several network libraries, which have no base in common
        raise ModelError(
            f"could not download {name} ({_first_line(error)}); check the internet connection and the disk and type "
            f"the command again, whole files are kept - or copy the model's folder to {target} from another machine"
        ) from error
    return target


def _folder_name(name: str) -> str:
    return name.replace("/", "--")


def _is_model(path: Path) -> bool:
    return (path / "model.bin").is_file()


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__
