"""The options of built-in plugins: a JSON Schema file for each type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parent.parent / "schemas"


def builtin_schema(kind: str, type_name: str) -> Mapping[str, Any]:
    """The schema in ``schemas/<kind>/<type>.json``; ``kind``: ``sources``, ``integrations`` or ``publishers``."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / kind / f"{type_name}.json").read_text(encoding="utf-8"))
    return schema
