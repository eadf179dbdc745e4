"""FIL001: which values are placeholders, and which only speak of them (descriptors.md, C1; real descriptors)."""

import json

import pytest

from descriptor_reading import read

PROSE = [
    ("TODO app for learning", False),
    ("TODO: describe it", True), ("TODO", True), ("TODO add a description", True), ("FIXME", True),
    ("Tracks TODO comments", False),
    ("TODO-list service", False), ("TODO - describe", True),
    ("TBD ratio calculator", False), ("TBD.", True), ("lorem ipsum generator", False),
    ("Lorem ipsum dolor sit amet", True), ("Fills <your-team> placeholders in templates", False), ("<Your description here>", True),
    ("Uses {{ .Values.image }} in charts", False), ("Renders ${{ github.sha }} into reports", False),
    ("Made for ${{ values.team }}", True), ("A service of {{cookiecutter.owner}}", True), ("xxx", True),
]  # fmt: skip
ANNOTATIONS = [
    ("{{ $labels.job }} is down", False), ("https://grafana.acme.test/d/x?var-job={{job}}", False), ("your-org/your-repo", True),
    ("https://github.com/your-org/repo", True), ("https://docs.acme.test/your-project/quickstart", False),
    ("${{ values.slug }}", True), ("changeme", True),
]  # fmt: skip
OWNERS = [("<your-team>", True), ("team-<name>", True), ("{{ owner }}", True), ("TODO team", True), ("todo-team", False)]


def is_placeholder(**changes):
    metadata = {"name": "shop", "description": "Sells", **changes.get("metadata", {})}
    spec = {"type": "service", "lifecycle": "production", "owner": changes.get("owner", "team-a")}
    text = json.dumps({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec})
    return any(problem.code == "FIL001" for problem in read(text, None).problems)


@pytest.mark.parametrize(("text", "expected"), PROSE)
@pytest.mark.parametrize("field", ["title", "description"])
def test_prose_is_a_placeholder_only_as_a_whole(field, text, expected):
    assert is_placeholder(metadata={field: text}) is expected


@pytest.mark.parametrize(("text", "expected"), ANNOTATIONS)
def test_an_annotation_may_have_braces_of_its_own(text, expected):
    assert is_placeholder(metadata={"annotations": {"acme.example/x": text}}) is expected


@pytest.mark.parametrize(("text", "expected"), OWNERS)
def test_a_name_may_not(text, expected):
    assert is_placeholder(owner=text) is expected
