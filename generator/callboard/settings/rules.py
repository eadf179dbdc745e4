"""CFG001 … CFG007: defects of ``sources.yaml``, of the plugins that it names, and of the schema files of kinds."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

UNREADABLE_SETTINGS = Rule(
    code="CFG001",
    name="unreadable-settings",
    severity=Severity.ERROR,
    summary="A file of the portal's configuration cannot be read as one YAML document.",
    means="""`sources.yaml`, or a schema file of a kind, is empty, is not encoded in UTF-8, or is not valid YAML or JSON: an indentation
with tabs, an open bracket, a key that is written twice, a second document.""",
    matters="""Without its configuration Callboard does nothing: the command ends with exit code 2, and the published site stays.""",
    wrong="""sources:
  - {name: acme, type: files, path: repositories
""",
    right="""sources:
  - {name: acme, type: files, path: repositories}
""",
)

UNKNOWN_SETTING = Rule(
    code="CFG002",
    name="unknown-setting",
    severity=Severity.ERROR,
    summary="A key in the portal's configuration is not a setting.",
    means="""The mapping has no setting of this name: it is misspelled, belongs to another section, or to another type of source,
integration or publisher. The settings reference lists all keys.""",
    matters="""A key that is ignored would leave its setting at the default without a word, so it is an error.""",
    wrong="""portal:
  nmae: Acme
sources: []
""",
    right="""portal:
  name: Acme
sources: []
""",
)

INVALID_SETTING = Rule(
    code="CFG003",
    name="invalid-setting",
    severity=Severity.ERROR,
    summary="A value in the portal's configuration is missing or cannot be used.",
    means="""The value has the wrong type, is not one of the possible ones, is used twice where it must be unique, or names a file that
does not exist.""",
    matters="""Callboard does not guess what was meant: the command ends with exit code 2, and the published site stays.""",
    wrong="""portal:
  timezone: Europe/Berln
sources: []
""",
    right="""portal:
  timezone: Europe/Berlin
sources: []
""",
)

UNSET_VARIABLE = Rule(
    code="CFG004",
    name="unset-variable",
    severity=Severity.ERROR,
    summary="The portal's configuration uses an environment variable that is not set.",
    means="""A value contains `${NAME}`, and the environment of the command has no variable of this name; or what stands between the
braces is not a name. Write `$${` for a literal `${`. A variable that is missing in a source, an integration or a publisher is not this
problem: only that item fails.""",
    matters="""The portal's own settings, such as its name and URL, are needed for every page.""",
    wrong="""portal:
  url: https://${PORTAL-HOST}/
sources: []
""",
    right="""portal:
  url: https://${PORTAL_HOST}/
sources: []
""",
)

UNUSABLE_PLUGIN = Rule(
    code="CFG005",
    name="unusable-plugin",
    severity=Severity.ERROR,
    summary="The type of a source, integration or publisher is not installed or cannot be loaded.",
    means="""`type` names a plugin. None of this name is installed, its package cannot be imported, the schema of its options is not valid
JSON Schema, or two installed packages provide the same type. `callboard plugins` lists what is installed.""",
    matters="""What the plugin would read or publish would be missing.""",
    wrong="""sources:
  - {name: acme, type: file, path: repositories}
""",
    right="""sources:
  - {name: acme, type: files, path: repositories}
""",
)

INVALID_KIND_FILE = Rule(
    code="CFG006",
    name="invalid-kind-file",
    severity=Severity.ERROR,
    summary="The schema file of a kind is not a JSON Schema that Callboard can use.",
    means="""A file under `kinds:` is not valid JSON Schema, declares no kind or one that exists, or its `x-callboard` part has an unknown
key or a relation that contradicts another kind.""",
    matters="""Descriptors of the kind could not be checked, and its relations would be missing.""",
    wrong="""type: object
properties:
  spec: {type: mapping}
x-callboard: {kind: Engagement}
""",
    right="""type: object
properties:
  spec: {type: object}
x-callboard: {kind: Engagement}
""",
)

LITERAL_SECRET = Rule(
    code="CFG007",
    name="literal-secret",
    severity=Severity.ERROR,
    summary="The portal's configuration contains a secret.",
    means="""A value looks like a token, a private key or a URL with a password; or a key that expects a secret, such as `token` or
`password`, has a literal value and not the name of an environment variable.""",
    matters="""Everybody who can read the repository with `sources.yaml`, now or in its history, can use the secret. The value of an
environment variable is also masked in all output.""",
    wrong="""sources:
  - {name: acme, type: git, url: "https://git.example.com/acme/shop.git", token: correct-horse-battery}
""",
    right="""sources:
  - {name: acme, type: git, url: "https://git.example.com/acme/shop.git", token: "${GIT_TOKEN}"}
""",
)
