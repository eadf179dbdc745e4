"""Backstage's engine for templates, in its sandbox: what it makes of texts, and where its limits are."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from callboard.software_templates import engine as engines
from callboard.software_templates import sandbox
from callboard.software_templates.engine import TemplateEngine
from callboard.software_templates.linting.texts import pieces
from callboard.software_templates.sandbox import TemplateEngineError
from support import EVERY_CASE, LONG

DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nonexistent")) / "templates/renderings.json"
HOSTS = {"github.com": "github", "gitlab.com": "gitlab", "dev.azure.com": "azure", "bitbucket.org": "bitbucketServer"}
DIGEST = "c449a7c75aab1763ea4d5e3f410b3944a758b4ded8efda3abc78fcf45b8af824"
"""Of nunjitsu.js, as rebuild.sh makes it of nunjitsu 0.7.0."""


@pytest.fixture(scope="module")
def engine():
    made = TemplateEngine(HOSTS)
    yield made
    made.close()


def test_the_library_is_the_one_that_the_recipe_makes():
    content = sandbox.script("nunjitsu.js").encode()
    assert hashlib.sha256(content).hexdigest() == DIGEST
    assert content.startswith(b"/* nunjitsu 0.7.0\nMIT License\n")


def identical(engine, cases, contexts):
    """The cases that are rendered as Backstage renders them."""
    last, same = None, []
    for case in cases:
        if case["context"] != last:
            last = case["context"]
            engine.use(contexts[last])
        found, expected = engine.render(case["text"]), case["expected"]
        as_expected = (
            bool(found.unrendered) if "err" in expected
            else found.is_empty if expected["undef"]
            else not found.is_empty and json.dumps(found.value) == json.dumps(expected["ok"])
        )  # fmt: skip
        same += [case] if as_expected else []
    return same


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_file(), reason="needs CALLBOARD_TEST_DATA")
@pytest.mark.long
def test_texts_of_real_templates_are_rendered_as_backstage_renders_them(engine):
    data = json.loads(DATA.read_text())
    cases = data["cases"] if LONG else data["cases"][::20]
    assert len(identical(engine, cases, data["contexts"])) / len(cases) >= (0.995 if LONG else 1)


@pytest.mark.parametrize(("text", "expected"), [
    ("${{ parameters.flag }}", True), ("${{ parameters.missing }}", None), ("x ${{ parameters.flag }}", "x true"),
    ("${{ parameters.list }}", ["a", 1]), ("${{ parameters.list | join('-') }}", "a-1"),
    ("{% if parameters.flag %}false{% endif %}", False),
    ("${{ parameters.repo | parseRepoUrl | pick('owner') }}", "acme"), ("${{ parameters.repo | projectSlug }}", "acme/orders"),
    ("${{ 'team-a' | parseEntityRef({defaultKind: 'group'}) }}", {"kind": "group", "namespace": "default", "name": "team-a"}),
    ("${{ 'User:people/jane' | parseEntityRef | pick('name') }}", "jane"), ("${{ parameters.repo === 'x' }}", False),
    ("${{ parameters.deep | pick('a.b[1]') }}", 2), ("${{ parameters.deep | dump }}", '{"a":{"b":[1,2]}}'),
    ("${{ 'gitlab.com?owner=group%2Fsub&repo=x' | parseRepoUrl | pick('owner') }}", "group/sub"),
])  # fmt: skip
def test_filters_and_types_are_those_of_backstage(engine, text, expected):
    parameters = {"flag": True, "list": ["a", 1], "repo": "github.com?owner=acme&repo=orders", "deep": {"a": {"b": [1, 2]}}}
    engine.use({"parameters": parameters})
    found = engine.render(text)
    assert found.value == expected
    assert found.is_empty == (expected is None)
    assert found.unrendered == ()


@pytest.mark.parametrize("text", [
    "${{ 'nowhere.example?owner=a&repo=b' | parseRepoUrl }}", "${{ 'x' | parseEntityRef }}", "${{ '' | now }}", "${{ a ? b : c }}",
    "${{ 'github.com?repo=b' | parseRepoUrl }}",
])  # fmt: skip
def test_a_text_that_cannot_be_rendered_stays_and_is_reported(engine, text):
    engine.use({})
    found = engine.render({"key": text})
    assert found.value == {"key": text}
    assert found.unrendered[0][0] == text


def test_prototypes_are_out_of_reach(engine):
    engine.use({"parameters": {"a": "x"}})
    for text in ("${{ parameters.constructor }}", "${{ parameters.a | pick('constructor.constructor') }}", "${{ parameters.__proto__ }}"):
        found = engine.render(text)
        assert found.is_empty or found.value in (None, text)


def test_conditions_are_true_as_in_backstage(engine):
    engine.use({"parameters": {"none": [], "record": {}, "zero": "0"}})
    truth = {name: engine.render(f"${{{{ parameters.{name} }}}}").is_true for name in ("none", "record", "zero", "missing")}
    assert truth == {"none": False, "record": True, "zero": True, "missing": False}


@pytest.mark.long
@EVERY_CASE
@pytest.mark.parametrize("text", [
    "{% for i in range(100000000) %}x{% endfor %}", "{% macro f(x) %}${{ f(x) }}{% endmacro %}${{ f(1) }}",
    "${{ " + "[" * 2000 + "1" + "]" * 2000 + " }}", "${{ '" + "a" * 40 + "!' | replace(r/^(a+)+$/, 'b') }}",
])  # fmt: skip
def test_a_text_without_end_is_stopped(text):
    engine = TemplateEngine({}, seconds=20)
    engine.use({})
    with pytest.raises(TemplateEngineError):
        engine.render(text)
    engine.close()


def test_the_depth_of_an_expression_is_limited():
    engine = TemplateEngine({})
    engine.use({})
    with pytest.raises(TemplateEngineError, match="nested too deeply"):
        engine.render("${{ " + "[" * 2000 + "1" + "]" * 2000 + " }}")
    with pytest.raises(TemplateEngineError, match="has stopped"):
        engine.render("${{ 1 }}")


WITHOUT_LIMITS = """
import sys; sys.path[:] = {path!r}
from callboard.software_templates import sandbox, sandbox_process
text, limited = sandbox.script, sandbox.TemplateSandbox
sandbox.script = lambda name: text(name).replace("2_000_000", "9e15").replace("8_000_000", "9e15")
sandbox_process.TemplateSandbox = lambda seconds, memory: limited(1e6, memory)
sandbox_process.main({pipes})
"""
"""A process in which a template may take as long as it wants."""
ENDLESS = "".join(f"{{% for a{n} in range(1000) %}}" for n in range(6)) + "{% endfor %}" * 6


def test_a_sandbox_that_does_not_return_is_killed(monkeypatch):
    monkeypatch.setattr(engines, "PROGRAM", WITHOUT_LIMITS)
    monkeypatch.setattr(engines, "GRACE_SECONDS", 0.1)
    engine = TemplateEngine({}, seconds=0.4)
    engine.use({})
    with pytest.raises(TemplateEngineError, match=r"did not answer within 0\.5 seconds"):
        engine.render(ENDLESS)
    with pytest.raises(TemplateEngineError, match="did not answer"):
        engine.render("${{ 1 }}")
    engine.close()


def test_without_such_processes_the_engine_runs_in_this_one(monkeypatch):
    monkeypatch.setattr(engines, "_worker", lambda: None)
    engine = TemplateEngine({})
    engine.use({"parameters": {"a": [1]}})
    assert engine.render("${{ parameters.a }}").value == [1]
    engine.close()


TEXTS = [
    "${{ a is defined }}", "${{ {'a': 1, b: [2]} | dump }}", "${{ a[1:2] }}", "${{ a ? b : c }}", "${{ a && b }}", "${{ !a }}",
    "${{ a.0 }}",
    "${{ a['b-c'].d }}", "${{ (a }}", "${{ a ) }}", "${{ }}", "${{ a", "${{ a ~ b }}", "${{ `a` }}", "{% if a %}", "{% endif %}",
    "{% if a %}x{% elif b %}y{% else %}z{% endif %}", "{% else %}", "{% for a,b in c %}{% endfor %}", "{% for x of y %}{% endfor %}",
    "{% set x = 1 %}", "{% include 'x' %}", "{% raw %}${{ ? }}{% endraw %}", "{# a", "${# }", '${{ {"a": {"b": 1}} }}', "${{ '}}' }}",
    "${{ a === b }}", "${{ a | }}", "${{ a b }}", "${{ a => b }}", "${{ r/a.b/g }}", "${{- a -}}", "${{ 'x' if a }}", "${{ a, b }}",
]  # fmt: skip


def test_template_lint_refuses_exactly_the_texts_that_the_engine_refuses(engine):
    engine.use({"a": "x", "c": [], "y": []})
    theirs = {text: bool(engine.render(text).unrendered) for text in TEXTS}
    assert {text: any(piece.error for piece in pieces(text)) for text in TEXTS} == theirs
