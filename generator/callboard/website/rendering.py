"""A view and a Jinja template → the HTML content of a page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import jinja2
from jinja2 import meta
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from callboard import __version__
from callboard.catalog.names import UNKNOWN_KIND_ICON
from callboard.diagrams.graph import ICON_MISSING, ICON_MORE
from callboard.model.counting import label_for
from callboard.model.errors import WebsiteError
from callboard.model.problem import Problem
from callboard.model.urls import up_from
from callboard.pages.blocks.view import ShownBlock
from callboard.pages.page import Page
from callboard.pages.section import Section
from callboard.settings.settings import Portal
from callboard.website import icons
from callboard.website.compiled_templates import CompiledTemplates
from callboard.website.overlays import Overlays
from callboard.website.template_code import QuickCode, QuickTemplate
from callboard.website.template_errors import ExplainedUndefined, OverlayLoader, UnknownIconError, problem_of_error

BLOCK_TEMPLATE = "macros/block.html"
SECTION_TEMPLATE = "macros/section.html"
REMEMBERED = 50_000
"""Results of one macro that ``once`` caches."""
_KEPT = re.compile(r"(</?(?:pre|code|textarea|script|style)\b)")
_REFERENCE = re.compile(r"\{%[-+]?\s*+(?:import|from|include|extends)\b")
_RAW = re.compile(r"\{%[-+]?\s*+raw\b")
_LITERAL = re.compile(r"\s*+[\"']([^\"'\\\n]*+)[\"']\s*+(?=import\b|as\b|with\b|without\b|ignore\b|[-+]?%\})")
_RUN = re.compile(r"\s*\n\s*|[ \t]{2,}")


class Renderer:
    """Renders pages; one instance for a build.

    Args:
        overlays: templates, labels and icons.
        portal: the variable ``portal`` of templates.
        kind_icons: names of Material icons of kinds (``cube-outline``); each becomes a symbol of that name.
        cache: folder for compiled templates, or None.
        fallback: render a page with the built-in templates if the portal's own ones fail, and report the problem with the page; False:
            raise the error.
    """

    def __init__(
        self, overlays: Overlays, portal: Portal, kind_icons: Iterable[str] = (), cache: Path | None = None, *, fallback: bool = True
    ) -> None:
        self.portal = portal
        self.overlays = overlays
        kind_icons = frozenset(kind_icons)
        self.icons = icons.read_icons(overlays.files, overlays.icons, kind_icons)
        self.diagram_icons = frozenset({*kind_icons, UNKNOWN_KIND_ICON, ICON_MISSING, ICON_MORE}) & self.icons.keys()
        """Names of the icons that ``assets/icons.svg`` has."""
        self.labels = overlays.labels
        self._fallback = fallback
        self._boundary = Markup(f"<!--{token_hex(8)}-->")  # noqa: S704 - digits
        self._loader = OverlayLoader(overlays.files.templates, overlays.broken)
        self._builtin_loader = OverlayLoader(overlays.files.templates[-1:])
        self._bytecode = CompiledTemplates(cache, overlays.files.templates[-1]) if cache else None
        self._environments: dict[tuple[str, bool], jinja2.Environment] = {}
        self._digests: dict[str, str] = {}
        self._read: dict[str, tuple[str, list[str | None]]] = {}
        self._problems: list[Problem] = []

    def render(self, page: Page, view: Any) -> str:
        """The HTML of a page that is inserted into its frame. ``take_problems`` returns what was wrong with the portal's templates.

        Raises:
            WebsiteError: the template is missing or cannot be rendered; the message names it and its line.
        """
        return "".join(self.render_pieces(page, view))

    def render_pieces(self, page: Page, view: Any) -> list[str]:
        """The same in pieces: every second one is a section, if the template shows sections by the macro ``section``."""
        return self._without_nul(self._rendered(page, view)).split(self._boundary)

    def renders_sections(self, page: Page) -> bool:
        """Whether ``section_html`` is the HTML of a section on this page; no, if a template of the portal may show it otherwise."""
        return not any(self._loader.is_own(name) for name in (page.template, SECTION_TEMPLATE))

    def section_html(self, page: Page, section: Section) -> str | None:
        """The HTML of one section; None if a template of the portal cannot be rendered."""
        template = self.environment(up_for(page.path, self.portal.url)).get_template(SECTION_TEMPLATE)
        try:
            html: str = vars(template.module)["section"](section)
        except Exception:  # noqa: BLE001 - the whole page is rendered next, which reports it
            return None
        _, content, _ = self._without_nul(html).split(self._boundary)
        return content

    def block_html(self, path: str, block: ShownBlock) -> str:
        """The HTML of a block in a guide; that of the built-in template, if the portal's own cannot be rendered."""
        up = up_for(path, self.portal.url)
        try:
            template = self.environment(up).get_template(BLOCK_TEMPLATE)
            html: str = vars(template.module)["block"](block)
        except Exception as error:
            problem = problem_of_error(error, self.overlays.files)
            if problem is None:
                raise
            self._problems.append(problem)
            html = vars(self.environment(up, own=False).get_template(BLOCK_TEMPLATE).module)["block"](block)
        return self._without_nul(html)

    def _without_nul(self, html: str) -> str:
        """A descriptor may contain NUL, HTML must not."""
        return html.replace("\0", "\ufffd")

    def _rendered(self, page: Page, view: Any) -> str:
        up = up_for(page.path, self.portal.url)
        try:
            html: str = self.environment(up).get_template(page.template).render(view=view)
        except Exception as error:
            problem = problem_of_error(error, self.overlays.files)
            if problem is None and not isinstance(error, jinja2.TemplateError):
                raise
            if problem is None or not self._fallback or not self._builtin_loader.has(page.template):
                raise _website_error(error, problem, page) from error
            self._problems.append(problem)
            html = self.environment(up, own=False).get_template(page.template).render(view=view)
        return html

    def take_problems(self) -> tuple[Problem, ...]:
        """The problems of the portal's templates since the last call."""
        problems, self._problems = tuple(self._problems), []
        return problems

    def environment(self, up: str, *, own: bool = True) -> jinja2.Environment:
        """The environment for pages whose relative path to the root is ``up``; with ``own``, the portal's templates are used."""
        if (up, own) not in self._environments:
            self._environments[up, own] = self._make_environment(up, self._loader if own else self._builtin_loader)
        return self._environments[up, own]

    def prepare(self, page: Page) -> None:
        """Compile the templates that the page needs, before the process is forked."""
        environment = self.environment(up_for(page.path, self.portal.url))
        for name, _ in self._sources(page.template):
            environment.get_template(name)

    def sprite(self) -> bytes:
        """The content of ``assets/icons.svg``, with the icons of diagrams."""
        return icons.sprite(self.icons, self.diagram_icons)

    def icon_rules(self) -> str:
        """The rules of all icons for ``assets/portal.css``."""
        return icons.icon_rules(self.icons)

    def digest(self, template: str) -> str:
        """Digest of what pages of this template depend on, except the view: its sources, those of its imports, labels, portal, icons."""
        if template not in self._digests:
            base = (__version__, jinja2.__version__, repr(self.portal), repr(sorted(self.labels.items())), repr(sorted(self.icons)))
            self._digests[template] = hashlib.sha256(repr((base, self._sources(template))).encode()).hexdigest()[:32]
        return self._digests[template]

    def _make_environment(self, up: str, loader: jinja2.BaseLoader) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=loader, autoescape=True, undefined=ExplainedUndefined, trim_blocks=True, lstrip_blocks=True,
            extensions=[CollapseWhitespace], bytecode_cache=self._bytecode, auto_reload=False, cache_size=-1,
        )  # fmt: skip
        environment.code_generator_class = QuickCode
        environment.template_class = QuickTemplate
        environment.globals.update(
            boundary=lambda: self._boundary,
            once=once, up=up, icon=_icon_function(frozenset(self.icons)), portal=self.portal, t=self.labels.as_names(),
            numbered=partial(label_for, self.labels),
        )  # fmt: skip
        return environment

    def _sources(self, template: str) -> list[tuple[str, str]]:
        environment, sources, pending = self.environment("./"), {}, [template]
        while pending:
            name = pending.pop()
            if name in sources:
                continue
            if name not in self._read:  # most templates import the same macros
                source = self._loader.get_source(environment, name)[0]
                self._read[name] = source, referenced_templates(source)
            sources[name], imported = self._read[name]
            # A computed name may refer to any template.
            pending += self._loader.list_templates() if None in imported else [n for n in imported if n]
        return sorted(sources.items())


