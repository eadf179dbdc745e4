"""A WSDL 1.1 document → its description: services, ports and operations with their messages. Imports are named, not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from callboard.api_reference.loading import UnreadableDefinitionError
from callboard.plugins.api_formats import ApiDescription, ApiOperation

MAX_CHARACTERS = 5_000_000
_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)")


def read_wsdl(text: str) -> ApiDescription:
    """The description. Raises ``UnreadableDefinitionError``."""
    if len(text) > MAX_CHARACTERS or _DOCTYPE.search(text):
        msg = "The WSDL document is too long." if len(text) > MAX_CHARACTERS else "The WSDL document declares entities, which are not read."
        raise UnreadableDefinitionError(msg)
    try:
        root = ET.fromstring(text.lstrip("\ufeff \t\r\n"))  # noqa: S314  # declarations of entities were refused
    except (ET.ParseError, ValueError, RecursionError) as error:
        msg = f"The WSDL document is no valid XML: {error}."
        raise UnreadableDefinitionError(msg, getattr(error, "position", (0, 0))[0]) from None
    if root.tag != f"{_WSDL}definitions":
        msg = "The document is no WSDL 1.1: its root is not definitions."
        raise UnreadableDefinitionError(msg)
    imports = [each.get("location") or each.get("namespace") or "" for each in root.iter(f"{_WSDL}import")]
    troubles = tuple(f"The document imports another one that is not read: {each}" for each in imports)
    return ApiDescription(
        root.get("name") or "", description=_words(root), servers=tuple(dict.fromkeys(_addresses(root))),
        operations=tuple(_operations(root)), troubles=troubles,
    )  # fmt: skip


def _words(node: ET.Element) -> str:
    found = node.find(f"{_WSDL}documentation")
    return "".join(found.itertext()).strip() if found is not None else ""


def _addresses(root: ET.Element) -> Iterator[str]:
    for port in root.iter(f"{_WSDL}port"):
        yield from (location for each in port if each.tag.endswith("}address") and (location := each.get("location")))


def _operations(root: ET.Element) -> Iterator[ApiOperation]:
    """Those of the port types, under the services that offer them; under the port type itself if no service does."""
    messages = {each.get("name", ""): each for each in root.findall(f"{_WSDL}message")}
    bound = {each.get("name", ""): _local(each.get("type")) for each in root.findall(f"{_WSDL}binding")}
    services: dict[str, list[str]] = {}
    for service in root.findall(f"{_WSDL}service"):
        for port in service.findall(f"{_WSDL}port"):
            services.setdefault(bound.get(_local(port.get("binding")), ""), []).append(service.get("name", ""))
    for kind in root.findall(f"{_WSDL}portType"):
        name = kind.get("name", "")
        for operation in kind.findall(f"{_WSDL}operation"):
            yield _operation(operation, next(iter(services.get(name, ())), "") or name, messages)


def _operation(node: ET.Element, group: str, messages: dict[str, ET.Element]) -> ApiOperation:
    sent, answer = node.find(f"{_WSDL}input"), node.find(f"{_WSDL}output")
    outputs = {"": _schema(answer, messages)} if answer is not None else {}
    outputs |= {f"fault {each.get('name', '')}".strip(): _schema(each, messages) for each in node.findall(f"{_WSDL}fault")}
    schema = _schema(sent, messages) if sent is not None else None
    return ApiOperation(group, "operation", node.get("name", ""), description=_words(node), input=schema, outputs=outputs)


def _schema(node: ET.Element, messages: dict[str, ET.Element]) -> dict[str, object]:
    """The parts of a message, with the names of their types: the types themselves stand in XML Schema, in the source."""
    message = messages.get(_local(node.get("message")))
    parts = message.findall(f"{_WSDL}part") if message is not None else []
    fields = {part.get("name", ""): {"type": _local(part.get("element") or part.get("type")) or "anything"} for part in parts}
    return {"type": "object", "properties": fields, "required": list(fields)}


def _local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]
