"""HTML of MkDocs with sentinels → frames; a frame and the content of a page → the complete page."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.model.fields import bytes_without_bidi, without_bidi
from callboard.pages.page import Page, TocEntry
from callboard.settings.settings import Portal
from callboard.website.mkdocs_notes import read_notes
from callboard.website.mkdocs_project import DOCS_STYLES_PATH, FRAMES, NAME_SLOT, PAGE_STYLES_PATH, STYLES_PATH, frame_folder
from callboard.website.rendering import up_for
from callboard.website.short_links import short_links
from callboard.website.template_code import escaped_text

POLICY_SLOT = "qzpolicyzq"
_THEME_FILES = re.compile(
    r"<script>(?:__md_scope=|var palette=__md_get\(|var target=document\.getElementById\(location\.hash).*?</script>\s*"
    r'|<script id="__config"[^>]*>.*?</script>\s*|<script src="[^"]*/assets/javascripts/bundle\.[0-9a-f]+\.min\.js"></script>\s*'
    r'|<link rel="stylesheet" href="[^"]*/assets/stylesheets/[a-z]+\.[0-9a-f]+\.min\.css">\s*',
    re.DOTALL,
)
"""Scripts and style sheets of the theme that pages do not need: ``assets/page.js`` does what the scripts would do there, and
``assets/page.css`` has the rules. Those of overrides stay."""
_STYLES = re.compile(rf'(<link rel="stylesheet" href="[^"]*/){re.escape(STYLES_PATH)}(?=")')
SLOTS = ("title", "description", "canonical", "policy", "topic", "toc", "ref", "content")
_REQUIRED = frozenset(SLOTS) - {"canonical"}
_ELEMENTS = (
    ("description", re.compile(r'<meta name="description" content="qzdescriptionzq">')),
    ("canonical", re.compile(r'<link rel="canonical" href="[^"]*qz[a-z]+zq/">')),
    ("ref", re.compile(r' data-entity-ref="qzrefzq"')),
    ("policy", re.compile(POLICY_SLOT)),
    ("title", re.compile("qztitlezq")),
    ("topic", re.compile("qztopiczq")),
    ("content", re.compile("qzcontentzq")),
)
_TOC_ITEM = re.compile(
    r'(?P<open><li class="md-nav__item">\s*<a href=")#qzanchorzq(?P<middle>"[^>]*>.*?)qztoczq(?P<label>.*?</a>)'
    r'(?P<nest>\s*<nav class="md-nav" aria-label=")qztoczq(?P<list>">\s*<ul class="md-nav__list">)\s*'
    r'<li class="md-nav__item">\s*<a href="#qzsubanchorzq".*?qzsubzq.*?</a>\s*</li>(?P<unnest>\s*</ul>\s*</nav>)(?P<close>\s*</li>)',
    re.DOTALL,
)
_NAMED_LIST = re.compile(r'\s*<nav class="md-nav" aria-label="">\s*<ul class="md-nav__list">')
_END_OF_NAMED_LIST = re.compile(r"\s*</ul>\s*</nav>")
_ITEM = re.compile(r'<li class="md-nav__item">\s*')
_MARKUP = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
_UP = re.compile(r'(?<=["\'])\.\.(/|(?=["\']))')
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_BODY = re.compile(r"(<body\b)")
"""Gets an attribute for the style sheets of pages that are not guides: a ``:has()`` selector would cost time at each change of a page."""
_MAIN = re.compile(r"(<main\b)")
"""Gets an attribute with the entity that the page is about; the theme has no block for it."""
_DESCRIBED = 300
"""Letters of a description; search engines and chat tools show about 160."""
_OVERRIDE = "An override of the theme omits it: see site_overrides/."
_UNUSED = re.compile(
    r'<div class="md-dialog" data-md-component="dialog">\s*+<div class="md-dialog__inner md-typeset"></div>\s*+</div>\s*+|'
    r'<div data-md-component="announce">\s*+</div>\s*+|(?<=for="__toc">)\s*+<span class="md-nav__icon md-icon"></span>'
    r'| data-md-(?:component|type)="[a-z-]*"| data-md-scrollfix\b'
)
"""What only the scripts of the theme fill or look for, which pages do not have, and what is empty; an announcement of the portal stays."""
_PADDED = re.compile(r'(?<!\s)\s*+<span class="md-ellipsis">([^<>]*+)</span>\s*+(?=</a>)')
"""The name of an entry of the navigation or of the table of contents, which stands alone in its link: the link lays it out by itself."""
_BETWEEN = re.compile(r"\n(?=</?(?:li|ul|nav|div|main|footer|article)\b)")
"""White space around blocks, which no browser shows."""
GENERATOR = re.compile(r'<meta name="generator"[^>]*>\s*')
"""Removed: the name and the version of the theme."""


@dataclass(frozen=True, slots=True)
class TocMarkup:
    """The theme's markup of an entry in the table of contents, split where the values of an entry are inserted."""

    before_id: str
    before_text: str
    after_text: str
    before_label: str
    """Opens the list of nested entries; the entry's text follows, for screen readers, if ``after_label`` is not empty."""
    after_label: str
    after_children: str
    end: str

    def lean(self) -> TocMarkup:
        """The same without what the theme writes for each entry: classes, and a named landmark around each nested list.

        ``assets/portal.css`` has the rules for it. Markup of an override stays.
        """
        if not (_NAMED_LIST.fullmatch(f"{self.before_label}{self.after_label}") and _END_OF_NAMED_LIST.fullmatch(self.after_children)):
            return self
        start = _ITEM.sub("<li>", self.before_id)
        return TocMarkup(start, self.before_text.replace(' class="md-nav__link"', ""), self.after_text, "<ul>", "", "</ul>", "</li>")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame for pages with the same layout, tab and relative path to the root, into which their values are inserted."""

    parts: tuple[str, ...]
    """Alternating literal HTML (even indexes) and names of slots."""
    toc: TocMarkup
    site_name: str
    url: str
    """The portal's URL, for canonical links; may be empty."""
    digest: str
    """Digest of the other fields."""


