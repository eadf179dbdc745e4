"""Stamping: a frame's pieces joined with a page's values. Text of a page is never scanned, so that nothing in it can be taken for a gap."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from generator.pages.page import Page, TocEntry
from generator.website.frames import Frame, TocMarkup


def stamp(frame: Frame, page: Page, content: str, toc: Iterable[TocEntry]) -> bytes:
    """The whole page: ``content`` is HTML, everything else plain text that is escaped here."""
    values = {
        "title": escape(full_title(page.title, frame.site_name)),
        "description": f'<meta name="description" content="{escape(page.description)}">' if page.description else "",
        "canonical": _canonical(frame.url, page.path),
        "topic": escape(page.title),
        "ref": f' data-entity-ref="{escape(page.ref)}"' if page.ref else "",
        "toc": "".join(_toc_item(frame.toc, entry) for entry in toc),
        "content": content,
    }
    return "".join([values[part] if index % 2 else part for index, part in enumerate(frame.parts)]).encode("utf-8", "replace")


def full_title(title: str, site_name: str) -> str:
    """What a browser's tab says: the page before the portal."""
    return f"{title} - {site_name}" if title and title != site_name else site_name


def _canonical(url: str, path: str) -> str:
    if not url or path == "404.html":
        return ""
    return f'<link rel="canonical" href="{escape(url.rstrip("/"))}/{quote(path)}">'


def _toc_item(markup: TocMarkup, entry: TocEntry) -> str:
    text, children = escape(entry.text), ""
    if entry.children:
        inside = "".join(_toc_item(markup, child) for child in entry.children)
        children = f"{markup.before_label}{text}{markup.after_label}{inside}{markup.after_children}"
    return f"{markup.before_id}#{escape(entry.id)}{markup.before_text}{text}{markup.after_text}{children}{markup.end}"
