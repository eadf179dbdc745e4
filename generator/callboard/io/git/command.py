"""Git commands → their output, or ``SourceError`` in words; nothing of a repository is run, and no password is prompted for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path

from callboard.io.process import Finished, allowed, run
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

MESSAGES = (
    (
        r"could not read Username|Authentication failed|HTTP Basic: Access denied|could not read Password|401",
        "the host requires authentication",
        "Give a token that may read the repository (option token, as ${NAME}), and check that it has not expired.",
    ),
    (
        r"Permission denied \(",
        "the host rejected the SSH key",
        "Load a key that may read the repository into the SSH agent, or use an https:// URL with a token.",
    ),
    (
        r"Host key verification failed",
        "the SSH key of the host is unknown",
        "Add the host to ~/.ssh/known_hosts with ssh-keyscan.",
    ),
    (
        (
            r"Repository not found|does not appear to be a git repository|repository '.*' not found|"
            r"not found: did you run|error: 404|does not exist"
        ),
        "there is no such repository, or it is hidden from the token",
        "Check the URL, and that the token may read the repository.",
    ),
    (
        r"error: 403|403 Forbidden",
        "the host denied access",
        "Check what the token is allowed to read.",
    ),
    (
        r"Could not resolve host|Name or service not known",
        "the host's name cannot be resolved",
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
        "the protocol is not allowed",
        "Use https://, ssh://, git:// or, for a folder on this machine, file://.",
    ),
    (
        r"died of signal 25|File size limit exceeded|File too large",
        "it has more bytes than are read",
        "Leave out large files, or read the repository by a git source.",
    ),
    (
        r"No space left on device",
        "the disk is full",
        "Free some space; .callboard/cache may be deleted.",
    ),
    (
        r"early EOF|unexpected disconnect|RPC failed|hung up|reset by peer",
        "the connection broke",
        "Run the build again; set depth for a very large repository.",
    ),
)
"""Pattern of a message of git, its meaning, and a hint."""
NETWORK_PROTOCOLS = ("https", "http", "ssh", "git")
LOCAL_PROTOCOLS = ("file",)
SSH = "ssh -o BatchMode=yes -o ConnectTimeout=20"
PASSED_ON = ("SSH_AUTH_SOCK", "SSH_AGENT_PID", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY")
"""Further variables of the environment that git may see."""
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
"""Set for every command, with priority over the repository's configuration, which could name programs to run.

Without ``safe.directory``, git would refuse folders that another user checked out (containers of CI).
"""
LATEST = 253_370_764_799
"""The end of the year 9998: commits may have any time, and the end of the year 9999 has no date in some time zones."""


def explanation(finished: Finished, timeout: float, limit: int) -> tuple[str, str]:
    """The reason of a failure, with git's message, and a hint (may be empty)."""
    if finished.timed_out:
        return f"git took longer than {timeout:g} seconds", "Set depth for a very large repository, or a longer timeout."
    if finished.truncated:
        return f"git printed more than {limit:,} bytes", "Name fewer files with include."
    for pattern, message, hint in MESSAGES:
        line = next((line for line in finished.stderr.splitlines() if re.search(pattern, line, re.IGNORECASE)), "")
        if line:
            return f"{message} (git: {relevant_line(line)})", hint
    reason = relevant_line(finished.stderr)
    return f"git failed with exit code {finished.code}{f': {reason}' if reason else ''}", ""


def relevant_line(stderr: str) -> str:
    """The line of git's standard error to show: the first fatal one, else an error, else the last; without control characters."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", stderr) if line.strip()]
    candidates = [
        *(x for x in lines if x.startswith(("fatal:", "ERROR:", "remote: fatal"))),
        *(x for x in lines if x.startswith(("error:", "remote: "))),
        *lines[-1:],
    ]
    text = candidates[0] if candidates else ""
    return re.sub(r"[\x00-\x1f\x7f]", " ", text.removeprefix("fatal: "))


@dataclass(frozen=True, slots=True)
class Git:
    """How git is run: its folder, environment, protocols and credentials."""

    folder: Path
    """Working folder of the command: a bare repository or a work tree."""
    environ: Mapping[str, str]
    """The environment of the build; git sees the part on an allow list."""
    protocols: tuple[str, ...] = ()
    """Protocols that git may use; none by default, so that a command cannot reach the network."""
    rewrite: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Prefixes of URLs to the same prefixes with credentials."""
    timeout: float = 600
    """Seconds for one command."""
    largest_file: int = 0
    """Bytes of a file that a command may write; 0 for any number."""

    def run(self, *arguments: str, stdin: bytes = b"", limit: int = 512_000_000) -> Finished:
        """The result of one command, good or not. Raises ``SourceError`` where git is not installed."""
        try:
            return run(
                ["git", *arguments], environ=self._environ(), cwd=self.folder, stdin=stdin, timeout=self.timeout, limit=limit,
                largest_file=self.largest_file,
            )  # fmt: skip
        except FileNotFoundError:
            raise SourceError("git is not installed", "Install git, or leave out the sources that need it.") from None

    def output(self, *arguments: str, stdin: bytes = b"", limit: int = 512_000_000) -> bytes:
        """The standard output of a command. Raises ``SourceError`` with a reason where it fails."""
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
    """The time that git prints in seconds since 1970, at most ``LATEST``; None where a broken commit has none."""
    seconds = seconds.strip()
    return datetime.fromtimestamp(min(int(seconds), LATEST), UTC) if seconds.isascii() and seconds.isdecimal() else None


def last_commit(git: Git, folder: str) -> str:
    """Id of the last commit to anything below ``folder``; it changes only when the folder does."""
    finished = git.run("--literal-pathspecs", "log", "-1", "--format=%H", "HEAD", "--", folder or ".")
    return finished.stdout.decode("ascii", "replace").strip() if finished.good else ""


def current_branch(git: Git) -> str:
    """The branch that is checked out; an empty string for a detached head, as in CI jobs."""
    finished = git.run("symbolic-ref", "--quiet", "--short", "HEAD")
    return finished.stdout.decode("utf-8", "replace").strip() if finished.good else ""


def origin_url(git: Git) -> str:
    """The URL of the remote ``origin``; an empty string where there is none."""
    finished = git.run("config", "--get", "remote.origin.url")
    return finished.stdout.decode("utf-8", "replace").strip() if finished.good else ""
