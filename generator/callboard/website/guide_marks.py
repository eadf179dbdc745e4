"""Links to entities and blocks in guides → marks in the HTML that MkDocs writes, since MkDocs runs before the catalog is known, and back.

While MkDocs renders a guide, each mark begins with digits that were drawn when its process started, so that no author can write one. The
finished page has characters of the private use area in their place, which everything that authors wrote has lost before.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, unquote

from callboard.documentation.blocks import LANGUAGES, PREFIX, DocumentBlock

LINK, TITLE, BLOCK, END = "\ue0f5", "\ue0f7", "\ue0f8", "\ue0f6"
_SIGNS = str.maketrans("", "", LINK + TITLE + BLOCK + END)
_SECRET = f"callboard{secrets.token_hex(12)}x"
_WRITTEN_LINK = re.compile(rf"#{_SECRET}l([A-Za-z0-9%._~-]*+)!")
_WRITTEN_BLOCK = re.compile(rf"{_SECRET}b([A-Za-z0-9_=.-]*+)!")
_WRITTEN = re.compile(rf"#?{_SECRET}[lb][A-Za-z0-9%._~=-]*+!")
_TAG_OR_BLOCK = re.compile(rf"<[a-zA-Z/][^<>\"]*+(?:\"[^\"]*+\"[^<>\"]*+)*+>|{_WRITTEN_BLOCK.pattern}")
_HREF = re.compile(rf'href="{_WRITTEN_LINK.pattern}"')
_EMPTY = re.compile(rf'(<a (?:[^<>"]++|"[^"]*+")*?href="#{LINK}([^"{END}]*+){END}"(?:[^<>"]++|"[^"]*+")*+>)\s*+(</a>)')
_MARKED_LINK = re.compile(rf'href="#{LINK}([^"{END}]*+){END}"')
_MARKED_TITLE = re.compile(rf"{TITLE}([^<>{TITLE}{END}]*+){END}")
_MARKED_BLOCK = re.compile(rf"{BLOCK}([a-z]++)\.([A-Za-z0-9_=-]*+){END}")
_ANY = re.compile(rf"[{TITLE}{BLOCK}][^<>{TITLE}{BLOCK}{END}]*+{END}")


def without_signs(text: str) -> str:
    """The text without the characters of marks."""
    return text if text.isascii() else text.translate(_SIGNS)


def link_mark(address: str) -> str:
    """In place of the address of a link to an entity, while the page is rendered."""
    return f"#{_SECRET}l{quote(address, safe='')}!"


def block_mark(language: str, text: str) -> str:
    """In place of a block, while the page is rendered."""
    return f"{_SECRET}b{language.removeprefix(PREFIX)}.{urlsafe_b64encode(text.encode('utf-8', 'replace')).decode()}!"


def with_marks(html: str) -> str:
    """The cleaned HTML of a guide with lasting marks; those that an extension copied to another place are removed."""
    html = without_signs(html)
    if _SECRET not in html:
        return html
    html = _HREF.sub(rf'href="#{LINK}\1{END}"', html)
    html = _TAG_OR_BLOCK.sub(lambda found: f"{BLOCK}{found[1]}{END}" if found[1] else _WRITTEN_BLOCK.sub("", found[0]), html)
    return _EMPTY.sub(rf"\1{TITLE}\2{END}\3", _WRITTEN.sub("", html))


def has_marks(html: str) -> bool:
    """Whether a page has something to fill in."""
    return END in html


def filled(html: str, link: Callable[[str], tuple[str, str]], block: Callable[[DocumentBlock], str]) -> str:
    """The page with its links and blocks.

    Args:
        html: with marks.
        link: returns address and title, both as HTML, of what a link names; without an address, the link has none.
        block: returns the HTML of a block.
    """

    def address(found: re.Match[str]) -> str:
        target = link(unquote(found[1]))[0]
        return f'href="{target}"' if target else 'class="cb-broken"'

    html = _MARKED_TITLE.sub(lambda found: link(unquote(found[1]))[1], _MARKED_LINK.sub(address, html))
    return _MARKED_BLOCK.sub(lambda found: block(_block(found)), html)


def marked_blocks(html: str) -> list[DocumentBlock]:
    """The blocks of a page with marks."""
    return [_block(found) for found in _MARKED_BLOCK.finditer(html)]


def marked_links(html: str) -> list[str]:
    """The addresses of links to entities of a page with marks."""
    return [unquote(found[1]) for found in _MARKED_LINK.finditer(html)]


def without_marks(html: str) -> str:
    """A page without its marks, for the text that is searched."""
    return _ANY.sub("", html) if has_marks(html) else html


def _block(found: re.Match[str]) -> DocumentBlock:
    return DocumentBlock(found[1], urlsafe_b64decode(found[2]).decode("utf-8", "replace"), 0)


def custom_fences() -> list[dict[str, object]]:
    """The option ``custom_fences`` of ``pymdownx.superfences``."""
    return [{"name": name, "class": name, "format": _format, "validator": _accept} for name in LANGUAGES]


def _accept(*_: object) -> bool:
    return True


def _format(source: str, language: str, *_: object, **__: object) -> str:
    return f"<div>{block_mark(language, source)}</div>"
