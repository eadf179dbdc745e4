"""A hook of MkDocs that writes the content, title, address and neighbours of each page as JSON lines, for ``compare.py``."""

import json
import os
import re
from html import unescape
from pathlib import Path

_lines = []


def _entries(toc):
    return [[item.id, unescape(item.title), _entries(item.children)] for item in toc]


def _plain(title):
    """A title without the HTML that a navigation may have: the portal shows titles as text."""
    return unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", title)).strip()


def on_page_markdown(markdown, page, **_):
    """Leave out icons and templates that only the set's own theme has: MkDocs would stop at them."""
    for name in ("icon", "template"):
        page.meta.pop(name, None)
    return markdown


def on_page_content(html, page, **_):
    """Note the HTML of a page as MkDocs made it."""
    page.made = html
    return html


def on_page_context(context, page, **_):
    """Note what is known once all pages are made."""
    previous = page.previous_page.file.src_uri if page.previous_page else ""
    following = page.next_page.file.src_uri if page.next_page else ""
    _lines.append({
        "path": page.file.src_uri, "html": page.made, "title": _plain(str(page.title)), "url": page.url, "toc": _entries(page.toc),
        "previous": previous, "next": following,
    })  # fmt: skip
    return context


def on_post_build(**_):
    """Write the lines."""
    text = "".join(f"{json.dumps(line)}\n" for line in _lines)
    Path(os.environ["REFERENCE"]).write_text(text, encoding="utf-8")
