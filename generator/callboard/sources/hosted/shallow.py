"""A commit of a repository on a host → its files and the contents of some, fetched by git into a folder that is removed afterwards.

Nothing of the repository is checked out: its files are objects of git, which are read by their ids.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callboard.plugins.sources import NETWORK_PROTOCOLS, FileCommit, Git, SourceError, last_commits
from callboard.sources.git.objects import contents, sizes
from callboard.sources.hosted.listing import Listing, whole_listing

LARGEST_PACK = 300_000_000
"""Bytes of what one fetch may write."""
LARGEST_LISTING = 64_000_000
LARGEST_FILE = 16_000_000
"""Bytes of a file whose content is kept."""
MOST_BYTES = 500_000_000
"""Of all contents that are taken of one fetch."""
SECONDS = 300
"""For one command of git."""
_AT_A_TIME = 32_000_000
"""Bytes of contents that are in memory."""
_REF = "refs/callboard/commit"
_FETCH = (
    "-c", "fetch.unpackLimit=1", "-c", "fetch.negotiationAlgorithm=noop",
    "-c", "http.followRedirects=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
    "--no-auto-maintenance", "--recurse-submodules=no", "--filter=blob:none",
)  # fmt: skip
_SHA256_DIGITS = 64


def _no_credentials(_: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class GitAccess:
    """How git reaches the repositories of a host."""

    folder: Path
    """Where folders are made and removed."""
    environ: Mapping[str, str] = field(repr=False)
    rewrite: Callable[[str], Mapping[str, str]] = field(default=_no_credentials, repr=False)
    """The URL of a repository → that URL by the same with credentials."""
    depth: int = 1
    """Commits that are fetched: more than one, if the times of last changes come from them."""

    @contextlib.contextmanager
    def clone(self, url: str, commit: str) -> Iterator[Clone]:
        """An empty clone of the repository, for a time. Raises ``SourceError`` if it cannot be made."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=self.folder, ignore_cleanup_errors=True) as temporary:
                _make(Path(temporary), url, commit)
                git = Git(Path(temporary), self.environ, NETWORK_PROTOCOLS, self.rewrite(url), SECONDS, LARGEST_PACK)
                yield Clone(git, commit, self.depth)
        except OSError as error:
            raise SourceError(f"the folder for fetching cannot be used: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class Clone:
    """A clone of one commit without contents."""

    git: Git
    commit: str
    depth: int

    def listing(self) -> Listing:
        """All files of the commit, by one fetch. Raises ``SourceError``."""
        self.git.output(*_FETCH, f"--depth={self.depth}", "origin", f"+{self.commit}:{_REF}")
        return whole_listing(self.commit, self.git.output("ls-tree", "-r", "-t", "-z", "--full-tree", self.commit, limit=LARGEST_LISTING))

    def history(self, paths: Sequence[str]) -> Mapping[str, FileCommit]:
        """The last commits of files, among those that were fetched; without the others. Raises ``SourceError``."""
        return last_commits(self.git, self.commit, paths)

    def contents(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Ids and contents of objects, by one fetch; not those beyond the bounds. Raises ``SourceError``."""
        wanted = sorted({*names})
        if not wanted:
            return
        self.git.output(*_FETCH, "--stdin", "origin", stdin="".join(f"{name}\n" for name in wanted).encode())
        portion: list[str] = []
        left, size_of_portion = MOST_BYTES, 0
        for name, size in sizes(self.git, wanted).items():
            if size > LARGEST_FILE or size > left:
                continue
            if size_of_portion + size > _AT_A_TIME:
                yield from contents(self.git, portion).items()
                portion, size_of_portion = [], 0
            portion.append(name)
            left, size_of_portion = left - size, size_of_portion + size
        if portion:
            yield from contents(self.git, portion).items()


def _make(folder: Path, url: str, commit: str) -> None:
    """An empty bare repository that knows where its objects are. Raises ``SourceError`` for a URL that git would not take as one."""
    if url.startswith("-") or any(letter in url for letter in '"\\\n\r') or not url.isprintable():
        raise SourceError("the URL of the repository cannot be used by git")
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n", "ascii")
    hashes = "\tobjectFormat = sha256\n" if len(commit) == _SHA256_DIGITS else ""
    (folder / "config").write_text(
        f'[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialClone = origin\n{hashes}[remote "origin"]\n'
        f'\turl = "{url}"\n\tpromisor = true\n\tpartialclonefilter = blob:none\n',
        "utf-8",
    )
