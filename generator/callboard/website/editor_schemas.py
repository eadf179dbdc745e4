"""Schemas for editors: ``/schema/<kind>.json``, and ``/schema/catalog-info.json`` that chooses by ``kind``.

JSON Schema draft-07, which every editor reads, whole in each file. A kind is what its schema says, then the house rules, then
*words*: an ``anyOf`` of constants with an empty schema at its end, which offers much and refuses nothing. Constants with a title,
because the language server lists all values of an ``enum`` in each hover, and the title alone of a constant; a title of the whole
schema would stand in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from callboard.catalog.graph import Catalog
from callboard.descriptors.kinds import ENVELOPE, OWN, Kind, RelationField, envelope_schema, spec_properties
from callboard.plugins.portal_settings import editor_schema
from callboard.settings.schema_messages import mapping_at, resolved
from callboard.settings.settings import Portal
from callboard.website.data_files import DeferredFile
from callboard.website.editor_words import Word, Words, known_annotations

DIALECT = "http://json-schema.org/draft-07/schema#"
SchemaDataFile = tuple[str, bytes]
"""Path below the site's root, and content."""
MOST_CONSTANTS = 100
"""Words of a list that are constants: a language server compares each of them with each value, which takes seconds from 2,000 on."""
Schema = dict[str, Any]
_SAMPLES = frozenset({"name", "url", "email", "picture", "displayName"})
"""Fields whose examples are samples, no choices."""
_PLACEHOLDER = {
    "type": "object",
    "description": "Read from a file: `$text: ./openapi.yaml`.",
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "$text": {"type": "string", "minLength": 1, "description": "Path of a file beside this one, taken as a text."},
        "$json": {"type": "string", "minLength": 1, "description": "Path of a JSON file beside this one, taken as values."},
        "$yaml": {"type": "string", "minLength": 1, "description": "Path of a YAML file beside this one, taken as values."},
    },
}


def schema_files(catalog: Catalog, portal: Portal) -> Iterator[SchemaDataFile]:
    """All schemas for editors, with the words of this catalog, and that of ``sources.yaml``."""
    words = Words(catalog, is_public=portal.audience == "public")
    kinds = sorted(catalog.kinds.by_name.values(), key=lambda kind: kind.name)
    lists = dict(_lists(kinds, words))
    made = {kind.name: _definition(kind, lists) for kind in kinds}
    yield _file("catalog-info", _whole(kinds, made, lists), portal)
    if "sources" not in catalog.kinds.by_name:
        yield "schema/sources.json", json.dumps(editor_schema(), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    for kind in kinds:
        yield _file(kind.name.lower(), _single(kind, made[kind.name], lists), portal)


def schema_files_later(catalog: Catalog, portal: Portal, key: str) -> Iterator[DeferredFile]:
    """The same, made only if ``key``, the digest of the whole catalog, is not that of last time."""
    made = cache(lambda: dict(schema_files(catalog, portal)))
    names = ("catalog-info", "sources", *sorted(kind.name.lower() for kind in catalog.kinds.by_name.values()))
    for path in dict.fromkeys(f"schema/{name}.json" for name in names):
        yield DeferredFile(path, key, partial(_made, made, path))


def _made(made: Callable[[], Mapping[str, bytes]], path: str, _: Callable[[str], bytes]) -> bytes:
    return made()[path]


def _file(name: str, schema: Schema, portal: Portal) -> SchemaDataFile:
    path = f"schema/{name}.json"
    said = {"$schema": DIALECT, "$id": f"{portal.url}{path}", **schema} if portal.url else {"$schema": DIALECT, **schema}
    return path, json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


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
    """What all kinds share: the words of the metadata, and placeholders."""
    return {"metadata": _metadata_words(lists), "placeholder": _said(_PLACEHOLDER, "")}


def _envelope(kinds: Sequence[Kind]) -> Schema:
    """What stands at the root, with the kinds that there are."""
    said: Schema = _said({key: value for key, value in envelope_schema().items() if not key.startswith("$")}, "")
    properties = said["properties"]
    versions = sorted({version for kind in kinds for version in kind.api_versions})
    properties["apiVersion"] = {"enum": versions, **_described(properties["apiVersion"]["description"])}
    about = [kind.description for kind in kinds]
    properties["kind"] = {
        "enum": [kind.name for kind in kinds], **_described(properties["kind"]["description"]),
        "enumDescriptions": [_plain(text) for text in about], "markdownEnumDescriptions": about,
    }  # fmt: skip
    return {key: said[key] for key in ("type", "required", "additionalProperties", "properties")}


def _definition(kind: Kind, lists: Mapping[str, Schema]) -> Schema:
    """A kind: its schema, the house rules, its words."""
    parts = [_embedded(kind.schema, f"{kind.name}/allOf/0", _offered(kind))]
    parts += [_embedded(rule, f"{kind.name}/allOf/{number}", set()) for number, rule in enumerate(kind.house_rules, 1)]
    return {"allOf": [*parts, _words_of(kind, lists)]}


def _embedded(schema: Mapping[str, Any], place: str, offered: set[str]) -> Schema:
    """A schema inside another one: its references lead to where it stands now."""
    kept = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "title", "description", "examples"}}
    kept["allOf"] = [part for part in kept.get("allOf", []) if part.get("$ref") != ENVELOPE]
    said: Schema = _said({key: value for key, value in kept.items() if value != []}, f"#/definitions/{place}")
    for name in offered:
        mapping_at(said, "properties", "spec", "properties", name).pop("examples", None)  # type: ignore[attr-defined]
    _with_placeholder(said, "definition")
    return said


