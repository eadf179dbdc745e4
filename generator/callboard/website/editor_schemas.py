"""Kinds and the catalog → schemas for editors: ``/schema/<kind>.json``, and ``/schema/catalog-info.json`` that selects by ``kind``.

They are JSON Schema draft-07, which every editor reads, and each file is complete. A kind has its schema, then the house rules, then
*suggestions*: an ``anyOf`` of constants that ends with an empty schema, so that editors offer the constants and accept any value. The
constants have titles, because in a hover the language server lists all values of an ``enum``, but only the title of a constant; a title
of the whole schema would be shown instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.descriptors.kinds import ENVELOPE, OWN, Kind, RelationField, envelope_schema, spec_properties
from callboard.incremental.fingerprint import code_digest
from callboard.model.published_json import published_json
from callboard.plugins import loader
from callboard.plugins.containment.plugin_process import is_contained
from callboard.plugins.portal_settings import editor_schema
from callboard.scorecards.editor_schema import card_schema
from callboard.scorecards.portal_scorecards import RELATIONS, family_shapes
from callboard.settings.schema_messages import mapping_at, resolved
from callboard.settings.settings import Portal
from callboard.website.data_files import DeferredFile
from callboard.website.editor_words import Word, Words, known_annotations
from callboard.website.program_cache import made_once

DIALECT = "http://json-schema.org/draft-07/schema#"
SchemaDataFile = tuple[str, bytes]
"""Path below the site's root, and content."""
_SETTINGS = "schema/sources.json"
_PURPOSE = b"schema 1"
MOST_CONSTANTS = 100
"""Most suggestions of a list that are constants: language servers compare each with each value, which takes seconds from 2,000 on."""
Schema = dict[str, Any]
_SAMPLES = frozenset({"name", "url", "email", "picture", "displayName"})
"""Fields whose examples are not suggestions."""
_PLACEHOLDER = {
    "type": "object",
    "description": "Read from a file: `$text: ./openapi.yaml`.",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "$text": {"type": "string", "minLength": 1, "description": "Path of a file, relative to this one, that is read as a string."},
        "$json": {"type": "string", "minLength": 1, "description": "Path of a JSON file, relative to this one, whose values are read."},
        "$yaml": {"type": "string", "minLength": 1, "description": "Path of a YAML file, relative to this one, whose values are read."},
    },
}


def schema_files(catalog: Catalog, portal: Portal, levels: Mapping[str, Sequence[str]] | None = None) -> Iterator[SchemaDataFile]:
    """All schemas for editors, with suggestions from this catalog, and the schemas of ``sources.yaml`` and of scorecards.

    ``levels``: those of the portal's scorecards, by name.
    """
    yield from _schemas_of_catalog(catalog, portal, levels)
    if "sources" not in catalog.kinds.by_name:
        yield _SETTINGS, _settings_schema()


def _schemas_of_catalog(catalog: Catalog, portal: Portal, levels: Mapping[str, Sequence[str]] | None) -> Iterator[SchemaDataFile]:
    words = Words(catalog, is_public=portal.audience == "public")
    kinds = sorted(catalog.kinds.by_name.values(), key=lambda kind: kind.name)
    lists = dict(_lists(kinds, words))
    made = {kind.name: _definition(kind, lists) for kind in kinds}
    yield _file("catalog-info", _whole(kinds, made, lists), portal)
    if "scorecard" not in {name.lower() for name in catalog.kinds.by_name}:
        yield _file("scorecard", scorecard_schema(levels or {}), portal)
    for kind in kinds:
        yield _file(kind.name.lower(), _single(kind, made[kind.name], lists), portal)


