"""What a connector has so far: facts, what was measured, and what went wrong, each said in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from callboard.io.http.limits import Traffic
from callboard.model.errors import CallboardError
from callboard.model.facts.fact import Fact, Measurement, Value
from callboard.model.facts.words import FactError
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins.integrations import rules
from callboard.plugins.integrations.base import FactBatch, IntegrationFailure, IntegrationTraffic, Target

PROBLEMS = 200
"""Of one integration; a vendor that says a thousand odd things is told about two hundred times."""


@dataclass(slots=True)
class FactCollector:
    """Grows while a connector works; ``done`` makes the value of it."""

    source: str
    """Name of the integration in ``sources.yaml``."""
    facts: dict[tuple[EntityRef, str, str, str], Fact] = field(default_factory=dict)
    """By subject, family, environment and key: a vendor that says the same thing twice says it once."""
    asked: dict[tuple[EntityRef, str], bool] = field(default_factory=dict)
    """Whether what is known of a subject and a family is complete."""
    problems: list[Problem] = field(default_factory=list)
    failures: list[IntegrationFailure] = field(default_factory=list)
    traffic: list[IntegrationTraffic] = field(default_factory=list)

    def measured(self, subjects: Iterable[Target], *families: str, complete: bool = True) -> None:
        """Somebody was asked about these; once incomplete stays incomplete."""
        for subject in subjects:
            for family in families:
                at = (subject.ref, family)
                self.asked[at] = complete and self.asked.get(at, True)

    def add(
        self,
        subjects: Iterable[Target],
        family: str,
        key: str,
        make: Callable[[], Value],
        *,
        environment: str = "",
        url: str = "",
        observed_at: datetime | None = None,
    ) -> None:
        """A fact about each of the subjects.

        Where ``make`` raises ``FactError`` there is a problem instead, and what is known of the family is incomplete.
        """
        for subject in subjects:
            try:
                fact = Fact(subject.ref, family, key[:200], make(), self.source, environment[:80], url[:2000], observed_at)
            except FactError as error:
                self.odd(subject, family, key, str(error))
                continue
            self.facts[subject.ref, family, environment, key] = fact
            self.measured([subject], family)

    def odd(self, subject: Target, family: str, key: str, message: str) -> None:
        """Something about a subject that cannot be understood."""
        self.measured([subject], family, complete=False)
        said = f"`{self.source}` reports a fact about `{subject.ref}` ({family} {key[:80]!r}) that cannot be used: {message}."
        if len(self.problems) < PROBLEMS:
            self.problems.append(
                rules.UNUSABLE_FACT.problem(
                    said,
                    subject=subject.ref,
                    field=f"{self.source}/{family}/{key[:80]}",
                    hint="Correct the value in the tool or file that it comes from.",
                )
            )

    def unknown(self, subjects: Iterable[Target], annotation: str, message: str, hint: str = "") -> None:
        """An annotation whose value the tool cannot use or does not know; ``message`` is a sentence."""
        for subject in subjects:
            if len(self.problems) < PROBLEMS:
                self.problems.append(
                    rules.UNUSABLE_ANNOTATION.problem(
                        message, subject=subject.ref, field=f"metadata.annotations.{annotation}", hint=hint or "Correct the annotation."
                    )
                )

    def failed(self, error: CallboardError, place: str = "", subjects: Iterable[Target] = (), *families: str) -> None:
        """Something could not be asked: what it would have said about these subjects is incomplete."""
        self.failures.append(IntegrationFailure(self.source, place, str(error), error.hint))
        self.measured(subjects, *families, complete=False)

    def asking(self, traffic: Traffic) -> None:
        """Count the requests of a client."""
        self.traffic.append(IntegrationTraffic(self.source, traffic))

    def done(self) -> FactBatch:
        """All of it, sorted."""
        facts = tuple(fact for _, fact in sorted(self.facts.items()))
        asked = tuple(Measurement(ref, family, self.source, complete) for (ref, family), complete in sorted(self.asked.items()))
        return FactBatch(facts, asked, tuple(self.problems), tuple(self.failures), tuple(self.traffic))
