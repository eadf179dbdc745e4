"""Security of an OpenAPI description → auth schemes, the alternatives of an operation, and headers for samples."""

from __future__ import annotations

from typing import Any

from callboard.api_reference.model import AuthScheme
from callboard.api_reference.schemas import SchemaReader
from callboard.api_reference.texts import Texts, mapping, sequence

OPEN = "none"


def schemes(document: dict[str, Any], schemas: SchemaReader, texts: Texts) -> dict[str, AuthScheme]:
    """The schemes of a document by name (``components.securitySchemes`` or ``securityDefinitions``)."""
    return {name: scheme(name, schemas.resolved(value), texts) for name, value in _declared(document).items()}


def _declared(document: dict[str, Any]) -> dict[str, Any]:
    return mapping(document.get("securityDefinitions") or mapping(document.get("components")).get("securitySchemes"))


def scheme(name: str, value: dict[str, Any], texts: Texts) -> AuthScheme:
    """One scheme."""
    kind, where = texts.line(value.get("type"), 40), texts.line(value.get("in"), 40)
    flows = ", ".join(texts.line(flow, 40) for flow in mapping(value.get("flows")))
    details = {
        "apiKey": f"{where} {texts.line(value.get('name'))}",
        "http": texts.line(value.get("scheme"), 40),
        "openIdConnect": texts.line(value.get("openIdConnectUrl")),
        "oauth2": flows or texts.line(value.get("flow"), 40),
    }
    holders = [value, *(mapping(flow) for flow in mapping(value.get("flows")).values())]
    scopes = {
        texts.line(s): texts.line(t) for each in holders for s, t in mapping(each.get("scopes") or each.get("availableScopes")).items()
    }
    return AuthScheme(texts.line(name), kind, details.get(kind, "").strip(), texts.prose(value.get("description")), tuple(scopes.items()))


def alternatives(security: Any, texts: Texts) -> tuple[str, ...] | None:
    """Each alternative in words; None if nothing is said."""
    if not isinstance(security, list):
        return None
    found = [each for each in security if isinstance(each, dict)]
    return tuple(_needs(each, texts) for each in found) or (OPEN,)


def _needs(alternative: dict[str, Any], texts: Texts) -> str:
    parts = []
    for name, scopes in alternative.items():
        words = ", ".join(texts.line(each) for each in sequence(scopes))
        parts.append(f"{texts.line(name)} ({words})" if words else texts.line(name))
    return " + ".join(parts) or OPEN


def sample_query(security: Any, document: dict[str, Any]) -> list[str]:
    """The parameters of the query that the first alternative needs, by name."""
    first = next((each for each in sequence(security) if isinstance(each, dict)), {})
    found = [mapping(_declared(document).get(name)) for name in first]
    return [each["name"][:100] for each in found if each.get("in") == "query" and isinstance(each.get("name"), str)]


def sample_headers(security: Any, document: dict[str, Any]) -> list[str]:
    """The headers that the first alternative needs, with a place to fill in."""
    first = next((each for each in sequence(security) if isinstance(each, dict)), {})
    headers, declared = [], _declared(document)
    for name in first:
        scheme = mapping(declared.get(name))
        kind, word = scheme.get("type"), str(scheme.get("scheme", "")).lower()
        if kind == "apiKey" and scheme.get("in") == "header" and isinstance(scheme.get("name"), str):
            headers.append(f"{scheme['name'][:100]}: {{key}}")
        elif kind == "apiKey" and scheme.get("in") == "cookie" and isinstance(scheme.get("name"), str):
            headers.append(f"Cookie: {scheme['name'][:100]}={{key}}")
        elif kind in {"oauth2", "openIdConnect"} or (kind == "http" and word == "bearer"):
            headers.append("Authorization: Bearer {token}")
        elif kind in {"basic", "http"}:
            headers.append("Authorization: Basic {credentials}")
    return headers
