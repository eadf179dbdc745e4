"""A descriptor to begin with, for a repository that has none."""

from __future__ import annotations

from generator.sources.api_tree import ApiTree
from generator.sources.codeowners import MOST_BYTES, PLACES, owner_for
from generator.sources.descriptor_text import descriptor, entity_name
from generator.sources.source import Repository, Undescribed


def suggested(repository: Repository, tree: ApiTree | None, annotation: str = "") -> Undescribed:
    """The repository with a descriptor made of what its host says; ``annotation`` is the host's key for its name, if it has one."""
    owners = _owners(tree)
    metadata = {
        "description": repository.description,
        "annotations": {annotation: repository.name} if annotation else {},
        "tags": [tag for topic in repository.topics if (tag := entity_name(topic))],
    }
    name = entity_name(repository.name.rpartition("/")[2]) or "unnamed"
    spec = {"type": "service", "lifecycle": "production", "owner": owners[0] if owners else "unknown"}
    return Undescribed(repository.source, repository.name, repository.url, descriptor("Component", name, metadata, spec))


def _owners(tree: ApiTree | None) -> list[str]:
    """Names of the groups that CODEOWNERS gives a descriptor to, as far as it came along: nothing is asked for."""
    known = [content for place in PLACES if tree and (content := tree.known.contents.get(place))]
    text = known[0].decode("utf-8", "replace") if known and len(known[0]) <= MOST_BYTES else ""
    named = [owner for owner in owner_for(text, "catalog-info.yaml") if owner.startswith("@")]
    teams = [name for owner in named if "/" in owner and (name := entity_name(owner.rpartition("/")[2]))]
    return teams or [f"user:{name}" for owner in named if (name := entity_name(owner[1:]))]
