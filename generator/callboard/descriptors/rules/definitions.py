"""A checked document of the kind API → problem API002 if its definition does not match its type, else its faults (API003)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from callboard.api_reference.loading import yaml_documents
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.rules.api_definitions import find_invalid_definition
from callboard.model.problem import Problem, Rule, Severity
from callboard.settings.schema_messages import shown

UNPARSABLE_DEFINITION = Rule(
    code="API002",
    name="unparsable-definition",
    severity=Severity.WARNING,
    summary="The definition of the API does not match its type.",
    means="""`spec.definition` holds the API's description in the format that `spec.type` names: an OpenAPI or AsyncAPI document as
YAML or JSON, a GraphQL schema, a `.proto` file. This definition has another format, or is incomplete.""",
    matters="""The API's operations cannot be shown: the portal displays the raw text, and Backstage's page displays an error.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"
    paths: {}
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"}
    paths: {}
""",
)

_PARSED = 100_000
"""Longest definition, in characters, that is parsed completely (10 ms for each 65 KB); of a longer one only keywords are searched."""
_BEGINNING = 5_000
_PATH = ("spec", "definition")
_NAMES = {"openapi": "OpenAPI document", "asyncapi": "AsyncAPI document", "graphql": "GraphQL schema", "grpc": "`.proto` file"}
_PLACEHOLDER = re.compile(r"\$(?P<key>text|json|yaml|openapi|asyncapi)(?:\s*:\s*|\s+)[\"']?(?P<target>[^\s\"']+)[\"']?")
"""A placeholder that is a string, because it stands in quotes, after ``|`` or without its colon."""
_ADDRESS = re.compile(r"(?:https?://|\.{0,2}/|[\w-]+(?=[/.]))\S*\.\w+")
"""A path or URL: the author meant the file at it."""


def find_unparsable_definition(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the definition cannot be parsed; SPC rules report one that is missing or not a string."""
    if document.kind is None or document.kind.name != "API":
        return
    spec = document.spec()
    definition, sort = spec.get("definition"), spec.get("type")
    check = _CHECKS.get(sort.lower()) if isinstance(sort, str) else None
    if isinstance(definition, str) and (placeholder := _PLACEHOLDER.fullmatch(definition.strip())):
        yield document.problem(
            UNPARSABLE_DEFINITION,
            f"The definition is the string `{shown(definition.strip())}`, not the content of a file.",
            _PATH,
            f"Write ${placeholder['key']}: {shown(placeholder['target'])} on a line of its own below definition:, indented by two spaces,"
            " without quotes around the line and without |.",
        )
        return
    why = check(definition) if check and isinstance(definition, str) and definition.strip() else ""
    if why and isinstance(sort, str) and isinstance(definition, str):
        hint = "Fix the definition, or the type."
        if _ADDRESS.fullmatch(definition.strip()):
            hint = "To read it from a file, write `$text:` and its path below `definition:`."
        yield document.problem(UNPARSABLE_DEFINITION, f"The definition is not a valid {_NAMES[sort.lower()]}: {why}.", _PATH, hint)
    else:
        yield from find_invalid_definition(document)


def _marked(*marks: str) -> Callable[[str], str]:
    """Return a check for a YAML or JSON object with one of these keys."""
    key = re.compile(rf"(?:^|[{{,\n])[ \t]*[\"']?(?:{'|'.join(marks)})[\"']?[ \t]*:")
    keys = " or ".join(f"`{mark}:`" for mark in marks)

    def check(text: str) -> str:
        if len(text) > _PARSED:
            return "" if key.search(text) else f"it has no {keys}"
        value, why = _read(text)
        if why:
            return why
        if not isinstance(value, Mapping):
            return "it is a string, not a mapping" if isinstance(value, str) else "it is not a mapping"
        return "" if any(mark in value for mark in marks) else f"it has no {keys}"

    return check


def _read(text: str) -> tuple[object, str]:
    """Return the parsed value and an empty string, or None and why it cannot be parsed."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text), ""
        except (ValueError, RecursionError):  # perhaps YAML in braces
            pass
    found = yaml_documents(text)
    trouble = next((each for document in found for each in document.troubles if each.fatal), None)
    if len(found) > 1 and trouble is None:
        return None, f"its line {found[1].line} cannot be parsed (Only one document is allowed here)"
    if trouble is None:
        return (found[0].value if found else None), ""
    return None, f"its line {trouble.at.line} cannot be parsed ({trouble.message[:200]})"


_NOISE = re.compile(
    r'"""(?:[^"]|"(?!""))*+(?:"""|(?P<open>))|"(?:[^"\\\n]|\\.)*+(?:"|(?P<open_line>))|#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|(?P<open_comment>))'
)
"""Strings and comments. What is not closed is matched as well, and kept: otherwise it would be read again from each quote in it."""


def _without_noise(text: str) -> str:
    """The text with a space in place of each string and each comment that ends."""
    return _NOISE.sub(lambda match: match[0] if match.lastgroup else " ", text)


def _with_words(*words: str) -> Callable[[str], str]:
    """Return a check for a language with blocks in braces that uses one of these keywords."""
    word = re.compile(rf"\b(?:{'|'.join(words)})\b")

    def check(text: str) -> str:
        if len(text) > _PARSED:
            return "" if word.search(text[:_BEGINNING]) else "its beginning has none of the expected keywords"
        bare = _without_noise(text)
        if not word.search(bare):
            return f"it has none of the keywords {', '.join(words[:4])}"
        missing = bare.count("{") - bare.count("}")
        return "" if missing == 0 else f"{abs(missing)} closing brace{'s are' if abs(missing) > 1 else ' is'} " + (
            "missing" if missing > 0 else "too many"
        )  # fmt: skip

    return check


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "openapi": _marked("openapi", "swagger"),
    "asyncapi": _marked("asyncapi"),
    "graphql": _with_words("type", "schema", "interface", "enum", "scalar", "input", "union", "directive", "extend", "query"),
    "grpc": _with_words("syntax", "service", "message", "package", "enum", "edition", "import"),
}
"""Check by API type, in lower case; definitions of other types are not checked."""
