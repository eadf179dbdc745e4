"""Which files of a tree are descriptors, and the problems of names that are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.model.entity import Origin
from generator.problems import Problem, Rule
from generator.sources.globs import compiled_any
from generator.sources.paths import DEPENDENCIES, PRIVATE, shown
from generator.sources.source import DEFAULT_INCLUDE

LEFT_OUT = PRIVATE | DEPENDENCIES


def descriptors(paths: Iterable[str], options: Mapping[str, Any]) -> Sequence[str]:
    """The paths that the options ``include`` and ``exclude`` leave, outside of folders that tools fill."""
    included = compiled_any(tuple(options.get("include", DEFAULT_INCLUDE))).fullmatch
    excluded = compiled_any(tuple(options.get("exclude", ()))).fullmatch
    return [path for path in paths if included(path) and not excluded(path) and not LEFT_OUT.intersection(path.split("/")[:-1])]


def odd_name(rule: Rule, message: str, hint: str, origin: Origin) -> Problem:
    """A problem about a name in a tree; the path in ``origin`` may be no UTF-8."""
    clean = Origin(origin.source, origin.tree, origin.repository, origin.revision, shown(origin.path), origin.document, origin.line)
    return rule.problem(message.format(path=clean.path), origin=clean, hint=hint)
