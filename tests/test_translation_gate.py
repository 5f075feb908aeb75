"""The gate refuses what cannot be a translation, by its form, and nothing that a speaker may have said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recipe.corpus import PHRASES, SENTENCES, load
from pipeline.translation.gate import impossible
from pipeline.translation.languages import FLORES

SAID = "Nous sommes venus de loin pour défendre le droit au logement."

GOOGLE_500 = (
    "Error 500 (Server Error)!!1500.That's an error.There was an error. Please try again later.That's all we know."
)


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("Bravo !", "Bravo!"),
        ("Oui.", "Yes."),
        ("Marie Curie.", "Marie Curie."),
        ("1789.", "1789."),
        ("42", "42"),
        ("Cinq cents !", "500!"),
        ("Quatre cent quatre", "404"),
        ("C'est une erreur.", "That's an error."),
        ("C'est tout ce que nous savons.", "That's all we know."),
        ("Trop de demandes !", "Too many requests!"),
        ("Erreur 404, voilà ce que nous répond le ministère.", "Error 404, that's what the ministry answers."),
        ("500 personnes attendent dehors.", "500 people are waiting outside."),
        ("Nous étions cinq cents dans la rue ce matin.", "500 of us were in the street this morning."),
        ("Le service est indisponible.", "Service unavailable."),
        ("Non, non, non, non, non !", "No, no, no, no, no!"),
        ("Non, non !", "No, no, no, no!"),
        ("On lâche rien, on lâche rien, on lâche rien, on lâche rien !", "We won't let go, " * 4),
        ("Un million, un milliard.", "1 000 000, 1 000 000 000."),
        ("5 < 7, c'est clair.", "5 < 7, that's clear."),
        ("Salut.", "A very good evening to every one of you, dear friends and comrades."),
        ("Pi vaut 3,14.", "π is 3.14."),
        ("Nooooooooooooooooon !", "Nooooooooooooooooo!"),
        ("Je suis désolé, je ne peux pas vous aider.", "I'm sorry, I can't help you."),
        ("Le quota est dépassé.", "The quota is exceeded."),
    ],
)
def test_lets_pass_what_people_say(source: str, answer: str) -> None:
    assert impossible(source, answer, "en") == ""


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "empty"),
        ("", "empty"),
        (" \n\u00a0", "empty"),
        ("...", "no words"),
        ("<!DOCTYPE html><html><head><title>Error</title>", "markup"),
        ("We came <b>from afar</b>.", "markup"),
        ("We came from afar.<br>", "markup"),
        ("We didn&#39;t come.", "markup"),
        ('{"error": {"code": 403, "message": "The caller does not have permission"}}', "markup"),
        (GOOGLE_500, "error page"),
        ("429. That’s an error. Your client has sent too many requests. That’s all we know.", "error page"),
        ("Error 429 (Too Many Requests)!!1", "error page"),
        ("Error: 403", "error page"),
        ("429", "error page"),
        ("HTTP/1.1 503 Service Unavailable", "error page"),
        ("502 Bad Gateway nginx", "error page"),
        ("Too Many Requests", "error page"),
        ("Just a moment... Checking your browser before accessing the site.", "error page"),
        ("Our systems have detected unusual traffic from your computer network.", "error page"),
        ("Attention Required! | Cloudflare", "error page"),
        ("upstream connect error or disconnect/reset before headers", "error page"),
        ("Slowdown: 20 per 1 minute", "error page"),
        ("Visit https://portal.libretranslate.com to get an API key", "error page"),
        ("MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY.", "error page"),
        ("QUERY LENGTH LIMIT EXCEEDED. MAX ALLOWED QUERY : 500 CHARS", "error page"),
        ("PLEASE SELECT TWO DISTINCT LANGUAGES", "error page"),
        ("I'm sorry, but I can't assist with that request.", "error page"),
        ("As an AI language model, I cannot translate this.", "error page"),
        ("Here is the English translation: We came from afar.", "error page"),
        ("<h1>It works!</h1>", "markup"),
        ('<?xml version="1.0"?><error/>', "markup"),
        ("We came from afar.</s>", "markup"),
        ("We came from afar &rsquo; to defend housing.", "markup"),
        ("{'error': 'Slowdown'}", "markup"),
        ("[object Object]", "markup"),
        ("null", "damaged text"),
        ("undefined", "damaged text"),
        ("We came from \ufffd\ufffd to defend the right to housing.", "damaged text"),
        ("no" * 40, "loop"),
        ("Service Unavailable", "error page"),
        ("We came from afar " * 6, "loop"),
        ("the right the right the right the right to housing", "loop"),
        ("housing, housing, housing, housing, housing", "loop"),
        ("We have come a long way. " + " ".join(f"word{n}" for n in range(60)), "far too long"),
        ("Мы приехали издалека, чтобы защитить право на жильё.", "wrong script"),
        ("我们远道而来，捍卫住房权。", "wrong script"),
    ],
)
def test_refuses_what_is_no_translation(answer: str | None, reason: str) -> None:
    assert impossible(SAID, answer, "en") == reason


@pytest.mark.parametrize(
    ("answer", "lang", "reason"),
    [
        ("Мы приехали издалека, чтобы защитить право на жильё.", "ru", ""),
        ("Браво, Anne-Marie Lefebvre!", "ru", ""),
        ("Anne-Marie Lefebvre !", "ru", ""),
        (SAID, "ru", "wrong script"),
        ("我们远道而来，捍卫住房权。", "zh", ""),
        ("我们我们我们我们我们我们来了", "zh", "loop"),
        ("私たちは住宅の権利を守るために遠くから来ました。", "ja", ""),
        (SAID, "ja", "wrong script"),
        ("Došli smo izdaleka da branimo pravo na stanovanje.", "sr", ""),
        ("لقد جئنا من بعيد للدفاع عن الحق في السكن.", "ar", ""),
    ],
)
def test_knows_the_script_of_the_language(answer: str, lang: str, reason: str) -> None:
    assert impossible(SAID, answer, lang) == reason


def test_every_language_has_a_script() -> None:
    assert {impossible("Bravo !", "Bravo!", lang) for lang in FLORES} <= {"", "wrong script"}


def test_short_speech_in_a_dense_script_may_grow() -> None:
    chinese = "我们从很远的地方来到这里，是为了捍卫每个人的住房权和工作权。"
    english = (
        "We have come all the way here from places that are very far away, in order to defend together "
        "everyone's right to housing and everyone's right to work."
    )
    assert len(english) > 4 * len(chinese) + 20
    assert impossible(chinese, english, "en") == ""


def test_never_refuses_a_reference_of_the_demo_corpus() -> None:
    pairs = [pair for name in (*SENTENCES, *PHRASES) for pair in load(name)]
    assert len(pairs) > 3000
    assert [pair for pair in pairs if impossible(pair.fr, pair.en, "en") or impossible(pair.en, pair.fr, "fr")] == []


@given(source=st.text(), answer=st.none() | st.text(), lang=st.sampled_from(sorted(FLORES)))
def test_judges_any_text(source: str, answer: str | None, lang: str) -> None:
    assert isinstance(impossible(source, answer, lang), str)


@given(words=st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=5), times=st.integers(6, 30))
def test_refuses_a_loop_of_any_length(words: list[str], times: int) -> None:
    assert impossible("Merci.", " ".join(words * times), "en") == "loop"
