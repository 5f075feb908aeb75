"""The services on the web, through deep-translator, against servers that answer as theirs do, well or badly."""

import re
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import NamedTuple

import pytest

from pipeline import assets
from pipeline.events import Sentence
from pipeline.http import here, retry_after
from pipeline.settings import EngineUrls, TranslationSettings
from pipeline.translation.build import build_chain
from pipeline.translation.chain import Chain
from pipeline.translation.circuit import Circuit
from pipeline.translation.engine import Answer, TranslationFailed
from pipeline.translation.local import LocalEngine
from pipeline.translation.services import SERVICES, address
from pipeline.translation.verdicts import OK
from pipeline.translation.web import WebEngine
from tests.translators import KEY, DeepL, Google, Libre, Microsoft, MyMemory, Service, plainly, serving

SAID = Sentence(id="s1", lang="fr", start=0.0, end=2.0, text="Bonsoir à toutes et à tous.", words=())

KINDS: dict[str, type[Service]] = {
    "google": Google,
    "deepl": DeepL,
    "microsoft": Microsoft,
    "mymemory": MyMemory,
    "libre": Libre,
}
KEYS = {service.key: KEY for service in SERVICES.values() if service.key}


class Pair(NamedTuple):
    server: Service
    engine: WebEngine


def connected(name: str, server: Service) -> WebEngine:
    return WebEngine(SERVICES[name], KEYS, server.url)


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Each service, and the engine that asks it."""
    with serving(KINDS[request.param]()) as server:
        yield Pair(server, connected(request.param, server))


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


def test_a_translation_comes_as_it_was_given(pair: Pair) -> None:
    pair.server.translate = lambda text, src_lang, tgt_lang: "Good evening, “everyone” & all."
    assert pair.engine.translate(SAID.text, "fr", "en") == Answer("Good evening, “everyone” & all.")
    [asked] = pair.server.asked
    text, src_lang, tgt_lang = pair.server.question(asked)
    assert (text, src_lang, tgt_lang.lower().removesuffix("-gb")) == (SAID.text, "fr", "en")
    assert KEY not in asked.path


@pytest.mark.parametrize("mood", ["page", "refuses", "empty", "null"])
def test_what_is_no_translation_is_a_verdict_and_the_next_engine_answers(
    pair: Pair, mood: str, demo: LocalEngine
) -> None:
    pair.server.mood = mood
    rendering = Chain("en", [pair.engine, demo], deadline=20).render(SAID)
    assert rendering.text == "Good evening, everyone."
    [refused, answered] = rendering.attempts
    expected = {"refuses": r"the service refused \(500 .*", "page": "an answer that cannot be read .*"}
    assert re.fullmatch(expected.get(mood, "empty|an answer that cannot be read .*"), refused.verdict)
    assert answered.verdict == OK


def test_a_service_that_hangs_leaves_time_for_the_next_engine(pair: Pair, demo: LocalEngine) -> None:
    pair.server.mood = "hangs"
    rendering = Chain("en", [pair.engine, demo], deadline=8.0).render(SAID)
    assert [attempt.verdict for attempt in rendering.attempts] == ["no answer in time", OK]


def test_a_service_with_too_many_requests_is_left_alone_for_as_long_as_it_says(pair: Pair, demo: LocalEngine) -> None:
    pair.server.mood, pair.server.headers = "busy", {"Retry-After": "7"}
    now = 100.0
    circuit = Circuit(pair.engine, lambda: now)
    chain = Chain("en", [circuit, demo], deadline=20)
    assert chain.render(SAID).attempts[0].verdict == "too many requests; spared for 7 s"
    pair.server.mood = "right"
    now = 104.0
    other = Chain("en", [circuit, demo], deadline=20)  # another track's, of the same engine
    assert [attempt.verdict for attempt in other.render(SAID).attempts] == [
        "too many requests; spared for 3 s more",
        OK,
    ]
    assert len(pair.server.asked) == 1
    now = 107.5
    assert [attempt.engine for attempt in chain.render(SAID).attempts] == [pair.engine.name]


def test_a_service_on_this_machine_cannot_send_a_text_away(pair: Pair) -> None:
    with serving(Google()) as elsewhere:
        pair.server.mood, pair.server.headers = "moved", {"Location": elsewhere.url}
        with pytest.raises(TranslationFailed, match=r"the service refused \(307 "):
            pair.engine.translate(SAID.text, "fr", "en")
        assert elsewhere.asked == []


def test_no_server_is_a_verdict(pair: Pair) -> None:
    pair.server.shutdown()
    pair.server.server_close()
    with pytest.raises(TranslationFailed, match=r"no connection \(ConnectError\)"):
        pair.engine.translate(SAID.text, "fr", "en")


def test_a_key_that_is_refused_is_named_and_not_told(pair: Pair) -> None:
    key = SERVICES[pair.engine.name].key
    if not key:
        return
    engine = WebEngine(SERVICES[pair.engine.name], {key: "another-k3y"}, pair.server.url)
    with pytest.raises(TranslationFailed, match=rf"refused \(40[13] \w+\); check {key}") as caught:
        engine.translate(SAID.text, "fr", "en")
    assert "another-k3y" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_text_that_is_too_long_is_not_sent(pair: Pair) -> None:
    with pytest.raises(TranslationFailed, match="longer than"):
        pair.engine.translate("à" * 50_001, "fr", "en")
    assert pair.server.asked == []


def test_mymemory_says_in_the_text_what_is_wrong() -> None:
    with serving(MyMemory()) as server:
        server.mood = "quota"
        [attempt] = Chain("en", [Circuit(connected("mymemory", server))], deadline=20).render(SAID).attempts
        assert attempt.verdict == "too many requests; spared for 30 s"
        server.mood = "pair"
        [attempt] = Chain("en", [connected("mymemory", server)], deadline=20).render(SAID).attempts
        assert attempt.verdict == "the service refused (403)"
        with pytest.raises(TranslationFailed, match="longer than 499 bytes"):
            connected("mymemory", server).translate("é" * 250, "fr", "en")


def test_an_own_libretranslate_needs_no_key_and_the_demo_model_answers(demo: LocalEngine) -> None:
    with serving(Libre(plainly(demo))) as server:
        urls = EngineUrls(libre=server.url.rstrip("/"))
        chain = build_chain(TranslationSettings(chain=("libre",), deadline=20, offline=True, urls=urls), "fr", "en")
        assert chain.render(SAID).text == "Good evening, everyone."
        assert not chain.leaves_machine
        assert "api_key" not in server.asked[0].params


def test_a_page_of_an_error_in_the_place_of_a_translation_is_none() -> None:
    with serving(Google(lambda *_: "Error 500 (Server Error)!!1500.That's an error.That's all we know.")) as server:
        rendering = Chain("en", [connected("google", server)], deadline=20).render(SAID)
    assert [attempt.verdict for attempt in rendering.attempts] == ["error page"]
    assert (rendering.text, rendering.untranslated) == (SAID.text, True)


def test_requests_that_hang_do_not_pile_up() -> None:
    with serving(Google()) as server:
        server.mood = "hangs"
        chain = Chain("en", [connected("google", server)], deadline=0.3)
        verdicts = [chain.render(SAID).attempts[0].verdict for _ in range(7)]
        assert verdicts == ["no answer in time"] * 3 + ["no answer in time; spared after several failures"] * 4
        assert len(server.asked) <= 4


@pytest.mark.parametrize(
    ("name", "lang", "code"),
    [
        ("google", "zh", "zh-CN"),
        ("google", "he", "iw"),
        ("google", "nb", "no"),
        ("deepl", "en", "EN-GB"),
        ("deepl", "ar", "ar"),
        ("deepl", "zh", "ZH-HANS"),
        ("microsoft", "sr", "sr-Cyrl"),
        ("microsoft", "zh", "zh-Hans"),
        ("mymemory", "zh", "zh-CN"),
        ("libre", "es", "es"),
    ],
)
def test_each_service_is_asked_in_its_own_codes(name: str, lang: str, code: str) -> None:
    with serving(KINDS[name]()) as server:
        engine = connected(name, server)
        assert engine.serves("fr", lang)
        engine.translate(SAID.text, "fr", lang)
        assert server.question(server.asked[0])[1:] == ("fr", code)


def test_every_language_of_the_library_has_its_code() -> None:
    """Where the library's own table is of any use, ours agrees with it."""
    from deep_translator.constants import GOOGLE_LANGUAGES_TO_CODES

    google = SERVICES["google"]
    assert {google.codes.get(lang, lang) for lang in google.languages} <= set(GOOGLE_LANGUAGES_TO_CODES.values())
    assert not WebEngine(google, {}).serves("fr", "oc")


def test_where_text_goes() -> None:
    assert all(WebEngine(service, KEYS).leaves_machine for service in SERVICES.values())
    assert all(here(f"http://{host}:5000/") for host in ("127.0.0.1", "localhost", "[::1]"))
    assert not any(here(f"http://{host}:5000/") for host in ("192.168.1.9", "example.org", "127.0.0.1.example.org"))
    assert address(SERVICES["deepl"], {"DEEPL_API_KEY": "abc:fx"}) == "https://api-free.deepl.com/v2/"
    assert address(SERVICES["deepl"], {"DEEPL_API_KEY": "abc"}) == "https://api.deepl.com/v2/"


def test_retry_after_is_a_number_or_a_date() -> None:
    assert retry_after("120") == 120
    assert 50 < retry_after(formatdate(time.time() + 60, usegmt=True)) <= 60
    assert [retry_after(nonsense) for nonsense in ("", "soon", "-5", "nan")] == [0, 0, 0, 0]
