"""The data of ``sources.yaml`` → problems: by its JSON Schema, and by checks beyond it (unique names, time zones, plugins)."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jsonschema_rs

from callboard.model.data_classes import dataclass
from callboard.model.errors import PluginError
from callboard.model.facts import FAMILIES
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Rule
from callboard.model.suggestions import nearest
from callboard.settings.document import SettingsDocument
from callboard.settings.invalid import did_you_mean
from callboard.settings.rules import INVALID_SETTING, UNKNOWN_SETTING, UNUSABLE_PLUGIN
from callboard.settings.schema_messages import Wording, messages_of, schema_error

OptionSchemas = Callable[[str], Mapping[str, Callable[[], Mapping[str, Any]]]]
"""For a plugin group (``callboard.sources``): each installed type with a function that returns the JSON Schema of its options.

The function raises ``PluginError`` if the plugin cannot be loaded or has no schema.
"""
SOURCES, INTEGRATIONS, PUBLISHERS = "callboard.sources", "callboard.integrations", "callboard.publishers"
FAMILY_GROUP = "callboard.families"
_SCHEMA = Path(__file__).parent.parent / "schemas" / "sources.json"
_WORDING = Wording(quote='"', hint_quote='"', root="the file", describes_values=True)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of ``sources.yaml`` that is a list of items of a plugin group."""

    name: str
    """``sources``."""
    item: str
    """An item in messages: ``source``."""
    group: str
    """The plugin group."""
    common: tuple[str, ...]
    """Keys of every item, which are not options of its type."""


_SECTIONS = (
    _Section("sources", "source", SOURCES, ("name", "type", "readable_by")),
    _Section("publish", "publisher", PUBLISHERS, ("name", "type")),
    _Section("integrations", "integration", INTEGRATIONS, ("name", "type", "title")),
)


@cache
def sources_schema() -> Mapping[str, Any]:
    """The JSON Schema of ``sources.yaml``; plugins supply those of the options of each type of source, integration and publisher."""
    schema: Mapping[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def all_problems(data: Any, document: SettingsDocument, root: Path, schemas: OptionSchemas) -> Iterator[Problem]:
    """Check the data of ``sources.yaml``; ``root`` is its folder."""
    yield from schema_problems(data, sources_schema(), document)
    if isinstance(data, dict):
        yield from _portal_problems(data, document, root)
        yield from _expose_problems(data, document, schemas)
        for section in _SECTIONS:
            yield from _section_problems(*_items(data, section), section, document, schemas)
        yield from _shared_name_problems(data, document)
        for section_name in ("kinds", "scorecards"):
            yield from path_problems(section_name, data, document, root)
        folder = data.get("announcements")
        if isinstance(folder, str) and folder and (error := _path_error(root, folder, "folder")):
            yield document.problem(("announcements",), f'"announcements" {error}')


def schema_problems(
    data: Any,
    schema: Mapping[str, Any],
    document: SettingsDocument,
    prefix: FieldPath = (),
    common: tuple[str, ...] = (),
    rules: tuple[Rule, Rule] = (UNKNOWN_SETTING, INVALID_SETTING),
) -> Iterator[Problem]:
    """Check the data at the path ``prefix`` against a schema; ``common`` are further keys that suggestions include.

    ``rules``: the one for unknown keys, and the one for all other errors.
    """
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(data):
        schema_violation = schema_error(error, schema, prefix)
        if schema_violation.keyword == "additionalProperties":
            schema_violation = schema_violation._replace(keys=(*schema_violation.keys, *common))
        rule = rules[0] if schema_violation.keyword == "additionalProperties" else rules[1]
        for path, message, hint, at_key in messages_of(schema_violation, _WORDING):
            addition = f"; {hint[:1].lower()}{hint[1:].rstrip('.')}" if hint else ""
            yield document.problem(path, f"{message}{addition}", rule, at_key=at_key)


def path_problems(name: str, data: Mapping[str, Any], document: SettingsDocument, root: Path) -> Iterator[Problem]:
    """Report files in a section that is a list of paths, such as ``kinds``, that do not exist or are outside ``root``."""
    paths = data.get(name)
    for index, path in enumerate(paths if isinstance(paths, list) else ()):
        error = _file_error(root, path) if isinstance(path, str) and path else ""
        if error:
            yield document.problem((name, index), f'"{name}[{index}]" {error}')


def _portal_problems(data: Mapping[str, Any], document: SettingsDocument, root: Path) -> Iterator[Problem]:
    portal = data.get("portal")
    if not isinstance(portal, dict):
        return
    checks: Mapping[str, Callable[[str], str]] = {
        "url": _url_error,
        "timezone": _timezone_error,
        "logo": lambda logo: _file_error(root, logo),
    }
    for key, check in checks.items():
        value = portal.get(key)
        error = check(value) if isinstance(value, str) and value else ""
        if error:
            yield document.problem(("portal", key), f'"portal.{key}" {error}')


def _expose_problems(data: Mapping[str, Any], document: SettingsDocument, schemas: OptionSchemas) -> Iterator[Problem]:
    """Report families under ``portal.expose`` that do not exist, or that a public site shows anyway."""
    portal = data.get("portal")
    names = portal.get("expose") if isinstance(portal, dict) else None
    for index, name in enumerate(names if isinstance(names, list) else ()):
        hidden = [family for family in schemas(FAMILY_GROUP) if family not in FAMILIES or not FAMILIES[family].is_public]
        if isinstance(name, str) and name not in hidden:
            alternatives = did_you_mean(name, hidden) or f"; the families that a public site hides are {', '.join(hidden)}"
            yield document.problem(("portal", "expose", index), f'"portal.expose[{index}]": "{name}" is not hidden{alternatives}')


def _items(data: Mapping[str, Any], section: _Section) -> tuple[Any, FieldPath]:
    """The list of items of a section, and its path; ``publish`` may also be a mapping that has the list as ``targets``."""
    items = data.get(section.name)
    if section.group == PUBLISHERS and isinstance(items, Mapping):
        return items.get("targets"), (section.name, "targets")
    return items, (section.name,)


def _section_problems(
    items: Any, place: FieldPath, section: _Section, document: SettingsDocument, schemas: OptionSchemas
) -> Iterator[Problem]:
    """Report names that are used twice in a section, unknown types, and invalid options."""
    indexes: dict[str, int] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, dict):
            continue
        name = item.get("name", item.get("type") if section.group == PUBLISHERS else None)
        if isinstance(name, str) and name in indexes:
            line = document.value_span((*place, indexes[name], "name")).line
            message = f'the name "{name}" is already used by the {section.item} in line {line}; names must be unique'
            yield document.problem((*place, index, "name"), message)
        elif isinstance(name, str):
            indexes[name] = index
        if isinstance(item.get("type"), str):
            yield from _option_problems(item, (*place, index), section, document, schemas)


