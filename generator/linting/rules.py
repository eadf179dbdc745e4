"""The catalogue of problems: every rule of every room, by code."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from generator.errors import CallboardError
from generator.problems import Rule

ROOMS = ("descriptors", "sources", "catalog", "documentation", "apis", "integrations", "scorecards", "website")
"""Rooms that may have a folder ``rules``, one file a rule. By name, because most of them lie above this one."""


@lru_cache(maxsize=1)
def all_rules() -> Mapping[str, Rule]:
    """Every rule by its code, sorted.

    Raises ``CallboardError`` where two files claim one code.
    """
    found: dict[str, Rule] = {}
    for room in ROOMS:
        for rule in rules_of(room):
            if rule.code in found:
                raise CallboardError(f"{rule.code} is both {found[rule.code].name} and {rule.name}.")
            found[rule.code] = rule
    return MappingProxyType(dict(sorted(found.items())))


def rules_of(room: str) -> Iterator[Rule]:
    """The rules of one room, by file name; none where it has no folder of them."""
    name = f"generator.{room}.rules"
    try:
        package = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name in {name, f"generator.{room}"}:
            return
        raise
    for module in pkgutil.iter_modules(package.__path__):
        rule = getattr(importlib.import_module(f"{name}.{module.name}"), "RULE", None)
        if isinstance(rule, Rule):
            yield rule


def find_rule(code: str) -> Rule:
    """The rule of a code (in any case) or a name.

    Raises ``CallboardError`` for an unknown one.
    """
    rules = all_rules()
    wanted = code.strip()
    by_name = {rule.name: rule for rule in rules.values()}
    rule = rules.get(wanted.upper()) or by_name.get(wanted.lower())
    if rule is None:
        family = [known for known in rules if known[:3] == wanted.upper()[:3]]
        raise CallboardError(f'No problem has the code "{wanted[:40]}".', f"Known are {', '.join(family or rules)}.")
    return rule


def page_of(code: str) -> str:
    """Path of a rule's page below the manual's root: ``reference/problems/ref001.md``."""
    return f"reference/problems/{code.lower()}.md"
