"""Takes the pictures in the README: `python -m docs.terminal` runs the demo and the check in a real terminal."""

import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from tests.screen import Screen, on_screen
from tests.waiting import until

DOCS = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        take("livesubs demo", "six hundred", (80, 24), DOCS / "terminal.svg", "demo", "--out", f"{folder}/demo")
    sample = str(DOCS.parent / "samples/rally.mp4")
    take("livesubs check", "It will hold", (100, 24), DOCS / "check.svg", "check", sample, "--demo", "--for", "3h")


def take(title: str, awaited: str, size: tuple[int, int], path: Path, *arguments: str) -> None:
    """The screen of a command, once it shows what is awaited; `size` in columns and rows."""
    columns, rows = size
    with on_screen(sys.executable, "-m", "pipeline", *arguments, columns=columns, rows=rows) as screen:
        until(lambda: awaited in screen.text, 120)
        save(screen, size, title, path)


def save(screen: Screen, size: tuple[int, int], title: str, path: Path) -> None:
    """The screen as SVG, in its own colours."""
    columns, rows = size
    console = Console(record=True, width=columns, height=rows, file=io.StringIO(), force_terminal=True)
    for row in range(rows):
        line = Text()
        for column in range(columns):
            cell = screen.picture.buffer[row][column]
            line.append(cell.data, style=" ".join(filter(None, [_colour(cell.fg), "bold" if cell.bold else ""])))
        console.print(line, no_wrap=True)
    console.save_svg(str(path), title=title, theme=MONOKAI)


def _colour(name: str) -> str:
    """rich's name of a pyte colour."""
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return f"#{name}"
    renamed = {"default": "", "brown": "yellow", "brightbrown": "bright_yellow"}
    return renamed.get(name, name.replace("bright", "bright_") if name.startswith("bright") else name)


if __name__ == "__main__":
    main()