def _option_problems(
    item: Mapping[str, Any], path: FieldPath, section: _Section, document: SettingsDocument, schemas: OptionSchemas
) -> Iterator[Problem]:
    place = (*path, "type")
    try:
        types = schemas(section.group)
        if item["type"] not in types:
            alternatives = did_you_mean(item["type"], types) or f"; installed: {', '.join(types)}"
            yield document.problem(place, f'unknown {section.item} type "{item["type"]}"{alternatives}', UNUSABLE_PLUGIN)
            return
        schema = _checked_schema(types[item["type"]](), item["type"])
    except PluginError as error:
        hint = f"{error.hint[:1].lower()}{error.hint[1:].rstrip('.')}"
        yield document.problem(place, "; ".join(filter(None, (str(error), hint))), UNUSABLE_PLUGIN)
        return
    options = {key: value for key, value in item.items() if key not in section.common}
    yield from schema_problems(options, schema, document, path, section.common)


def _checked_schema(schema: Any, type_name: str) -> Mapping[str, Any]:
    """The schema of a plugin's options. Raises ``PluginError`` if it is not valid JSON Schema."""
    reason = _schema_defect(schema)
    if reason:
        message = f'the schema of the options of the plugin "{type_name}" is not valid JSON Schema: {reason}'
        raise PluginError(message, "Update the plugin, or report this to its authors.")
    return dict(schema)


def _schema_defect(schema: Any) -> str:
    """Why a value is not a JSON Schema; empty if it is one."""
    if not isinstance(schema, Mapping):
        return f"it is of the type {type(schema).__name__}, not a mapping"
    try:
        jsonschema_rs.validator_for(dict(schema))
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return " ".join(str(error).split("\n\n", 1)[0].split())[:200]
    return ""


def _shared_name_problems(data: Mapping[str, Any], document: SettingsDocument) -> Iterator[Problem]:
    """Report integrations with the name of a source: data freshness is kept by that name."""
    sources, integrations = data.get("sources"), data.get("integrations")
    names = {item.get("name") for item in sources if isinstance(item, dict)} if isinstance(sources, list) else set()
    for index, item in enumerate(integrations if isinstance(integrations, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"] in names:
            message = f'the name "{item["name"]}" is already used by a source; names must be unique'
            yield document.problem(("integrations", index, "name"), message)


def _url_error(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"is not a valid URL: {url}"
    if parts.scheme not in {"http", "https"} or not host:
        return f"must begin with https:// or http:// and have a host, not {url}"
    if parts.username or parts.password:
        return "must not contain a user or a password: the URL is published in pages"
    return "must not have a query (?) or a fragment (#)" if parts.query or parts.fragment else ""


def _timezone_error(zone: str) -> str:
    if zone == "UTC":  # also valid on a machine without time zone data
        return ""
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return f'is "{zone}", which is not a time zone{_similar_timezone(zone)}'
    return ""


def _similar_timezone(zone: str) -> str:
    """A suggestion by the whole name, or by its city alone."""
    zones = sorted(zoneinfo.available_timezones())
    by_city = {name.rpartition("/")[2]: name for name in zones}
    city = nearest(zone, by_city)
    return did_you_mean(zone, zones) or (f'; did you mean "{by_city[city]}"?' if city else "")


def _file_error(root: Path, relative: str) -> str:
    return _path_error(root, relative, "file")


def _path_error(root: Path, relative: str, kind: Literal["file", "folder"]) -> str:
    if relative.startswith(("/", "\\")) or ".." in Path(relative).parts:
        return f"is {relative}, but must be a path below the folder of sources.yaml"
    path = root / relative
    if not path.resolve().is_relative_to(root.resolve()):
        return f"is {relative}, a link that leads out of the folder of sources.yaml"
    exists = path.is_file() if kind == "file" else path.is_dir()
    return "" if exists else f"is {relative}, but there is no such {kind} below the folder of sources.yaml"
