"""Git commands with the person's own configuration and credentials, where no file of a repository can run a program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from callboard.io.git.command import explanation
from callboard.io.process import run
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

PROTOCOLS = "https:http:ssh:git:file"
"""Without ``ext``, which runs programs."""
_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "init.templateDir": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "color.ui": "false",
    "advice.detachedHead": "false",
}
"""Set for every command, with priority over the configuration of a repository."""
_KEPT = (
    "GIT_SSH", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSL_",
)  # fmt: skip
"""Variables of git that are passed on; others, such as ``GIT_DIR``, would name another repository."""


@dataclass(frozen=True, slots=True)
class PersonalGit:
    """How git is run for the person at the terminal."""

    environ: Mapping[str, str]
    timeout: float = 600
    """Seconds for one command."""
    limit: int = 64_000_000
    """Bytes of output."""

    def output(self, folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
        """The standard output of a command. Raises ``SourceError`` with a reason where it fails."""
        code, output, message = self.result(folder, *arguments, stdin=stdin)
        if code:
            raise SourceError(message[0], message[1] or "Run the same with git itself to sign in to the host.")
        return output

    def result(self, folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, tuple[str, str]]:
        """Exit code, standard output, and for a failure the reason with a hint. Raises ``SourceError`` where git is not installed."""
        try:
            done = run(["git", *arguments], environ=self._environ(), cwd=folder, stdin=stdin, timeout=self.timeout, limit=self.limit)
        except FileNotFoundError:
            raise SourceError("git is not installed", "Install git.") from None
        return (0, done.stdout, ("", "")) if done.good else (done.code or 1, done.stdout, explanation(done, self.timeout, self.limit))

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in self.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
        numbered = {f"GIT_CONFIG_KEY_{i}": key for i, key in enumerate(_SETTINGS)}
        numbered |= {f"GIT_CONFIG_VALUE_{i}": value for i, value in enumerate(_SETTINGS.values())}
        return {
            **kept,
            **numbered,
            "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
            "GIT_ALLOW_PROTOCOL": PROTOCOLS,
            "GIT_LFS_SKIP_SMUDGE": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
