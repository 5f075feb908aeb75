"""Workers as actors of a Ray cluster. Sound goes there and words come back as objects: no disk is shared.

The only module that imports Ray (the `cluster` extra); only what is called here does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from warnings import catch_warnings

from pipeline import __version__
from pipeline.errors import LivesubsError, SettingsError, WorkerError
from pipeline.refining.readings import Block
from pipeline.scale.worker import LocalWorker, Lost, Worker
from pipeline.settings import Settings
from pipeline.speech.messages import Heard
from pipeline.translation.engine import Answer

Make = Callable[..., LocalWorker]
"""Makes a worker of the settings and the version that are asked for, on the machine where it is called."""


@contextmanager
def connected(address: str, *, token: bool) -> Iterator[None]:
    """While entered, actors can be made there. `token`: Ray is told to speak only to whom has its token.

    SettingsError without a token: whoever reaches a cluster without one runs what they like on it, and Ray listens
    beyond this machine; also without Ray. WorkerError where no cluster answers.
    """
    if not token:
        raise SettingsError(
            "a Ray cluster without a token is anybody's; set RAY_AUTH_MODE=token here and on every node (docs/batch.md)"
        )
    try:
        import ray
    except ImportError as error:
        raise SettingsError("Ray is not installed; type `pip install 'livesubs[cluster]'`") from error
    try:
        with catch_warnings(action="ignore"):  # what is wrong is raised
            ray.init(address, logging_level="critical", log_to_driver=False)
    except Exception as error:  # whatever it raises: there are a dozen kinds
        why = _line(error)
        raise WorkerError(f"no Ray cluster answers at {address} ({why}); check the address and its token") from error
    try:
        yield
    finally:
        ray.shutdown()


def room(share: float) -> int:
    """Workers that the cluster has room for: one a core, or so many as have that share of a GPU."""
    import ray

    there = ray.cluster_resources()
    return max(1, int(there.get("GPU", 0.0) / share) if share else int(there.get("CPU", 1.0)))


def maker(make: Make, chosen: Settings, share: float) -> Callable[[], Worker]:
    """What makes a worker there, where there is room for it; with that share of a GPU, or on a core alone."""
    return partial(RayWorker, make, chosen, share)


class RayWorker:
    """One actor, which holds the models."""

    def __init__(self, make: Make, chosen: Settings, share: float) -> None:
        """Waits for the room. ModelError, SettingsError as the worker; Lost if its node is lost meanwhile."""
        import ray

        kind = ray.remote(num_cpus=1, num_gpus=share, max_concurrency=2)(Actor)
        with _errors():
            self._actor = kind.remote(make, chosen, __version__)
            self.description: str = ray.get(self._actor.describe.remote())

    def hear(self, block: Block) -> Heard:
        import ray

        with _errors():
            sound = ray.put(block)
        answer: Heard = self._ask("hear", sound)
        return answer

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        answer: Answer | None = self._ask("translate", model, text, src_lang, tgt_lang)
        return answer

    def close(self) -> None:
        """With the last reference, the actor ends."""
        self._actor = None

    def _ask(self, method: str, *arguments: Any) -> Any:
        import ray

        with _errors():
            return ray.get(getattr(self._actor, method).remote(*arguments))


@contextmanager
def _errors() -> Iterator[None]:
    """What an actor raises is raised as it was; that it is gone, as Lost; that its cluster is, as WorkerError."""
    from ray.exceptions import RayError, RayTaskError

    try:
        yield
    except RayTaskError as error:
        raise (error.cause or error) from None
    except RayError as error:
        raise Lost(_line(error)) from error
    except Exception as error:  # of Ray's own: it has no kind for that
        raise WorkerError(f"the cluster is gone ({_line(error)}); start it, then type this again") from error


def _line(error: Exception) -> str:
    """Its first line; the last one where that only introduces what a server of Ray's fell over."""
    first, _, rest = str(error).strip().partition("\n")
    return rest.rpartition("\n")[2] if first.endswith(":") and rest else first


class Actor:
    """A worker, as Ray makes it on a node."""

    def __init__(self, make: Make, chosen: Settings, version: str) -> None:
        self._worker: LocalWorker | None = None
        self._error: LivesubsError | None = None
        try:
            self._worker = make(chosen, version=version)
        except LivesubsError as error:  # raised here, it would be one of Ray's
            self._error = error

    def describe(self) -> str:
        return self._made().description

    def hear(self, block: Block) -> Heard:
        return self._made().hear(block)

    def translate(self, model: str, text: str, src_lang: str, tgt_lang: str) -> Answer | None:
        return self._made().translate(model, text, src_lang, tgt_lang)

    def _made(self) -> LocalWorker:
        if self._worker is None:
            raise self._error or WorkerError("the worker was not made; start it again")
        return self._worker
