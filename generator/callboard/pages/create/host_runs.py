"""The tree of a template → the pipeline or workflow at its host that runs ``callboard new`` for people who cannot install it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from callboard.model.errors import TreeError
from callboard.model.tree import Tree

WORKFLOW = "callboard-new.yml"
FILES: Mapping[str, str] = {"github": f".github/workflows/{WORKFLOW}", "gitlab": f".gitlab/{WORKFLOW}"}
"""By type of host: the file whose presence says that the repository can run its templates. Other hosts have no such way."""
_BRANCH = re.compile(r"/(?:-/)?blob/([^/?#]++)/")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def host_run(tree: Tree | None, repository: str, hosts: Mapping[str, str]) -> Mapping[str, str] | None:
    """Type of the host, URL of the repository, name of the workflow and branch (may be empty); None where nothing can be offered."""
    url = repository.removesuffix(".git")
    type_ = hosts.get(url.removeprefix("https://").partition("/")[0], "")
    file = FILES.get(type_)
    if tree is None or file is None or not url.startswith("https://") or not _has(tree, file):
        return None
    found = _BRANCH.search(tree.view_url(file))
    branch = found[1] if found and not _COMMIT.fullmatch(found[1]) else ""
    return {"type": type_, "url": url, "workflow": WORKFLOW, "branch": branch}


def _has(tree: Tree, file: str) -> bool:
    try:
        return bool(tree.glob(file))
    except TreeError:
        return False
