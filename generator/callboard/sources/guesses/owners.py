"""CODEOWNERS of a repository → the owner of its descriptor; None where no line names one."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.sources.codeowners import GITLAB_PLACES, PLACES, CodeOwners
from callboard.sources.guesses.evidence import Guess, RepositoryEvidence
from callboard.sources.guesses.names import entity_name

ALL_PLACES = tuple(dict.fromkeys((*PLACES, *GITLAB_PLACES)))


def owner(evidence: RepositoryEvidence, path: str) -> Guess | None:
    """The first team of the line that counts for the descriptor ``path``, else its first account."""
    for place in ALL_PLACES:
        text = evidence.text(place)
        if not text:
            continue
        found = CodeOwners(text)
        names = [name for name in found.owners(path) if name.startswith("@")]
        value = _reference(names)
        if value:
            others = f", the first of {len(names)}" if len(names) > 1 else ""
            return Guess(value, f"{place} line {found.line(path)}{others}")
        return None
    return None


def _reference(names: Sequence[str]) -> str:
    """``payments`` for ``@acme/payments``, ``user:ada`` for ``@ada``; teams first."""
    teams = [name for owner in names if "/" in owner and (name := entity_name(owner.rpartition("/")[2]))]
    return next(iter(teams or [f"user:{name}" for owner in names if (name := entity_name(owner[1:]))]), "")
