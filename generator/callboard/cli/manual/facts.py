"""The classes of facts, with the docstrings of their fields → the page of the manual about fact families."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, get_args, get_type_hints

from callboard.cli.manual.tables import code, sentence, table
from callboard.model.facts import FAMILIES
from callboard.plugins.integrations.words import SYNONYMS, VENDOR_WORDS, VendorWords

_INTRODUCTION = """# Facts

Facts about entities are grouped in families that do not depend on a tool: pages and rules read families, and each integration translates
its tool's data into them. `file` and `http-json` take these fields by name. A file of facts is a list of mappings (YAML, JSON, JSON Lines)
or a table (CSV). In addition to the fields of its family, each row has:

| Field | Description |
| --- | --- |
| `entity` | the reference of the entity (a component if it has no kind), or the value of the option `annotation` |
| `key` | the id of the item in the tool, which must not change between builds |
| `environment` | such as `production` |
| `url` | the item's page in the tool |
| `observed_at` | when the tool observed it |
| `complete` | `false` if there are more items than these rows |

A row with only `entity` means: checked, none found. That is a measured zero, which is not the same as not measured.

Times are ISO 8601 (UTC without a time zone), seconds or milliseconds since 1970, `now`, or relative to the build: `-2d`, `+36h`, with
the units s, m, h, d and w. Shares are percentages. Enumerations also accept the values of common tools: `P1`, `moderate`, `in_progress`."""
_WORDS = """Words are compared in lower case, with hyphens in place of spaces, underscores and changes of case. A word that only says
that a run is over, such as `completed`, is no success. A state of a run that is not listed is *unknown*, and pages show the tool's word."""
_TYPES: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}


def facts_page() -> str:
    """Every family with its fields, then the nested values and the enumerations."""
    parts = [_INTRODUCTION, "## Families"]
    nested: dict[Any, None] = dict.fromkeys(part for kind in FAMILIES.values() for part in _parts(kind, is_dataclass))
    notes = _notes([*FAMILIES.values(), *nested])
    for name, kind in FAMILIES.items():
        parts += [f"### `{name}`", (kind.__doc__ or "").strip(), _fields(kind, notes)]
    parts += ["## Nested values"]
    for kind in nested:
        parts += [f"### {_spaced(kind.__name__)}", (kind.__doc__ or "").strip(), _fields(kind, notes)]
    enumerations = dict.fromkeys(part for kind in (*FAMILIES.values(), *nested) for part in _parts(kind, _is_enumeration))
    rows = [
        (
            _spaced(enumeration.__name__),
            ", ".join(code(str(value)) for value in enumeration),
            ", ".join(map(code, sorted(filter(None, SYNONYMS.get(enumeration, {}))))),
        )
        for enumeration in enumerations
    ]
    parts += ["## Enumerations", table(("Enumeration", "Values", "Also accepted"), rows), "## Words of tools", _WORDS]
    return "\n\n".join([*parts, table(("Enumeration", "Tool", "Words"), _vendor_rows(VENDOR_WORDS))]) + "\n"


def _vendor_rows(vendors: Mapping[type[StrEnum], Sequence[VendorWords]]) -> Iterator[tuple[str, str, str]]:
    """The words of each tool with their values, linked to the vendor's description."""
    for enumeration, tools in vendors.items():
        for tool in tools:
            words = ", ".join(f"{code(word)} → {code(value)}" for word, value in sorted(tool.words.items()) if word)
            yield _spaced(enumeration.__name__), f"[{tool.tool}]({tool.source})" if tool.source else tool.tool, words


def _fields(kind: Any, notes: Mapping[tuple[str, str], str]) -> str:
    hints = get_type_hints(kind)
    rows: list[Sequence[str]] = [
        (
            code(each.name),
            _type(hints[each.name]),
            "**required**" if _is_required(each, hints) else "",
            sentence(notes.get((kind.__name__, each.name), "")),
        )
        for each in fields(kind)
    ]
    return table(("Field", "Type", "", "Description"), rows)


def _is_required(each: Field[Any], hints: Mapping[str, Any]) -> bool:
    return each.default is MISSING and type(None) not in get_args(hints[each.name])


def _type(hint: Any) -> str:
    inner = [argument for argument in get_args(hint) if argument not in {type(None), ...}]
    if getattr(hint, "__origin__", None) is tuple:
        return f"list of {_type(inner[0])}" if len(inner) == 1 else " and ".join(map(_type, inner))
    if inner:
        return _type(inner[0])
    return _TYPES.get(hint) or {"datetime": "time", "date": "date"}.get(hint.__name__) or _spaced(hint.__name__)


def _parts(kind: Any, is_wanted: Any) -> Iterator[Any]:
    """The classes in the type hints of a dataclass's fields for which ``is_wanted`` is true."""
    for hint in get_type_hints(kind).values():
        for argument in (hint, *get_args(hint)):
            yield from (each for each in (argument, *get_args(argument)) if isinstance(each, type) and is_wanted(each))


def _is_enumeration(kind: type) -> bool:
    return issubclass(kind, StrEnum)


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _notes(kinds: Sequence[Any]) -> Mapping[tuple[str, str], str]:
    """The docstring under each field in the source, by class and field."""
    notes: dict[tuple[str, str], str] = {}
    for kind in kinds:
        (body,) = (each.body for each in ast.parse(inspect.getsource(kind)).body if isinstance(each, ast.ClassDef))
        for statement, following in pairwise(body):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and isinstance(following, ast.Expr):
                notes[kind.__name__, statement.target.id] = " ".join(str(ast.literal_eval(following.value)).replace("``", "`").split())
    return notes