@dataclass(frozen=True, slots=True)
class FrameTemplate:
    """A frame as MkDocs built it, one folder below the root, with no active tab."""

    parts: tuple[str, ...]
    toc: TocMarkup
    scripts: tuple[str, ...] = ()
    """The inline scripts of its template, rendered without any text of a guide."""

    def fitted(self, tab: str, up: str, site_name: str, url: str) -> Frame:
        """The frame for pages whose relative path to the root is ``up``, with ``tab`` as the active one."""
        escaped_name = escape(site_name)
        parts = tuple(part if index % 2 else _fit(part, tab, up).replace(NAME_SLOT, escaped_name) for index, part in enumerate(self.parts))
        scripts = (_fit(script, tab, up).replace(NAME_SLOT, escaped_name) for script in self.scripts)
        csp = escape(policy(scripts), quote=False)  # the attribute stands in double quotes, which the policy does not have
        parts = _merge(tuple(csp if part == "policy" and index % 2 else part for index, part in enumerate(parts)))
        digest = hashlib.sha256(repr((parts, self.toc, site_name, url)).encode()).hexdigest()[:32]
        return Frame(parts, self.toc, site_name, url, digest)


def read_frames(site: Path) -> Mapping[str, FrameTemplate]:
    """The frames in ``site``, the output of MkDocs, by name.

    Raises:
        WebsiteError: a sentinel is missing, because the theme or an override was changed.
    """
    scripts = read_notes(site).scripts
    return {name: split_frame(_frame_html(site, name), name, scripts.get(f"{frame_folder(name)}/index.html", ())) for name in FRAMES}


