"""The glossary file: what a line may be, what a save during the show does, what `glossary check` says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.check.glossary import glossary
from pipeline.check.rows import Plan, Row
from pipeline.cli import app
from pipeline.errors import SettingsError
from pipeline.names.glossary import Term, parse
from pipeline.names.live import Names
from pipeline.settings import Settings, TranslationSettings

DEMO = str(Path(__file__).parent.parent / "models" / "demo" / "whisper-demo-fr")


def test_a_line_is_a_term_its_translation_and_how_it_is_misheard() -> None:
    text = "# speakers\n\nMélanie Brassac = Mélanie Brassac [brassak, bras sac]  # first\nla mairie = the town hall\n"
    assert parse(text, "names.txt").terms == (
        Term(source="Mélanie Brassac", target="Mélanie Brassac", heard=("brassak", "bras sac"), line=3),
        Term(source="la mairie", target="the town hall", line=4),
    )


@pytest.mark.parametrize(
    "line", ["la mairie", "= town hall", "la mairie =", "a = b = c", "a = b [c", "a [c] = b", "- = -"]
)
def test_a_wrong_line_is_named(line: str) -> None:
    with pytest.raises(SettingsError, match=r"names.txt, line 2: .* write it like"):
        parse(f"# terms\n{line}\n", "names.txt")


def test_terms_of_another_language_than_the_first_hold_only_where_they_stay_as_they_are() -> None:
    both = parse("Brassac = Brassac\nla mairie = the town hall", "names.txt")
    assert [term.source for term in both.into("en", "en")] == ["Brassac", "la mairie"]
    assert [term.source for term in both.into("es", "en")] == ["Brassac"]


def told(names: Names) -> list[str]:
    """What it says of a save: it looks twice, since an editor may be half way."""
    return [warned.text for _ in range(2) for warned in names.news()]


def test_a_save_is_read_and_tells_what_changed(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Brassac = Brassac\nVaubrin = Vaubrin\n")
    names = Names(str(file))
    assert told(names) == []
    file.write_text("Brassac = Brassac [brassaque]\nNauvalis = Nauvalis\n")
    assert told(names) == ["the glossary names.txt was read again, added: Nauvalis; removed: Vaubrin; changed: Brassac"]
    assert [term.source for term in names.current.terms] == ["Brassac", "Nauvalis"]
    assert told(names) == []


@pytest.mark.parametrize("spoil", [lambda file: file.write_text("Brassac = Brassac\nVaubrin\n"), Path.unlink])
def test_a_broken_save_keeps_the_last_good_one_and_is_told_once(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "names.txt"
    file.write_text("Brassac = Brassac\n")
    names = Names(str(file))
    spoil(file)
    [said] = told(names)
    assert "until then the glossary stays as it was" in said
    assert ("line 2" in said) == file.exists()
    assert [term.source for term in names.current.terms] == ["Brassac"]
    assert told(names) == []
    file.write_text("Nauvalis = Nauvalis\n")
    assert told(names) == ["the glossary names.txt was read again, added: Nauvalis; removed: Brassac"]


def test_what_has_no_room_gives_way_to_what_was_said_last(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("la mairie = the town hall\nBrassac = Brassac\nVaubrin = Vaubrin\nNauvalis = Nauvalis\n")
    names = Names(str(file))
    names.said(["Nauvalis"])
    assert names.hotwords == ("Brassac", "Vaubrin", "Nauvalis", "la mairie")
    names.left_out(("Nauvalis", "la mairie"))
    [said] = names.news()
    assert "2 left out (Nauvalis, la mairie)" in said.text
    assert names.hotwords == ("Nauvalis", "Brassac", "Vaubrin", "la mairie")
    names.said(["Vaubrin", "Brassac"])
    assert names.hotwords == ("Brassac", "Vaubrin", "Nauvalis", "la mairie")
    names.current = parse("Brassac = Brassac\nVaubrin = Vaubrin\nYsoline Brachemont = Ysoline Brachemont", "names.txt")
    names.said(["Brachemont"])
    assert list(names.hotwords) == ["Ysoline Brachemont", "Brassac", "Vaubrin"]
    names.left_out(("la mairie",))
    assert list(names.news()) == []


def checked(tmp_path: Path, text: str, *more: str) -> tuple[int, list[dict[str, object]]]:
    (tmp_path / "names.txt").write_text(text)
    done = CliRunner().invoke(app, ["glossary", "check", str(tmp_path / "names.txt"), "--json", "--model", DEMO, *more])
    return done.exit_code, json.loads(done.output)


def test_check_tells_wrong_lines_doubles_and_names_that_may_be_mistaken(tmp_path: Path) -> None:
    lines = (
        "la mairie = the town hall", "la Mairie = the mayor", "no term", "Cartier = Cartier", "Rose = Rose",
        "CGT = CGT", "Vaubrin = Vaubrin", "Vobrin = Vobrin", "Brassac = Brassac [bras sac]", "Brassac = Brassac",
    )  # fmt: skip
    code, found = checked(tmp_path, "\n".join(lines))
    said = {(remark["line"], remark["level"]): remark["said"] for remark in found}
    assert code == 1
    assert "line 1 says 'the town hall'" in str(said[2, "error"])
    assert "is no term" in str(said[3, "error"])
    assert "sounds like the word 'quartier'" in str(said[4, "warning"])
    assert "ordinary word" in str([remark["said"] for remark in found if remark["line"] == 5])
    assert "too short" in str(said[6, "warning"])
    assert "sounds like Vaubrin on line 7" in str(said[8, "warning"])
    assert "[bras sac]" in str(said[9, "warning"])
    assert "stands on line 9 already" in str(said[10, "warning"])


def test_check_tells_where_the_speech_model_has_no_more_room(tmp_path: Path) -> None:
    lines = [f"Vau{one}brin {other}aud = Vaubrin" for one in "abcdefghij" for other in "klmnop"]
    code, found = checked(tmp_path, "\n".join(lines))
    assert code == 0
    [full] = [remark for remark in found if "do not fit" in str(remark["said"])]
    assert int(str(full["line"])) > 5


def test_check_of_a_good_file_is_silent_and_of_none_a_sentence(tmp_path: Path) -> None:
    assert checked(tmp_path, "Ysoline Brachemont = Ysoline Brachemont\n") == (0, [])
    done = CliRunner().invoke(app, ["glossary", "check", str(tmp_path / "none.txt")])
    assert isinstance(done.exception, SettingsError)
    assert "cannot read the glossary" in str(done.exception)


def test_the_check_before_the_show_tells_a_wrong_glossary_and_tries_the_rest_without_it(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Brassac = Brassac\nla mairie = the town hall\n")
    settings = Settings(translation=TranslationSettings(glossary=str(file)))
    plan = Plan(source="", settings=settings, keys={}, out=None, doing=lambda what, seconds=0.0: None)

    def rows(plan: Plan) -> Iterator[Row | Plan]:
        yield (yield from glossary(plan))

    good, same = rows(plan)
    file.write_text("Brassac\n")
    bad, without = rows(plan)
    assert isinstance(good, Row)
    assert (good.ok, good.say[:26]) == (True, "2 terms, 1 of them names; ")
    assert same == plan
    assert isinstance(bad, Row)
    assert not bad.ok
    assert "line 1" in bad.say
    assert isinstance(without, Plan)
    assert without.settings == Settings()
