"""Folders and repositories on hosts → their evidence, and whether they have a descriptor already."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from callboard.io.git.remote import parse_remote
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError, SourceError, TreeError
from callboard.onboarding.change_host import ChangeHost, HostedRepository
from callboard.plugins.sources import matching_paths
from callboard.sources.api_tree import ApiTree
from callboard.sources.files.folder import FolderTree, walk
from callboard.sources.guesses.evidence import RepositoryEvidence
from callboard.sources.hosts import Web

DESCRIPTORS = ("**/catalog-info.yaml", "**/catalog-info.yml", "**/.backstage/*.yaml")
ANNOTATIONS = {"github": "github.com/project-slug", "gitlab": "gitlab.com/project-slug"}


@dataclass(frozen=True, slots=True)
class DescribedTarget:
    """A repository that may get a descriptor."""

    name: str
    evidence: RepositoryEvidence
    reason: str = ""
    """Why it gets none; empty where it may get one."""
    folder: Path | None = None
    host: ChangeHost | None = None
    repository: HostedRepository | None = None


def local_target(folder: Path, origin: str) -> DescribedTarget:
    """A folder on this machine; ``origin`` is the address of its remote repository, empty where there is none."""
    root = Path(os.path.realpath(folder))
    paths = sorted(walk(root, None).trees[0].files)
    tree = FolderTree(root, str(root), root.name, "", paths)
    remote = parse_remote(origin) if origin else None
    software = _software(remote.host) if remote else ""
    name = remote.name if remote and remote.host else root.name
    annotation = (ANNOTATIONS[software], name) if software in ANNOTATIONS else ("", "")
    return DescribedTarget(name, RepositoryEvidence(name, annotation=annotation, paths=paths, content=tree.read), _existing(paths), folder)


def hosted_target(host: ChangeHost, name: str) -> DescribedTarget:
    """A repository on a host. Raises ``HttpError``."""
    repository = host.repository(name)
    reasons = ((repository.is_archived, "it is archived"), (repository.is_fork, "it is a fork"))
    reason = next((text for is_so, text in reasons if is_so), "")
    commit = "" if reason else host.head(repository, repository.default_branch)
    if not commit:
        return DescribedTarget(repository.name, RepositoryEvidence(repository.name), reason or "it is empty", None, host, repository)
    tree = ApiTree(repository.url, repository.name, commit, (), Web(), host.files(repository, commit))
    try:
        paths = tree.glob("**")
    except TreeError as error:
        raise SourceError(str(error), error.hint) from None
    annotation = (host.annotation, repository.name) if host.annotation else ("", "")
    evidence = RepositoryEvidence(
        repository.name, repository.description, repository.topics, host.languages(repository), host.release(repository),
        repository.homepage, annotation, paths=paths, content=tree.read,
    )  # fmt: skip
    return DescribedTarget(repository.name, evidence, _existing(paths), None, host, repository)


def _existing(paths: Sequence[str]) -> str:
    """A sentence about a descriptor that is there already; empty for none."""
    found = [path for pattern in DESCRIPTORS for path in matching_paths(pattern, paths)]
    return f"it has {found[0][:200]} already" if found else ""


def _software(host: str) -> str:
    return "github" if host == "github.com" else "gitlab" if host == "gitlab.com" else ""


def origin_of(folder: Path) -> str:
    """The address of the remote repository of a folder that is the root of a clone; empty for any other."""
    from callboard.io.git.command import Git, origin_url  # noqa: PLC0415 - git is needed for a clone only

    if not (folder / ".git").exists():
        return ""
    try:
        return origin_url(Git(folder, os.environ))
    except CallboardError:
        return ""
