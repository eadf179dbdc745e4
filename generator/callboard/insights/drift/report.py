"""The evidence of a build → facts of the family ``drift``, with patches that a command turns into pull requests."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from itertools import chain

from callboard.descriptors.document import field_span
from callboard.descriptors.patching import MAX_BYTES, patched
from callboard.insights.drift.dismissals import DriftDismissal, in_descriptor
from callboard.insights.drift.evidence import DriftEvidence, FoundDrift
from callboard.insights.drift.lifecycles import lifecycle_drift, repository_drift
from callboard.insights.drift.links import link_drift
from callboard.insights.drift.owners import member_drift, owner_drift
from callboard.insights.drift.packages import package_drift, used_packages
from callboard.insights.drift.proposals import DescriptorProposal, place_of
from callboard.insights.drift.reasons import reason_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import TreeError
from callboard.model.facts.drift import DriftFinding
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, tree_of
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.redaction.secrets import mask

FAMILY = "drift"
DRIFT = IntegrationInfo(FAMILY, FAMILY, "Drift", (FAMILY,), ())
"""The build itself, in place of a tool."""
MOST = 50
"""Findings of one entity."""
MOST_PATCHES = 5000
MAX_PATCH = 8000
"""Characters of a difference; larger ones are of files with very long lines."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What one build found."""

    facts: tuple[Fact, ...] = ()
    proposals: tuple[DescriptorProposal, ...] = ()
    next_turn: datetime | None = None
    """When something may be found or dismissed by time alone; None for a portal without drift."""

    @property
    def measurements(self) -> Iterator[Measurement]:
        """One for each entity with findings: of the others, only some was checked."""
        return (Measurement(ref, FAMILY, FAMILY) for ref in sorted({fact.subject for fact in self.facts}))


@dataclass(slots=True)
class DriftReporter:
    """Makes the report."""

    evidence: DriftEvidence
    dismissed: Mapping[EntityRef, Sequence[DriftDismissal]]
    """Those of the settings."""
    previous: Iterable[Fact] = ()
    """The facts of the build before."""
    _since: dict[tuple[EntityRef, str], datetime] = field(default_factory=dict)
    _texts: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _proposals: list[DescriptorProposal] = field(default_factory=list)

    def report(self) -> DriftReport:
        """All findings."""
        for fact in self.previous:
            if isinstance(fact.value, DriftFinding) and fact.value.since:
                self._since[fact.subject, fact.key] = fact.value.since
        packages = used_packages(self.evidence)
        facts: list[Fact] = []
        for entity in self.evidence.catalog.entities.values():
            found = chain(
                owner_drift(self.evidence, entity), member_drift(self.evidence, entity), lifecycle_drift(self.evidence, entity),
                repository_drift(self.evidence, entity), link_drift(self.evidence, entity), package_drift(self.evidence, packages, entity),
            )  # fmt: skip
            facts += self._facts(entity, list(found)[:MOST])
        return DriftReport(tuple(facts), tuple(self._proposals))

    def _facts(self, entity: Entity, found: list[FoundDrift]) -> Iterator[Fact]:
        dismissals = [*self.dismissed.get(entity.ref, ()), *(each for each in in_descriptor(entity) if isinstance(each, DriftDismissal))]
        tree = tree_of(self.evidence.trees, entity.origin) if found else None
        for drift in found:
            yield self._fact(drift, dismissals, tree)

    def _fact(self, drift: FoundDrift, dismissals: list[DriftDismissal], tree: Tree | None) -> Fact:
        entity, key = drift.entity, f"{drift.kind} {drift.declared}"[:500]
        about = [each for each in dismissals if each.is_about(drift.kind, drift.declared)]
        last = max(about, key=lambda each: each.until, default=None)
        in_force = last is not None and last.until >= self._today
        proposal, patch = self._proposal(drift, tree) if drift.edit and tree and not in_force else (None, "")
        span = field_span(entity, drift.field)
        value = DriftFinding(
            drift.kind, drift.declared[:_SHOWN], drift.found[:_SHOWN], drift.evidence[:_SHOWN], drift.confidence,
            self._since.get((entity.ref, key), self.evidence.now), drift.known_at, entity.origin.path, span.line if span else 0, patch,
            proposal.name if proposal else "", last.reason if last and in_force else "", last.until if last else None,
        )  # fmt: skip
        url = tree.view_url(entity.origin.path, value.line or None) if tree else ""
        return Fact(entity.ref, FAMILY, key, value, FAMILY, url=url)

    @property
    def _today(self) -> date:
        return self.evidence.now.date()

    def _proposal(self, drift: FoundDrift, tree: Tree) -> tuple[DescriptorProposal | None, str]:
        """The changed descriptor and the difference; nothing where it has secrets, or where the change cannot be made alone."""
        origin = drift.entity.origin
        text = self._text(tree, drift.entity)
        if not text or not origin.line or drift.edit is None or len(self._proposals) >= MOST_PATCHES or mask(text) != text:
            return None, ""
        content = patched(text, origin.document, drift.edit)
        if content is None:
            return None, ""
        patch = difference(origin.path, text, content)
        if len(patch) > MAX_PATCH:
            return None, ""
        repository, path, revision = place_of(tree, origin.path, origin.revision)
        name = hashlib.sha256("\0".join((str(drift.entity.ref), drift.kind, drift.declared)).encode()).hexdigest()[:16]
        key = f"drift {drift.kind} {drift.entity.ref} {drift.declared[:_SHOWN]}"
        proposal = DescriptorProposal(f"{name}.json", repository, path, revision, content, reason_of(drift), key)
        self._proposals.append(proposal)
        return proposal, patch

    def _text(self, tree: Tree, entity: Entity) -> str:
        origin = entity.origin
        place = (origin.source, origin.tree, origin.path)
        if place not in self._texts:
            self._texts.clear()  # entities of one file stand one after another at most by chance; one is kept for its own findings
            try:
                self._texts[place] = tree.read(origin.path, MAX_BYTES).decode("utf-8")
            except (TreeError, UnicodeDecodeError):
                self._texts[place] = ""
        return self._texts[place]


def difference(path: str, before: str, after: str) -> str:
    """The unified diff of a file."""
    rows = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}")
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)
