"""The `openai` engine against servers that answer as vLLM, llama.cpp, Ollama and OpenAI do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import assets
from pipeline.events import Sentence
from pipeline.names.glossary import parse
from pipeline.names.live import Names
from pipeline.settings import EngineUrls, TranslationSettings
from pipeline.translation.build import build_chain, build_chains
from pipeline.translation.chain import Chain
from pipeline.translation.engine import Answer, Context, TranslationFailed
from pipeline.translation.llm import OpenAIEngine
from pipeline.translation.local import LocalEngine
from pipeline.translation.verdicts import OK
from tests.translators import KEY, OpenAI, serving

SAID = Sentence(id="s1", lang="fr", start=0.0, end=2.0, text="Bonsoir à toutes et à tous.", words=())

RIGHT = "Good evening, everyone."

_TERMS = parse("la mairie = the town hall\nla salle = the hall", "terms.txt")


@pytest.fixture
def server() -> Iterator[OpenAI]:
    with serving(OpenAI(lambda *_: RIGHT)) as server:
        yield server


@pytest.fixture(scope="module")
def demo() -> LocalEngine:
    return LocalEngine(assets.demo_translator())


def test_the_server_s_only_model_is_asked_with_the_sentences_before(server: OpenAI) -> None:
    engine = OpenAIEngine(server.url, terms=lambda lang: _TERMS.terms[: lang == "en"])
    context = Context((("Bonjour.", "Hello."), ("Merci.", "Thank you.")))
    assert engine.translate(SAID.text, "fr", "en", context) == Answer(RIGHT)
    assert engine.translate(SAID.text, "fr", "en") == Answer(RIGHT)
    assert [asked.path for asked in server.asked] == ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]
    body = server.asked[1].body
    assert (body["model"], body["temperature"]) == ("demo", 0)
    assert [message["role"] for message in body["messages"]] == ["system", *["user", "assistant"] * 2, "user"]
    assert [message["content"] for message in body["messages"][1:]] == [
        "Bonjour.", "Hello.", "Merci.", "Thank you.", SAID.text,
    ]  # fmt: skip
    task = body["messages"][0]["content"]
    assert "from French to English" in task
    assert "la mairie = the town hall" in task
    assert "la salle" not in task  # another language's term
    assert not engine.leaves_machine


def test_a_chain_hands_on_what_it_translated(server: OpenAI) -> None:
    chain = Chain("en", [OpenAIEngine(server.url, "demo")], deadline=20)
    chain.render(SAID)
    chain.render(SAID)
    said = [message["content"] for message in server.asked[1].body["messages"][1:]]
    assert said == [SAID.text, RIGHT, SAID.text]


@pytest.mark.parametrize(
    ("answer", "beside"),
    [
        ("\n\n Good evening, everyone.\n", {"tool_calls": [], "reasoning_content": None}),  # vLLM
        (RIGHT, {"reasoning_content": "The speaker greets the hall."}),  # vLLM and llama.cpp with a reasoning parser
        ("<think>\nThe speaker greets.\n</think>\n\nGood evening, everyone.", {}),  # without one
        ("The speaker greets.\n</think>\nGood evening, everyone.", {}),  # its beginning was in the prompt
        ('"Good evening, everyone."', {}),
        ("“Good evening, everyone.”", {}),
    ],
)
def test_only_the_translation_is_taken(server: OpenAI, answer: str, beside: dict[str, object]) -> None:
    server.translate, server.message = lambda *_: answer, beside
    [attempt] = Chain("en", [OpenAIEngine(server.url, "demo")], deadline=20).render(SAID).attempts
    assert (attempt.text, attempt.verdict) == (RIGHT, OK)


def test_quotation_marks_of_the_speaker_stay(server: OpenAI) -> None:
    server.translate = lambda *_: '"Yes", she said, "no".'
    assert OpenAIEngine(server.url, "demo").translate(SAID.text, "fr", "en") == Answer('"Yes", she said, "no".')
    server.translate = lambda *_: '"Yes."'
    assert OpenAIEngine(server.url, "demo").translate("« Oui. »", "fr", "en") == Answer('"Yes."')


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (
            404,  # vLLM
            {"object": "error", "message": "The model `demo` does not exist.", "type": "NotFoundError", "code": 404},
            "the service refused (404 The model `demo` does not exist.)",
        ),
        (
            503,  # llama.cpp
            {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
            "the service refused (503 Loading model)",
        ),
        (404, {"error": "model 'demo' not found"}, "the service refused (404 model 'demo' not found)"),  # Ollama
        (200, {"object": "error", "message": "maximum context length"}, "the server says: maximum context length"),
        (200, {"error": {"message": "overloaded", "code": 500}}, "the server says: overloaded"),
        (429, {"error": {"message": "Rate limit"}}, "too many requests; spared for 30 s"),
        (200, "<html>Bad gateway</html>", "an answer that cannot be read (JSONDecodeError)"),
        (200, {"choices": []}, "an answer that cannot be read (ValueError)"),
        (200, None, "an answer that cannot be read (TypeError)"),
    ],
)
def test_an_error_is_a_verdict_and_the_next_engine_answers(
    server: OpenAI, status: int, body: object, verdict: str, demo: LocalEngine
) -> None:
    server.error = (status, body)
    rendering = Chain("en", [OpenAIEngine(server.url, "demo"), demo], deadline=20).render(SAID)
    assert [attempt.verdict for attempt in rendering.attempts] == [verdict, OK]
    assert rendering.text == RIGHT


@pytest.mark.parametrize(
    "body", [[{"error": {"message": "busy"}}], '"slow down"', None, {"error": {"code": 429}}, {"error": ["busy"]}, 429]
)
def test_a_refusal_in_any_shape_spares_the_engine(server: OpenAI, body: object) -> None:
    server.error, server.headers = (429, body), {"Retry-After": "7"}
    settings = TranslationSettings(chain=("openai",), urls=EngineUrls(openai=server.url), llm_model="demo", deadline=20)
    [attempt] = build_chain(settings, "fr", "en").render(SAID).attempts
    assert attempt.verdict == "too many requests; spared for 7 s"
    server.error = (500, body)
    with pytest.raises(TranslationFailed, match=r"the service refused \(500 Internal Server Error\)"):
        OpenAIEngine(server.url, "demo").translate(SAID.text, "fr", "en")


@pytest.mark.parametrize(
    ("answer", "finish", "beside", "verdict"),
    [
        ("Good evening, ev", "length", {}, "the model's answer was cut off"),
        (None, "stop", {"refusal": "I cannot help with that."}, "the model declined"),
        ("", "content_filter", {}, "the model declined"),
        (None, "stop", {}, "empty"),
        ("", "stop", {"reasoning_content": "Hm."}, "empty"),
        ("<think>\nThe speaker", "stop", {}, "empty"),
    ],
)
def test_an_answer_without_a_translation_is_a_verdict(
    server: OpenAI, answer: str | None, finish: str, beside: dict[str, object], verdict: str
) -> None:
    server.translate, server.finish, server.message = lambda *_: answer, finish, beside
    [attempt] = Chain("en", [OpenAIEngine(server.url, "demo")], deadline=20).render(SAID).attempts
    assert attempt.verdict == verdict


def test_a_server_that_hangs_leaves_time_for_the_next_engine(server: OpenAI, demo: LocalEngine) -> None:
    server.mood = "hangs"
    rendering = Chain("en", [OpenAIEngine(server.url, "demo"), demo], deadline=8.0).render(SAID)
    assert [attempt.verdict for attempt in rendering.attempts] == ["no answer in time", OK]


def test_of_several_models_one_is_to_be_named(server: OpenAI) -> None:
    server.models = ["small", "large"]
    with pytest.raises(TranslationFailed, match=r"has 2 models \(small, large\); name one with --llm-model"):
        OpenAIEngine(server.url).translate(SAID.text, "fr", "en")
    assert OpenAIEngine(server.url, "large").translate(SAID.text, "fr", "en") == Answer(RIGHT)


def test_a_key_is_sent_and_never_told(server: OpenAI) -> None:
    server.keyed = True
    assert OpenAIEngine(f"{server.url}/v1/", "demo", KEY).translate(SAID.text, "fr", "en") == Answer(RIGHT)
    with pytest.raises(TranslationFailed) as caught:
        OpenAIEngine(server.url, key="another-k3y").translate(SAID.text, "fr", "en")
    assert str(caught.value) == "the service refused (401 Unauthorized)"
    server.error = (400, {"error": {"message": f"bad header Bearer {KEY}"}})
    with pytest.raises(TranslationFailed) as caught:
        OpenAIEngine(server.url, "demo", KEY).translate(SAID.text, "fr", "en")
    assert str(caught.value) == "the service refused (400 bad header Bearer ***)"


def test_a_glossary_is_for_the_first_language_and_read_again(server: OpenAI, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("# who\nla mairie = the town hall  # not the mayor\n\n", "utf-8-sig")
    settings = TranslationSettings(
        to=("en", "es"), chain=("openai",), urls=EngineUrls(openai=server.url), glossary=str(file), deadline=20
    )
    chains = build_chains(settings, ("fr",), names=(names := Names(str(file))))
    assert chains["en"].render(SAID).text == RIGHT
    chains["es"].render(SAID)
    file.write_text("la mairie = the city hall\n")
    assert len([*names.news(), *names.news()]) == 1
    chains["en"].render(SAID)
    tasks = [asked.body["messages"][0]["content"] for asked in server.asked if asked.body]
    assert ["la mairie = the" in task for task in tasks] == [True, False, True]
    assert "the city hall" in tasks[-1]
