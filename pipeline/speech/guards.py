"""Guards against invented text: what Whisper says of applause, music and silence (pure).

Each looks at one recognised stretch before anything is committed. Text that is kept back is not lost: it becomes a
`Suppressed` event. Thresholds were set on the samples and on takes of the demo corpus.
"""

from pipeline.speech.whisper import LOOPS, Recognition

UNLIKELY, NOBODY = -1.0, 0.6
"""Whisper's own pair: mean log probability under the first while "no speech" is over the second."""
HOPELESS = -1.2
"""... under which nothing is worth reading, whatever "no speech" says: small models know it badly. The worst speech of
our takes, under loud applause, came to -1.05; most of what the demo model makes of applause alone is under -1.2."""
VOICED_LEAST = 0.1
"""Seconds of speech that the detector must have heard: a click or a clap is shorter, "oui" is not."""
CHARACTERS_PER_SECOND, CHARACTERS_FREE = 35.0, 12
"""Nobody speaks faster: an auctioneer reaches 25; a few more are free, for a short word at the edge of a stretch."""


def objection(recognition: Recognition, seconds: float, voiced: float) -> str | None:
    """Why this text was not said, or None. `seconds` is the stretch's length, `voiced` its share with speech in it."""
    text = recognition.text
    if not text:
        return None
    if voiced < VOICED_LEAST:
        return f"text over {voiced:.2f} s of speech"
    if recognition.compression > LOOPS:
        return f"text that repeats itself ({recognition.compression:.1f} times compressible)"
    if recognition.log_probability < UNLIKELY and recognition.no_speech > NOBODY:
        return f"probably nobody speaks ({recognition.no_speech:.0%})"
    if recognition.log_probability < HOPELESS:
        return f"no more than a guess (mean log probability {recognition.log_probability:.1f})"
    if len(text) > CHARACTERS_FREE + CHARACTERS_PER_SECOND * seconds:
        return f"{len(text)} characters in {seconds:.1f} s"
    return None
