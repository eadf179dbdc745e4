"""Changes as text, Markdown and JSON, and as one paragraph for a chat or a commit message."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from callboard.history.fact_events import FAMILY_OF
from callboard.model.counting import counted
from callboard.model.ref import EntityRef, humanize
from callboard.state.serialization import change_row
from callboard.state.values import Change

FORMAT = 1
KINDS = {
    "baseline": "initial import", "added": "added", "removed": "removed", "renamed": "renamed", "moved": "moved", "owner": "owner",
    "lifecycle": "lifecycle", "type": "type", "system": "system", "provides": "provides", "consumes": "consumes",
    "depends": "depends on", "tag": "tag", "definition": "definition",
    "problem-opened": "problem opened", "problem-closed": "problem closed",
    "incident-opened": "incident opened", "incident-resolved": "incident resolved", "deployed": "deployed",
    "vulnerability-found": "vulnerability found", "vulnerability-fixed": "vulnerability fixed",
    "gate-failed": "quality gate failed", "gate-passed": "quality gate passed again",
    "objective-missed": "SLO breached", "objective-met": "SLO met again",
    "tool-known": "integration connected", "tool-failed": "integration failed", "tool-back": "integration recovered",
}  # fmt: skip
"""Every kind of change, and its short name in English."""
_COUNTED = {
    "added": ("entity added", "entities added"), "removed": ("removed", "removed"), "renamed": ("renamed", "renamed"),
    "moved": ("moved", "moved"), "owner": ("owner changed", "owners changed"),
    "lifecycle": ("lifecycle changed", "lifecycles changed"), "type": ("type changed", "types changed"),
    "system": ("system changed", "systems changed"), "provides": ("provided API changed", "provided APIs changed"),
    "consumes": ("consumed API changed", "consumed APIs changed"), "depends": ("dependency changed", "dependencies changed"),
    "tag": ("tag changed", "tags changed"), "definition": ("definition changed", "definitions changed"),
    "problem-opened": ("problem opened", "problems opened"), "problem-closed": ("problem closed", "problems closed"),
    "incident-opened": ("incident opened", "incidents opened"), "incident-resolved": ("incident resolved", "incidents resolved"),
    "vulnerability-found": ("vulnerability found", "vulnerabilities found"),
    "vulnerability-fixed": ("vulnerability fixed", "vulnerabilities fixed"),
    "gate-failed": ("quality gate failed", "quality gates failed"),
    "gate-passed": ("quality gate passed again", "quality gates passed again"),
    "objective-missed": ("SLO breached", "SLOs breached"),
    "objective-met": ("SLO met again", "SLOs met again"),
    "deployed": ("version deployed", "versions deployed"),
    "tool-known": ("integration connected", "integrations connected"), "tool-failed": ("integration failed", "integrations failed"),
    "tool-back": ("integration recovered", "integrations recovered"),
}  # fmt: skip
_NAMED = ("added", "removed", "renamed", "owner", "lifecycle", "definition", "incident-opened", "gate-failed", "objective-missed")
_PARENTS = {"spec.domain": "domain", "spec.parent": "parent"}
"""What a change of the kind ``system`` is called by its field: a system belongs to a domain, a group to a parent."""
_SHOWN = 3
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")


def sentence(change: Change) -> str:
    """What happened, without the entity's name: ``owner: group:default/a → group:default/b``."""
    name, before, after = KINDS.get(change.kind, change.kind), change.before, change.after
    match change.kind:
        case "baseline":
            said = f"{name}: {counted(int(after), 'entity', 'entities')}" if after.isdecimal() else name
        case "added" | "removed":
            said = name
        case "definition":
            said = f"{name} {'changed' if before and after else 'added' if after else 'removed'}"
        case "renamed":
            said = f"{name}, was {before}"
        case "problem-opened" | "problem-closed":
            said = f"{name}: {change.code} {before or after}"
        case _ if kind_is_of_facts(change.kind):
            said = _happened(change, name)
        case "provides" | "consumes" | "depends" | "tag":
            said = f"{name}: {'+' if after else '-'}{after or before}"
        case _:
            name = _PARENTS.get(change.field, name)
            said = f"{name}: {before or 'none'} → {after or 'none'}"
    return said


def kind_is_of_facts(kind: str) -> bool:
    """It tells of the world, not of descriptors."""
    return kind in FAMILY_OF or kind.startswith("tool-")


def _happened(change: Change, name: str) -> str:
    """``deployed to production: 1.2 → 1.3``, ``vulnerability found: 5, 2 critical, 3 high``."""
    kind, about = change.kind, change.about
    if kind == "deployed" and change.after:
        versions = " → ".join(filter(None, (change.before, change.after)))
        more = f" ({change.number} versions)" if change.number else ""
        said = f"{name}{f' to {about}' if about else ''}: {versions}{more}"
    elif change.number:
        said = f"{_COUNTED[kind][change.number != 1]}: {change.number:,}{f' ({about})' if about else ''}"
    else:
        if kind.startswith("incident"):
            about = f"severity {about}"
        elif kind.startswith("objective"):
            about = "{}%, target {}%".format(*about.split(" ", 1))
        said = ": ".join(filter(None, (name, change.after or change.before))) + (f" ({about})" if about else "")
    return said


def as_text(changes: Sequence[Change]) -> str:
    """A block for each entity."""
    blocks = (f"{name}\n" + "".join(f"  {sentence(change)}\n" for change in found) for name, found in _by_entity(changes))
    return "".join(blocks) or "No changes.\n"


def as_markdown(changes: Sequence[Change]) -> str:
    """A list item for each entity; people's words are escaped."""
    items = (f"- **{_plain(name)}**: {_plain('; '.join(map(sentence, found)))}\n" for name, found in _by_entity(changes))
    return "".join(items) or "No changes.\n"


def as_json(changes: Sequence[Change]) -> str:
    """All values of all changes."""
    return json.dumps({"format": FORMAT, "changes": [change_row(change) for change in changes]}, ensure_ascii=False, indent=1) + "\n"


def digest(changes: Sequence[Change]) -> str:
    """One paragraph: how many of what, with the first names; an empty text where nothing changed."""
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    if "baseline" in by_kind:
        return f"{_capitalized(sentence(by_kind['baseline'][0]))}."
    parts = [_counted(kind, by_kind[kind]) for kind in _COUNTED if kind in by_kind]
    return f"{_capitalized(', '.join(parts))}." if parts else ""


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _counted(kind: str, changes: Sequence[Change]) -> str:
    """An incident of several entities counts once."""
    shared = kind.startswith("incident")
    number = sum(change.number or 1 for change in ({(c.before, c.after, c.about): c for c in changes}.values() if shared else changes))
    said = counted(number, *_COUNTED[kind])
    if kind not in _NAMED:
        return said
    names = [*Counter(_name(change.ref) for change in changes)]
    return f"{said} ({', '.join(names[:_SHOWN])}{' …' if len(names) > _SHOWN else ''})"


def _by_entity(changes: Sequence[Change]) -> Iterable[tuple[str, tuple[Change, ...]]]:
    ordered = sorted(changes, key=lambda change: change.ref or ())
    return ((str(ref) if ref else "The catalog", tuple(found)) for ref, found in groupby(ordered, key=lambda change: change.ref))


def _name(ref: EntityRef | None) -> str:
    return humanize(ref, default_kind="component") if ref else ""


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
