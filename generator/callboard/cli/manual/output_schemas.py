"""The types of outputs for scripts → a JSON Schema each, and the page of the manual that lists them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from callboard.cli.manual import output_types as commands
from callboard.cli.manual import site_file_types as site
from callboard.cli.manual.tables import code, fields, table

OUTPUTS: Mapping[str, tuple[str, Any]] = {
    "lint": ("`callboard lint --format json`", list[commands.LintedProblem]),
    "baseline": ("`callboard lint --write-baseline FILE`", commands.BaselineFile),
    "diff": ("`callboard diff OLD NEW --format json`", commands.ChangeList),
    "api-diff": ("`callboard api-diff OLD NEW --format json`", commands.ApiChangeList),
    "plugins": ("`callboard plugins --format json`", list[commands.PluginRow]),
    "score": ("`callboard score --format json`", list[commands.ScoreRow]),
    "workflow": ("`callboard workflow --format json`", commands.WorkflowReport),
    "build-report": ("`callboard build --report FILE`", commands.BuildReport),
    "build": ("`/build.json`", site.BuildFile),
    "names": ("`/api/catalog/names.json`", site.NamesFile),
    "table": ("`/api/catalog/table.json`", site.TableFile),
    "relations": ("`/api/catalog/relations.json`", site.RelationsFile),
    "collections": ("`/status/collections.json`", site.CollectionsFile),
    "scorecard": ("`/scorecards/NAME/results.json`", site.CardFile),
    "changes": ("`/api/changes.json`", site.ChangesFile),
    "scorecards": ("`/api/scorecards/results.json`", site.AllCardsFile),
}
"""By name of the schema: where the output comes from, and its type."""
_INTRODUCTION = """# Output for scripts

Each of these outputs has a JSON Schema; a test of Callboard validates real outputs with it. Within a version of its `format`, keys may be
added, and none is removed or changes its meaning: ignore keys that you do not know.

Formats of others: `callboard lint --format sarif`, `junit`, `gitlab` (Code Quality) and `github` (annotations), `callboard score --format
junit`, Atom feeds, and `/api/catalog/entities.json`, which has entities as Backstage's catalog API returns them. The schemas for editors
are at `/schema/` of each portal.
"""


def output_schema(name: str, *, is_strict: bool = False) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an output. It allows further keys, which a later version may add; a strict one does not."""
    origin, type_ = OUTPUTS[name]
    (schema,), components = msgspec.json.schema_components([type_], ref_template="#/$defs/{name}")
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Output of {origin}".replace("`", ""), **schema}
    if not is_strict:
        for component in components.values():
            component.pop("additionalProperties", None)
    return {**whole, "$defs": components}


def output_pages() -> Iterator[tuple[str, str]]:
    """The page, and the schemas, by path in the reference."""
    yield "machine-output.md", _page()
    for name in OUTPUTS:
        yield f"schemas/{name}.schema.json", json.dumps(output_schema(name), indent=2) + "\n"


def _page() -> str:
    rows = [(origin, f"[{name}.schema.json](schemas/{name}.schema.json)") for name, (origin, _) in OUTPUTS.items()]
    sections = [f"## {origin}\n\n{_section(name)}" for name, (origin, _) in OUTPUTS.items()]
    return "\n\n".join((_INTRODUCTION + "\n" + table(("Output", "Schema"), rows), *sections)) + "\n"


def _section(name: str) -> str:
    schema = output_schema(name)
    top = schema["items"]["$ref"] if schema.get("type") == "array" else schema["$ref"]
    words = "A list; each item:" if schema.get("type") == "array" else "A mapping:"
    inlined = _inlined({"$ref": top}, schema["$defs"])
    rows = [(code(field.path), field.type, _note(field.schema, is_required=field.is_required)) for field in fields(inlined)]
    return f"{words}\n\n{table(('Key', 'Type', 'Description'), rows)}"


def _note(schema: Mapping[str, Any], *, is_required: bool) -> str:
    description = schema.get("description", "")
    return description if is_required else f"May be missing. {description}".rstrip()


def _inlined(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with its references replaced; definitions do not refer to themselves."""
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    inlined = {key: _inlined_value(value, definitions) for key, value in schema.items()}
    choices = inlined.get("anyOf", ())
    return {**inlined, "type": [choice["type"] for choice in choices]} if choices and all(map(_is_simple, choices)) else inlined


def _is_simple(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("type"), str) and schema["type"] not in {"array", "object"}


def _inlined_value(value: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return _inlined(value, definitions)
    return [_inlined_value(item, definitions) for item in value] if isinstance(value, list) else value
