"""TPL009, TPL010: the schemas of parameters, and the fields of their form."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

INVALID_PARAMETERS = Rule(
    code="TPL009",
    name="invalid-parameters",
    severity=Severity.WARNING,
    summary="The schema of a template's parameters is wrong.",
    means="""A page of `spec.parameters` is no JSON Schema (draft 7), `required` names a parameter that the page does not have, a
default does not fit its own schema, or a pattern is no regular expression that browsers accept (they compile it with the flag `u`).""",
    matters="""The form cannot be submitted, or it shows an error that its reader cannot fix.""",
    wrong=r"""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      required: [nmae]
      properties:
        name:
          type: string
          pattern: '^[\w-.]+$'
  steps:
    - id: log
      action: debug:log
      input:
        message: Hello
""",
    right=r"""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  owner: platform
  type: service
  parameters:
    - title: Service
      required: [name]
      properties:
        name:
          type: string
          pattern: '^[\w.-]+$'
  steps:
    - id: log
      action: debug:log
      input:
        message: Hello
""",
)

UNKNOWN_FORM_FIELD = Rule(
    code="TPL010",
    name="unknown-form-field",
    severity=Severity.WARNING,
    summary="A parameter has a form field, widget or option that forms do not have.",
    means="""`ui:field` names no field of Backstage, `ui:widget` no widget, or an option in `ui:options` has a wrong type. A
company may add fields of its own: an unknown name is reported as information, unless it is probably misspelled.""",
    matters="""The form shows an error in place of the field, or ignores the option.""",
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
        owner:
          type: string
          ui:field: OwnerPciker
  steps:
    - id: log
      action: debug:log
      input:
        message: Hello
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
        owner:
          type: string
          ui:field: OwnerPicker
  steps:
    - id: log
      action: debug:log
      input:
        message: Hello
""",
)
