"""Downloads models from the Hugging Face hub into the models folder, so that only whole and checked ones get a name.

`snapshot_download` is not used: as of huggingface_hub 2.4 it removes the file that a connection broke in and begins it
anew, and holds no contents against their sums. Its own way of fetching one file, `http_get`, goes on where a file ends.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import filelock
import msgspec

from pipeline import assets, catalogue, hub_errors
from pipeline.errors import ModelError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

Progress = Callable[[int, int], None]
"""Is told how many bytes are there, of how many."""

NEEDED = (
    "config.json",
    "preprocessor_config.json",
    "model.bin",
    "tokenizer.json",
    "*vocabulary.*",
    "*.spm",
    "sentencepiece*.model",
)
"""The files of a repository that a model is run from."""

_STEP = 2**20
"""Bytes that are written at a time; the library's own 10 MB would be lost at every cut, and the bar stand still."""
_RESETS = 5
"""Broken connections in a row, without a byte between them, after which to give up."""


def pull(name: str, folder: Path, progress: Progress) -> Path:
    """Downloads a model into the models folder and gives its own folder; ModelError says why it could not.

    `name` is one of the catalogue, `opus-mt-<pair>`, or any CTranslate2 repository of the hub, `OWNER/NAME`. What was
    downloaded before a cut, a crash or a kill is gone on from by the next call.
    """
    repository, target = catalogue.repository(name), folder / assets.folder_name(name)
    if target.exists():
        raise ModelError(f"{target} exists already; remove it first to pull {name} again")
    with _refusals(name, target):
        offer = _offer(repository)
        partial = folder / f".{target.name}.{offer.commit[:12]}.partial"
        partial.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(partial / ".lock", timeout=0):
            _check_space(name, offer, partial)
            _download(offer, partial, progress)
            _check(name, offer, partial)
        (partial / ".lock").unlink(missing_ok=True)
        partial.rename(target)
    for stale in folder.glob(f".{target.name}.*.partial"):  # of a commit that has been replaced since
        shutil.rmtree(stale, ignore_errors=True)
    return target


class File(msgspec.Struct, frozen=True):
    path: str
    size: int
    sha: str
    """SHA-256 of a large file, else the hash that git gives to it."""


class Offer(msgspec.Struct, frozen=True):
    """What a repository has for us now."""

    repository: str
    commit: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def _offer(repository: str) -> Offer:
    from huggingface_hub import HfApi

    info = HfApi().model_info(repository, files_metadata=True, timeout=20)
    needed = [sibling for sibling in info.siblings or [] if _needed(sibling.rfilename)]
    if assets.kind(sibling.rfilename for sibling in needed) is None:
        lacking = "it lacks model.bin, its tokenizer or its vocabulary"
        raise ModelError(f"{repository} is no CTranslate2 model for livesubs ({lacking}); choose another repository")
    return Offer(repository, info.sha or "main", tuple(map(_file, needed)))


def _needed(path: str) -> bool:
    return "/" not in path and any(fnmatch(path, pattern) for pattern in NEEDED)


def _file(sibling: "RepoSibling") -> File:
    """ModelError where a mirror of the hub tells names only: nobody could say then whether what came is whole."""
    from huggingface_hub import constants

    sha = sibling.lfs.sha256 if sibling.lfs else sibling.blob_id
    if sibling.size is None or not sha:
        raise ModelError(
            f"the hub at {constants.ENDPOINT} does not say how large its files are and what their sums are; "
            "let HF_ENDPOINT name another mirror, or copy the model's folder from another machine"
        )
    return File(sibling.rfilename, sibling.size, sha)


def _check_space(name: str, offer: Offer, partial: Path) -> None:
    missing, free = offer.size - _there(offer, partial), shutil.disk_usage(partial).free
    if missing > free:
        raise ModelError(
            f"{name} needs {missing / 1e9:.1f} GB more and the disk of {partial.parent} has {free / 1e9:.1f} GB left; "
            "free some space, or let LIVESUBS_MODELS name a folder on another disk"
        )


def _there(offer: Offer, partial: Path) -> int:
    """Bytes that have been downloaded already."""
    return sum((partial / file.path).stat().st_size for file in offer.files if (partial / file.path).is_file())


class _Bar:
    """Looks like a tqdm bar to the library, and passes on what it is told."""

    def __init__(self, done: int, total: int, progress: Progress) -> None:
        self.done, self._total, self._progress = done, total, progress
        progress(done, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...

    def update(self, size: int) -> None:
        self.done += size
        self._progress(self.done, self._total)


def _download(offer: Offer, partial: Path, progress: Progress) -> None:
    from huggingface_hub import constants, hf_hub_url, logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it would print each time it goes on after a cut
    constants.DOWNLOAD_CHUNK_SIZE = _STEP
    bar = _Bar(_there(offer, partial), offer.size, progress)
    for file in sorted(offer.files, key=lambda file: file.size):  # so that what is missing altogether is told soon
        url = hf_hub_url(offer.repository, file.path, revision=offer.commit)
        _fetch(url, partial / file.path, file.size, bar)


def _fetch(url: str, path: Path, size: int, bar: _Bar) -> None:
    """Downloads what is missing of a file; the library goes on after a close and a timeout, not after a reset."""
    import httpx2
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    headers = build_hf_headers() | {"Accept-Encoding": "identity"}  # a range of a compressed answer is of no use
    shown: Any = lambda **_: bar  # noqa: E731  # called like the class of a bar
    with path.open("ab") as file:
        resets = 0
        while (had := file.tell()) < size:
            try:
                http_get(url, file, resume_size=had, headers=headers, expected_size=size, tqdm_class=shown)
            except (httpx2.ReadError, httpx2.WriteError):
                resets = 0 if file.tell() > had else resets + 1
                if resets == _RESETS:
                    raise
                time.sleep(1)  # as the library waits after a close


def _check(name: str, offer: Offer, partial: Path) -> None:
    """Holds the files against the hub's own sums; a wrong one is removed, so that the next pull fetches it anew."""
    for file in offer.files:
        if _sha(partial / file.path, len(file.sha)) != file.sha:
            (partial / file.path).unlink()
            raise ModelError(
                f"could not download {name}: {file.path} is not what the hub says it is; type the command again, and "
                "if it says so twice something between here and the hub changes files: try another network"
            )


def _sha(path: Path, length: int) -> str:
    from huggingface_hub.utils.sha import git_hash, sha_fileobj

    if length == 40:
        return git_hash(path.read_bytes())
    with path.open("rb") as file:
        return sha_fileobj(file).hex()


@contextmanager
def _refusals(name: str, target: Path) -> Iterator[None]:
    """Turns what the hub, the network and the disk say into ModelError."""
    import httpx2

    try:
        yield
    except (OSError, ValueError, httpx2.HTTPError) as error:
        raise hub_errors.refusal(name, target, error) from error
