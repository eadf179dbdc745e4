"""HTML of a page → the same HTML, in which links to pages near it do not go to the root of the site and back.

Most links of an entity's page lead to entities of the same namespace: this takes 5 % of its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

LONGEST_START = 300
"""Characters of a link's attributes before its address in text that people wrote; a link with more stays as it is."""


def short_links(html: str, path: str) -> str:
    """The HTML with shorter addresses of links. Text that only looks like a link is left alone.

    Templates escape quotation marks in text; text that people wrote may contain them, but no ``<``, and is searched for elements.
    ``path``: the page's path from the site's root.
    """
    ways = _ways(path)
    if not ways or f' href="{ways[-1][0]}' not in html:  # the beginning of all of them, which most of a page's many pieces lack
        return html
    if "cb-prose" in html:
        return _in_elements(ways)(html)
    text = str(html)  # of Markup, replace() would escape what it puts in
    for long, short in ways:
        text = text.replace(f' href="{long}', f' href="{short}')
    return text


@lru_cache(1024)
def _ways(path: str) -> tuple[tuple[str, str], ...]:
    """Beginnings of links from a page, by way of the root, and without it; the longest first. None for a page that is in no folder."""
    if not path.endswith("/"):
        return ()
    names = path.rstrip("/").split("/")[:-1]
    up = "../" * (len(names) + 1)
    return tuple((f"{up}{'/'.join(names[:i])}/", "../" * (len(names) + 1 - i)) for i in range(len(names), 0, -1))


@lru_cache(1024)
def _in_elements(ways: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    link = re.compile(rf'(<a (?:[^<>]{{0,{LONGEST_START}}} )?href=")({"|".join(re.escape(long) for long, _ in ways)})')
    short = dict(ways)
    return lambda html: link.sub(lambda found: found[1] + short[found[2]], html)
