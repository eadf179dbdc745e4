"""An absolute URL of a file (in Location targets, ``$text``, ``techdocs-ref``) → the configured tree and the path in it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from callboard.plugins.sources import Remote, Tree, TreeError, normal_path
from callboard.sources.hosts import server_base

PATTERNS: Mapping[str, Sequence[str]] = {
    "github": ("/blob/{ref}/", "/tree/{ref}/", "/raw/{ref}/", "/edit/{ref}/", "/blame/{ref}/"),
    "gitlab": ("/-/blob/{ref}/", "/-/tree/{ref}/", "/-/raw/{ref}/", "/-/edit/{ref}/", "/blob/{ref}/", "/tree/{ref}/", "/raw/{ref}/"),
    "bitbucket": ("/src/{ref}/", "/raw/{ref}/"),
    "gitea": ("/src/{kind}/{ref}/", "/raw/{kind}/{ref}/", "/media/{kind}/{ref}/", "/_edit/{ref}/", "/src/{ref}/", "/raw/{ref}/"),
}
"""By software: the part after a repository's URL for files of a ref. An unknown host may run any of them."""
RAW_GITHUB = "raw.githubusercontent.com"
"""GitHub's host of files alone; its URLs are read as those of ``github.com/…/raw/…``."""
MAX_CHARACTERS = 4_000
MAX_REF_PARTS = 6
"""Names between slashes that a ref in a URL may have: where it ends, the URL does not tell."""
ANY_REVISION = "*"
"""Begins an address of the repository at whatever revision, followed by the tree's folder in it; no ref contains this character."""
_FILE = re.compile(r"(?:-/)?(?:blob|tree|raw|edit|blame|src|media|_edit)/(?P<rest>.+)", re.DOTALL)
"""What follows the URL of a repository in that of a file of it; ``rest`` is a ref and a path."""
_FULL_REF = re.compile(r"refs/(?:heads|tags)/|(?:branch|tag|commit)/")


class Revision(NamedTuple):
    """A file at another revision than the one that its tree has."""

    tree: Tree
    ref: str
    path: str


class RepositoryFolder(NamedTuple):
    """A folder of a repository on a host."""

    url: str
    """Of the repository, without credentials and ``.git``; owner and name are in lower case."""
    folder: str
    """Empty, or with a final ``/``."""


def known_addresses(
    remote: Remote, runs: str, refs: Sequence[str], ref_kind: str, *, is_default: bool, prefix: str = ""
) -> tuple[str, ...]:
    """Normal forms of the URLs of a tree's folder on the web; ``refs`` are names of its revision.

    ``prefix`` is the tree's folder in the repository, with a final ``/``.
    """
    if not remote.host:
        return (_normal_form(f"{remote.url}/", "") + prefix,)
    names = [*dict.fromkeys([*refs, *(["HEAD"] if is_default else [])])]
    if runs in {"azure", "bitbucket-server"}:
        base = _server_browse(remote) if runs == "bitbucket-server" else f"{remote.url}/"
        known = [_normal_form(base, ref) + prefix for ref in [*names, *([""] if is_default else [])]]
    else:
        base = f"{remote.url}/"
        kinds = {"branch": "heads", "tag": "tags"}.get(ref_kind)
        full = [f"refs/{kinds}/{ref}" for ref in refs[:1] if kinds and ref != "HEAD"]
        patterns = PATTERNS.get(runs) or dict.fromkeys(p for group in PATTERNS.values() for p in group)
        addresses = (remote.url + pattern.format(ref=ref, kind=ref_kind) for ref in [*names, *full] for pattern in patterns)
        known = [_normal_form(address, "") + prefix for address in addresses]
    return (*dict.fromkeys(known), _normal_form(base, f"{ANY_REVISION}{prefix}"))


def folder_address(root: str) -> str:
    """The normal form of a local folder."""
    return _normal_form(f"file://{quote(root.rstrip('/'))}/", "")


def web_folder_address(url: str) -> str:
    """The normal form of a folder's URL, which ends with ``/``."""
    return _normal_form(url, "")


def find(url: str, trees: Sequence[Tree]) -> tuple[Tree, str] | None:
    """The tree of an absolute URL and the path in it, which may be a glob; None where no configured tree contains it.

    The deepest tree wins. An empty path is the tree's folder. Never raises.
    """
    address = _parsed(url)
    index = _index(tuple(trees))
    for folder, path in _split(address or ""):
        tree = index.get(folder)
        if tree is not None:
            inside = _inside(url, path)
            return None if inside is None else (tree, inside)
    return None


def find_folder(url: str, trees: Sequence[Tree]) -> tuple[Tree, str] | None:
    """As ``find``, for the URL of a folder, which may have no final ``/``, or of a repository, at its default revision."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    folder = url if parts.path.endswith("/") else parts._replace(path=f"{parts.path}/").geturl()
    found = find(url, trees) or find(folder, trees)
    if found is not None:
        return found
    address = _parsed(f"{url.strip().removesuffix('/').removesuffix('.git')}/") or ""
    named = _repositories(tuple(trees)).get(f"|{address.partition('|')[2]}", ())
    return next(((tree, "") for tree, prefix in named if not prefix and _is_default(tree)), None)


def _is_default(tree: Tree) -> bool:
    """Whether the tree has the default revision of its repository."""
    return any("/HEAD/" in address or address.startswith("HEAD|") for address in tree.addresses)


def at_other_revisions(url: str, trees: Sequence[Tree]) -> Sequence[Revision]:
    """What the URL of a file may mean if no tree has its revision: the trees of its repository, each with a ref and a path.

    The URL does not tell where the ref ends: shorter refs come first. ``HEAD`` is the revision that the source reads. Never raises.
    """
    address = _parsed(url)
    if address is None:
        return ()
    query_ref, _, plain = address.partition("|")
    by_repository = _repositories(tuple(trees))
    for folder, rest in _split(f"|{plain}"):
        if folder in by_repository:
            pairs = [(query_ref or "HEAD", rest)] if "/_git/" in folder or "/browse/" in folder else [*_refs_and_paths(rest)]
            found = (_revision(url, tree, prefix, *pair) for pair in pairs for tree, prefix in by_repository[folder])
            return [revision for revision in found if revision is not None]
    return ()


def repositories_of(tree: Tree) -> frozenset[str]:
    """Addresses of the tree's repository that do not depend on its revision; empty where it is in no repository with a URL."""
    return frozenset(address for address in tree.addresses if address.startswith(ANY_REVISION))


