"""A number → an OpenAPI definition with so many operations, their bodies, parameters, answers and types; and a source full of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TYPES = ("Order", "Line", "Customer", "Address", "Payment", "Refund", "Parcel", "Product", "Price", "Problem")
_WORDS = ("orders", "customers", "payments", "parcels", "products", "refunds")


def definition(number: int, operations: int) -> dict[str, Any]:
    """A definition as a team writes it; each number gives other words."""
    made: dict[str, dict[str, Any]] = {}
    for count in range(operations):
        word = _WORDS[count // 5 % len(_WORDS)]
        path = f"/v{count // 30}/{word}" + ("" if count % 5 < 2 else "/{id}")
        made.setdefault(path, {})[("get", "post", "get", "put", "delete")[count % 5]] = _operation(number, count, word)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Shop {number}", "version": f"1.{number}.0", "description": f"All about shop **{number}**."},
        "servers": [{"url": f"https://shop-{number}.acme.example"}],
        "tags": [{"name": word, "description": f"Everything about {word} of shop {number}."} for word in _WORDS],
        "paths": made,
        "components": {"schemas": {name: _schema(number, name) for name in TYPES}},
    }


def _operation(number: int, count: int, word: str) -> dict[str, Any]:
    identified = count % 5 >= 2  # the last three of five
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/{TYPES[count % len(TYPES)]}"}}}
    place = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Its number."}]
    listed = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100, "default": 20}, "description": "At most so many."},
        {"name": "state", "in": "query", "schema": {"enum": ["open", "paid", f"state-{number}"]}, "description": "Only those in it."},
    ]
    sent = {"requestBody": {"required": True, "content": body}} if count % 5 in {1, 3} else {}
    error = {"description": "What is wrong.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return {
        "operationId": f"{word}{count}",
        "tags": [word],
        "summary": f"Work with {word} number {count}",
        "description": f"Needs the permission `{word}:{count}` of shop {number}. It is **not** idempotent.\n\nSee the other ones, too.",
        "parameters": place if identified else listed,
        **sent,
        "responses": {"200": {"description": "It worked.", "content": body}, "404": error, "422": error},
    }


def _schema(number: int, name: str) -> dict[str, Any]:
    plain = {
        f"{name.lower()}_{index}": {"type": "string", "description": f"Field {index} of shop {number}.", "maxLength": 40 + index}
        for index in range(8)
    }
    others = {f"{other.lower()}": {"$ref": f"#/components/schemas/{other}"} for other in TYPES[:2]}
    state = {"state": {"type": "string", "enum": ["open", "paid", "sent", f"state-{number}"], "default": "open"}}
    return {"type": "object", "required": [*plain][:3], "description": f"A {name.lower()}.", "properties": {**plain, **others, **state}}


def source(folder: Path, apis: int, operations: int) -> None:
    """Repositories with one API and its component each."""
    for number in range(apis):
        repository = folder / f"shop-{number}"
        repository.mkdir(parents=True)
        (repository / "openapi.json").write_text(json.dumps(definition(number, operations), indent=None))
        (repository / "catalog-info.yaml").write_text(
            "apiVersion: backstage.io/v1alpha1\nkind: API\n"
            f"metadata: {{name: shop-{number}}}\nspec: {{type: openapi, lifecycle: production, owner: team, definition: {{$text: ./openapi.json}}}}\n"
            "---\napiVersion: backstage.io/v1alpha1\nkind: Component\n"
            f"metadata: {{name: app-{number}}}\nspec: {{type: service, lifecycle: production, owner: team, providesApis: [shop-{number}]}}\n"
        )
    (folder / "shop-0/catalog-info.yaml").write_text(
        (folder / "shop-0/catalog-info.yaml").read_text()
        + "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team}\nspec: {type: team, children: []}\n"
    )
