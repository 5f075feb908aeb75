"""Whether a transcription server can be the recogniser: it is asked what is said in the embedded sample."""

import time

from pipeline import assets
from pipeline.audio import decode
from pipeline.check.rows import Plan, Row, Rows
from pipeline.errors import SettingsError
from pipeline.settings import SAMPLE_RATE, Settings, SpeechSettings
from pipeline.speech.server import KEY, Server, ServerFailed, address, transcribe

SAMPLE = (3.5, 5.4)
"""Seconds of the sample: a short sentence."""
SLOW = 0.5
"""Share of its time above which a server has none left for a bad moment."""
PROMPT = 1.0
"""Seconds that it may take where each word is to be said as soon as it is sure: it is asked every half second."""


def server_of(chosen: Settings, key: str) -> Server | None:
    """The transcription server of the settings, with its key; SettingsError if there can be none there."""
    speech = chosen.speech
    if not speech.asr_url:
        return None
    server = Server(address(speech.asr_url), speech.asr_model, key, speech.asr_deadline)
    if chosen.translation.offline and server.leaves_machine:
        raise SettingsError("--asr-url sends the sound away, which --offline forbids; leave out one of the two")
    return server


def refuse(server: Server, lang: str) -> str:
    """SettingsError for a server that can never be the recogniser; of one that does not answer now, what to tell."""
    try:
        _ask(server, lang)
    except ServerFailed as failed:
        if failed.way:
            raise SettingsError(f"{_sentence(server, failed)}; {failed.way}") from None
        return f"{_sentence(server, failed)}; {_way(failed)}; the local model hears until it answers"
    return ""


def in_clear(server: Server) -> str:
    """What to tell when its key, or the sound, goes to another machine unencrypted; empty if neither does."""
    if not server.leaves_machine or not server.url.lower().startswith("http:"):
        return ""
    sent = f"the sound and {KEY} are" if server.key else "the sound is"
    return f"{sent} sent to {server.host} unencrypted, for all on the way to have; give --asr-url an https address"


def transcription(plan: Plan) -> Rows[None]:
    """The row `transcription server`, where there is to be one."""
    try:
        server = server_of(plan.settings, plan.asr_key)
        if server is None:
            return
        plan.doing("asking the transcription server", server.seconds)
        yield _row(server, plan.settings.speech)
    except SettingsError as error:
        yield Row(row="transcription server", ok=False, say=str(error))


def _way(failed: ServerFailed) -> str:
    return "check the address" if failed.answers else "check the address, or start it"


def _row(server: Server, speech: SpeechSettings) -> Row:
    lang = speech.spoken[0]
    try:
        said, seconds = _ask(server, lang)
    except ServerFailed as failed:
        way = failed.way or f"{_way(failed)}, or leave --asr-url out: as it is only the local model would hear"
        return Row(row="transcription server", ok=False, say=f"{_sentence(server, failed)}; {way}")
    where = ", which gets the sound" if server.leaves_machine else ""
    told = f"{server.model} at {server.host}{where} answers in {seconds:.1f} s: « {said} »"
    if seconds > SLOW * server.seconds:
        way = f"it has {server.seconds:g} s: take a faster one, or raise `asr_deadline` under [speech]"
        return Row(row="transcription server", ok=False, say=f"{told}; {way}")
    if speech.policy == "stream" and seconds > PROMPT:
        way = f"at most {PROMPT:g} s will do for --policy stream: take a faster one, or leave --policy or --asr-url out"
        return Row(row="transcription server", ok=False, say=f"{told}; {way}")
    if lang == "fr" and not said:
        way = "there is a French sentence: check its model and language"
        return Row(row="transcription server", ok=False, say=f"{told}; {way}")
    return Row(row="transcription server", ok=True, say=told)


def _ask(server: Server, lang: str) -> tuple[str, float]:
    """What it hears in the sample, and how many seconds it took; ServerFailed."""
    start, end = SAMPLE
    sample = decode(assets.embedded("samples/rally.mp4"), end)[round(start * SAMPLE_RATE) :]
    began = time.monotonic()
    return transcribe(server, sample, lang)[0].text, time.monotonic() - began


def _sentence(server: Server, failed: ServerFailed) -> str:
    return f"the transcription server at {server.host} {failed}"
