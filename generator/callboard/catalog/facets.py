"""The catalog and the columns of its table → the choices of each field of a filter, the same as in the browser (``facet-columns.js``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.catalog.impact import Impacts
from callboard.catalog.names import unknown_kind
from callboard.catalog.query import NONE, FilterFacet
from callboard.model.ref import EntityRef, ref_of

_SEVERITIES = ("none", "info", "warning", "error")
_TROUBLE = {
    "trouble": "health_trouble", "incident": "open_incidents", "alert": "firing_alerts", "availability": "objectives_missed",
    "vulnerability": "grave_vulnerabilities", "errors": "descriptor_errors",
}  # fmt: skip
_NO_TROUBLE = {"ok": "health_ok", "incomplete": "health_incomplete", "unmeasured": "health_unmeasured"}
_BANDS, _HALF, _WHOLE = ("below-50", "50-or-more", "100"), 50, 100
"""Values of scores in place of levels, and their limits in percent."""
_FAMILIES = frozenset(_TROUBLE) - {"trouble", "errors"}
_WITHOUT = {"type": "without_type", "lifecycle": "without_lifecycle", "system": "without_system", "tag": "without_tags"}


class CatalogFacets(Mapping[str, FilterFacet]):
    """The facets by field; each is made when it is asked for first.

    Args:
        catalog: all entities.
        index: the data of ``names.json`` (``names.names_index``).
        columns: the columns ``health`` and ``levels`` of ``columns.json``; either may be missing.
        labels: the portal's words.
    """

    def __init__(self, catalog: Catalog, index: Mapping[str, Any], columns: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        self._catalog, self._index, self._columns, self._labels = catalog, index, columns, labels
        self._made: dict[str, FilterFacet] = {}
        simple: Mapping[str, tuple[str, str, Callable[[str], str]]] = {
            "type": ("types", "type", str), "lifecycle": ("lifecycles", "lifecycle", str), "system": ("systems", "system", self._called),
        }  # fmt: skip
        self._makers: dict[str, Callable[[], FilterFacet]] = {
            "kind": self._kinds,
            "owner": self._owners,
            "tag": self._tags,
            "problems": self._problems,
            "namespace": lambda: _facet("namespace", index["namespaces"], [(row,) for row in index["namespace"]], str),
            "team": self._teams,
            "dependents": self._dependents,
        }
        for key, (values, column, label) in simple.items():
            self._makers[key] = self._single(key, index[values], index[column], label)
        if columns.get("health"):
            self._makers["health"] = self._health
        if columns.get("levels"):
            self._makers["level"] = self._levels

    def __getitem__(self, key: str) -> FilterFacet:
        """The facet of a field."""
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        """The fields that this portal has."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Their number."""
        return len(self._makers)

    def _called(self, ref: str) -> str:
        found = ref_of(ref)
        return presentation.label(self._catalog, found) if found in self._catalog.entities else ref

    def _single(self, key: str, values: Sequence[str], column: Sequence[int], label: Callable[[str], str]) -> Callable[[], FilterFacet]:
        def made() -> FilterFacet:
            none = len(values)
            rows = [(none if at < 0 else at,) for at in column]
            extra = [NONE] if any(at < 0 for at in column) else []
            return _facet(key, [*values, *extra], rows, self._labelled(key, label))

        return made

    def _labelled(self, key: str, label: Callable[[str], str]) -> Callable[[str], str]:
        return lambda value: self._labels[_WITHOUT[key]] if value == NONE else label(value)

    def _kinds(self) -> FilterFacet:
        known = self._catalog.kinds
        plural = {
            each["kind"]: presentation.kind_label(kind, self._labels) if (kind := known.get(each["kind"])) else unknown_kind(each["name"])
            for each in self._index["kinds"]
        }
        return _facet("kind", [*plural], [(at,) for at in self._index["kind"]], plural.__getitem__)

    def _owners(self) -> FilterFacet:
        """Entities that need an owner and name none, or an invalid one, count as without; kinds without owners have no choice."""
        owners, none = self._index["owners"], len(self._index["owners"])
        pairs = zip(self._index["owner"], self._index["ownerState"], strict=True)
        rows = [tuple(at for at in (owner, none if state else -1) if at >= 0) for owner, state in pairs]
        return _facet("owner", [*owners, NONE], rows, lambda ref: self._labels["without_owner"] if ref == NONE else self._called(ref))

    def _tags(self) -> FilterFacet:
        tags = self._index["tags"]
        rows = [tuple(found) or (len(tags),) for found in self._index["tagged"]]
        return _facet("tag", [*tags, NONE], rows, self._labelled("tag", str))

    def _problems(self) -> FilterFacet:
        labels = [self._labels[f"problems_{name}"] for name in _SEVERITIES]
        return FilterFacet("problems", _SEVERITIES, tuple(labels), [(at,) for at in self._index["severity"]], (3, 2, 1, 0))

    def _teams(self) -> FilterFacet:
        """The teams that an entity belongs to through its owner, with those above."""
        groups = [ref for ref in self._catalog.entities if ref.kind == "group"]
        at = {ref: number for number, ref in enumerate(groups)}
        above: dict[EntityRef | None, tuple[int, ...]] = {None: ()}
        rows = []
        for ref in self._catalog.entities:
            owner = organization.owner(self._catalog, ref)
            if owner not in above:
                above[owner] = tuple(at[team] for team in _with_parents(self._catalog, owner) if team in at) if owner in at else ()
            rows.append(above[owner])
        return _facet("team", [str(ref) for ref in groups], rows, self._called)

    def _dependents(self) -> FilterFacet:
        labels = (self._labels["dependents_some"], self._labels["dependents_none"])
        rows = [(0 if rows else 1,) for rows in Impacts.of(self._catalog).dependents]
        return FilterFacet("dependents", ("some", "none"), labels, rows, (0, 1))

    def _health(self) -> FilterFacet:
        health = self._columns["health"]
        words = {key: word for key, word in (_TROUBLE | _NO_TROUBLE).items() if key not in _FAMILIES or key in health["families"]}
        at = {key: number for number, key in enumerate(words)}
        rows = [tuple(at[key] for key in _health_of(health, severity, row)) for row, severity in enumerate(self._index["severity"])]
        return FilterFacet("health", tuple(words), tuple(self._labels[word] for word in words.values()), rows, tuple(range(len(words))))

    def _levels(self) -> FilterFacet:
        levels = self._columns["levels"]
        values, labels, first = list[str](), list[str](), list[int]()
        is_score = [place in levels["scores"] for place in range(len(levels["names"]))]
        for card, title, names, scores in zip(levels["names"], levels["titles"], levels["levels"], is_score, strict=True):
            first.append(len(values))
            values += [f"{card}/{name}" for name in (_BANDS if scores else ("none", *(each.lower() for each in names)))]
            labels += [f"{title}: {name}" for name in (names if scores else (self._labels["scorecard_no_level"], *names))]
        rows = [
            tuple(start + (_band(at) if scores else int(at)) for start, at, scores in zip(first, own, is_score, strict=True) if at >= 0)
            for own in zip(*levels["of"], strict=True)
        ]
        return FilterFacet("level", tuple(values), tuple(labels), rows, tuple(range(len(values))))


