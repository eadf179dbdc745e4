"""The bytes of a report in JSON → its object and the rows of its lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.integrations.reports.findings import Incomplete
from callboard.plugins.integrations import FactError, json_integer, value_at


def json_object(content: bytes) -> Mapping[str, Any]:
    """The object in a file, in UTF-8 or UTF-16. Raises ``FactError`` for anything else."""
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        value = json.loads(content.decode(encoding, "replace"), parse_int=json_integer)
    except (ValueError, RecursionError) as error:
        raise FactError(f"it is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise FactError("it is not a JSON object")
    return value


def rows(value: Any, *path: str) -> Iterator[Mapping[str, Any] | Incomplete]:
    """The objects in a list; if it has anything else, that the file is incomplete, too."""
    found = value_at(value, *path)
    items = found if isinstance(found, list) else []
    odd = sum(not isinstance(item, Mapping) for item in items)
    yield from (item for item in items if isinstance(item, Mapping))
    if odd or not isinstance(found, list | None):
        yield Incomplete(f"has {odd or 'something'} in {path[-1]!r} that cannot be read")
