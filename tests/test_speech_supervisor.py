"""A recogniser that dies, hangs or cannot be had is replaced, and nothing is lost or said twice."""

import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from pipeline.errors import ModelError, WorkerError
from pipeline.events import Event, Hypothesis, Skipped, Warned, Word
from pipeline.settings import SAMPLE_RATE, SpeechSettings
from pipeline.speech import RecogniserProcess, SupervisedRecogniser, client
from pipeline.speech.messages import Heard
from tests.hearing import DEMO, STREAM, chunks, recorded, sound, text

LENGTH = 21.5  # a pause: which word half a one becomes, the processor decides


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("audio"), sound("rally")[: round(LENGTH * SAMPLE_RATE)])


def hear(
    audio: Path, recogniser: SupervisedRecogniser, disturb: Callable[[int], None], settings: SpeechSettings = DEMO
) -> list[Event]:
    """What is heard second by second, disturbed before each."""
    events: list[Event] = []
    with recogniser:
        recogniser.open(audio, settings)
        for number, chunk in enumerate(chunks(LENGTH, 1.0)):
            disturb(number)
            events += recogniser.hear(chunk.start, chunk.end).events
        return [*events, *recogniser.finish().events]


@pytest.fixture(scope="module")
def undisturbed(audio: Path) -> str:
    return text(hear(audio, SupervisedRecogniser(RecogniserProcess), lambda number: None))


class Made:
    """The recognisers that were made."""

    def __init__(self) -> None:
        self.processes: list[RecogniserProcess] = []

    def __call__(self) -> RecogniserProcess:
        self.processes.append(RecogniserProcess())
        return self.processes[-1]

    def signal(self, number: int) -> None:
        pid = self.processes[-1].pid
        assert pid
        psutil.Process(pid).send_signal(number)


def warnings(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Warned)]


@pytest.mark.parametrize("second", [3, 7, 11, 16, 24])
def test_one_that_is_killed_is_replaced_and_hears_again_what_was_open(
    audio: Path, undisturbed: str, second: int
) -> None:
    made = Made()
    events = hear(
        audio, SupervisedRecogniser(made), lambda number: made.signal(signal.SIGKILL) if number == second else None
    )
    if second == 24:  # there is no such second: at the very end nothing is disturbed
        assert len(made.processes) == 1
    else:
        assert len(made.processes) == 2
        [told] = warnings(events)
        assert "died (signal 9)" in told
        assert "another is started" in told
    assert text(events) == undisturbed
    assert not [event for event in events if isinstance(event, Hypothesis) and event.begun and event.heard > 5]


def test_word_by_word_what_was_said_is_not_said_again(audio: Path) -> None:
    """Each is killed in the middle of an utterance, in which words have been said."""
    whole = text(hear(audio, SupervisedRecogniser(RecogniserProcess), lambda number: None, STREAM))
    made = Made()
    events = hear(
        audio,
        SupervisedRecogniser(made),
        lambda number: made.signal(signal.SIGKILL) if number in {5, 9, 13, 18} else None,
        STREAM,
    )
    assert len(made.processes) == 5
    assert text(events) == whole


