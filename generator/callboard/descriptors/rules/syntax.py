"""Rules YML001–YML004 and YML006: text that is not valid YAML, or that YAML parsers read differently."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

INVALID_YAML = Rule(
    code="YML001",
    name="invalid-yaml",
    severity=Severity.ERROR,
    summary="The document is not valid YAML.",
    means="""The document has a YAML syntax error: a `: ` or a special first character in a string without quotes, a quote or a
bracket that is not closed, or inconsistent indentation. The position is where the parser stopped; the mistake is often
in that line or in the one above.""",
    matters="""The document cannot be read, so its entity is missing. Other documents of the same file are still read.""",
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
    summary="A mapping has a duplicate key.",
    means="""A mapping has the same key twice, so one of the two values would be lost. Often a `---` line between two documents is
missing, or a second `annotations:` or `dependsOn:` block was added below the first.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
    summary="A line is indented with a tab.",
    means="""YAML allows only spaces for indentation, because the width of a tab is not defined.""",
    matters="""The document cannot be read, so its entity is missing.""",
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
    summary="A value in double braces is not quoted.",
    means="""Without quotes, `{{ name }}` is not a string in YAML but a mapping in a mapping. It is usually an expression of a template
language (Cookiecutter, Jinja) that was not replaced or not quoted.""",
    matters="""The field has a mapping where a string is expected: a name, an owner or a description in this form cannot be used.""",
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
    means="""An alias (`*name`) repeats the value that an anchor (`&name`) marks. Here the aliases expand to a value that contains
itself, or to more values than a descriptor may have.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
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
