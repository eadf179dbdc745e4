"""The integrations of a portal in parallel: their settings, what they report, which of them failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import jsonschema_rs

from callboard.model.errors import CallboardError, PluginError
from callboard.model.facts.fact import FAMILIES, Fact, Measurement
from callboard.model.facts.values import Declared
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins import loader
from callboard.plugins.integrations import rules
from callboard.plugins.integrations.base import (
    GROUP,
    DeclaredFamily,
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    Target,
    joined,
)
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Settings

OWN_KEYS = frozenset({"name", "type", "title"})
"""What belongs to every item, whatever its type."""


def integration_items(settings: Settings) -> tuple[IntegrationSettings, ...]:
    """The items in their order. ``settings.reading`` has checked them; one whose variable is unset has a ``failure``."""
    items = settings.sections.get("integrations") or ()
    return tuple(_item(item, f"integrations[{index}]", settings.failures) for index, item in enumerate(items))


def _item(item: Mapping[str, Any], place: str, failures: Mapping[str, str]) -> IntegrationSettings:
    failure = next((why for where, why in failures.items() if where == place or where.startswith((f"{place}.", f"{place}["))), "")
    options = {key: value for key, value in item.items() if key not in OWN_KEYS}
    return IntegrationSettings(str(item["name"]), str(item["type"]), options, str(item.get("title", "")), failure)


AT_ONCE = 6


@dataclass(frozen=True, slots=True)
class IntegrationInfo:
    """What the portal is connected to: for pages, which name what an entity lacks, and for the list of integrations."""

    name: str
    type: str
    title: str
    families: tuple[str, ...]
    annotations: tuple[str, ...]
    """The usual one first; none where every entity is asked about."""


@dataclass(frozen=True, slots=True)
class IntegrationResult:
    """All that integrations know."""

    gathered: FactBatch = field(default_factory=FactBatch)
    connections: tuple[IntegrationInfo, ...] = ()
    """Of the integrations that could be made, in the order of ``sources.yaml``."""
    declared: tuple[DeclaredFamily, ...] = ()
    """Families of plugins, by name."""


def collect_facts(items: Sequence[IntegrationSettings], subjects: Sequence[Target], context: IntegrationContext) -> IntegrationResult:
    """What all integrations know of the subjects, in the order of ``sources.yaml`` whatever the order in which they finish.

    An integration that fails or raises is an ``IntegrationFailure``; the others go on, and what it knows of the subjects that carry its
    annotations counts as incomplete. Every text is redacted.
    """
    if not items:
        return IntegrationResult()
    made = [_made(item, context) for item in items]
    with ThreadPoolExecutor(min(AT_ONCE, len(items))) as pool:
        parts = [*pool.map(lambda item, one: _asked(item, one, subjects, context), items, made)]
    return _known(joined(parts), items, made)


def connections_of(items: Sequence[IntegrationSettings], context: IntegrationContext) -> IntegrationResult:
    """What the portal is connected to, without asking anybody."""
    return _known(FactBatch(), items, [_made(item, context) for item in items])


def _known(gathered: FactBatch, items: Sequence[IntegrationSettings], made: Sequence[Integration | CallboardError]) -> IntegrationResult:
    working = [(item, one) for item, one in zip(items, made, strict=True) if not isinstance(one, CallboardError)]
    connections = (IntegrationInfo(item.name, item.type, item.title or one.title, one.families, one.annotations) for item, one in working)
    declared = {family.name: family for _, one in working for family in one.declares}
    return IntegrationResult(gathered, tuple(connections), tuple(declared[name] for name in sorted(declared)))


def _made(item: IntegrationSettings, context: IntegrationContext) -> Integration | CallboardError:
    if item.failure:
        return CallboardError(item.failure, "Set the variable in the environment of the build.")
    try:
        plugin = loader.load(GROUP).get(item.type)
        if plugin is None:
            return PluginError(f'no installed plugin provides the integration type "{item.type}"', "Install the package that provides it.")
        integration: Integration = plugin.load()(item, context)
        _check(integration)
    except CallboardError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a foreign connector may raise anything; it must not take the others along
        return _mistake(item, error)
    return integration


def _check(integration: Integration) -> None:
    """A class that lacks part of the contract is found here, not in the middle of pages."""
    own = {family.name for family in integration.declares}
    strange = [family for family in integration.families if family not in FAMILIES and family not in own]
    if strange:
        raise PluginError(f"the connector returns the family {strange[0]!r}, which is neither built in nor declared by the connector")
    if own & set(FAMILIES):
        raise PluginError(f"the connector declares the family {min(own & set(FAMILIES))!r}, which is built in")
    if not isinstance(integration.title, str) or not all(isinstance(key, str) for key in integration.annotations):
        raise PluginError("the title or the annotations of the connector are not strings")


def _asked(
    item: IntegrationSettings, made: Integration | CallboardError, subjects: Sequence[Target], context: IntegrationContext
) -> FactBatch:
    if isinstance(made, CallboardError):
        return _failed(item, made, context.redactor)
    try:
        return _sound(item, made, made.collect(subjects), subjects, context.redactor)
    except CallboardError as error:
        failed = _failed(item, error, context.redactor)
    except Exception as error:  # noqa: BLE001 - as above
        failed = _failed(item, _mistake(item, error), context.redactor)
    known = [subject for subject in subjects if any(key in subject.annotations for key in made.annotations)]
    return replace(failed, measurements=tuple(Measurement(s.ref, f, item.name, complete=False) for s in known for f in made.families))


def _mistake(item: IntegrationSettings, error: Exception) -> CallboardError:
    return CallboardError(
        f"{type(error).__name__}: {error}", f'This is a bug in the integration type "{item.type}"; report it to its authors.'
    )


def _failed(item: IntegrationSettings, error: CallboardError, redactor: Redactor) -> FactBatch:
    return FactBatch(failures=(IntegrationFailure(item.name, "", redactor.redact(str(error)), redactor.redact(error.hint)),))


def _sound(item: IntegrationSettings, made: Integration, found: FactBatch, subjects: Sequence[Target], redactor: Redactor) -> FactBatch:
    """What was brought, under the integration's own name, about entities that there are, in families that it has."""
    refs = {subject.ref for subject in subjects}
    families = frozenset(made.families)
    facts = [replace(fact, source=item.name) for fact in found.facts if fact.family in families]
    facts, odd = _valid(item, facts, made.declares)
    asked = [replace(one, source=item.name) for one in found.measurements if one.family in families and one.subject in refs]
    asked = [replace(one, complete=one.complete and (one.subject, one.family) not in odd) for one in asked]
    return FactBatch(
        tuple(fact for fact in facts if fact.subject in refs),
        tuple(asked),
        (*(_clean(problem, redactor) for problem in (*found.problems, *odd.values())), *_strangers(item, facts, refs)),
        tuple(IntegrationFailure(item.name, *(redactor.redact(text) for text in (f.place, f.message, f.hint))) for f in found.failures),
        tuple(replace(one, integration=item.name) for one in found.traffic),
    )


