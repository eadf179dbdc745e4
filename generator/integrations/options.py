"""The section ``integrations:`` of ``sources.yaml`` as items, each with what makes it unusable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.integrations.contract import IntegrationSettings
from generator.settings.settings import Settings

OWN_KEYS = frozenset({"name", "type", "title"})
"""What belongs to every item, whatever its type."""


def integration_items(settings: Settings) -> tuple[IntegrationSettings, ...]:
    """The items in their order. ``settings.reading`` has checked them; one whose variable is unset has a ``failure``."""
    items = settings.sections.get("integrations") or ()
    return tuple(_item(item, f"integrations[{index}]", settings.failures) for index, item in enumerate(items))


def _item(item: Mapping[str, Any], place: str, failures: Mapping[str, str]) -> IntegrationSettings:
    failure = next((why for where, why in failures.items() if where == place or where.startswith((f"{place}.", f"{place}["))), "")
    options = {key: value for key, value in item.items() if key not in OWN_KEYS}
    return IntegrationSettings(str(item["name"]), str(item["type"]), options, str(item.get("title", "")), failure)
