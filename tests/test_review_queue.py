"""The editor's queue: what comes first and why, what leaves it, what looking costs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bench.planted import KINDS, spoilt
from bench.takes import Said, wrong
from pipeline.answering import answered, effects
from pipeline.events import Action, Cue, Edit, Event, Gap, Sentence, Suppressed, Translation, Word
from pipeline.review.loud import FRAME, Loud, levels
from pipeline.review.queue import SECONDS, Forecast, Problem, Queue, forecast, ordered, queue
from pipeline.review.sense import amiss
from pipeline.review.shown import shown
from pipeline.settings import CueRules
from pipeline.state import fold
from tests.reported import begun, live, record, said

RULES = CueRules()


class Session:
    """Three sentences, what came after them, and what people do about it, a second apart."""

    def __init__(self, *events: Event) -> None:
        self.events = [*said(1, 10.0), *said(2, 70.0), *said(3, 130.0), *events]

    def do(self, asked: Action | Edit) -> None:
        state = fold([begun("en"), *self.events])
        answer = answered(state, asked, RULES)
        assert not answer.refused
        self.events += [answer, *effects(fold([begun("en"), *self.events, answer]), answer, RULES)]

    def accept(self, cue: str, rev: int = 1) -> None:
        self.do(Edit(id=f"accept-{len(self.events)}", did="accept", before=((cue, rev),)))

    def queue(self, lang: str = "en") -> Queue:
        told = [(150.0 + at, event) for at, event in enumerate(self.events)]
        return queue(record(live(300, *told)), lang)

    def open(self) -> list[str]:
        """The cues that are worth a look, in order."""
        made = self.queue()
        return [one.cue for one in made.problems[: made.stop]]


def test_who_is_likeliest_to_need_a_human_comes_first_and_says_why() -> None:
    session = Session(
        *said(4, 190.0, sure=0.2),
        *said(5, 195.0, verdict="empty"),
        Suppressed(start=132.5, end=133.0, text="Merci !", reason="nobody speaks in 90% of its time"),
        Gap(start=60.0, end=64.0, reason="lost"),
    )
    made = session.queue()
    assert [(one.cue, one.why) for one in made.problems[: made.stop]] == [
        ("s5.en", ("It is not translated.",)),
        ("s2.en", ("4 s of the stream are missing before it, from 0:01:00 on.",)),
        ("s4.en", ("The recogniser was unsure of “tenons”.",)),
        ("s3.en", ("“Merci !” was kept back after it: nobody speaks in 90% of its time.",)),
    ]
    assert [one.cue for one in made.problems[made.stop :]] == ["s1.en"]
    assert not made.problems[-1].why


def test_what_the_second_pass_heard_otherwise_is_shown_with_both() -> None:
    session = Session()
    live = next(event for event in session.events if isinstance(event, Sentence))
    session.events.append(replace(live, text="Tout autre chose.", rev=2, pass_=2))
    [first, *_] = session.queue("fr").problems
    assert first.cue == "s1.fr"
    assert first.why[0] == f"“{live.text}” was heard live, “Tout autre chose.” when it was heard again."


def test_a_note_brings_a_line_back_until_somebody_has_looked_at_it_again() -> None:
    session = Session()
    session.accept("s2.en")
    assert session.open() == []
    session.do(Edit(id="n", did="note", before=(("s2.en", 2),), note="Is that his name?"))
    assert session.open() == ["s2.en"]
    [first, *_] = session.queue().problems
    assert first.why[0].startswith("A note of ")
    assert first.why[0].endswith(": “Is that his name?”")
    assert session.queue("fr").stop == 0
    session.accept("s2.en", rev=2)
    assert session.open() == []


def test_what_the_technician_said_comes_before_all_else() -> None:
    session = Session(*said(4, 190.0, verdict="empty"))
    session.do(Action(id="m", do="mark", cue="s3.en"))
    session.do(Action(id="k", do="kill", cue="s2.en"))
    made = session.queue()
    assert [(one.cue, one.why[0]) for one in made.problems[:3]] == [
        ("s2.en", "“We hold.” was taken out while it was live."),
        ("s3.en", "It was marked while it was live."),
        ("s4.en", "It is not translated."),
    ]
    assert made.problems[0].score == 1.0


def test_a_cue_leaves_when_a_person_has_found_it_right_or_written_it() -> None:
    session = Session(*said(4, 190.0, verdict="empty"), *said(5, 195.0, verdict="empty"), *said(6, 250.0, sure=0.1))
    assert sorted(session.open()) == ["s4.en", "s5.en", "s6.en"]
    line = next(event for event in session.events if isinstance(event, Cue) and event.id == "s6.en")
    session.do(Edit(id="moved", did="retime", before=(("s6.en", 1),), after=(replace(line, start=250.5),)))
    assert "s6.en" in session.open(), "that it was moved says nothing of its words"
    session.accept("s4.en")
    session.do(Edit(id="x", did="text", before=(("s6.en", 2),), after=(replace(line, text="We hold on."),)))
    assert session.open() == ["s5.en"]
    assert {one.cue for one in session.queue().problems if one.settled} == {"s4.en", "s6.en"}
    session.do(Edit(id="back", did="undo", of="x"))
    assert session.open() == ["s5.en", "s6.en"]


def test_a_merged_line_is_as_settled_as_all_its_parts_and_each_part_as_the_line_was() -> None:
    session = Session(*said(4, 190.0, verdict="empty"), *said(5, 195.0, verdict="empty"))
    first, second = (event for event in session.events if isinstance(event, Cue) and event.id in ("s4.en", "s5.en"))
    session.accept("s4.en")
    whole = replace(first, end=second.end, text=f"{first.text}\n{second.text}", sentences=("s4", "s5"))
    session.do(Edit(id="m", did="merge", before=(("s4.en", 2), ("s5.en", 1)), after=(whole,)))
    assert session.open() == ["s4.en"], "nobody has read the second part"
    session.accept("s4.en", rev=3)
    parts = first, replace(second, id="e-x.1", start=first.end)
    session.do(Edit(id="x", did="split", before=(("s4.en", 4),), after=parts))
    assert session.open() == []


def test_a_mark_that_comes_later_brings_a_line_back() -> None:
    session = Session()
    session.accept("s1.en")
    session.do(Action(id="m", do="mark", cue="s1.en"))
    assert session.open() == ["s1.en"]
    session.accept("s1.en", rev=3)
    assert session.open() == []


def test_that_a_line_was_killed_can_be_found_right_and_doubted_again() -> None:
    session = Session()
    session.do(Action(id="k", do="kill", cue="s2.en"))
    session.accept("s2.en")
    assert session.open() == []
    session.do(Edit(id="back", did="undo", of=next(e.id for e in session.events if isinstance(e, Edit))))
    assert session.open() == ["s2.en"]
    session.do(Action(id="u", do="undo", of="k"))
    assert session.open() == []


def test_what_an_editor_deletes_is_no_problem() -> None:
    session = Session(*said(4, 190.0, verdict="empty"))
    session.do(Edit(id="d", did="delete", before=(("s4.en", 1),)))
    assert "s4.en" not in [one.cue for one in session.queue().problems]


def test_engines_that_fail_or_disagree_are_told() -> None:
    [sentence, right, *cues] = said(1, 10.0)
    assert isinstance(right, Translation)
    refused = replace(right, verdict="an error page", text="")
    session = Session()
    session.events = [sentence, refused, replace(right, engine="local", attempt=2), *cues]
    assert session.queue().problems[0].why == ("local translated it, since deepl did not: an error page.",)
    session.events = [sentence, right, replace(right, engine="local", attempt=2, text="We let go."), *cues]
    assert session.queue().problems[0].why == ("local says “We let go.”.",)


@pytest.mark.parametrize(
    ("source", "answer", "found"),
    [
        ("Nous ne lâcherons pas.", "We will let go.", 1),
        ("Nous ne lâcherons pas.", "We will not let go.", 0),
        ("Nous ne voulons plus attendre.", "We refuse to wait any longer.", 0),
        ("Nous tenons.", "We do not hold.", 1),
        ("Sans eux, rien.", "Without them, nothing.", 0),
        ("Nous défendons la médecine.", "We do not defend medicine.", 1),
        ("Nous ne quittons pas l'union.", "We leave the union.", 1),
        ("Ce n'est pas possible.", "That is impossible.", 0),
        ("Les abstentionnistes ont raison.", "Those who do not vote are right.", 0),
        ("Elle a menti.", "He lied.", 1),
        ("Elle a menti pour le protéger.", "She lied to protect him.", 0),
        ("Il viendra.", "She will come.", 1),
        ("Une mère ne quitte pas son enfant.", "A mother does not leave his child.", 1),
        ("Mon vieux père est venu, avec sa canne.", "My old father came with her cane.", 1),
        ("La ministre a vu le père de Paul.", "She saw Paul's father.", 0),
        ("Sa mère est venue avec son enfant.", "His mother came with his child.", 0),
        ("La mère de Paul est là, il a pris son sac.", "Paul's mother is here, he took his bag.", 0),
        ("Il faut l'accueillir comme il se doit.", "Give her the welcome she deserves.", 0),
        ("Deux milliards d'euros.", "Two million euros.", 1),
        ("Deux milliards d'euros.", "Two billion euros.", 0),
        ("Ils patinent.", "The athletes athletes skate.", 1),
        ("Nous apportons des œufs.", "We bring some aggs.", 1),
        ("Nous habitons ce quartier.", "We live in this neighbourhood.", 0),
    ],
)
def test_a_translation_that_cannot_be_right_is_doubted(source: str, answer: str, found: int) -> None:
    assert len(list(amiss(source, answer, "fr", "en"))) == found


def spoken(*words: tuple[str, float, float]) -> Sentence:
    made = tuple(Word(start=start, end=end, text=f" {text}", probability=0.99) for text, start, end in words)
    text = " ".join(text for text, *_ in words)
    return Sentence(id="s1", lang="fr", start=made[0].start, end=made[-1].end, text=text, words=made)


def test_a_cue_is_told_of_its_own_words() -> None:
    sentence = spoken(
        *((word, float(at), at + 1.0) for at, word in enumerate(["un", "deux", "trois", "quatre", "cinq", "six"]))
    )

    def parts(lang: str, *texts: str) -> list[list[int]]:
        cues = [Cue(id=t, lang=lang, start=n, end=n + 1, text=t, sentences=("s1",)) for n, t in enumerate(texts)]
        return [places for _, places in shown(sentence, cues)]

    assert parts("fr", "un deux\ntrois", "quatre", "cinq six") == [[0, 1, 2], [3], [4, 5]]
    assert parts("en", "one two three four five six") == [[0, 1, 2, 3, 4, 5]]
    assert set(parts("en", "one two", "three four", "five six")[1]) >= {2, 3}


def test_loud_speech_without_words_is_told(tmp_path: Path) -> None:
    """A second and a half that is as loud as what was understood, in the middle of a sentence."""
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.001, 16_000 * 12)
    sound[16_000 : 16_000 * 6] += rng.normal(0, 0.1, 16_000 * 5)
    (tmp_path / "audio.s16").write_bytes((32767 * sound).astype("<i2").tobytes())
    heard = levels(tmp_path / "audio.s16")
    assert len(heard) == 12 / FRAME
    sentence = spoken(("Nous", 1.0, 1.3), ("tenons", 1.3, 1.8), ("ensemble.", 3.5, 4.1))
    assert Loud(heard, sentence.words).seconds(1.8, 3.5) == pytest.approx(1.7, abs=0.1)
    assert Loud(heard, sentence.words).seconds(6.1, 12.0) == 0
    cue = Cue(id="c", lang="fr", start=1.0, end=4.2, text=sentence.text, sentences=("s1",))
    made = record(live(12, (5.0, sentence), (5.1, cue)))
    [seen], [told] = queue(made, "fr").problems, queue(made, "fr", heard).problems
    assert told.score > seen.score
    assert told.why == ("After “tenons” 1.0 s pass without a word.",)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_sentence_that_made_little_sense_to_the_engine_comes_first(lang: str) -> None:
    """Less than others did: what is usual is another engine's own."""
    session = Session()
    for at, event in enumerate(session.events):
        if isinstance(event, Translation):
            session.events[at] = replace(event, sure=-1.4 if event.sentence == "s2" else -0.6)
    first, *others = session.queue(lang).problems
    assert (first.cue, len(first.why)) == (f"s2.{lang}", 1)
    assert "less sure of this sentence" in first.why[0]
    assert not any(one.why for one in others)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=30))
