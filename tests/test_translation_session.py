"""Engines in a session: tracks that do not wait for each other, keys that stay where they are."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from pipeline import assets
from pipeline.events import Cue, Sentence, SessionStarted, Word
from pipeline.flow import Threads
from pipeline.journal import read
from pipeline.settings import CueRules, EngineUrls, TranslationSettings
from pipeline.subtitles.cues import to_cues
from pipeline.translation.build import build_chains
from pipeline.translation.local import LocalEngine
from pipeline.translation.stage import translate
from tests.measures import SAMPLES
from tests.translators import DeepL, Libre, Microsoft, OpenAI, plainly, serving

FRENCH = (
    "Bonsoir à toutes et à tous.",
    "Cette salle est pleine à craquer.",
    "Merci d'éteindre vos téléphones portables.",
)
SPANISH = dict(
    zip(FRENCH, ("Buenas noches a todas y a todos.", "Esta sala está llena.", "Apaguen sus teléfonos."), strict=True)
)


def _spoken(text: str, start: float) -> Word:
    return Word(start=start, end=start + 3, text=text, probability=1.0)


SENTENCES = [
    Sentence(id=f"s{n}", lang="fr", start=4.0 * n, end=4.0 * n + 3, text=text, words=(_spoken(text, 4.0 * n),))
    for n, text in enumerate(FRENCH)
]


def test_a_slow_language_does_not_hold_another() -> None:
    """Both are asked of one server, which keeps Spanish waiting until all of English is there."""
    demo = LocalEngine(assets.demo_translator())

    def answer(text: str, src_lang: str, tgt_lang: str) -> str | None:
        return plainly(demo)(text, src_lang, tgt_lang) if tgt_lang == "en" else SPANISH[text]

    with serving(Libre(answer)) as server:
        server.held = {"es"}
        settings = TranslationSettings(
            to=("en", "es"), chain=("libre",), urls=EngineUrls(libre=server.url), deadline=60
        )
        hands, chains = Threads(), build_chains(settings, ("fr",))
        copies = hands.fan_out(iter(SENTENCES), 2)
        tracks = [
            to_cues(translate(copy, lang, chains[lang]), CueRules()) for copy, lang in zip(copies, chains, strict=True)
        ]
        began, arrived = time.monotonic(), dict[str, float]()
        cues: list[Cue] = []
        for batch in hands.merge(tracks):
            for cue in (event for event in batch if isinstance(event, Cue)):
                cues.append(cue)
                arrived[cue.id] = time.monotonic() - began
            if sum(cue.lang == "en" for cue in cues) == len(FRENCH):
                server.release.set()
    assert [cue.lang for cue in cues] == ["en"] * 3 + ["es"] * 3  # all of it while Spanish hung
    assert [cue.text.replace("\n", " ") for cue in cues[3:]] == list(SPANISH.values())
    times = ", ".join(f"{1000 * arrived[cue.id]:.0f} ms" for cue in cues)
    sys.stdout.write(f"three English cues with Spanish held, three Spanish ones after it was let go: {times}\n")


def test_keys_are_nowhere_in_a_session(tmp_path: Path) -> None:
    """Four services refuse the key, and quote it; the demo model answers, and the key is in no file and no line."""
    key = "another-k3y"
    services = {"deepl": DeepL(), "microsoft": Microsoft(), "libre": Libre(), "openai": OpenAI(keyed=True)}
    names = {name.upper() for name in services}
    environment = os.environ | {f"{name}_API_KEY": key for name in names} | {"NO_PROXY": ""}
    with ExitStack() as stack:
        urls = [f'{name} = "{stack.enter_context(serving(service)).url}"' for name, service in services.items()]
        settings = tmp_path / "show.toml"
        settings.write_text("\n".join(["[translation]", "deadline = 20.0", "[translation.urls]", *urls]), "utf-8")
        command = ["run", str(SAMPLES / "rally.mp4"), "--demo", "--end", "9", "--settings", str(settings)]
        chain = ["--translate", f"{','.join(services)},local", "--offline", "--out", str(tmp_path / "out")]
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command, *chain], capture_output=True, env=environment, timeout=120
        )
        assert all(key in f"{service.asked}" for service in services.values())
    assert done.returncode == 0, done.stderr.decode()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if key.encode() in path.read_bytes()]
    assert key.encode() not in done.stdout + done.stderr
    journal = (tmp_path / "out" / "journal.jsonl").read_text("utf-8")
    assert "the service refused (403 Forbidden); check DEEPL_API_KEY" in journal
    started = next(entry.event for entry in read(tmp_path / "out" / "journal.jsonl"))
    assert isinstance(started, SessionStarted)
    assert (started.engines[0], started.leaves_machine) == ("deepl", False)
    assert "translation: deepl, then microsoft, then libre, then openai, then local (text stays on this machine)" in (
        done.stdout.decode()
    )
    assert b"Good evening, everyone." in done.stdout


def test_without_translation_there_is_what_was_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "pipeline", "run", str(SAMPLES / "rally.mp4"), "--demo", "--end", "6"]
    done = subprocess.run(
        [*command, "--translate", "none", "--to", "en,es", "--out", str(out)], capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(path.name for path in out.glob("*.srt")) == ["subtitles.fr.srt"]
    assert "translation: none" in done.stdout.decode()
