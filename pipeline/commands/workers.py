"""The workers of a command: on this machine, or on many."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline import settings
from pipeline.commands import environment, equipped, shelf
from pipeline.errors import SettingsError
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.scale.worker import LocalWorker
    from pipeline.scale.workers import Workers

_MOST = 1000
"""Workers of a cluster, at most: each has threads here."""


def here(chosen: Settings, number: int, **asked: Any) -> "Workers":
    """So many on this machine; `asked` of each as `LocalWorker` says."""
    from pipeline.scale.workers import Workers

    return Workers(partial(worker, chosen, **asked), number)


@contextmanager
def there(chosen: Settings, address: str, number: int | None, gpu: float, **asked: Any) -> "Iterator[Workers]":
    """Those of a Ray cluster while entered: so many, or as many as it has room for; errors as `cluster.connected`."""
    from pipeline.scale import cluster
    from pipeline.scale.workers import Workers

    with cluster.connected(address, token=environment.ray_token()):
        make = cluster.maker(partial(worker_there, **asked), on_one_thread(chosen), gpu)
        with Workers(make, number or cluster.room(gpu)) as workers:
            yield workers


def check(address: str | None, gpu: float, jobs: int | None) -> None:
    """SettingsError for a share of a GPU of no cluster, and for more workers than can ever be of use."""
    if gpu and not address:
        raise SettingsError("--gpu is the share of a cluster's GPU; leave it out, or name the cluster with --address")
    most = _MOST if address else os.cpu_count() or 1
    if jobs and jobs > most:
        where = "are taken of a cluster" if address else "are of use here, one a processor"
        raise SettingsError(f"--jobs {jobs} is too many: {most} at most {where}; leave it out for as many as fit")


def on_one_thread(chosen: Settings) -> Settings:
    """For one of several workers; so they hear the same, however many there are."""
    return settings.override(chosen, speech={"threads": chosen.speech.threads or 1})


def worker_there(chosen: Settings, **asked: Any) -> "LocalWorker":
    """One on a machine of a cluster, where this is called, with the models of the same names there."""
    return worker(equipped.same_models(chosen), **asked)


def worker(chosen: Settings, **asked: Any) -> "LocalWorker":
    """One on this machine."""
    from pipeline.scale.worker import LocalWorker

    spares = shelf.spares(environment.models_folder(), chosen.speech, shelf.this_machine())
    return LocalWorker(chosen, spares, **asked)
