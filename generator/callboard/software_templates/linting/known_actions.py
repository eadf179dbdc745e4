"""The actions of Backstage, its modules and Roadie's utilities: their inputs and outputs, as ``actions.json`` in this folder has them.

Made by ``extract_actions.cjs`` of plugin-scaffolder-backend 4.3.0, its modules of the same release, and
scaffolder-backend-module-utils 4.1.2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.plugins.loader import ACTIONS_GROUP, load


@dataclass(frozen=True, slots=True)
class KnownAction:
    """One action."""

    inputs: Mapping[str, str]
    """Types by name: a type of JSON Schema, or ``any`` for what is not checked."""
    required: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    outputs: tuple[str, ...]
    """Empty if they are not known."""


@cache
def known_actions() -> Mapping[str, KnownAction]:
    """All of them by name."""
    text = files("callboard.software_templates.linting").joinpath("actions.json").read_text("utf-8")
    return {name: _action(each) for name, each in json.loads(text).items()}


def all_names() -> frozenset[str]:
    """The names of known actions, with those of installed plugins."""
    return frozenset(known_actions()) | frozenset(load(ACTIONS_GROUP))


def _action(each: Mapping[str, Any]) -> KnownAction:
    choices = {name: tuple(map(str, values)) for name, values in each.get("choices", {}).items()}
    return KnownAction(each.get("inputs", {}), tuple(each.get("required", ())), choices, tuple(each.get("outputs", ())))
