"""Which families of facts an audience may see."""

from __future__ import annotations

from generator.settings.settings import Portal

HIDDEN = frozenset({"on-call", "incident", "vulnerability"})
"""Families that a public site leaves out unless ``portal.expose`` lists them."""


def shows(portal: Portal, family: str) -> bool:
    """Whether the portal's audience may see the family."""
    return portal.audience != "public" or family not in HIDDEN or family in portal.expose
