"""Documents that were dropped or hidden in silence, each with its source: the report of faults (its number) or Backstage's behaviour."""

import pytest

from callboard.descriptors import checking
from callboard.descriptors.document import FileLocation
from callboard.descriptors.rules import files
from callboard.model.errors import MissingFileError
from callboard.model.problem import Severity
from callboard.settings.settings import Limits
from callboard.yaml import documents
from descriptor_reading import GOOD, read

BROKEN = "  description: Load tests: for charts\n"
INDENTED = "".join(f"  {line}\n" for line in GOOD.replace("  name: orders\n", f"  name: orders\n{BROKEN}").splitlines())


def descriptor(metadata):
    return GOOD.replace("  name: orders\n", f"  name: orders\n{metadata}")


def codes(result):
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # descriptors A1, real-catalogs 1: a mark of a template language anywhere in the text
        (descriptor(f'{BROKEN}  annotations:\n    grafana/dashboard: "https://g.acme.test/d/x?var-job={{{{job}}}}"\n'), "YML001"),
        (descriptor(f"{BROKEN}  # filled in by {{{{ cookiecutter }}}}\n"), "YML001"),
        (descriptor(f"{BROKEN}  title: 100<%20\n"), "YML001"),
        (descriptor("  title: a {% b %}\n\tdescription: x\n"), "YML003"),
        (descriptor("  title: '{{ a }}'\n  title: b\n"), "YML002"),
        (descriptor(f"{BROKEN}  x: |\n    {{{{ a }}}}\n    {{% b %}}\n"), "YML001"),
        (descriptor("  owner: {{ team }}-x\n"), "YML001"),
        (descriptor(f"{BROKEN}  links: [{{title: '{{{{ name }}}}'}}]\n  labels:\n    name: '{{{{ x }}}}'\n"), "YML001"),
        # real-catalogs 1: no key in the first column
        ('{"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "rocket" "title": "R"}}', "YML001"),
        ('{\n  "apiVersion": "backstage.io/v1alpha1"\n  "kind": "Component"\n}', "YML001"),
        (descriptor(BROKEN).replace("apiVersion:", '"apiVersion":').replace("kind:", '"kind":'), "YML001"),
        (INDENTED, "YML001"),
        ("metadata: {name: a\n", "YML001"),
        ("# nothing of a descriptor, but its name\n<html>: <body: x>: y", "YML001"),
        # real-catalogs 6: a line --- cuts a descriptor
        (f"{GOOD}---\n  dependsOn:\n    - component:rates\n", "YML011"),
        (descriptor("  x: |\n    <% if y %>\n" + BROKEN), "YML001"),
        (f"annotations:\n  a/b: c\n---\n{GOOD}", "YML011"),
        (f"{GOOD}---\nname: CI\non: [push]\n", "YML011"),
    ],
)
def test_a_document_that_cannot_be_read_is_a_problem(text, code):
    result = read(text)
    assert code in codes(result)
    assert all(problem.severity == "error" for problem in result.problems if problem.code == code)
    assert result.skipped == ()


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("name: orders", "name: {{ cookiecutter.name }}-api"),
        GOOD.replace("name: orders", "name: <%= name %>: x"),
        GOOD.replace("name: orders", "namespace: {{ ns }}-x\n  name: orders"),
        GOOD.replace("  name: orders\n", "  {%- if x %}\n  name: orders\n  {%- endif %}\n"),
        GOOD.replace("  name: orders\n", "  <% if x %>\n  name: orders\n"),
        GOOD.replace("spec:\n", "{{- if .Values.x }}\nspec:\n"),
    ],
)
def test_the_skeleton_of_a_template_is_counted_and_not_reported(text):
    result = read(text)
    assert ([skipped.reason for skipped in result.skipped], result.problems) == (["template-skeleton"], ())


def test_other_yaml_that_cannot_be_read_is_counted_where_nothing_hints_at_a_descriptor():
    def missing(path):
        raise MissingFileError(path)

    place = FileLocation("here", "tree", "acme/web", "", "docs/README.md")
    result = read("# Read: me: now\nand: this: too\n", place=place)
    assert ([skipped.reason for skipped in result.skipped], result.problems) == (["not-a-descriptor"], ())
    assert codes(read(descriptor(BROKEN), place=place)) == ["YML001"]


