"""The tokens of parsed Markdown → the same with each link allowed, resolved or replaced by marked text, before rendering."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_WEB = re.compile(r"(?:https?://[^/\\?#]|mailto:[^/\\])", re.IGNORECASE)
_USER = re.compile(r"https?:[/\\]{2}[^/\\?#]*@", re.IGNORECASE)
"""``https://github.com@host/`` leads to another host than it seems to; one whose password is masked leads nowhere."""
_BIDI = re.compile(r"%E2%(?:80%A[A-E]|81%A[6-9])", re.IGNORECASE)
"""Characters that change the order in which an address is shown, percent-encoded."""
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x20]|%0[9ad]", re.IGNORECASE)
_BARE = re.compile(r"\bhttps?://[^\s<>\"'`\\^{|}]+[^\s<>\"'`\\^{|}.,;:!?*_~]")
MAX_LINK = 2_000
"""Longest link in characters; a longer one is treated as broken."""
DEAD = "This link is broken or not allowed"


def check_links(state: StateCore) -> None:
    """Parser rule: bare URLs and images of other hosts become links, broken links become marked text."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_checked(list(_linked(token.children)), state.env))


def target(href: str, env: MutableMapping[str, Any]) -> str | None:
    """The allowed target of a link, or None: an absolute URL, or the result of ``resolve``, which is checked again."""
    href = _BIDI.sub("", href)
    if len(href) > MAX_LINK or _USER.match(href):
        return None
    if _WEB.match(href):
        return href
    resolve = env.get("resolve")
    resolved = resolve(href) if resolve and not _is_other_host(href) else None
    return resolved if resolved and (_WEB.match(resolved) or not (_is_other_host(resolved) or _SCHEME.match(_bare(resolved)))) else None


def _bare(href: str) -> str:
    """The URL without the characters that browsers ignore."""
    return _IGNORED_BY_BROWSERS.sub("", href)


def _is_other_host(href: str) -> bool:
    """Whether a link is ``//host``, in any form that browsers accept."""
    return bool(re.match(r"[/\\]{2}", _bare(href).replace("%5C", "\\").replace("%5c", "\\")))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, with links around bare URLs in text outside links."""
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type == "text" and not depth and "://" in token.content:
            yield from _split(token.content)
        else:
            yield token


def _split(text: str) -> Iterator[Token]:
    at = 0
    for match in _BARE.finditer(text):
        url = _without_closing(match[0])
        yield _text(text[at : match.start()])
        yield _opening(url)
        yield _text(url)
        yield Token("link_close", "a", -1)
        at = match.start() + len(url)
    yield _text(text[at:])


def _without_closing(url: str) -> str:
    """The URL without the closing parentheses at its end that have no opening one in it."""
    at_end = len(url) - len(url.rstrip(")"))
    extra = min(at_end, max(url.count(")") - url.count("("), 0))
    return url[: len(url) - extra]


def _checked(tokens: Sequence[Token], env: MutableMapping[str, Any]) -> Iterator[Token]:
    """The tokens, with every link and image replaced by what ``target`` allows."""
    closing: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            opening = _opening(target(str(token.attrGet("href") or ""), env))
            closing.append(opening.tag)
            token.tag, token.attrs = opening.tag, opening.attrs
        elif token.type == "link_close":
            token.tag = closing.pop()
        elif token.type == "image":
            yield from _image(token, env, inside_link=bool(closing))
            continue
        yield token


def _image(token: Token, env: MutableMapping[str, Any], *, inside_link: bool) -> Iterator[Token]:
    """An image of the site stays; one of another host becomes a link to it, or inside a link its alternative text."""
    source = target(str(token.attrGet("src") or ""), env)
    words = _text(" ".join(child.content for child in token.children or ()) or "image")
    if source and not _WEB.match(source):
        token.attrs = {"src": source, "alt": ""}
        yield token
    elif inside_link:
        yield words
    else:
        opening = _opening(source)
        yield from (opening, words, Token("link_close", opening.tag, -1))


def _opening(href: str | None) -> Token:
    """The opening token of a link, or of the mark of a broken one."""
    if href:
        return Token("link_open", "a", 1, attrs={"href": href})
    return Token("link_open", "span", 1, attrs={"class": "cb-deadlink", "title": DEAD})


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
