"""The extensions that a set names → those that are allowed, in MkDocs' order, with techdocs-core's own and their options."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

Configured = tuple[str, tuple[tuple[str, Any], ...]]
"""Name of an extension and its options."""

MKDOCS = ("toc", "tables", "fenced_code")
"""What MkDocs itself switches on, first."""

_CORE = (
    "toc", "admonition", "pymdownx.details", "pymdownx.tabbed", "pymdownx.caret", "pymdownx.critic", "pymdownx.emoji",
    "pymdownx.inlinehilite", "pymdownx.magiclink", "pymdownx.mark", "pymdownx.smartsymbols", "pymdownx.highlight", "pymdownx.extra",
    "pymdownx.tasklist", "pymdownx.tilde", "mdx_truly_sane_lists",
)  # fmt: skip
"""techdocs-core's extensions in its order, without those that run programs or read files (Graphviz, PlantUML, snippets)."""
_CORE_OPTIONS: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    "toc": {"permalink": True},
    "pymdownx.highlight": {"linenums": True, "pygments_lang_class": True},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.blocks.tab": {"alternate_style": True},
    "pymdownx.tasklist": {"custom_checkbox": True},
})  # fmt: skip
_SMART = MappingProxyType({"smart_enable": "all"})
"""Options of ``pymdownx.betterem``, which no set changes: techdocs-core passes its own through ``pymdownx.extra``."""
_BLOCKS = {
    "admonition": "pymdownx.blocks.admonition",
    "pymdownx.details": "pymdownx.blocks.details",
    "pymdownx.tabbed": "pymdownx.blocks.tab",
}
REPLACED = frozenset({"pymdownx.snippets"})
"""Extensions whose effect Callboard reproduces within the bounds of a repository."""
_LONG_NAMES = "markdown.extensions."
_UNDER_EXTRA: Mapping[str, str] = MappingProxyType({
    "pymdownx.betterem": "pymdownx.betterem",
    "pymdownx.superfences": "pymdownx.superfences",
    **{name: _LONG_NAMES + name for name in ("footnotes", "attr_list", "def_list", "tables", "abbr", "md_in_html")},
})  # fmt: skip
"""Extensions that ``pymdownx.extra`` loads, with the names under which it passes their options to them.

It loads them again after a set's own, so options that are given elsewhere have no effect. techdocs-core passes them only where the set uses
the long name; here both names do.
"""

_ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType({
    name: frozenset(options.split())
    for name, options in {
        "abbr": "", "admonition": "", "attr_list": "", "def_list": "", "fenced_code": "lang_prefix", "md_in_html": "", "meta": "",
        "nl2br": "", "sane_lists": "", "smarty": "smart_angled_quotes smart_dashes smart_ellipses smart_quotes",
        "footnotes": "PLACE_MARKER UNIQUE_IDS BACKLINK_TEXT SUPERSCRIPT_TEXT BACKLINK_TITLE SEPARATOR USE_DEFINITION_ORDER",
        "tables": "", "toc": "permalink permalink_title permalink_class toc_depth baselevel title marker anchorlink",
        "mdx_truly_sane_lists": "nested_indent truly_sane",
        "pymdownx.arithmatex": "smart_dollar inline_syntax block_syntax",
        "pymdownx.betterem": "smart_enable", "pymdownx.caret": "insert superscript smart_insert", "pymdownx.critic": "mode",
        "pymdownx.details": "", "pymdownx.emoji": "", "pymdownx.extra": "", "pymdownx.escapeall": "hardbreak nbsp",
        "pymdownx.highlight": "use_pygments guess_lang linenums linenums_style linenums_special extend_pygments_lang css_class "
        "auto_title anchor_linenums line_anchors line_spans pygments_lang_class language_prefix code_attr_on_pre",
        "pymdownx.inlinehilite": "style_plain_text css_class", "pymdownx.keys": "separator strict camel_case",
        "pymdownx.magiclink": "hide_protocol repo_url_shortener repo_url_shorthand social_url_shorthand provider user repo",
        "pymdownx.mark": "smart_mark", "pymdownx.progressbar": "level_class add_classes progress_increment",
        "pymdownx.saneheaders": "",
        "pymdownx.smartsymbols": "trademark copyright care_of plusminus arrows notequal fractions ordinal_numbers",
        "pymdownx.striphtml": "strip_comments strip_js_on_attributes strip_attributes",
        "pymdownx.superfences": "disable_indented_code_blocks css_class preserve_tabs relaxed_headers",
        "pymdownx.tabbed": "alternate_style combine_header_slug separator",
        "pymdownx.tasklist": "custom_checkbox clickable_checkbox", "pymdownx.tilde": "delete subscript smart_delete",
        "pymdownx.blocks.admonition": "", "pymdownx.blocks.details": "", "pymdownx.blocks.tab": "alternate_style",
        "pymdownx.blocks.definition": "", "pymdownx.blocks.html": "", "pymdownx.blocks.caption": "",
    }.items()
})  # fmt: skip
"""Extensions with the options that a set may give. None reads a file, runs a program or asks a server, and no option names code."""

