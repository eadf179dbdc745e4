"""The form changes only the lines of changed values in a descriptor, or nothing at all."""

import json
import re
from pathlib import Path

import pytest

import yaml
from callboard.descriptors.form_rules import form_rules
from callboard.descriptors.kinds import builtin_kinds

quickjs = pytest.importorskip("quickjs_rs")
FOLDER = Path(__file__).parents[2] / "site_overrides/assets/create"
TEXT = """\
# Copyright Acme
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop   # as in the repository
  labels: {tier: "1"}
  # What it is for:
  description: >-
    Sells things
    to people.
  annotations:
    # where it is
    "github.com/project-slug": acme/shop
    acme.dev/other: 'x'  # kept
  tags: [java, web]  # two
  links:
    # the board
    - url: https://a.example
      title: Board
    - url: https://b.example
spec:
  type: service
  lifecycle: production  # guess: from topics
  owner: team-a # until May

  dependsOn:
  # the base
  - resource:db  # main
  - component:x
# end
"""


@pytest.fixture(scope="module")
def script():
    """``(text, change) → (text, unheld, others)``: the change replaces values of the form, by their names."""
    rules = json.dumps(form_rules(builtin_kinds()))
    sources = "\n".join((FOLDER / name).read_text("utf-8") for name in ("register-core.js", "register-edit.js"))
    runtime = quickjs.Runtime(memory_limit=64_000_000)
    context = runtime.new_context(timeout=60)
    context.eval(re.sub(r"^import .*$|^export ", "", sources, flags=re.MULTILINE) + ";0")

    def ask(text, change, derived=None):
        value = yaml.safe_load(text)
        spec = {**(value.get("spec") or {}), **(derived or {})}
        definition = spec.get("definition")
        if isinstance(definition, dict):  # as the catalog has it
            spec["definition"] = "openapi: 3.0.0"
        entity = {**value, "metadata": {"namespace": "default", "etag": "x", **value["metadata"]}, "spec": spec}
        asked = f"""(() => {{ const found = opened({rules}, {json.dumps(text)}, {json.dumps(entity)}), change = {json.dumps(change)};
          const after = {{ ...found.values, ...change, spec: {{ ...found.values.spec, ...change.spec }} }};
          const text = edited({rules}, {json.dumps(text)}, found.values, after);
          return JSON.stringify([text, found.unheld, found.others, found.values]); }})()"""
        return json.loads(context.eval(asked))

    yield ask
    runtime.close()


CHANGES = [
    ({"spec": {"owner": "team b"}}, "  owner: team-a # until May", "  owner: team b # until May"),
    ({"spec": {"owner": "user:x"}}, "  owner: team-a # until May", '  owner: "user:x" # until May'),
    ({"spec": {"lifecycle": "deprecated"}}, "production  # guess: from topics", "deprecated"),
    ({"spec": {"system": "s"}}, "  - component:x\n", "  - component:x\n  system: s\n"),
    ({"spec": {"type": ""}}, "  type: service\n", ""),
    ({"title": "Shop: it"}, "    - url: https://b.example\n", '    - url: https://b.example\n  title: "Shop: it"\n'),
    ({"description": "One"}, "  description: >-\n    Sells things\n    to people.\n", "  description: One\n"),
    ({"description": "A\n\nb"}, "  description: >-\n    Sells things\n    to people.\n", "  description: |-\n    A\n\n    b\n"),
    ({"tags": ["web", "no"]}, "[java, web]  # two", '[web, "no"]  # two'),
    ({"tags": []}, "  tags: [java, web]  # two\n", ""),
    ({"links": [{"url": "https://a.example", "title": "Board"}]}, "    - url: https://b.example\n", ""),
    ({"spec": {"dependsOn": ["component:x", "api:new"]}}, "  # the base\n  - resource:db  # main\n  - component:x\n",
     '  - component:x\n  - "api:new"\n'),
    ({"spec": {"providesApis": ["a"]}}, "  - component:x\n", "  - component:x\n  providesApis:\n    - a\n"),
    ({"annotations": [{"key": "github.com/project-slug", "value": "acme/new"}, {"key": "acme.dev/other", "value": "x"}]},
     '"github.com/project-slug": acme/shop', '"github.com/project-slug": acme/new'),
    ({"annotations": []},
     """  annotations:\n    # where it is\n    "github.com/project-slug": acme/shop\n    acme.dev/other: 'x'  # kept\n""", ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "old", "new"), CHANGES)
def test_only_the_lines_of_a_changed_value_change(script, change, old, new):
    text, unheld, others, _ = script(TEXT, change)
    assert TEXT.count(old) == 1
    assert text == TEXT.replace(old, new)
    assert (unheld, others) == ([], ["labels"])
    yaml.safe_load(text)


def test_an_unchanged_form_leaves_the_text_and_derived_values_are_not_in_it(script):
    text, _, _, values = script(TEXT, {}, derived={"system": "derived"})
    assert text == TEXT
    assert (values["namespace"], values["spec"]["system"]) == ("", "")


API = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  lifecycle: production\n  owner: x\n"


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        (TEXT.replace("owner: team-a", "owner: &o team-a"), {"spec": {"owner": "b"}}, None),
        (TEXT.replace("metadata:\n", "metadata: &m\n"), {"title": "b"}, None),
        (TEXT.replace("  name: shop", "  title: 'one\n\n    two'\n  name: shop"), {"title": "b"}, None),
        ("apiVersion: v1\nkind: Component\nmetadata: {name: a}\nspec: {type: x}\n", {"spec": {"type": "y"}}, None),
        (API + "  definition:\n    $text: ./a.yaml # here\n", {"spec": {"definition": "./b.yaml"}},
         API + '  definition:\n    $text: "./b.yaml" # here\n'),
        (API + "  definition: |\n    openapi: 3\n    owner: z\n", {"spec": {"owner": "w"}},
         API.replace("owner: x", "owner: w") + "  definition: |\n    openapi: 3\n    owner: z\n"),
    ],
)  # fmt: skip
def test_a_text_is_changed_safely_or_not_at_all(script, text, change, expected):
    assert script(text, change)[0] == expected


def test_what_the_form_cannot_hold_is_named(script):
    odd = TEXT.replace("      title: Board\n", "      icon: x\n").replace("[java, web]", "[java, 1]")
    assert script(odd, {})[1] == ["tags", "links"]
    assert script(API + "  definition: 'openapi: 3'\n", {})[1] == ["definition"]
    flow = "apiVersion: v1\nkind: Component\nmetadata: {name: a, x-(: 1, annotations: {'(b': c}}\nspec: {type: x}\n"
    _, _, others, values = script(flow, {}, derived={"owner": "derived"})
    assert (others, values["annotations"], values["spec"]["owner"]) == (["x-("], [{"key": "(b", "value": "c"}], "")
