"""OpenAPI, AsyncAPI, GraphQL and protobuf files of a repository → the APIs that it defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from callboard.sources.guesses.evidence import RepositoryEvidence
from callboard.sources.guesses.names import entity_name

MOST = 5
"""APIs of one repository."""
MOST_READ = 20
"""Candidates that are read."""
DEEPEST = 4
"""Folders above a definition."""
FORMATS = (
    ("openapi", re.compile(r"(?:.*[._-])?(?:openapi|swagger)(?:[._-].*)?\.(?:ya?ml|json)", re.IGNORECASE),
     re.compile(r"""^\s{0,20}["']?(?:openapi|swagger)["']?\s{0,5}:\s{0,5}["']?[23]\.""", re.MULTILINE)),
    ("asyncapi", re.compile(r"(?:.*[._-])?asyncapi(?:[._-].*)?\.(?:ya?ml|json)", re.IGNORECASE),
     re.compile(r"""^\s{0,20}["']?asyncapi["']?\s{0,5}:""", re.MULTILINE)),
    ("grpc", re.compile(r".+\.proto"), re.compile(r"^service\s{1,10}\w{1,200}", re.MULTILINE)),
    ("graphql", re.compile(r"schema\.(?:graphqls?|gql)"), re.compile(r"^(?:extend\s{1,5})?(?:type\s{1,5}Query|schema)\b", re.MULTILINE)),
)  # fmt: skip
"""Type of the API, the file's name, and what its text must contain."""
_LIMIT = 20_000
"""Characters of a definition that are looked at."""


@dataclass(frozen=True, slots=True)
class DescribedApi:
    """A definition in the repository."""

    name: str
    type: str
    path: str


def definitions(evidence: RepositoryEvidence, component: str) -> list[DescribedApi]:
    """The definitions, those near the root first; named after the component, or also after their file where there are several."""
    found = [*_found(evidence)][:MOST]
    if len(found) == 1:
        return [DescribedApi(entity_name(f"{component[:58]}-api"), *found[0])]
    return [*{api.name: api for api in (DescribedApi(_name(component, path), type_, path) for type_, path in found)}.values()]


def _found(evidence: RepositoryEvidence) -> Iterator[tuple[str, str]]:
    read = 0
    for path in evidence.own_paths:
        name, depth = PurePosixPath(path).name, path.count("/")
        for type_, of_name, of_text in FORMATS:
            if depth <= DEEPEST and read < MOST_READ and of_name.fullmatch(name[:200]):
                read += 1
                if of_text.search(evidence.text(path)[:_LIMIT]):
                    yield type_, path
                break


def _name(component: str, path: str) -> str:
    pure = PurePosixPath(path)
    stem = pure.name.partition(".")[0]
    of_file = stem if stem.lower() not in {"openapi", "swagger", "asyncapi", "schema"} or len(pure.parts) == 1 else pure.parts[-2]
    return entity_name(f"{component[:30]}-{of_file}-api")
