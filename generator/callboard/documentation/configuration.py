"""The text of an ``mkdocs.yml`` → what is read of it: names, navigation, folder, allowed extensions. Nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any

import yaml
from callboard.documentation.extensions import Configured, allowed_extensions
from callboard.documentation.inert_yaml import AliasError, inert_yaml
from callboard.model.data_classes import dataclass

LARGEST = 256 * 1024
"""Bytes of an ``mkdocs.yml``."""
_DEPTH = 40
"""Most nested levels of a navigation: lists and mappings, of which a section has one each."""
_READ_PLUGINS = frozenset({"search", "techdocs-core", "monorepo", "redirects", "mermaid2"})
"""Plugins whose effect is reproduced, or that have none on pages; all others are named as ignored."""
_MOST_REDIRECTS = 2_000
_MOST_PATTERNS = 2_000
_MOST_FOLDERS = 10
_MOST_PARENTS = 5
_TEXTS = ("site_name", "docs_dir")
_EXCLUDING = ("exclude_docs", "draft_docs")
_UNUSED = ("hooks", "extra_css", "extra_javascript", "watch")


Inherited = Callable[[str, str], tuple[bytes, str]]
"""The path that ``INHERIT`` names and the folder that it is relative to → the file and its folder. Raises ``ConfigurationError``."""


class ConfigurationError(Exception):
    """The file cannot be read at all; the message says why."""


@dataclass(frozen=True, slots=True)
class SetConfiguration:
    """What Callboard reads of an ``mkdocs.yml``."""

    site_name: str = ""
    docs_dir: str = "docs"
    nav: Any = None
    """As written: lists, mappings and strings; None for none."""
    extensions: tuple[Configured, ...] = field(default_factory=allowed_extensions)
    """Of the set and of techdocs-core, in MkDocs' order."""
    redirects: tuple[tuple[str, str], ...] = ()
    """Former paths of pages with their new paths or addresses, of the plugin ``redirects``."""
    excluded: tuple[str, ...] = ()
    """Patterns of ``exclude_docs`` and ``draft_docs``, in the syntax of ``.gitignore``."""
    not_in_nav: tuple[str, ...] = ()
    """Patterns of pages that are meant to be outside of the navigation."""
    snippet_folders: tuple[str, ...] = (".",)
    """Folders in which snippets are looked for, below that of the ``mkdocs.yml``."""
    appended: tuple[str, ...] = ()
    """Snippets that are put in at the end of each page (``auto_append``)."""
    ignored: tuple[str, ...] = ()
    """Names of plugins, extensions, options and settings that have no effect here."""


def read_configuration(text: bytes, inherited: Inherited | None = None, folder: str = "") -> SetConfiguration:
    """The configuration of a set. Raises ``ConfigurationError``.

    ``inherited`` reads the files that ``INHERIT`` names, relative to the ``folder`` of the set; without it they have no effect.
    """
    values, unread = _with_parents(_parsed(text), inherited, folder)
    extensions, left_out = allowed_extensions_of(values)
    return SetConfiguration(
        _text(values.get("site_name")), _text(values.get("docs_dir")) or "docs", _nav(values), extensions,
        tuple(_redirect_maps(values)[:_MOST_REDIRECTS]), tuple(_excluded(values)),
        tuple(_patterns_of(values.get("not_in_nav"))[:_MOST_PATTERNS]), _snippet_folders(values),
        _snippets(values, "auto_append"), tuple(dict.fromkeys((*unread, *_ignored(values), *left_out))),
    )  # fmt: skip


def _with_parents(values: Mapping[str, Any], inherited: Inherited | None, folder: str) -> tuple[Mapping[str, Any], list[str]]:
    """The values with those of the files that they inherit from, and ``INHERIT`` where such a file cannot be read."""
    for _ in range(_MOST_PARENTS):
        written = values.get("INHERIT")
        if not isinstance(written, str) or inherited is None:
            break
        own = {key: value for key, value in values.items() if key != "INHERIT"}
        try:
            content, folder = inherited(written, folder)
            values = _merged(_parsed(content), own)
        except ConfigurationError as error:
            return own, [f"INHERIT: {written[:200]} ({error})"]
    return values, ["INHERIT"] if values.get("INHERIT") else []


