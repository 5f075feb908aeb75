"""`livesubs models pull` against a mirror of the hub: what breaks is gone on from, what is not whole is no model."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from filecmp import dircmp
from pathlib import Path

import pytest

from pipeline import assets, hub_errors
from pipeline.errors import ModelError
from pipeline.hub import pull
from tests.hub import TINY, Hub, mirror
from tests.measures import SAMPLES
from tests.waiting import until

pytestmark = pytest.mark.slow

MB = 2**20
HALF = 4 * MB


@pytest.fixture
def hub() -> Iterator[Hub]:
    with mirror() as running:
        yield running


class Machine:
    """A person's machine with a models folder of its own."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.models = folder / "models"
        self.home = folder
        self.environment = {
            **os.environ,
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(folder / "hf"),
            "LIVESUBS_MODELS": str(self.models),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "pipeline", *arguments]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, env={**self.environment, **more}, **streams)  # type: ignore[call-overload,no-any-return]

    def livesubs(self, *arguments: str, code: int = 0, **more: str) -> str:
        """What the command says, refusals included."""
        with self.start(*arguments, **more) as process:
            said, warned = process.communicate(timeout=240)
        assert process.returncode == code, said + warned
        assert "Traceback" not in warned, warned
        return str(said + warned)

    def refusal(self, *arguments: str, **more: str) -> str:
        return self.livesubs(*arguments, code=4, **more).splitlines()[-1]

    def pulled(self) -> set[str]:
        """What any command takes for models; translators and recognisers alike."""
        return set(assets.pulled(self.models))


@pytest.fixture
def machine(hub: Hub, tmp_path: Path) -> Machine:
    return Machine(hub, tmp_path)


def same(folder: Path) -> bool:
    """The same files as the mirror has, but for the note that is no part of a model."""
    compared = dircmp(folder, TINY, ignore=["livesubs.json"])
    return not (compared.left_only or compared.right_only or compared.diff_files)


def test_broken_connections_are_gone_on_from_and_what_was_pulled_runs(
    hub: Hub, machine: Machine, tmp_path: Path
) -> None:
    hub.cuts = [(HALF, "close"), (6 * MB, "reset")]
    said = machine.livesubs("models", "pull", "tiny")
    assert "MB" in said and str(machine.models / "tiny") in said  # noqa: PT018
    assert hub.ranges[0] == ""
    assert [int(asked[6:-1]) >= HALF for asked in hub.ranges[1:]] == [True, True], "it began anew"
    assert same(machine.models / "tiny")
    machine.livesubs("models", "pull", "opus-mt-fr-en")
    assert {path.name for path in machine.models.iterdir()} == {"tiny", "opus-mt-fr-en"}, "something was left behind"
    machine.livesubs("run", str(SAMPLES / "rally.mp4"), "--end", "12", "--out", str(tmp_path / "session"))
    assert "-->" in (tmp_path / "session" / "subtitles.en.srt").read_text("utf-8")
    assert "exists already" in machine.refusal("models", "pull", "tiny")


def test_broken_for_good_says_what_to_do_and_the_same_command_goes_on(hub: Hub, machine: Machine) -> None:
    hub.cuts, hub.broken = [(HALF, "close")], True
    sentence = machine.refusal("models", "pull", "tiny")
    assert "type the command again" in sentence
    assert str(machine.models / "tiny") in sentence, "where to put a copy"
    assert machine.pulled() == set()
    for name in ("", "tiny"):
        with pytest.raises(ModelError, match="models pull"):
            assets.find_recogniser(name, machine.models)
    hub.broken = False
    hub.ranges.clear()
    machine.livesubs("models", "pull", "tiny")
    assert len(hub.ranges) == 1
    assert int(hub.ranges[0][6:-1]) >= HALF - MB, "it began anew"
    assert same(machine.models / "tiny")


def test_killed_in_the_middle_it_goes_on_and_nobody_pulls_the_same_twice(hub: Hub, machine: Machine) -> None:
    hub.cuts = [(HALF, "hang")]
    with machine.start("models", "pull", "tiny") as first:
        until(lambda: any(path.stat().st_size >= 3 * MB for path in machine.models.glob(".tiny*/model.bin")), 30)
        assert "another command" in machine.refusal("models", "pull", "tiny")
        first.kill()
    assert machine.pulled() == set()
    hub.ranges.clear()
    machine.livesubs("models", "pull", "tiny")
    assert int(hub.ranges[0][6:-1]) >= 3 * MB
    assert same(machine.models / "tiny")
    assert machine.pulled() == {"tiny"}


@pytest.fixture
def refusal(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What a pull in this process says. The library reads the hub's address once, so it is put where that lies."""
    files = f"{hub.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", files)

    def told(name: str) -> str:
        with pytest.raises(ModelError) as caught:
            pull(name, tmp_path / "models", lambda *_: None)
        assert assets.pulled(tmp_path / "models") == {}
        return str(caught.value)

    return told


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "RepoNotFound", "no such model"),
        (401, "RepoNotFound", "no such model"),  # what the hub says to strangers, whether there is one or not
        (401, "GatedRepo", "HF_TOKEN"),
        (403, "", "HF_TOKEN"),
        (503, "", "in some minutes"),
    ],
)
def test_what_the_hub_may_answer(status: int, code: str, words: str, hub: Hub, refusal: Callable[[str], str]) -> None:
    hub.status, hub.code = status, code
    sentence = refusal("tiny")
    assert words in sentence
    assert str(status) in sentence


def test_what_cannot_be_pulled_is_refused_before_the_weights_are_fetched(
    hub: Hub, machine: Machine, refusal: Callable[[str], str]
) -> None:
    assert "did you mean small" in refusal("smal")
    assert "OWNER/NAME" in refusal("no body/at home")
    assert "unset it" in machine.refusal("models", "pull", "tiny", HF_HUB_OFFLINE="1")
    hub.sizes = {"model.bin": 10**16}
    assert "free some space" in refusal("tiny")
    hub.sizes, hub.without = {}, {"tokenizer.json"}
    assert "no CTranslate2 model" in refusal("tiny")
    hub.without = set()
    for untold in ({"size", "lfs", "blobId"}, {"size"}, {"lfs", "blobId"}):
        hub.untold = untold
        assert "does not say how large its files are" in refusal("tiny")
    assert hub.ranges == []


def test_wrong_contents_are_no_model(hub: Hub, tmp_path: Path, refusal: Callable[[str], str]) -> None:
    hub.spoilt = True
    assert "not what the hub says" in refusal("tiny")
    hub.spoilt = False
    assert same(pull("tiny", tmp_path / "models", lambda *_: None))


def test_a_full_disk_is_told_as_one() -> None:
    told = hub_errors.refusal("tiny", Path("models/tiny"), OSError(errno.ENOSPC, "No space left on device"))
    assert str(told) == (
        "could not download tiny: the disk of models is full; free some space and type the command again"
    )