def test_one_that_hangs_is_killed_and_replaced(audio: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made, usual = Made(), client._HUNG

    def disturb(number: int) -> None:
        """Impatient of the one that is stopped alone: on a busy machine any other may take as long."""
        monkeypatch.setattr(client, "_HUNG", 1.0 if number == 12 else usual)
        if number == 12:
            made.signal(signal.SIGSTOP)

    events = hear(audio, SupervisedRecogniser(made), disturb)
    assert any("has not answered" in told for told in warnings(events))
    assert text(events) == undisturbed
    assert len(made.processes) == 2


def test_one_that_takes_the_place_of_another_is_told_the_names_and_the_language(audio: Path, undisturbed: str) -> None:
    class Told(RecogniserProcess):
        def expect(self, names: tuple[str, ...]) -> tuple[str, ...]:
            told.append(names)
            return super().expect(names)

        def assume(self, lang: str) -> None:
            spoken.append(lang)
            super().assume(lang)

    told: list[tuple[str, ...]] = []
    spoken: list[str] = []
    made: list[Told] = []

    def make() -> Told:
        made.append(Told())
        return made[-1]

    def disturb(number: int) -> None:
        if number == 9:
            psutil.Process(made[-1].pid).kill()
            assert recogniser.expect(("Vaubrin",)) == ()
            recogniser.assume("fr")

    recogniser = SupervisedRecogniser(make)
    plain = msgspec.structs.replace(DEMO, hotwords=False)  # names would change what the demo model hears
    events = hear(audio, recogniser, disturb, plain)
    assert text(events) == undisturbed
    assert told == [("Vaubrin",), ("Vaubrin",)]
    assert spoken == ["fr", "fr"]


class Dying(RecogniserProcess):
    """Dies of the sound at 10 s."""

    def hear(self, start: float, end: float) -> Heard:
        if start < 10.5 < end and self.pid:
            psutil.Process(self.pid).kill()
        return super().hear(start, end)


def test_what_kills_every_one_of_them_is_left_out_and_told(audio: Path, undisturbed: str) -> None:
    events = hear(audio, SupervisedRecogniser(Dying, wait=lambda seconds: None), lambda number: None)
    [left] = [event for event in events if isinstance(event, Skipped)]
    assert left.start < 10.5 < left.end
    assert left.end - left.start < 12
    assert len(warnings(events)) == 3
    said = text(events)
    assert undisturbed[:60] == said[:60]
    assert undisturbed[-60:] == said[-60:]


def test_a_device_that_cannot_be_used_is_replaced_by_the_next_best(audio: Path, undisturbed: str) -> None:
    """There is no GPU here; asked for one, CTranslate2 refuses as it does where a driver has failed."""
    broken = msgspec.structs.replace(DEMO, device="cuda")
    recogniser = SupervisedRecogniser(RecogniserProcess, spares=[DEMO])
    with recogniser:
        assert "on cpu" in recogniser.open(audio, broken)
        events = recogniser.hear(0.0, LENGTH).events
    assert any("takes over" in told for told in warnings(list(events)))
    assert text(events)[:60] == undisturbed[:60]


def test_without_a_spare_the_refusal_is_the_start_s(audio: Path) -> None:
    with pytest.raises(ModelError, match="set `device"), SupervisedRecogniser(RecogniserProcess) as recogniser:
        recogniser.open(audio, msgspec.structs.replace(DEMO, device="cuda"))


class Missing(RecogniserProcess):
    """Can be opened once; then its model is gone."""

    opened = 0

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        Missing.opened += 1
        if Missing.opened > 1:
            settings = msgspec.structs.replace(settings, model="/nowhere")
        return super().open(audio, settings)


def test_when_none_can_be_started_any_more_it_says_so(audio: Path) -> None:
    with SupervisedRecogniser(Missing, wait=lambda seconds: None) as recogniser:
        recogniser.open(audio, DEMO)
        recogniser.hear(0.0, 2.0)
        worker = recogniser._opened()
        assert isinstance(worker, RecogniserProcess)
        assert worker.pid
        psutil.Process(worker.pid).kill()
        with pytest.raises(WorkerError, match="--resume"):
            recogniser.hear(2.0, 4.0)


class Mortal:
    """Hears a word in each stretch, and dies where it is told to, once each."""

    compute = 0.0

    def __init__(self, deaths: list[float]) -> None:
        self._deaths = deaths

    def open(self, audio: Path, settings: SpeechSettings) -> str:
        return "mortal"

    def hear(self, start: float, end: float) -> Heard:
        if start in self._deaths:
            self._deaths.remove(start)
            raise WorkerError("it died; start again")
        word = Word(start=start + 1, end=start + 2, text=f" {start:.0f}", probability=1.0)
        return Heard((Hypothesis(heard=end, committed=(word,)),), 0.0)

    def finish(self) -> Heard:
        return Heard((), 0.0)

    def close(self) -> None: ...


def test_what_was_left_out_is_heard_in_the_end_also_where_it_kills_one(tmp_path: Path) -> None:
    deaths = [10.0]
    recogniser = SupervisedRecogniser(lambda: Mortal(deaths), wait=lambda _: None)  # type: ignore[arg-type, return-value]
    recogniser.open(tmp_path / "audio.s16", DEMO)
    recogniser.hear(100.0, 110.0)
    recogniser.finish()
    assert text(recogniser.hear(10.0, 20.0)) == "10"


@pytest.mark.parametrize("room", ["here", "elsewhere", "nowhere"])
def test_what_may_have_died_of_another_s_sound_is_heard_alone_on_what_there_is(tmp_path: Path, room: str) -> None:
    class Alone(Mortal):
        def open(self, audio: Path, settings: SpeechSettings) -> str:
            if room == "nowhere" or (room == "elsewhere" and settings.device == "cuda"):
                raise ModelError("its memory is full; set `device`")
            return super().open(audio, settings)

    opened: list[str] = []

    class Together(Mortal):
        def open(self, audio: Path, settings: SpeechSettings) -> str:
            opened.append(settings.device)
            return super().open(audio, settings)

    deaths = [10.0] * 2
    recogniser = SupervisedRecogniser(
        lambda: Together(deaths),  # type: ignore[arg-type, return-value]
        [DEMO],
        lambda _: None,
        lambda: Alone([]),  # type: ignore[arg-type, return-value]
    )
    recogniser.open(tmp_path / "audio.s16", msgspec.structs.replace(DEMO, device="cuda"))
    assert text(recogniser.hear(10.0, 20.0)) == "10"
    assert len(opened) == (3 if room == "nowhere" else 2)
    recogniser.hear(20.0, 30.0)
    assert opened == ["cuda"] * 3