def repository_of(tree: Tree) -> RepositoryFolder | None:
    """The repository of a tree; None where it is in none with a URL on a host."""
    for address in sorted(repositories_of(tree)):
        folder, _, url = address.removeprefix(ANY_REVISION).partition("|")
        if url.startswith("https://"):
            return RepositoryFolder(url.rstrip("/"), folder)
    return None


def repository_address(tree: Tree) -> tuple[str, str]:
    """The URL of a tree's repository without credentials and ``.git``, and the tree's folder in it; empty where it has no URL on a host."""
    if tree.id.startswith(("https://", "http://")):
        return (tree.id, "") if urlsplit(tree.id).path.strip("/") else ("", "")
    known = repository_of(tree)
    if known is None:
        return "", ""
    url, view = known.url, tree.view_url("x")
    return (view[: len(url)] if view.lower().startswith(f"{url}/") else url), known.folder  # the address is in lower case


def _split(address: str) -> Iterator[tuple[str, str]]:
    """The address as folder and rest, the longest folder first."""
    end = len(address)
    while (end := address.rfind("/", 0, end)) >= 0:
        yield address[: end + 1], address[end + 1 :]


def _refs_and_paths(rest: str) -> Iterator[tuple[str, str]]:
    """Refs and paths that the part of a URL behind its repository may mean: its folder for none, nothing for other pages."""
    if not rest:
        yield "HEAD", ""
    match = _FILE.fullmatch(rest)
    if match is None or ".." in match["rest"].split("/"):
        return
    named = _FULL_REF.sub("", match["rest"], count=1) if _FULL_REF.match(match["rest"]) else match["rest"]
    for text in dict.fromkeys((named, match["rest"])):
        parts = text.split("/")
        yield from (("/".join(parts[:end]), "/".join(parts[end:])) for end in range(1, min(len(parts) - 1, MAX_REF_PARTS) + 1))


def _revision(url: str, tree: Tree, prefix: str, ref: str, path: str) -> Revision | None:
    inside = _inside(url, path)
    if inside is None or not inside.startswith(prefix):
        return None
    return Revision(tree, ref, inside[len(prefix) :])


def _inside(url: str, path: str) -> str | None:
    """The path in normal form, an empty string for the folder itself; None where it leads out."""
    try:
        clean = normal_path(_with_original_case(url, path))
    except TreeError:
        return None
    return "" if clean == "." else clean


def _with_original_case(url: str, path: str) -> str:
    """The path with the upper-case letters that the normal form lowered in its first names."""
    url_path = unquote(urlsplit(url.strip()).path)
    end = url_path[len(url_path) - len(path) :]
    return end if end.lower() == path.lower() else path


@lru_cache(maxsize=2)
def _index(trees: tuple[Tree, ...]) -> Mapping[str, Tree]:
    """Trees by address; of several with one address, the first in order of precedence."""
    by_address: dict[str, Tree] = {}
    for tree in trees:
        for address in tree.addresses:
            by_address.setdefault(address, tree)
    return by_address


@lru_cache(maxsize=2)
def _repositories(trees: tuple[Tree, ...]) -> Mapping[str, Sequence[tuple[Tree, str]]]:
    """Trees with their folders in the repository, by the repository's address."""
    by_address: defaultdict[str, list[tuple[Tree, str]]] = defaultdict(list)
    for tree in trees:
        for address in repositories_of(tree):
            prefix, _, repository = address.removeprefix(ANY_REVISION).partition("|")
            by_address[f"|{repository}"].append((tree, prefix))
    return by_address


def _parsed(url: str) -> str | None:
    if len(url) > MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query, max_num_fields=20)
        if parts.scheme not in {"http", "https", "file"} or (parts.scheme == "file") == bool(parts.hostname):
            return None
    except ValueError:
        return None
    address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if "/_git/" in parts.path:
        inside = query.get("path", [""])[0].strip("/")
        return _normal_form(f"{address.rstrip('/')}/", query.get("version", [""])[0][2:]) + inside
    at = query.get("at", [""])[0].removeprefix("refs/heads/").removeprefix("refs/tags/")
    is_server = "/repos/" in parts.path and "/browse" in parts.path
    return _normal_form(address if not address.endswith("/browse") else f"{address}/", at if is_server else "")


def _normal_form(address: str, ref: str) -> str:
    """Scheme and host in lower case, ``http`` as ``https``, the first two names (owner and repository) in lower case, without escapes.

    A ref from the query becomes a prefix.
    """
    parts = urlsplit(address)
    path = unquote(parts.path)
    if parts.scheme == "file":
        return f"|file://{path}"
    names = path.split("/")
    host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
    if host == RAW_GITHUB:
        host, names = "github.com", [*names[:3], "raw", *names[3:]]
    lowered = "/".join([*(n.lower() for n in names[:3]), *names[3:]])
    return f"{ref}|https://{host}{lowered}"


def _server_browse(remote: Remote) -> str:
    base = server_base(remote)
    return f"https://{base.partition('://')[2]}/browse/"
