"""An absolute URL of a file (in Location targets, ``$text``, ``techdocs-ref``) → the configured tree and the path in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qs, quote, unquote, urlsplit

from callboard.plugins.sources import Remote, Tree, TreeError, normal_path

PATTERNS: Mapping[str, Sequence[str]] = {
    "github": ("/blob/{ref}/", "/tree/{ref}/", "/raw/{ref}/", "/edit/{ref}/", "/blame/{ref}/", "/raw/refs/{kinds}/{ref}/"),
    "gitlab": ("/-/blob/{ref}/", "/-/tree/{ref}/", "/-/raw/{ref}/", "/-/edit/{ref}/", "/blob/{ref}/", "/tree/{ref}/", "/raw/{ref}/"),
    "bitbucket": ("/src/{ref}/", "/raw/{ref}/"),
    "gitea": ("/src/{kind}/{ref}/", "/raw/{kind}/{ref}/", "/media/{kind}/{ref}/", "/_edit/{ref}/", "/src/{ref}/", "/raw/{ref}/"),
}
"""By software: the part after a repository's URL for files of a ref. An unknown host may run any of them."""
RAW_GITHUB = "https://raw.githubusercontent.com"
MAX_CHARACTERS = 4_000


def known_addresses(
    remote: Remote, runs: str, refs: Sequence[str], ref_kind: str, *, is_default: bool, prefix: str = ""
) -> tuple[str, ...]:
    """Normal forms of the URLs of a tree's folder on the web; ``refs`` are names of its revision.

    ``prefix`` is the tree's folder in the repository, with a final ``/``.
    """
    if not remote.host:
        return (_normal_form(f"{remote.url}/", "") + prefix,)
    values = {"kind": ref_kind, "kinds": {"branch": "heads", "tag": "tags"}.get(ref_kind, "commits")}
    names = [*dict.fromkeys([*refs, *(["HEAD"] if is_default else [])])]
    if runs in {"azure", "bitbucket-server"}:
        base = _server_browse(remote) if runs == "bitbucket-server" else f"{remote.url}/"
        return tuple(_normal_form(base, ref) + prefix for ref in [*names, *([""] if is_default else [])])
    patterns = PATTERNS.get(runs) or [p for group in PATTERNS.values() for p in group]
    addresses = [remote.url + pattern.format(ref=ref, **values) for ref in names for pattern in dict.fromkeys(patterns)]
    if remote.host == "github.com":
        addresses += [f"{RAW_GITHUB}/{remote.path}/{middle}{ref}/" for ref in names for middle in ("", f"refs/{values['kinds']}/")]
    return tuple(_normal_form(address, "") + prefix for address in addresses)


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
    if address is None:
        return None
    index = _index(tuple(trees))
    end = len(address)
    while (end := address.rfind("/", 0, end)) >= 0:
        tree = index.get(address[: end + 1])
        if tree is not None:
            try:
                path = normal_path(_with_original_case(url, address[end + 1 :]))
            except TreeError:
                return None
            return tree, "" if path == "." else path
    return None


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


def _parsed(url: str) -> str | None:
    if len(url) > MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query, max_num_fields=20)
        if parts.scheme not in {"http", "https", "file"} or (parts.scheme == "file") == bool(parts.hostname) or parts.username:
            return None
    except ValueError:
        return None
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
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
    lowered = "/".join([*(n.lower() for n in names[:3]), *names[3:]])
    host = parts.netloc.lower().removesuffix(":443" if parts.scheme == "https" else ":80")
    return f"{ref}|https://{host}{lowered}"


def _server_browse(remote: Remote) -> str:
    key, _, name = remote.path.removeprefix("scm/").partition("/")
    place = f"users/{key[1:]}" if key.startswith("~") else f"projects/{key.upper()}"
    return f"https://{remote.host}/{place}/repos/{name}/browse/"
