"""Git, run so that nothing of a repository is ever executed and nobody is ever asked for a password.

No hooks, no submodules, no LFS, no filters (there is no work tree), no configuration of the machine or its user, no protocol beyond
those allowed. Credentials come from the URL or the options in ``sources.yaml`` (by the environment of one git process: never in its
arguments, never on disk) or, for ssh, from the agent and the keys of the user who runs the build; credential helpers are not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from generator.errors import SourceError
from generator.outside.git_messages import explanation
from generator.outside.process import Finished, allowed, run

NETWORK = ("https", "http", "ssh", "git")
LOCAL = ("file",)
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20"
PASSED_ON = ("SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY")
"""Variables of the build's user that git may see as well."""
SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.attributesFile": "/dev/null",
    "credential.helper": "",
    "fetch.fsckObjects": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "color.ui": "false",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.version": "2",
    "safe.directory": "*",
    "submodule.recurse": "false",
}
"""Set for every command, above whatever the repository's own configuration says: it could name programs to run.

``safe.directory`` would guard against just that; here it would only refuse folders that another user checked out (containers of CI).
"""
LOG_FORMAT = "--format=%x01%ct"
LATEST = 253_370_764_799
"""The end of the year 9998: commits may name any moment, and one of the year 9999 has no date in some time zones."""


@dataclass(frozen=True, slots=True)
class Git:
    """How git is run: in which folder, what it may see and reach."""

    folder: Path
    """Where the command runs: a bare repository or a work tree."""
    environ: Mapping[str, str]
    """The environment of the build; git sees an allow-listed part of it."""
    protocols: tuple[str, ...] = ()
    """What it may reach; nothing reads the network unless named here."""
    rewrite: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Prefixes of URLs to the same with credentials."""
    timeout: float = 600
    """Seconds for one command."""

    def run(self, *arguments: str, stdin: bytes = b"", limit: int = 512_000_000) -> Finished:
        """One command, ended in any way. Raises ``SourceError`` where git is not installed."""
        try:
            return run(["git", *arguments], environ=self._environ(), cwd=self.folder, stdin=stdin, timeout=self.timeout, limit=limit)
        except FileNotFoundError:
            raise SourceError("git is not installed here", "Install git, or leave out the sources that need it.") from None

    def output(self, *arguments: str, stdin: bytes = b"", limit: int = 512_000_000) -> bytes:
        """What a command prints. Raises ``SourceError`` with a reason for people where it fails."""
        finished = self.run(*arguments, stdin=stdin, limit=limit)
        if not finished.good:
            message, hint = explanation(finished, self.timeout, limit)
            raise SourceError(message, hint)
        return finished.stdout

    def _environ(self) -> dict[str, str]:
        settings = [*SETTINGS.items(), *((f"url.{to}.insteadOf", prefix) for prefix, to in self.rewrite.items())]
        numbered = {f"GIT_CONFIG_KEY_{i}": key for i, (key, _) in enumerate(settings)}
        numbered |= {f"GIT_CONFIG_VALUE_{i}": value for i, (_, value) in enumerate(settings)}
        return {
            "GIT_SSH_COMMAND": SSH,
            **allowed(self.environ, PASSED_ON),
            **numbered,
            "GIT_CONFIG_COUNT": str(len(settings)),
            "GIT_ALLOW_PROTOCOL": ":".join(self.protocols) or "none",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
        }


def commit_time(seconds: str) -> datetime | None:
    """The moment that git tells in seconds since 1970, at most ``LATEST``; None where a broken commit names none."""
    seconds = seconds.strip()
    return datetime.fromtimestamp(min(int(seconds), LATEST), UTC) if seconds.isascii() and seconds.isdecimal() else None


def last_commit(git: Git, folder: str) -> str:
    """The last commit that touched anything below ``folder``: it changes only when the folder does."""
    finished = git.run("--literal-pathspecs", "log", "-1", "--format=%H", "HEAD", "--", folder or ".")
    return finished.stdout.decode("ascii", "replace").strip() if finished.good else ""


def branch(git: Git) -> str:
    """The branch that is checked out; an empty text for a detached head, as CI leaves it."""
    finished = git.run("symbolic-ref", "--quiet", "--short", "HEAD")
    return finished.stdout.decode("utf-8", "replace").strip() if finished.good else ""


def origin_url(git: Git) -> str:
    """The address that the remote ``origin`` was cloned from; an empty text where there is none."""
    finished = git.run("config", "--get", "remote.origin.url")
    return finished.stdout.decode("utf-8", "replace").strip() if finished.good else ""


def last_changes(git: Git, commit: str, paths: Sequence[str], prefix: str = "") -> Mapping[str, datetime]:
    """Time of the last commit to each path (relative to ``prefix``), by one walk over the history. Renames are not followed."""
    asked = {prefix + path: path for path in paths if "\n" not in path}
    if not asked or not commit:
        return {}
    wanted = "".join(f"{path}\n" for path in asked)
    output = git.output(
        "--literal-pathspecs", "log", LOG_FORMAT, "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", "--stdin",
        stdin=f"{commit}\n--\n{wanted}".encode("utf-8", "surrogateescape"),
    )  # fmt: skip
    found: dict[str, datetime] = {}
    for time, names in _commits(output):
        for name in names:
            if name in asked:
                found.setdefault(asked[name], time)
    return found


def _commits(output: bytes) -> Iterator[tuple[datetime, Sequence[str]]]:
    for block in output.split(b"\x01")[1:]:
        told, *names = block.split(b"\0")
        time = commit_time(told.decode("ascii", "replace"))
        if time is not None:
            yield time, [n.decode("utf-8", "surrogateescape").lstrip("\n") for n in names]
