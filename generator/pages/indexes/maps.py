"""Diagrams of the whole portal: the organisation, and domains with their systems."""

from __future__ import annotations

from markupsafe import Markup

from generator.pages.indexes.context import IndexContext


def organisation_diagram(context: IndexContext) -> Markup | None:
    """The tree of teams; None where there is too much or too little to draw."""
    del context
    return None


def domain_diagram(context: IndexContext) -> Markup | None:
    """Domains and what lies in them; None where there is too much or too little to draw."""
    del context
    return None
