"""The evidence of one repository → a descriptor whose fields are guesses with their evidence, and what could not be guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callboard.sources.guesses.definitions import DescribedApi, definitions
from callboard.sources.guesses.evidence import Guess, RepositoryEvidence
from callboard.sources.guesses.names import entity_name
from callboard.sources.guesses.owners import ALL_PLACES, owner
from callboard.sources.guesses.software import type_of_software
from callboard.sources.guesses.stage import lifecycle
from callboard.sources.guesses.texts import description, title
from callboard.sources.guesses.tools import found_annotations, found_links, found_tags

DESCRIPTOR = "catalog-info.yaml"
ASKED = {
    "owner": "write the team, such as: group:payments",
    "type": "write service, website, library or a word of your own",
    "lifecycle": "write production, experimental or deprecated",
}
"""Required fields, with what to write where they cannot be guessed."""


@dataclass(frozen=True, slots=True)
class DescriptorGuess:
    """A component with the APIs that its repository defines."""

    name: Guess
    fields: Mapping[str, Guess]
    """By name: title, description, tags, type, lifecycle, owner; those that could not be guessed are left out."""
    annotations: Mapping[str, Guess]
    links: Sequence[Guess]
    apis: Sequence[DescribedApi]
    unknown: Mapping[str, str]
    """Required fields that could not be guessed, with the reason."""


def described(evidence: RepositoryEvidence, path: str = DESCRIPTOR) -> DescriptorGuess:
    """The descriptor that the file ``path`` of the repository may become."""
    last = evidence.name.rpartition("/")[2]
    name = entity_name(last) or "unnamed"
    guesses = {
        "title": title(evidence),
        "description": description(evidence),
        "tags": found_tags(evidence),
        "type": type_of_software(evidence),
        "lifecycle": lifecycle(evidence),
        "owner": owner(evidence, path),
    }
    fields = {key: guess for key, guess in guesses.items() if guess is not None}
    type_ = fields["type"].value if "type" in fields else ""
    apis = [] if type_ == "library" else definitions(evidence, name)
    unknown = {key: reason for key, reason in _reasons(evidence).items() if key not in fields}
    named = Guess(name, "" if name == last else f"the repository {last}, with characters that names may have")
    return DescriptorGuess(named, fields, dict(found_annotations(evidence)), tuple(found_links(evidence)), tuple(apis), unknown)


def _reasons(evidence: RepositoryEvidence) -> dict[str, str]:
    """Why a required field could not be guessed."""
    has_owners = any(evidence.text(place) for place in ALL_PLACES)
    return {
        "type": "build files do not say" if evidence.is_listed else "the files were not read",
        "lifecycle": "neither releases nor the README say",
        "owner": f"CODEOWNERS has no account for {DESCRIPTOR}" if has_owners else "there is no CODEOWNERS",
    }