def _merged(parent: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Mappings with the keys of both; what stands in ``own`` wins, and lists are not joined."""
    both = {key: _merged(parent[key], own[key]) for key in own if isinstance(own[key], dict) and isinstance(parent.get(key), dict)}
    return {**parent, **own, **both}


def _parsed(text: bytes) -> Mapping[str, Any]:
    if len(text) > LARGEST:
        raise ConfigurationError(f"it has more than {LARGEST:,} bytes")
    try:
        values = inert_yaml(text.decode("utf-8-sig"))
    except AliasError as error:
        raise ConfigurationError(str(error)) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"it is not YAML: {' '.join(str(error).split())[:300]}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigurationError("it is not a mapping")
    return values


def allowed_extensions_of(values: Mapping[str, Any]) -> tuple[tuple[Configured, ...], tuple[str, ...]]:
    """The extensions of a set, and the names of those and of their options that are left out."""
    written = dict(_named(values.get("markdown_extensions")))
    core: Any = next((options for name, options in _named(values.get("plugins")) if name == "techdocs-core"), {})
    left_out: list[str] = []
    uses_blocks = isinstance(core, dict) and core.get("use_pymdownx_blocks") is True
    return allowed_extensions(written, left_out, uses_blocks=uses_blocks), tuple(left_out)


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Names with their options, of a list of names and mappings, or of one mapping, as MkDocs accepts both."""
    items = [{key: item} for key, item in value.items()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for item in items:
        if isinstance(item, str):
            yield item, {}
        elif isinstance(item, dict):
            yield from ((str(name), options or {}) for name, options in item.items())


def _redirect_maps(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    options: Any = next((options for name, options in _named(values.get("plugins")) if name == "redirects"), {})
    maps = options.get("redirect_maps") if isinstance(options, dict) else None
    return [(str(old), new) for old, new in maps.items() if isinstance(new, str)] if isinstance(maps, dict) else []


def _excluded(values: Mapping[str, Any]) -> Iterator[str]:
    for name in _EXCLUDING:
        yield from _patterns_of(values.get(name))[:_MOST_PATTERNS]


def _patterns_of(value: Any) -> list[str]:
    """The patterns of a text, one a line, or of a list: what somebody meant to leave out is not published because of its form."""
    lines = value.splitlines() if isinstance(value, str) else value if isinstance(value, list) else []
    return [line for line in lines if isinstance(line, str) and line.strip()]


def _snippet_folders(values: Mapping[str, Any]) -> tuple[str, ...]:
    """``base_path`` of ``pymdownx.snippets``, as far as it consists of relative paths."""
    return tuple(each for each in _snippets(values, "base_path") if not each.startswith("/")) or (".",)


def _snippets(values: Mapping[str, Any], option: str) -> tuple[str, ...]:
    """The paths of an option of ``pymdownx.snippets``."""
    options: Any = next((options for name, options in _named(values.get("markdown_extensions")) if name == "pymdownx.snippets"), {})
    written = options.get(option) if isinstance(options, dict) else None
    paths = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    return tuple(each for each in paths[:_MOST_FOLDERS] if isinstance(each, str))


def _ignored(values: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in _TEXTS if values.get(name) is not None and not _text(values[name]))
    if values.get("nav") and not isinstance(values["nav"], list | dict):
        yield "nav"
    yield from (f"{name} after {_MOST_PATTERNS:,} lines" for name in _EXCLUDING if len(_patterns_of(values.get(name))) > _MOST_PATTERNS)
    if len(_redirect_maps(values)) > _MOST_REDIRECTS:
        yield f"redirect_maps after {_MOST_REDIRECTS:,} redirects"
    for name, _ in _named(values.get("plugins")):
        if name not in _READ_PLUGINS:
            yield f"plugin {name}"
    yield from (name for name in _UNUSED if values.get(name))
    theme = values.get("theme")
    if isinstance(theme, dict) and theme.get("custom_dir"):
        yield "theme.custom_dir"


def _nav(values: Mapping[str, Any]) -> Any:
    nav = values.get("nav")
    return _plain(nav, _DEPTH) if isinstance(nav, list | dict) else None


def _plain(value: Any, depth: int) -> Any:
    """Lists, mappings and strings of a navigation; other values become None, and what is nested deeper is left out."""
    if isinstance(value, str) or value is None or not depth:
        return value if isinstance(value, str) else None
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item, depth - 1) for key, item in value.items()}
    return str(value) if isinstance(value, int | float) else None


def _text(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value.strip() if isinstance(value, str) else ""
