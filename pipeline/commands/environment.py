"""What the environment says: the models folder, the keys of services, addresses that are secrets, whether there is a
display. The only module that reads it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline import assets
from pipeline.translation.build import KEYS

YOUTUBE, RESTREAM = "LIVESUBS_YOUTUBE_CAPTIONS", "LIVESUBS_RESTREAM"
"""Where those addresses are."""


def ray_token() -> bool:
    """Whether Ray is to speak only to whom has its token."""
    return os.environ.get("RAY_AUTH_MODE", "").lower() == "token"


def keys() -> Mapping[str, str]:
    """The keys of the translation services that there are, by name."""
    return {name: key for name in KEYS if (key := os.environ.get(name, "").strip())}


def asr_key() -> str:
    """The key of the transcription server; empty where there is none."""
    return os.environ.get("LIVESUBS_ASR_KEY", "").strip()


def hand_down(*, youtube_captions: str = "", restream: str = "") -> None:
    """Gives an address to the processes that this one starts; on their command lines every user would read it."""
    given = {YOUTUBE: youtube_captions, RESTREAM: restream}
    os.environ.update({name: address for name, address in given.items() if address})


def has_display() -> bool:
    """Whether a window could be opened here, as far as the system tells."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def models_folder() -> Path:
    return assets.models_folder(os.environ.get("LIVESUBS_MODELS"))[0]


def models_origin() -> str:
    """Why it is that folder."""
    return assets.models_folder(os.environ.get("LIVESUBS_MODELS"))[1]


def windows_folder() -> Path:
    """Where it is kept how short a window each model bears."""
    return assets.user_data() / "windows"
