"""A template and the tree that has it → what the form needs to show the files and the descriptor that the template will make.

Only folders of the template's own repository can be shown, whose address does not depend on answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.model.errors import TreeError
from callboard.model.tree import Tree
from callboard.plugins.sources.paths import normal_path
from callboard.software_templates.checkouts import is_absolute

MAX_PATHS = 400
MAX_DESCRIPTOR_BYTES = 50_000
_RENDERED = frozenset({"fetch:template", "fetch:template:file"})
_DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")


def preview_of(spec: Mapping[str, Any], tree: Tree | None, path: str) -> list[Mapping[str, Any]]:
    """For each step that fetches a folder of the template's repository: paths, the text of the descriptor, values and options."""
    steps = spec.get("steps")
    folder = path.rpartition("/")[0]
    return [found for step in (steps if isinstance(steps, list) else []) if tree and (found := _step(step, tree, folder))]


def _step(step: Any, tree: Tree, folder: str) -> Mapping[str, Any] | None:
    given = step.get("input") if isinstance(step, Mapping) else None
    if not isinstance(given, Mapping) or step.get("action") not in {"fetch:template", "fetch:plain"} or "each" in step:
        return None
    url = given.get("url")
    if not isinstance(url, str) or "${{" in url or is_absolute(url):
        return None
    try:
        source = normal_path(f"{folder}/{url}" if folder else url)
        paths = [found.removeprefix(f"{source}/") for found in tree.glob(f"{source}/**")]
    except TreeError:
        return None
    return {
        "if": step.get("if"), "paths": paths[:MAX_PATHS], "more": max(0, len(paths) - MAX_PATHS), "target": given.get("targetPath"),
        "rendered": step["action"] in _RENDERED, "values": given.get("values"), "raw": given.get("copyWithoutTemplating") or [],
        "extension": given.get("templateFileExtension") or "",
        "options": {key: bool(given.get(key)) for key in ("cookiecutterCompat", "trimBlocks", "lstripBlocks")},
        "descriptor": next(_descriptors(tree, source, paths), None),
    }  # fmt: skip


def _descriptors(tree: Tree, source: str, paths: list[str]) -> Iterator[Mapping[str, str]]:
    for path in paths:
        if path.rpartition("/")[2].removesuffix(".njk") in _DESCRIPTORS:
            try:
                text = tree.read(f"{source}/{path}", MAX_DESCRIPTOR_BYTES).decode("utf-8")
            except (TreeError, UnicodeDecodeError):
                continue
            yield {"path": path, "text": text}
