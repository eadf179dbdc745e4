"""Validity of whole entities against Backstage's own cases."""

import json

import pytest

from callboard.descriptors.checking import check
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.validation import schema_errors
from callboard.model.entity import Origin
from descriptor_reading import cases, read, refused

CASES = cases("kinds")
OTHER_SCHEMA = "AiResource (rule): spec.type skill"
"""Judges the schema of rules alone, with a skill; here as in Backstage's pipeline the type chooses the schema."""
OF_KINDS = [case for case in CASES if case["layer"].startswith("kind") and case["name"] != OTHER_SCHEMA]
OF_ENVELOPE = [case for case in CASES if not case["layer"].startswith("kind")]
ORIGIN = Origin("here", "tree", "acme/web", "", "catalog-info.yaml", 0, 1)
OTHER_LAYERS = {"ENT002", "ENT004"}
"""Whether the kind is known is asked in another layer."""


@pytest.mark.parametrize("case", OF_KINDS, ids=lambda case: case["name"])
def test_a_kind_agrees_with_backstage(case):
    result = read(json.dumps(case["input"]))
    assert refused(result) is (case["expect"]["result"] != "valid")
    codes = {problem.code for problem in result.problems}
    assert bool(codes & OTHER_LAYERS) is (case["expect"]["result"] == "unrecognized")


@pytest.mark.parametrize("case", OF_ENVELOPE, ids=lambda case: case["name"])
def test_the_envelope_agrees_with_backstage(case):
    value, layer = case["input"], case["layer"]
    errors = schema_errors(value, None)
    if layer == "envelope":
        errors = [e for e in errors if e.keyword != "additionalProperties"]
    found = bool(errors)
    if layer in {"field-format", "root-fields"} and isinstance(value, dict):
        document = CheckedDocument(value, json.dumps(value), ORIGIN, builtin_kinds(), errors=errors)
        found = any(problem.severity == "error" and problem.code != "ENT004" for problem in check(document))
    assert found is (case["expect"]["result"] != "valid")


def test_every_field_of_every_kind_is_described():
    for kind in builtin_kinds().by_name.values():
        assert kind.description
        for name, field in kind.spec_fields.items():
            assert field.get("description"), f"{kind.name}.{name}"


def test_relations_are_those_of_backstage():
    component = builtin_kinds().get("COMPONENT")
    assert {(r.field, r.type, r.reverse, r.default_kind, r.many) for r in component.relations} == {
        ("owner", "ownedBy", "ownerOf", "group", False),
        ("system", "partOf", "hasPart", "system", False),
        ("subcomponentOf", "partOf", "hasPart", "component", False),
        ("providesApis", "providesApi", "apiProvidedBy", "api", True),
        ("consumesApis", "consumesApi", "apiConsumedBy", "api", True),
        ("dependsOn", "dependsOn", "dependencyOf", None, True),
        ("dependencyOf", "dependencyOf", "dependsOn", None, True),
    }


@pytest.mark.parametrize(("tag", "severity"), [("team:web", "warning"), ("a:", "warning"), ("Team:web", "error"), ("a:-", "error")])
def test_a_colon_in_a_tag_is_accepted_with_a_warning(tag, severity):
    document = {"apiVersion": "backstage.io/v1alpha1", "kind": "System", "metadata": {"name": "s", "tags": [tag]}, "spec": {"owner": "a"}}
    assert [(p.code, str(p.severity)) for p in read(json.dumps(document)).problems] == [("ENT011", severity)]
