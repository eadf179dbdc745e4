"""TPL004 … TPL008: steps whose action, input, fields or outputs are wrong."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

UNDEFINED_STEP = Rule(
    code="TPL004",
    name="undefined-step-output",
    severity=Severity.WARNING,
    summary="An expression uses a step or an output that does not exist there.",
    means="""No step has this `id`, the step runs later, or its action has no such output. Outputs are below `output`:
`steps.publish.output.remoteUrl`.""",
    matters="""Backstage reports nothing: the value is empty. A link in `output` leads nowhere, a later step fails.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=new
  output:
    links:
      - title: Repository
        url: ${{ steps.publish.output.url }}
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=new
  output:
    links:
      - title: Repository
        url: ${{ steps.publish.output.remoteUrl }}
""",
)

UNKNOWN_ACTION = Rule(
    code="TPL005",
    name="unknown-action",
    severity=Severity.INFO,
    summary="A step has an action that Callboard does not know.",
    means="""The action is none of those of Backstage, of its modules for git hosts and of Roadie's utilities, and no plugin of the
portal has it. It may be an action of your company. If a known action has almost the same name, the finding is a warning, because it is
probably misspelled.""",
    matters="""Backstage refuses to start a task with an action that it does not have. The fields of an unknown action cannot be
checked.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: fetch
      action: fetch:tempalte
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
""",
)

WRONG_INPUT = Rule(
    code="TPL006",
    name="wrong-action-input",
    severity=Severity.WARNING,
    summary="The input of a step does not fit its action.",
    means="""A field that the action requires is missing, has a value of a wrong type, or is no field of the action. Values that
are made of expressions are not checked. A field that the action does not know has no effect: that is reported as information, unless it
is probably misspelled.""",
    matters="""With a missing field or a wrong value, the step fails after the ones before it were carried out. An unknown field is
ignored.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: publish
      action: publish:github
      input:
        defaultBrach: main
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  steps:
    - id: publish
      action: publish:github
      input:
        repoUrl: github.com?owner=acme&repo=new
        defaultBranch: main
""",
)

UNKNOWN_STEP_FIELD = Rule(
    code="TPL007",
    name="unknown-step-field",
    severity=Severity.WARNING,
    summary="A step has a field that steps do not have.",
    means="""A step has the fields `id`, `name`, `action`, `input`, `if`, `each` and `backstage:permissions`.""",
    matters="""Backstage ignores the field: a condition that is written as `when`, for example, is never evaluated.""",
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
      inputs:
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
""",
)

DUPLICATE_STEP_ID = Rule(
    code="TPL008",
    name="duplicate-step-id",
    severity=Severity.WARNING,
    summary="Two steps of a template have the same id.",
    means="""Outputs are found by the id of their step. If two steps have the same one, the outputs of the later step replace those
of the first.""",
    matters="""Expressions get the outputs of another step than the one that was meant, or nothing.""",
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
    - id: fetch
      action: fetch:plain
      input:
        url: ./docs
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
    - id: fetch-docs
      action: fetch:plain
      input:
        url: ./docs
""",
)
