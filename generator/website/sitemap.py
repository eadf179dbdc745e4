"""What search engines ask for: ``sitemap.xml`` and ``robots.txt``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote
from xml.sax.saxutils import escape

from generator.settings.settings import Portal


def sitemap(paths: Iterable[str], portal: Portal, changed: Mapping[str, str]) -> bytes:
    """All pages, sorted; ``changed`` has the day (``2026-11-22``) for those whose last change is known and does not move."""
    urls = "".join(_url(path, portal.url, changed.get(path, "")) for path in sorted(paths))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'.encode()
    )


def robots(portal: Portal) -> bytes:
    """An internal portal asks to be left alone; a public one says where its sitemap is."""
    if portal.audience == "internal":
        return b"User-agent: *\nDisallow: /\n"
    where = f"\nSitemap: {portal.url.rstrip('/')}/sitemap.xml\n" if portal.url else "\n"
    return f"User-agent: *\nAllow: /{where}".encode()


def _url(path: str, base: str, day: str) -> str:
    changed = f"<lastmod>{escape(day)}</lastmod>" if day else ""
    return f"<url><loc>{escape(base.rstrip('/'))}/{quote(path)}</loc>{changed}</url>\n"
