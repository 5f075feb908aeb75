"""From settings to chains: who serves what, and what a person reads when it cannot be."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import assets
from pipeline.errors import LivesubsError, ModelError, SettingsError, TranslationError
from pipeline.events import Sentence
from pipeline.settings import EngineUrls, TranslationSettings
from pipeline.system import program
from pipeline.translation.build import KEYS, build_chain, build_chains, engines

DEMO = str(assets.demo_translator())


def _libre(url: str) -> TranslationSettings:
    return TranslationSettings(chain=("libre",), urls=EngineUrls(libre=url))


def _openai(glossary: str) -> TranslationSettings:
    return TranslationSettings(chain=("openai",), urls=EngineUrls(openai="http://127.0.0.1:8000"), glossary=glossary)


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
    chains = build_chains(settings, ("fr",))
    assert {lang: chain.engines for lang, chain in chains.items()} == {
        "en": ("local", "google"),
        "de": ("local", "google"),
        "es": ("google",),
    }
    assert chains["es"].leaves_machine
    [note] = chains["es"].notes
    assert note.startswith(f"no local model translates from fr to es; type `{program()} models pull opus-mt-fr-es`")


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


def test_none_is_no_translation() -> None:
    assert build_chains(TranslationSettings(to=("en", "es"), chain=("none",)), ("fr",)) == {}
    assert engines(TranslationSettings(chain=("none",)), "fr", "en", {}) == {}


def test_keys_make_engines() -> None:
    settings = TranslationSettings(chain=("deepl", "microsoft", "mymemory", "libre", "openai"), llm_model="any")
    keys = dict.fromkeys(KEYS, "k3y")
    chain = build_chain(settings, "fr", "en", keys)
    assert chain.engines == settings.chain
    assert chain.leaves_machine


def test_offline_only_what_stays_on_this_machine() -> None:
    urls = EngineUrls(libre="http://127.0.0.1:5000", openai="http://localhost:8000/v1")
    settings = TranslationSettings(chain=("local", "libre", "openai"), models=(DEMO,), urls=urls, offline=True)
    chain = build_chain(settings, "fr", "en")
    assert chain.engines == settings.chain
    assert not chain.leaves_machine
    assert build_chain(TranslationSettings(models=(DEMO,), offline=True), "fr", "en").engines == ("local",)


def test_every_engine_of_a_chain_or_what_to_do() -> None:
    found = engines(TranslationSettings(chain=("local", "deepl", "google", "openai")), "fr", "en", {})
    assert list(found) == ["local", "deepl", "google", "openai"]
    assert not isinstance(found["google"], str)
    for name, advice in {"local": "opus-mt-fr-en`", "deepl": "DEEPL_API_KEY", "openai": "OPENAI_API_KEY"}.items():
        assert advice in str(found[name])
    assert "another engine or language" in str(engines(TranslationSettings(), "fr", "oc", {})["google"])


def test_a_key_that_goes_over_the_network_unencrypted_is_told() -> None:
    def notes(url: str, *keys: str) -> tuple[str, ...]:
        settings = TranslationSettings(chain=("libre", "openai"), urls=EngineUrls(libre=url, openai=url))
        return build_chain(settings, "fr", "en", dict.fromkeys(keys, "k3y")).notes

    [note] = notes("http://192.0.2.7:8000/", "OPENAI_API_KEY", "DEEPL_API_KEY")
    assert note.startswith("OPENAI_API_KEY is sent to 192.0.2.7 unencrypted")
    assert len(notes("HTTP://hall.example:8000/", "OPENAI_API_KEY", "LIBRE_API_KEY")) == 2
    assert notes("https://192.0.2.7/", "OPENAI_API_KEY") == notes("http://192.0.2.7/") == ()
    assert notes("http://127.0.0.1:8000/", "OPENAI_API_KEY", "LIBRE_API_KEY") == ()


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
        (TranslationSettings(chain=("none", "google")), ("fr", "en"), SettingsError, "stands alone"),
        (TranslationSettings(chain=("deepl",)), ("fr", "en"), TranslationError, "set DEEPL_API_KEY in the environment"),
        (TranslationSettings(chain=("microsoft",)), ("fr", "en"), TranslationError, "set MICROSOFT_API_KEY"),
        (TranslationSettings(chain=("libre",)), ("fr", "en"), TranslationError, "add --libre-url http://"),
        (TranslationSettings(chain=("openai",)), ("fr", "en"), TranslationError, "add --llm-url http://"),
        (TranslationSettings(offline=True), ("fr", "en"), ModelError, "pull opus-mt-fr-en`"),
        (TranslationSettings(chain=("google",), offline=True), ("fr", "en"), SettingsError, "which --offline forbids"),
        (_libre("127.0.0.1:5000"), ("fr", "en"), SettingsError, "write it like http://127.0.0.1:5000/"),
        (_libre("http://[::1"), ("fr", "en"), SettingsError, "write it like http://127.0.0.1:5000/"),
        (_libre("http://me:k3y@a.org/"), ("fr", "en"), SettingsError, "put a key into the environment"),
        (_openai(glossary="nowhere.txt"), ("fr", "en"), SettingsError, "cannot read the glossary nowhere.txt"),
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
    assert "k3y" not in str(caught.value)


def test_heavy_libraries_wait_until_an_engine_is_made() -> None:
    code = (
        "import sys, pipeline.translation.build, pipeline.translation.stage; "
        "print({'ctranslate2', 'sentencepiece', 'deep_translator', 'requests', 'bs4', 'httpx2'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
