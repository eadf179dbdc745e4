"""What git knows of a folder on this machine: revision, last changes, the host that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.outside.git import Git, branch, last_commit, origin_url
from generator.sources.addresses import known_addresses
from generator.sources.history import History, log_of
from generator.sources.hosts import Remote, Web, parse, software, web


@dataclass(frozen=True, slots=True)
class Checkout:
    """A work tree of git."""

    root: Path
    remote: Remote | None
    ref: str
    """The branch, or ``HEAD`` where none is checked out (hosts take that for their default branch)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a tree learns from the work tree around it; empty where there is none."""

    revision: str = ""
    """Last commit to anything below the folder."""
    history: History | None = None
    remote: Remote | None = None
    ref: str = ""
    web: Web = field(default_factory=Web)
    addresses: tuple[str, ...] = ()


def checkout_root(folder: Path, known: dict[Path, Path | None] | None = None) -> Path | None:
    """The nearest folder, from this one upwards, that holds ``.git``. ``known`` remembers what was found: siblings share it."""
    known = {} if known is None else known
    passed, found = [], None
    for place in (folder, *folder.parents):
        if place in known:
            found = known[place]
            break
        passed.append(place)
        if (place / ".git").exists():
            found = place
            break
    known.update(dict.fromkeys(passed, found))
    return found


def checkout(root: Path, environ: Mapping[str, str]) -> Checkout:
    """Ask git about a work tree. Raises ``SourceError`` where git is not installed."""
    git = Git(root, environ)
    return Checkout(root, parse(origin_url(git)), branch(git) or "HEAD")


def known(folder: Path, around: Checkout, environ: Mapping[str, str], expected: Iterable[str]) -> Known:
    """What the work tree ``around`` says about one folder in it; nothing where the folder was never committed."""
    git = Git(around.root, environ)
    relative = folder.relative_to(around.root).as_posix()
    prefix = "" if relative == "." else f"{relative}/"
    revision = last_commit(git, prefix.rstrip("/"))
    if not revision:
        return Known()
    history = History(log_of(git, revision, prefix), expected)
    remote = around.remote if around.remote and around.remote.host else None
    if remote is None:
        return Known(revision, history)
    runs = software(remote)
    plain = web(remote, runs, around.ref)
    found = Web(plain.view, plain.line, plain.edit if around.ref != "HEAD" else "", prefix)
    addresses = known_addresses(remote, runs, [around.ref], "branch", is_default=around.ref in {"HEAD", "main", "master"}, prefix=prefix)
    return Known(revision, history, remote, around.ref, found, addresses)
