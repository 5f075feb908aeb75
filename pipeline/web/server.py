"""Runs the page server: its port, its tokens, its files, and what the terminal says of it."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from pipeline.errors import SessionError, SettingsError
from pipeline.files import write_private
from pipeline.folder import PAGES
from pipeline.web.access import Access, with_tokens

_FILES = 4096
"""Open files that the server asks the system for: one a viewer, one a segment on its way."""


def access(folder: Path, listen: str) -> Access:
    """Who may come in where the server listens: on loopback everybody, beyond it whoever has a token.

    The tokens are kept in the session folder, for its owner alone: a server that is started again has the same.
    """
    if listen in ("127.0.0.1", "localhost", "::1"):
        return Access()
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        kept = msgspec.toml.decode((folder / PAGES).read_bytes(), type=Access)
        return msgspec.structs.replace(kept, hosts=(*Access().hosts, *_names(listen)))
    made = with_tokens(_names(listen))
    write_private(folder / PAGES, msgspec.toml.encode(made))
    return made


def _names(listen: str) -> Iterator[str]:
    """What this machine may be called by others."""
    if listen not in ("0.0.0.0", "::"):
        yield listen.lower()
        return
    name = socket.gethostname().lower()
    yield from (name, f"{name}.local")
    yield from addresses()


def addresses() -> list[str]:
    """The machine's addresses in its own network, the one it would be reached at first."""
    import psutil

    found = [a.address for of in psutil.net_if_addrs().values() for a in of if a.family == socket.AF_INET]
    return [address for address in found if not address.startswith("127.")]


def bind(listen: str, port: int) -> socket.socket:
    """A socket that listens there; SettingsError when somebody else does."""
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((listen, port))
    except OSError as error:
        made.close()
        raise SettingsError(
            f"the pages cannot be served at {listen}:{port} ({error.strerror}); choose another --port"
        ) from error
    return made


def places(listen: str, port: int, who: Access) -> list[tuple[str, str]]:
    """The pages by name, with the addresses to open them at."""
    host = listen if listen not in ("0.0.0.0", "::") else next(iter(addresses()), "127.0.0.1")
    shown = f"[{host}]" if ":" in host else host
    tokens = {"screen": who.view, "overlay": who.view, "read": who.view, "console": who.control}
    return [
        (name, f"http://{shown}:{port}/{name}" + (f"?token={token}" if token else "")) for name, token in tokens.items()
    ]


def own_address(listen: str, port: int) -> str:
    """The server as a program on this machine reaches it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(listen, f"[{listen}]" if ":" in listen else listen)
    return f"http://{host}:{port}"


def serve(
    folder: Path, listening: socket.socket, who: Access, delay: float | None, *, with_session: bool = False
) -> None:
    """Serves the pages of the session in `folder` until it is asked to end; `with_session`: or until the session has
    ended and nobody has a page open any more."""
    import uvicorn

    from pipeline.web.app import Served, application

    _allow_files()

    def end() -> None:
        server.should_exit = True

    app = application(folder, who, Served(delay), end if with_session else None)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with closing(listening):
        server.run(sockets=[listening])


def _allow_files() -> None:
    """Raises this process's own limit of open files, where there is one."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def require(folder: Path) -> None:
    """SessionError unless the folder is a session's."""
    if not (folder / "journal.jsonl").is_file():
        raise SessionError(f"there is no session in {folder}; name a session folder, one with a journal.jsonl in it")
