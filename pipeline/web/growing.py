"""What is being said, word by word, where the session says it so (`--policy stream`): one growing line of its language.

It has the id that the sentence's first cue will have, a rising `rev`, and `final` is false. It is nowhere but on the
pages: all of it is in the journal, as hypotheses. So is the tail, words that may yet become others: only who asks is
told of it.
"""

from collections.abc import Sequence

from pipeline.events import Cue, Ended, Event, Hypothesis, Sentence, SessionStarted, Suppressed, Value, Word

LINGERS = 0.5
"""Seconds for which the line would stand after its last word, if nothing came."""


class Tail(Value, frozen=True):
    """What was heard after the line and may yet become something else; empty: nothing."""

    lang: str = ""
    text: str = ""


class Growing:
    """The words that are in no sentence yet."""

    def __init__(self) -> None:
        self._lang = ""
        self._words: tuple[Word, ...] = ()
        self._next, self._rev = 1, 0
        self.tail = Tail()

    def lines(self) -> list[Cue]:
        """The one that is open, as it reads now; none while nothing is said."""
        return [self._line(f"s{self._next:06d}", self._words)] if self._words else []

    def note(self, event: Event) -> list[Cue]:
        """The lines that the event has made others, the earlier one first: one that ends is told whole."""
        match event:
            case SessionStarted():
                self._lang, self._words = event.src_lang if event.policy == "stream" else "", ()
            case Hypothesis() if self._lang and event.committed:
                self._words += event.committed
                self._rev += 1
                return self.lines()
            case Sentence() if self._lang and self._words:
                self._rev += 1
                ended = self._line(event.id, event.words)
                self._words = tuple(word for word in self._words if word.start > event.words[-1].start)
                self._next, self._rev = int(event.id[1:]) + 1, 1
                return [ended, *self.lines()]
        return []

    def note_tail(self, event: Event) -> bool:
        """Whether the event has made the tail another."""
        before = self.tail
        match event:
            case SessionStarted():
                self.tail = Tail(lang=event.src_lang if event.policy == "stream" else "")
            case Hypothesis() if before.lang:
                self.tail = Tail(lang=before.lang, text="".join(word.text for word in event.tail).strip())
            case Suppressed() | Ended():
                self.tail = Tail(lang=before.lang)
        return self.tail != before

    def _line(self, sentence: str, words: Sequence[Word]) -> Cue:
        return Cue(
            id=f"{sentence}.{self._lang}.1",
            lang=self._lang,
            start=words[0].start,
            end=words[-1].end + LINGERS,
            text="".join(word.text for word in words).strip(),
            sentences=(sentence,),
            rev=self._rev,
            final=False,
        )
