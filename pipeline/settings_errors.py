"""What is wrong with a settings file or a flag, in plain words: the name, the nearest right one, the line."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import reduce
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

Known: TypeAlias = dict[str, dict[str, inspect.Type]]
"""The keys of every table by its name, such as `translation.urls`; those of "" stand above the first table."""

_MEANT = {
    "for": "source.length",
    "duration": "source.length",
    "translate": "translation.chain",
    "engine": "translation.chain",
    "engines": "translation.chain",
    "mt_model": "translation.models",
    "translators": "translation.models",
    "languages": "translation.to",
    "libre_url": "translation.urls.libre",
    "llm_url": "translation.urls.openai",
}
"""Flags that are called otherwise than their setting, and words that people try first."""
_FLAGS = {"source.length": "--for", "translation.chain": "--translate", "translation.models": "--mt-model"}
_TYPO = 0.85
"""How much alike, by difflib, a name of another table must be to be what was meant: more than `lines` and `engines`."""


def explain(tables: dict[str, Any], whole: type[msgspec.Struct], error: msgspec.ValidationError) -> tuple[str, str]:
    """Why msgspec took `tables` for no `whole`: which `table.key` is wrong, and a sentence about it."""
    known = dict(_tables(inspect.type_info(whole)))
    return next(_strangers(tables, known), None) or _misfit(tables, known, str(error))


def of_flag(place: str, sentence: str) -> str:
    """The sentence about `table.key` as one about the flag that sets it."""
    table, _, key = place.rpartition(".")
    return sentence.replace(f"[{table}] {key} must", f"{_FLAGS.get(place) or '--' + key.replace('_', '-')} must", 1)


def line_of(place: str, text: str) -> int:
    """The line of the TOML `text` that sets `table.key` or opens `table`; 0 if it is not found."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*([^]]+?)\s*\]", line):
            table = header[1]
        key = re.match(r"\s*([^\[=#]+?)\s*=", line)
        if place == (_join(table, key[1]) if key else header and table):
            return number
    return 0


def _tables(kind: inspect.Type, name: str = "") -> Iterator[tuple[str, dict[str, inspect.Type]]]:
    assert isinstance(kind, inspect.StructType)
    inner = {field.name: field.type for field in kind.fields if isinstance(field.type, inspect.StructType)}
    yield name, {field.name: field.type for field in kind.fields if field.name not in inner}
    for key, table in inner.items():
        yield from _tables(table, _join(name, key))


def _entries(table: dict[str, Any], name: str = "") -> Iterator[tuple[str, str]]:
    """Every table and key of a file; of a table itself the key is empty."""
    yield name, ""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _entries(value, _join(name, key))
        else:
            yield name, key


def _join(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _strangers(tables: dict[str, Any], known: Known) -> Iterator[tuple[str, str]]:
    """Names that there are none of."""
    for table, key in _entries(tables):
        if table not in known:
            near = get_close_matches(table, known, 1)
            hint = f"did you mean [{near[0]}]?" if near else f"there are {_names(known) or 'none here'}"
            yield table, f"there is no table [{table}]; {hint}"
        elif key and key not in known[table] and _join(table, key) not in known:
            where = f" in [{table}]" if table else " above the first table" if _names(known) else ""
            yield _join(table, key), f'there is no setting "{key}"{where}; {_hint(key, table, known)}'


def _hint(key: str, table: str, known: Known) -> str:
    """Which one is meant or where the key belongs, rather of this table than of another."""
    here = known[table]
    where, _, name = _MEANT.get(key.replace("-", "_"), "").rpartition(".")
    if name in known.get(where, ()):
        return f'did you mean "{name}"{f", which belongs {_place(where)}" if where != table else ""}?'
    if near := get_close_matches(key, here, 1, _TYPO):
        return f'did you mean "{near[0]}"?'
    if right := [_place(table) for table, keys in known.items() if key in keys]:
        return f"it belongs {' or '.join(right)}"
    if near := get_close_matches(key, here, 1):
        return f'did you mean "{near[0]}"?'
    if near := get_close_matches(key, [name for keys in known.values() for name in keys], 1, _TYPO):
        right = [_place(table) for table, keys in known.items() if near[0] in keys]
        return f'did you mean "{near[0]}", which belongs {" or ".join(right)}?'
    return f"there are {_list(here)}"


def _names(known: Known) -> str:
    return _list(f"[{name}]" for name in known if name)


def _place(table: str) -> str:
    return f"below [{table}]" if table else "above the first table"


def _misfit(tables: dict[str, Any], known: Known, said: str) -> tuple[str, str]:
    """A value of the wrong type or out of range, by the path that msgspec gives."""
    path = re.search(r"at `\$\.([\w.]+)", said)
    place = path[1] if path else ""
    table, _, key = place.rpartition(".")
    if key not in known.get(table, ()):
        return place, f"{place} must be a table; write a line [{place}] and its settings below" if place else said
    value = msgspec.json.encode(reduce(dict.__getitem__, place.split("."), tables)).decode()
    return place, f"{f'[{table}] ' if table else ''}{key} must be {_words(known[table][key])}; it is {value}"


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType():
            return f"a whole number{_range(kind)}"
        case inspect.FloatType():
            return f"a number{_range(kind)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            return "a text in quotes"
        case inspect.LiteralType():
            return f"one of {_list(map(repr, kind.values))}"
        case inspect.UnionType():
            return " or ".join(_words(one) for one in kind.types if not isinstance(one, inspect.NoneType))
    return "a list of texts in brackets"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    match kind.ge, kind.gt, kind.le:
        case None, None, None:
            return ""
        case None, above, None:
            return f" above {above:g}"
        case least, None, None:
            return f", {least:g} or more"
    lowest = f"above {kind.gt:g} and at most" if kind.ge is None else f"from {kind.ge:g} to"
    return f" {lowest} {kind.le:g}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
