"""An OpenAPI description → its operations as they stand in it: paths and webhooks, methods, the tag that each is listed under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import mapping, sequence
from callboard.model.data_classes import dataclass

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
MAX_PARENTS = 4
"""Tags above one another; one may name itself as its parent."""
_NO_TAG = "/"
_WEBHOOKS = "Webhooks"
"""The tag of webhooks without one, unless other operations have it in another spelling."""


@dataclass(frozen=True, slots=True)
class ListedOperation:
    """One operation of a description."""

    path: str
    method: str
    """As written."""
    shared: dict[str, Any]
    """The path item, with what all of its operations share."""
    operation: dict[str, Any]
    tag: str
    """Its first tag; without one the first segment of its path, or ``Webhooks``."""
    is_webhook: bool = False


def listed_operations(document: dict[str, Any], schemas: SchemaReader) -> list[ListedOperation]:
    """All operations of paths, then those of webhooks."""
    webhooks = mapping(document.get("webhooks") or document.get("x-webhooks")).items()
    listed = [each for path, item in mapping(document.get("paths")).items() for each in _of_item(path, item, schemas)]
    named = (*declared_tags(document), *(each.tag for each in listed))
    default = next((tag for tag in named if tag.casefold() == _WEBHOOKS.casefold()), _WEBHOOKS)
    return [*listed, *(each for name, item in webhooks for each in _of_item(name, item, schemas, default))]


def _of_item(path: str, item: Any, schemas: SchemaReader, webhooks: str = "") -> Iterator[ListedOperation]:
    """``webhooks``: the tag of webhooks without one, if the item is one."""
    for method, shared, operation in operations_of_item(item, schemas):
        tag = next((each for each in sequence(operation.get("tags")) if isinstance(each, str) and each.strip()), "")
        yield ListedOperation(path, method, shared, operation, tag or webhooks or _first_segment(path), bool(webhooks))


def operations_of_item(item: Any, schemas: SchemaReader) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Method, path item and operation of each operation of a path item, which may be a reference with siblings."""
    shared = schemas.resolved(item)
    if isinstance(item, dict) and "$ref" in item:
        shared = {**shared, **{key: value for key, value in item.items() if key != "$ref"}}
    for method in METHODS:
        if isinstance(shared.get(method), dict):
            yield method, shared, shared[method]
    for method, operation in mapping(shared.get("additionalOperations")).items():
        if isinstance(operation, dict):
            yield method, shared, operation


def declared_tags(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tags that the description declares, by name."""
    return {each["name"]: each for each in sequence(document.get("tags")) if isinstance(each, dict) and isinstance(each.get("name"), str)}


def tag_titles(declared: dict[str, dict[str, Any]]) -> dict[str, str]:
    """What tags are called: below their parents, and by their summaries (OpenAPI 3.2)."""
    found = {}
    for name in declared:
        path: list[str] = []
        at: Any = name
        while isinstance(at, str) and at in declared and len(path) < MAX_PARENTS:
            summary = declared[at].get("summary")
            path.append(summary if isinstance(summary, str) and summary.strip() else at)
            at = declared[at].get("parent")
        found[name] = " › ".join(reversed(path))
    return found


def named_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """The schemas with a name."""
    return mapping(document.get("definitions") if "swagger" in document else mapping(document.get("components")).get("schemas"))


def _first_segment(path: str) -> str:
    segments = [each for each in path.split("/") if each and not each.startswith("{")]
    return segments[0] if segments else _NO_TAG
