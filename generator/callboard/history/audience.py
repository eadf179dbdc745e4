"""The state of a build → what may be saved of it for this portal's audience: of a public portal, no more than its site shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from callboard.history.facts.families import event_kinds
from callboard.history.formats import kind_is_known
from callboard.model.entity import Entity
from callboard.model.problem import Problem
from callboard.plugins.installed_families import value_type
from callboard.redaction.masking import masked, masked_values
from callboard.settings.settings import Portal
from callboard.state.facts import CollectedFacts
from callboard.state.values import Change, CollectionTime, ProblemSummary, StaleCopy, State, TreeKey

HIDDEN_ERROR = "could not be read"
"""What a public portal says instead of an error message of a host."""
WithMessage = TypeVar("WithMessage", Problem, ProblemSummary)


def is_visible(family: str, portal: Portal) -> bool:
    """Whether the site's audience may see the facts of a family; a public site shows none of a family that is not known."""
    if not portal.is_public or family in portal.expose:
        return True
    kind = value_type(family)
    return kind is not None and kind.is_public


def is_visible_change(kind: str, portal: Portal) -> bool:
    """Whether the audience may see changes of a kind; a public site leaves out those of a plugin that is not installed any more."""
    if kind in event_kinds():
        return is_visible(event_kinds()[kind][0], portal)
    return not portal.is_public or kind_is_known(kind)


def without_errors(collections: Iterable[CollectionTime]) -> tuple[CollectionTime, ...]:
    """The same without error messages of hosts, which may name internal systems."""
    return tuple(replace(each, errors=(HIDDEN_ERROR,) if each.errors else ()) for each in collections)


def without_causes(stale: Iterable[StaleCopy]) -> tuple[StaleCopy, ...]:
    """The same without the causes, which are error messages of hosts."""
    return tuple(replace(each, cause=HIDDEN_ERROR) for each in stale)


def for_audience(state: State, portal: Portal) -> State:
    """The state as it may be saved: that of a public portal may be on a branch or in an artifact that everybody can read.

    Left out are facts and changes that the audience must not see, repositories and trees without a descriptor, error messages of hosts, and
    skipped files; secrets and e-mail addresses are masked, as on the site.
    """
    if not portal.is_public:
        return state
    with_entities = {_tree(entity) for entity in (*state.entities, *state.unidentified)}
    return replace(
        state,
        entities=tuple(map(_masked_entity, state.entities)),
        unidentified=tuple(map(_masked_entity, state.unidentified)),
        problems=_with_masked_messages(state.problems),
        problem_summaries=_with_masked_messages(state.problem_summaries),
        trees=tuple(tree for tree in state.trees if tree.key in with_entities),
        repositories=tuple(each for each in state.repositories if (each.source, each.tree) in with_entities),
        collections=without_errors(state.collections),
        stale=without_causes(state.stale),
        changes=tuple(_masked_change(change) for change in state.changes if is_visible_change(change.kind, portal)),
        facts=tuple(fact for fact in state.facts if is_visible(fact.family, portal)),
        measurements=tuple(each for each in state.measurements if is_visible(each.family, portal)),
        event_histories=tuple(each for each in state.event_histories if is_visible(each.family, portal)),
        kept_events=tuple(each for each in state.kept_events if is_visible(each.fact.family, portal)),
        undescribed=(),
        skipped_files=(),
    )


def visible_facts(facts: CollectedFacts, portal: Portal) -> CollectedFacts:
    """The facts of which single items may be recorded over time: those that the audience may see."""
    if not portal.is_public:
        return facts
    return replace(
        facts,
        facts=tuple(fact for fact in facts.facts if is_visible(fact.family, portal)),
        measurements=tuple(each for each in facts.measurements if is_visible(each.family, portal)),
    )


def masked_content(content: bytes) -> bytes:
    """The content of a file as it may be saved on a public portal; one that is not UTF-8 is empty."""
    try:
        return masked(content.decode(), is_public=True).text.encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return b""


def _tree(entity: Entity) -> TreeKey:
    return entity.origin.source, entity.origin.tree


def _masked_entity(entity: Entity) -> Entity:
    metadata, spec = (masked_values(value, is_public=True) for value in (entity.metadata, entity.spec))
    return replace(entity, metadata=metadata, spec=spec, text=masked(entity.text, is_public=True).text)


def _masked_change(change: Change) -> Change:
    before, after = (masked(text, is_public=True).text for text in (change.before, change.after))
    return change._replace(before=before, after=after)


def _with_masked_messages(items: Iterable[WithMessage]) -> tuple[WithMessage, ...]:
    def clean(item: WithMessage) -> WithMessage:
        message = masked(item.message, is_public=True).text
        return item._replace(message=message) if isinstance(item, ProblemSummary) else replace(item, message=message)

    return tuple(map(clean, items))