def _frame_html(site: Path, name: str) -> str:
    try:
        return (site / frame_folder(name) / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError as error:  # MkDocs writes no page whose template renders nothing
        raise WebsiteError(f"The frame of pages {name!r} is empty.", _OVERRIDE) from error


def split_frame(html: str, name: str, scripts: Iterable[str] = ()) -> FrameTemplate:
    """Split a built frame at its sentinels. This is done once, so that text of pages is never searched for them."""
    styles = DOCS_STYLES_PATH if name == "docs" else PAGE_STYLES_PATH
    html = _STYLES.sub(rf"\g<1>{styles}", _THEME_FILES.sub("", _UNUSED.sub("", GENERATOR.sub("", html))))
    html = _BETWEEN.sub("", _PADDED.sub(lambda name: name[1].strip(), collapse(html)))
    html = _MAIN.sub(r'\1 data-entity-ref="qzrefzq"', html, count=1)
    html = _BODY.sub(rf'\1 data-own="{name}"', html, count=1)
    item = _TOC_ITEM.search(html)
    if item is None:
        raise WebsiteError(f"The frame of pages {name!r} has no table of contents.", _OVERRIDE)
    toc = TocMarkup(*(item[part] for part in ("open", "middle", "label", "nest", "list", "unnest", "close"))).lean()
    slots = [(item.start(), item.end(), "toc")]
    slots += [(match.start(), match.end(), slot) for slot, pattern in _ELEMENTS for match in pattern.finditer(html)]
    parts, done = [], 0
    for start, end, slot in sorted(slots):
        parts += [html[done:start], slot]
        done = end
    missing = _REQUIRED - set(parts[1::2])
    if missing:
        raise WebsiteError(f"The frame of pages {name!r} lacks {', '.join(sorted(missing))}.", _OVERRIDE)
    return FrameTemplate((*parts, html[done:]), toc, tuple(code for code in scripts if not _THEME_FILES.match(f"<script>{code}</script>")))


def collapse(html: str) -> str:
    """Replace each run of white space with a line break by one line break, outside of scripts and preformatted text."""
    pieces = _MARKUP.split(html)  # text, element, its name, text, …
    collapsed = (_on_lines(piece) if index % 3 == 0 else piece if index % 3 == 1 else "" for index, piece in enumerate(pieces))
    return "".join(collapsed)


def _on_lines(text: str) -> str:
    """Each run of white space with a line break as one line break, in linear time."""
    first, *inner = text.split("\n")
    if not inner:
        return text
    *between, last = inner
    return "\n".join([first.rstrip(), *filter(None, (line.strip() for line in between)), last.lstrip()])


class Fitter:
    """Returns and caches the frame of each page."""

    def __init__(self, frames: Mapping[str, FrameTemplate], portal: Portal) -> None:
        self.frames = frames
        self._portal = portal
        self._fitted: dict[tuple[str, str, str, tuple[str, ...]], Frame] = {}

    def frame(self, page: Page, content: Iterable[str] = ()) -> Frame:
        """The frame of the page. Raises ``WebsiteError`` for an unknown frame.

        The policy of ``404.html`` allows the inline scripts of its ``content``, which may be in pieces: that page cannot
        load a script before it knows its root.
        """
        up = up_for(page.path, self._portal.url)
        scripts = tuple(_INLINE.findall("".join(content))) if page.path == "404.html" else ()
        key = (page.frame, page.tab, up, scripts)
        if key not in self._fitted:
            template = self.frames.get(page.frame)
            if template is None:
                raise WebsiteError(f"The page {page.path!r} has the unknown frame {page.frame!r}.")
            template = replace(template, scripts=(*template.scripts, *scripts))
            self._fitted[key] = template.fitted(page.tab, up, self._portal.name, self._portal.url)
        return self._fitted[key]


def stamp(frame: Frame, page: Page, content: str, toc: Iterable[TocEntry]) -> bytes:
    """The complete page; ``content`` is HTML, all other values are plain text and escaped here."""
    return encoded(content, page.path).join(around_content(frame, page, toc))


def encoded(html: str, path: str) -> bytes:
    """HTML of the page at this path as it is written to its file."""
    return bytes_without_bidi(short_links(html, path))


def around_content(frame: Frame, page: Page, toc: Iterable[TocEntry]) -> tuple[bytes, ...]:
    """The page as it is before its content and behind it; more than two pieces if the frame shows the content more than once."""
    values = {
        "title": _escaped(full_title(page.title, frame.site_name)),
        "description": _social_tags(frame, page),
        "canonical": _canonical(frame.url, page.path),
        "topic": _escaped(page.title),
        "ref": f' data-entity-ref="{_escaped(page.ref)}"' if page.ref else "",
        "toc": "".join(_toc_item(frame.toc, entry) for entry in toc),
    }
    pieces: list[list[str]] = [[]]
    for index, part in enumerate(frame.parts):
        if index % 2 and part == "content":
            pieces.append([])
        else:
            pieces[-1].append(without_bidi(values[part]) if index % 2 else part)
    return tuple(["".join(piece).encode("utf-8", "replace") for piece in pieces])


def _escaped(text: str) -> str:
    """The same as of ``html.escape``, which looks five times through a text; most text has nothing to escape."""
    return text if len(escaped_text(text)) == len(text) else escape(text)


def full_title(title: str, site_name: str) -> str:
    """The title in a browser tab: the page, then the portal."""
    return f"{title} - {site_name}" if title and title != site_name else site_name


def policy(scripts: Iterable[str]) -> str:
    """The Content-Security-Policy for a page of the theme with these inline scripts: only files of the site, none from other hosts.

    An inline script that is not among them does not run. The theme's icons are ``data:`` images in its style sheets. ``frame-ancestors``
    has no effect in a ``meta`` element; it must be a header of the server.
    """
    hashes = dict.fromkeys(b64encode(sha256(code.encode()).digest()).decode() for code in scripts)
    sources = " ".join(("'self'", *(f"'sha256-{value}'" for value in hashes)))
    return (
        f"default-src 'self'; script-src {sources}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'"
    )


def _fit(part: str, tab: str, up: str) -> str:
    part = _mark_tab(part, tab)
    return _UP.sub(lambda _: up, part)


def _mark_tab(part: str, tab: str) -> str:
    """Mark the active tab in the bar and in the drawer, as the theme does for pages of MkDocs."""
    href = re.escape(f"../{tab}" if tab else "..")
    part = re.sub(
        rf'<li class="md-tabs__item">(\s*)<a href="({href})" class="md-tabs__link">',
        r'<li class="md-tabs__item md-tabs__item--active">\1<a href="\2" class="md-tabs__link" aria-current="true">',
        part,
    )
    return re.sub(
        rf'<li class="md-nav__item">(\s*)<a href="({href})" class="md-nav__link">',
        r'<li class="md-nav__item md-nav__item--active">\1<a href="\2" class="md-nav__link md-nav__link--active">',
        part,
    )


def _merge(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Join the literals around slots that were filled, so that HTML and slots alternate."""
    merged = [parts[0]]
    for slot, literal in zip(parts[1::2], parts[2::2], strict=True):
        if slot in SLOTS:
            merged += [slot, literal]
        else:
            merged[-1] += slot + literal
    return tuple(merged)


def _canonical(url: str, path: str) -> str:
    if not url or path == "404.html":
        return ""
    return f'<link rel="canonical" href="{_escaped(url.rstrip("/"))}/{quote(path)}">'


def _social_tags(frame: Frame, page: Page) -> str:
    """What search engines and chat tools show of a link to the page, and where browsers go on to."""
    description = page.description or full_title(page.title, frame.site_name)
    description = f"{description[:_DESCRIBED]}…" if len(description) > _DESCRIBED else description
    tags = [f'<meta name="description" content="{_escaped(description)}">']
    values = {"title": page.title or frame.site_name, "description": description, "site_name": frame.site_name if page.title else ""}
    tags += [f'<meta property="og:{name}" content="{_escaped(value)}">' for name, value in values.items() if value]
    if page.moved_to:
        tags.append(f'<meta http-equiv="refresh" content="0; url={_escaped(page.moved_to)}">')
    return "".join(tags)


def _toc_item(markup: TocMarkup, entry: TocEntry) -> str:
    text, children = _escaped(entry.text), ""
    shown = f"<code>{text}</code>" if entry.is_code else text
    if entry.children:
        inside = "".join(_toc_item(markup, child) for child in entry.children)
        label = text if markup.after_label else ""
        children = f"{markup.before_label}{label}{markup.after_label}{inside}{markup.after_children}"
    return f"{markup.before_id}#{_escaped(entry.id)}{markup.before_text}{shown}{markup.after_text}{children}{markup.end}"
