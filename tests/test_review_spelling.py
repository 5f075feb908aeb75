"""Misspelt words, by the real dictionaries: those alone, with what was meant, and no name among them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SettingsError
from pipeline.names.glossary import parse
from pipeline.review import spelling
from pipeline.review.spelling import misspelt, names_of

DICTIONARIES = spelling._FOLDERS[0]
needs_dictionaries = pytest.mark.skipif(not (DICTIONARIES / "fr.dic").is_file(), reason="needs dictionaries: make web")


def wrong(text: str, lang: str, names: frozenset[str] = frozenset()) -> list[str]:
    found = misspelt(text, lang, names)
    assert all(text[one.first : one.last] == one.word for one in found)
    return [one.word for one in found]


@needs_dictionaries
@pytest.mark.parametrize(
    ("lang", "right"),
    [
        ("fr", "L’hôpital d'à côté, jusqu'au bout : aujourd’hui, c'est-à-dire dix-neuf heures, les cœurs, l'ONU."),
        (
            "en",
            "We don’t know, it's a state-of-the-art G20 hospital; see www.example.org or me@there.fr, 3rd.",
        ),
        ("en", "The neighbours of the theatre organise the color of their programme, and criticize the center."),
    ],
)
def test_what_is_right_is_left_alone(lang: str, right: str) -> None:
    assert wrong(right, lang) == []


@needs_dictionaries
def test_what_is_wrong_is_found_with_what_was_meant() -> None:
    [french] = misspelt("Bonsoir à toutes, la gratuité des soinss.", "fr")
    assert (french.word, "soins" in french.suggestions) == ("soinss", True)
    english = misspelt("We will recieve\nthem, teh friends.", "en")
    assert [(one.word, one.first, one.suggestions[0]) for one in english] == [
        ("recieve", 8, "receive"),
        ("teh", 22, "the"),
    ]


@needs_dictionaries
def test_names_of_the_glossary_and_of_the_session_are_right_and_suggested() -> None:
    said = ["Here is Vaubrun.", "Is Vaubrun here?", "Not Vaubrun. Krzk is late.", "Krzk is late.", "Krzk is late."]
    names = names_of(parse("Mélanie Brassac = Mélanie Brassac", "names.txt"), said)
    assert wrong("Brassac’s friend Vaubrun", "en", names) == []
    assert wrong("Krzk", "en", names) == ["Krzk"]  # it always has its capital from its place
    assert misspelt("Brasac", "en", names)[0].suggestions[0] == "Brassac"


def test_a_language_without_a_dictionary_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelling, "_FOLDERS", ())
    with pytest.raises(SettingsError, match="install hunspell-de"):
        misspelt("Guten Abend", "de")


@needs_dictionaries
def test_a_whole_file_is_held_to_the_dictionary_where_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "talk.en.srt"
    file.write_text("1\n00:00:01,000 --> 00:00:03,000\n<i>We</i> recieve teh guests.\n\n", "utf-8")
    assert CliRunner().invoke(app, ["qc", str(file), "--json"]).exit_code == 0
    told = CliRunner().invoke(app, ["qc", str(file), "--json", "--spelling"])
    [fault] = json.loads(told.output)
    assert (told.exit_code, fault["rule"], fault["found"], fault["cue"]) == (1, "spelling", "recieve, teh", 1)
    table, plain = (CliRunner().invoke(app, ["qc", str(file), *more]).stdout for more in (["--spelling"], []))
    assert "Not checked: shot changes, sync to the sound, sense, names, what was left out, colours" in table
    assert "Not checked: shot changes, sync to the sound, spelling, sense" in plain
    french = CliRunner().invoke(app, ["qc", str(file), "--profile", "netflix-fr", "--json", "--spelling"])
    assert "guests" in french.output
    (tmp_path / "journal.jsonl").touch()  # of a session its glossary is right, too
    (tmp_path / "names.txt").write_text("recieve = recieve\n", "utf-8")
    [fault] = json.loads(CliRunner().invoke(app, ["qc", str(file), "--json", "--spelling"]).output)
    assert fault["found"] == "teh"
