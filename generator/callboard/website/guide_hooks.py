"""Hooks that MkDocs calls: the text of each guide → safe HTML within bounded time, and the inline scripts that are the theme's own.

MkDocs imports this module by its path and runs it in its own process. ``NOTES`` in its output has what the build of the theme needs.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from html import unescape
from pathlib import Path
from types import MethodType
from typing import Any

from jinja2 import TemplateNotFound
from markdown.extensions import Extension
from mkdocs.structure.nav import Navigation
from mkdocs.structure.toc import AnchorLink, TableOfContents

from callboard.documentation.entity_addresses import is_entity_address, meant_address
from callboard.documentation.entity_autolinks import EntityAutolinks
from callboard.io.time_limit import TimeLimitError, time_limit
from callboard.model.data_classes import dataclass
from callboard.website.guide_html import PAGE_VALUES, as_plain_text, safe_html, safe_text
from callboard.website.guide_marks import custom_fences
from callboard.website.guide_values import usable_values
from callboard.website.hook_files import EMPTY_TEMPLATE, NOTES, WORDS
from callboard.website.portal_files import built_in_folder
from callboard.website.theme_templates import ThemeTemplates

GUIDES = "guides/"
MOST_SECONDS_TOGETHER = 120.0
"""Processor time for guides that exceed their bound; from then on the others have a tenth of it."""
MOST_MEMORY = 1_000_000_000
"""Bytes that the rendering of a guide may take besides those that MkDocs has."""
LONGEST_HTML = 10_000_000
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
_ID = re.compile(r'\sid="([^"]*)"')
_DATA = re.compile(r'\bsrc=|type="(?!module|text/javascript)')


@dataclass(slots=True)
class _MkDocsRun:
    """What is known in one run of MkDocs."""

    env: Any = None
    slow_seconds: float = 0.0
    failed: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, dict[str, str]] = field(default_factory=dict)
    """Why values of a guide's front matter are left out, by the guide's path and by name."""
    scripts: dict[str, list[str]] = field(default_factory=dict)
    rendered: dict[str, list[str]] = field(default_factory=dict)


_run = _MkDocsRun()


def on_config(config: Any) -> Any:
    """Add the labels, let the parser find links to entities and blocks about the catalog, and leave the theme's icons out of lists.

    The labels are not in ``mkdocs.yml``: its parser takes a fifth of the time of MkDocs for them.
    """
    config.extra["words"] = json.loads((Path(config.config_file_path).parent / WORDS).read_text(encoding="utf-8"))
    config.theme.get_env = MethodType(_environment, config.theme)
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = custom_fences()
    config.markdown_extensions.append(_EntityLinks(frozenset(config.extra["guide_kinds"])))
    return config


def _environment(theme: Any) -> Any:
    """The theme's templates. MkDocs lists them all to find files to copy, and skips what begins with a dot, such as 14,000 icons."""
    env = type(theme).get_env(theme)
    overrides, *installed = map(Path, theme.dirs)
    env.bytecode_cache = ThemeTemplates(overrides, built_in_folder() / "site_overrides", installed)
    env.loader.list_templates = lambda: sorted({name for folder in theme.dirs for name in _files(Path(folder))})
    return env


def _files(folder: Path) -> Iterator[str]:
    """The paths of the files below a folder, from it, without what begins with a dot."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from ((Path(path) / name).relative_to(folder).as_posix() for name in files)


class _EntityLinks(Extension):  # type: ignore[misc]  # it has no stubs
    """Adds the pattern of ``<component:payments>``."""

    def __init__(self, kinds: Collection[str]) -> None:
        super().__init__()
        self._kinds = kinds

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802 - the name of its base
        EntityAutolinks.register(
            md, lambda address: is_entity_address(address, self._kinds),
            lambda address: address if meant_address(address, self._kinds) else "",
        )  # fmt: skip


def on_pre_page(page: Any, **_: Any) -> Any:
    """Let a guide be rendered within bounds."""
    if page.file.src_uri.startswith(GUIDES):
        page.render = MethodType(_render, page)
    return page


def on_env(env: Any, config: Any, files: Any, **_: Any) -> None:
    """Once all pages are rendered: titles and front matter become HTML, since the theme inserts them as they are."""
    _run.env = env
    for file in files.documentation_pages():
        if file.src_uri.startswith(GUIDES) and file.page:
            _clean(file.page, {*config.extra["guide_templates"], EMPTY_TEMPLATE})


def on_nav(nav: Navigation, **_: Any) -> Navigation:
    """Titles in ``nav.yaml`` become HTML."""
    for item in _all_items(nav.items):
        if item.is_section or item.is_link:
            item.title = safe_text(item.title)
    return nav


def on_page_context(context: Any, page: Any, nav: Navigation, **_: Any) -> Any:
    """Note the inline scripts of the page's template, rendered without any text of a guide."""
    name = page.meta.get("template", "main.html")
    values = {key: page.meta[key] for key in PAGE_VALUES & page.meta.keys()}
    key = repr((name, page.url.count("/"), sorted(values.items(), key=repr)))
    if key not in _run.rendered:
        _run.rendered[key] = _own_scripts(_run.env.get_template(name), context, page, nav, values)
    _run.scripts[page.file.dest_uri] = _run.rendered[key]
    return context


