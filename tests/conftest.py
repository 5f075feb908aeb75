"""What several tests need."""

import os
import sys

import imageio_ffmpeg
import pytest

from tests.mirrors import Made

# Where it is set, each of the hundreds of programs that are started would compile all of `pipeline` again, and each
# worker all of the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The bundled ffmpeg, so that tests need none on the PATH."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def made(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(ffmpeg, tmp_path_factory.mktemp("made"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files begin first: at the end each worker has a small one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
