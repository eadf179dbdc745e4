"""Modules with rules in; every problem code with its rule, and the rule of a code or name, out."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from callboard.model.errors import CallboardError
from callboard.model.problem import Rule

MODULES = (
    "settings.rules",
    "descriptors.rules",
    "sources.rules",
    "ingestion.rules",
    "catalog.rules",
    "plugins.integrations.rules",
    "documentation.rules",
    "software_templates.rules",
    "insights.rules",
    "scorecards.rules",
    "website.rules",
)
"""Modules, and packages of modules, that define rules. By name, because most of them are in higher layers."""


@lru_cache(maxsize=1)
def all_rules() -> Mapping[str, Rule]:
    """Every rule by its code, sorted.

    Raises ``CallboardError`` where two rules have the same code.
    """
    rules: dict[str, Rule] = {}
    for rule in (rule for module in MODULES for rule in rules_of(module)):
        other = rules.setdefault(rule.code, rule)
        if other is not rule:
            raise CallboardError(f"Two rules have the code {rule.code}: {other.name} and {rule.name}.")
    return MappingProxyType(dict(sorted(rules.items())))


def rules_of(name: str) -> Iterator[Rule]:
    """The rules in one of ``MODULES``, in the order of files and of definitions in a file."""
    module = importlib.import_module(f"callboard.{name}")
    parts = [f"callboard.{name}.{part.name}" for part in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    for each in (module, *map(importlib.import_module, parts)):
        yield from (value for value in vars(each).values() if isinstance(value, Rule))


def find_rule(code: str) -> Rule:
    """The rule with a code (in any case) or a name. Raises ``CallboardError`` if there is none."""
    rules = all_rules()
    query = code.strip()
    by_name = {rule.name: rule for rule in rules.values()}
    rule = rules.get(query.upper()) or by_name.get(query.lower())
    if rule is None:
        similar = [other for other in rules if other[:3] == query.upper()[:3]]
        raise CallboardError(f'There is no problem code or rule name "{query[:40]}".', f"The codes are {', '.join(similar or rules)}.")
    return rule


def page_of(code: str) -> str:
    """Path of a rule's page below the manual's root: ``reference/problems/ref001.md``."""
    return f"reference/problems/{code.lower()}.md"
