"""Troubles of the YAML parser as problems."""

from __future__ import annotations

from generator.descriptors.positions import span_of
from generator.descriptors.secrets import mask
from generator.model.entity import Origin
from generator.problems import Problem, Related, Rule
from generator.yaml12 import YamlTrouble


def from_trouble(rule: Rule, trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding of a rule for a trouble, whose lines count from the file's start."""
    related = (Related("The first one is here.", origin, span_of(trouble.first, 1)),) if trouble.first else ()
    field = f"document[{origin.document}]" + (f".{trouble.about}" if trouble.about else "")
    return rule.problem(
        f"{mask(trouble.message)}.", origin=origin, span=span_of(trouble.at, 1), field=mask(field), hint=mask(trouble.hint), related=related
    )