def referenced_templates(source: str) -> list[str | None]:
    """Names of the templates that a template refers to, None for a computed one. Faster than Jinja2, which parses the whole template."""
    if _RAW.search(source):
        return [*meta.find_referenced_templates(jinja2.Environment(autoescape=True).parse(source))]
    first, *rest = source.split("{#")
    source = "".join((first, *(piece.partition("#}")[2] for piece in rest)))
    return [quoted[1] if (quoted := _LITERAL.match(source, tag.end())) else None for tag in _REFERENCE.finditer(source)]


def _website_error(error: Exception, problem: Problem | None, page: Page) -> WebsiteError:
    """The error of a page that cannot be rendered at all."""
    about = f"(page {page.path!r})"
    if problem and problem.origin:
        place = f"{problem.origin.path}:{problem.span.line}" if problem.span else problem.origin.path
        return WebsiteError(f"{place}: {problem.message} {about}", problem.hint)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return WebsiteError(f"{error.filename or error.name}:{error.lineno}: {error.message} {about}")
    if isinstance(error, jinja2.TemplateNotFound):
        return WebsiteError(f"The template {error.message!r} does not exist {about}.")
    return WebsiteError(f"{page.template}: {error} {about}")


def once(macro: Callable[..., Markup]) -> Callable[..., Markup]:
    """The macro with a cache of its results; they must depend only on its arguments, which must be immutable.

    The link to an entity, for example, is the same on a dozen pages.
    """
    cache: dict[tuple[Any, ...], Markup] = {}

    def remembered(*arguments: Any, **named: Any) -> Markup:
        if named:
            return macro(*arguments, **named)
        result = cache.get(arguments)
        if result is None:
            if len(cache) >= REMEMBERED:
                cache.clear()
            result = cache[arguments] = macro(*arguments)
        return result

    return remembered