def schema_files_later(
    catalog: Catalog, portal: Portal, key: str, levels: Mapping[str, Sequence[str]] | None = None
) -> Iterator[DeferredFile]:
    """The same files, generated only if ``key``, the digest of the catalog, has changed since the last build.

    The schema of ``sources.yaml`` has nothing of the catalog: to make it, all types of sources, integrations and publishers are imported.
    """
    made = cache(lambda: dict(_schemas_of_catalog(catalog, portal, levels)))
    names = ("catalog-info", "scorecard", *sorted(kind.name.lower() for kind in catalog.kinds.by_name.values()))
    for path in dict.fromkeys(f"schema/{name}.json" for name in names):
        yield DeferredFile(path, key, partial(_made, made, path))
    if "sources" not in catalog.kinds.by_name:
        yield _settings_schema_later(key)


def _settings_schema() -> bytes:
    return published_json(editor_schema()) + b"\n"


def _settings_schema_later(key: str) -> DeferredFile:
    """The schema of ``sources.yaml``, once for each version of the program; by ``key`` with plugins of others, which change without one."""
    plugins = (plugin for group in loader.GROUPS for plugin in loader.load(group).values())
    if any(map(is_contained, plugins)):
        return DeferredFile(_SETTINGS, key, lambda _: _settings_schema())
    return DeferredFile(_SETTINGS, key and code_digest(), lambda _: made_once("schema-sources", _PURPOSE, _settings_schema))


def scorecard_schema(levels: Mapping[str, Sequence[str]]) -> Schema:
    """The schema of scorecards, with the families of this installation."""
    return card_schema(family_shapes(), RELATIONS, levels)


def _made(made: Callable[[], Mapping[str, bytes]], path: str, _: Callable[[str], bytes]) -> bytes:
    return made()[path]


def _file(name: str, schema: Schema, portal: Portal) -> SchemaDataFile:
    path = f"schema/{name}.json"
    result = {"$schema": DIALECT, "$id": f"{portal.url}{path}", **schema} if portal.url else {"$schema": DIALECT, **schema}
    return path, published_json(result) + b"\n"


def _whole(kinds: Sequence[Kind], made: Mapping[str, Schema], lists: Mapping[str, Schema]) -> Schema:
    root = _envelope(kinds)
    branches = [{"if": _is_kind(kind), "then": {"$ref": f"#/definitions/{kind.name}"}} for kind in kinds]
    snippets = [_snippet(kind) for kind in kinds]
    return {
        "description": "A descriptor of any kind.", **root, "defaultSnippets": snippets,
        "allOf": [{"$ref": "#/definitions/metadata"}, *branches], "definitions": {**made, **lists, **_rest(lists)},
    }  # fmt: skip


def _single(kind: Kind, definition: Schema, lists: Mapping[str, Schema]) -> Schema:
    used = set(re.findall(r'"#/definitions/(words-[^"]*)"', json.dumps([definition, _rest(lists)], ensure_ascii=False)))
    definitions = {kind.name: definition, **{name: lists[name] for name in sorted(used)}, **_rest(lists)}
    return {
        **_described(kind.description), **_envelope([kind]), "defaultSnippets": [_snippet(kind)],
        "allOf": [{"$ref": "#/definitions/metadata"}, {"$ref": f"#/definitions/{kind.name}"}], "definitions": definitions,
    }  # fmt: skip


def _is_kind(kind: Kind) -> Schema:
    return {"required": ["kind"], "properties": {"kind": {"const": kind.name}}}


