"""A remote repository → a bare clone without contents (``--filter=blob:none``), kept between builds; contents are fetched in batches."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from callboard.io.git.command import Git
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

CLONE_REFS = "refs/callboard/"
"""Prefix of the refs in the clone for the branches and tags in use; the clone has no other refs."""


@dataclass(frozen=True, slots=True)
class RemoteHead:
    """A branch or a tag of the remote and its current commit."""

    ref: str
    """Short name: ``main``, ``v1``; ``HEAD`` where the remote's head is detached."""
    full: str
    """``refs/heads/main``."""
    commit: str
    """Id of the commit; for an annotated tag, of the commit that it points at."""
    is_default: bool
    """True if the remote's ``HEAD`` names it."""

    @property
    def kind(self) -> str:
        """``branch`` or ``tag``; ``commit`` for a detached head."""
        return "branch" if self.full.startswith("refs/heads/") else "tag" if self.full.startswith("refs/tags/") else "commit"


def remote_head(git: Git, url: str, ref: str) -> RemoteHead:
    """The branch or tag ``ref`` (empty: the default branch) of the remote. Raises ``SourceError`` where there is none."""
    short = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    names = [f"refs/heads/{short}", f"refs/tags/{short}", f"refs/tags/{short}^{{}}"] if ref else []
    lines = git.output("ls-remote", "--symref", "--", url, "HEAD", *names).decode("utf-8", "replace").splitlines()
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    commits = {name: value for value, name in pairs if not value.startswith("ref: ")}
    default = next((value.removeprefix("ref: ") for value, name in pairs if name == "HEAD" and value.startswith("ref: ")), "")
    if not ref:
        if "HEAD" not in commits:
            raise SourceError("the repository has no commits yet", "Push something to it, or leave it out.")
        return RemoteHead(default.removeprefix("refs/heads/") or "HEAD", default or "HEAD", commits["HEAD"], is_default=True)
    for full in (name for name in names[:2] if name in commits and (name == ref or not ref.startswith("refs/"))):
        return RemoteHead(short, full, commits.get(f"{full}^{{}}", commits[full]), is_default=full == default)
    raise SourceError(f'the repository has no branch and no tag "{ref}"', "Correct the option ref, or leave it out for the default branch.")


def update_clone(git: Git, folder: Path, url: str, head: RemoteHead, depth: int | None) -> str:
    """Update the clone in ``folder``, or create it; the commit that it has now.

    Nothing is fetched where the clone has the commit already. A clone that git does not accept is created again.
    """
    if not _is_sound(git, folder):
        create_clone(git, folder, url)
    clone = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
    ref = CLONE_REFS + head.full
    is_shallow = (folder / "shallow").exists()
    if _commit(clone, ref) != head.commit or (is_shallow and depth is None):
        bound = [f"--depth={depth}"] if depth else ["--unshallow"] if is_shallow else []
        clone.output(
            "fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no",
            "--filter=blob:none", *bound, "origin", f"+{head.full}:{ref}",
        )  # fmt: skip
    commit = _commit(clone, ref)
    if not commit:
        raise SourceError(f"{head.ref} is not a commit", "Name a branch or a tag of a commit in the option ref.")
    return commit


def _is_sound(git: Git, folder: Path) -> bool:
    """Whether the folder is a repository (itself, not its parent) whose commits can be read.

    ``--missing`` keeps git from fetching what a damaged pack hides: git 2.39 does so until its stack overflows, for 17 seconds.
    """
    return (
        folder.is_dir()
        and Git(folder, git.environ).run("--git-dir=.", "rev-list", "--missing=allow-any", "--no-walk", f"--glob={CLONE_REFS}*").good
    )


def _commit(git: Git, ref: str) -> str:
    finished = git.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return finished.stdout.decode("ascii", "replace").strip() if finished.good else ""


def create_clone(git: Git, folder: Path, url: str) -> None:
    """Create an empty clone in a temporary folder and rename it: an interrupted build leaves no incomplete clone."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    clone = Git(temporary, git.environ)
    clone.output("init", "--quiet", "--bare", "--template=")
    for key, value in (
        ("remote.origin.url", url), ("remote.origin.promisor", "true"), ("remote.origin.partialclonefilter", "blob:none"),
        ("core.repositoryformatversion", "1"), ("extensions.partialClone", "origin"),
    ):  # fmt: skip
        clone.output("config", key, value)
    temporary.rename(folder)