MANIFEST = "apiVersion: {}\nkind: {}\nmetadata: {{name: shop}}\n"


@pytest.mark.parametrize(
    ("version", "kind", "path", "expected"),
    [
        # real-catalogs 10: `include: **/*.yaml` made entities of Namespace, Role, LimitRange
        ("v1", "Namespace", "deploy/ns.yaml", "kubernetes"),
        ("rbac.authorization.k8s.io/v1", "Role", "deploy/ns.yaml", "kubernetes"),
        ("apps/v1", "Deployment", "deploy/ns.yaml", "kubernetes"),
        ("argoproj.io/v1alpha1", "Application", "deploy/ns.yaml", "kubernetes"),
        ("image.toolkit.fluxcd.io/v1beta2", "ImagePolicy", "deploy/ns.yaml", "kubernetes"),
        ("v1", "Service", "catalog-info.yaml", "ENT004"),  # a file for descriptors: the author meant a Component
        ("v1", "Component", "deploy/ns.yaml", "ENT002"),  # a kind of the portal
        ("backstage.io/v1alpha1", "Namespace", "deploy/ns.yaml", "ENT004"),
        ("acme.example/v1", "Dataset", "deploy/ns.yaml", "ENT004"),  # perhaps a kind of one's own
        ("evilk8s.io/v1", "Role", "deploy/ns.yaml", "ENT004"),
        ("7", "Role", "deploy/ns.yaml", "ENT004"),
    ],
)
def test_manifests_of_kubernetes_are_counted_where_no_descriptor_is_expected(version, kind, path, expected):
    result = read(MANIFEST.format(version, kind), place=FileLocation("here", "tree", "acme/web", "", path))
    assert expected in [*codes(result), *(skipped.reason for skipped in result.skipped)]
    assert bool(result.skipped) == (expected == "kubernetes")


def test_a_manifest_beside_descriptors_is_no_half_of_one():
    result = read(f"{GOOD}---\n{MANIFEST.format('v1', 'Service')}", place=FileLocation("here", "tree", "acme/web", "", "deploy/all.yaml"))
    assert ([skipped.reason for skipped in result.skipped], codes(result), len(result.entities)) == (["kubernetes"], [], 1)


def test_empty_documents_between_others_are_nothing_and_an_empty_file_is_counted():
    assert read(f"---\n---\n{GOOD}---\n").skipped == ()
    for text in ("---\n", "---\n---\n", "# a\n---\n# b\n---\nnull\n"):
        assert [skipped.reason for skipped in read(text).skipped] == ["empty"]


def tagged(number, tag="a:b"):
    return descriptor(f"  tags: [{tag}]\n").replace("orders", f"orders-{number}")


def test_errors_are_kept_before_warnings_and_what_is_left_out_is_said():
    """Report real-backstage, A1: 201 warnings, then a document that is no YAML and one of an unknown kind."""
    text = "---\n".join([*map(tagged, range(201)), "kind: a: b\n", GOOD.replace("Component", "Komponente").replace("orders", "x")])
    result = read(text)
    assert len(result.entities) == 202
    assert {"YML001", "ENT004"} <= set(codes(result))
    last = result.problems[-1]
    assert (last.code, last.severity, len(result.problems)) == ("YML009", Severity.WARNING, 201)
    assert "3 of ENT011" in last.message


def test_documents_beyond_the_limit_are_an_error_behind_any_number_of_warnings_and_errors():
    """Report real-backstage, A1: 375 of 1,375 entities were missing, and nothing said so."""
    for tag in ("a:b", "A"):
        text = "---\n".join(tagged(number, tag) for number in range(30))
        result = read(text, limits=Limits(documents_per_file=20, problems_per_file=5))
        assert "YML005" in codes(result)
        assert len(result.problems) == 6


