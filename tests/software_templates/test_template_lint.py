"""``callboard template lint``: every finding at its place, and nothing about what is right."""

import json
import os
import textwrap
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import yaml
from callboard.cli.template import command
from callboard.descriptors.kinds import builtin_kinds
from callboard.lint.check import check_paths
from callboard.plugins.rules import rules_of
from callboard.software_templates.linting.patterns import pattern_error
from callboard.software_templates.linting.template_lint import problems_of_template, with_skeleton_problems
from callboard.sources.files.folder import FolderTree
from callboard.state.recorded_trees import SavedTree, tree_record
from callboard.state.values import CollectedState
from descriptor_reading import PLACE, read
from support import EVERY_CASE

DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nonexistent")) / "templates/templates.json"
HEAD = """apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
"""
ASKED = """  parameters:
    - properties:
        name:
          type: string
        repoUrl:
          type: string
"""


def tree_of(folder, files):
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / ".git").mkdir(exist_ok=True)
    return FolderTree(folder, str(folder), "templates", "", sorted(files))


def found(text, tree=None, *, path="catalog-info.yaml"):
    place = type(PLACE)("here", tree.id if tree else "tree", "acme/templates", "", path)
    (entity,) = read(text, place=place).entities
    return list(problems_of_template(entity, tree))


def told(problems):
    return [(each.code, each.origin.path, each.span.line, each.span.column) for each in problems]


def template(steps, parameters=ASKED, output=""):
    return (
        HEAD + parameters + "  steps:\n" + textwrap.indent(textwrap.dedent(steps), "    ") + textwrap.indent(textwrap.dedent(output), "  ")
    )


