"""What a JSON Schema cannot say about ``sources.yaml``: names that are unique, zones that exist, plugins that are installed."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from callboard.model.errors import PluginError
from callboard.settings.document import SettingsDocument, SettingsPath
from callboard.settings.findings import Finding, suggestion
from callboard.settings.schema_errors import differences

OptionSchemas = Callable[[str], Mapping[str, Callable[[], Mapping[str, Any]]]]
"""For a plugin group (``callboard.sources``): each installed type with a function that returns the JSON Schema of its options.

The function raises ``PluginError`` where the plugin cannot be loaded or has no schema.
"""
SOURCES, INTEGRATIONS, PUBLISHERS = "callboard.sources", "callboard.integrations", "callboard.publishers"


class _Types(NamedTuple):
    """The types that the items of a section can have."""

    word: str
    """For messages: ``source``."""
    group: str
    """The plugin group."""
    schemas: OptionSchemas


def portal_findings(data: Mapping[str, Any], document: SettingsDocument, root: FilePath) -> Iterator[Finding]:
    """What is wrong with the values of ``portal``."""
    portal = data.get("portal")
    if not isinstance(portal, dict):
        return
    for key, check in (("url", _url_fault), ("timezone", _timezone_fault)):
        value = portal.get(key)
        fault = check(value) if isinstance(value, str) and value else ""
        if fault:
            yield _at(document, ("portal", key), f'"portal.{key}" {fault}')
    logo = portal.get("logo")
    if isinstance(logo, str) and logo:
        yield from (_at(document, ("portal", "logo"), f'"portal.logo" {fault}') for fault in _file_faults(root, logo))


def kind_findings(data: Mapping[str, Any], document: SettingsDocument, root: FilePath) -> Iterator[Finding]:
    """Files under ``kinds`` that are not there."""
    paths = data.get("kinds")
    for index, path in enumerate(paths if isinstance(paths, list) else ()):
        if isinstance(path, str) and path:
            yield from (_at(document, ("kinds", index), f'"kinds[{index}]" {fault}') for fault in _file_faults(root, path))


def source_findings(data: Mapping[str, Any], document: SettingsDocument, schemas: OptionSchemas) -> Iterator[Finding]:
    """What is wrong with the items of ``sources``: names given twice, unknown types, options that the type does not have."""
    yield from _item_findings(data.get("sources"), "sources", _Types("source", SOURCES, schemas), document)


def integration_findings(data: Mapping[str, Any], document: SettingsDocument, schemas: OptionSchemas) -> Iterator[Finding]:
    """The same for the items of ``integrations``, whose names are not those of sources either: ages are told by name."""
    sources = {item.get("name") for item in data.get("sources") or () if isinstance(item, dict)}
    items = data.get("integrations")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("name"), str) and item["name"] in sources:
            yield _at(document, ("integrations", index, "name"), f'the name "{item["name"]}" is taken by a source; each needs its own')
    yield from _item_findings(data.get("integrations"), "integrations", _Types("integration", INTEGRATIONS, schemas), document)


def publish_findings(data: Mapping[str, Any], document: SettingsDocument, schemas: OptionSchemas) -> Iterator[Finding]:
    """The same for the items of ``publish``; one without a name is called like its type."""
    yield from _item_findings(data.get("publish"), "publish", _Types("place to publish to", PUBLISHERS, schemas), document)


def _item_findings(items: Any, section: str, types: _Types, document: SettingsDocument) -> Iterator[Finding]:
    named: dict[str, int] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        if not isinstance(item, dict):
            continue
        name = item.get("name", item.get("type") if types.group == PUBLISHERS else None)
        if isinstance(name, str) and name in named:
            first = document.value_place((section, named[name], "name")).line
            yield _at(
                document, (section, index, "name"), f'the name "{name}" is taken by the {types.word} in line {first}; each needs its own'
            )
        elif isinstance(name, str):
            named[name] = index
        if isinstance(item.get("type"), str):
            yield from _option_findings(item, (section, index), types, document)


def _option_findings(item: Mapping[str, Any], path: SettingsPath, types: _Types, document: SettingsDocument) -> Iterator[Finding]:
    table = types.schemas(types.group)
    if item["type"] not in table:
        near = suggestion(item["type"], table) or f"; installed: {', '.join(table)}"
        yield _at(document, (*path, "type"), f'there is no type of {types.word} "{item["type"]}"{near}')
        return
    try:
        schema = table[item["type"]]()
    except PluginError as error:
        yield _at(document, (*path, "type"), str(error))
        return
    own = ("name", "type", "title") if types.group == INTEGRATIONS else ("name", "type")
    options = {key: value for key, value in item.items() if key not in own}
    yield from differences(options, schema, document, path, known=own)


def _url_fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"is no URL: {url}"
    if parts.scheme not in {"http", "https"} or not host:
        return f"must begin with https:// or http:// and have a host, not {url}"
    if parts.username or parts.password:
        return "must hold no user and no password: it is written into pages"
    return "must end with its path: no ? and no #" if parts.query or parts.fragment else ""


def _timezone_fault(zone: str) -> str:
    if zone == "UTC":  # there also where a machine has no time zone data
        return ""
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return f'is "{zone}", which is no time zone{suggestion(zone, zoneinfo.available_timezones())}'
    return ""


def _file_faults(root: FilePath, relative: str) -> Iterator[str]:
    if relative.startswith(("/", "\\")) or ".." in FilePath(relative).parts:
        yield f"is {relative}, but must be a path below the folder of sources.yaml"
    elif not (root / relative).resolve().is_relative_to(root.resolve()):
        yield f"is {relative}, a link that leads out of the folder of sources.yaml"
    elif not (root / relative).is_file():
        yield f"is {relative}, but there is no such file below {root}"


def _at(document: SettingsDocument, path: SettingsPath, message: str) -> Finding:
    place = document.value_place(path)
    return Finding(place.line, place.column, message)