def on_post_build(config: Any, **_: Any) -> None:
    """Write the notes."""
    notes = {"scripts": _run.scripts, "failed": _run.failed, "ignored": _run.ignored}
    (Path(config.site_dir) / NOTES).write_text(json.dumps(notes), encoding="utf-8")


def _own_scripts(template: Any, context: Any, page: Any, nav: Navigation, values: dict[str, Any]) -> list[str]:
    """The inline scripts of a template on an empty page, in a navigation without sections."""
    bare = Navigation([item for item in nav.items if not item.children], [])
    bare.homepage = nav.homepage
    empty = {"content": "", "toc": TableOfContents([]), "title": "", "meta": values, "previous_page": None, "next_page": None}
    with _replaced(page, empty):
        html = template.render({**context, "nav": bare})
    return [script["code"] for script in _INLINE.finditer(html) if not _DATA.search(script["attributes"])]


@contextmanager
def _replaced(page: Any, values: dict[str, Any]) -> Iterator[None]:
    """The page with other values while the block runs."""
    saved = {name: getattr(page, name) for name in values}
    for name, value in values.items():
        setattr(page, name, value)
    try:
        yield
    finally:
        for name, value in saved.items():
            setattr(page, name, value)


def _render(page: Any, config: Any, files: Any) -> None:
    """Render a guide; one that takes too long or cannot be rendered becomes plain text, and is noted."""
    seconds = config.extra["guide_seconds"] * (1 if _run.slow_seconds < MOST_SECONDS_TOGETHER else 0.1)
    started = time.process_time()
    try:
        with time_limit(seconds), _bounded_memory():
            type(page).render(page, config, files)
        if len(page.content) > LONGEST_HTML:  # a few long definitions of links can be named very often
            _as_text(page, f"has more than {LONGEST_HTML:,} characters as HTML")
        else:
            page.content = safe_html(page.content, frozenset(config.extra["guide_kinds"]))
            page.toc = TableOfContents(list(_with_targets(page.toc, set(map(unescape, _ID.findall(page.content))))))
    except TimeLimitError:
        _run.slow_seconds += time.process_time() - started
        _as_text(page, f"takes more than {seconds:g} s to render")
    except MemoryError:
        _as_text(page, f"takes more than {MOST_MEMORY:,} bytes of memory to render")
    except Exception as error:  # noqa: BLE001 - extensions raise anything on text that they did not expect
        _as_text(page, f"cannot be rendered ({type(error).__name__}: {str(error)[:200]})")


def _as_text(page: Any, reason: str) -> None:
    page.content, page.toc = as_plain_text(page.markdown or ""), TableOfContents([])
    page.present_anchor_ids, page.links_to_anchors = set(), {}
    _run.failed[page.file.src_uri.removeprefix(GUIDES)] = reason


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Raise ``MemoryError`` in the block after so much memory; only on Linux, which says how much is in use."""
    statm = Path("/proc/self/statm")
    if not statm.is_file():
        yield
        return
    import resource  # noqa: PLC0415 - not on Windows

    previous = resource.getrlimit(resource.RLIMIT_AS)
    bound = int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + MOST_MEMORY
    if previous[0] == resource.RLIM_INFINITY or bound < previous[0]:
        resource.setrlimit(resource.RLIMIT_AS, (bound, previous[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, previous)


def _clean(page: Any, templates: Collection[str]) -> None:
    page.title = safe_text(page.title)
    page.meta, wrong = usable_values(page.meta, templates, _has_icon)
    if wrong:
        _run.ignored[page.file.src_uri.removeprefix(GUIDES)] = wrong
    for item in _all_items(page.toc):
        item.title, item.id = safe_text(item.title), safe_text(item.id)


def _has_icon(name: str) -> bool:
    try:
        _run.env.loader.get_source(_run.env, f".icons/{name}.svg")
    except TemplateNotFound:
        return False
    return True


def _with_targets(items: Iterable[AnchorLink], ids: Collection[str]) -> Iterator[AnchorLink]:
    """The items of a table of contents whose headings have kept their ids; items below another one move up."""
    for item in items:
        children = list(_with_targets(item.children, ids))
        if item.id in ids:
            item.children = children
            yield item
        else:
            yield from children


def _all_items(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from _all_items(item.children or ())
