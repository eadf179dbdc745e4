"""YAML 1.2 core for ``sources.yaml``: ``on`` and ``12:30`` are texts, as in descriptors."""

from __future__ import annotations

import re
from typing import Any

import yaml

TAG = "tag:yaml.org,2002:"


class _Loader(yaml.CSafeLoader):
    """The C parser, with the resolvers of YAML 1.2's core schema (chapter 10.3.2)."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own hook


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
):
    _Loader.add_implicit_resolver(TAG + _tag, re.compile(_pattern), _first)


def compose_all(text: str) -> list[yaml.Node]:
    """The documents as nodes; raises ``yaml.YAMLError``."""
    return [node for node in yaml.compose_all(text, _Loader) if node is not None]


def scalar(node: yaml.Node) -> Any:
    """The value of a scalar node; a tag that the core schema does not have makes a text."""
    text = str(node.value)
    match node.tag.removeprefix(TAG):
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
        case "float":
            return float(re.sub(r"\.(inf|nan)", r"\1", text.lower()))
    return text
