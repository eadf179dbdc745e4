"""A value → whether it is a valid name, key, label or tag by Backstage's rules, or a URL by those of browsers."""

from __future__ import annotations

import ipaddress
import re
from typing import TypeGuard
from urllib.parse import unquote_to_bytes

MOST_CHARACTERS = 63
LONGEST_SUBDOMAIN = 253
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_KIND = re.compile(r"[a-zA-Z][a-z0-9A-Z]*")
_VERSION = re.compile(r"[a-z0-9A-Z]+")
_TAG = re.compile(r"[a-z0-9+#]+(?:-[a-z0-9+#]+)*")


def patterns() -> dict[str, str]:
    """The expressions of whole names by what they are of, for a check elsewhere by the same rules."""
    return {
        "name": _NAME.pattern, "label": _LABEL.pattern, "kind": _KIND.pattern, "tag": _TAG.pattern,
    }  # fmt: skip


def is_api_version(value: object) -> bool:
    """``v1`` or ``<DNS subdomain>/v1``."""
    return _prefixed(value, _VERSION)


def is_kind(value: object) -> TypeGuard[str]:
    """A letter, then letters and digits, at most 63."""
    return _short(value, _KIND)


def is_name(value: object) -> bool:
    """Letters, digits, ``-``, ``_`` and ``.``, with a letter or digit at both ends, at most 63."""
    return _short(value, _NAME)


def is_namespace(value: object) -> bool:
    """Lower-case letters, digits and inner ``-``, at most 63."""
    return _short(value, _LABEL)


def is_key(value: object) -> bool:
    """The key of a label or an annotation: a name, or ``<DNS subdomain>/<name>``."""
    return _prefixed(value, _NAME)


def is_label_value(value: object) -> bool:
    """A name, or an empty string."""
    return value == "" or is_name(value)


def is_tag(value: object) -> bool:
    """Lower-case letters, digits, ``+`` and ``#``, in groups joined by single ``-``, at most 63."""
    return _short(value, _TAG)


def is_subdomain(value: object) -> bool:
    """DNS labels joined by dots, at most 253."""
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_SUBDOMAIN and all(is_namespace(part) for part in value.split("."))


def is_filled(value: object) -> bool:
    """A string that is not only white space, which in JavaScript includes U+FEFF."""
    return isinstance(value, str) and bool(value.strip(" \t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + _SPACES))


_SPACES = "".join(map(chr, range(0x2000, 0x200B)))


def _short(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= MOST_CHARACTERS and pattern.fullmatch(value) is not None


def _prefixed(value: object, pattern: re.Pattern[str]) -> bool:
    if not isinstance(value, str):
        return False
    prefix, slash, name = value.partition("/")
    return _short(name, pattern) and is_subdomain(prefix) if slash else _short(value, pattern)


_EDGES = "".join(map(chr, range(0x21)))
_INNER = re.compile("[\t\n\r]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss"})
_NO_HOST = re.compile("[\x00\t\n\r #/:<>?@\\[\\]^|\\\\]")
_NO_DOMAIN = re.compile("[\x00-\x20#%/:<>?@\\[\\]^|\\\\\x7f]")
_PORT = re.compile(r"[0-9]*")
_LAST_PORT = 65_535
_IGNORED = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]*|[0-9]+")


LINK_SCHEMES = ("http", "https", "mailto", "tel", "slack", "msteams")
"""Schemes of ``metadata.links`` that pages link: the web, and programs for messages and calls. Others are shown as text."""


def is_web_url(value: object) -> bool:
    """Whether JavaScript's ``new URL(value)`` accepts the string without a base. Any scheme is valid (``javascript:``, too)."""
    if not isinstance(value, str):
        return False
    text = _INNER.sub("", value.strip(_EDGES))
    match = _SCHEME.match(text)
    if not match:
        return False
    scheme, rest = match[1].lower(), text[match.end() :]
    if scheme in _SPECIAL:
        return _authority(re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0], special=True)
    if scheme == "file":
        return _file(rest)
    return not rest.startswith("//") or _authority(re.split(r"[/?#]", rest[2:], maxsplit=1)[0], special=False)


def _file(rest: str) -> bool:
    """``file:`` may lack a host; ``file://C:/…`` has a drive in place of the host."""
    if not rest.replace("\\", "/").startswith("//"):
        return True
    host = re.split(r"[/\\?#]", rest[2:], maxsplit=1)[0]
    return not host or re.fullmatch(r"[A-Za-z][:|]", host) is not None or _host(host, special=True)


def _authority(text: str, *, special: bool) -> bool:
    """``user:password@host:port``."""
    _, at, host = text.rpartition("@")
    name, port = _host_and_port(host)
    if not name:
        return not special and not at and not port and host == ""
    if port is None or not _PORT.fullmatch(port) or (port and int(port[:9]) > _LAST_PORT):
        return False
    return _host(name, special=special)


def _host_and_port(text: str) -> tuple[str, str | None]:
    """The host, in brackets or not, and what follows its colon; None for anything else after a bracket."""
    if text.startswith("["):
        end = text.find("]")
        rest = text[end + 1 :]
        return (text[: end + 1], "" if not rest else rest[1:] if rest[0] == ":" else None) if end > 0 else (text, "")
    name, _, port = text.partition(":")
    return name, port


def _host(name: str, *, special: bool) -> bool:
    if name.startswith("["):
        return name.endswith("]") and _ipv6(name[1:-1])
    if not special:
        return not _NO_HOST.search(name)
    domain = _IGNORED.sub("", unquote_to_bytes(name).decode("utf-8", "replace"))
    if not domain or "\ufffd" in domain or _NO_DOMAIN.search(domain):
        return False
    return _ipv4_or_name(domain)


def _ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _ipv4_or_name(domain: str) -> bool:
    """A domain whose last part is a number must be an IPv4 address (each part decimal, octal or hexadecimal)."""
    parts = domain.removesuffix(".").split(".")
    if not _NUMBER.fullmatch(parts[-1]):
        return True
    numbers = [_ipv4_number(part) for part in parts]
    if len(parts) > 4 or any(number is None for number in numbers):  # noqa: PLR2004 - an address has four parts
        return False
    values = [number for number in numbers if number is not None]
    return all(number <= 255 for number in values[:-1]) and values[-1] < 256 ** (5 - len(values))  # noqa: PLR2004 - a byte


def _ipv4_number(part: str) -> int | None:
    """The value of a part, or None if it is not a number; only the first 40 digits of a very long one are read."""
    if not part or not _NUMBER.fullmatch(part):
        return None
    digits = part[:40]
    if digits[:2].lower() == "0x":
        return int(digits[2:] or "0", 16)
    if len(digits) > 1 and digits[0] == "0":
        return int(digits, 8) if not set(digits) & {"8", "9"} else None
    return int(digits)
