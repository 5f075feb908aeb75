"""What several tests need."""

import os

import imageio_ffmpeg
import pytest

from tests.mirrors import Made

# Where it is set, each of the hundreds of programs that are started would compile all of `pipeline` again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The bundled ffmpeg, so that tests need none on the PATH."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def made(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(ffmpeg, tmp_path_factory.mktemp("made"))
