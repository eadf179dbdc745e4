"""Names and values of an entity → the YAML text of its descriptor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
"""A string that needs no quotes in any version of YAML, unless it is one of ``RESERVED``."""
RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"})
TEXT_LENGTH = 2_000
"""Characters of a string that are kept."""
API_VERSION = "backstage.io/v1alpha1"


class _Dumper(yaml.CSafeDumper):
    """Quotes every string that some version of YAML could read as another type."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write no anchors and aliases."""
        del data
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    plain = PLAIN.fullmatch(value) and value.lower() not in RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def yaml_text(value: Mapping[str, Any]) -> str:
    """A YAML document with the keys in the given order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def descriptor_text(kind: str, name: str, metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """The YAML text of a descriptor; empty values are left out of ``metadata``, strings are cut to ``TEXT_LENGTH``."""
    fields = {"name": name, **{key: value for key, value in metadata.items() if value}}
    return yaml_text({"apiVersion": API_VERSION, "kind": kind, "metadata": _bounded(fields), "spec": _bounded(spec)})


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:TEXT_LENGTH]
    if isinstance(value, Mapping):
        return {key: _bounded(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_bounded(item) for item in value]
    return value
