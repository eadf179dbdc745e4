"""An AsyncAPI document (2 or 3) → its reference: operations by channel, with the messages that they send or receive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callboard.api_reference import openapi_security as security
from callboard.api_reference.model import (
    ANYTHING,
    ApiAnswer,
    ApiServer,
    Entry,
    EntryGroup,
    NamedType,
    Payload,
    Reference,
    ShapeField,
    ValueShape,
)
from callboard.api_reference.schema_formats import avro_schema
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import ReferenceAnchors, Texts, mapping, sequence, slug

_OLD_VERBS = (("publish", "receive"), ("subscribe", "send"))
"""AsyncAPI 2 says what clients do: where they publish, the application receives."""


def read_asyncapi(document: dict[str, Any], texts: Texts) -> Reference:
    """The reference of a document."""
    return _AsyncApi(document, texts).reference()


class _AsyncApi:
    def __init__(self, document: dict[str, Any], texts: Texts) -> None:
        self.document, self.texts, self.anchors = document, texts, ReferenceAnchors()
        self.version = texts.line(document.get("asyncapi"), 20)
        components = mapping(document.get("components"))
        self.messages, self.named = mapping(components.get("messages")), mapping(components.get("schemas"))
        pointers = {"#/components/schemas/" + name.replace("~", "~0").replace("/", "~1"): name for name in self.named}
        self.schemas = SchemaReader(document, texts, pointers)
        self.avro: dict[str, NamedType] = {}

    def reference(self) -> Reference:
        info, texts = mapping(self.document.get("info")), self.texts
        declared = mapping(mapping(self.document.get("components")).get("securitySchemes"))
        types = {key: NamedType(key, texts.line(key), self.anchors.of("type", key), self._schema(each)) for key, each in self.named.items()}
        for key, message in self.messages.items():
            made = self._payload(message)
            shape = replace(made.shape, description=made.description or made.shape.description)
            fields = (*(ShapeField(f"header {each.name}", each.shape, each.required) for each in made.headers),)
            if fields:
                shape = ValueShape("object", description=made.description, fields=(*fields, ShapeField("payload", made.shape)))
            types[f"message {key}"] = NamedType(f"message {key}", texts.line(key), self.anchors.of("message", key), shape, "message")
        groups = self._new_groups() if self.version.startswith("3") else self._old_groups()
        return Reference(
            format=f"AsyncAPI {self.version}".strip(),
            title=texts.line(info.get("title")),
            version=texts.line(info.get("version"), 60),
            description=texts.prose(info.get("description")),
            servers=self._servers(),
            auth=tuple(security.scheme(name, self.schemas.resolved(each), texts) for name, each in declared.items()),
            groups=groups,
            types=types | self.avro,
        )

    def _servers(self) -> tuple[ApiServer, ...]:
        texts, found = self.texts, []
        for name, value in list(mapping(self.document.get("servers")).items())[:20]:
            server = self.schemas.resolved(value)
            url = texts.line(server.get("url")) or texts.line(server.get("host")) + texts.line(server.get("pathname"))
            words = texts.line(server.get("description"))
            variables = tuple(
                (texts.line(n), texts.value(mapping(v).get("default", ""))) for n, v in mapping(server.get("variables")).items()
            )
            found.append(
                ApiServer(
                    url, f"{texts.line(name)}: {words}" if words else texts.line(name), texts.line(server.get("protocol"), 40), variables
                )
            )
        return tuple(found)

    def _schema(self, schema: Any) -> ValueShape:
        """A schema, or one of AsyncAPI 3 with its format beside it."""
        if isinstance(schema, dict) and "schemaFormat" in schema and "schema" in schema:
            inner = schema["schema"]
            if "avro" in str(schema["schemaFormat"]).lower():
                return self._avro(inner)
            return self.schemas.shape(inner) if isinstance(inner, dict) else ValueShape("unknown", self.texts.line(schema["schemaFormat"]))
        return ANYTHING if schema is None else self.schemas.shape(schema)

    def _avro(self, schema: Any) -> ValueShape:
        """The shape of a schema of Avro, whose named types join those of the document."""
        found, types = avro_schema(self.schemas.resolved(schema) if isinstance(schema, dict) and "$ref" in schema else schema)
        names = {f"#/types/{name}": f"avro {name}" for name in types}
        reader = SchemaReader({"types": types}, self.texts, names)
        for name, each in types.items():
            key = f"avro {name}"
            if key not in self.avro:
                self.avro[key] = NamedType(key, self.texts.line(name), self.anchors.of("type", name), reader.shape(each))
        return reader.shape(found)

    def _payload(self, value: Any) -> Payload:
        message, texts = self._with_traits(self.schemas.resolved(value)), self.texts
        media = texts.line(message.get("contentType") or self.document.get("defaultContentType"), 100)
        form = texts.line(message.get("schemaFormat"), 100)
        headers = self._schema(message.get("headers")).fields if message.get("headers") is not None else ()
        payload = message.get("payload")
        correlation = texts.line(self.schemas.resolved(message.get("correlationId")).get("location"))
        bindings = tuple((texts.line(n), texts.value(v)) for n, v in self.schemas.resolved(message.get("bindings")).items())
        return Payload(
            media=f"{media} ({form})" if media and form else media or form,
            shape=self._avro(payload) if "avro" in form.lower() else self._schema(payload),
            name=texts.line(message.get("name") or message.get("title")) or _last(value),
            description=texts.prose(message.get("description") or message.get("summary")),
            headers=headers,
            examples=tuple(
                (texts.line(each.get("name")), texts.example(each["payload"]))
                for each in sequence(message.get("examples"))[:3]
                if isinstance(each, dict) and "payload" in each
            ),
            bindings=(*((("correlationId", correlation),) if correlation else ()), *bindings),
        )

    def _with_traits(self, value: dict[str, Any]) -> dict[str, Any]:
        """The value over its traits."""
        for trait in sequence(value.get("traits"))[:20]:
            value = {**self.schemas.resolved(trait), **value}
        return value

    def _entry(
        self, key: str, verb: str, address: str, operation: dict[str, Any], channel: dict[str, Any], payloads: tuple[Payload, ...]
    ) -> Entry:
        texts, operation = self.texts, self._with_traits(operation)
        parameters = tuple(
            ShapeField(texts.line(name), self._parameter(self.schemas.resolved(each)), required=True)
            for name, each in mapping(channel.get("parameters")).items()
        )
        receives = verb == "receive"
        bindings = {**self.schemas.resolved(channel.get("bindings")), **self.schemas.resolved(operation.get("bindings"))}
        by_place = f"{verb}-{slug(address)}"
        return Entry(
            anchor=self.anchors.of("op", key),
            verb=verb,
            address=texts.line(address),
            summary=texts.line(operation.get("summary") or operation.get("title")),
            description=texts.prose(operation.get("description") or channel.get("description")),
            deprecated="yes" if operation.get("deprecated") is True else "",
            parameters=(("channel", parameters),) if parameters else (),
            inputs=payloads if receives else (),
            outputs=(*(() if receives else (ApiAnswer("", payloads=payloads),)), *self._reply(operation)),
            auth=self._auth(operation),
            notes=tuple((texts.line(name), texts.value(each)) for name, each in bindings.items()),
            second_anchor=self.anchors.of("at", by_place),
        )

    def _parameter(self, value: dict[str, Any]) -> ValueShape:
        schema = value.get("schema")
        shape = self.schemas.shape(
            {key: each for key, each in value.items() if key in {"enum", "default", "examples"}} | {"type": "string"}
        )
        if schema is not None:
            shape = self.schemas.shape(schema)
        return replace(shape, description=self.texts.prose(value.get("description")) or shape.description)

    def _auth(self, operation: dict[str, Any]) -> tuple[str, ...] | None:
        declared = operation.get("security")
        if self.version.startswith("2"):
            return security.alternatives(declared, self.texts)
        names = [_last(each) or self.texts.line(mapping(each).get("type")) for each in sequence(declared)]
        return tuple(self.texts.line(name) for name in names if name) or None

    def _reply(self, operation: dict[str, Any]) -> tuple[ApiAnswer, ...]:
        reply = self.schemas.resolved(operation.get("reply"))
        if not reply:
            return ()
        channel = self.schemas.resolved(reply.get("channel"))
        messages = sequence(reply.get("messages")) or list(mapping(channel.get("messages")).values())
        return (ApiAnswer("reply", payloads=tuple(self._payload(each) for each in messages[:40])),)

    def _new_groups(self) -> tuple[EntryGroup, ...]:
        entries: dict[str, list[Entry]] = {name: [] for name in mapping(self.document.get("channels"))}
        for key, value in mapping(self.document.get("operations")).items():
            operation = self.schemas.resolved(value)
            reference = mapping(operation.get("channel")).get("$ref")
            name = _last(operation.get("channel"))
            channel = self.schemas.resolved(operation.get("channel"))
            if not isinstance(reference, str) or not channel:
                continue
            messages = sequence(operation.get("messages")) or list(mapping(channel.get("messages")).values())
            payloads = tuple(self._payload(each) for each in messages[:40])
            verb = self.texts.line(operation.get("action"), 20) or "send"
            entries.setdefault(name, []).append(self._entry(key, verb, _address(channel, name), operation, channel, payloads))
        for name, found in entries.items():
            channel = self.schemas.resolved(mapping(self.document.get("channels")).get(name))
            if not found and channel:
                payloads = tuple(self._payload(each) for each in list(mapping(channel.get("messages")).values())[:40])
                found.append(self._entry(f"channel-{name}", "channel", _address(channel, name), {}, channel, payloads))
        return tuple(self._group(name, found) for name, found in entries.items() if found)

    def _group(self, name: str, entries: list[Entry]) -> EntryGroup:
        channel = self.schemas.resolved(mapping(self.document.get("channels")).get(name))
        title = self.texts.line(channel.get("title")) or self.texts.line(_address(channel, name))
        return EntryGroup(title, self.anchors.of("group", name), self.texts.prose(channel.get("description")), tuple(entries))

    def _old_groups(self) -> tuple[EntryGroup, ...]:
        groups = []
        for address, value in mapping(self.document.get("channels")).items():
            channel, entries = self.schemas.resolved(value), []
            for word, verb in _OLD_VERBS:
                operation = mapping(channel.get(word))
                if operation:
                    message = self.schemas.resolved(operation.get("message"))
                    several = sequence(message.get("oneOf")) or [operation.get("message")]
                    payloads = tuple(self._payload(each) for each in several[:40] if each is not None)
                    key = operation.get("operationId")
                    entries.append(
                        self._entry(key if isinstance(key, str) else f"{verb}-{address}", verb, address, operation, channel, payloads)
                    )
            if entries:
                groups.append(self._group(address, entries))
        return tuple(groups)


def _address(channel: dict[str, Any], name: str) -> str:
    address = channel.get("address")
    return address if isinstance(address, str) else name


def _last(value: Any) -> str:
    """The last part of a reference; empty for anything else."""
    reference = mapping(value).get("$ref")
    return reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~") if isinstance(reference, str) else ""
