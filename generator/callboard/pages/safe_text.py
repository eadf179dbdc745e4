"""Values of descriptors, of any type → short, safe strings, addresses, mappings and lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from callboard.catalog import presentation
from callboard.model import fields
from callboard.model.entity import Entity
from callboard.redaction.secrets import find_secrets, mask, may_hold_secrets

MAX_TEXT = 400
"""Characters shown of a value that should be short: names, titles, types."""
MAX_URL = 2_000
"""Characters of an address; longer ones are not linked."""
KEPT, LONGEST_KEPT = 16_384, 200
"""Number of values whose text or address is kept, and characters of the longest of them: most are on several pages."""
_NOT_IN_URLS = frozenset(' "<>\\`')
WEB_SCHEMES = frozenset({"http", "https", "mailto"})


def text_of(value: object, limit: int = MAX_TEXT) -> str:
    """A string or number on one line, at most ``limit`` characters, secrets masked; an empty string for anything else."""
    return _kept_text(value, limit) if type(value) is str and len(value) <= LONGEST_KEPT else _text(value, limit)


def _text(value: object, limit: int) -> str:
    text = mask(" ".join(fields.as_text(value).split()))
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


_kept_text = lru_cache(KEPT)(_text)


def description_of(entity: Entity) -> str:
    """The description as written (Markdown), secrets masked; empty for none."""
    return mask(presentation.description(entity))


def mapping_of(value: object) -> Mapping[str, object]:
    """The value if it is a mapping, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: object) -> list[object]:
    """The value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def display_name(entity: Entity) -> str:
    """The title, else the name, on one line."""
    return text_of(presentation.title(entity)) or entity.ref.name


def initials(name: str) -> str:
    """The first letters of the first and the last word; ``?`` for a name without letters."""
    words = [word for word in name.replace("-", " ").replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


def web_url(value: object, schemes: Collection[str] = WEB_SCHEMES) -> str:
    """The address if a page may link to it and it holds no secret, else an empty string. ``schemes``: those that are allowed.

    One with a user is not linked: ``https://github.com@host/`` leads to another host than it seems to, and a masked one leads nowhere.
    """
    if not isinstance(value, str) or len(value) > MAX_URL:
        return ""
    return _kept_url(value) if schemes is WEB_SCHEMES and len(value) <= LONGEST_KEPT else _url(value, schemes)


def _url(value: str, schemes: Collection[str] = WEB_SCHEMES) -> str:
    text = value.strip()
    if not text.isprintable() or not _NOT_IN_URLS.isdisjoint(text) or (may_hold_secrets(text) and any(find_secrets(text))):
        return ""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) or (parts.scheme not in {"http", "https"} and bool(parts.netloc or parts.path))
        has_host = has_host and "@" not in parts.netloc
    except ValueError:
        return ""
    return text if parts.scheme in schemes and has_host else ""


_kept_url = lru_cache(KEPT)(_url)


def mail_of(value: object) -> str:
    """The e-mail address if it is safe in a ``mailto:`` link, else an empty string."""
    text = text_of(value, 254)
    plain = text.count("@") == 1 and not any(c in text for c in ' "<>\\?&#%:/,;')
    return text if plain and text[0] != "@" and text[-1] != "@" else ""