def test_the_problem_that_counts_the_rest_is_as_severe_as_the_worst_of_it():
    result = read("---\n".join(tagged(number, "A") for number in range(8)), limits=Limits(problems_per_file=5))
    assert [(problem.code, problem.severity) for problem in result.problems][-1] == ("YML009", Severity.ERROR)
    assert "3 of ENT011" in result.problems[-1].message


def test_an_error_behind_many_warnings_of_the_same_document_and_rule_is_kept():
    tags = ", ".join(["a:b"] * 300 + ["Ä B"])
    assert [problem.severity for problem in read(descriptor(f"  tags: [{tags}]\n")).problems].count("error") == 1


def explode(document):
    yield from ()
    raise ZeroDivisionError(f"at {document.ref} with token ghp_0123456789012345678901234567890123456")


def test_a_rule_that_fails_is_a_problem_of_its_document_and_hides_nothing(monkeypatch):
    monkeypatch.setattr(checking, "_CHECKS_OF_CONTENT", (explode, *checking._CHECKS_OF_CONTENT))
    result = read(f"{tagged(1, 'A')}---\n{GOOD}")
    assert len(result.entities) == 2
    assert codes(result) == [files.RULE_FAILED.code, "ENT011", "YML012"]
    problem = result.problems[0]
    assert "`explode` failed: ZeroDivisionError" in problem.message
    assert "ghp_012345" not in problem.message
    assert (str(problem.subject), problem.origin.line) == ("component:default/orders-1", 1)


def test_a_step_of_reading_that_fails_loses_only_its_document(monkeypatch):
    def fail(value, kind):
        if value["metadata"]["name"] == "orders-1":
            raise RecursionError
        return ()

    monkeypatch.setattr("callboard.descriptors.reading.house_rule_errors", lambda value, kind, _: fail(value, kind))
    result = read(f"{tagged(1, 'a')}---\n{GOOD}")
    assert [str(entity.ref) for entity in result.entities] == ["component:default/orders"]
    assert [(problem.code, problem.origin.document) for problem in result.problems] == [("YML012", 0)]


def test_a_parser_that_fails_loses_only_its_document(monkeypatch):
    original = documents.compose_source
    monkeypatch.setattr(documents, "compose_source", lambda text, depth: 1 / 0 if "orders-1" in text else original(text, depth))
    result = read(f"{tagged(1, 'a')}---\n{GOOD}")
    assert [str(entity.ref) for entity in result.entities] == ["component:default/orders"]
    assert [(problem.code, problem.origin.document) for problem in result.problems] == [("YML012", 0)]


@pytest.mark.parametrize("number", [f"0x{'f' * 5000}", f"0o{'7' * 5000}", "1e999", "9" * 5000, ".inf"])
@pytest.mark.parametrize("where", ["spec", "labels", "json", "yaml"])
def test_a_number_of_any_size_ends_nothing(number, where):
    """Report hostile, A2: a hexadecimal integer of more than 3,571 digits, and 1e999 in $json, ended every build."""
    spec = GOOD.replace("  owner:", f"  x: {number}\n  owner:")
    text = {"spec": spec, "labels": descriptor(f"  labels: {{a: {number}}}\n")}.get(
        where, GOOD.replace("  owner:", f"  x:\n    ${where}: ./x.txt\n  owner:")
    )
    result = read(text, {"svc/x.txt": f'{{"a": {number}}}'})
    assert len(result.entities) == 1
    assert "YML012" not in codes(result)
    if where != "labels" and number[0] in "19":
        assert result.entities[0].spec["x"] in (None, {"a": None})


def test_a_missing_line_between_two_descriptors_is_one_problem_that_says_where_it_belongs():
    """Report descriptors, C4: four problems, and none said "put --- before line 9"."""
    [problem] = read(GOOD + GOOD.replace("orders", "b")).problems
    assert (problem.code, problem.span.line) == ("YML002", 9)
    assert problem.hint == "Put a line --- before line 9 if a second descriptor begins there."
    nested = read(GOOD.replace("  type:", "  type: a\n  type:") + GOOD).problems
    assert [problem.span.line for problem in nested] == [10, 7]
