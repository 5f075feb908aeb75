"""What several tests need."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from filelock import FileLock
from hypothesis import settings

from tests.measures import SAMPLES
from tests.mirrors import Made
from tests.radio import KBIT

# Where it is set, each of the hundreds of programs that are started would compile all of `pipeline` again, and each
# worker all of the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell's background job has it ignored, and with it all that is started: there a Ctrl-C would end nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes on a busy machine says nothing: `make bench` measures.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The bundled ffmpeg, so that tests need none on the PATH."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def made(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(ffmpeg, tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def rally(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a session on the rally, for those who only read it: made once, also for several workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "rally"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--pace", "max"]
            subprocess.run([*command, "--out", str(folder)], stdout=subprocess.DEVNULL, check=True, timeout=240)
    return folder


@pytest.fixture(scope="session")
def noise(ffmpeg: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds of noise, which can be recognised anywhere."""
    path = tmp_path_factory.mktemp("noise") / "noise.mp3"
    source = ["-f", "lavfi", "-i", "anoisesrc=r=48000:a=0.3:seed=5", "-t", "40"]
    subprocess.run([ffmpeg, "-v", "error", *source, "-b:a", f"{KBIT}k", "-id3v2_version", "0", path], check=True)
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files begin first: at the end each worker has a small one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder like `$XDG_RUNTIME_DIR`, with a path that is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="rt-"))
    yield folder
    shutil.rmtree(folder)
