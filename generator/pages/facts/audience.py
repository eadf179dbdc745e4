"""Which families of facts an audience may see, and whether there is anything to see at all."""

from __future__ import annotations

from generator.settings.settings import Portal, Settings

HEALTH = "health/"
"""The page about everything, which is also a tab of its own."""

HIDDEN = frozenset({"on-call", "incident", "vulnerability"})
"""Families that a public site leaves out unless ``portal.expose`` lists them."""


def shows(portal: Portal, family: str) -> bool:
    """Whether the portal's audience may see the family."""
    return portal.audience != "public" or family not in HIDDEN or family in portal.expose


def has_health(settings: Settings) -> bool:
    """Whether the portal asks any tool, so that there is a page about health, and a tab that leads to it."""
    return bool(settings.sections.get("integrations"))
