"""TPL011 … TPL014: skeletons that are missing, or that are rendered into something else than was meant."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

MISSING_SKELETON = Rule(
    code="TPL011",
    name="missing-skeleton",
    severity=Severity.WARNING,
    summary="A step fetches a folder or a file that the repository does not have.",
    means="""The relative `url` of a step is resolved from the folder of the template's file. There is nothing at that place.
Absolute URLs are not checked.""",
    matters="""The step fails.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeletn
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
""",
)

EATEN_EXPRESSION = Rule(
    code="TPL012",
    name="eaten-ci-expression",
    severity=Severity.WARNING,
    summary="Expressions of a CI workflow are rendered away in a skeleton.",
    means="""`fetch:template` renders every `${{ … }}` in the files of a skeleton, those of GitHub Actions, Gitea Actions and Azure
Pipelines included: `${{ secrets.TOKEN }}` and `${{ github.ref }}` become empty. Names that exist in skeletons are `values`, and those
that `{% set %}` and `{% for %}` define.""",
    matters="""New repositories get workflows with empty values, or the step fails where the engine cannot parse the expression.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        copyWithoutTemplating:
          - .github/workflows/*
""",
)

UNDEFINED_VALUE = Rule(
    code="TPL013",
    name="undefined-skeleton-value",
    severity=Severity.WARNING,
    summary="A skeleton uses a value that its step does not give.",
    means="""A file of the skeleton uses `values.name`, or its path does, and `input.values` of the step that renders it has no
such key. Only uses that are printed are reported: a condition on a value that is sometimes not given is usual.""",
    matters="""The value is empty in the new repository: a name is missing in the middle of a file.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          nmae: shop
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: shop
""",
)

UNRENDERED_SKELETON = Rule(
    code="TPL014",
    name="unrendered-skeleton",
    severity=Severity.WARNING,
    summary="A file of a skeleton cannot be rendered.",
    means="""Backstage's template engine cannot parse the file: an expression has an error, a tag such as `{% if %}` has no end, or
a file that is for another engine contains `{%` or `{#` (as `${#list[@]}` in a shell script does).""",
    matters="""The step fails for every new project.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        copyWithoutTemplating:
          - scripts/*.sh
""",
)
