"""The text of a ``sources.yaml`` → the environment variables that it uses, each with the items that use it, and the extras it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.settings.document import read_document
from callboard.settings.invalid import portal_origin
from callboard.settings.variables import expand

_ITEMS = {"sources": "source", "integrations": "integration", "publish": "publisher"}
_RESERVED = ("GITHUB_", "ACTIONS_")


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """An environment variable that ``sources.yaml`` uses."""

    name: str
    users: tuple[str, ...]
    """What uses it: ``integration pagerduty``, or the section for one outside of a list."""

    @property
    def is_reserved(self) -> bool:
        """Whether GitHub refuses a secret with this name."""
        return self.name.upper().startswith(_RESERVED)


@dataclass(frozen=True, slots=True)
class PortalNeeds:
    """What a workflow has to provide for a build of the portal."""

    variables: tuple[UsedVariable, ...] = ()
    """In the order of the file."""
    extras: tuple[str, ...] = ()
    """Extras of the package, sorted."""
    is_public: bool = False
    """Whether everybody may read the portal."""


def portal_needs(text: str, file: Path = Path("sources.yaml")) -> PortalNeeds:
    """What the portal of this ``sources.yaml`` needs; nothing if the file cannot be read. Targets of ``publish:`` are left out.

    They are uploaded by `callboard publish`, which generated workflows do not run.
    """
    data = read_document(text, portal_origin(file, file.parent)).data
    if not isinstance(data, dict):
        return PortalNeeds()
    built = {key: value for key, value in data.items() if key != "publish"}
    used: dict[str, list[str]] = {}
    for path, names in expand(built, {}).unset.items():
        for name in names:
            users = used.setdefault(name, [])
            users += [user] if (user := _user(built, path)) not in users else []
    portal = built.get("portal")
    return PortalNeeds(
        tuple(UsedVariable(name, tuple(users)) for name, users in used.items()),
        tuple(sorted(set(_extras(built)))),
        isinstance(portal, dict) and portal.get("audience") == "public",
    )


def _user(data: Mapping[str, Any], path: FieldPath) -> str:
    section, *rest = path
    items = data[str(section)]
    if section in _ITEMS and rest and isinstance(items, list) and isinstance(rest[0], int):
        item = items[rest[0]]
        name = item.get("name") or item.get("type") if isinstance(item, dict) else None
        return f"{_ITEMS[str(section)]} {name or rest[0] + 1}"
    return str(section)


def _extras(data: Mapping[str, Any]) -> Iterator[str]:
    for section in ("sources", "integrations"):
        items = data.get(section)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and item.get("type") == "ldap":
                yield "ldap"
            if isinstance(item, dict) and item.get("type") == "aws":
                yield "s3"
            if isinstance(item, dict) and item.get("app"):
                yield "github-app"