_SAME = MappingProxyType({
    "extra": "pymdownx.extra", "codehilite": "pymdownx.highlight",
    "mdx_math": "pymdownx.arithmatex", "markdown_katex": "pymdownx.arithmatex",
})  # fmt: skip
"""Extensions in place of which another one is used."""
_LISTS = frozenset({"inline_syntax", "block_syntax"})
"""Options that are lists of names."""
_DRAWN = frozenset({"mermaid", "math", "plantuml", "dot", "graphviz"})
"""Fences that every set has."""


def allowed_extensions(
    written: Mapping[str, Any] | None = None, left_out: list[str] | None = None, *, uses_blocks: bool = False
) -> tuple[Configured, ...]:
    """The extensions of a set. ``left_out`` receives the names of extensions and options that have no effect."""
    if not written:
        return _extensions_of_most(uses_blocks=uses_blocks)
    return _allowed(written, [] if left_out is None else left_out, uses_blocks=uses_blocks)


@cache
def _extensions_of_most(*, uses_blocks: bool) -> tuple[Configured, ...]:
    """Those of a set that names none: one value for all of these sets."""
    return _allowed({}, [], uses_blocks=uses_blocks)


def _allowed(written: Mapping[str, Any], left_out: list[str], *, uses_blocks: bool) -> tuple[Configured, ...]:
    own = {name: _options(name, options, left_out) for name, options in _known(written, left_out)}
    core = [_BLOCKS.get(name, name) if uses_blocks else name for name in _CORE]
    names = dict.fromkeys((*MKDOCS, *own, *core))
    options = {name: {**_CORE_OPTIONS.get(name, {}), **own.get(name, {})} if name in core else own.get(name, {}) for name in names}
    nested = {long: options[name] for name, long in _UNDER_EXTRA.items() if options.get(name)} | {"pymdownx.betterem": dict(_SMART)}
    options |= {name: {} for name in _UNDER_EXTRA if name in options} | {"pymdownx.extra": nested}
    return tuple((name, tuple(sorted(values.items()))) for name, values in options.items())


def _known(written: Mapping[str, Any], left_out: list[str]) -> list[tuple[str, Any]]:
    short = [(name.removeprefix(_LONG_NAMES), options) for name, options in written.items()]
    short = [(_SAME.get(name, name), options) for name, options in short]
    left_out += [f"extension {name}" for name, _ in short if name not in _ALLOWED and name not in REPLACED]
    return [(name, options) for name, options in short if name in _ALLOWED]


def _options(name: str, options: Any, left_out: list[str]) -> dict[str, Any]:
    """The options that are allowed: scalars, lists of names where an extension has them, and no others."""
    if not isinstance(options, dict):
        return {}
    good = {key: value for key, value in options.items() if key in _ALLOWED[name] and _is_plain(key, value)}
    left_out += [f"option {name}.{key}" for key in options if key not in good and not _is_reproduced(key, options[key])]
    return good


def _is_reproduced(key: str, value: Any) -> bool:
    """Whether pages have the effect of the option without it: diagrams and formulas are found in every set."""
    if key == "custom_fences":
        return isinstance(value, list) and all(isinstance(each, dict) and each.get("name") in _DRAWN for each in value)
    return key in {"generic", "preview"}


def _is_plain(key: str, value: Any) -> bool:
    if key in _LISTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, bool | int | float | str)
