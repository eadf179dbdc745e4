"""A descriptor in a file, or JSON with a repository, a path and the new content → proposals to change files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.lint.texts import check_text
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError, TreeError
from callboard.model.problem import Severity
from callboard.onboarding.descriptions import code
from callboard.onboarding.proposal import Proposal
from callboard.plugins.sources import normal_path
from callboard.yaml import documents

MOST_BYTES = 1_000_000
MOST_CHANGES = 100
"""Of one file."""
ENVELOPE = ("apiVersion", "kind", "metadata")
_TEXT = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class RepositoryChange:
    """A changed file of a repository."""

    repository: str
    proposal: Proposal
    errors: tuple[str, ...]
    """What lint calls an error in the new content."""


def changes_of(text: str, repository: str, path: str) -> list[RepositoryChange]:
    """The changes in a file's text.

    JSON is an object, or a list of objects, with ``repository``, ``path``, ``content``, and if known ``revision``, ``reason`` and ``key``;
    anything else is a descriptor for ``path`` of ``repository``. Raises ``SourceError`` for anything that is no descriptor.
    """
    if text.lstrip()[:1] in {"{", "["} and (values := _json(text)) is not None:
        return [_change(value, repository, path) for value in values]
    return [_change({"content": text}, repository, path)]


def _json(text: str) -> list[Mapping[str, Any]] | None:
    """The objects of a JSON file; None for a text that is no such JSON, which may be YAML."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(each, dict) and isinstance(each.get("content"), str) for each in values):
        return None
    if len(values) > MOST_CHANGES:
        raise SourceError(f"the file has {len(values):,} changes; at most {MOST_CHANGES} are made at a time", "Split the file.")
    return values


def _change(value: Mapping[str, Any], repository: str, path: str) -> RepositoryChange:
    name, place = repository or _text(value, "repository"), path or _text(value, "path") or "catalog-info.yaml"
    if not name:
        raise SourceError("it is not known which repository the file belongs to", "Name it with --repository.")
    place, content = _checked_path(place), value["content"]
    _raise_unless_descriptors(content, place)
    problems = check_text(place, content)
    errors = tuple(dict.fromkeys(problem.message for problem in problems if problem.severity is Severity.ERROR))
    reason = _text(value, "reason")
    lines = [f"This changes `{place}`, which the developer portal reads.", *(["", f"Reason: {code(reason)}"] if reason else [])]
    lines += ["", "Close this request to decline it: the same change will not be proposed again."]
    made = Proposal(place, content, f"Change {place}", "\n".join(lines), False, _text(value, "revision"), _text(value, "key"))  # noqa: FBT003
    return RepositoryChange(name, made, errors)


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found[:_TEXT] if isinstance(found, str) else ""


def _checked_path(path: str) -> str:
    """The path in the repository. Raises ``SourceError`` for one that cannot be a descriptor's, such as a workflow's."""
    try:
        normal = normal_path(path)
    except TreeError as error:
        raise SourceError(str(error), "Give a path in the repository, such as catalog-info.yaml.") from None
    hidden = [part for part in normal.split("/") if part.startswith(".") and part != ".backstage"]
    if hidden or not normal.endswith((".yaml", ".yml")):
        raise SourceError(f"{normal[:200]} is not the path of a descriptor", "Descriptors are files of YAML outside hidden folders.")
    return normal


def _raise_unless_descriptors(content: str, path: str) -> None:
    """Raises ``SourceError`` for a text in which a document is none."""
    if len(content.encode("utf-8", "replace")) > MOST_BYTES:
        raise SourceError(f"the new content of {path} has more than {MOST_BYTES:,} bytes")
    found = [*_documents(content, path)]
    if not found or not all(isinstance(each, dict) and all(key in each for key in ENVELOPE) for each in found):
        raise SourceError(f"the new content of {path} is no descriptor", f"Each document needs {', '.join(ENVELOPE)}.")


def _documents(content: str, path: str) -> Iterator[Any]:
    for document in documents.read_documents(content):
        if document.troubles:
            trouble = document.troubles[0]
            raise SourceError(f"{path}:{trouble.at.line}:{trouble.at.column}: {trouble.message}", trouble.hint)
        if document.value is not None:
            yield document.value
