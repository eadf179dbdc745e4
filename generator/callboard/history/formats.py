"""Changes → text, Markdown, JSON, and one paragraph for a chat or a commit message."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from callboard.history import api_news
from callboard.history.facts.families import all_families, event_kinds
from callboard.model.counting import counted
from callboard.model.ref import EntityRef, humanize
from callboard.model.times import time_text
from callboard.state.values import Change

FORMAT = 1
_KINDS = {
    "baseline": "initial import", "added": "added", "removed": "removed", "renamed": "renamed", "moved": "moved", "owner": "owner",
    "lifecycle": "lifecycle", "type": "type", "system": "system", "provides": "provides", "consumes": "consumes",
    "depends": "depends on", "tag": "tag", "definition": "definition",
    "problem-opened": "problem opened", "problem-closed": "problem closed",
    "tool-known": "integration connected", "tool-failed": "integration failed", "tool-back": "integration recovered",
    **api_news.NAMES,
}  # fmt: skip
"""Kinds of change of the catalog and of integrations, and their short names in English."""
_PLURALS = {
    "added": ("entity added", "entities added"), "removed": ("removed", "removed"), "renamed": ("renamed", "renamed"),
    "moved": ("moved", "moved"), "owner": ("owner changed", "owners changed"),
    "lifecycle": ("lifecycle changed", "lifecycles changed"), "type": ("type changed", "types changed"),
    "system": ("system changed", "systems changed"), "provides": ("provided API changed", "provided APIs changed"),
    "consumes": ("consumed API changed", "consumed APIs changed"), "depends": ("dependency changed", "dependencies changed"),
    "tag": ("tag changed", "tags changed"), "definition": ("definition changed", "definitions changed"),
    "problem-opened": ("problem opened", "problems opened"), "problem-closed": ("problem closed", "problems closed"),
    "tool-known": ("integration connected", "integrations connected"), "tool-failed": ("integration failed", "integrations failed"),
    "tool-back": ("integration recovered", "integrations recovered"),
    **api_news.PLURALS,
}  # fmt: skip
"""What one and several changes of a kind are called, in the order of the paragraph."""
_NAMED = frozenset({"added", "removed", "renamed", "owner", "lifecycle", "definition", "api-breaking", "consumed-api-breaking"})
"""Kinds of change of the catalog whose entities the paragraph names."""
_PARENTS = {"spec.domain": "domain", "spec.parent": "parent"}
"""What a change of the kind ``system`` is called by its field: a system belongs to a domain, a group to a parent."""
_SHOWN = 3
"""Entities that the paragraph names for each kind of change."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def sentence(change: Change) -> str:
    """The change in words, without the entity's name: ``owner: group:default/a → group:default/b``."""
    name, before, after = _KINDS.get(change.kind, change.kind), change.before, change.after
    match change.kind:
        case "baseline":
            text = f"{name}: {counted(int(after), 'entity', 'entities')}" if after.isdecimal() else name
        case "added" | "removed":
            text = name
        case "definition":
            text = f"{name} {'changed' if before and after else 'added' if after else 'removed'}"
        case "renamed":
            text = f"{name}, was {before}"
        case "problem-opened" | "problem-closed":
            text = f"{name}: {change.code} {before or after}{_place(change)}"
        case _ if change.kind in api_news.NAMES or kind_is_of_facts(change.kind):
            text = _reported(name, change)
        case "provides" | "consumes" | "depends" | "tag":
            text = f"{name}: {'+' if after else '-'}{after or before}"
        case _:
            name = _PARENTS.get(change.field, name)
            text = f"{name}: {before or 'none'} → {after or 'none'}"
    return text


def _reported(name: str, change: Change) -> str:
    """A change of an API's contract, or one that an integration reported."""
    if change.kind in api_news.NAMES:
        return api_news.news_sentence(change)
    return _event(change) if change.kind in event_kinds() else _with_value(name, change, change.about)


def _place(change: Change) -> str:
    """The file of a problem about no entity, which nothing else names."""
    return f" ({change.origin.label})" if change.ref is None and change.origin else ""


