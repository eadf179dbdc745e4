"""Label selectors of Kubernetes: ``app=orders, tier in (web, api), !canary``.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors. Argo CD takes the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.integrations.answers import at

KEY = r"[A-Za-z0-9](?:[\w./-]{0,316}[A-Za-z0-9])?"
REQUIREMENT = re.compile(
    rf"(?P<key>{KEY})\s*(?:(?P<sign>==?|!=)\s*(?P<value>[\w.-]{{0,63}})|\s(?P<word>in|notin)\s*\((?P<values>[^()]{{0,2000}})\))"
    rf"|(?P<absent>!\s*)?(?P<name>{KEY})",
    re.ASCII,
)
COMMA = re.compile(r",(?![^(]*\))")
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Requirement:
    """One part of a selector."""

    key: str
    values: tuple[str, ...] | None
    """Of which the label has one; None where it only has to be there."""
    is_negated: bool = False

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are so. As in Kubernetes, ``!=`` and ``notin`` hold where the label is not there at all."""
        fits = self.key in labels and (self.values is None or labels[self.key] in self.values)
        return fits is not self.is_negated


@dataclass(frozen=True, slots=True)
class Selector:
    """All requirements hold for what is selected."""

    requirements: tuple[Requirement, ...]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether something with these labels is selected."""
        return all(requirement.holds(labels) for requirement in self.requirements)


def read_selector(text: str) -> Selector | None:
    """A selector, or None where the text is none; an empty one, which would select everything, is none either."""
    parts = [part.strip() for part in COMMA.split(text[: LONGEST + 1])]
    found = [REQUIREMENT.fullmatch(part) for part in parts]
    return None if len(text) > LONGEST or not all(found) else Selector(tuple(_requirement(match) for match in found if match))


def labels_of(thing: Mapping[str, Any]) -> Mapping[str, str]:
    """The labels in the metadata of an object."""
    found = at(thing, "metadata", "labels")
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, Mapping) else {}


def _requirement(match: re.Match[str]) -> Requirement:
    if match["sign"]:
        return Requirement(match["key"], (match["value"],), match["sign"] == "!=")
    if match["word"]:
        return Requirement(match["key"], tuple(value.strip() for value in match["values"].split(",")), match["word"] == "notin")
    return Requirement(match["name"], None, bool(match["absent"]))
