"""QR codes for phones: the room's on the screen, and the technician's in the terminal."""

import io

import segno

_QUIET, _NARROW = 4, 2
"""Modules of light around a code, as the standard has it, and as few as phones put up with."""


def code(address: str) -> bytes:
    """As SVG, black on white, without a size; a corner of it may be hidden by a head."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, "svg", border=_QUIET, dark="#000", light="#fff", omitsize=True)
    return drawn.getvalue()


def in_terminal(name: str, address: str) -> list[str]:
    """In rows under its name: white and black whatever the terminal's own colours, or it cannot be read."""
    drawn = io.StringIO()
    segno.make(address, error="l").terminal(drawn, border=_NARROW, compact=True)
    rows = drawn.getvalue().splitlines()
    width = max(len(row) for row in rows)
    return [name.center(width), *(f"\x1b[97;40m{row:{width}}\x1b[0m" for row in rows if row)]
