"""Writes what was accepted where the next session reads it: a glossary, a settings file; nothing twice."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from pipeline import settings
from pipeline.errors import SettingsError
from pipeline.files import write_whole
from pipeline.names.glossary import Glossary, parse
from pipeline.names.live import Names, read
from pipeline.review.learning.proposal import Proposal
from pipeline.settings import Settings
from pipeline.speech.boilerplate import plain


class Notebook:
    """The two files, of which neither need be there."""

    def __init__(self, glossary: Path, settings: Path) -> None:
        """SettingsError where one cannot be read or is wrong."""
        self._glossary, self._settings = glossary, settings
        self.terms = read(glossary) if glossary.exists() else Glossary()
        self._chosen = self._load()

    def has(self, proposal: Proposal) -> bool:
        """Whether it is written there already."""
        if proposal.kind in ("name", "word"):
            wanted = parse(proposal.what, "").terms[0]
            known = next((term for term in self.terms.terms if term.source == wanted.source), None)
            return known is not None and known.target == wanted.target and {*wanted.heard} <= {*known.heard}
        if proposal.kind == "phrase":
            return any(_same(proposal.what, phrase) for phrase in self._chosen.speech.phrases)
        table, name = _place(proposal)
        return proposal.kind == "setting" and getattr(getattr(self._chosen, table), name) == proposal.value

    def add(self, proposal: Proposal) -> Path:
        """Writes it down, in one step, and gives the file; SettingsError where it cannot be written there."""
        if proposal.kind in ("name", "word"):
            names = Names()
            names.add(proposal.what, self._glossary)
            self.terms = names.current
            return self._glossary
        if proposal.kind == "phrase":
            others = [phrase for phrase in self._chosen.speech.phrases if plain(phrase) != plain(proposal.what)]
            self._set("speech", "phrases", [*others, proposal.what])
        else:
            self._set(*_place(proposal), proposal.value)
        return self._settings

    def _load(self) -> Settings:
        return settings.load(self._settings) if self._settings.exists() else Settings()

    def _set(self, table: str, name: str, value: Any) -> None:
        """Everything else in the file stays as it is, comments too."""
        text = self._settings.read_text("utf-8-sig") if self._settings.exists() else ""
        new = with_setting(text, table, name, value)
        if new is None:
            line = f"[{table}] {name} = {_toml(value)}"
            raise SettingsError(f"cannot tell where {self._settings} takes it; write it there by hand: {line}")
        write_whole(self._settings.resolve(), new)
        self._chosen = self._load()


def with_setting(text: str, table: str, name: str, value: Any) -> str | None:
    """The TOML text with that setting, in the place of what stood there, of its default that was switched off (as
    `livesubs init` writes it), or at the top of its table; None where that would change anything else."""
    wanted = settings.merge(tomllib.loads(text), {table: {name: value}})
    line, lines = f"{name} = {_toml(value)}", text.splitlines(keepends=True)
    head = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
    top = next((at for at, one in enumerate(lines) if head.match(one)), None)
    if top is None:
        space = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return _checked(f"{text}{space}[{table}]\n{line}\n", wanted)
    end = next((at for at in range(top + 1, len(lines)) if re.match(r"\s*\[", lines[at])), len(lines))
    for pattern in (rf"\s*{name}\s*=", rf"\s*#\s*{name}\s*="):
        for at in range(top + 1, end):
            if re.match(pattern, lines[at]):
                comment = re.search(r"\s+#[^\"']*$", lines[at].rstrip()) if lines[at].lstrip()[0] != "#" else None
                new = f"{line}{comment[0] if comment else ''}\n"
                return _checked("".join([*lines[:at], new, *lines[at + 1 :]]), wanted)
    joint = "" if lines[top].endswith("\n") else "\n"
    return _checked("".join([*lines[: top + 1], f"{joint}{line}\n", *lines[top + 1 :]]), wanted)


def _checked(text: str, wanted: dict[str, Any]) -> str | None:
    try:
        return text if tomllib.loads(text) == wanted else None
    except tomllib.TOMLDecodeError:
        return None


def _toml(value: Any) -> str:
    """JSON is TOML too, of what there is here."""
    return msgspec.json.encode(value).decode()


def _place(proposal: Proposal) -> tuple[str, str]:
    table, _, name = proposal.what.partition(" = ")[0].partition(".")
    return table, name


def _same(one: str, other: str) -> bool:
    return plain(one) == plain(other) and one.startswith("?") == other.startswith("?")
