"""SPC001: the kind needs a field that is missing below spec."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.descriptors.examined import Examined, Path, at, shown, with_article
from generator.descriptors.positions import dotted
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC001",
    name="missing-spec-field",
    severity=Severity.ERROR,
    summary="The kind needs a field that is missing below spec.",
    means="""Each kind asks for some fields: a Component for `type`, `lifecycle` and `owner`, a Group for `type` and `children`
(which may be `[]`), a User for `memberOf` (which may be `[]`).""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each required field below the spec that is missing."""
    for error in document.errors:
        if error.keyword == "required" and error.path[:1] == ("spec",):
            name = error.details["property"]
            yield _problem(document, error.path, name)


def _problem(document: Examined, path: Path, name: str) -> Problem:
    place = dotted(path)
    slip = next((key for key in islice(at(document.value, path), 200) if nearest(key, (name,))), None)
    if slip:
        return document.problem(
            RULE,
            f"`{place}` has `{shown(slip)}` where `{name}` is expected.",
            (*path, slip),
            f"Write {name} instead of {slip}.",
            at_key=True,
        )
    what = with_article(document.kind.name) if document.kind and path == ("spec",) else f"`{place}`"
    moved = next(
        (home for home in ("metadata", "") if path == ("spec",) and name in (document.metadata() if home else document.value)), None
    )
    hint = (
        f"Move {name} from {moved or 'the root'} to below spec:."
        if moved is not None
        else _HINTS.get(name, f'Add "{name}: …" below "{path[-1]}:".')
    )
    if "<<" in at(document.value, path):
        hint = f"YAML 1.2, as Backstage reads it, merges nothing by `<<`: write {name} itself below {path[-1]}:."
    return document.problem(RULE, f"{what} needs `{place}.{name}`.", (*path, name), hint)


_HINTS = {
    "children": "Add children: [] below spec:, or list the groups below this one.",
    "memberOf": "Add memberOf: [] below spec:, or list the person's groups.",
    "lifecycle": "Add lifecycle: production below spec: (or experimental, deprecated).",
    "owner": "Add owner: <team> below spec:.",
    "definition": "Add definition: below spec:, most often with $text: ./openapi.yaml below it.",
}
