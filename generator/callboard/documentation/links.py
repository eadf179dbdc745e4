"""The addresses that a page writes, in Markdown and in HTML → addresses of pages and files of its set, and what leads nowhere."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import SplitResult, unquote, urlsplit

from callboard.documentation.cleaning import own_id
from callboard.documentation.entity_addresses import is_entity_address
from callboard.documentation.files import SetFile, SetFiles, relative_url
from callboard.documentation.open_links import address_mark
from callboard.documentation.page_details import Jump, MissingTarget, OpenLink

_MOST = 2_000
"""Links of a page that are kept for reports and for the links between sets."""
_IGNORED = re.compile(r"[\x00-\x20]+")
"""What browsers remove from addresses in front of their scheme, or more."""
_NOT_PRINTED = re.compile(r"[\x00-\x1f]+")
"""What browsers remove from addresses everywhere; a space in the name of a file stays."""
_AMPERSAND = "\x02amp\x03"
"""``markdown.util.AMP_SUBSTITUTE``, without the import: it stands for ``&`` in mail addresses that are written as entities."""
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}", re.IGNORECASE)


class LinkResolver:
    """Resolves the links of one page, first those of Markdown, then all in its HTML, and collects what they lead to.

    Args:
        files: the files of the set.
        page: the page.
        text: as its author wrote it, to find the lines of links.
        kinds: kinds of entities, which are schemes of links: ``component:payments``.
    """

    def __init__(self, files: SetFiles, page: SetFile, text: str = "", kinds: frozenset[str] = frozenset()) -> None:
        self._files, self._page, self._text, self._kinds = files, page, text, kinds
        self._missing: dict[str, MissingTarget] = {}
        self._open: dict[tuple[str, bool], OpenLink] = {}
        self._numbers: dict[tuple[str, bool], int] = {}
        self._jumps: dict[tuple[str, str], str] = {}
        """Addresses of headings as written, by path and anchor."""
        self._linked: dict[str, None] = {}

    @property
    def missing(self) -> tuple[MissingTarget, ...]:
        """Links to files that the set does not have."""
        return tuple(self._missing.values())[:_MOST]

    def jumps(self, own: frozenset[str]) -> tuple[Jump, ...]:
        """Links to headings, without those to the anchors ``own`` of the page itself, which each heading has."""
        found = [*self._jumps.items()][:_MOST]
        others = ((path, anchor, address) for (path, anchor), address in found if path != self._page.path or anchor not in own)
        return tuple(Jump(path, anchor, address, self._line(address)) for path, anchor, address in others)

    @property
    def open_links(self) -> tuple[OpenLink, ...]:
        """Links that other sets decide; the mark of each has its position here."""
        return tuple(self._open.values())

    @property
    def linked(self) -> tuple[str, ...]:
        """Paths of other pages and of files of the set."""
        return tuple(path for path in self._linked if path != self._page.path)[:_MOST]

    def is_entity(self, address: str) -> bool:
        """Whether the address names an entity or its documentation: ``component:payments/runbook.md``."""
        return is_entity_address(address, self._kinds)

    def open_link(self, address: str, file: str = "", *, is_image: bool = False, page: str = "") -> int:
        """The position of an open link, which is added."""
        key = (address, is_image)
        if key not in self._open:
            self._numbers[key] = len(self._open)
            self._open[key] = OpenLink(address, self._line(address), file, is_image, page)
        return self._numbers[key]

    def title_of(self, address: str) -> int | None:
        """The position of an open link whose title is the text of a link without one; None for addresses that have no title."""
        if self.is_entity(address):
            return self.open_link(address)
        parts = _split(address)
        target = self._files.target(address, self._page.path)[0] if parts and parts.path and not _ABSOLUTE.match(address) else None
        if target is None or not target.is_page or len(self._open) >= _MOST:
            return None
        return self.open_link(address, page=target.path)

    def of_markdown(self, address: str, *, is_image: bool = False) -> str:
        """The address of a link or an image as MkDocs writes it; those of entities and of files outside of the set become marks."""
        parts = _split(address)
        if parts is None:
            return address
        if self.is_entity(address):
            return address_mark(self.open_link(address)) if not is_image and len(self._open) < _MOST else address
        if parts.scheme or parts.netloc or not parts.path or address.startswith(("/", "\\")) or _AMPERSAND in address:
            return address
        target, rest = self._files.target(address, self._page.path)
        if target is not None:
            self._add(target, parts.fragment, address)
            return relative_url(target, self._page) + rest
        if outside := self._files.outside(parts.path, self._page.path):
            return address_mark(self.open_link(address, outside, is_image=is_image)) if len(self._open) < _MOST else address
        if "." in posixpath.basename(parts.path):
            self._miss(address, is_image=is_image)
        return address

    def of_html(self, tag: str, address: str) -> str | None:
        """The address of an element of the page's HTML, which may be one of Markdown that is resolved; None if it leads nowhere.

        It is read as an address of the portal, as browsers do, and else as a path beside the page's file, as the hosts of repositories do.
        """
        plain = _NOT_PRINTED.sub("", address).strip(" ")
        parts = _split(plain)
        if parts is None or plain.startswith(address_mark(0)[:2]) or _ABSOLUTE.match(_IGNORED.sub("", address)):
            return address
        if not parts.path:
            self._jump(self._page, parts.fragment, address)
            return address
        if plain.startswith("/"):
            return self._rewritten(self._files.target(plain, "")[0], parts, address, tag)
        by_url = self._files.by_url(posixpath.join(_folder(self._page), parts.path))
        if by_url is not None:
            self._add(by_url, parts.fragment, address)
            return plain
        return self._rewritten(self._files.target(plain, self._page.path)[0], parts, address, tag)

    def _rewritten(self, target: SetFile | None, parts: SplitResult, address: str, tag: str) -> str | None:
        if target is None:
            self._miss(address, is_image=tag == "img")
            return None
        self._add(target, parts.fragment, address)
        rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        return relative_url(target, self._page) + rest

    def _add(self, target: SetFile, fragment: str, address: str) -> None:
        self._linked[target.path] = None
        if target.is_page:
            self._jump(target, fragment, address)

    def _jump(self, target: SetFile, fragment: str, address: str) -> None:
        anchor = own_id(unquote(fragment))
        if anchor and anchor != "top" and not anchor.startswith("__") and (target.path, anchor) not in self._jumps:
            self._jumps[target.path, anchor] = address

    def _miss(self, address: str, *, is_image: bool) -> None:
        if address not in self._missing:
            self._missing[address] = MissingTarget(address, self._line(address), is_image)

    def _line(self, address: str) -> int:
        return line_of(self._text, address)


def line_of(text: str, address: str) -> int:
    """The first line of a text that has the address as a link; 0 if none has."""
    for before in ("](", "](<", '="', "='", ": ", "<", ""):
        at = text.find(f"{before}{address}")
        if at >= 0:
            return text.count("\n", 0, at) + 1
    return 0


def _folder(page: SetFile) -> str:
    """The folder of a page's address, against which browsers resolve its links."""
    return page.url if page.url.endswith("/") or not page.url else posixpath.dirname(page.url)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
