"""Files with resources of SCIM 2.0, as a service provider returns them → users and groups, without a request."""

from __future__ import annotations

import glob
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callboard.plugins.sources import SourceError
from callboard.sources.generated import text_of

FILES = 1_000
BYTES = 100_000_000
"""The most bytes of one file, which is about 50,000 users."""
AS_IT_IS = "Save what the provider returns for /Users and /Groups as it is."
Resources = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Resources by their type in lower case and their id."""


def read_export(root: Path, pattern: str, oldest: float = 0.0) -> Resources:
    """All resources in the files that match ``pattern``, a path or a glob that starts at ``root``.

    A file written before ``oldest``, in seconds since 1970, is refused. Raises ``SourceError``, also if there are fewer resources than the
    files count.
    """
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    totals: dict[frozenset[str], int] = {}
    for path in _paths(root, pattern):
        content = _content(path, oldest)
        resources = _listed(path.name, content)
        types = [_type(path.name, resource) for resource in resources]
        for type_, resource in zip(types, resources, strict=True):
            found.setdefault(type_, {}).setdefault(text_of(resource.get("id")), resource)
        key = frozenset(types)
        totals[key] = max(totals.get(key, 0), _total(content))
    for key, total in totals.items():
        if (number := sum(len(found[type_]) for type_ in key)) < total:
            raise SourceError(
                f"{pattern} is incomplete: it has {number:,} of {total:,} resources",
                "Export all pages of the listing, each to a file that the option path matches.",
            )
    return found


def _paths(root: Path, pattern: str) -> Sequence[Path]:
    whole = str(root / Path(pattern).expanduser())
    paths = [path for path in map(Path, sorted(glob.glob(whole, recursive=True))) if path.is_file()]  # noqa: PTH207 - also absolute ones
    if not paths:
        raise SourceError(f"there is no file {pattern}", "Correct the option path; it starts at the folder of sources.yaml.")
    if len(paths) > FILES:
        raise SourceError(f"{pattern} matches {len(paths):,} files; at most {FILES:,} are read", "Narrow down the option path.")
    return paths


def _content(path: Path, oldest: float) -> Any:
    """The JSON of a file, without unpaired surrogates, which UTF-8 cannot encode."""
    try:
        status = path.stat()
        content = path.read_bytes() if status.st_size <= BYTES else None
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror}") from None
    if content is None:
        raise SourceError(f"{path.name} has more than {BYTES:,} bytes", "Split it into several files, and name them with a glob.")
    if status.st_mtime < oldest:
        raise SourceError(f"{path.name} is older than the option max_age_days allows", "Check the job that writes the export.")
    try:
        return json.loads(json.dumps(json.loads(content), ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise SourceError(f"{path.name} is not valid JSON", AS_IT_IS) from None


def _listed(name: str, content: Any) -> Sequence[Mapping[str, Any]]:
    """The resources of a ``ListResponse``, of a list, or the only one."""
    listed = content.get("Resources", [] if "totalResults" in content else [content]) if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(item, dict) and text_of(item.get("id")) for item in listed):
        raise SourceError(f"{name} has no list of resources with an id", AS_IT_IS)
    return listed


def _total(content: Any) -> int:
    total = content.get("totalResults") if isinstance(content, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else 0


def _type(name: str, resource: Mapping[str, Any]) -> str:
    """The type of a resource in lower case: that of ``meta``, or the end of the URN of its core schema (RFC 7643, 3)."""
    meta, schemas = resource.get("meta"), resource.get("schemas")
    stated = text_of(meta.get("resourceType")) if isinstance(meta, dict) else ""
    urns = [text_of(urn) for urn in schemas] if isinstance(schemas, list) else []
    of_schema = [urn.rpartition(":")[2] for urn in sorted(urns, key=lambda urn: ":core:" not in urn.lower())]
    found = stated or next(filter(None, of_schema), "")
    if not found:
        raise SourceError(f"a resource in {name} states neither meta.resourceType nor schemas", AS_IT_IS)
    return found.lower()
