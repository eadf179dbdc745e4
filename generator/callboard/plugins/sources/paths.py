"""Paths and globs of descriptors → normal paths inside a tree, and the paths that match."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from callboard.model.errors import MissingFileError, OutsideTreeError, TreeError
from callboard.plugins.sources.base import DEFAULT_INCLUDE

PRIVATE_FOLDERS = frozenset({".git", ".hg", ".svn", ".callboard"})
"""Folders of version control and caches, whose files hold credentials and data of others: never read, never walked."""
DEPENDENCY_FOLDERS = frozenset({
    "node_modules", "bower_components", "site-packages", "__pycache__", ".venv", ".tox", ".nox", ".gradle", ".m2", ".terraform",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".next", ".nuxt", ".cache",
})  # fmt: skip
"""Folders that only tools fill: descriptors in them belong to dependencies."""
MAX_CHARACTERS = 1_000
"""Of a glob."""
MAX_ALTERNATIVES = 256
"""To which the braces of a glob may expand."""
INNERMOST_BRACES = re.compile(r"\{([^{},]*,[^{}]*)\}")
TOKEN = re.compile(r"(?P<set>\[(?P<negation>[!^])?+(?P<members>\]?+[^\]/]*)\])|(?P<stars>\*+)|.", re.DOTALL)
"""Of a name in a glob: a set, stars, or one character."""
NO_SET = re.compile(r"(?P<stars>\*+)|.", re.DOTALL)
"""The same, without sets."""
_PLAIN = re.compile(r"(?!\.{0,2}(?:/|\Z))[^*?\[{/]++(?:/(?!\.{0,2}(?:/|\Z))[^*?\[{/]++)*+")
"""A path without special characters, empty names, ``.`` and ``..``."""
FOLDERS = "(?:[^/]+/)*?"
_MOST_KEPT = 200
"""Characters of a path whose normal form is kept in memory."""
LEFT_OUT = PRIVATE_FOLDERS | DEPENDENCY_FOLDERS


def normal_path(path: str) -> str:
    """The path without ``.``, ``..`` and repeated slashes.

    Raises ``OutsideTreeError`` for a path outside the tree, ``MissingFileError`` where no file can have that name.
    """
    return _kept_normal_path(path) if len(path) <= _MOST_KEPT else _normal_path(path)


def _normal_path(path: str) -> str:
    if "\0" in path:
        raise MissingFileError("a path contains a null character")
    clean = posixpath.normpath(path) if path else "."
    if clean == ".." or clean.startswith(("/", "../")):
        raise OutsideTreeError(f"{path} leads out of its repository")
    if any(part.lower() in PRIVATE_FOLDERS for part in clean.split("/")):
        raise OutsideTreeError(f"{path} lies in a folder that descriptors may not read")
    return clean


_kept_normal_path = lru_cache(maxsize=4_096)(_normal_path)
"""Most repositories have files at the same paths."""


def shown_path(path: str) -> str:
    """A path for messages, with escapes for bytes that are not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


@lru_cache(maxsize=1_024)
def compiled_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression, for ``fullmatch`` with a relative path, kept for the next use. Raises ``TreeError`` as ``compile_glob``."""
    return compile_glob(pattern)


def compile_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression, for callers that keep it themselves. Raises ``TreeError`` for a glob beyond the limits."""
    return re.compile("|".join(f"(?:{_expression(p)})" for p in glob_alternatives(pattern)), re.DOTALL)


