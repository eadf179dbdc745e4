"""Collects what a connector finds while it runs: facts, measurements, problems and failures in, one ``FactBatch`` out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime

from callboard.io.http.limits import Traffic
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError, PluginError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.validation import FactError
from callboard.model.facts.value import FactValue
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins.installed_families import installed_families
from callboard.plugins.integrations import rules
from callboard.plugins.integrations.base import FactBatch, IntegrationFailure, IntegrationTraffic, Target

PROBLEMS = 200
"""Problems that are kept of one integration: a tool with a thousand invalid values must not flood the portal."""


@dataclass(slots=True)
class FactCollector:
    """Mutable result of one run of a connector; ``batch`` returns it as a value."""

    source: str
    """Name of the integration in ``sources.yaml``."""
    facts: dict[tuple[EntityRef, str, str, str], Fact] = field(default_factory=dict)
    """By entity, family, environment and key; of facts with equal keys the last one counts."""
    measurements: dict[tuple[EntityRef, str], bool] = field(default_factory=dict)
    """By entity and family: whether the facts are complete."""
    since: dict[tuple[EntityRef, str], datetime] = field(default_factory=dict)
    """By entity and family: since when the facts are whole, where a query was limited to a time."""
    problems: list[Problem] = field(default_factory=list)
    failures: list[IntegrationFailure] = field(default_factory=list)
    traffic: list[IntegrationTraffic] = field(default_factory=list)

    def add_fact(
        self,
        targets: Iterable[Target],
        family: str,
        key: str,
        make: Callable[[], FactValue],
        *,
        environment: str = "",
        url: str = "",
        observed_at: datetime | None = None,
    ) -> None:
        """Add a fact about each of the targets; ``make`` creates its value.

        If ``make`` raises ``FactError``, a problem is added instead, and the family of that target counts as incomplete.
        """
        for target in targets:
            try:
                fact = Fact(target.ref, family, key[:200], make(), self.source, environment[:80], url[:2000], observed_at)
            except FactError as error:
                self.add_unusable_fact(target, family, key, str(error))
                continue
            self.facts[target.ref, family, environment, key] = fact
            self.add_measurements([target], family)

    def add_measurements(self, targets: Iterable[Target], *families: str, complete: bool = True, since: datetime | None = None) -> None:
        """Record that the tool was queried about these families of the targets; a family that was incomplete once stays so.

        ``since``: the beginning (aware) of the time that the query covers; None if it is not limited. Of several, the latest counts.
        """
        for target in targets:
            for family in families:
                key = (target.ref, family)
                self.measurements[key] = complete and self.measurements.get(key, True)
                if since is not None:
                    self.since[key] = max(since, self.since.get(key, since))

    def add_unusable_fact(self, target: Target, family: str, key: str, message: str) -> None:
        """Add a problem about a fact whose value cannot be used; the family of the target counts as incomplete."""
        self.add_measurements([target], family, complete=False)
        self._add_problem(unusable_fact(self.source, target.ref, family, key, message))

    def add_unusable_annotation(self, targets: Iterable[Target], annotation: str, message: str, hint: str = "") -> None:
        """Add a problem about an annotation whose value is invalid or unknown to the tool; ``message`` is a sentence."""
        for target in targets:
            self._add_problem(
                rules.UNUSABLE_ANNOTATION.problem(
                    message, subject=target.ref, field=f"metadata.annotations.{annotation}", hint=hint or "Correct the annotation."
                )
            )

    def add_unknown_entity(self, entity: str, place: str) -> None:
        """Add a problem about a fact whose entity is not in the catalog; ``place`` is where the fact stands."""
        self.problems.append(unknown_entity(self.source, entity, place))

    def add_failure(self, error: CallboardError, place: str = "", targets: Iterable[Target] = (), *families: str) -> None:
        """Add a query that failed; these families of the targets count as incomplete. ``place`` is what was queried."""
        self.failures.append(IntegrationFailure(self.source, place, str(error), error.hint))
        self.add_measurements(targets, *families, complete=False)

    def add_traffic(self, traffic: Traffic) -> None:
        """Count the requests of a client."""
        self.traffic.append(IntegrationTraffic(self.source, traffic))

    def batch(self) -> FactBatch:
        """The result, with facts and measurements sorted."""
        facts = tuple(fact for _, fact in sorted(self.facts.items()))
        measurements = tuple(
            Measurement(ref, family, self.source, complete, since=self.since.get((ref, family)))
            for (ref, family), complete in sorted(self.measurements.items())
        )
        return FactBatch(facts, measurements, tuple(self.problems), tuple(self.failures), tuple(self.traffic))

    def _add_problem(self, problem: Problem) -> None:
        if len(self.problems) < PROBLEMS:
            self.problems.append(problem)


def unusable_fact(source: str, ref: EntityRef, family: str, key: str, message: str, hint: str = "") -> Problem:
    """The problem about a fact of the integration ``source`` whose value cannot be used; ``message`` says why."""
    return rules.UNUSABLE_FACT.problem(
        f"`{source}` reports a fact about `{ref}` ({family} {key[:80]!r}) that cannot be used: {message}.",
        subject=ref,
        field=f"{source}/{family}/{key[:80]}",
        hint=hint or "Correct the value in the tool or file that it comes from.",
    )


def unknown_entity(source: str, entity: str, place: str = "") -> Problem:
    """The problem about facts of the integration ``source`` about an entity that is not in the catalog."""
    return rules.UNKNOWN_FACT_SUBJECT.problem(
        f"`{place or source}` reports facts about `{entity[:200]}`, which is not in the catalog.",
        field=f"{source}/{entity[:200]}",
        hint="Correct the name where the facts come from, or add a descriptor for the entity.",
    )


def unusable_families() -> tuple[Problem, ...]:
    """A problem for each installed family that cannot be used."""
    failures = installed_families().failures
    return tuple(rules.FAMILY_FAILED.problem(f"{error}.", field=name, hint=error.hint) for name, error in failures.items())


def family_failed(family: str, package: str, error: BaseException) -> Problem:
    """The problem about a plugin's family whose function for events raised an error."""
    what = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
    return rules.FAMILY_FAILED.problem(
        f"The events of the family `{family}` of `{package}` are left out in this build: {what[:300]}.",
        field=family,
        hint=f"Update {package}, or report this to its authors.",
    )


def panel_failed(family: str, package: str, reason: str) -> Problem:
    """The problem about a panel of a plugin's family that could not be rendered; ``reason`` is a clause."""
    return rules.FAMILY_FAILED.problem(
        f"A panel of the family `{family}` of `{package}` could not be rendered: {reason[:300]}.",
        field=family,
        hint=f"Update {package}, or report this to its authors.",
    )
