"""The form for a descriptor finds in a browser what ``callboard lint`` finds in the file that it writes."""

import json
import re
from pathlib import Path

import pytest

from callboard.descriptors.form_rules import form_rules, javascript
from callboard.descriptors.formats import is_web_url
from callboard.descriptors.kinds import builtin_kinds
from callboard.lint.texts import check_text

quickjs = pytest.importorskip("quickjs_rs")
CORE = Path(__file__).parents[2] / "site_overrides/assets/create/register-core.js"
OPENAPI = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\npaths: {}\n"
GOOD = {"kind": "Component", "name": "shop", "spec": {"type": "service", "lifecycle": "production", "owner": "team"}}
LONG = "x" * 64


@pytest.fixture(scope="module")
def form():
    """``(values) → (names of fields with errors, text of the file)``, by the script of the page."""
    rules = json.dumps(form_rules(builtin_kinds()))
    script = re.sub(r"^export ", "", CORE.read_text("utf-8"), flags=re.MULTILINE)
    runtime = quickjs.Runtime(memory_limit=64_000_000)
    context = runtime.new_context(timeout=60)
    context.eval(
        f"var known = new Set(); globalThis.URL = class {{ constructor(t) {{ if (!known.has(t)) throw new TypeError(t); }} }};\n{script};0"
    )

    def ask(values):
        urls = [link["url"] for link in values.get("links", [])] + [each["value"] for each in values.get("annotations", [])]
        urls = [url for each in urls for url in (each, each[4:]) if is_web_url(url)]  # as the URL class of browsers: tests of formats
        context.eval(f"known = new Set({json.dumps(urls)}); 0")
        asked = f"JSON.stringify([errorsOf({rules}, {json.dumps(values)}), yamlOf({rules}, {json.dumps(values)})])"
        errors, text = json.loads(context.eval(asked))
        return [error["field"] for error in errors], text

    yield ask
    runtime.close()


def spec(**fields):
    return {"spec": {**GOOD["spec"], **fields}}


def annotation(key, value):
    return {"annotations": [{"key": key, "value": value}]}


ROWS = [
    {}, {"name": ""}, *({"name": name} for name in ("a b", "-a", "a_", "A.b_c", "ä", LONG, "a" * 63, "null", "1", "1e3")),
    *({"namespace": name} for name in ("Shop", "a_b", "a--b", "shop", "on", LONG)),
    {"title": "null"}, {"description": 'a: "b" # c \\ \u2028 ä'},
    *({"tags": [tag]} for tag in ("Java", "c++", "c#", "a--b", "a-b", "a:b", "", LONG, "no")), {"tags": ["ok", "NO", "Bad"]},
    *({"links": [{"url": url, "title": "t"}]} for url in ("https://x.example/a?b#c", "x.example", "javascript:x", "slack://x", "https://")),
    {"links": [{"url": "mailto:a@b.c"}]},
    *(spec(**{field: ""}) for field in ("owner", "type", "lifecycle")), *(spec(lifecycle=value) for value in ("beta", "yes", "12:30")),
    *(spec(owner=ref) for ref in (":x", "group:", "a b", "user:x/y", "group:default/a", "Foo", "a/b/c", "x:y z", "component:x")),
    *(spec(owner=ref) for ref in ("/x", "a:b:c", "User:x", "@x")),
    *(spec(system=ref) for ref in ("shop", "x:", "component:x", "System:a/b")),
    *(spec(providesApis=refs) for refs in (["a"], ["a b"], ["component:x"], ["api:x", ":y"])), spec(consumesApis=["a", "b c"]),
    *(spec(dependsOn=refs) for refs in (["foo"], ["component:foo"], ["resource:a/b", "x"], ["Component:x"])),
    *(annotation(key, value) for key, value in (
        ("a b", "x"), ("x/y/z", "x"), ("X.y/z", "x"), ("acme.example/team", "x"), ("a", "true"),
        ("github.com/project-slug", "x"), ("github.com/project-slug", "acme/x"), ("github.com/project-slug", "acme/x.git"),
        ("github.com/project-slug", "https://github.com/a/b"), ("gitlab.com/project-slug", "a/b/c"), ("gitlab.com/project-id", "12"),
        ("gitlab.com/project-id", "x"), ("pagerduty.com/service-id", "a b"), ("jira/project-key", "SHOP, ab"),
    ("jira/project-key", "SHOP-1"),
        ("snyk.io/org-ids", "a,b c"), ("backstage.io/techdocs-ref", "dir:."), ("backstage.io/techdocs-ref", "dir: ."),
        ("backstage.io/techdocs-ref", "docs"), ("backstage.io/techdocs-ref", "url:https://x.example/"),
        ("backstage.io/kubernetes-label-selector", "app=x,tier in (a,b)"), ("backstage.io/kubernetes-label-selector", "app:x"),
        ("sonarqube.org/project-key", "a b"), ("sonarqube.org/project-key", "acme_x"), ("jenkins.io/job-full-name", "/a"),
        ("jenkins.io/job-full-name", "a/b"), ("sentry.io/project-slug", "a/b/c"), ("backstage.io/view-url", "x.example"),
        ("backstage.io/view-url", "https://x.example"), ("backstage.io/time-saved", "PT4H"), ("backstage.io/time-saved", "4h"),
        ("circleci.com/project-slug", "github/a/b"), ("circleci.com/project-slug", "a/b"), ("graph.microsoft.com/group-id", "x"),
        ("github.com/user-login", "jané"), ("backstage.io/code-coverage", "Enabled"), ("dev.azure.com/project-repo", "a/b"),
    )),
    {"kind": "API", "spec": {"type": "openapi", "lifecycle": "production", "owner": "team", "definition": "./o.yaml"}},
    {"kind": "API", "spec": {"type": "openapi", "lifecycle": "production", "owner": "team", "definition": ""}},
    {"kind": "Resource", "spec": {"type": "database", "owner": "", "dependsOn": ["x"]}},
    {"kind": "Resource", "spec": {"type": "db", "owner": "a"}},
    {"kind": "System", "spec": {"owner": "a", "domain": "component:x"}}, {"kind": "System", "spec": {"owner": "a", "domain": "x"}},
    {"kind": "Domain", "spec": {"owner": "a"}}, {"kind": "Domain", "spec": {}}, {"kind": "Group", "spec": {"type": "team"}},
]  # fmt: skip
ELSEWHERE = frozenset({"FIL001", "SEC001"})
"""Rules about what a text means, which only lint has."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: json.dumps(row)[:80])
def test_the_form_and_lint_agree_about_the_fields_of_a_descriptor(form, row):
    values = {**GOOD, **row}
    fields, text = form(values)
    problems = [each for each in check_text("catalog-info.yaml", text, {"o.yaml": OPENAPI}) if each.code not in ELSEWHERE]
    assert sorted(set(fields)) == sorted({plain(each.field) for each in problems}), (text, problems)


def plain(field):
    """``metadata.annotations.a.b/c`` for ``metadata.annotations["a.b/c"]``."""
    return re.sub(r'\["(.*)"\]$', r".\1", field or "")


@pytest.mark.parametrize(("pattern", "made"), [
    (r"[\w.-]+", r"[\p{L}\p{N}_.-]+"), (r"\w\d", r"[\p{L}\p{N}_][\p{Nd}]"), (r"[-a]", r"[\-a]"), (r"\[\w", r"\[[\p{L}\p{N}_]"),
    (r"(?<!\.git)", r"(?<!\.git)"),
])  # fmt: skip
def test_a_pattern_means_the_same_in_javascript(pattern, made):
    assert javascript(pattern) == made
