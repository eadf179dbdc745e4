"""YML010: the file cannot be read."""

from __future__ import annotations

from generator.errors import TreeError
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="YML010",
    name="unreadable-file",
    severity=Severity.ERROR,
    summary="The file cannot be read.",
    means="""A source or a Location named the file, and it could not be opened: it is missing, no file, or a link that leads out of
the repository.""",
    matters="""Its entities are missing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./a-folder
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./a-folder/catalog-info.yaml
""",
)


def problem(error: TreeError, origin: Origin) -> Problem:
    """The finding for a file that its tree does not give out."""
    return RULE.problem(f"The file cannot be read: {error}.", origin=origin, hint=error.hint or "Correct the path that leads to it.")
