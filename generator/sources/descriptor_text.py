"""Descriptors that we write ourselves: from values that a host sent to YAML that every reader understands alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Any

import yaml

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*")
"""What needs no quotes in any version of YAML, unless it is one of ``RESERVED``."""
RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"})
NAME_LENGTH = 63
TEXT_LENGTH = 2_000
API_VERSION = "backstage.io/v1alpha1"
UNFIT = re.compile(r"[^a-z0-9._-]+")
RUNS = re.compile(r"[._-]{2,}")


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some version of YAML could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written by reference."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    plain = PLAIN.fullmatch(value) and value.lower() not in RESERVED
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def document(value: Mapping[str, Any]) -> str:
    """A YAML document with the keys in the given order."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def descriptor(kind: str, name: str, metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """The text of a descriptor; what is empty is left out of ``metadata``, texts are bounded."""
    about = {"name": name, **{key: value for key, value in metadata.items() if value}}
    return document({"apiVersion": API_VERSION, "kind": kind, "metadata": _bounded(about), "spec": _bounded(spec)})


def entity_name(text: str) -> str:
    """The nearest valid name of an entity (Backstage: letters, digits and ``-_.`` between them, at most 63); may be empty."""
    name = RUNS.sub(lambda m: m.group()[0], UNFIT.sub("-", text.strip().lower()))
    return name.strip("-_.")[:NAME_LENGTH].strip("-_.")


def text_of(value: Any, length: int = TEXT_LENGTH) -> str:
    """The text itself, bounded; an empty one for whatever is no text."""
    return value[:length] if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """A time with its zone from ISO 8601, or None."""
    try:
        time = datetime.fromisoformat(text_of(value))
    except ValueError:
        return None
    return in_every_zone(time) if time.tzinfo else None


def in_every_zone(time: datetime) -> datetime | None:
    """The time in UTC; None in the first and in the last year that there is, whose ends have no date in some time zones."""
    try:
        utc = time.astimezone(UTC)
    except OverflowError:
        return None
    return utc if MINYEAR < utc.year < MAXYEAR else None


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return value[:TEXT_LENGTH]
    if isinstance(value, Mapping):
        return {key: _bounded(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_bounded(item) for item in value]
    return value
