"""Who may import whom (CONTRIBUTING.md has the map), held by reading the source."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "pipeline"
STAGES = {"source", "speech", "translation", "subtitles", "publish"}
ABOVE = {
    "web",
    "export",
    "refining",
    "scale",
    "fit",
    "session",
    "director",
    "afterwards",
    "followed",
    "folder",
    "stall",
    "cli",
    "commands",
    "terminal",
    "lines",
    "assets",
    "hub",
    "windows",
    "measure",
}
"""What is made of stages and stands above them, as do `check`, `scores`, `report` and `review`."""
HEAVY = {"faster_whisper", "ctranslate2", "onnxruntime", "av", "deep_translator", "yt_dlp", "sentencepiece"}
HEAVY |= {"hunspell", "regex", "simplemma", "spellchecker", "text_to_num", "tokenizers"}
MODULES = sorted(ROOT.rglob("*.py"))


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_stages_do_not_import_each_other(path: Path) -> None:
    stage = path.relative_to(ROOT).parts[0]
    if stage not in STAGES:
        return
    others = {f"pipeline.{name}" for name in (STAGES - {stage}) | ABOVE | {"check", "scores", "report", "review"}}
    assert not {name for name in imports(path) if any(f"{name}.".startswith(f"{other}.") for other in others)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_page_server_is_on_top(path: Path) -> None:
    if path.relative_to(ROOT).parts[0] not in ("web", "commands"):
        assert not {name for name in imports(path) if f"{name}.".startswith("pipeline.web.")}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name == "names"], ids=lambda p: p.name)
def test_names_know_no_stage(path: Path) -> None:
    known = {f"pipeline.{name}" for name in ("errors", "events", "files", "names")}
    ours = {name for name in imports(path) if name.startswith("pipeline.")}
    assert not {name for name in ours if ".".join(name.split(".")[:2]) not in known}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_libraries_are_imported_when_first_used(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path, top_level_only=True)} & HEAVY


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name in {"subtitles", "scores"}], ids=lambda p: p.name)
def test_subtitles_and_scores_are_pure(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"os", "pathlib", "threading", "time", "subprocess"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name == "scores"], ids=lambda p: p.name)
def test_scores_are_of_values_alone(path: Path) -> None:
    known = {f"pipeline.{name}" for name in ("errors", "events", "journal", "settings", "scores", "state", "subtitles")}
    ours = {name for name in imports(path) if name.startswith("pipeline.")}
    assert not {name for name in ours if ".".join(name.split(".")[:2]) not in known}


def test_only_flow_starts_threads() -> None:
    starters = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if "threading.Thread(" in path.read_text(encoding="utf-8") or "ThreadPool" in path.read_text(encoding="utf-8")
    }
    assert starters == {"flow.py", "source/guard.py"}  # the guard is a process of its own


def test_only_the_command_line_reads_the_environment() -> None:
    readers = {p.name for p in MODULES if "os.environ" in p.read_text("utf-8") or "getenv" in p.read_text("utf-8")}
    assert readers <= {"environment.py", "__init__.py"}  # the package itself only switches telemetry off


def test_the_command_line_and_what_watches_over_a_session_load_nothing_heavy() -> None:
    """`--help` answers at once, and the watcher holds nothing that could fail."""
    loaded = "import sys, pipeline.cli; print(*{name.split('.')[0] for name in sys.modules})"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not set(told.stdout.split()) & (HEAVY | {"numpy", "starlette", "uvicorn"})
