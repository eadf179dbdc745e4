"""The page about the families of facts, out of the classes of their values."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from callboard.cli.manual.tables import code, sentence, table
from callboard.model.facts import values
from callboard.model.facts.fact import FAMILIES
from callboard.plugins.integrations.parse import SYNONYMS

_INTRODUCTION = """# Facts

What tools know about entities stands in families that know no tool: pages and rules read families, and each integration translates its
tool's answers into them. `file` and `http-json` take these fields by name. A file of facts is a list of mappings (YAML, JSON, JSON lines)
or a table (CSV); beside the fields of its family each row has

| Field | Means |
| --- | --- |
| `entity` | the reference of the entity (a component where it names no kind), or what the option `annotation` says |
| `key` | the tool's id of the thing, equal from night to night |
| `environment` | such as `production` |
| `url` | where people look at it |
| `observed_at` | when the tool saw it |
| `complete` | `false` where the row is not all that there is |

A row with an entity alone says that somebody looked and found nothing: a measured zero, which is not the same as not being measured.

Times are ISO 8601 (UTC where they name no zone), seconds or milliseconds since 1970, `now`, or counted from the build: `-2d`, `+36h`, with
the units s, m, h, d and w. Shares are percent. Words may be those of common tools: `P1`, `moderate`, `in_progress`."""
_TYPES: Mapping[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def facts_page() -> str:
    """Every family with its fields, then the values inside them and the words."""
    notes = _notes()
    parts = [_INTRODUCTION, "## Families"]
    nested: dict[Any, None] = {}
    for name, kind in FAMILIES.items():
        parts += [f"### `{name}`", (kind.__doc__ or "").strip(), _fields(kind, notes)]
        nested |= dict.fromkeys(_parts(kind, is_dataclass))
    parts += ["## Values in them"]
    for kind in nested:
        parts += [f"### {_spaced(kind.__name__)}", (kind.__doc__ or "").strip(), _fields(kind, notes)]
    words = dict.fromkeys(one for kind in (*FAMILIES.values(), *nested) for one in _parts(kind, _is_word))
    rows = [
        (
            _spaced(word.__name__),
            ", ".join(code(str(one)) for one in word),
            ", ".join(map(code, sorted(filter(None, SYNONYMS.get(word, {}))))),
        )
        for word in words
    ]
    return "\n\n".join([*parts, "## Words", table(("What", "Words", "Understood too"), rows)]) + "\n"


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
    return table(("Field", "Type", "", "Means"), rows)


def _is_required(each: Field[Any], hints: Mapping[str, Any]) -> bool:
    return each.default is MISSING and type(None) not in get_args(hints[each.name])


def _type(hint: Any) -> str:
    inner = [one for one in get_args(hint) if one not in {type(None), ...}]
    if getattr(hint, "__origin__", None) is tuple:
        return f"list of {_type(inner[0])}" if len(inner) == 1 else " and ".join(map(_type, inner))
    if inner:
        return _type(inner[0])
    return _TYPES.get(hint) or {"datetime": "time", "date": "day"}.get(hint.__name__) or _spaced(hint.__name__)


def _parts(kind: Any, wanted: Any) -> Iterator[Any]:
    """The classes inside a value's fields."""
    for hint in get_type_hints(kind).values():
        for one in (hint, *get_args(hint)):
            yield from (each for each in (one, *get_args(one)) if isinstance(each, type) and wanted(each))


def _is_word(kind: type) -> bool:
    return issubclass(kind, StrEnum)


def _spaced(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _notes() -> Mapping[tuple[str, str], str]:
    """What the source says under each field, by class and field."""
    found: dict[tuple[str, str], str] = {}
    for kind in ast.parse(inspect.getsource(values)).body:
        if isinstance(kind, ast.ClassDef):
            for this, following in zip(kind.body, kind.body[1:], strict=False):
                if isinstance(this, ast.AnnAssign) and isinstance(this.target, ast.Name) and isinstance(following, ast.Expr):
                    found[kind.name, this.target.id] = " ".join(str(ast.literal_eval(following.value)).replace("``", "`").split())
    return found
