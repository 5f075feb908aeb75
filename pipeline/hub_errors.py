"""Why a model could not be downloaded, as one sentence that says what to do."""

import errno
from pathlib import Path

import filelock

from pipeline.errors import ModelError


def refusal(name: str, target: Path, error: Exception) -> ModelError:
    """What went wrong while the model `name` was downloaded into the folder `target`."""
    why, todo = _told(name, target, error)
    return ModelError(f"could not download {name}: {why}; {todo}")


def _told(name: str, target: Path, error: Exception) -> tuple[str, str]:
    """(what is the matter, what to do)"""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

    match error:
        case filelock.Timeout():
            return "another command is downloading it now", "wait until that one is done"
        case HFValidationError():
            return "that is no name of a repository", "write OWNER/NAME as the hub has it"
        case OfflineModeIsEnabled():
            return "HF_HUB_OFFLINE is set", f"unset it, {_or_copy(target)}"
        case HfHubHTTPError():
            return _answered(name, target, error)
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"the disk of {target.parent} is full", "free some space and type the command again"
        case OSError() if error.filename:
            return f"cannot write {error.filename} ({error.strerror})", "check the folder's rights and disk"
    return _unreachable(target, error)


def _answered(name: str, target: Path, error: Exception) -> tuple[str, str]:
    """For an HTTP error; the hub says 401 of a repository that does not exist, too."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

    status = error.response.status_code if isinstance(error, HfHubHTTPError) else 0
    if status == 404 or (isinstance(error, RepositoryNotFoundError) and not isinstance(error, GatedRepoError)):
        todo = f"look for {name} on huggingface.co and give it as OWNER/NAME, {_or_copy(target)}"
        return f"the hub has no such model ({status})", todo
    if status in (401, 403):
        return (
            f"its owner lets only some in ({status})",
            "accept its terms on huggingface.co and set HF_TOKEN to your token, or choose another model",
        )
    return f"the hub answered {status}", "type the command again in some minutes, what has arrived is kept"


def _unreachable(target: Path, error: Exception) -> tuple[str, str]:
    from huggingface_hub import constants

    lines = str(error).strip().splitlines()
    said = lines[0][:120] if lines else type(error).__name__
    return (
        f"no connection to {constants.ENDPOINT} that holds ({said})",
        f"check the internet connection and type the command again, what has arrived is kept, {_or_copy(target)}",
    )


def _or_copy(target: Path) -> str:
    return f"or copy the model's folder to {target} from another machine"
