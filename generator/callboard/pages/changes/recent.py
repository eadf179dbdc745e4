"""The newest changes and moves on scorecards → ``/api/changes.json``, of which ``callboard digest`` makes its messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.catalog import organization
from callboard.history.facts.families import event_kinds
from callboard.history.formats import sentence
from callboard.model.published_json import published_json
from callboard.model.ref import ref_of
from callboard.model.times import time_text
from callboard.pages.changes.context import ChangesContext
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.scorecards.trends import day_text
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.recording import standing_level
from callboard.scorecards.results import CardResult
from callboard.state.values import Change

RECENT = "api/changes.json"
"""Path of the file."""
VERSION = 1
MOST = 2_000
"""Changes that the file has."""


def recent_changes(context: ChangesContext, scorecards: ScorecardContext | None) -> bytes:
    """The file: its version, the portal, its teams with their parents, and the newest changes with their words.

    ``complete_since``: of earlier times, changes are left out; null if the file has all that the site shows.
    """
    catalog, changes = context.links.catalog, context.history.changes
    teams = {
        str(team.ref): {"name": context.links.to(team.ref).name, "parent": str(organization.parent_of(catalog, team.ref) or "")}
        for team in catalog.of_kind("group")
    }
    kinds = event_kinds()
    moves = [*_moves(scorecards)] if scorecards else []
    return published_json(
        {
            "version": VERSION,
            "url": context.settings.portal.url,
            "name": context.settings.portal.name,
            "teams": teams,
            "complete_since": time_text(changes[MOST - 1].at) if len(changes) > MOST else None,
            "changes": [_row(context, change, of_facts=change.kind in kinds) for change in changes[:MOST]],
            "moves": moves,
        }
    )


def _row(context: ChangesContext, change: Change, *, of_facts: bool) -> Mapping[str, Any]:
    exists = change.ref is not None and change.ref in context.links.catalog.entities
    row = {
        "at": time_text(change.at),
        "kind": change.kind,
        "tone": context.line(change).tone,
        "ref": str(change.ref) if change.ref else "",
        "name": context.links.to(change.ref).name if change.ref else "",
        "owner": str(change.owner or ""),
        "text": sentence(change),
        "path": context.links.to(change.ref).path if exists and change.ref else "changes/",
        "anchor": "facts" if of_facts else "problems" if change.kind == "problem-opened" else "",
    }
    return {key: value for key, value in row.items() if value}


def _moves(context: ScorecardContext) -> Iterator[Mapping[str, Any]]:
    """Each move of the last 30 days on each scorecard."""
    for card in context.cards:
        for ref, result in context.results(card).items():
            standing = context.standing(ref, card)
            for index, (day, before) in enumerate(standing.moves if standing else ()):
                after = standing.moves[index + 1][1] if standing and index + 1 < len(standing.moves) else standing_level(result)
                yield _move(context, card, result, (day, before, after))


def _move(context: ScorecardContext, card: Scorecard, result: CardResult, move: tuple[int, int, int]) -> Mapping[str, Any]:
    day, before, after = move
    link = context.link_of(result)
    owner = organization.owner(context.catalog, ref_of(result.ref))
    words = (context.recorded_level(card, level).text for level in (before, after))
    return {
        "day": day_text(day),
        "tone": "good" if after > before else "bad",
        "ref": result.ref,
        "name": link.name,
        "owner": str(owner or ""),
        "text": f"{card.title}: {' → '.join(words)}",
        "path": link.path,
    }
