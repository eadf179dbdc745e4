"""Entity → its text for full-text search, with other spellings of its name."""

from __future__ import annotations

import re

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.markdown.rendering import plain
from callboard.model.entity import Entity
from callboard.pages.page import SearchText
from callboard.pages.safe_text import description_of, text_of

BODY_LETTERS = 5_000
"""Characters of a description."""
ALIAS_LETTERS = 400
"""Characters of all other spellings together."""
_RUNS = re.compile(r"[^\W_]+")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

SHORT_FORMS = (
    ("service", "svc"), ("services", "svcs"), ("database", "db"), ("management", "mgmt"), ("manager", "mgr"), ("application", "app"),
    ("configuration", "config"), ("configuration", "cfg"), ("authentication", "auth"), ("authorization", "authz"), ("repository", "repo"),
    ("environment", "env"), ("kubernetes", "k8s"), ("infrastructure", "infra"), ("message", "msg"), ("notification", "notif"),
    ("transaction", "txn"), ("gateway", "gw"), ("library", "lib"), ("frontend", "fe"), ("backend", "be"), ("administration", "admin"),
    ("development", "dev"), ("production", "prod"), ("documentation", "docs"), ("server", "srv"), ("package", "pkg"), ("number", "num"),
    ("customer", "cust"), ("account", "acct"), ("payment", "pmt"), ("information", "info"), ("image", "img"), ("user-interface", "ui"),
)  # fmt: skip
"""Words and their abbreviations; each is searched for the other."""

_ALTERNATIVES: dict[str, tuple[str, ...]] = {}
for _long, _short in SHORT_FORMS:
    _ALTERNATIVES[_long] = (*_ALTERNATIVES.get(_long, ()), _short)
    _ALTERNATIVES[_short] = (*_ALTERNATIVES.get(_short, ()), _long)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: ``OrderServiceV2`` gives order, service, v, 2."""
    return tuple(word.lower() for run in _RUNS.findall(name) for word in (_WORDS.findall(run) if run.isascii() else (run,)))


def alias(*names: str) -> str:
    """Other spellings of the names, separated by spaces: split, joined, abbreviated and spelled out, each once."""
    spellings: dict[str, None] = {}
    for name in names:
        words = words_of(name)
        alternatives = tuple(other for word in words for other in _ALTERNATIVES.get(word, ()))
        spellings |= dict.fromkeys((*words, "".join(words), *alternatives))
        for index, word in enumerate(words):
            spellings |= dict.fromkeys("".join((*words[:index], other, *words[index + 1 :])) for other in _ALTERNATIVES.get(word, ()))
        if len(words) > 2:  # noqa: PLR2004 - an abbreviation of two letters would match everywhere
            spellings["".join(word[0] for word in words)] = None
    given = {name.lower() for name in names}
    return _cut(" ".join(spelling for spelling in spellings if spelling and spelling not in given))


def _cut(text: str) -> str:
    return text if len(text) <= ALIAS_LETTERS else text[:ALIAS_LETTERS].rpartition(" ")[0]


def entity_search_text(catalog: Catalog, entity: Entity) -> SearchText:
    """Title, description, tags and owner; facts and relations are left out."""
    title, name = text_of(presentation.title(entity)) or entity.ref.name, presentation.name(entity)
    owner = organization.owner(catalog, entity.ref)
    owner_name = text_of(presentation.label(catalog, owner)) if owner else ""
    tags = " ".join(text_of(tag, 80) for tag in presentation.tags(entity)[:40])
    body = (plain(description_of(entity))[:BODY_LETTERS], tags, owner_name)
    meta = [("ref", str(entity.ref))]
    if owner_name:
        meta.append(("owner", owner_name))
    return SearchText(title, "\n\n".join(part for part in body if part), entity.ref.kind, alias(name, title), tuple(meta))
