"""What is to run beside a session, as it was typed; kept with it, so that whoever resumes it has all of it again."""

from collections.abc import Iterator

import msgspec

PORT, LISTEN = 8760, "127.0.0.1"


class Beside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Empty and 0: none of that."""

    serve: bool = False
    port: int = PORT
    listen: str = LISTEN
    delay: str = ""
    title: str = ""
    show: int = 0
    mpv: bool = False
    publish: str = ""
    youtube_captions: str = ""
    """A secret."""
    restream: str = ""
    """A secret."""

    def __str__(self) -> str:
        """In words, without secrets; empty where there is nothing."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.serve:
            display = f", the screen on display {self.show}" if self.show else ""
            yield f"the pages (port {self.port}{display}{', mpv' if self.mpv else ''})"
        if self.publish:
            yield f"--publish {self.publish}"
        if self.youtube_captions:
            yield "--youtube-captions"
        if self.restream:
            yield "--restream"
