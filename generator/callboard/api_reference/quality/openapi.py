"""An OpenAPI description → what its rules find: words, schemas, examples, security, servers and names of its operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from callboard.api_reference.openapi_operations import METHODS
from callboard.api_reference.quality.tally import Tally, names_successor
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import Texts, mapping, sequence

_NAME_IN_PATH = re.compile(r"\{([^{}/]{1,200})\}")
_LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})  # noqa: S104  # addresses that callers cannot use
_EXAMPLES = ("example.com", "example.org", "example.net")
_BODIES = frozenset({"post", "put", "patch"})
Place = tuple[str, str]


class OpenApiRules:
    """Looks at everything of one description."""

    def __init__(self, document: dict[str, Any], tally: Tally) -> None:
        self.document, self.tally = document, tally
        self.schemas = SchemaReader(document, Texts(is_public=False))
        self.is_old = "swagger" in document

    def run(self) -> None:
        """Apply all rules."""
        self._about()
        found = [*self._operations()]
        ids = Counter(name for _, _, operation in found if isinstance(name := operation.get("operationId"), str))
        for place, shared, operation in found:
            self._words(place, operation, shared, ids)
            self._parameters(place, shared, operation)
            self._answers(place, operation)
            self._body(place, shared, operation)
        self._tags()
        self._enumerations()

    def _operations(self) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
        for path, item in mapping(self.document.get("paths")).items():
            shared = self.schemas.resolved(item)
            for method in METHODS:
                if isinstance(shared.get(method), dict):
                    yield (method, path), shared, shared[method]

    def _about(self) -> None:
        look, info = self.tally.look, mapping(self.document.get("info"))
        look("api-description", not info.get("description"), ("info",))
        look("api-contact", not mapping(info.get("contact")), ("info",))
        servers = [mapping(each).get("url") for each in sequence(self.document.get("servers"))]
        if self.is_old and isinstance(self.document.get("host"), str):
            schemes = sequence(self.document.get("schemes")) or ["https"]
            servers = [f"{scheme}://{self.document['host']}" for scheme in schemes]
        for url in servers:
            if isinstance(url, str):
                look("server-address", _is_unusable(url), ("host" if self.is_old else "servers",), url)

    def _words(self, place: Place, operation: dict[str, Any], shared: dict[str, Any], ids: Counter[str]) -> None:
        look, name = self.tally.look, operation.get("operationId")
        is_described = any(each.get(key) for each in (operation, shared) for key in ("summary", "description"))
        look("operation-description", not is_described, place)
        look("operation-id", not isinstance(name, str), place)
        if isinstance(name, str):
            look("operation-id-clash", ids[name] > 1, place, name)
        look("operation-tag", not sequence(operation.get("tags")), place)
        look("security", operation.get("security", self.document.get("security")) is None, place)
        if operation.get("deprecated") is True:
            says = names_successor(f"{operation.get('description', '')} {operation.get('summary', '')}")
            look("successor", not (says or operation.get("x-deprecated-reason") or operation.get("x-sunset")), place)

    def _parameters(self, place: Place, shared: dict[str, Any], operation: dict[str, Any]) -> None:
        in_path = set()
        for each in (*sequence(shared.get("parameters")), *sequence(operation.get("parameters"))):
            parameter = self.schemas.resolved(each)
            name = parameter.get("name")
            if not isinstance(name, str):
                continue
            self.tally.look("parameter-description", not parameter.get("description"), place, name)
            if parameter.get("in") == "path":
                in_path.add(name)
        written = set(_NAME_IN_PATH.findall(place[1]))
        if written or in_path:
            wrong = sorted(written ^ in_path)
            self.tally.look("path-parameter", bool(wrong), place, ", ".join(wrong))

    def _answers(self, place: Place, operation: dict[str, Any]) -> None:
        answers = {str(status): self.schemas.resolved(each) for status, each in mapping(operation.get("responses")).items()}
        self.tally.look("success-response", not any(status[:1] in {"1", "2", "3"} or status == "default" for status in answers), place)
        self.tally.look("error-response", not any(status[:1] == "4" or status == "default" for status in answers), place)
        for status, answer in answers.items():
            self._contents(place, answer, status)

    def _body(self, place: Place, shared: dict[str, Any], operation: dict[str, Any]) -> None:
        body = self.schemas.resolved(operation.get("requestBody"))
        if body:
            self._contents(place, body, "requestBody")
        elif self.is_old and place[0] in _BODIES:
            parameters = (
                self.schemas.resolved(each) for each in (*sequence(shared.get("parameters")), *sequence(operation.get("parameters")))
            )
            for each in parameters:
                if each.get("in") == "body":
                    self.tally.look("body-schema", "schema" not in each, place)

    def _contents(self, place: Place, holder: dict[str, Any], where: str) -> None:
        for media, each in mapping(holder.get("content")).items():
            value = mapping(each)
            schema = value.get("schema", value.get("itemSchema"))
            self.tally.look("body-schema", schema is None, place, f"{where} {media}")
            if schema is not None and "json" in str(media):
                has_example = "example" in value or bool(value.get("examples")) or _has_example(self.schemas.resolved(schema))
                self.tally.look("body-example", not has_example, place, f"{where} {media}")

    def _tags(self) -> None:
        for tag in sequence(self.document.get("tags")):
            if isinstance(tag, dict) and isinstance(tag.get("name"), str):
                self.tally.look("tag-description", not tag.get("description"), (tag["name"],))

    def _enumerations(self) -> None:
        named = self.document.get("definitions") if self.is_old else mapping(self.document.get("components")).get("schemas")
        for name, schema in mapping(named).items():
            pending = [schema]
            while pending:
                value = pending.pop()
                if isinstance(value, dict):
                    values = value.get("enum")
                    if isinstance(values, list):
                        words = [repr(each) for each in values[:1000]]
                        self.tally.look("duplicate-value", len(set(words)) < len(words), (str(name),))
                    pending += [each for key, each in value.items() if isinstance(each, dict | list) and key not in {"example", "examples"}]
                elif isinstance(value, list):
                    pending += value


def _is_unusable(url: str) -> bool:
    """Whether an address is one without https, of the author's machine, or for examples."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return True
    return parts.scheme == "http" or host in _LOCAL or host.endswith(_EXAMPLES)


def _has_example(schema: dict[str, Any]) -> bool:
    """Whether the schema has an example, or each of its fields has one."""
    if "example" in schema or schema.get("examples"):
        return True
    fields = [each for each in mapping(schema.get("properties")).values() if isinstance(each, dict)]
    return bool(fields) and all("example" in each or each.get("examples") or "enum" in each or "const" in each for each in fields)