def _rest(lists: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """Definitions that all kinds share: suggestions for the metadata, and placeholders."""
    return {"metadata": _metadata_words(lists), "placeholder": _for_editors(_PLACEHOLDER, "")}


def _envelope(kinds: Sequence[Kind]) -> Schema:
    """The schema of the root, with the kinds of the portal."""
    result: Schema = _for_editors({key: value for key, value in envelope_schema().items() if not key.startswith("$")}, "")
    properties = result["properties"]
    versions = sorted({version for kind in kinds for version in kind.api_versions})
    properties["apiVersion"] = {"enum": versions, **_described(properties["apiVersion"]["description"])}
    about = [kind.description for kind in kinds]
    properties["kind"] = {
        "enum": [kind.name for kind in kinds], **_described(properties["kind"]["description"]),
        "enumDescriptions": [_plain(text) for text in about], "markdownEnumDescriptions": about,
    }  # fmt: skip
    return {key: result[key] for key in ("type", "required", "additionalProperties", "properties")}


def _definition(kind: Kind, lists: Mapping[str, Schema]) -> Schema:
    """The definition of a kind: its schema, the house rules, its suggestions."""
    parts = [_embedded(kind.schema, f"{kind.name}/allOf/0", _offered(kind))]
    parts += [_embedded(rule, f"{kind.name}/allOf/{number}", set()) for number, rule in enumerate(kind.house_rules, 1)]
    return {"allOf": [*parts, _words_of(kind, lists)]}


def _embedded(schema: Mapping[str, Any], place: str, offered: set[str]) -> Schema:
    """A schema for embedding in another one at ``place``: its references point to that place."""
    kept = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "title", "description", "examples"}}
    kept["allOf"] = [part for part in kept.get("allOf", []) if part.get("$ref") != ENVELOPE]
    result: Schema = _for_editors({key: value for key, value in kept.items() if value != []}, f"#/definitions/{place}")
    for name in offered:
        mapping_at(result, "properties", "spec", "properties", name).pop("examples", None)  # type: ignore[attr-defined]
    _with_placeholder(result, "definition")
    return result


