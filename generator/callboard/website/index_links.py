"""HTML of a page → the same page with links to ``index.html``, for hosts that do not serve the index of a folder."""

from __future__ import annotations

import re

_TAG = re.compile(r"""<(?:a|form|link|area|use|svg:a)\s(?:[^>"']|"[^"]*"|'[^']*')*>""")
_LINK = re.compile(r'(\s(?:href|action|xlink:href)=")(?![a-zA-Z][a-zA-Z0-9+.-]*:|//)((?:[^"#?]*/)?\.{0,2})(?=[#?"])')
_OWN = re.compile(r'(<(?:link rel="canonical" href|meta property="og:url" content)="[^"]*/)(?=")')


def with_index_links(html: str) -> str:
    """The page, whose links to folders of the site name the ``index.html`` in them. Text that only looks like a link is left alone."""
    return _OWN.sub(r"\1index.html", _TAG.sub(lambda tag: _LINK.sub(_completed, tag[0]), html))


def _completed(link: re.Match[str]) -> str:
    before, target = link.groups()
    if not target:  # the page itself
        return link[0]
    if target.endswith("/"):
        return f"{before}{target}index.html"
    return f"{before}{target}/index.html" if target.rpartition("/")[2] in {".", ".."} else link[0]