def test_the_queue_has_each_cue_once_and_its_price_adds_up(scores: list[tuple[float, bool]]) -> None:
    given = [Problem(cue=str(n), start=n, score=score, settled=done) for n, (score, done) in enumerate(scores)]
    made = ordered(given, SECONDS)
    assert sorted(one.cue for one in made.problems) == sorted(one.cue for one in given)
    left = [one for one in made.problems if not one.settled]
    assert [one.score for one in left] == sorted((one.score for one in left), reverse=True)
    assert made.problems[: len(left)] == tuple(left)
    assert made.price.cues == made.stop <= len(left)
    expected = sum(one.score for one in left)
    assert made.left + made.price.share * expected == pytest.approx(expected)


def test_the_price_is_by_the_time_that_this_editor_takes() -> None:
    session = Session(*said(4, 190.0, verdict="empty"))
    assert session.queue().price.minutes == pytest.approx(SECONDS / 60)
    for number in range(25):
        session.do(Edit(id=f"n{number}", did="note", before=(("s4.en", 1),), note="ok"))
    assert session.queue().price.minutes == pytest.approx(1 / 60)


@pytest.mark.parametrize(
    ("held", "left", "told"),
    [
        (48, 12.4, Forecast(share="79 %", left="about 12 faults", few=False)),
        (3.2, 0.6, Forecast(share="84 %", left="about 1 fault", few=False)),
        (9.8, 0.2, Forecast(share="98 %", left="hardly a fault", few=True)),
        (0.9, 0.4, Forecast(share="", left="hardly a fault", few=True)),  # 69 %, and hardly one in the rest
        (0.2, 0.3, Forecast(share="", left="hardly a fault", few=True)),
        (0.0, 0.0, Forecast(share="", left="hardly a fault", few=True)),
    ],
)
def test_what_is_to_be_expected_is_told_alike_everywhere(held: float, left: float, told: Forecast) -> None:
    assert forecast(held, left) == told


def test_words_that_were_not_said_are_found_in_their_cue() -> None:
    true = [Said(word, at, at + 1) for at, word in enumerate(["nous", "ne", "lâcherons", "rien", "ce", "soir"])]
    assert wrong(true, [Said("Nous ne lâcherons", 0, 3), Said("rien ce soir.", 3, 6)]) == set()
    assert wrong(true, [Said("Nous le lâcherons", 0, 3), Said("rien ce soir.", 3, 6)]) == {0}
    assert wrong(true, [Said("Nous ne lâcherons", 0, 3), Said("rien.", 3, 6)]) == {1}
    assert wrong(true, [Said("Nous ne", 0, 2), Said("lâcherons rien beau soir.", 3, 6)]) == {1}


def test_faults_are_planted_in_words_alone() -> None:
    assert [spoilt("He will not pay a million to the mayor.", kind) for kind in KINDS] == [
        "He will pay a million to the mayor.",
        "He will not pay a million to the mayor.",
        "He will not pay a billion to the mayor.",
        "He will not pay a million to the mother.",
    ]
    assert spoilt("now she waits", "he/she") == "now he waits"
