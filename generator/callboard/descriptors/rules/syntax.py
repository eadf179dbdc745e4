"""YML001–YML004, YML006: text that YAML cannot read, or that two readers read differently."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

INVALID_YAML = Rule(
    code="YML001",
    name="invalid-yaml",
    severity=Severity.ERROR,
    summary="The document is no valid YAML.",
    means="""The parser met something that YAML does not allow: a `: ` or a special first character in a text without quotes, a quote
or a bracket that is not closed, or lines whose indentation does not fit. The position is where the parser could not go
on; the mistake is often in that line or in the one above.""",
    matters="""Nothing in the document can be read, so its entity is missing. Other documents of the same file are read all the same.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Orders: taking and tracking them
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: "Orders: taking and tracking them"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


DUPLICATE_KEY = Rule(
    code="YML002",
    name="duplicate-key",
    severity=Severity.ERROR,
    summary="A mapping has the same key twice.",
    means="""The same key stands twice in one mapping, so one of its two values would be lost. Often a `---` line between two
documents is missing, or somebody added a second `annotations:` or `dependsOn:` block below the first.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db"]
  dependsOn: ["component:payments"]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db", "component:payments"]
""",
)


TAB_INDENTATION = Rule(
    code="YML003",
    name="tab-indentation",
    severity=Severity.ERROR,
    summary="A line is indented by a tab.",
    means="""YAML allows only spaces where lines are indented, because nobody can say how wide a tab is.""",
    matters="""Nothing in the document can be read, so its entity is missing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
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


UNQUOTED_BRACES = Rule(
    code="YML004",
    name="unquoted-braces",
    severity=Severity.WARNING,
    summary="A value in double braces has no quotes.",
    means="""`{{ name }}` without quotes is no text in YAML but a mapping in a mapping. Templates of Cookiecutter and others are
written so, and somebody forgot to fill one in, or to put it in quotes.""",
    matters="""The field has a mapping where a text is expected: a name, an owner or a description in this form cannot be used.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  team: {{ team }}
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  team: team-orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


REPEATED_ALIASES = Rule(
    code="YML006",
    name="repeated-aliases",
    severity=Severity.ERROR,
    summary="Aliases repeat a value too often or inside itself.",
    means="""An alias (`*name`) stands for the value that an anchor (`&name`) marks. Here the aliases lead to a value that contains
itself, or to more values than a descriptor may have.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  loop: &loop [*loop]
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
