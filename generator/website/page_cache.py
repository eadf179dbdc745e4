"""What is known of the pages of the last build, so that a page whose values did not change is not made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from generator.outside.store import write_atomically
from generator.pages.page import Page, TocEntry
from generator.website.links import PageLinks

_ROOM = Path(__file__).parent
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as it was made."""

    key: str
    """Digest of all that it was made of."""
    digest: str
    """Digest of the file."""
    links: PageLinks


def page_key(template_digest: str, frame_digest: str, page: Page, view: Any, toc: tuple[TocEntry, ...]) -> str:
    """The digest of all that decides about the page's bytes: equal views, equal keys."""
    said = (page.path, page.template, page.title, page.description, page.ref, toc, view)
    digest = hashlib.blake2b(f"{_code_digest()}\0{template_digest}\0{frame_digest}\0".encode(), digest_size=16)
    digest.update(canonical(said).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def canonical(value: Any) -> str:
    """A text that equal frozen values share, in every process: ``repr``, unless there may be a set, whose order is chance."""
    text = repr(value)
    return repr(_ordered(value)) if "set({" in text else text


def _ordered(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return ("set", *sorted(repr(_ordered(item)) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_ordered(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, tuple | list):
        return tuple(_ordered(item) for item in value)
    if isinstance(value, Mapping):
        return tuple((key, _ordered(item)) for key, item in value.items())
    return value


def read_pages(path: Path) -> dict[str, KnownPage]:
    """The pages of the last build by their path; none if the file is missing, of another format or damaged."""
    try:
        lines = path.read_bytes().splitlines()
        if not lines or json.loads(lines[0]) != _FORMAT:
            return {}
        return {name: KnownPage(key, digest, PageLinks(*map(tuple, links))) for name, key, digest, *links in map(json.loads, lines[1:])}
    except (OSError, ValueError, TypeError):
        return {}


def write_pages(path: Path, pages: Mapping[str, KnownPage]) -> None:
    """Keep the pages for the next build."""
    write_atomically(path, b"\n".join(_lines(pages)) + b"\n")


def _lines(pages: Mapping[str, KnownPage]) -> Iterable[bytes]:
    yield str(_FORMAT).encode()
    for name, page in pages.items():
        row = (name, page.key, page.digest, page.links.ids, page.links.ours, page.links.prose)
        yield json.dumps(row, separators=(",", ":")).encode()


_CODE: list[str] = []


def _code_digest() -> str:
    """This room's own code: whoever changes how pages are made must not get yesterday's."""
    if not _CODE:
        _CODE.append(hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_ROOM.glob("*.py")))).hexdigest()[:16])
    return _CODE[0]