def _valid(
    item: IntegrationSettings, facts: Sequence[Fact], declares: Sequence[DeclaredFamily]
) -> tuple[list[Fact], dict[tuple[EntityRef, str], Problem]]:
    """The facts whose values are as their family's schema says; of the others a problem for each subject and family."""
    checks = {family.name: jsonschema_rs.validator_for(dict(family.schema)) for family in declares}
    good, odd = [], {}
    for fact in facts:
        wrong = None
        if isinstance(fact.value, Declared):
            wrong = next(iter(checks[fact.family].iter_errors(dict(fact.value.data))), None)
        if wrong is None:
            good.append(fact)
            continue
        message = (
            f"`{item.name}` reports a fact about `{fact.subject}` ({fact.family} {fact.key!r}) that cannot be used: "
            f"it does not match the schema of the family: {wrong.message}."
        )
        odd[fact.subject, fact.family] = rules.UNUSABLE_FACT.problem(
            message,
            subject=fact.subject,
            field=f"{item.name}/{fact.family}/{fact.key[:80]}",
            hint="Report it to the authors of the plugin.",
        )
    return good, odd


def _strangers(item: IntegrationSettings, facts: Iterable[Fact], refs: set[EntityRef]) -> Iterator[Problem]:
    """Entities that nobody described, each said once."""
    for ref in sorted({fact.subject for fact in facts} - refs):
        yield rules.UNKNOWN_FACT_SUBJECT.problem(
            f"`{item.name}` reports facts about `{ref}`, which is not in the catalog.",
            field=f"{item.name}/{ref}",
            hint="Correct the name where the facts come from, or add a descriptor for the entity.",
        )


def _clean(problem: Problem, redactor: Redactor) -> Problem:
    return replace(problem, message=redactor.redact(problem.message), hint=redactor.redact(problem.hint))
