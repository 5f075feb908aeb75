"""A glossary file: a term and its translation on each line, `source = target`; `#` begins a comment. Pure."""

from pipeline.errors import SettingsError


def parse(text: str, name: str) -> dict[str, str]:
    """The terms in the text of the file `name`; SettingsError names the line that is wrong."""
    terms: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition("#")[0].strip()
        source, equals, target = (part.strip() for part in line.partition("="))
        if line and not (source and equals and target):
            raise SettingsError(
                f"{name}, line {number}: {line!r} is no term; write it like `la mairie = the town hall`"
            )
        if line:
            terms[source] = target
    return terms