def _with_placeholder(schema: Any, name: str) -> None:
    """Allow a placeholder in place of the field's value, which Backstage validates after reading the file."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get(name), dict) and "type" in properties[name]:
            properties[name] = {"anyOf": [properties[name], {"$ref": "#/definitions/placeholder"}]}
        for inner in schema.values():
            _with_placeholder(inner, name)


def _for_editors(value: Any, place: str) -> Any:
    """A copy for editors: descriptions also as Markdown, references relative to ``place``, no samples, no keys of Callboard."""
    if isinstance(value, list):
        return [_for_editors(item, place) for item in value]
    if not isinstance(value, Mapping):
        return value
    result = {key: _value_for_editors(key, inner, place) for key, inner in value.items() if key != OWN}
    if isinstance(result.get("description"), str):
        result |= _described(result["description"])
        if result.get("deprecated") is True:
            result["deprecationMessage"] = _plain(result["description"])
    return result


def _value_for_editors(key: str, value: Any, place: str) -> Any:
    if key == "$ref" and isinstance(value, str):
        return f"{place}{value.removeprefix('#')}" if place else value
    if key in {"enum", "const", "default", "examples"} and not isinstance(value, Mapping):
        return value
    if key in _SAMPLES and isinstance(value, Mapping):
        value = {name: inner for name, inner in value.items() if name != "examples"}
    return _for_editors(value, place)


def _described(text: str) -> Schema:
    return {"description": _plain(text), "markdownDescription": text} if text else {}


def _plain(text: str) -> str:
    return text.replace("`", "")


def _offered(kind: Kind) -> set[str]:
    """Fields with suggestions from the catalog, which replace the examples of the schema."""
    return {"type", "lifecycle", *(field.field for field in kind.relations)}


def _lists(kinds: Iterable[Kind], words: Words) -> Iterator[tuple[str, Schema]]:
    """All lists of suggestions, by the name of their definition."""
    lifecycles: set[str] = set()
    for kind in kinds:
        for field in kind.relations:
            yield _list_name(field), _choice(words.references(field))
        usual = _usual(kind, "type")
        yield f"words-type-{kind.name}", _choice(words.types(kind.name.lower(), usual))
        lifecycles |= set(_usual(kind, "lifecycle"))
    yield "words-lifecycle", _choice(words.lifecycles(lifecycles))
    yield "words-tag", _choice(words.tags())
    yield "words-namespace", _choice(words.namespaces())
    yield "words-link-type", _choice(words.link_words("type"))
    yield "words-link-icon", _choice(words.link_words("icon"))
    yield "words-annotation", {"properties": dict(_annotation(word) for word in words.annotation_keys())}


def _usual(kind: Kind, name: str) -> tuple[str, ...]:
    examples = resolved(spec_properties(kind.schema).get(name), kind.schema).get("examples", ())
    return tuple(value for value in examples if isinstance(value, str)) if isinstance(examples, list) else ()


def _list_name(field: RelationField) -> str:
    return f"words-{'owner' if field.type == 'ownedBy' else 'reference'}-{field.default_kind or 'any'}"


def _choice(words: Sequence[Word]) -> Schema:
    """A schema that suggests the words, the most used first, and accepts any value; others than ``MOST_CONSTANTS`` are snippets."""
    if not words:
        return {}
    constants = [{"const": word.value, **({"title": word.meaning} if word.meaning else {})} for word in sorted(words[:MOST_CONSTANTS])]
    rest = [
        {"label": word.value, "body": word.value, **({"description": word.meaning} if word.meaning else {})}
        for word in sorted(words[MOST_CONSTANTS:])
    ]
    return {"anyOf": [*constants, {}], **({"defaultSnippets": rest} if rest else {})}


def _annotation(word: Word) -> tuple[str, Schema]:
    usual = known_annotations().get(word.value, ("", ()))[1]
    return word.value, {**_described(word.meaning), **(_choice([Word(value) for value in usual]))}


def _words_of(kind: Kind, lists: Mapping[str, Schema]) -> Schema:
    """Suggestions for the fields of a kind, except for fields whose schema allows only certain values."""
    fields: Schema = {}
    for field in kind.relations:
        name = _list_name(field)
        if not _is_restricted(kind, "spec", *field.field.split(".")) and lists[name]:
            _put(fields, field.field.split("."), {"items": _ref(name)} if field.many else _ref(name))
    for key, name in (("type", f"words-type-{kind.name}"), ("lifecycle", "words-lifecycle")):
        if key in kind.spec_fields and not _is_restricted(kind, "spec", key):
            fields[key] = _ref(name)
    if "definition" in kind.spec_fields:
        fields["definition"] = {"properties": _for_editors(_PLACEHOLDER["properties"], "")}
    metadata = {} if _is_restricted(kind, "metadata", "tags") else {"metadata": {"properties": {"tags": {"items": _ref("words-tag")}}}}
    return {"properties": {"apiVersion": {"enum": list(kind.api_versions)}, **metadata, "spec": {"properties": fields}}}


def _put(fields: Schema, path: Sequence[str], schema: Schema) -> None:
    for step in path[:-1]:
        fields = fields.setdefault(step, {}).setdefault("properties", {})
    fields[path[-1]] = schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _is_restricted(kind: Kind, *path: str) -> bool:
    """True if a schema of the kind or a house rule allows only certain values of the field."""
    for schema in (kind.schema, *kind.house_rules):
        here = resolved(schema, schema)
        for step in path:
            here = resolved(mapping_at(here, "properties").get(step), schema)
        if any(key in part for part in (here, resolved(here.get("items"), schema)) for key in ("enum", "const")):
            return True
    return False


def _metadata_words(lists: Mapping[str, Schema]) -> Schema:
    link = {"items": {"properties": {"type": _ref("words-link-type"), "icon": _ref("words-link-icon")}}}
    fields = {"namespace": _ref("words-namespace"), "annotations": _ref("words-annotation"), "links": link}
    return {"properties": {"metadata": {"properties": fields}}} if lists else {}


def _snippet(kind: Kind) -> Schema:
    """A snippet: a new descriptor with the required fields of the kind as placeholders."""
    spec = resolved(mapping_at(kind.schema, "properties").get("spec"), kind.schema)
    fields = spec_properties(kind.schema)
    needed = [name for name in spec.get("required", ()) if name in fields]
    body = {
        name: [] if resolved(fields[name], kind.schema).get("type") == "array" else f"${{{n}:{name}}}" for n, name in enumerate(needed, 2)
    }
    text = {"apiVersion": kind.api_versions[0], "kind": kind.name, "metadata": {"name": "${1:name}"}, "spec": body}
    return {"label": f"New {kind.name}", "description": _plain(kind.description), "body": text}
