"""TPL001 … TPL003: expressions that are not evaluated, or that use names that do not exist."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

UNRENDERED_EXPRESSION = Rule(
    code="TPL001",
    name="unrendered-expression",
    severity=Severity.WARNING,
    summary="An expression of a template cannot be rendered.",
    means="""Backstage's template engine cannot parse the expression, or does not have the filter or tag that it uses: an operator
of JavaScript (`?:`, `&&`, `||`), a bracket that is not closed, a filter such as `now`. A condition (`if`) that is a text without `${{
}}` is reported too: it is always true. The backend of a company may add filters of its own; the message names the filter.""",
    matters="""Backstage reports nothing: the whole value stays in the result as literal text, `${{` included.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: "${{ parameters.name ? parameters.name : 'service' }}"
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name | default('service') }}
""",
)

LEGACY_EXPRESSION = Rule(
    code="TPL002",
    name="legacy-expression",
    severity=Severity.WARNING,
    summary="An expression has the delimiters of another template format.",
    means="""Templates of `scaffolder.backstage.io/v1beta3` and their skeletons have expressions in `${{ }}`. `{{ parameters.name
}}` is the form of v1beta2, `{{ cookiecutter.name }}` that of Cookiecutter (it needs `cookiecutterCompat: true`), and `${ … }` that of
JavaScript.""",
    matters="""The expression is not evaluated: it stays in the result as literal text.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: '{{ parameters.name }}'
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
""",
)

UNDEFINED_PARAMETER = Rule(
    code="TPL003",
    name="undefined-parameter",
    severity=Severity.WARNING,
    summary="An expression uses a parameter or a name that the template does not have.",
    means="""No page of `spec.parameters` asks for this parameter, or the expression begins with a name that does not exist there.
Expressions of steps and outputs can use `parameters`, `steps`, `user`, `secrets`, `environment`, `context` and, in a step with `each`,
`each`. `values` exists in skeletons only.""",
    matters="""Backstage reports nothing: the value is empty, and a key whose whole value is empty disappears.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.serviceName }}
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      properties:
        name:
          type: string
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values:
          name: ${{ parameters.name }}
""",
)
