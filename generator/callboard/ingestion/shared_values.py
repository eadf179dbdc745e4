"""Results of reading descriptors → equal ones in which equal short strings are one object.

Keys, kinds, owners, types and hints of problems are the same in thousands of descriptors. Results that come from a cache or from another
process have a string of their own for each, which takes as much memory as all that differs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callboard.descriptors.reading import FileResult
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef

LONGEST = 64
"""Letters of a value that is looked up; longer ones are seldom equal."""


class SharedValues:
    """The strings and origins of the results so far. Use it while descriptors are read."""

    def __init__(self) -> None:
        self._strings: dict[str, str] = {}
        self._origins: dict[Origin, Origin] = {}

    def result(self, result: FileResult) -> FileResult:
        """An equal result."""
        entities, problems = tuple(map(self._entity, result.entities)), tuple(map(self._problem, result.problems))
        self._origins.clear()
        return replace(result, entities=entities, problems=problems)

    def _entity(self, entity: Entity) -> Entity:
        return Entity(
            self._ref(entity.ref), self._string(entity.kind), self._string(entity.api_version), self._value(entity.metadata),
            self._value(entity.spec), self._origin(entity.origin), entity.digest, entity.text, entity.derived,
        )  # fmt: skip

    def _problem(self, problem: Problem) -> Problem:
        subject, origin = problem.subject, problem.origin
        return replace(
            problem,
            code=self._string(problem.code),
            origin=self._origin(origin) if origin else None,
            subject=self._ref(subject) if subject else None,
            field=self._string(problem.field),
            hint=self._shared(problem.hint),
        )

    def _ref(self, ref: EntityRef) -> EntityRef:
        return EntityRef(*map(self._string, ref))

    def _origin(self, origin: Origin) -> Origin:
        """The origin of a document, of which an entity and its problems have one each."""
        if origin not in self._origins:
            source, tree, repository, revision, path = map(
                self._shared, (origin.source, origin.tree, origin.repository, origin.revision, origin.path)
            )
            self._origins[origin] = Origin(source, tree, repository, revision, path, origin.document, origin.line, origin.via_locations)
        return self._origins[origin]

    def _shared(self, text: str) -> str:
        return self._strings.setdefault(text, text)

    def _string(self, text: str) -> str:
        return self._strings.setdefault(text, text) if len(text) <= LONGEST else text

    def _value(self, value: Any) -> Any:
        """A value of JSON. Those of other types, as a date in YAML, stay as they are."""
        kind = type(value)
        if kind is str:
            return self._string(value)
        if kind is dict:
            return {self._value(key): self._value(item) for key, item in value.items()}
        if kind is list:
            return [self._value(item) for item in value]
        return value
