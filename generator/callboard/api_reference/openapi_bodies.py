"""Parameters, bodies and responses of an OpenAPI operation → parameters, payloads and answers of the model."""

from __future__ import annotations

import marshal
from dataclasses import field, replace
from hashlib import blake2b
from typing import Any

from callboard.api_reference.model import ApiAnswer, Payload, ShapeField, ValueShape
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import Texts, mapping, sequence
from callboard.model.data_classes import dataclass

_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}
"""Names of OpenAPI 3 for the formats of lists of OpenAPI 2."""
_ORDER = ("path", "query", "querystring", "header", "cookie")
Parameters = tuple[tuple[str, tuple[ShapeField, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bodies:
    """Reads what goes in and what comes out of operations."""

    schemas: SchemaReader
    texts: Texts
    document: dict[str, Any]
    parameters: dict[tuple[int, str | None], ShapeField] = field(default_factory=dict)
    """Parameters that were made, by the identity of their part of the document, which stays alive: most are shared by operations."""
    answers: dict[tuple[int, str, str], ApiAnswer] = field(default_factory=dict)
    """Answers that were made, by the identity of their part of the document, status and the media types of the operation."""
    alike: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    """The first of the parts of the document that are written alike, by digest: most operations have the same errors."""

    def inputs(self, shared: dict[str, Any], operation: dict[str, Any]) -> tuple[Parameters, tuple[Payload, ...], bool]:
        """Parameters by place, the forms of the body, and whether the body is required."""
        found = self._parameters(shared, operation)
        places = [*_ORDER, *sorted({place for place, _ in found} - {*_ORDER, "body", "formData"})]
        by_place = tuple((place, tuple(self._shared(each) for (at, _), each in found.items() if at == place)) for place in places)
        body = self.schemas.resolved(operation.get("requestBody"))
        old = [each for (place, _), each in found.items() if place in {"body", "formData"}]
        payloads = self._old_body(old, operation) if old else self._content(body)
        if payloads and body.get("description"):
            payloads = (replace(payloads[0], description=self.texts.prose(body["description"])), *payloads[1:])
        required = body.get("required") is True or any(each.get("required") is True for each in old)
        return tuple((place, fields) for place, fields in by_place if fields), payloads, required

    def _parameters(self, shared: dict[str, Any], operation: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
        """Those of the path and of the operation, of which the latter win, by place and name."""
        found = {}
        for each in (*sequence(shared.get("parameters")), *sequence(operation.get("parameters"))):
            parameter = self.schemas.resolved(each)
            if isinstance(parameter.get("name"), str):
                found[str(parameter.get("in", "query"))[:20], parameter["name"]] = parameter
        return found

    def _shared(self, parameter: dict[str, Any], name: str | None = None) -> ShapeField:
        """A parameter that is part of the document; headers have their name beside them."""
        key = (id(parameter), name)
        found = self.parameters.get(key)
        if found is None:
            first = (id(self._first_alike(parameter)), name)
            found = self.parameters.get(first) or self._parameter(parameter if name is None else {**parameter, "name": name})
            self.parameters[key] = self.parameters[first] = found
        return found

    def _first_alike(self, part: dict[str, Any]) -> dict[str, Any]:
        """The first part of the document that is written exactly like this one, or this one."""
        try:
            written = marshal.dumps(part, 2)  # a version without references between values: equal values are equal bytes
        except ValueError:  # a value that is in no JSON, such as a date in YAML
            return part
        return self.alike.setdefault(blake2b(written, digest_size=16).digest(), part)

    def _parameter(self, parameter: dict[str, Any]) -> ShapeField:
        schema = parameter.get("schema")
        if schema is None:
            schema = next((mapping(each).get("schema") for each in mapping(parameter.get("content")).values()), None)
        beside = {"name", "in", "required", "description", "schema", "content", "allowEmptyValue", "style", "explode", "allowReserved"}
        old = {key: value for key, value in parameter.items() if key not in beside}
        shape = self.schemas.shape(old if schema is None else schema)
        description = self.texts.prose(parameter.get("description")) or shape.description
        deprecated = shape.deprecated or ("yes" if parameter.get("deprecated") is True else "")
        examples = shape.examples or self._values(parameter)
        required = parameter.get("required") is True
        return ShapeField(
            self.texts.line(parameter["name"]),
            replace(shape, description=description, deprecated=deprecated, examples=examples),
            required,
            style=self._style(parameter),
        )

    def _style(self, parameter: dict[str, Any]) -> str:
        """How lists and objects are written, with the defaults of the version; empty for other values."""
        kind = parameter.get("type") or self.schemas.resolved(parameter.get("schema")).get("type")
        if kind not in ("array", "object"):
            return ""
        default = "form" if parameter.get("in") in ("query", "cookie") else "simple"
        if "swagger" in self.document:
            written = self.texts.line(parameter.get("collectionFormat"), 20) or "csv"
            return f"{_STYLES.get(written, default)}, explode {written == 'multi'}"
        style = self.texts.line(parameter.get("style"), 40) or default
        explode = parameter.get("explode")
        return f"{style}, explode {explode if isinstance(explode, bool) else style == 'form'}"

    def _values(self, holder: dict[str, Any]) -> tuple[str, ...]:
        values = [holder["example"]] if "example" in holder else [value for _, value in self._named_examples(holder)]
        return tuple(self.texts.value(each) for each in values[:3])

    def _named_examples(self, holder: dict[str, Any]) -> list[tuple[str, Any]]:
        found = [(name, self.schemas.resolved(each)) for name, each in mapping(holder.get("examples")).items()]
        return [(name, each.get("value", each.get("dataValue", each.get("serializedValue")))) for name, each in found if each]

    def _content(self, holder: dict[str, Any]) -> tuple[Payload, ...]:
        """The payloads of ``content``; media types with the same schema are one."""
        payloads: list[tuple[Any, Payload]] = []
        for media, each in list(mapping(holder.get("content")).items())[:40]:
            value = self.schemas.resolved(each)
            schema = value.get("schema", value.get("itemSchema"))
            same = next((n for n, (other, _) in enumerate(payloads) if other == schema and schema is not None), None)
            if same is not None:
                payloads[same] = (schema, replace(payloads[same][1], media=f"{payloads[same][1].media}, {self.texts.line(media, 100)}"))
                continue
            words = f"{self.texts.line(media, 100)} (itemSchema)" if "itemSchema" in value else self.texts.line(media, 100)
            payloads.append((schema, Payload(words, self._shape(schema), examples=self._examples(value))))
        return tuple(payload for _, payload in payloads)

    def _shape(self, schema: Any) -> ValueShape:
        return ValueShape("anything") if schema is None else self.schemas.shape(schema)

    def _examples(self, holder: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        if "example" in holder:
            return (("", self.texts.example(holder["example"])),)
        found, declared = self._named_examples(holder)[:3], mapping(holder.get("examples"))
        summaries = {name: self.texts.line(self.schemas.resolved(declared.get(name)).get("summary")) for name, _ in found}
        return tuple(
            (f"{self.texts.line(name)}: {summaries[name]}" if summaries[name] else self.texts.line(name), self.texts.example(value))
            for name, value in found
            if value is not None
        )

    def _old_body(self, parameters: list[dict[str, Any]], operation: dict[str, Any]) -> tuple[Payload, ...]:
        """The body of OpenAPI 2.0: one parameter ``body``, or those of ``formData`` as the fields of one object."""
        consumes = sequence(operation.get("consumes", self.document.get("consumes")))
        media = ", ".join(self.texts.line(each, 100) for each in consumes)
        body = next((each for each in parameters if each.get("in") == "body"), None)
        if body is not None:
            return (Payload(media, self._shape(body.get("schema")), description=self.texts.prose(body.get("description"))),)
        return (Payload(media or "formData", ValueShape("object", fields=tuple(self._parameter(each) for each in parameters))),)

    def outputs(self, operation: dict[str, Any]) -> tuple[ApiAnswer, ...]:
        """The responses by status."""
        produces = ", ".join(self.texts.line(each, 100) for each in sequence(operation.get("produces", self.document.get("produces"))))
        return tuple(self._output(str(case), each, produces) for case, each in mapping(operation.get("responses")).items())

    def _output(self, case: str, value: Any, media: str) -> ApiAnswer:
        response = self.schemas.resolved(value)
        if not response:
            return self._answer(case, response, media)
        key = (id(response), case, media)
        found = self.answers.get(key)
        if found is None:
            first = (id(self._first_alike(response)), case, media)
            found = self.answers.get(first) or self._answer(case, response, media)
            self.answers[key] = self.answers[first] = found
        return found

    def _answer(self, case: str, response: dict[str, Any], media: str) -> ApiAnswer:
        payloads = self._content(response)
        if "schema" in response:
            shown = tuple((self.texts.line(name), self.texts.example(each)) for name, each in mapping(response.get("examples")).items())
            payloads = (Payload(media, self._shape(response["schema"]), examples=shown[:3]),)
        headers = (self._header(name, each) for name, each in mapping(response.get("headers")).items())
        links = tuple(self._link(name, self.schemas.resolved(each)) for name, each in mapping(response.get("links")).items())
        return ApiAnswer(self.texts.line(case, 40), self.texts.prose(response.get("description")), tuple(headers), payloads, links)

    def _link(self, name: str, link: dict[str, Any]) -> str:
        target = self.texts.line(link.get("operationId") or link.get("operationRef"))
        parameters = ", ".join(f"{self.texts.line(key)}={self.texts.value(each)}" for key, each in mapping(link.get("parameters")).items())
        return f"{self.texts.line(name)}{f' → {target}' if target else ''}{f' ({parameters})' if parameters else ''}"

    def _header(self, name: str, value: Any) -> ShapeField:
        header = self.schemas.resolved(value)
        return self._shared(header, name) if header else self._parameter({"name": name})
