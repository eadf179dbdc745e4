"""The value of a family that a plugin declares by a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    """A value of a plugin's family, validated against its JSON Schema."""

    data: Mapping[str, Any]
    """JSON."""
