"""Integration settings and targets in, one ``IntegrationResult`` out: runs all integrations in parallel, and contains their failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import jsonschema_rs

from callboard.model.errors import CallboardError, PluginError
from callboard.model.facts import FAMILIES
from callboard.model.facts.declared import Declared
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins import loader
from callboard.plugins.integrations.base import (
    GROUP,
    DeclaredFamily,
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    Target,
    merge_batches,
)
from callboard.plugins.integrations.collector import unknown_entity, unusable_fact
from callboard.redaction.redactor import Redactor
from callboard.settings.settings import Settings

SHARED_KEYS = frozenset({"name", "type", "title"})
"""Keys of every item, whatever its type; all others are options of the type."""
AT_ONCE = 6
"""Integrations that run at the same time."""


@dataclass(frozen=True, slots=True)
class IntegrationInfo:
    """A connected integration, as pages need it: which annotations connect an entity, and which families it returns."""

    name: str
    type: str
    title: str
    families: tuple[str, ...]
    annotations: tuple[str, ...]
    """The most common one first; empty if every entity is a target."""


@dataclass(frozen=True, slots=True)
class IntegrationResult:
    """The result of all integrations."""

    gathered: FactBatch = field(default_factory=FactBatch)
    connections: tuple[IntegrationInfo, ...] = ()
    """Integrations whose connector could be created, in the order of ``sources.yaml``."""
    declared: tuple[DeclaredFamily, ...] = ()
    """Families that plugins declare, by name."""


def integration_items(settings: Settings) -> tuple[IntegrationSettings, ...]:
    """The items of ``integrations:`` in order, as ``settings.loading`` validated them; an item with an unset variable has a ``failure``."""
    items = settings.sections.get("integrations") or ()
    return tuple(_item(item, f"integrations[{index}]", settings.failures) for index, item in enumerate(items))


def collect_facts(items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext) -> IntegrationResult:
    """Run all integrations and return their results in the order of ``sources.yaml``, whatever the order in which they finish.

    An integration that raises becomes an ``IntegrationFailure``, and its families count as incomplete for each target with one of its
    annotations; the other integrations continue. Secrets are masked in every string.
    """
    if not items:
        return IntegrationResult()
    connectors = [_create(item, context) for item in items]
    with ThreadPoolExecutor(min(AT_ONCE, len(items))) as pool:
        batches = [*pool.map(lambda item, connector: _collect(item, connector, targets, context.redactor), items, connectors)]
    return _result(merge_batches(batches), items, connectors)


def connections_of(items: Sequence[IntegrationSettings], context: IntegrationContext) -> IntegrationResult:
    """The connected integrations and declared families, without any facts and without requests."""
    return _result(FactBatch(), items, [_create(item, context) for item in items])


def _item(item: Mapping[str, Any], path: str, failures: Mapping[str, str]) -> IntegrationSettings:
    failure = next((message for place, message in failures.items() if place == path or place.startswith((f"{path}.", f"{path}["))), "")
    options = {key: value for key, value in item.items() if key not in SHARED_KEYS}
    return IntegrationSettings(str(item["name"]), str(item["type"]), options, str(item.get("title", "")), failure)


def _result(
    batch: FactBatch, items: Sequence[IntegrationSettings], connectors: Sequence[Integration | CallboardError]
) -> IntegrationResult:
    working = [(item, made) for item, made in zip(items, connectors, strict=True) if not isinstance(made, CallboardError)]
    connections = (
        IntegrationInfo(item.name, item.type, item.title or made.title, made.families, made.annotations) for item, made in working
    )
    declared = {family.name: family for _, made in working for family in made.declares}
    return IntegrationResult(batch, tuple(connections), tuple(declared[name] for name in sorted(declared)))


def _create(item: IntegrationSettings, context: IntegrationContext) -> Integration | CallboardError:
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
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything; the other integrations must continue
        return _bug(item, error)
    return integration


def _check(integration: Integration) -> None:
    """Find a violation of the contract here, not while a page is made. Raises ``PluginError``."""
    declared = {family.name for family in integration.declares}
    unknown = [family for family in integration.families if family not in FAMILIES and family not in declared]
    if unknown:
        raise PluginError(f"the connector returns the family {unknown[0]!r}, which is neither built in nor declared by the connector")
    if declared & set(FAMILIES):
        raise PluginError(f"the connector declares the family {min(declared & set(FAMILIES))!r}, which is built in")
    if not isinstance(integration.title, str) or not all(isinstance(key, str) for key in integration.annotations):
        raise PluginError("the title or the annotations of the connector are not strings")


def _collect(
    item: IntegrationSettings, connector: Integration | CallboardError, targets: Sequence[Target], redactor: Redactor
) -> FactBatch:
    if isinstance(connector, CallboardError):
        return _failure(item, connector, redactor)
    try:
        return _checked(item, connector, connector.collect(targets), targets, redactor)
    except CallboardError as error:
        failure = _failure(item, error, redactor)
    except Exception as error:  # noqa: BLE001 - as above
        failure = _failure(item, _bug(item, error), redactor)
    connected = [target for target in targets if any(key in target.annotations for key in connector.annotations)]
    incomplete = (Measurement(one.ref, family, item.name, complete=False) for one in connected for family in connector.families)
    return replace(failure, measurements=tuple(incomplete))


def _bug(item: IntegrationSettings, error: Exception) -> CallboardError:
    return CallboardError(
        f"{type(error).__name__}: {error}", f'This is a bug in the integration type "{item.type}"; report it to its authors.'
    )


def _failure(item: IntegrationSettings, error: CallboardError, redactor: Redactor) -> FactBatch:
    return FactBatch(failures=(IntegrationFailure(item.name, "", redactor.redact(str(error)), redactor.redact(error.hint)),))


def _checked(
    item: IntegrationSettings, connector: Integration, batch: FactBatch, targets: Sequence[Target], redactor: Redactor
) -> FactBatch:
    """The batch with the integration's own name as source, limited to entities of the catalog and to families of the connector."""
    refs = {target.ref for target in targets}
    families = frozenset(connector.families)
    facts = [replace(fact, source=item.name) for fact in batch.facts if fact.family in families]
    facts, invalid = _validated(item, facts, connector.declares)
    measurements = [
        replace(one, source=item.name, complete=one.complete and (one.subject, one.family) not in invalid)
        for one in batch.measurements
        if one.family in families and one.subject in refs
    ]
    unknown = (unknown_entity(item.name, str(ref)) for ref in sorted({fact.subject for fact in facts} - refs))
    return FactBatch(
        tuple(fact for fact in facts if fact.subject in refs),
        tuple(measurements),
        (*(_redacted(problem, redactor) for problem in (*batch.problems, *invalid.values())), *unknown),
        tuple(IntegrationFailure(item.name, *(redactor.redact(text) for text in (f.place, f.message, f.hint))) for f in batch.failures),
        tuple(replace(one, integration=item.name) for one in batch.traffic),
    )


def _validated(
    item: IntegrationSettings, facts: Sequence[Fact], declares: Sequence[DeclaredFamily]
) -> tuple[list[Fact], dict[tuple[EntityRef, str], Problem]]:
    """The facts whose values match the schema of their declared family, and one problem for each entity and family with others."""
    validators = {family.name: jsonschema_rs.validator_for(dict(family.schema)) for family in declares}
    valid, problems = [], {}
    for fact in facts:
        error = None
        if isinstance(fact.value, Declared):
            error = next(iter(validators[fact.family].iter_errors(dict(fact.value.data))), None)
        if error is None:
            valid.append(fact)
            continue
        problems[fact.subject, fact.family] = unusable_fact(
            item.name, fact.subject, fact.family, fact.key,
            f"it does not match the schema of the family: {error.message}", "Report it to the authors of the plugin.",
        )  # fmt: skip
    return valid, problems


def _redacted(problem: Problem, redactor: Redactor) -> Problem:
    return replace(problem, message=redactor.redact(problem.message), hint=redactor.redact(problem.hint))
