"""What `models list` shows: every model on offer and every one that lies in the models folder."""

from contextlib import suppress
from itertools import islice, product
from pathlib import Path

import msgspec
from rich.table import Table

from pipeline import assets, catalogue
from pipeline.catalogue import SUGGESTED, Translator, WhisperSize
from pipeline.errors import LivesubsError
from pipeline.settings import Settings, SpeechSettings
from pipeline.system import program


class Machine(msgspec.Struct, frozen=True):
    """What models are held against."""

    memory: int
    """Bytes that are free now."""
    cores: int
    gpus: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A model; sizes in bytes, None where nobody knows."""

    name: str
    kind: assets.Kind
    size: int | None
    memory: int | None = None
    gpu_memory: int | None = None
    """Of a GPU, for a model that can use one."""
    fits: bool | None = None
    """On this machine as it is now; None where its GPU decides, whose memory nobody here can ask for."""
    lacks: str = ""
    """What the machine has too little of without a GPU: `memory`, `cores` or nothing."""
    good_for: str
    pulled: bool
    used: bool
    """`run` would use it, as settings and models folder are now."""


def this_machine() -> Machine:
    import ctranslate2
    import psutil

    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return Machine(psutil.virtual_memory().available, cores, ctranslate2.get_cuda_device_count())


def rows(folder: Path, chosen: Settings, machine: Machine) -> list[Row]:
    """Speech models first, from the cheapest on; what was pulled from elsewhere comes last."""
    pulled, used = assets.pulled(folder), _used(folder, chosen)
    offers: dict[str, WhisperSize | Translator] = {**catalogue.WHISPER, **catalogue.TRANSLATORS}
    known = [_offered(name, offer, machine, name in pulled, name in used) for name, offer in offers.items()]
    return known + [_found(folder / name, kind, name in used) for name, kind in pulled.items() if name not in offers]


def spares(folder: Path, chosen: SpeechSettings, machine: Machine) -> list[SpeechSettings]:
    """What hears on, on the processor, should a GPU fail: the largest pulled model that fits, or the one in use."""
    if chosen.device == "cpu" or (chosen.device == "auto" and not machine.gpus):
        return []
    fitting = [
        str(folder / name)
        for name, size in catalogue.WHISPER.items()
        if assets.kind_of(folder / name) == "speech" and catalogue.fits(size, machine.memory, machine.cores)
    ]
    model = fitting[-1] if fitting else chosen.model
    changes = {"device": "cpu", "compute_type": "default", "model": model}
    measured = {} if model == chosen.model else {"window": None, "hotwords": None}  # of another model
    return [msgspec.structs.replace(chosen, **changes, **measured)]


def best(folder: Path, machine: Machine) -> str | None:
    """The largest pulled model that there is memory for, however long it takes."""
    pulled = (name for name in reversed(catalogue.WHISPER) if assets.kind_of(folder / name) == "speech")
    fitting = (name for name in pulled if machine.gpus or catalogue.fits(catalogue.WHISPER[name], machine.memory))
    return next((str(folder / name) for name in fitting), None)


def _offered(name: str, offer: WhisperSize | Translator, machine: Machine, pulled: bool, used: bool) -> Row:
    lacks = catalogue.obstacle(offer, machine.memory, machine.cores)
    gpu_memory = offer.gpu_memory if isinstance(offer, WhisperSize) else None
    return Row(
        name=name,
        kind="speech" if isinstance(offer, WhisperSize) else "translation",
        size=offer.download,
        memory=offer.memory,
        gpu_memory=gpu_memory,
        fits=None if lacks and machine.gpus and gpu_memory else not lacks,
        lacks=lacks,
        good_for=offer.good_for,
        pulled=pulled,
        used=used,
    )


def _found(path: Path, kind: assets.Kind, used: bool) -> Row:
    size = sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return Row(name=path.name, kind=kind, size=size, good_for="not of this list", pulled=True, used=used)


def _used(folder: Path, chosen: Settings) -> set[str]:
    """Names of the models that a session would load; settings may name some that lie elsewhere."""
    from pipeline.translation.local import translates

    used: set[str] = set()
    with suppress(LivesubsError):  # none was pulled, or one is damaged: `run` says so
        used.add(Path(assets.find_recogniser(chosen.speech.model, folder)).name)
    with suppress(LivesubsError):
        there = [Path(path) for path in chosen.translation.models or assets.find_translators(folder)]
        for pair in product(chosen.speech.spoken, chosen.translation.to):
            serving = (path.name for path in there if translates(path, *pair))
            used.update(islice(serving, 1))
    return used


_DOES: dict[assets.Kind, str] = {"speech": "to hear with", "translation": "to translate with"}


def table(rows: list[Row], machine: Machine) -> Table:
    """For 80 columns; a star stands before what a session would use."""
    caption = _caption(machine, pulled=any(row.pulled for row in rows))
    shown = Table(box=None, pad_edge=False, caption=caption, caption_justify="left")
    for heading in ("", "model", "size", "memory", "fits", "pulled", "good for"):
        shown.add_column(heading, justify="right" if heading in ("size", "memory") else "left")
    before = None
    for row in sorted(rows, key=lambda row: row.kind):
        if row.kind != before:
            shown.add_row("", _DOES[row.kind], style="bold")
            before = row.kind
        mark, pulled = "*" * row.used, "yes" * row.pulled
        shown.add_row(mark, row.name, _size(row.size), _size(row.memory), _fits(row), pulled, row.good_for)
    return shown


def _fits(row: Row) -> str:
    if row.fits is None:
        return f"GPU {_size(row.gpu_memory)}?" if row.lacks else "?"
    return {"": "yes", "memory": "no: memory", "cores": "slow"}[row.lacks]


def _caption(machine: Machine, *, pulled: bool) -> str:
    gpu = ", a GPU (its memory is not known here: `GPU 4.5 GB?` is what a model needs of it)" * bool(machine.gpus)
    has = f"{machine.memory / 1e9:.1f} GB of free memory, {machine.cores} cores{gpu}"
    first = "* what `run` would use." if pulled else f"Nothing is pulled yet: `{program()} models pull {SUGGESTED}`."
    return f"{first} This machine: {has}; how fast a model really is, `livesubs check` measures."


def _size(size: int | None) -> str:
    return "?" if size is None else f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
