"""Mending a descriptor in its text: exactly what is wrong changes, and nothing else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.descriptors.document import FileLocation
from callboard.descriptors.fixing import FIXES, fix_text
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_text
from callboard.model.entity import Origin
from callboard.model.errors import MissingFileError
from callboard.model.fields import undotted
from callboard.model.problem import Problem, Severity
from callboard.model.ref import EntityRef
from callboard.settings.settings import Limits
from callboard.yaml import documents as yaml_documents


def missing(path):
    raise MissingFileError(path)


def problems_of(text):
    return read_text(text.encode(), FileLocation("s", "t", "r", "", "c.yaml"), missing, builtin_kinds(), Limits()).problems


def nothing(_):
    return ()


def descriptor(metadata, spec="  type: service\n  lifecycle: production\n  owner: web\n"):
    return f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n{metadata}spec:\n{spec}"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("  annotations:\n    a.example/id: 48113   # the project\n", '  annotations:\n    a.example/id: "48113"   # the project\n'),
        ("  annotations: {a: true, b: 1.0, c: 0x1F}\n", '  annotations: {a: "true", b: "1.0", c: "0x1F"}\n'),
        ("  labels: {tier: 1, odd: -1}\n", '  labels: {tier: "1", odd: -1}\n'),
        ("  tags: [Java, 'Spring Boot', \"C#\", ok]\n", "  tags: [java, 'spring-boot', \"c#\", ok]\n"),
        ("  tags:\n    - 8   # eight\n    - '#Sharp'\n", "  tags:\n    - \"8\"   # eight\n    - '#sharp'\n"),
        ("  tags: [NULL_, True]\n", '  tags: ["null", "true"]\n'),
        ("  annotations:\n    jenkins.io/github-folder: a/b\n", "  annotations:\n    jenkins.io/job-full-name: a/b\n"),
        ('  annotations:\n    "backstage.io/github-actions-id": a/b\n', '  annotations:\n    "github.com/project-slug": a/b\n'),
        ("  namespace: Shop\n", "  namespace: shop\n"),
    ],
)
def test_what_can_be_mended_is_mended_in_its_place(wrong, right):
    text = descriptor(wrong)
    fixed, count = fix_text(text, problems_of(text), nothing)
    assert fixed == descriptor(right)
    assert count == len(problems_of(text)) - len(problems_of(fixed)) > 0


@pytest.mark.parametrize(
    "metadata",
    [
        "  annotations:\n    a:\n",
        "  annotations:\n    a: [1]\n",
        "  tags: ['...']\n",
        "  annotations: {jenkins.io/github-folder: a/b, jenkins.io/job-full-name: c}\n",
        "  annotations:\n    backstage.io/definition-at-location: x\n",
        "  annotations: &a {x: 1}\n  labels: *a\n",
        "  tags: [&t Java]\n  title: *t\n",
        "  tags:\n    - >-\n      Java\n",
        "  namespace: Shop Floor\n",
    ],
)
def test_what_cannot_be_mended_safely_stays(metadata):
    text = descriptor(metadata)
    assert fix_text(text, problems_of(text), nothing) == (text, 0)


@pytest.mark.parametrize(
    ("items", "known", "expected"),
    [
        ("[orders]", ["component"], "[component:orders]"),
        ("[orders]", ["component", "resource"], "[orders]"),
        ("[orders]", [], "[orders]"),
        ("['ops/orders']", ["api"], "['api:ops/orders']"),
        ("orders", ["api"], "api:orders"),
    ],
)
def test_a_dependency_gets_the_kind_of_the_only_entity_of_its_name(items, known, expected):
    spec = "  type: x\n  dependsOn: {}  # what we need\n"
    path = "spec.dependsOn" + ("[0]" if items.startswith("[") else "")
    problem = Problem(
        "REF002", Severity.ERROR, "m", Origin("s", "t", "r", "", "c.yaml", 0, 1), subject=EntityRef("component", "ops", "x"), field=path
    )
    asked = []
    fixed, _ = fix_text(descriptor("", spec.format(items)), [problem], lambda bare: asked.append(bare) or known)
    assert fixed == descriptor("", spec.format(expected))
    assert asked == [EntityRef("", "ops", "orders")]


def test_other_documents_and_line_ends_stay_as_they_are():
    parts = [
        "# a list\r\n---\r\n",
        descriptor("  tags: [A]\n"),
        "--- # two\n",
        descriptor("  tags: [b] \n"),
        "...\n",
        descriptor("  tags: [C]\n"),
    ]
    text = "".join(parts)
    fixed, count = fix_text(text, problems_of(text), nothing)
    assert (fixed, count) == (text.replace("[A]", "[a]").replace("[C]", "[c]"), 2)


def test_a_document_that_is_no_yaml_is_left_alone():
    text = descriptor("  tags: [A\n")
    tag = Problem("ENT011", Severity.ERROR, "m", Origin("s", "t", "r", "", "c.yaml", 0, 1), field="metadata.tags[0]")
    assert fix_text(text, [tag], nothing) == (text, 0)


SCALARS = st.sampled_from(
    ["1", "true", "1.50", "0o17", "2024-01-01", "on", "~", "text", "'1'", '"two # words"', "Java", "C#", "'Spring Boot'", "-1", "é", "[]",
     "{x: 1}", "!!str 5", "&a 5", "|\n      folded 7", "a/b", '"\\x41"', "1_000", "'it''s'", "12e3", "*a"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["a.example/x", "jenkins.io/github-folder", "b", "'c'", "backstage.io/github-actions-id", "jenkins.io/job-full-name", "1"]
)
COMMENTS = st.sampled_from(["", "  # kept: [A, 1]", "   "])
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def descriptors(draw):
    def pairs(name):
        rows = draw(st.lists(st.tuples(KEYS, SCALARS, COMMENTS), max_size=4))
        return f"  {name}:\n" + "".join(f"    {key}: {value}{comment if chr(10) not in value else ''}\n" for key, value, comment in rows)

    tags = "".join(
        f"    - {tag}{comment if chr(10) not in tag else ''}\n" for tag, comment in draw(st.lists(st.tuples(SCALARS, COMMENTS), max_size=4))
    )
    flow = ", ".join(draw(st.lists(st.sampled_from(["Go", "java", "8", "'A b'", "c++"]), max_size=3)))
    tagged = f"  tags:\n{tags}" if draw(st.booleans()) else f"  tags: [{flow}]\n"
    namespace = draw(st.sampled_from(["", "  namespace: Shop\n", "  namespace: ops # ours\n", "  namespace: 'OPS'\n"]))
    text = descriptor(draw(COMMENTS) + "\n" + namespace + pairs("annotations") + pairs("labels") + tagged)
    return text.replace("\n", draw(ENDS))


def leaves(value, path=()):
    if isinstance(value, dict):
        return {p: leaf for key, item in value.items() for p, leaf in leaves(item, (*path, key)).items()} | {path: "{}"}
    if isinstance(value, list):
        return {p: leaf for index, item in enumerate(value) for p, leaf in leaves(item, (*path, index)).items()} | {path: len(value)}
    return {path: json.dumps(value)}


@settings(deadline=None)
@given(st.lists(descriptors(), min_size=1, max_size=3))
def test_mending_changes_nothing_but_what_is_wrong_and_does_so_once(parts):
    text = "---\n".join(parts)
    problems = problems_of(text)
    fixed, count = fix_text(text, problems, nothing)
    wrong = {(problem.origin.document, undotted(problem.field)) for problem in problems if problem.code in FIXES}
    before, after = yaml_documents.read_documents(text), yaml_documents.read_documents(fixed)
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert (old.failed, old.line) == (new.failed, new.line)
        changed = {(old.index, path) for path, _ in leaves(old.value).items() ^ leaves(new.value).items()}
        keys = {path[:-1] for _, path in wrong if "annotations" in path}
        assert all(place in wrong or place[1][:-1] in keys for place in changed)
    assert (count == 0) == (fixed == text)
    assert fixed.count("\n") == text.count("\n")
    assert [line.partition("  #")[2] for line in fixed.splitlines()] == [line.partition("  #")[2] for line in text.splitlines()]
    assert fix_text(fixed, problems_of(fixed), nothing) == (fixed, 0)
    assert len([p for p in problems if p.severity == "error"]) - len([p for p in problems_of(fixed) if p.severity == "error"]) <= count
