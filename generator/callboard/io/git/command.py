"""The command git: never runs anything of a repository, never asks for a password; its errors in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from callboard.io.process import Finished, allowed, run
from callboard.model.errors import SourceError

KNOWN = (
    (
        r"could not read Username|Authentication failed|HTTP Basic: Access denied|could not read Password|401",
        "the host asks who we are",
        "Give a token that may read the repository (option token, as ${NAME}), and check that it has not expired.",
    ),
    (
        r"Permission denied \(",
        "the host refuses our ssh key",
        "Load a key that may read the repository into the ssh agent, or use an https:// URL with a token.",
    ),
    (
        r"Host key verification failed",
        "the ssh key of the host is not known here",
        "Add the host to ~/.ssh/known_hosts with ssh-keyscan.",
    ),
    (
        (
            r"Repository not found|does not appear to be a git repository|repository '.*' not found|"
            r"not found: did you run|error: 404|does not exist"
        ),
        "there is no such repository, or it is hidden from us",
        "Check the URL, and that the token may read the repository.",
    ),
    (
        r"error: 403|403 Forbidden",
        "the host forbids it",
        "Check what the token is allowed to read.",
    ),
    (
        r"Could not resolve host|Name or service not known",
        "the host's name is not known",
        "Check the URL, the network and the proxy.",
    ),
    (
        r"Connection refused|Failed to connect|Connection timed out|unable to connect",
        "the host does not answer",
        "Check the URL, the network and the proxy.",
    ),
    (
        r"SSL certificate|server certificate|certificate verify",
        "the host's certificate is not trusted",
        "Name the file of your certificate authority in SSL_CERT_FILE or GIT_SSL_CAINFO.",
    ),
    (
        r"transport '.*' not allowed",
        "this protocol is not allowed",
        "Use https://, ssh://, git:// or, for a folder on this machine, file://.",
    ),
    (
        r"No space left on device",
        "the disk is full",
        "Make room; .callboard/cache may be deleted.",
    ),
    (
        r"early EOF|unexpected disconnect|RPC failed|hung up|reset by peer",
        "the connection broke",
        "Run the build again; set depth for a very large repository.",
    ),
)
"""What git prints (a pattern), what that means, what to do."""


def explanation(finished: Finished, timeout: float, limit: int) -> tuple[str, str]:
    """What went wrong, with git's own words, and how to mend it (may be empty)."""
    if finished.timed_out:
        return f"git took longer than {timeout:g} seconds", "Set depth for a very large repository, or a longer timeout."
    if finished.truncated:
        return f"git printed more than {limit:,} bytes", "Name fewer files with include."
    for pattern, message, hint in KNOWN:
        telling = next((line for line in finished.stderr.splitlines() if re.search(pattern, line, re.IGNORECASE)), "")
        if telling:
            return f"{message} (git: {words(telling)})", hint
    said = words(finished.stderr)
    return f"git ended with code {finished.code}: {said}" if said else f"git ended with code {finished.code}", ""


def words(stderr: str) -> str:
    """The telling line of git's talk: the first fatal one, else an error, else the last; without control characters."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", stderr) if line.strip()]
    telling = [
        *(x for x in lines if x.startswith(("fatal:", "ERROR:", "remote: fatal"))),
        *(x for x in lines if x.startswith(("error:", "remote: "))),
        *lines[-1:],
    ]
    text = telling[0] if telling else ""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text.removeprefix("fatal: "))


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
