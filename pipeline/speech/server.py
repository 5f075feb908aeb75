"""A transcription server of OpenAI's protocol: one stretch of sound out, its words with their times back.

Nothing that is said of it quotes the key. A redirection is not followed: it would carry sound and key elsewhere.
"""

import io
import time
import wave
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import numpy as np

from pipeline.audio import Samples
from pipeline.errors import SettingsError
from pipeline.http import connect, here, retry_after
from pipeline.settings import SAMPLE_RATE
from pipeline.speech import verbose
from pipeline.speech.recognition import Recognition

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

KEY = "LIVESUBS_ASR_KEY"
"""The environment variable that its key is in, where it wants one."""
MODEL = "whisper-1"
"""The protocol's own name of a model, which servers with only one take for theirs."""
_PATH = "/audio/transcriptions"
_MOST = 4 << 20
"""Bytes of an answer: what is longer is none."""
_QUOTED = 160
"""Characters of a server's own words in a message."""
_LASTING = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 501})
"""Statuses that another try does not change."""
_ADDRESS = "check the address, and name its model with --asr-model"
_KEYED = f"set the right one in {KEY}"
_TIMES = "take another server or model, since subtitles need the time of each word"


class Server(msgspec.Struct, frozen=True):
    """Where it is and how it is asked."""

    url: str
    """With its `/v1`, without a slash at its end."""
    model: str
    key: str
    """Empty: it wants none."""
    seconds: float
    """For a stretch, all tries together."""

    @property
    def host(self) -> str:
        """As it is named to a person."""
        return urlsplit(self.url).netloc

    @property
    def leaves_machine(self) -> bool:
        """Whether the sound goes to somebody else's computer."""
        return not here(self.url)

    def __repr__(self) -> str:
        return f"Server({self.host!r})"


class ServerFailed(Exception):
    """The server has no words for a stretch; the message goes on a sentence that begins with it: "does not answer".

    `again`: another try at once may help. `way`: what a person is to do, where no try will ever help as far as anyone
    can tell. `spare`: seconds for which it asks to be left alone. `answers`: it is there, and need not be started.
    """

    def __init__(
        self, verdict: str, *, again: bool = False, way: str = "", spare: float = 0.0, answers: bool = False
    ) -> None:
        super().__init__(verdict)
        self.again, self.way, self.spare, self.answers = again, way, spare, answers


def address(url: str) -> str:
    """The address as `Server` has it, of what a person gave: with or without `/v1`, or whole; SettingsError if it is
    none."""
    plain = url.rstrip("/").removesuffix(_PATH)
    try:
        parts = urlsplit(plain)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        raise SettingsError(f"--asr-url must be an address like http://127.0.0.1:8000/v1; it is {url}")
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(f"--asr-url is the address alone; put a key into {KEY} in the environment")
    return plain if parts.path.strip("/") else f"{plain.rstrip('/')}/v1"


def transcribe(server: Server, samples: Samples, lang: str = "", names: str = "") -> tuple[Recognition, str]:
    """What was said in one stretch in the language `lang`, and which language the server takes it for; ServerFailed.

    Without a `lang` the server finds it. It may take a little longer than `server.seconds` to fail.
    """
    fields: dict[str, Any] = {
        "model": server.model,
        "response_format": "verbose_json",
        "timestamp_granularities[]": ["word", "segment"],
        "temperature": "0",
    }
    fields |= {name: value for name, value in (("language", lang), ("prompt", names)) if value}
    with _failures():
        body = _post(server, fields, _wave(samples))
    try:
        return verbose.recognition(body, len(samples) / SAMPLE_RATE, lang)
    except verbose.Untimed as fault:
        raise ServerFailed(str(fault), way=_TIMES) from None
    except verbose.Unreadable as fault:
        raise ServerFailed(str(fault), way=_ADDRESS) from None


def _post(server: Server, fields: dict[str, Any], sound: bytes) -> bytes:
    """The body of what it answers. It comes in pieces, so that one that never ends has an end here."""
    until = time.monotonic() + server.seconds
    headers = {"Authorization": f"Bearer {server.key}"} if server.key else {}
    files = {"file": ("sound.wav", sound, "audio/wav")}
    asked = connect(server.url).stream(
        "POST", server.url + _PATH, data=fields, files=files, headers=headers, timeout=server.seconds
    )
    body = bytearray()
    with asked as response:
        for piece in response.iter_bytes():
            body += piece
            if len(body) > _MOST:
                raise ServerFailed("sends more than a transcription", way=_ADDRESS)
            if time.monotonic() > until:
                raise ServerFailed("does not answer in time")
    if not response.is_success:
        raise _refusal(server, response, bytes(body))
    return bytes(body)


@contextmanager
def _failures() -> "Iterator[None]":
    import httpx2

    try:
        yield
    except httpx2.TimeoutException:
        raise ServerFailed("does not answer in time") from None
    except (httpx2.RemoteProtocolError, httpx2.ReadError):
        raise ServerFailed("breaks off its answer", again=True) from None
    except httpx2.HTTPError as error:
        raise ServerFailed(f"cannot be reached ({type(error).__name__})", again=True) from None
    except ServerFailed:
        raise
    except Exception as error:  # of a key that is no text for a header, of a proxy
        raise ServerFailed(f"cannot be asked ({type(error).__name__})", way=_ADDRESS) from None


def _refusal(server: Server, response: "httpx2.Response", body: bytes) -> ServerFailed:
    status = response.status_code
    if status in (401, 403):  # some quote the key
        return ServerFailed(f"refuses {'its' if server.key else 'to be asked without a'} key ({status})", way=_KEYED)
    spare = retry_after(response.headers.get("Retry-After", ""))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ServerFailed("has too many requests", spare=spare, answers=True)
    words = _words(body).replace(server.key, "***") if server.key else _words(body)
    verdict = f"refuses ({f'{status} {response.reason_phrase}'.strip()}{f': {words}' if words else ''})"
    way = _ADDRESS if status in _LASTING or response.is_redirect else ""
    return ServerFailed(verdict, again=not way and not spare, way=way, spare=spare, answers=True)


def _words(body: bytes) -> str:
    """The server's own words in a refusal, of which there are several forms; empty for a page."""
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return ""
    error = said.get("error") or said.get("detail") or said.get("message") if isinstance(said, dict) else ""
    error = error.get("message") if isinstance(error, dict) else error
    return " ".join(error.split())[:_QUOTED] if isinstance(error, str) else ""


def _wave(samples: Samples) -> bytes:
    """A WAV file of them."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes((np.clip(samples, -1, 1 - 2**-15) * 32768).round().astype("<i2").tobytes())
    return file.getvalue()
