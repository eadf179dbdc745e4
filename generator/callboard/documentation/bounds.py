"""The rules of ``docs.exclude``, an entity and a path → whether its documentation, or a file of it, is left out."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.model.entity import Entity
from callboard.plugins.sources.paths import compiled_glob
from callboard.settings.settings import ExcludedDocs


def is_left_out(rules: Iterable[ExcludedDocs], entity: Entity, repository: str, path: str = "") -> bool:
    """Whether a set is left out, or a file of it at ``path`` in the repository. A rule with a path leaves out files and no whole set."""
    return any(_matches(rule, entity, repository, path) for rule in rules)


def _matches(rule: ExcludedDocs, entity: Entity, repository: str, path: str) -> bool:
    if bool(rule.path) != bool(path):
        return False
    pairs = ((rule.entity, str(entity.ref)), (rule.repository, repository), (rule.path, path))
    return all(compiled_glob(pattern).fullmatch(value) for pattern, value in pairs if pattern)