@lru_cache(maxsize=256)
def compiled_globs(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One regular expression for several globs; it matches nothing where there are none."""
    return re.compile("|".join(f"(?:{compiled_glob(p).pattern})" for p in patterns) or r"(?!)", re.DOTALL)


def matching_paths(pattern: str, paths: Iterable[str]) -> list[str]:
    """The paths that match, in their order. A glob outside its folder (``../x``) matches nothing.

    Those of one file and of all files of a folder, which are most, need no regular expression; compiling one takes a millisecond.
    """
    folder = pattern.removesuffix("/**")
    if len(pattern) <= MAX_CHARACTERS and _PLAIN.fullmatch(folder):
        start = f"{folder}/"
        return [path for path in paths if (path.startswith(start) if folder is not pattern else path == pattern)]
    match = compiled_glob(pattern).fullmatch
    return [path for path in paths if match(path)]


def is_glob(text: str) -> bool:
    """Whether the pattern has any special character."""
    return any(c in text for c in "*?[") or INNERMOST_BRACES.search(text) is not None


def glob_alternatives(pattern: str) -> Sequence[str]:
    """The patterns to which the braces of a glob expand, innermost first, each once. Raises ``TreeError`` beyond the limits."""
    if len(pattern) > MAX_CHARACTERS:
        raise TreeError(f"a glob has {len(pattern):,} characters; at most {MAX_CHARACTERS:,} are read: {pattern[:60]}…")
    done: dict[str, None] = {}
    open_patterns = [pattern]
    while open_patterns:
        current = open_patterns.pop(0)
        braces = INNERMOST_BRACES.search(current)
        if braces is None:
            done[current] = None
        else:
            head, tail = current[: braces.start()], current[braces.end() :]
            open_patterns += [f"{head}{choice}{tail}" for choice in braces.group(1).split(",")]
        if len(open_patterns) + len(done) > MAX_ALTERNATIVES:
            raise TreeError(f"the braces of a glob make more than {MAX_ALTERNATIVES} alternatives: {pattern[:60]}")
    return tuple(done)


def _expression(pattern: str) -> str:
    """Blocks of names between the ``**``, each matched as early as possible: that leaves most to the rest, so no block is tried twice."""
    if pattern.endswith("/"):
        pattern += "**"
    blocks: list[list[str]] = [[]]
    for name in (n for n in pattern.split("/") if n not in {"", "."}):
        if name == "**":
            blocks.append([])
        else:
            blocks[-1].append(_name(name))
    first, *between, last = [*blocks] if len(blocks) > 1 else [[], *blocks]
    if len(blocks) == 1:
        return "/".join(last)
    head = "".join(f"{name}/" for name in first)
    middle = "".join(f"(?>{FOLDERS}{''.join(f'{name}/' for name in block)})" for block in between if block)
    return f"{head}{middle}{FOLDERS}{'/'.join(last)}" if last else f"{head}{middle}.+"


def _name(name: str) -> str:
    """One name: the part between two stars is matched as early as possible, as in ``fnmatch.translate``."""
    first, *rest = _pieces(name)
    if not rest:
        return first
    if not any((first, *rest)):
        return "[^/]+"
    *between, last = rest
    return first + "".join(f"(?>[^/]*?{piece})" for piece in between) + f"[^/]*{last}"


def _pieces(name: str) -> Sequence[str]:
    """Expressions of the parts between the stars; a star in a set is an ordinary character."""
    pieces = [""]
    end = name.rfind("]") + 1  # a [ after the last ] begins no set, and is not compared with the rest of the name
    for token in (*TOKEN.finditer(name, 0, end), *NO_SET.finditer(name, end)):
        if token["stars"]:
            pieces.append("")
        elif token.groupdict().get("set"):
            pieces[-1] += _set(bool(token["negation"]), token["members"])
        else:
            pieces[-1] += "[^/]" if token[0] == "?" else re.escape(token[0])
    return pieces


def _set(negated: bool, members: str) -> str:  # noqa: FBT001 - one call, above
    """A set that never matches ``/``; a range that runs backwards is empty, as in a shell."""
    parts = []
    rest = members
    while rest:
        if len(rest) > 2 and rest[1] == "-":  # noqa: PLR2004 - a range has three characters
            if rest[0] <= rest[2]:
                parts.append(f"{re.escape(rest[0])}-{re.escape(rest[2])}")
            rest = rest[3:]
        else:
            parts.append(re.escape(rest[0]))
            rest = rest[1:]
    inside = "".join(parts)
    if not inside:
        return "[^/]" if negated else "(?!)"
    return f"(?!/)[{'^' if negated else ''}{inside}]"


def descriptor_paths(paths: Iterable[str], options: Mapping[str, Any]) -> Sequence[str]:
    """The paths that the options ``include`` and ``exclude`` select, outside of ``PRIVATE_FOLDERS`` and ``DEPENDENCY_FOLDERS``."""
    included = compiled_globs(tuple(options.get("include", DEFAULT_INCLUDE))).fullmatch
    excluded = compiled_globs(tuple(options.get("exclude", ()))).fullmatch
    return [path for path in paths if included(path) and not excluded(path) and not LEFT_OUT.intersection(path.split("/")[:-1])]