RULES = sorted(rules_of("software_templates.rules"), key=lambda rule: rule.code)
SKELETONS = {
    "TPL011": {"skeleton/README.md": "# Hello\n"},
    "TPL012": {"skeleton/.github/workflows/ci.yaml": "env:\n  TOKEN: ${{ secrets.TOKEN }}\n"},
    "TPL013": {"skeleton/README.md": "# ${{ values.name }}\n"},
    "TPL014": {"skeleton/scripts/run.sh": "list=(a b)\necho ${#list[@]}\n"},
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_wrong_example_of_a_rule_has_the_defect_and_the_right_one_has_none(rule, tmp_path):
    tree = tree_of(tmp_path, SKELETONS.get(rule.code, {"skeleton/README.md": "# Hello\n"}))
    assert rule.code in {problem.code for problem in found(rule.wrong, tree)}
    assert found(rule.right, tree_of(tmp_path, {**SKELETONS.get(rule.code, {}), "skeleton/README.md": "Hello\n", "docs/a.md": ""})) == []


STEP_CASES = {
    "a ternary of JavaScript": ("TPL001", "input: {message: \"${{ parameters.name ? 'a' : 'b' }}\"}"),
    "or of JavaScript": ("TPL001", "input: {message: \"${{ parameters.name || 'b' }}\"}"),
    "a filter that does not exist": ("TPL001", "input: {message: \"${{ '' | now }}\"}"),
    "an expression that is not closed": ("TPL001", 'input: {message: "${{ parameters.name }"}'),
    "a condition that is a text": ("TPL001", "if: parameters.name == 'a'\ninput: {message: x}"),
    "an else without an if": ("TPL001", 'input: {message: "{% else %}"}'),
    "the form of v1beta2": ("TPL002", 'input: {message: "{{ json parameters.name }}"}'),
    "the form of Cookiecutter": ("TPL002", 'input: {message: "{{cookiecutter.name}}"}'),
    "a space after the dollar": ("TPL002", 'input: {message: "$ {{ parameters.name }}"}'),
    "a template literal": ("TPL002", 'input: {message: "${parameters.name}"}'),
    "a parameter that no page asks for": ("TPL003", 'input: {message: "${{ parameters.nmae }}"}'),
    "a parameter by index": ("TPL003", "input: {message: \"${{ parameters['nmae'] | upper }}\"}"),
    "a name of skeletons": ("TPL003", 'input: {message: "${{ values.name }}"}'),
    "each in a step without it": ("TPL003", 'input: {message: "${{ each.value }}"}'),
    "a step that does not exist": ("TPL004", 'input: {message: "${{ steps.publish.output.remoteUrl }}"}'),
    "a step that runs later": ("TPL004", 'input: {message: "${{ steps.later.output.remoteUrl }}"}'),
    "outputs of a step": ("TPL004", 'input: {message: "${{ steps.first.outputs.remoteUrl }}"}'),
    "an output that the action does not have": ("TPL004", 'input: {message: "${{ steps.first.output.url }}"}'),
    "a wrong type": ("TPL006", "input: {message: 5}"),
    "a misspelled input": ("TPL006", "input: {mesage: x}"),
    "a condition by another name": ("TPL007", "when: x\ninput: {message: x}"),
}
RIGHT = {
    "a filter with a default": "input: {message: \"${{ parameters.name | default('x') | upper }}\"}",
    "an expression with if and else": "input: {message: \"${{ 'a' if parameters.name === 'x' else r/b/g }}\"}",
    "a call and an index": "input: {message: \"${{ parameters.name.split('-')[0] }}\"}",
    "braces of another program": 'input: {message: "{{ .Values.image }} {{ name }} ${HOME} ${parameter}"}',
    "an escaped expression": "input: {message: \"${{ '${{ parameters.x }}' }} {% raw %}${{ github.ref ? }}{% endraw %}\"}",
    "each": 'each: "${{ parameters.name }}"\nif: "${{ each.value }}"\ninput: {message: "${{ each.key }}"}',
    "names that tags set": 'input: {message: "{% for x in parameters.name %}${{ x }}${{ loop.index }}{% else %}none{% endfor %}"}',
    "a condition that is a boolean": "if: true\ninput: {message: x}",
    "a status": 'if: "${{ failure() }}"\ninput: {message: "${{ user.entity.metadata.name }}${{ context.task.id }}"}',
    "the output of a step": "input: {message: \"${{ steps['first'].output.remoteUrl }}${{ secrets.TOKEN }}\"}",
}


def one_step(body):
    first = "- id: first\n  action: publish:github\n  input: {repoUrl: '${{ parameters.repoUrl }}', allowedHosts: [github.com]}\n"
    last = "- id: later\n  action: publish:github\n  input: {repoUrl: x}\n"
    return template(first + "- id: it\n  action: debug:log\n" + textwrap.indent(body, "  ") + "\n" + last)


@pytest.mark.parametrize(("code", "body"), STEP_CASES.values(), ids=STEP_CASES)
def test_a_defect_of_a_step_is_found_once_on_its_line(code, body):
    text = one_step(body)
    (problem,) = found(text)
    assert (problem.code, problem.severity, problem.hint != "") == (code, "warning", True)
    line = text.splitlines()[problem.span.line - 1]
    assert line.strip() in {each.strip() for each in body.splitlines()}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_nothing_is_found_in_a_right_step(body):
    assert found(one_step(body)) == []


def test_a_problem_in_a_block_of_text_is_on_the_line_of_its_expression():
    text = template("- id: it\n  action: debug:log\n  input:\n    message: |\n      Hello\n      and ${{ parameters.x }}\n")
    assert told(found(text)) == [("TPL003", "catalog-info.yaml", 20, 15)]


def test_an_action_of_a_company_is_information_and_a_misspelled_one_a_warning():
    text = template("- id: a\n  action: acme:launch\n  input: {b: 1}\n- id: b\n  action: publish:gihub\n  input: {repoUrl: x}\n")
    assert [(each.code, each.severity) for each in found(text)] == [("TPL005", "info"), ("TPL005", "warning")]


def test_links_of_the_output_that_lead_nowhere_are_found():
    steps = "- id: publish\n  action: publish:github\n  input: {repoUrl: x}\n"
    output = "output:\n  links:\n    - url: ${{ steps.publsh.output.remoteUrl }}\n    - url: ${{ steps.publish.output.remoteUrl }}\n"
    assert [(each.code, each.field, "Did you mean" in each.hint) for each in found(template(steps, output=output))] == [
        ("TPL004", "spec.output.links[0].url", True)
    ]


PARAMETERS = {
    "required as a boolean": ("a: {type: string, required: true}", "", "spec.parameters[0].properties.a.required"),
    "a name that is required and not asked for": ("a: {type: string}", "required: [b]", "spec.parameters[0].required[0]"),
    "a name that is required twice": ("a: {type: string}", "required: [a, a]", "spec.parameters[0].required"),
    "a type that does not exist": ("a: {type: text}", "", "spec.parameters[0].properties.a.type"),
    "a default of another type": ("a: {type: string, default: 5}", "", "spec.parameters[0].properties.a.default"),
    "a default that is no choice": ("a: {enum: [x, y], default: z}", "", "spec.parameters[0].properties.a.default"),
    "a pattern of another language": ("a: {type: string, pattern: '(?P<x>a)'}", "", "spec.parameters[0].properties.a.pattern"),
    "a range with a set": ("a: {type: string, pattern: '^[\\w-.]+$'}", "", "spec.parameters[0].properties.a.pattern"),
    "a misspelled field": ('a: {type: string, "ui:field": OwnerPciker}', "", 'spec.parameters[0].properties.a["ui:field"]'),
    "a misspelled widget": ('a: {type: string, "ui:widget": textaera}', "", 'spec.parameters[0].properties.a["ui:widget"]'),
    "an option of a wrong type": (
        'a: {type: string, "ui:field": RepoUrlPicker, "ui:options": {allowedHosts: github.com}}', "",
        'spec.parameters[0].properties.a["ui:options"].allowedHosts',
    ),
}  # fmt: skip
LOG = "- id: it\n  action: debug:log\n  input: {message: x}\n"


@pytest.mark.parametrize(("properties", "page", "field"), PARAMETERS.values(), ids=PARAMETERS)
def test_a_defect_of_the_parameters_is_found_at_its_field(properties, page, field):
    text = template(LOG, f"  parameters:\n    - properties:\n        {properties}\n" + (f"      {page}\n" if page else ""))
    (problem,) = found(text)
    assert problem.field.replace('["ui:field"]', ".ui:field").replace('["ui:', ".ui:").replace('"]', "") == (
        field.replace('["ui:', ".ui:").replace('"]', "")
    )
    assert (problem.code in {"TPL009", "TPL010"}, problem.severity, problem.hint != "") == (True, "warning", True)


def test_nothing_is_found_in_right_parameters():
    pages = """  parameters:
    - title: One
      required: [name, kind, owner, port]
      properties:
        name: {type: string, pattern: "^[a-z0-9-]+$", default: "${{ user.entity.metadata.name }}", "ui:autofocus": true}
        kind: {type: string, enum: [a, b], default: a, "ui:widget": radio}
        owner: {type: string, "ui:field": OwnerPicker, "ui:options": {catalogFilter: [{kind: Group}], defaultNamespace: false}}
        own: {type: string, "ui:field": AcmeForm, "ui:options": {clusterField: cluster, allowedHosts: x}}
      dependencies:
        kind:
          oneOf:
            - properties: {kind: {const: a}, port: {type: integer, default: 8080}}
              required: [port]
            - properties: {kind: {const: b}}
    - $yaml: ./more.yaml
"""
    steps = "- id: it\n  action: debug:log\n  input: {message: '${{ parameters.port }}${{ parameters.cluster }}${{ parameters.more }}'}\n"
    known = pages.replace("    - $yaml: ./more.yaml\n", "")
    assert [problem.code for problem in found(template(steps, known))] == ["TPL010", "TPL003"]
    assert [problem.severity for problem in found(template(steps, known))] == ["info", "warning"]


WORKFLOW = "on: push\nenv:\n  A: ${{ secrets.A }}\n  B: ${{ github.ref == 'x' && 1 }}\n"
FILES = {
    "service/catalog-info.yaml": "",
    "service/skeleton/.github/workflows/ci.yaml": WORKFLOW,
    "service/skeleton/.github/workflows/raw.yaml": f"{{% raw %}}{WORKFLOW}{{% endraw %}}name: ${{{{ values.name }}}}\n",
    "service/skeleton/README.md": "{{ values.name }} {{ .Values.x }}\n",
    "service/skeleton/chart.yaml": "image: {{ .Values.image }}\nname: ${{ values.name }}\nshop: ${{ values.shop }}\n",
    "service/skeleton/if.yaml": "{% if values.port %}${{ values.port }}{% endif %}${{ values.port }}${{ values.x | default('') }}\n",
    "service/skeleton/run.sh": "echo ${#list[@]}\n",
    "service/skeleton/open.txt": "{% if values.name %}\n",
    "service/skeleton/logo.png": b"\x89PNG\0${{ values.nothing }}",
    "service/skeleton/cookie.txt": "{{cookiecutter.name}}\n",
}
SKELETON_STEP = """
- id: fetch
  action: fetch:template
  input:
    url: ./skeleton
    values: {name: "${{ parameters.name }}"}
"""


def test_defects_of_skeletons_are_found_at_their_places(tmp_path):
    tree = tree_of(tmp_path, FILES)
    assert told(found(template(SKELETON_STEP), tree, path="service/catalog-info.yaml")) == [
        ("TPL012", "service/skeleton/.github/workflows/ci.yaml", 3, 6),
        ("TPL002", "service/skeleton/README.md", 1, 1),
        ("TPL013", "service/skeleton/chart.yaml", 3, 7),
        ("TPL002", "service/skeleton/cookie.txt", 1, 1),
        ("TPL014", "service/skeleton/open.txt", 1, 1),
        ("TPL014", "service/skeleton/run.sh", 1, 7),
    ]


def test_values_that_a_file_lacks_are_one_finding(tmp_path):
    text = "".join(f"${{{{ values.a{number} }}}}\n" for number in range(7))
    (problem,) = found(template(SKELETON_STEP), tree_of(tmp_path, {"skeleton/a.txt": text}))
    assert (problem.code, problem.span.line) == ("TPL013", 1)
    assert "`values.a0`, `values.a1`, `values.a2`, `values.a3`, `values.a4` and 2 more are always empty" in problem.message


@pytest.mark.parametrize(
    "more",
    [
        "copyWithoutTemplating: ['**']",
        "copyWithoutRender: ['.github/**', '*']",
        "templateFileExtension: true",
        "templateFileExtension: .tpl",
    ],
)
def test_files_that_are_not_rendered_are_not_judged(tmp_path, more):
    tree = tree_of(tmp_path, FILES)
    assert found(template(f"{SKELETON_STEP}    {more}\n"), tree, path="service/catalog-info.yaml") == []


@pytest.mark.parametrize(
    ("url", "is_missing"),
    [("./skeletn", True), ("../service/skeleton/", False), ("skeleton/${{ parameters.name }}", False),
     ("nothing/${{ parameters.name }}", True),
     ("https://github.com/acme/templates/tree/main/x", False), ("../../outside", True), ("./skeleton/README.md", False)],
)  # fmt: skip
def test_a_folder_that_does_not_exist_is_missing(tmp_path, url, is_missing):
    steps = f"- id: fetch\n  action: fetch:plain\n  input: {{url: '{url}'}}\n"
    problems = found(template(steps), tree_of(tmp_path, FILES), path="service/catalog-info.yaml")
    assert [problem.code for problem in problems] == (["TPL011"] if is_missing else [])


PATTERNS = {
    "": "^[a-z][a-z0-9-]*$ ^(?!.*--)[a-z]+$ (?<x>a)\\k<x> \\p{L}+ a{1,2}? [.\\-_] [^] \\/ \\u{61} [\\b] (?:a|b)?? \\d{2,} (a)\\1",
    "refused": "[\\w-.] a{,2} (?P<x>a) \\_ \\Z (?i)a a** a++ ( ) [b-a] \\p{ *a a{3,2} \\1 { } ] \\- \\u12 [a-\\d] \\k<x> (?<x>a)(?<x>b)",
}  # as `new RegExp(pattern, "u")` of Node.js 20 decides


@pytest.mark.parametrize(("pattern", "is_good"), [(each, not name) for name, every in PATTERNS.items() for each in every.split(" ")])
def test_patterns_are_refused_exactly_where_browsers_refuse_them(pattern, is_good):
    assert (pattern_error(pattern) == "") is is_good


def test_templates_of_others_have_few_findings():
    if not DATA.exists():
        pytest.skip("no test data")
    listed = json.loads(DATA.read_text("utf-8"))["templates"][::10]
    assert sum(len(problems) for problems in map(_of_corpus, listed)) == 11


@EVERY_CASE
def test_all_templates_of_others_have_the_findings_that_were_judged():
    listed = json.loads(DATA.read_text("utf-8"))["templates"]
    counts = Counter(f"{each.code} {each.severity}" for item in listed for each in _of_corpus(item))
    assert counts == {
        "TPL001 warning": 14, "TPL002 warning": 4, "TPL003 warning": 15, "TPL004 warning": 4, "TPL005 info": 28, "TPL006 info": 11,
        "TPL008 warning": 6, "TPL009 warning": 4, "TPL010 info": 19,
    }  # fmt: skip


def _of_corpus(item):
    result = read(yaml.safe_dump(item["document"], sort_keys=False, width=200))
    return [problem for entity in result.entities for problem in problems_of_template(entity, None)]


def test_what_was_found_in_skeletons_is_saved_and_stays_where_only_a_last_good_copy_can_be_read(tmp_path):
    tree = tree_of(tmp_path, {"catalog-info.yaml": ""})
    place = type(PLACE)("here", tree.id, "acme/templates", "", "catalog-info.yaml")
    (entity,) = read(template("- id: a\n  action: fetch:plain\n  input: {url: ./nothing}\n"), place=place).entities
    saved = SavedTree(tree_record("here", tree, datetime.now(UTC), None), lambda _: None)

    def checked(tree, *problems):
        state = CollectedState((entity,), problems, {("here", tree.id): tree})
        return with_skeleton_problems(state, ["here"], builtin_kinds()).problems

    found = checked(tree)
    assert [problem.code for problem in found] == ["TPL011"]
    assert checked(saved, *found) == found
    assert checked(tree, *found) == found, "reported once"
    assert checked(tree_of(tmp_path, {"nothing/a.txt": "", "catalog-info.yaml": ""}), *found) == ()


def test_the_command_finds_templates_in_folders_and_reports_in_every_format(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree_of(
        tmp_path,
        {"a/template.yaml": template("- id: a\n  action: fetch:plain\n  input: {url: ./nothing}\n"), "b.yaml": "kind: Component\n"},
    )
    run = CliRunner().invoke(command, ["lint", "."])
    assert (run.exit_code, "a/template.yaml:17:20: warning TPL011" in run.output, "Checked 1 file" in run.output) == (0, True, True)
    assert CliRunner().invoke(command, ["lint", ".", "--strict", "-q"]).exit_code == 1
    for style in ("json", "sarif", "junit", "gitlab", "github"):
        assert "TPL011" in CliRunner().invoke(command, ["lint", "a", "--format", style]).output
    assert "No templates found" in CliRunner().invoke(command, ["lint", str(tmp_path / ".git")]).output


def test_lint_reports_the_same_findings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree_of(tmp_path, {"catalog-info.yaml": template(SKELETON_STEP)})
    assert [problem.code for problem in check_paths([Path()], {}).problems] == ["TPL011"]
