"""Remotes and the software of their hosts → templates of view and edit URLs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from callboard.plugins.sources import Answer, HttpError, Remote

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
"""By software: URL of a file, suffix for a line, URL of the editor. From each one's documentation or source."""
HTML_FILES = (".html", ".htm", ".xhtml")
DATA_FILES = (".yaml", ".yml", ".json", ".jsonl", ".sarif")
FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Web:
    """Templates of the URLs of a tree's files; an empty template makes empty URLs."""

    view: str = ""
    line: str = ""
    """Suffix of ``view`` for a line, unless that contains ``{line}`` itself."""
    edit: str = ""
    prefix: str = ""
    """Folder of the tree in its repository, with a final ``/``."""

    def view_url(self, path: str, line: int | None = None) -> str:
        """Address of the file, at that line."""
        template = self.view + self.line if line is not None and "{line}" not in self.view and self.view else self.view
        return self._filled(template, path, line or 1)

    def edit_url(self, path: str) -> str:
        """Address of the file in the host's editor."""
        return self._filled(self.edit, path, 1)

    def _filled(self, template: str, path: str, line: int) -> str:
        values = {"path": quote(self.prefix + path, safe="/"), "line": str(line)}
        return FIELD.sub(lambda match: values.get(match.group(1), match.group()), template)


def web(remote: Remote, runs: str, ref: str, ref_kind: str = "branch") -> Web:
    """Templates for a repository at a ref of the kind ``branch``, ``tag`` or ``commit``, on a host with the software ``runs``."""
    if runs not in TEMPLATES or not remote.host:
        return Web()
    base = _server_base(remote) if runs == "bitbucket-server" else remote.url
    letters = {"branch": "GB", "tag": "GT", "commit": "GC"}[ref_kind]
    values = {"base": base, "ref": quote(ref, safe="/"), "kind": ref_kind, "letters": letters}
    view, line, edit = (FIELD.sub(lambda m: values.get(m.group(1), m.group()), t) for t in TEMPLATES[runs])
    return Web(view, line, edit if ref_kind == "branch" else "")


def configured_templates(default: Web, view: str, edit: str, remote: Remote | None, ref: str) -> Web:
    """The templates of ``sources.yaml``, and the default ones where it has none."""
    values = {"repository": quote(remote.path if remote else "", safe="/"), "ref": quote(ref, safe="/")}

    def filled(template: str) -> str:
        return FIELD.sub(lambda m: values.get(m.group(1), m.group()), template)

    return Web(filled(view) or default.view, "" if view else default.line, filled(edit) or default.edit, default.prefix)


def _server_base(remote: Remote) -> str:
    """The address for a browser: ``scm/key/name`` of a clone URL is ``projects/KEY/repos/name`` there."""
    parts = remote.path.removeprefix("scm/").split("/")
    scheme = "http" if remote.scheme == "http" else "https"
    if len(parts) != 2:  # noqa: PLR2004 - key and name
        return remote.url
    key, name = parts
    place = f"users/{key[1:]}" if key.startswith("~") else f"projects/{key.upper()}"
    return f"{scheme}://{remote.host}/{place}/repos/{name}"


def file_content(answer: Answer, path: str) -> bytes:
    """The content of a raw file. Raises ``HttpError`` for a web page, such as a sign-in or a maintenance page with status 200.

    A web page is removed from the cache: it would be the content of the file for as long as the commit is the newest.
    """
    if _is_web_page(answer, path.lower()):
        answer.forget()
        hint = "Check that the host is up, and that the token has not expired."
        raise HttpError("wrong-type", f"the host returned a web page in place of the file {path[:200]}", hint)
    return answer.body


def _is_web_page(answer: Answer, path: str) -> bool:
    """Whether an answer is a web page although the file is none: by its type, or by its beginning if the file is YAML or JSON."""
    if answer.headers.get("content-type", "").lower().startswith("text/html"):
        return not path.endswith(HTML_FILES)
    return path.endswith(DATA_FILES) and answer.body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))