def _band(percent: float) -> int:
    """The position of a score in ``_BANDS``."""
    return 0 if percent < _HALF else 1 if percent < _WHOLE else 2


def _facet(key: str, values: Sequence[str], rows: Sequence[Sequence[int]], label: Callable[[str], str]) -> FilterFacet:
    return FilterFacet(key, tuple(values), tuple(map(label, values)), rows)


def _with_parents(catalog: Catalog, group: EntityRef | None) -> tuple[EntityRef, ...]:
    found: dict[EntityRef, None] = {}
    waiting = [group] if group else []
    while waiting:
        here = waiting.pop()
        if here not in found:
            found[here] = None
            waiting += organization.existing_parents(catalog, here)
    return tuple(found)


def _health_of(health: Mapping[str, Any], severity: int, row: int) -> Sequence[str]:
    """What is wrong with an entity, else ``ok`` if all was queried without a finding, ``incomplete`` if in part, ``unmeasured``."""
    found = [family for family in health["families"] if health["urgent"][family][row]]
    found += ["errors"] if severity == _SEVERITIES.index("error") else []
    measured = health["measured"][row]
    if found:
        return ("trouble", *found)
    if measured < 0:
        return ()
    if not measured:
        return ("unmeasured",)
    is_whole = not health["incomplete"][row] and measured == (1 << len(health["families"])) - 1
    return ("ok",) if is_whole else ("incomplete",)
