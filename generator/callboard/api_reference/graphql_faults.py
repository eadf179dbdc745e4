"""A GraphQL schema → its syntax error, or what its types and directives have wrong, with line and column."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import parse
from graphql.error import GraphQLError
from graphql.language import ast
from graphql.validation.validate import validate_sdl

from callboard.api_reference.graphql_sdl import MAX_TOKENS, sdl_of
from callboard.api_reference.loading import UnreadableDefinitionError

MAX_CHARACTERS = 1_500_000
"""Longer schemas are parsed, and not checked further: that takes half a second for each million characters."""
_FEDERATION = frozenset({"key", "link", "external", "requires", "provides", "shareable", "extends", "inaccessible", "override", "tag"})
"""Directives of a subgraph, whose types stand elsewhere in part."""


def graphql_faults(text: str) -> Iterator[tuple[str, int, int]]:
    """Sentences with line and column; 0 and 0 where they are not known."""
    try:
        source = sdl_of(text)
        document = parse(source, max_tokens=MAX_TOKENS)
    except UnreadableDefinitionError as error:
        yield str(error), 0, 0
        return
    except GraphQLError as error:
        yield _sentence(error)
        return
    if source is not text.lstrip("\ufeff") and source != text.lstrip("\ufeff"):
        return  # an introspection result was checked by its reader
    if len(source) <= MAX_CHARACTERS and not _is_part(document):
        yield from (_sentence(error) for error in validate_sdl(document))


def _is_part(document: ast.DocumentNode) -> bool:
    """Whether the schema is one of several: it extends types, or has directives of a federation."""
    defined = {node.name.value for node in document.definitions if isinstance(node, ast.TypeDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, ast.TypeExtensionNode) and node.name.value not in defined:
            return True
        if any(each.name.value in _FEDERATION for each in getattr(node, "directives", None) or ()):
            return True
    return False


def _sentence(error: GraphQLError) -> tuple[str, int, int]:
    line, column = (error.locations[0].line, error.locations[0].column) if error.locations else (0, 0)
    return f"{error.message[:400].rstrip('.')}.", line, column
