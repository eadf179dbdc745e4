"""API002: the definition of an API is not what its type says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from callboard.descriptors.document import CheckedDocument
from callboard.model.problem import Problem, Rule, Severity
from callboard.yaml import documents

UNPARSABLE_DEFINITION = Rule(
    code="API002",
    name="unparsable-definition",
    severity=Severity.WARNING,
    summary="The definition of the API is not what its type says.",
    means="""`spec.definition` holds the API's description in the language that `spec.type` names: an OpenAPI or AsyncAPI document as
YAML or JSON, a GraphQL schema, a `.proto` file. Here it is something else, or it is cut off.""",
    matters="""Nobody can read the API's operations: the portal shows the text as it is, and Backstage's page shows an error.""",
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
"""Letters of a definition that is parsed as a whole; of a longer one only its beginning is looked at (10 ms for each 65 KB)."""
_BEGINNING = 5_000
_PATH = ("spec", "definition")
_NAMES = {"openapi": "OpenAPI document", "asyncapi": "AsyncAPI document", "graphql": "GraphQL schema", "grpc": "`.proto` file"}
_ADDRESS = re.compile(r"(?:https?://|\.{0,2}/|[\w-]+(?=[/.]))\S+\.\w+")
"""Somebody meant the file that it names."""


def find_unparsable_definition(document: CheckedDocument) -> Iterator[Problem]:
    """A definition that cannot be read; one that is no text, or missing, is another problem."""
    if document.kind is None or document.kind.name != "API":
        return
    spec = document.spec()
    definition, sort = spec.get("definition"), spec.get("type")
    check = _CHECKS.get(sort.lower()) if isinstance(sort, str) else None
    why = check(definition) if check and isinstance(definition, str) and definition.strip() else ""
    if why and isinstance(sort, str) and isinstance(definition, str):
        hint = "Correct the definition, or the type."
        if _ADDRESS.fullmatch(definition.strip()):
            hint = "To read it from a file, write `$text:` with its path below `definition:`."
        yield document.problem(UNPARSABLE_DEFINITION, f"The definition is no {_NAMES[sort.lower()]}: {why}.", _PATH, hint)


def _marked(*marks: str) -> Callable[[str], str]:
    """A YAML or JSON object with one of these keys."""
    key = re.compile(rf"(?:^|[{{,\n])[ \t]*[\"']?(?:{'|'.join(marks)})[\"']?[ \t]*:")
    told = " or ".join(f"`{mark}:`" for mark in marks)

    def check(text: str) -> str:
        if len(text) > _PARSED:
            return "" if key.search(text) else f"it has no {told}"
        value, why = _read(text)
        if why:
            return why
        if not isinstance(value, Mapping):
            return "it is a text" if isinstance(value, str) else "it is no mapping"
        return "" if any(mark in value for mark in marks) else f"it has no {told}"

    return check


def _read(text: str) -> tuple[object, str]:
    """The value, and what stands in the way of reading it."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text), ""
        except (ValueError, RecursionError):  # perhaps YAML in braces
            pass
    found = documents.read_one(text)
    if not found.failed:
        return found.value, ""
    trouble = found.troubles[0]
    return None, f"line {trouble.at.line} of it cannot be read ({trouble.message[:200]})"


_NOISE = re.compile(r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/')


def _with_words(*words: str) -> Callable[[str], str]:
    """A language with blocks in braces that begins with one of these words."""
    word = re.compile(rf"\b(?:{'|'.join(words)})\b")

    def check(text: str) -> str:
        if len(text) > _PARSED:
            return "" if word.search(text[:_BEGINNING]) else "its beginning shows no sign of it"
        bare = _NOISE.sub(" ", text)
        if not word.search(bare):
            return f"it has none of the words {', '.join(words[:4])}"
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
"""By type, in lower case; other types are not looked at."""
