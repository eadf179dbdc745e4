"""A commit or the working tree goes in; the `callboard` command that is installed from it, in a virtual environment of its own, comes out.

Worktrees and environments stay below `.callboard-bench/`, which git ignores, so that a second run only installs the working tree again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CACHE = ".callboard-bench"
REDIRECTING = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "PYTHONPATH", "PYTHONHOME"}
"""Variables that would make git and Python work in another place than the one meant; git sets its own for hooks."""


class ComparisonError(Exception):
    """The comparison cannot be made; the message says why and, where it is known, what to do."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Callboard as a user installs it: a wheel in a virtual environment of its own."""

    label: str
    """What is installed, for people: a commit, or the working tree and the commit that it is based on."""
    command: Path
    """The installed `callboard` command."""
    constraints: str
    """Content of the constraints.txt that the environment was made with; empty if there was none."""
    packages: tuple[str, ...]
    """All other packages in the environment, each as NAME==VERSION."""


@contextlib.contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Nothing else uses the cache folder meanwhile: a second run would replace the environment that the first one measures.

    Raises:
        ComparisonError: another process uses it.
    """
    (root / CACHE).mkdir(exist_ok=True)
    with (root / CACHE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ComparisonError(f"another comparison is running in {root}") from error
        yield


def installed_commit(root: Path, revision: str) -> Installation:
    """The installation of a commit of this repository.

    Raises:
        ComparisonError: git knows no such commit, or it cannot be installed.
    """
    commit = resolve(root, revision)
    tree = worktree(root, commit)
    return _install(f"{commit[:12]} ({revision})", tree, root / CACHE / "venvs" / commit[:12], reinstall=False)


def installed_working_tree(root: Path) -> Installation:
    """The installation of the files as they are now, committed or not."""
    changed = len(_git(root, "status", "--porcelain").splitlines())
    label = f"working tree at {resolve(root, 'HEAD')[:12]}, {f'files changed: {changed}' if changed else 'nothing changed'}"
    return _install(label, root, root / CACHE / "venvs" / "working-tree", reinstall=True)


def resolve(root: Path, revision: str) -> str:
    """The full hash of a commit.

    Raises:
        ComparisonError: git knows no such commit.
    """
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    except ComparisonError as error:
        raise ComparisonError(f"unknown revision {revision!r}: give a commit, a branch or a tag of the repository in {root}") from error


def worktree(root: Path, commit: str) -> Path:
    """A git worktree of this commit below the cache folder; one that is damaged, such as by an interrupted run, is replaced."""
    tree = root / CACHE / "trees" / commit[:12]
    if (tree / ".git").is_file() and _git(tree, "rev-parse", "HEAD").strip() == commit and not _git(tree, "status", "--porcelain"):
        return tree
    shutil.rmtree(tree, ignore_errors=True)
    # Twice: an interrupted `git worktree add` leaves a registration that is locked.
    _git(root, "worktree", "add", "--force", "--force", "--detach", str(tree), commit)
    return tree


def clean(root: Path) -> None:
    """Remove the cache folder and git's registrations of the worktrees in it, those whose folder is gone too."""
    cache = (root / CACHE).resolve()
    if (root / ".git").exists():
        lines = _git(root, "worktree", "list", "--porcelain").splitlines()
        for tree in (line.removeprefix("worktree ") for line in lines if line.startswith("worktree ")):
            if cache in Path(tree).parents:
                _git(root, "worktree", "remove", "--force", "--force", tree)
    shutil.rmtree(cache, ignore_errors=True)


def differences(first: Installation, second: Installation) -> list[str]:
    """Lines for people about what differs between two environments apart from Callboard; empty if nothing does."""
    lines = []
    if first.constraints != second.constraints:
        lines.append("constraints.txt differs: each side is installed with its own")
    for title, some, others in (("in A only", first.packages, second.packages), ("in B only", second.packages, first.packages)):
        if only := sorted(set(some) - set(others)):
            lines.append(f"installed {title}: {', '.join(only)}")
    return lines


def _install(label: str, tree: Path, venv: Path, *, reinstall: bool) -> Installation:
    """Install ``tree`` as a wheel; a new environment is made only if none is there or what it has to contain has changed."""
    constraints = tree / "constraints.txt"
    project, pinned = (file.read_text(encoding="utf-8") if file.is_file() else "" for file in (tree / "pyproject.toml", constraints))
    wanted = hashlib.sha256(repr((str(venv), sys.version, project, pinned)).encode()).hexdigest()
    stamp = venv / "requirements.sha256"
    pip = [str(venv / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", *(["--constraint", str(constraints)] if pinned else []), str(tree)]
    if not stamp.is_file() or stamp.read_text() != wanted:
        _run([sys.executable, "-m", "venv", "--clear", str(venv)], tree)
        _run(install, tree)
        stamp.write_text(wanted)
    elif reinstall:
        _run([*install, "--no-deps", "--force-reinstall"], tree)
    packages = _run([*pip, "list", "--format=freeze"], tree).split()
    others = tuple(package for package in packages if not package.startswith("callboard=="))
    return Installation(label, venv / "bin/callboard", pinned, others)


def _git(folder: Path, *arguments: str) -> str:
    return _run(["git", *arguments], folder)


def _run(command: list[str], folder: Path) -> str:
    """The output of a command that has to succeed."""
    environment = {name: value for name, value in os.environ.items() if name not in REDIRECTING}
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=environment)
    except OSError as error:
        raise ComparisonError(f"{command[0]} cannot be started: {error}") from error
    if done.returncode:
        raise ComparisonError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout
