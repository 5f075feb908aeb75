"""From settings to chains: who serves what, and what a person reads when it cannot be."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import assets
from pipeline.errors import LivesubsError, ModelError, SettingsError, TranslationError
from pipeline.events import Sentence
from pipeline.settings import TranslationSettings
from pipeline.translation.build import build_chain, build_chains

DEMO = str(assets.demo_translator())
SAID = Sentence(id="s1", lang="fr", start=0.0, end=2.0, text="Bonsoir à toutes et à tous.", words=())


def test_the_demo_chain_translates() -> None:
    chain = build_chain(TranslationSettings(chain=("local",), models=(DEMO,), deadline=20), "fr", "en")
    assert chain.render(SAID).text == "Good evening, everyone."
    assert chain.engines == ("local",)
    assert not chain.leaves_machine
    assert chain.notes == ()


def test_each_language_gets_the_engines_that_serve_it(tmp_path: Path) -> None:
    other = shutil.copytree(DEMO, tmp_path / "opus-mt-fr-de")
    settings = TranslationSettings(to=("en", "fr", "de", "es"), models=(DEMO, str(other)))
    chains = build_chains(settings, "fr")
    assert {lang: chain.engines for lang, chain in chains.items()} == {
        "en": ("local", "google"),
        "de": ("local", "google"),
        "es": ("google",),
    }
    assert chains["es"].leaves_machine
    [note] = chains["es"].notes
    assert note.startswith("no local model translates from fr to es; type `livesubs models pull opus-mt-fr-es`")


def test_only_the_models_that_are_needed_are_loaded(tmp_path: Path) -> None:
    other = shutil.copytree(DEMO, tmp_path / "opus-mt-fr-de")
    (other / "model.bin").write_bytes(b"damaged")
    models = (str(other), DEMO)
    assert build_chain(TranslationSettings(models=models), "fr", "en").engines == ("local", "google")
    with pytest.raises(ModelError, match="opus-mt-fr-de cannot be loaded"):
        build_chain(TranslationSettings(models=models), "fr", "de")


def test_the_order_of_the_settings_is_the_order_of_the_chain() -> None:
    assert build_chain(TranslationSettings(chain=("google", "local"), models=(DEMO,)), "fr", "en").engines == (
        "google",
        "local",
    )


def test_a_chain_left_open_prefers_local_models() -> None:
    assert build_chain(TranslationSettings(models=(DEMO,)), "fr", "en").engines == ("local", "google")
    web = build_chain(TranslationSettings(), "fr", "en")
    assert web.engines == ("google",)
    assert web.notes == ()


def test_a_track_in_the_language_of_the_stream_needs_no_engine() -> None:
    assert build_chain(TranslationSettings(chain=("local",)), "fr", "fr").render(SAID).text == SAID.text


@pytest.mark.parametrize(
    ("settings", "pair", "kind", "text"),
    [
        (TranslationSettings(chain=("gogle",)), ("fr", "en"), SettingsError, "did you mean google?"),
        (TranslationSettings(chain=("Local",)), ("fr", "en"), SettingsError, "did you mean local?"),
        (TranslationSettings(chain=("xyz",)), ("fr", "en"), SettingsError, "choose from local, google"),
        (TranslationSettings(), ("fr", "english"), SettingsError, "did you mean en?"),
        (TranslationSettings(), ("fra", "en"), SettingsError, "did you mean fr?"),
        (TranslationSettings(), ("fr", "en-GB"), SettingsError, "did you mean en?"),
        (TranslationSettings(), ("fr", "qq"), SettingsError, "give its two letters"),
        (TranslationSettings(chain=("local",)), ("fr", "en"), ModelError, "pull opus-mt-fr-en`"),
        (TranslationSettings(chain=("local",), models=(DEMO,)), ("fr", "es"), ModelError, "pull opus-mt-fr-es`"),
        (TranslationSettings(chain=("google",)), ("fr", "oc"), TranslationError, "another engine or language"),
        (TranslationSettings(models=("nowhere/opus-mt-fr-en",)), ("fr", "en"), ModelError, "check the path"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    settings: TranslationSettings, pair: tuple[str, str], kind: type[LivesubsError], text: str
) -> None:
    with pytest.raises(kind) as caught:
        build_chain(settings, *pair)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_heavy_libraries_wait_until_an_engine_is_made() -> None:
    code = (
        "import sys, pipeline.translation.build, pipeline.translation.stage; "
        "print({'ctranslate2', 'sentencepiece', 'deep_translator', 'requests', 'bs4'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
