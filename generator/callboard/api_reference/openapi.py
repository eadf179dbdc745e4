"""An OpenAPI description (2.0, 3.0, 3.1, 3.2) → its reference. Wrong types lose what they stand for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from callboard.api_reference import openapi_security as security
from callboard.api_reference.model import ApiServer, Entry, EntryGroup, NamedType, Reference
from callboard.api_reference.openapi_bodies import Bodies
from callboard.api_reference.openapi_operations import declared_tags, listed_operations, named_schemas, operations_of_item, tag_titles
from callboard.api_reference.samples import Sample, curl
from callboard.api_reference.schemas import SchemaReader, names_by_id
from callboard.api_reference.texts import ReferenceAnchors, Texts, mapping, sequence, slug

_MAX_CALLBACK_LEVELS = 2


def read_openapi(document: dict[str, Any], texts: Texts) -> Reference:
    """The reference of a description."""
    return _OpenApi(document, texts).reference()


def outline_openapi(document: dict[str, Any], texts: Texts) -> Reference:
    """Its operations with their anchors, without anything inside of them: a tenth of the work, for lists of operations."""
    reader = _OpenApi(document, texts)
    return Reference(f"OpenAPI {reader.version}", groups=reader.groups((), is_outline=True))


class _OpenApi:
    def __init__(self, document: dict[str, Any], texts: Texts) -> None:
        self.document, self.texts, self.anchors = document, texts, ReferenceAnchors()
        self.is_old = "swagger" in document
        self.version = texts.line(document.get("swagger") or document.get("openapi"), 20)
        prefix = "#/definitions/" if self.is_old else "#/components/schemas/"
        self.named = named_schemas(document)
        pointers = {prefix + name.replace("~", "~0").replace("/", "~1"): name for name in self.named}
        pointers |= {prefix + name: name for name in self.named}
        siblings = not self.is_old and not self.version.startswith("3.0")
        if siblings:
            pointers = {**names_by_id(self.named), **pointers}
        self.schemas = SchemaReader(document, texts, pointers, siblings)
        self.bodies = Bodies(self.schemas, texts, document)
        self.schemes = security.schemes(document, self.schemas, texts)
        self.names = _counted(document)

    def reference(self) -> Reference:
        info, texts = mapping(self.document.get("info")), self.texts
        types = {key: self._type(key, schema) for key, schema in self.named.items()}
        servers = self._servers(self.document)
        return Reference(
            format=f"{'Swagger' if self.is_old else 'OpenAPI'} {self.version}".strip(),
            title=texts.line(info.get("title")),
            version=texts.line(info.get("version"), 60),
            description=texts.prose(info.get("description")),
            servers=servers,
            auth=tuple(self.schemes.values()),
            groups=self.groups(servers),
            types=types,
            troubles=tuple(self._troubles()),
        )

    def _type(self, key: str, schema: Any) -> NamedType:
        return NamedType(key, self.texts.line(key), self.anchors.of("type", key), self.schemas.shape(schema))

    def _troubles(self) -> Iterator[str]:
        if not isinstance(self.document.get("paths", {}), dict):
            yield "paths is no mapping, so no operation can be shown."
        for path, item in mapping(self.document.get("paths")).items():
            if not isinstance(item, dict):
                yield f"The path {self.texts.line(path)} is no mapping and is not shown."
            elif isinstance(item.get("$ref"), str) and not self.schemas.resolved(item):
                yield f"The path {self.texts.line(path)} refers to another file that is not read: {self.texts.line(item['$ref'])}"

    def _servers(self, holder: dict[str, Any]) -> tuple[ApiServer, ...]:
        texts = self.texts
        if self.is_old:
            host, base = texts.line(self.document.get("host")), texts.line(self.document.get("basePath"))
            schemes = [texts.line(each, 10) for each in sequence(self.document.get("schemes"))] or ["https"]
            return tuple(ApiServer(f"{scheme}://{host}{base}") for scheme in schemes[:4]) if host else ((ApiServer(base),) if base else ())
        found = (each for each in sequence(holder.get("servers"))[:20] if isinstance(each, dict))
        return tuple(
            ApiServer(
                texts.line(each.get("url")),
                texts.line(each.get("description")),
                variables=tuple(
                    (texts.line(n), texts.value(mapping(v).get("default", ""))) for n, v in mapping(each.get("variables")).items()
                ),
            )
            for each in found
        )

    def groups(self, servers: tuple[ApiServer, ...], *, is_outline: bool = False) -> tuple[EntryGroup, ...]:
        """The operations by tag."""
        entries: dict[str, list[Entry]] = {}
        for each in listed_operations(self.document, self.schemas):
            if is_outline:
                entry = self._outline(each.path, each.method, each.shared, each.operation)
            else:
                own = self._servers(each.operation) or self._servers(each.shared) or servers
                entry = self._entry(each.path, each.method, each.shared, each.operation, own, webhook=each.is_webhook)
            entries.setdefault(each.tag, []).append(entry)
        declared = declared_tags(self.document)
        titles = tag_titles(declared)
        order = [*(name for name in declared if name in entries), *(name for name in entries if name not in declared)]
        return tuple(
            EntryGroup(
                self.texts.line(titles.get(name, name)),
                self.anchors.of("group", name),
                self.texts.prose(declared.get(name, {}).get("description")),
                tuple(entries[name]),
            )
            for name in order
        )

    def _entry(
        self, path: str, method: str, shared: dict[str, Any], operation: dict[str, Any], servers: tuple[ApiServer, ...],
        *, webhook: bool = False, level: int = 0,
    ) -> Entry:  # fmt: skip
        texts, anchor = self.texts, self._anchor(path, method, operation, level)
        parameters, inputs, is_required = self.bodies.inputs(shared, operation)
        where = dict(parameters)
        auth = security.alternatives(operation.get("security", self.document.get("security")), texts)
        verb, address = texts.line(method, 20).upper(), texts.line(path)
        sends = inputs[0].media.split(",")[0] if inputs else ""
        needed = operation.get("security", self.document.get("security"))
        sample = Sample(verb, address, sends, security.sample_headers(needed, self.document), security.sample_query(needed, self.document))
        return Entry(
            anchor=anchor,
            verb=verb,
            address=address,
            summary=texts.line(operation.get("summary") or shared.get("summary")),
            description=texts.prose(operation.get("description") or shared.get("description")),
            deprecated=_deprecated(operation, texts),
            sunset=texts.line(operation.get("x-sunset"), 60),
            parameters=parameters,
            inputs=inputs,
            is_input_required=is_required,
            outputs=self.bodies.outputs(operation),
            auth=auth,
            callbacks=self._callbacks(operation, servers, level),
            notes=self._notes(operation),
            is_webhook=webhook,
            sample="" if webhook or level else curl(sample, servers[0] if servers else None, where),
            second_anchor=self.anchors.of("at", _by_path(method, path)) if level == 0 else "",
        )

    def _outline(self, path: str, method: str, shared: dict[str, Any], operation: dict[str, Any], level: int = 0) -> Entry:
        """An operation with what lists show of it; the anchors of its callbacks are given, so that all are those of the reference."""
        anchor = self._anchor(path, method, operation, level)
        for address, inner_method, inner_shared, inner in self._called_back(operation, level):
            self._outline(address, inner_method, inner_shared, inner, level + 1)
        summary = self.texts.line(operation.get("summary") or shared.get("summary"))
        return Entry(
            anchor=anchor,
            verb=self.texts.line(method, 20).upper(),
            address=self.texts.line(path),
            summary=summary,
            description=Markup() if summary else self.texts.prose(operation.get("description") or shared.get("description")),
            deprecated=_deprecated(operation, self.texts),
        )

    def _anchor(self, path: str, method: str, operation: dict[str, Any], level: int) -> str:
        name = operation.get("operationId")
        is_unique = isinstance(name, str) and self.names.get(name) == 1 and level == 0
        return self.anchors.of("op", name if isinstance(name, str) and is_unique else _by_path(method, path))

    def _callbacks(self, operation: dict[str, Any], servers: tuple[ApiServer, ...], level: int) -> tuple[Entry, ...]:
        called = self._called_back(operation, level)
        return tuple(self._entry(address, method, shared, inner, servers, level=level + 1) for address, method, shared, inner in called)

    def _called_back(self, operation: dict[str, Any], level: int) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
        """Address, method, path item and operation of each callback."""
        for callback in mapping(operation.get("callbacks")).values() if level < _MAX_CALLBACK_LEVELS else ():
            for address, item in self.schemas.resolved(callback).items():
                for method, shared, inner in operations_of_item(item, self.schemas):
                    yield address, method, shared, inner

    def _notes(self, operation: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        found = [("operationId", self.texts.line(operation.get("operationId")))]
        if url := self.texts.line(mapping(operation.get("externalDocs")).get("url")):
            found.append(("externalDocs", url))
        return tuple((word, text) for word, text in found if text)


def _by_path(method: str, path: str) -> str:
    return f"{method.lower()}-{slug(path)}"


def _counted(document: dict[str, Any]) -> dict[str, int]:
    """How often each operationId occurs."""
    numbers: dict[str, int] = {}
    items = [*mapping(document.get("paths")).values(), *mapping(document.get("webhooks")).values()]
    for operation in (each for item in items if isinstance(item, dict) for each in item.values() if isinstance(each, dict)):
        name = operation.get("operationId")
        if isinstance(name, str):
            numbers[name] = numbers.get(name, 0) + 1
    return numbers


def _deprecated(operation: dict[str, Any], texts: Texts) -> str:
    if operation.get("deprecated") is not True:
        return ""
    return texts.line(operation.get("x-deprecated-reason") or operation.get("x-deprecation-reason")) or "yes"
