"""Labels: which placeholders an overlaid one can have, what is unknown, and that code and templates use the labels that there are."""

import ast
import re
from pathlib import Path

import pytest

from callboard.website.labels import builtin_labels, placeholders, read_labels

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
ENGLISH = builtin_labels(TEMPLATES)


@pytest.fixture
def read(tmp_path):
    def read(text, language="en", own_keys=(), file="en"):
        (tmp_path / "templates/strings").mkdir(parents=True, exist_ok=True)
        (tmp_path / f"templates/strings/{file}.yaml").write_text(text)
        return read_labels((tmp_path / "templates", TEMPLATES), tmp_path, language, own_keys)

    return read


GOOD = [
    ('severity_n: "Stufe {}"', "severity_n"),
    ('n_to_n_steps: "{1:,} / {0:,}"', "n_to_n_steps"),
    ('n_to_n_steps: "{} / {}"', "n_to_n_steps"),
    ('n_problems: "viele"', "n_problems"),
    ('days_words_1: "{1}, {2}, {3}, {4}"', "days_words_1"),
    ('n_firing_1: "one fires"', "n_firing_1"),
    ('catalog: "100 %"', "catalog"),
]


@pytest.mark.parametrize(("text", "key"), GOOD, ids=[text for text, _ in GOOD])
def test_a_label_with_the_placeholders_of_the_english_one_is_used(read, text, key):
    labels, problems = read(text)
    assert not problems
    assert labels[key] != ENGLISH.get(key)


WRONG = [
    'severity_n: "{} {}"',
    'severity_n: "{:,}"',
    'severity_n: "{name}"',
    'severity_n: "{0.__class__}"',
    'severity_n: "{0[0]}"',
    'severity_n: "{!r}"',
    'severity_n: "{:>999999999}"',
    'severity_n: "{"',
    'n_to_n_steps: "{} {1}"',
    'catalog: "{}"',
    "catalog: 12",
    "catalog: null",
    "catalog: [a]",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_label_that_cannot_be_filled_is_a_problem_and_the_english_one_is_used(read, text):
    labels, (problem,) = read(text)
    key = text.partition(":")[0]
    assert labels[key] == ENGLISH[key]
    assert (problem.code, problem.origin.path, problem.span.line) == ("OVL002", "templates/strings/en.yaml", 1)


def test_an_unknown_key_is_a_problem_unless_a_template_of_the_portal_uses_it(read):
    labels, (problem,) = read("catlog: Register\nours: Our own\n", own_keys=("ours",))
    assert (problem.code, problem.hint) == ("OVL003", 'Did you mean "catalog"?')
    assert (labels["ours"], labels.get("catlog")) == ("Our own", None)


def test_a_language_overrides_english_and_only_where_it_has_a_label(read):
    read("catalog: Register", file="de")
    labels, problems = read("teams: Mannschaften", language="de-CH", file="de-ch")
    assert (labels["catalog"], labels["teams"], labels["systems"]) == ("Register", "Mannschaften", ENGLISH["systems"])
    assert (labels.language, problems) == ("de-ch", ())


@pytest.mark.parametrize("text", ["home: [", "- a", "\xff: b\n- c", "a: 1\na: 2", ""])
def test_a_file_that_cannot_be_read_leaves_the_english_labels(read, text):
    labels, problems = read(text)
    assert dict(labels) == dict(ENGLISH)
    assert {problem.code for problem in problems} <= {"OVL002", "OVL003"}
    assert bool(problems) == bool(text)


def test_placeholders_are_those_of_both_forms():
    assert placeholders(ENGLISH, "n_to_n_steps") == ("{:,}", "{:,}")
    assert placeholders(ENGLISH, "vulnerabilities_words_1") == ("{:,}", "{}")
    assert placeholders(ENGLISH, "catalog") == ()


def test_every_english_label_has_placeholders_that_can_be_filled():
    for key, text in ENGLISH.items():
        values = [1234 if ":" in each else "x" for each in placeholders(ENGLISH, key)]
        assert "%s" not in text
        assert "%d" not in text
        text.format(*values)


USES = re.compile(r"\bt\.([a-z0-9_]+)((?:\.format|\|format)\(([^()]*(?:\([^()]*\)[^()]*)*)\))?")
FOR_SCRIPTS = re.compile(r'\bdata-[a-z]+="\{\{ t\.([a-z0-9_]+) \}\}"')
"""Labels in attributes, whose values scripts fill in."""
NUMBERED = re.compile(r'\bnumbered\("([a-z0-9_]+)"')


def template_mistakes(text):
    """Labels of a template that do not exist, or that are filled with another number of values than they have places."""
    yield from (key for key in FOR_SCRIPTS.findall(text) if key not in ENGLISH)
    for key, call, arguments in USES.findall(FOR_SCRIPTS.sub("", text)):
        count = len(ast.parse(f"f({arguments})", mode="eval").body.args) if call else 0
        if key not in ENGLISH or call.startswith("|") or count != len(placeholders(ENGLISH, key)):
            yield key
    yield from (key for key in NUMBERED.findall(text) if key not in ENGLISH)


def code_mistakes(tree):
    """Labels of a module that do not exist, or that are filled with another number of values, or by ``%``."""
    filled = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and label_of(node.left):
            yield label_of(node.left)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            filled[id(node.func.value)] = len(node.args)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"label_for", "numbered"} and isinstance(node.args[1], ast.Constant):
            key, count = node.args[1].value, len(node.args) - 2
            if key not in ENGLISH or count != len(placeholders(ENGLISH, key)):
                yield key
    for node in ast.walk(tree):
        key = label_of(node)
        if key and (key not in ENGLISH or filled.get(id(node), 0) != len(placeholders(ENGLISH, key))):
            yield key


def label_of(node):
    """The key of ``labels["key"]`` and ``context.labels["key"]``."""
    is_label = isinstance(node, ast.Subscript) and re.search(r"(^|\.)labels$", ast.unparse(node.value))
    return node.slice.value if is_label and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str) else ""


def test_the_templates_use_labels_that_exist_with_the_values_that_they_have():
    assert {path.name: [*template_mistakes(path.read_text("utf-8"))] for path in TEMPLATES.rglob("*.html")} == {
        path.name: [] for path in TEMPLATES.rglob("*.html")
    }


def test_the_code_uses_labels_that_exist_with_the_values_that_they_have():
    modules = (ROOT / "generator/callboard").rglob("*.py")
    wrong = {path.name: mistakes for path in modules if (mistakes := [*code_mistakes(ast.parse(path.read_text("utf-8")))])}
    assert wrong == {}


@pytest.mark.parametrize(
    "code",
    [
        'labels["catlog"]',
        'context.labels["severity_n"].format(1, 2)',
        'labels["severity_n"]',
        'labels["n_more"] % 3',
        'label_for(labels, "n_to_n_steps", 1)',
    ],
)
def test_a_wrong_use_of_a_label_is_found(code):
    assert [*code_mistakes(ast.parse(code))]


@pytest.mark.parametrize("template", ["{{ t.catlog }}", "{{ t.n_more }}", "{{ t.n_more|format(3) }}", '{{ numbered("nope", 3) }}'])
def test_a_wrong_use_of_a_label_in_a_template_is_found(template):
    assert [*template_mistakes(template)]
