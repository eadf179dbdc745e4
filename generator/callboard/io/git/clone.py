"""A bare clone without contents (``--filter=blob:none``), kept between builds: contents are fetched by the batch when they are wanted."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callboard.io.git.command import Git
from callboard.model.errors import SourceError

KEPT = "refs/callboard/"
"""Where the wanted branches and tags stand in the clone; nothing else does."""
REGULAR = frozenset({"100644", "100755", "100664"})
LINK = "120000"


@dataclass(frozen=True, slots=True)
class Head:
    """What a branch or a tag of the remote means now."""

    ref: str
    """Short name: ``main``, ``v1``; ``HEAD`` where the remote's head is detached."""
    full: str
    """``refs/heads/main``."""
    commit: str
    """The commit; for an annotated tag what it points at."""
    is_default: bool
    """It is what the remote's ``HEAD`` says."""

    @property
    def kind(self) -> str:
        """``branch`` or ``tag``; ``commit`` for a detached head."""
        return "branch" if self.full.startswith("refs/heads/") else "tag" if self.full.startswith("refs/tags/") else "commit"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a commit."""

    path: str
    mode: str
    object: str


def remote_head(git: Git, url: str, ref: str) -> Head:
    """What ``ref`` (empty: the default branch) means on the remote. Raises ``SourceError`` where there is no such ref."""
    short = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    wanted = [f"refs/heads/{short}", f"refs/tags/{short}", f"refs/tags/{short}^{{}}"] if ref else []
    lines = git.output("ls-remote", "--symref", "--", url, "HEAD", *wanted).decode("utf-8", "replace").splitlines()
    pairs = [line.split("\t", 1) for line in lines if "\t" in line]
    commits = {name: value for value, name in pairs if not value.startswith("ref: ")}
    default = next((value.removeprefix("ref: ") for value, name in pairs if name == "HEAD" and value.startswith("ref: ")), "")
    if not ref:
        if "HEAD" not in commits:
            raise SourceError("the repository has no commits yet", "Push something to it, or leave it out.")
        return Head(default.removeprefix("refs/heads/") or "HEAD", default or "HEAD", commits["HEAD"], is_default=True)
    for full in (name for name in wanted[:2] if name in commits and (name == ref or not ref.startswith("refs/"))):
        return Head(short, full, commits.get(f"{full}^{{}}", commits[full]), is_default=full == default)
    raise SourceError(f'the repository has no branch and no tag "{ref}"', "Correct the option ref, or leave it out for the default branch.")


def update(git: Git, folder: Path, url: str, head: Head, depth: int | None) -> str:
    """Bring the clone in ``folder`` up to date, making it where there is none; the commit that it has now.

    Nothing is fetched where the commit is there already. A clone that git does not accept is made anew.
    """
    if not _is_sound(git, folder):
        make(git, folder, url)
    here = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
    kept = KEPT + head.full
    is_shallow = (folder / "shallow").exists()
    if _commit(here, kept) != head.commit or (is_shallow and depth is None):
        bound = [f"--depth={depth}"] if depth else ["--unshallow"] if is_shallow else []
        here.output(
            "fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no",
            "--filter=blob:none", *bound, "origin", f"+{head.full}:{kept}",
        )  # fmt: skip
    commit = _commit(here, kept)
    if not commit:
        raise SourceError(f"{head.ref} is no commit", "Name a branch or a tag of a commit in the option ref.")
    return commit


def entries(git: Git, commit: str) -> Sequence[TreeEntry]:
    """All files and links of a commit, sorted by path; submodules are left out."""
    output = git.output("ls-tree", "-r", "-z", "--full-tree", commit)
    found = []
    for line in output.split(b"\0"):
        about, tab, path = line.partition(b"\t")
        mode, _, name = about.decode("ascii", "replace").split(" ", 2) if tab else ("", "", "")
        if mode in REGULAR or mode == LINK:
            found.append(TreeEntry(path.decode("utf-8", "surrogateescape"), mode, name))
    return sorted(found, key=lambda entry: entry.path)


def missing(git: Git, commit: str) -> frozenset[str]:
    """The objects of a commit whose contents are not in the clone yet; asks nobody."""
    output = git.output("rev-list", "--objects", "--missing=print", "--no-object-names", "--no-walk", commit)
    return frozenset(line[1:].decode("ascii", "replace") for line in output.splitlines() if line.startswith(b"?"))


def fetch_objects(git: Git, objects: Iterable[str]) -> None:
    """Fetch contents, all in one request; from a server that gives out no single objects, everything once."""
    wanted = "".join(f"{name}\n" for name in objects).encode()
    if not wanted:
        return
    common = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no", "origin")
    finished = git.run("-c", "fetch.negotiationAlgorithm=noop", *common, "--filter=blob:none", "--stdin", stdin=wanted)
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
    """Contents of objects, which must be in the clone; bound their sizes before."""
    output = git.output("cat-file", "--batch", "--buffer", stdin="".join(f"{o}\n" for o in objects).encode())
    found: dict[str, bytes] = {}
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        name, kind, *size = output[position:end].decode("ascii", "replace").split()
        position = end + 1
        if kind == "missing":
            continue
        found[name] = output[position : position + int(size[0])]
        position += int(size[0]) + 1
    return found


def _refspecs(git: Git) -> list[str]:
    """Refspecs of what the clone keeps."""
    lines = git.output("for-each-ref", "--format=%(refname)", KEPT).decode().split()
    return [f"+{name.removeprefix(KEPT)}:{name}" for name in lines]


def _is_sound(git: Git, folder: Path) -> bool:
    """Whether the folder is a repository (itself, not its parent) whose kept commits can be read.

    ``--missing`` keeps git from fetching what a damaged pack hides: git 2.39 does so until its stack overflows, for 17 seconds.
    """
    return (
        folder.is_dir()
        and Git(folder, git.environ).run("--git-dir=.", "rev-list", "--missing=allow-any", "--no-walk", f"--glob={KEPT}*").good
    )


def _commit(git: Git, ref: str) -> str:
    finished = git.run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    return finished.stdout.decode("ascii", "replace").strip() if finished.good else ""


def make(git: Git, folder: Path, url: str) -> None:
    """An empty clone, prepared aside and renamed into place: an interrupted build leaves none that is half made."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    here = Git(aside, git.environ)
    here.output("init", "--quiet", "--bare", "--template=")
    for key, value in (
        ("remote.origin.url", url), ("remote.origin.promisor", "true"), ("remote.origin.partialclonefilter", "blob:none"),
        ("core.repositoryformatversion", "1"), ("extensions.partialClone", "origin"),
    ):  # fmt: skip
        here.output("config", key, value)
    aside.rename(folder)
