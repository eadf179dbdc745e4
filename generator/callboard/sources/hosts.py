"""Remotes and the software of their hosts → templates of view and edit URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
SERVER_PATH = re.compile(r"(?:(?P<prefix>(?:[^/]+/)*)scm/)?(?P<key>[^/]+)/(?P<name>[^/]+)")
"""The path of a clone URL of Bitbucket Server; a server behind a proxy may be in a folder."""
_LINE_PART = re.compile(r"#[^#{}]*\{line\}[^#{}]*$|\?[^?&#{}]*\{line\}$|&[^&#{}]*\{line\}[^&#{}]*")
"""The part of a URL that names a line: its fragment, or one parameter of its query."""


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
        return _filled(template, self.prefix + path, line)

    def edit_url(self, path: str) -> str:
        """Address of the file in the host's editor."""
        return _filled(self.edit, self.prefix + path, None)


@lru_cache(4_096)
def _filled(template: str, path: str, line: int | None) -> str:
    """The URL of a file, which is asked for by several parts of a page."""
    values = {"path": quote(path, safe="/"), "line": str(line or 1)}
    literals, names = _pieces(template, has_line=bool(line))
    filled = [text for literal, name in zip(literals, names, strict=False) for text in (literal, values.get(name, f"{{{name}}}"))]
    return "".join((*filled, literals[-1]))


@lru_cache(1_000)
def _pieces(template: str, *, has_line: bool) -> tuple[Sequence[str], Sequence[str]]:
    """The literals of a template, and the names of the placeholders between them; without a line, also without the part that names it."""
    pieces = FIELD.split(template if has_line else _LINE_PART.sub("", template))
    return pieces[::2], pieces[1::2]


def web(remote: Remote, runs: str, ref: str, ref_kind: str = "branch") -> Web:
    """Templates for a repository at a ref of the kind ``branch``, ``tag`` or ``commit``, on a host with the software ``runs``."""
    if runs not in TEMPLATES or not remote.host:
        return Web()
    base = server_base(remote) if runs == "bitbucket-server" else remote.url
    letters = {"branch": "GB", "tag": "GT", "commit": "GC"}[ref_kind]
    values = {"base": base, "ref": quote(ref, safe="/"), "kind": ref_kind, "letters": letters}
    view, line, edit = (FIELD.sub(lambda m: values.get(m.group(1), m.group()), t) for t in TEMPLATES[runs])
    return Web(view, line, edit if ref_kind == "branch" else "")


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """The templates that ``sources.yaml`` has for the URLs of a repository's files, and what their placeholders stand for."""

    view: str = ""
    edit: str = ""
    repository: str = ""
    """Value of ``{repository}``: the folder of a local repository, or the path of a remote one on its host."""
    ref: str = ""
    """Value of ``{ref}``: the branch, tag or commit that is read; empty where no git repository is."""

    def used(self, default: Web) -> Web:
        """These templates, and the default ones where there are none. One with a placeholder that has no value makes no URLs."""
        view, edit, line = default.view, default.edit, default.line
        if self.view:
            view, line = self._filled(self.view, default.prefix), ""
        if self.edit:
            edit = self._filled(self.edit, default.prefix)
        return Web(view if self.view else _below(view, default.prefix), line, edit if self.edit else _below(edit, default.prefix))

    def unresolved(self) -> Sequence[tuple[str, str]]:
        """The options whose template cannot be used, each with the placeholder that has no value."""
        templates = (("view_url", self.view), ("edit_url", self.edit))
        return [(option, name) for option, template in templates for name in self._missing(template)[:1]]

    def _missing(self, template: str) -> Sequence[str]:
        values = {**self._values(), "path": "x", "line": "1"}
        return [name for name in FIELD.findall(template) if not values.get(name)]

    def _filled(self, template: str, prefix: str) -> str:
        """With ``{repository}``, paths start in that folder, else in the git repository that it is a folder of."""
        if self._missing(template):
            return ""
        values = self._values()
        whole = template if "{repository}" in template else _below(template, prefix)
        return FIELD.sub(lambda m: values.get(m.group(1), m.group()), whole)

    def _values(self) -> Mapping[str, str]:
        return {"repository": quote(self.repository, safe="/"), "ref": quote(self.ref, safe="/")}


def _below(template: str, prefix: str) -> str:
    """The template for files whose paths start in the folder ``prefix`` (with a final ``/``)."""
    return template.replace("{path}", f"{quote(prefix, safe='/')}{{path}}")


def server_base(remote: Remote) -> str:
    """The address for a browser: ``scm/key/name`` of a clone URL is ``projects/KEY/repos/name`` there."""
    match = SERVER_PATH.fullmatch(remote.path)
    scheme = "http" if remote.scheme == "http" else "https"
    if match is None:
        return remote.url
    key = match["key"]
    place = f"users/{key[1:]}" if key.startswith("~") else f"projects/{key.upper()}"
    return f"{scheme}://{remote.host}/{match['prefix'] or ''}{place}/repos/{match['name']}"


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
