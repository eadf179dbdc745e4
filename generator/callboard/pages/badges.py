"""Entities and results → badges (``/badges/<namespace>/<kind>/<name>/<badge>.svg``), only those that ``sources.yaml`` asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import escape

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.urls import segment
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.shared_views import EntityLinks, StateView

LEVEL, OWNER, LIFECYCLE, DOCS = "level", "owner", "lifecycle", "docs"
_COLORS = {"good": "#1a7f37", "info": "#0b5cad", "warn": "#8a5a00", "bad": "#b42318", "none": "#57606a"}
"""Of the right part; white text has a contrast of at least 4.5 on each."""
_LEFT = "#24292f"
_LONGEST = 40
_TONES = {"production": "good", "experimental": "info", "deprecated": "warn"}
_NARROW, _WIDE = frozenset("fijlrtI.,:;!|'()[] "), frozenset("mwMW%@")


@dataclass(frozen=True, slots=True)
class BadgeSettings:
    """Which badges there are, and of which entities."""

    names: tuple[str, ...]
    """``level``, ``level:<scorecard>``, ``owner``, ``lifecycle``, ``docs``."""
    filter: Mapping[str, tuple[str, ...]]
    """Allowed values by field (``kind``, ``type``, ``lifecycle``, ``owner``, ``tag``, ``namespace``); all fields must match."""

    @classmethod
    def of(cls, section: Any) -> BadgeSettings:
        """The section ``badges`` of ``sources.yaml``: a list of badges, or a mapping with ``show`` and ``filter``."""
        data = section if isinstance(section, Mapping) else {"show": section or ()}
        filters = {field: tuple(str(value).lower() for value in values) for field, values in (data.get("filter") or {}).items()}
        return cls(tuple(dict.fromkeys(data.get("show") or ())), filters)


@dataclass(frozen=True, slots=True)
class BadgeContext:
    """What badges are made from."""

    settings: BadgeSettings
    links: EntityLinks
    labels: Mapping[str, str]
    scorecards: ScorecardContext | None
    documented: frozenset[EntityRef]
    """Entities with documentation in the portal."""


def badge_files(context: BadgeContext) -> Iterator[tuple[str, bytes]]:
    """Path and content of each badge."""
    if not context.settings.names:
        return
    for entity in context.links.catalog.entities.values():
        if _is_chosen(context, entity):
            folder = f"badges/{segment(entity.ref.namespace)}/{segment(entity.ref.kind)}/{segment(entity.ref.name)}/"
            for name in context.settings.names:
                made = _badge(context, entity, name)
                if made is not None:
                    yield f"{folder}{name.replace(':', '-')}.svg", badge_svg(*made)


def _is_chosen(context: BadgeContext, entity: Entity) -> bool:
    owner = organization.owner(context.links.catalog, entity.ref)
    tags = entity.metadata.get("tags")
    values = {
        "kind": (entity.ref.kind,),
        "namespace": (entity.ref.namespace,),
        "owner": (str(owner), owner.name) if owner else (),
        "tag": tuple(map(str, tags)) if isinstance(tags, list) else (),
        **{field: (str(entity.spec.get(field, "")),) for field in ("type", "lifecycle")},
    }
    wanted = context.settings.filter or {"kind": ("component", "api")}
    return all(any(value.lower() in allowed for value in values.get(field, ())) for field, allowed in wanted.items())


def _badge(context: BadgeContext, entity: Entity, name: str) -> tuple[str, StateView] | None:
    """The words on the left, and on the right with a tone; None for a scorecard that does not judge the entity."""
    labels = context.labels
    if name == OWNER:
        owner = organization.owner(context.links.catalog, entity.ref)
        known = owner is not None and owner in context.links.catalog.entities
        state = StateView(context.links.to(owner).name, "info", "") if owner and known else StateView(labels["owner_missing"], "bad", "")
        return labels["owner"], state
    if name == LIFECYCLE:
        lifecycle = str(entity.spec.get("lifecycle") or "")
        return labels["lifecycle"], StateView(lifecycle or labels["badge_unknown"], _TONES.get(lifecycle.lower(), "none"), "")
    if name == DOCS:
        has = entity.ref in context.documented
        return labels["docs"], StateView(labels["badge_docs" if has else "badge_no_docs"], "info" if has else "none", "")
    return _level(context, entity, name.partition(":")[2])


def _level(context: BadgeContext, entity: Entity, card_name: str) -> tuple[str, StateView] | None:
    """The level on a scorecard, the first one if none is named."""
    scorecards = context.scorecards
    if scorecards is None:
        return None
    cards = [card for card in scorecards.cards if not card_name or card.name == card_name][:1]
    for card in cards:
        result = scorecards.results(card).get(str(entity.ref))
        if result is not None:
            return card.title, scorecards.level_state(result)
    return None


def badge_svg(left: str, state: StateView) -> bytes:
    """The picture: two boxes with texts, which are its title for screen readers, too."""
    left, right = (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in (left, state.text))
    start, end = _width(left), _width(right)
    total, words = start + end, escape(f"{left}: {right}")
    texts = "".join(
        f'<text x="{x:g}" y="14" textLength="{width - 12:g}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
        for x, width, text in ((6, start, left), (start + 6, end, right))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total:g}" height="20" role="img" aria-label="{words}"><title>{words}</title>'
        f'<rect width="{total:g}" height="20" rx="3" fill="{_COLORS.get(state.tone, _COLORS["none"])}"/>'
        f'<path d="M3 0h{start - 3:g}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="{_LEFT}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{texts}</g></svg>\n'
    ).encode("utf-8", "replace")


def _width(text: str) -> float:
    """The width of a box: letters are stretched to it where a font is wider or narrower."""
    return 12 + sum(4 if letter in _NARROW else 10 if letter in _WIDE else 7 if ord(letter) < 0x2E80 else 11 for letter in text)  # noqa: PLR2004
