"""What went wrong with a source, as the one error a person can act on.

PyAV and ffmpeg say it in the same words (libav's), so both are read here. Imports only `errors`.
"""

import re
from urllib.parse import urlsplit, urlunsplit

from pipeline.errors import (
    DiskFull,
    LivesubsError,
    NoAudio,
    NotMedia,
    SourceError,
    SourceMissing,
    SourceUnreachable,
)

PIECE_GONE = "A piece is gone"
"""What the mirror says where an address is right and a part of the stream is not there."""

_RULES: tuple[tuple[str, type[LivesubsError], str], ...] = (
    (r"No space left", DiskFull, "the disk is full; free some space, what was recorded so far is safe"),
    (
        r"Unknown input format: '?(\w+)",
        SourceMissing,
        "this ffmpeg cannot read {0} devices; name another kind (pulse:NAME) or another ffmpeg with --ffmpeg",
    ),
    (
        r"No such process|Cannot open audio device",
        SourceMissing,
        "{source} cannot be opened; check the device's name and that it is free",
    ),
    (r"No such file or directory|No such device", SourceMissing, "there is no {source}; check the name"),
    (r"Is a directory", SourceMissing, "{source} is a folder; name a file in it"),
    (r"Permission denied", SourceMissing, "no right to read {source}; check its rights"),
    (
        PIECE_GONE,
        SourceUnreachable,
        "the server does not have a piece of {source} that it lists, so the next one is fetched",
    ),
    (
        r"404|\b410\b|StreamNotFound|Stream not found",
        SourceMissing,
        "the server has no {source}; check the address, or whether the stream has begun",
    ),
    (
        r"\b40[13]\b|Unauthorized|Forbidden",
        SourceUnreachable,
        "the server does not let us read {source}; check user, password, key or cookies",
    ),
    (r"\b5\d\d\b|5XX", SourceUnreachable, "the server of {source} reports a fault of its own; try again in a minute"),
    (r"Connection refused", SourceUnreachable, "{source} refused the connection; check the port, or start the stream"),
    (
        r"resolve hostname|Name or service not known|nodename nor servname|getaddrinfo",
        SourceUnreachable,
        "unknown host in {source}; check the address and the network",
    ),
    (
        r"certificate|\bTLS\b|\bSSL\b|handshake",
        SourceUnreachable,
        "no secure connection to {source}; check the address, this machine's clock and the server's certificate",
    ),
    (
        r"timed out|Immediate exit|Operation timeout",
        SourceUnreachable,
        "{source} does not answer; check that the stream is running and that no firewall is in between",
    ),
    (
        r"partial file|ends prematurely",
        SourceUnreachable,
        "the server of {source} breaks off, or cannot skip in the file; download it and give the file's name",
    ),
    (
        r"Address already in use",
        SourceError,
        "{source} is in use; end the program that listens there, or choose another port",
    ),
    (
        r"Cannot assign requested address",
        SourceError,
        "{source} is no address of this machine; listen on 0.0.0.0, or check the address",
    ),
    (
        r"unreachable|No route to host|Connection reset|Broken pipe|Input/output error|Network is down",
        SourceUnreachable,
        "the connection to {source} failed ({line}); check the network and the stream",
    ),
    (r"matches no streams|does not contain any stream", NoAudio, "{source} has no sound track; choose another source"),
    (
        r"Invalid data found|moov atom not found|End of file|Invalid argument|Failed to find two consecutive",
        NotMedia,
        "{source} is neither sound nor picture that can be read; check that it is the right file or address",
    ),
)


_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)


def without_advice(error: LivesubsError) -> str:
    """What is wrong, without what a person could do."""
    return str(error).partition(";")[0]


def redact(url: str) -> str:
    """`url` as it may be shown: without user info, query and fragment, nor an RTMP address's last part, which is a key.

    Anything else comes back as it is.
    """
    parts = urlsplit(url)
    if not parts.netloc:
        return url
    path = parts.path
    if parts.scheme.lower().startswith("rtmp") and path.count("/") > 1:
        path = path.rpartition("/")[0] + "/..."
    return urlunsplit((parts.scheme, parts.netloc.rsplit("@", 1)[-1], path, "", ""))


def redact_all(text: str) -> str:
    """Every URL in `text` as it may be shown."""
    return _URL.sub(lambda found: redact(found[0]), text)


_LEFT = re.compile(
    r"Unable to read handshake|version mismatch|Input/output error|Invalid data found|Connection reset|End of file"
)


def caller_left(said: str) -> bool:
    """Whether this tells of somebody who called an address that listens; else it cannot be listened on."""
    return not said or bool(_LEFT.search(said))


def may_pass(error: SourceError, given: str) -> bool:
    """Whether `given`, a path or an address, may be there later: its server is away, or lacks the stream just now."""
    from_server = "://" in given and not given.startswith("file://")
    return isinstance(error, SourceUnreachable) or (isinstance(error, SourceMissing) and from_server)


def explain(said: str, source: str) -> LivesubsError:
    """The error for what libav said (one line or many, the last ones count most); `source` is its shown name."""
    lines = [re.sub(r"^(\[[^\]]*\] ?)+", "", line).strip() for line in said.splitlines() if line.strip()]
    for pattern, kind, sentence in _RULES:
        for line in reversed(lines):
            if found := re.search(pattern, _URL.sub("", line)):  # a port, or a name in a path, is no answer
                return kind(sentence.format(*found.groups(), source=source, line=redact_all(line)))
    last = redact_all(lines[-1]) if lines else "no reason given"
    return SourceError(f"{source} cannot be read ({last}); see whether a player can play it, or try another --ffmpeg")