def kind_is_of_facts(kind: str) -> bool:
    """Whether changes of this kind come from integrations, not from descriptors."""
    return kind in event_kinds() or kind.startswith("tool-")


def kind_is_known(kind: str) -> bool:
    """Whether this version, or an installed plugin, has this kind of change."""
    return kind in _KINDS or kind in event_kinds()


def _event(change: Change) -> str:
    """``deployed to production: 1.2 → 1.3``, ``vulnerabilities found: 5 (2 critical, 3 high)``."""
    family, kind = event_kinds()[change.kind]
    known = all_families()[family]
    if known.sentence:
        return known.sentence(change, kind)
    if change.number:
        name = kind.plural if change.number != 1 else kind.singular or kind.name
        return f"{name}: {change.number:,}{f' ({change.about})' if change.about else ''}"
    return _with_value(kind.name, change, known.about(change.about) if change.about else "")


def _with_value(name: str, change: Change, about: str) -> str:
    values = (change.before, change.after) if change.before and change.after else (change.after or change.before,)
    return ": ".join(filter(None, (name, " → ".join(values)))) + (f" ({about})" if about else "")


def as_text(changes: Sequence[Change]) -> str:
    """A block of lines for each entity."""
    blocks = (f"{name}\n" + "".join(f"  {sentence(change)}\n" for change in group) for name, group in _by_entity(changes))
    return "".join(blocks) or "No changes.\n"


def as_markdown(changes: Sequence[Change]) -> str:
    """A list item for each entity, with Markdown escaped."""
    items = (f"- **{_escaped(name)}**: {_escaped('; '.join(map(sentence, group)))}\n" for name, group in _by_entity(changes))
    return "".join(items) or "No changes.\n"


def as_json(changes: Sequence[Change]) -> str:
    """All changes as a JSON object of ``format`` and ``changes``."""
    return json.dumps({"format": FORMAT, "changes": [_row(change) for change in changes]}, ensure_ascii=False, indent=1) + "\n"


def _row(change: Change) -> dict[str, Any]:
    """The change as JSON; what is empty is left out."""
    refs = {"ref": change.ref and str(change.ref), "owner": change.owner and str(change.owner)}
    row = change._asdict() | {"at": time_text(change.at)} | refs
    return {key: value for key, value in row.items() if value}


def digest(changes: Sequence[Change]) -> str:
    """One paragraph with the number of changes of each kind and the first entities; empty without changes."""
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    if "baseline" in by_kind:
        return f"{_capitalized(sentence(by_kind['baseline'][0]))}."
    parts = [_counted(kind, by_kind[kind]) for kind in (*_PLURALS, *_events_by_order()) if kind in by_kind]
    return f"{_capitalized(', '.join(parts))}." if parts else ""


def _events_by_order() -> list[str]:
    """Kinds of events in the order in which an entity's changes are listed."""
    kinds = event_kinds()
    return sorted(kinds, key=lambda name: kinds[name][1].order)


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counted(kind: str, changes: Sequence[Change]) -> str:
    """The number of changes of a kind, with the first entities. An incident of several entities counts once."""
    family, words = event_kinds().get(kind, ("", None))
    is_shared = bool(family) and all_families()[family].is_shared
    number = (
        len(changes)
        if kind in api_news.NAMES and kind not in api_news.NUMBERED
        else sum(change.number or 1 for change in ({(c.before, c.after, c.about): c for c in changes}.values() if is_shared else changes))
    )
    text = counted(number, *((words.singular or words.name, words.plural) if words else _PLURALS[kind]))
    if not (words.is_named if words else kind in _NAMED):
        return text
    names = [*Counter(_name(change.ref) for change in changes)]
    return f"{text} ({', '.join(names[:_SHOWN])}{' …' if len(names) > _SHOWN else ''})"


def _by_entity(changes: Sequence[Change]) -> Iterable[tuple[str, tuple[Change, ...]]]:
    ordered = sorted(changes, key=lambda change: change.ref or ())
    return ((str(ref) if ref else "The catalog", tuple(group)) for ref, group in groupby(ordered, key=lambda change: change.ref))


def _name(ref: EntityRef | None) -> str:
    return humanize(ref, default_kind="component") if ref else ""


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