def up_for(path: str, url: str) -> str:
    """The path from a page to the root: relative, but absolute for ``404.html``, which servers return at any address."""
    return (urlsplit(url).path.rstrip("/") + "/") if path == "404.html" else up_from(path)


class CollapseWhitespace(Extension):
    """Replaces each run of white space with a line break by one line break, outside of ``pre``, ``code`` and ``textarea``.

    It does so when a template is compiled, so that rendering is not slowed down and values are never changed.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template with its literal text collapsed; line numbers do not change."""
        open_elements = 0
        for token in stream:
            if token.type == "data":
                text, open_elements = _collapse(token.value, open_elements)
                yield Token(token.lineno, "data", text)
            else:
                yield token


def _collapse(text: str, open_elements: int) -> tuple[str, int]:
    parts = []
    for part in _KEPT.split(text):
        if part.startswith("</") and _KEPT.fullmatch(part):
            open_elements = max(0, open_elements - 1)
        elif _KEPT.fullmatch(part):
            open_elements += 1
        elif not open_elements:
            part = _RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", part)  # noqa: PLW2901 - the part, collapsed
        parts.append(part)
    return "".join(parts), open_elements


def _icon_function(known: frozenset[str]) -> Callable[..., Markup]:
    plain = {name: Markup(f'<i class="cb-icon i-{name}"></i>') for name in known}  # noqa: S704 - names are checked

    labelled = lru_cache(REMEMBERED)(Markup('<i class="cb-icon i-{}" role="img" aria-label="{}"></i>').format)

    def icon(name: str, label: str | None = None) -> Markup:
        """An icon by its logical name; decorative unless it has a label."""
        if name not in plain:
            raise UnknownIconError(name)
        return plain[name] if label is None else labelled(name, label)

    return icon
