"""What subtitles are held to: the profiles that come along, as data in `profiles/`, and a user's own in TOML."""

import tomllib
from difflib import get_close_matches
from importlib import resources
from math import floor, inf
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from pipeline.errors import SettingsError
from pipeline.settings import CueRules, Positive, Seconds, Table, read_toml
from pipeline.subtitles.quality import Limits

_DATA = resources.files("pipeline.review") / "profiles"
PROFILES = tuple(sorted(file.name.removesuffix(".toml") for file in _DATA.iterdir() if file.name.endswith(".toml")))
DEFAULT = "netflix-en"


class Profile(Table, frozen=True):
    """What is checked, by the name of the rule; nought, "" and false: it is not."""

    base: str = ""
    """A profile that comes along: what is not set here is as it is there."""
    lang: str = "en"
    """Of the subtitles: which words belong together on a line."""
    lines: Annotated[int, Meta(ge=0)] = 0
    """Lines at most."""
    cpl: Annotated[int, Meta(ge=0)] = 0
    """Characters a line at most."""
    cps: Seconds = 0.0
    """Characters a second at most."""
    wpm: Seconds = 0.0
    """Words a minute at most."""
    shortest: Seconds = 0.0
    """A cue stands at least so long, seconds."""
    longest: Seconds = 0.0
    """... and at most so long, seconds."""
    fps: Positive = 24.0
    """Frames a second of the picture, which `gap` is counted in."""
    gap: Annotated[int, Meta(ge=0)] = 0
    """At least so many frames between two cues."""
    bridge: Seconds = 0.0
    """A gap of more frames than `gap` and fewer seconds than this is to be closed to `gap`."""
    balance: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """The shorter of two lines has at least so much of the longer one."""
    joined: bool = False
    """No cue has the end of one sentence and the beginning of another that goes on."""
    ellipsis: Literal["", "…", "..."] = ""
    """How it is written."""
    hyphens: Literal["", "-", "- "] = ""
    """What stands before the line of each of two speakers."""
    numbers: bool = False
    """One to ten are written out."""
    punctuation: Literal["", "en", "fr"] = ""
    """Where spaces stand beside ; : ? ! « and »."""
    tags: tuple[str, ...] | None = None
    """Those that are allowed, such as ["i", "b"]; "an" is a position such as {\\an8}. Unless set: any."""
    breaks: bool = False
    """No line ends within what belongs together, such as article and noun, where there is a better place."""

    @property
    def limits(self) -> Limits:
        """What the judge of shape and time is told; a file has whole milliseconds."""
        return Limits(
            lines=self.lines or inf,
            cpl=self.cpl or inf,
            cps=self.cps or inf,
            wpm=self.wpm or inf,
            shortest=self.shortest,
            longest=self.longest or inf,
            gap=self._frames(self.gap),
            close=self._frames(self.gap + 1),
            bridge=self.bridge,
        )

    @property
    def rules(self) -> CueRules:
        """What lines are broken by."""
        return CueRules(lines=self.lines or 2, cpl=max(10, self.cpl or 42))

    def _frames(self, count: int) -> float:
        return floor(1000 * count / self.fps) / 1000


def find(named: str) -> Profile:
    """A profile by its name, or from a TOML file; SettingsError says which there are, or what is wrong in the file."""
    if named in PROFILES:
        return msgspec.convert(_known(named), Profile)
    if named.endswith(".toml"):
        return _load(Path(named))
    raise SettingsError(_unknown(named, "name one, or a file that ends in .toml"))


def of_language(lang: str) -> Profile:
    """What a track is held to where nobody says: Netflix's guide for its language, or what of the English one goes for
    any; `base` names it."""
    named = f"netflix-{lang}"
    if named in PROFILES:
        return msgspec.structs.replace(find(named), base=named)
    return msgspec.structs.replace(find(DEFAULT), base=DEFAULT, lang=lang, numbers=False, punctuation="")


def _known(name: str) -> dict[str, Any]:
    tables = tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return _known(tables["base"]) | tables if "base" in tables else tables


def _unknown(named: str, what: str) -> str:
    near = get_close_matches(named, PROFILES, 1)
    hint = f"did you mean {near[0]}?" if near else what
    return f'there is no profile "{named}", only {", ".join(PROFILES)}; {hint}'


def _load(path: Path) -> Profile:
    own = read_toml(path, Profile, "profile")  # what is wrong is wrong here, not in its base
    base = own.get("base", "")
    if base and base not in PROFILES:
        raise SettingsError(f"{path}: {_unknown(base, 'base is one of them')}")
    return msgspec.convert((_known(base) if base else {}) | own, Profile)
