"""Pages about the kinds of entities, out of their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from generator.cli.manual.tables import Field, code, fields, table
from generator.descriptors.kinds import Kind, RelationField

HEAD = ("Field", "Type", "Means")
_INTRODUCTION = """The built-in kinds are those of Backstage's catalog model. A portal adds its own with `kinds:` in `sources.yaml`: a JSON
Schema each, with its relations declared in it; [Add a kind of your own](../../how-to/own-kinds.md) tells how."""


def index_page(kinds: Sequence[Kind], envelope: Mapping[str, Any]) -> str:
    """All kinds, and what every descriptor has whatever its kind."""
    rows = [(f"[{kind.name}]({kind.name.lower()}.md)", kind.description, ", ".join(_relations_said(kind))) for kind in kinds]
    parts = [
        "# Kinds",
        _INTRODUCTION,
        table(("Kind", "What it is", "Fields that hold references"), rows),
        "## What every descriptor has",
        _fields(envelope),
    ]
    return "\n\n".join(parts) + "\n"


def kind_page(kind: Kind) -> str:
    """One kind: its fields, its relations, an example."""
    parts = [f"# {kind.name}", kind.description, f"`apiVersion` is {' or '.join(map(code, kind.api_versions))}."]
    spec = kind.schema.get("properties", {}).get("spec", {})
    parts += ["## Fields", "Those of `metadata` are the [same for all kinds](index.md#what-every-descriptor-has).", _fields(spec, "spec.")]
    if kind.relations:
        rows = [_relation(field) for field in kind.relations]
        parts += ["## Relations", table(("Field", "Relation", "Seen from the other end", "Kind where none is written"), rows)]
    parts += list(_examples(kind.schema.get("examples", ())))
    return "\n\n".join(part for part in parts if part) + "\n"


def _relations_said(kind: Kind) -> Iterator[str]:
    return (code(f"spec.{field.field}") for field in kind.relations)


def _fields(schema: Mapping[str, Any], prefix: str = "") -> str:
    return table(HEAD, (_row(field) for field in fields(schema, prefix)))


def _row(field: Field) -> tuple[str, str, str]:
    required, old = ("**Required.** " if field.is_required else ""), ("Deprecated. " if field.schema.get("deprecated") else "")
    return code(field.path), field.type, f"{required}{old}{field.schema.get('description', '')}"


def _relation(field: RelationField) -> tuple[str, str, str, str]:
    default = code(field.default_kind) if field.default_kind else "none: write it, as in `component:name`"
    return code(f"spec.{field.field}"), code(field.type), code(field.reverse), default


def _examples(examples: Sequence[Any]) -> Iterator[str]:
    for number, example in enumerate(examples):
        if number == 0:
            yield "## Example"
        yield f"```yaml\n{yaml.safe_dump(example, sort_keys=False, allow_unicode=True, width=120).strip()}\n```"
