"""What several tests need."""

import imageio_ffmpeg
import pytest


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The bundled ffmpeg, so that tests need none on the PATH."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())
