"""A folder's files → one commit on a branch of a remote repository: without work tree and index, never forced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from callboard.plugins.publishers import CLONE_REFS, Finished, Git, RemoteHead, SourceError, create_clone, update_clone

_SHA1_DIGITS = 40
FILE, FOLDER = "100644", "040000"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An entry of a git tree: a file or a folder."""

    mode: str
    object: str


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a commit."""

    name: str
    email: str

    def line(self, time: datetime) -> str:
        """The author line of a commit: name, e-mail address, seconds, zone; characters that would end a field are left out."""
        name, email = ("".join(c for c in text if c.isprintable() and c not in "<>").strip() for text in (self.name, self.email))
        return f"{name or 'Callboard'} <{email}> {int(time.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class Changes:
    """Numbers of files that differ between two trees."""

    written: int
    removed: int


class PushRefusedError(SourceError):
    """The remote rejected the commit; ``is_race`` is True where another push had moved the branch."""

    def __init__(self, message: str, hint: str = "", *, is_race: bool = False) -> None:
        super().__init__(message, hint)
        self.is_race = is_race


def remote_branch(git: Git, url: str, branch: str) -> str:
    """The commit of the remote's branch; an empty string where there is no such branch. Raises ``SourceError``."""
    lines = git.output("ls-remote", "--", url, f"refs/heads/{branch}").decode("utf-8", "replace").splitlines()
    return next((line.split("\t")[0] for line in lines if line.endswith(f"\trefs/heads/{branch}")), "")


def fetch_branch(git: Git, folder: Path, url: str, branch: str, commit: str) -> None:
    """Fetch that commit with its trees, without contents of files, into the repository in ``folder``; created where it is missing."""
    if commit:
        update_clone(git, folder, url, RemoteHead(branch, f"refs/heads/{branch}", commit, is_default=False), 1)
    elif not (folder / "HEAD").is_file():
        create_clone(git, folder, url)


def root_entries(git: Git, commit: str) -> Mapping[str, IndexEntry]:
    """The entries at the root of a commit, by name."""
    lines = git.output("ls-tree", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape").split("\0")
    pairs = (line.split("\t", 1) for line in lines if line)
    return {name: IndexEntry(about.split()[0], about.split()[2]) for about, name in pairs}


def tree_of(git: Git, commit: str) -> str:
    """Id of the tree of a commit."""
    return git.output("rev-parse", "--verify", f"{commit}^{{tree}}").decode().strip()


def write_files(git: Git, files: Sequence[Path]) -> Sequence[str]:
    """Write the contents of files as objects; their ids in order. Paths are absolute and contain no line break."""
    lines = "".join(f"{file}\n" for file in files).encode("utf-8", "surrogateescape")
    return git.output("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=lines).decode().split()


def object_id(content: bytes, like: str) -> str:
    """The id that git gives a file with this content; ``like`` is an id of the same repository, whose length shows which hash it uses."""
    algorithm = hashlib.sha1 if len(like) == _SHA1_DIGITS else hashlib.sha256
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()


def write_text(git: Git, content: bytes) -> str:
    """Write a content as an object; its id."""
    return git.output("hash-object", "-w", "--no-filters", "--stdin", stdin=content).decode().strip()


def write_tree(git: Git, files: Mapping[str, IndexEntry]) -> str:
    """Write the tree with these entries by path; its id. One command for each depth of folders, the deepest first."""
    folders: dict[str, dict[str, IndexEntry]] = {"": {}}
    for path, entry in files.items():
        folder, _, name = path.rpartition("/")
        _with_parents(folders, folder)[name] = entry
    for depth in range(max(map(_depth, folders)), -1, -1):
        level = [folder for folder in folders if _depth(folder) == depth]
        for folder, tree in zip(level, _write_level(git, [folders[folder] for folder in level]), strict=True):
            if not folder:
                return tree
            parent, _, name = folder.rpartition("/")
            folders[parent][name] = IndexEntry(FOLDER, tree)
    raise AssertionError  # the root is the last level


def write_commit(git: Git, tree: str, parent: str, author: Author, time: datetime, message: str) -> str:
    """Write a commit of that tree; its id. ``parent`` is empty for the first commit."""
    by = author.line(time)
    head = [f"tree {tree}", *([f"parent {parent}"] if parent else []), f"author {by}", f"committer {by}", "", message.strip(), ""]
    return git.output("hash-object", "-t", "commit", "-w", "--stdin", stdin="\n".join(head).encode()).decode().strip()


def changes(git: Git, old: str, new: str) -> Changes:
    """How many files differ between two trees; ``old`` is empty where there was none."""
    if not old:
        return Changes(len(git.output("ls-tree", "-r", "-z", "--name-only", new).split(b"\0")) - 1, 0)
    parts = git.output("diff-tree", "-r", "-z", "--no-renames", "--name-status", old, new).split(b"\0")[:-1:2]
    return Changes(sum(part != b"D" for part in parts), parts.count(b"D"))


def push(git: Git, url: str, branch: str, commit: str) -> None:
    """Move the remote's branch to the commit, if that is a fast-forward.

    Raises ``PushRefusedError`` where the remote rejects it, ``SourceError`` where the remote cannot be reached.
    """
    # A thin pack would need contents of the old commit, which this clone does not have.
    finished = git.run("push", "--porcelain", "--no-thin", "--no-verify", "--no-follow-tags", "--", url, f"{commit}:refs/heads/{branch}")
    if finished.good:
        git.run("update-ref", f"{CLONE_REFS}refs/heads/{branch}", commit)
        return
    rejected = [line for line in finished.stdout.decode("utf-8", "replace").splitlines() if line.startswith("!")]
    if not rejected:
        git.output("ls-remote", "--quiet", "--", url)
        raise PushRefusedError(_last_line(finished), "Check that the token may write to the repository.")
    reason = rejected[0].rpartition("[")[2]
    is_race = any(word in rejected[0] for word in ("fetch first", "non-fast-forward", "stale info", "cannot lock ref"))
    raise PushRefusedError(
        f"the remote rejected the push: [{reason}", "Check the rules of the branch, and what the token may do.", is_race=is_race
    )


def loose_objects(git: Git) -> int:
    """Number of objects in the repository that are not in a pack."""
    first = git.output("count-objects").split()
    return int(first[0]) if first else 0


def _write_level(git: Git, trees: Iterable[Mapping[str, IndexEntry]]) -> Sequence[str]:
    blocks = (
        "".join(f"{e.mode} {'tree' if e.mode == FOLDER else 'blob'} {e.object}\t{name}\0" for name, e in sorted(tree.items())) + "\0"
        for tree in trees
    )
    return git.output("mktree", "-z", "--missing", "--batch", stdin="".join(blocks).encode("utf-8", "surrogateescape")).decode().split()


def _with_parents(folders: dict[str, dict[str, IndexEntry]], folder: str) -> dict[str, IndexEntry]:
    """The entries of a folder, which is added with its parents: a folder that contains only folders needs a tree too."""
    if folder not in folders:
        folders[folder] = {}
        _with_parents(folders, folder.rpartition("/")[0])
    return folders[folder]


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0


def _last_line(finished: Finished) -> str:
    lines = [line.strip() for line in finished.stderr.splitlines() if line.strip()]
    reason = next((line for line in lines if line.startswith(("fatal:", "error:", "remote:"))), lines[-1] if lines else "no reason given")
    return f"git reports: {reason}"
