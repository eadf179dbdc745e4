"""One answer of somebody who makes a portal → what is wrong with it, in the words of the checks of ``sources.yaml``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callboard.io.git.address import git_address
from callboard.plugins.option_schemas import option_schemas
from callboard.scaffold.first_sources import option_value
from callboard.settings.checks import all_problems
from callboard.settings.document import read_document
from callboard.settings.invalid import portal_origin
from callboard.settings.literal_secrets import literal_secret_problems

_SOURCE: Mapping[str, Any] = {"name": "main", "type": "files", "path": "."}


def portal_error(key: str, text: str) -> str:
    """What is wrong with a value below ``portal:``; empty if nothing is. An empty text is no value."""
    return _error({"sources": [_SOURCE]}, {"sources": [_SOURCE], "portal": {key: text}}) if text else ""


def option_error(section: str, type_: str, key: str, text: str) -> str:
    """What is wrong with an option of an item of ``sources`` or ``integrations``; empty if nothing is.

    Options that the item still lacks are not reported.
    """
    if (section, type_, key) == ("sources", "git", "url") and git_address(text, {}, Path()) is None:
        return f'"{text}" is not the URL of a git repository; write https://host/owner/name.git'
    item = {"name": "main", "type": type_}
    return _error(_with_item(section, item), _with_item(section, {**item, **_nested(key, option_value(key, text))}))


def _with_item(section: str, item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"sources": [_SOURCE], section: [item]}


def _nested(key: str, value: Any) -> Mapping[str, Any]:
    parent, _, last = key.rpartition(".")
    return {parent: {last: value}} if parent else {last: value}


def _error(without: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """The first message about the data that the data without the value does not have."""
    known = set(_messages(without))
    return next((message for message in _messages(data) if message not in known), "")


def _messages(data: Mapping[str, Any]) -> list[str]:
    document = read_document(json.dumps(data), portal_origin(Path("sources.yaml"), Path()))
    problems = (*all_problems(data, document, Path(), option_schemas), *literal_secret_problems(document))
    return [problem.message for problem in problems]
