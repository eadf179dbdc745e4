"""The text of a page → its front matter and the Markdown below it, as MkDocs separates them."""

from __future__ import annotations

import re
from typing import Any

import yaml
from callboard.documentation.inert_yaml import AliasError, inert_yaml

_YAML = re.compile(r"^-{3}[ \t]*\n(.*?\n)(?:-{3}|\.{3})[ \t]*\n", re.DOTALL)
_PAIR = re.compile(r"^[ ]{0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)")
_MORE = re.compile(r"^[ ]{4,}(?P<value>.*)")
_TITLE = re.compile(r"^title[ \t]*+:[^\n]{1,1000}+$", re.MULTILINE)
_LONGEST = 64 * 1024
"""Characters of front matter that is read as YAML."""


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The values and the rest: YAML between ``---``, else lines such as ``Title: x`` at the top (MultiMarkdown)."""
    match = _YAML.match(text)
    if match:
        values = _values(match[1])
        return ({}, text) if values is None else (values, text[match.end() :].lstrip("\n"))
    return _multimarkdown(text)


def _values(text: str) -> dict[str, Any] | None:
    """The values; None where the text is no mapping or no YAML: it then stays on the page, as with MkDocs, and no text is lost."""
    if len(text) > _LONGEST:
        return _title_of(text)
    try:
        values = inert_yaml(text)
    except AliasError:
        return _title_of(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _title_of(text: str) -> dict[str, Any]:
    """Only the title, of front matter that is not read as a whole."""
    line = _TITLE.search(text)
    try:
        values = inert_yaml(line[0]) if line else {}
    except (yaml.YAMLError, ValueError, RecursionError):
        values = {}
    return values if isinstance(values, dict) else {}


def _multimarkdown(text: str) -> tuple[dict[str, Any], str]:
    lines = text.split("\n")
    values: dict[str, str] = {}
    key = ""
    for number, line in enumerate(lines):
        pair, more = _PAIR.match(line), _MORE.match(line)
        if not line.strip():
            return values, "\n".join(lines[number + (1 if values else 0) :]).lstrip("\n")
        if pair:
            key = pair["key"].lower().strip()
            values[key] = f"{values[key]} {pair['value'].strip()}" if key in values else pair["value"].strip()
        elif more and key:
            values[key] = f"{values[key]} {more['value'].strip()}"
        else:
            return values, "\n".join(lines[number:]).lstrip("\n")
    return values, ""