def _with_placeholder(schema: Any, name: str) -> None:
    """Where the field must be a text, it may be read from a file too; Backstage checks after reading."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get(name), dict) and "type" in properties[name]:
            properties[name] = {"anyOf": [properties[name], {"$ref": "#/definitions/placeholder"}]}
        for inner in schema.values():
            _with_placeholder(inner, name)


def _said(value: Any, place: str) -> Any:
    """A copy for editors: descriptions as Markdown too, references from ``place``, no samples, nothing that is ours."""
    if isinstance(value, list):
        return [_said(item, place) for item in value]
    if not isinstance(value, Mapping):
        return value
    said = {key: _kept(key, inner, place) for key, inner in value.items() if key != OWN}
    if isinstance(said.get("description"), str):
        said |= _described(said["description"])
        if said.get("deprecated") is True:
            said["deprecationMessage"] = _plain(said["description"])
    return said


def _kept(key: str, value: Any, place: str) -> Any:
    if key == "$ref" and isinstance(value, str):
        return f"{place}{value.removeprefix('#')}" if place else value
    if key in {"enum", "const", "default", "examples"} and not isinstance(value, Mapping):
        return value
    if key in _SAMPLES and isinstance(value, Mapping):
        value = {name: inner for name, inner in value.items() if name != "examples"}
    return _said(value, place)


def _described(text: str) -> Schema:
    return {"description": _plain(text), "markdownDescription": text} if text else {}


def _plain(text: str) -> str:
    return text.replace("`", "")


def _offered(kind: Kind) -> set[str]:
    """Fields that have words of their own, so that the schema's examples are none."""
    return {"type", "lifecycle", *(field.field for field in kind.relations)}


def _lists(kinds: Iterable[Kind], words: Words) -> Iterator[tuple[str, Schema]]:
    """All lists of words, by the name of their definition."""
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
    """Offers the words, the most used first, and refuses nothing; beyond ``MOST_CONSTANTS`` as snippets, which other editors leave out."""
    if not words:
        return {}
    constants = [{"const": word.value, **({"title": word.says} if word.says else {})} for word in sorted(words[:MOST_CONSTANTS])]
    rest = [
        {"label": word.value, "body": word.value, **({"description": word.says} if word.says else {})}
        for word in sorted(words[MOST_CONSTANTS:])
    ]
    return {"anyOf": [*constants, {}], **({"defaultSnippets": rest} if rest else {})}


def _annotation(word: Word) -> tuple[str, Schema]:
    usual = known_annotations().get(word.value, ("", ()))[1]
    return word.value, {**_described(word.says), **(_choice([Word(value) for value in usual]))}


def _words_of(kind: Kind, lists: Mapping[str, Schema]) -> Schema:
    """The words of a kind's fields; where a schema allows certain values alone, those are the words."""
    fields: Schema = {}
    for field in kind.relations:
        name = _list_name(field)
        if not _is_restricted(kind, "spec", *field.field.split(".")) and lists[name]:
            _put(fields, field.field.split("."), {"items": _ref(name)} if field.many else _ref(name))
    for key, name in (("type", f"words-type-{kind.name}"), ("lifecycle", "words-lifecycle")):
        if key in kind.spec_fields and not _is_restricted(kind, "spec", key):
            fields[key] = _ref(name)
    if "definition" in kind.spec_fields:
        fields["definition"] = {"properties": _said(_PLACEHOLDER["properties"], "")}
    metadata = {} if _is_restricted(kind, "metadata", "tags") else {"metadata": {"properties": {"tags": {"items": _ref("words-tag")}}}}
    return {"properties": {"apiVersion": {"enum": list(kind.api_versions)}, **metadata, "spec": {"properties": fields}}}


def _put(fields: Schema, path: Sequence[str], schema: Schema) -> None:
    for step in path[:-1]:
        fields = fields.setdefault(step, {}).setdefault("properties", {})
    fields[path[-1]] = schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _is_restricted(kind: Kind, *path: str) -> bool:
    """Whether a schema of the kind or a house rule allows certain values alone."""
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
    """A new descriptor with what the kind needs, to be filled in."""
    spec = resolved(mapping_at(kind.schema, "properties").get("spec"), kind.schema)
    fields = spec_properties(kind.schema)
    needed = [name for name in spec.get("required", ()) if name in fields]
    body = {
        name: [] if resolved(fields[name], kind.schema).get("type") == "array" else f"${{{n}:{name}}}" for n, name in enumerate(needed, 2)
    }
    text = {"apiVersion": kind.api_versions[0], "kind": kind.name, "metadata": {"name": "${1:name}"}, "spec": body}
    return {"label": f"New {kind.name}", "description": _plain(kind.description), "body": text}
