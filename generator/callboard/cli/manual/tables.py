"""JSON Schemas → rows; rows → Markdown tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from callboard.model.data_classes import dataclass

_TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "object": "mapping", "null": "null"}
MANY = 12
"""Most choices of an enumeration that are listed."""


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One key of a mapping."""

    path: str
    """Dotted path; ``[]`` stands for the items of a list."""
    schema: Mapping[str, Any]
    is_required: bool

    @property
    def type(self) -> str:
        """The type of its value, in words."""
        return type_words(self.schema)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; an empty string without rows."""
    body = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *body]) if body else ""


def fields(schema: Mapping[str, Any], prefix: str = "") -> Iterator[SchemaField]:
    """Every key in the schema of a mapping, each followed by the keys nested in it."""
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield SchemaField(path, inner, name in required)
        if inner.get("deprecated"):
            continue
        if "properties" in inner:
            yield from fields(inner, f"{path}.")
        elif isinstance(inner.get("items"), Mapping) and "properties" in inner["items"]:
            yield from fields(inner["items"], f"{path}[].")


def type_words(schema: Mapping[str, Any]) -> str:
    """The type that a schema allows: ``string``, ``list of strings``, or the choices of an enumeration."""
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        choices = schema["enum"]
        shown = [code(choice) for choice in choices[:MANY]]
        return ", ".join(shown) + (f" and {len(choices) - MANY} more" if len(choices) > MANY else "")
    types = schema.get("type")
    if types == "array":
        items = schema.get("items", {})
        return f"list of {_plural(type_words(items))}" if items.get("type") else "list"
    if isinstance(types, list):
        return " or ".join(_TYPES.get(t, str(t)) for t in types)
    return _TYPES.get(str(types), "any")


def code(value: Any) -> str:
    """A value as it is written in YAML, in code style."""
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"


def sentence(text: str) -> str:
    """The text with a capital letter at its beginning and a full stop at its end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', ':')) else '.'}" if text else ""


def _plural(words: str) -> str:
    return words if words.startswith(("`", "any")) else f"{words}s"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
