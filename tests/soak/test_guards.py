"""The guards against invented text over ten minutes of each kind of sound, and what they cost and spare, in figures.

`make guards` runs it; it takes a few minutes and is not part of `make test`, which has a minute of each.
"""

import logging
from collections import Counter
from pathlib import Path

import pytest

from pipeline.settings import SpeechSettings
from tests import hearing, spoken

LENGTH = 600.0

POLICIES = pytest.mark.parametrize("settings", [hearing.DEMO, hearing.STREAM], ids=lambda settings: settings.policy)

log = logging.getLogger(__name__)


def figures(kind: str, guarded: spoken.Heard, material: spoken.Material) -> None:
    """What was kept back, by reason; the words of a reason before its figures are enough."""
    reasons = Counter(event.reason.split("(")[0].strip() for event in guarded.suppressed)
    log.info("%s: %d sentences, kept back %d: %s", kind, len(material.sentences), reasons.total(), dict(reasons))


@POLICIES
def test_applause_music_noise_and_silence(settings: SpeechSettings, tmp_path: Path) -> None:
    material = spoken.nobody(LENGTH)
    guarded = spoken.heard(tmp_path, material, settings)
    figures("nobody speaks", guarded, material)
    log.info("shown: %r", guarded.text)
    assert guarded.text == ""


@POLICIES
def test_applause_music_noise_and_silence_with_a_detector_that_takes_all_for_speech(
    settings: SpeechSettings, tmp_path: Path
) -> None:
    """The guards alone, and only those that look at the text: less than a third gets through to be read."""
    material = spoken.nobody(LENGTH)
    guarded, bare = (
        spoken.heard(tmp_path, material, settings, guards=guards, detector=False) for guards in (True, False)
    )
    figures("nobody speaks, the detector deaf", guarded, material)
    log.info("%d words with guards, %d without", len(guarded.text.split()), len(bare.text.split()))
    assert len(guarded.text.split()) < len(bare.text.split()) / 2


@POLICIES
def test_anaphora_and_chants(settings: SpeechSettings, tmp_path: Path) -> None:
    material = spoken.rhetoric(LENGTH)
    guarded, bare = (spoken.heard(tmp_path, material, settings, guards=guards) for guards in (True, False))
    figures("anaphora and chants", guarded, material)
    log.info("WER %.4f with guards, %.4f without", guarded.wer(material), bare.wer(material))
    for event in guarded.suppressed:
        log.info("%.2f to %.2f: %s (%s)", event.start, event.end, event.text, event.reason)
    assert guarded.dropped(material) == []


@POLICIES
def test_speech_under_applause(settings: SpeechSettings, tmp_path: Path) -> None:
    material = spoken.under_applause(LENGTH)
    guarded, bare = (spoken.heard(tmp_path, material, settings, guards=guards) for guards in (True, False))
    figures("speech under applause", guarded, material)
    for event in guarded.suppressed:
        log.info("%.2f to %.2f: %s (%s)", event.start, event.end, event.text, event.reason)
    log.info("WER %.4f with guards, %.4f without", guarded.wer(material), bare.wer(material))
    assert guarded.wer(material) <= 1.05 * bare.wer(material)
