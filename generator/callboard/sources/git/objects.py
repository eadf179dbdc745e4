"""A clone without contents → the files of a commit, their sizes and contents; missing contents are fetched in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callboard.plugins.sources import CLONE_REFS, Git

REGULAR = frozenset({"100644", "100755", "100664"})
LINK = "120000"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a commit."""

    path: str
    mode: str
    object: str


def entries(git: Git, commit: str) -> Sequence[TreeEntry]:
    """All files and links of a commit, sorted by path; submodules are left out."""
    output = git.output("ls-tree", "-r", "-z", "--full-tree", commit)
    files = []
    for line in output.split(b"\0"):
        about, tab, path = line.partition(b"\t")
        mode, _, name = about.decode("ascii", "replace").split(" ", 2) if tab else ("", "", "")
        if mode in REGULAR or mode == LINK:
            files.append(TreeEntry(path.decode("utf-8", "surrogateescape"), mode, name))
    return sorted(files, key=lambda entry: entry.path)


def missing(git: Git, commit: str) -> frozenset[str]:
    """The objects of a commit whose contents are not in the clone yet; no network."""
    output = git.output("rev-list", "--objects", "--missing=print", "--no-object-names", "--no-walk", commit)
    return frozenset(line[1:].decode("ascii", "replace") for line in output.splitlines() if line.startswith(b"?"))


def fetch_objects(git: Git, objects: Iterable[str]) -> None:
    """Fetch contents in one request; everything at once from a server that does not offer single objects."""
    names = "".join(f"{name}\n" for name in objects).encode()
    if not names:
        return
    common = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no", "origin")
    finished = git.run("-c", "fetch.negotiationAlgorithm=noop", *common, "--filter=blob:none", "--stdin", stdin=names)
    if not finished.good:
        git.output(*common, "--refetch", "--no-filter", *_refspecs(git))


def sizes(git: Git, objects: Iterable[str]) -> Mapping[str, int]:
    """Bytes of each object; they must be in the clone."""
    output = git.output(
        "cat-file", "--batch-check=%(objectname) %(objectsize)", "--buffer", stdin="".join(f"{o}\n" for o in objects).encode()
    )
    pairs = (line.decode("ascii", "replace").split() for line in output.splitlines())
    return {name: int(size) for name, size in pairs if size.isdigit()}


def contents(git: Git, objects: Sequence[str]) -> Mapping[str, bytes]:
    """Contents of objects, which must be in the clone; the caller bounds their sizes first."""
    output = git.output("cat-file", "--batch", "--buffer", stdin="".join(f"{o}\n" for o in objects).encode())
    by_name: dict[str, bytes] = {}
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        name, kind, *size = output[position:end].decode("ascii", "replace").split()
        position = end + 1
        if kind == "missing":
            continue
        by_name[name] = output[position : position + int(size[0])]
        position += int(size[0]) + 1
    return by_name


def _refspecs(git: Git) -> list[str]:
    """Refspecs of all refs of the clone."""
    lines = git.output("for-each-ref", "--format=%(refname)", CLONE_REFS).decode().split()
    return [f"+{name.removeprefix(CLONE_REFS)}:{name}" for name in lines]
