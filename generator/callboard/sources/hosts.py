"""The hosts of repositories: who they are by their address, and where people view and edit a file there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

SCP = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[^/:@\s-][^/:@\s]+):(?P<path>(?!//)\S+)")
"""``git@host:acme/payments.git``; one letter before the colon is a drive."""
KNOWN_HOSTS = {
    "github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "codeberg.org": "gitea", "gitea.com": "gitea",
    "dev.azure.com": "azure", "ssh.dev.azure.com": "azure",
}  # fmt: skip
TELLING_WORDS = {"github": "github", "gitlab": "gitlab", "gitea": "gitea", "forgejo": "gitea", "visualstudio": "azure"}
"""A part of a host's name that tells what it runs (``gitlab.acme.example``)."""
TEMPLATES = {
    "github": ("{base}/blob/{ref}/{path}", "#L{line}", "{base}/edit/{ref}/{path}"),
    "gitlab": ("{base}/-/blob/{ref}/{path}", "#L{line}", "{base}/-/edit/{ref}/{path}"),
    "bitbucket": ("{base}/src/{ref}/{path}", "#lines-{line}", "{base}/src/{ref}/{path}?mode=edit&spa=0&at={ref}"),
    "bitbucket-server": ("{base}/browse/{path}?at={ref}", "#{line}", "{base}/browse/{path}?at={ref}"),
    "gitea": ("{base}/src/{kind}/{ref}/{path}", "#L{line}", "{base}/_edit/{ref}/{path}"),
    "azure": (
        "{base}?path=/{path}&version={letters}{ref}",
        "&line={line}&lineEnd={line}&lineStartColumn=1&lineEndColumn=200",
        "{base}?path=/{path}&version={letters}{ref}&_a=contents",
    ),
}
"""Per software: address of a file, what is added for a line, address of the editor. From each one's documentation or source."""
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository's address without user, password, ``.git`` and the differences between protocols."""

    scheme: str
    host: str
    """Lower case, with the port of HTTP where it is named; empty for a folder on this machine."""
    path: str
    """``acme/payments``; an absolute path for a folder."""

    @property
    def url(self) -> str:
        """The canonical address: what a browser opens, or ``file:///…``."""
        return (
            f"file://{quote(self.path)}" if not self.host else f"{'http' if self.scheme == 'http' else 'https'}://{self.host}/{self.path}"
        )

    @property
    def name(self) -> str:
        """What people call it: ``acme/payments``; the folder's name for a folder."""
        return unquote(self.path.replace("/_git/", "/")) if self.host else self.path.rsplit("/", 1)[-1] or "/"


@dataclass(frozen=True, slots=True)
class Web:
    """Templates of the addresses of a tree's files; empty ones make empty addresses."""

    view: str = ""
    line: str = ""
    """Added to ``view`` for a line, unless that names ``{line}`` itself."""
    edit: str = ""
    prefix: str = ""
    """Folder of the tree inside its repository, with a final ``/``."""

    def view_url(self, path: str, line: int | None = None) -> str:
        """Where people read the file, at that line."""
        template = self.view + self.line if line is not None and "{line}" not in self.view and self.view else self.view
        return self._filled(template, path, line or 1)

    def edit_url(self, path: str) -> str:
        """Where people change the file."""
        return self._filled(self.edit, path, 1)

    def _filled(self, template: str, path: str, line: int) -> str:
        values = {"path": quote(self.prefix + path, safe="/"), "line": str(line)}
        return FIELD.sub(lambda match: values.get(match.group(1), match.group()), template)


def parse(address: str) -> Remote | None:
    """The address of a repository in any of git's spellings; None where it is none."""
    if "://" not in address:
        match = SCP.fullmatch(address)
        return _remote("ssh", match["host"], match["path"]) if match else None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme == "file":
        return Remote("file", "", "/" + unquote(parts.path).strip("/").removesuffix(".git").rstrip("/"))
    if not host or host.startswith("-") or parts.scheme not in {"https", "http", "ssh", "git"}:
        return None
    named = port is not None and parts.scheme in {"https", "http"} and port != {"https": 443, "http": 80}[parts.scheme]
    return _remote(parts.scheme, f"{host}:{port}" if named else host, parts.path)


def _remote(scheme: str, host: str, path: str) -> Remote:
    host, path = host.lower(), path.strip("/").removesuffix(".git").rstrip("/")
    if host == "ssh.dev.azure.com" and path.count("/") == 3:  # noqa: PLR2004 - v3/organization/project/repository
        _, organization, project, name = path.split("/")
        return Remote("https", "dev.azure.com", f"{organization}/{project}/_git/{name}")
    return Remote(scheme, host, path)


def software(remote: Remote) -> str:
    """What the host runs (a key of ``TEMPLATES``), or an empty text where its name does not tell."""
    host = remote.host.split(":")[0]
    if host in KNOWN_HOSTS:
        return KNOWN_HOSTS[host]
    words = re.split(r"[.-]", host)
    return next((TELLING_WORDS[word] for word in words if word in TELLING_WORDS), "")


def web(remote: Remote, runs: str, ref: str, ref_kind: str = "branch") -> Web:
    """Templates for a repository at a branch (``branch``), a tag (``tag``) or a commit (``commit``) on a host that runs ``runs``."""
    if runs not in TEMPLATES or not remote.host:
        return Web()
    base = _server_base(remote) if runs == "bitbucket-server" else remote.url
    letters = {"branch": "GB", "tag": "GT", "commit": "GC"}[ref_kind]
    values = {"base": base, "ref": quote(ref, safe="/"), "kind": ref_kind, "letters": letters}
    view, line, edit = (FIELD.sub(lambda m: values.get(m.group(1), m.group()), t) for t in TEMPLATES[runs])
    return Web(view, line, edit if ref_kind == "branch" else "")


def own_templates(known: Web, view: str, edit: str, remote: Remote | None, ref: str) -> Web:
    """The known templates with those of ``sources.yaml`` in their place where it has some."""
    values = {"repository": quote(remote.path if remote else "", safe="/"), "ref": quote(ref, safe="/")}

    def filled(template: str) -> str:
        return FIELD.sub(lambda m: values.get(m.group(1), m.group()), template)

    return Web(filled(view) or known.view, "" if view else known.line, filled(edit) or known.edit, known.prefix)


def _server_base(remote: Remote) -> str:
    """``scm/key/name`` of a clone address is ``projects/KEY/repos/name`` in the browser."""
    parts = remote.path.removeprefix("scm/").split("/")
    scheme = "http" if remote.scheme == "http" else "https"
    if len(parts) != 2:  # noqa: PLR2004 - key and name
        return remote.url
    key, name = parts
    place = f"users/{key[1:]}" if key.startswith("~") else f"projects/{key.upper()}"
    return f"{scheme}://{remote.host}/{place}/repos/{name}"
