"""Good answers of services on the web are kept on disk; whatever is wrong with that does no harm."""

import stat
import threading
from pathlib import Path

import pytest

from pipeline.translation.cache import Cache
from pipeline.translation.chain import Chain
from pipeline.translation.engine import TranslationFailed
from pipeline.translation.services import GOOGLE, LIBRE
from pipeline.translation.verdicts import OK
from pipeline.translation.web import WebEngine
from tests.test_translation_chain import SENTENCES, Engine

SAID = SENTENCES[0]
WEB = "google https://translate.google.com/m"


def web(answer: str | TranslationFailed | None) -> Engine:
    engine = Engine("google", answer)
    engine.signature = WEB
    return engine


def test_what_was_asked_once_is_asked_nobody_twice(tmp_path: Path) -> None:
    """... nor by the session after it, nor while the service is down."""
    path = tmp_path / "made" / "translations.sqlite"
    engine = web("Good evening, everyone.")
    chain = Chain("en", [engine], deadline=20, cache=Cache(path))
    assert [chain.render(SAID).text for _ in range(3)] == ["Good evening, everyone."] * 3
    assert engine.asked == 1
    down = web(TranslationFailed("no connection"))
    rendering = Chain("en", [down], deadline=20, cache=Cache(path)).render(SAID)
    assert (rendering.text, [attempt.verdict for attempt in rendering.attempts]) == ("Good evening, everyone.", [OK])
    assert down.asked == 0


def test_only_good_answers_are_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "translations.sqlite")
    for answer in ("Error 500 (Server Error)!!1", SAID.text, "", None):
        Chain("en", [web(answer)], deadline=20, cache=cache).render(SAID)
    assert cache.find(WEB, SAID.text, "fr", "en") is None


def test_an_answer_that_is_doubted_by_now_is_asked_for_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "translations.sqlite")
    cache.keep(WEB, SAID.text, "fr", "en", SAID.text)
    assert Chain("en", [web("Good evening, everyone.")], deadline=20, cache=cache).render(SAID).text.startswith("Good")
    assert cache.find(WEB, SAID.text, "fr", "en") == "Good evening, everyone."


def test_another_engine_language_or_text_is_another_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "translations.sqlite")
    cache.keep(WEB, "Merci !", "fr", "en", "Thank you!")
    asked = [(WEB, "Merci !", "fr", "es"), (WEB, "Merci.", "fr", "en"), ("deepl", "Merci !", "fr", "en")]
    assert [cache.find(*question) for question in asked] == [None] * 3


def test_what_stays_on_this_machine_or_reads_the_context_is_not_kept() -> None:
    assert WebEngine(LIBRE, {}, "http://127.0.0.1:5000/").signature == ""
    assert WebEngine(LIBRE, {}, "http://192.0.2.7:5000/").signature == "libre http://192.0.2.7:5000/"
    assert WebEngine(GOOGLE, {}).signature == WEB


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "made" / "translations.sqlite")
    cache.keep(WEB, "Merci !", "fr", "en", "Thank you!")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}, modes
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


def test_the_oldest_make_room(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "translations.sqlite", most=10)
    for number in range(40):
        cache.keep(WEB, str(number), "fr", "en", "x")
    kept = [number for number in range(40) if cache.find(WEB, str(number), "fr", "en")]
    assert kept[-1] == 39
    assert len(kept) <= 20


@pytest.mark.parametrize("damage", [b"no database at all, but longer" * 40, b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_one_does_no_harm(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "translations.sqlite"
    path.write_bytes(damage)
    cache = Cache(path)
    engine = web("Good evening, everyone.")
    chain = Chain("en", [engine], deadline=20, cache=cache)
    assert [chain.render(SAID).text for _ in range(2)] == ["Good evening, everyone."] * 2
    assert engine.asked == 2
    assert path.read_bytes() == damage


def test_one_that_cannot_be_made_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    for path in (tmp_path / "file" / "translations.sqlite", tmp_path):
        cache = Cache(path)
        cache.keep(WEB, "Merci !", "fr", "en", "Thank you!")
        assert cache.find(WEB, "Merci !", "fr", "en") is None


def test_several_use_it_at_once(tmp_path: Path) -> None:
    """Two caches of one file, as two processes have them, each used by four threads."""
    path = tmp_path / "translations.sqlite"
    caches = [Cache(path), Cache(path)]

    def work(number: int) -> None:
        for count in range(20):
            caches[number % 2].keep(WEB, f"{number} {count}", "fr", "en", f"{number} {count}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [Cache(path).find(WEB, f"{n} {count}", "fr", "en") for n in range(8) for count in range(20)]
    assert {answer for answer in found if answer} <= {f"{n} {count}" for n in range(8) for count in range(20)}
    assert sum(answer is not None for answer in found) > 150  # one that would have to wait is not kept
