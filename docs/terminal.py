"""Takes `docs/terminal.svg`, the picture in the README: `python -m docs.terminal` runs the demo in a real terminal."""

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.screen import Screen, on_screen
from tests.waiting import until

COLUMNS, ROWS = 80, 24


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipeline", "demo", "--out", f"{folder}/demo"]
        with on_screen(*command, columns=COLUMNS, rows=ROWS) as screen:
            until(lambda: "six hundred" in screen.text, 90)
            save(screen, Path(__file__).with_name("terminal.svg"))


def save(screen: Screen, path: Path) -> None:
    """The screen as SVG, in its own colours."""
    console = Console(record=True, width=COLUMNS, height=ROWS, file=io.StringIO(), force_terminal=True)
    for row in range(ROWS):
        line = Text()
        for column in range(COLUMNS):
            cell = screen.picture.buffer[row][column]
            line.append(cell.data, style=" ".join(filter(None, [_colour(cell.fg), "bold" if cell.bold else ""])))
        console.print(line, no_wrap=True)
    console.save_svg(str(path), title="livesubs demo")


def _colour(name: str) -> str:
    """rich's name of a pyte colour."""
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return f"#{name}"
    renamed = {"default": "", "brown": "yellow", "brightbrown": "bright_yellow"}
    return renamed.get(name, name.replace("bright", "bright_") if name.startswith("bright") else name)


if __name__ == "__main__":
    main()
