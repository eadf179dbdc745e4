"""Integration settings and targets in, one ``IntegrationResult`` out: runs all integrations in parallel, and contains their failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any

from callboard.io.rows import type_error
from callboard.io.threads import InterruptibleThreads
from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS, CallboardError, PluginError
from callboard.model.facts import FAMILIES
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.plugins import loader
from callboard.plugins.containment.contained_integration import ContainedIntegration
from callboard.plugins.containment.plugin_process import interruptible, is_contained
from callboard.plugins.installed_families import installed_families, value_type
from callboard.plugins.integrations.base import (
    GROUP,
    FactBatch,
    Integration,
    IntegrationContext,
    IntegrationFailure,
    IntegrationSettings,
    Target,
    merge_batches,
)
from callboard.plugins.integrations.collector import unknown_entity, unusable_fact
from callboard.plugins.integrations.connector import Connector
from callboard.plugins.unhandled import UnhandledPluginError, unhandled
from callboard.plugins.value_types import value_violation
from callboard.redaction.facts import masked_fact
from callboard.redaction.redactor import Redactor
from callboard.redaction.secrets import mask
from callboard.settings.settings import Settings
from callboard.settings.variables import SET_VARIABLE

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


def integration_items(settings: Settings) -> tuple[IntegrationSettings, ...]:
    """The items of ``integrations:`` in order, as ``settings.loading`` validated them; an item with an unset variable has a ``failure``."""
    items = settings.sections.get("integrations") or ()
    return tuple(_item(item, f"integrations[{index}]", settings.failures) for index, item in enumerate(items))


def collect_facts(items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext) -> IntegrationResult:
    """Run all integrations and return their results in the order of ``sources.yaml``, whatever the order in which they finish.

    An integration that raises becomes an ``IntegrationFailure``, and its families count as incomplete for each target with one of its
    annotations; the other integrations continue. Secrets are masked in every string.
    """
    return together(collect_each(items, targets, context))


def collect_each(
    items: Sequence[IntegrationSettings], targets: Sequence[Target], context: IntegrationContext
) -> Sequence[IntegrationResult]:
    """As ``collect_facts``, with the result of each integration on its own."""
    if not items:
        return ()
    with InterruptibleThreads(min(AT_ONCE, len(items))) as pool, interruptible():
        connectors = [*pool.map(lambda item: _create(item, context), items)]
        batches = [*pool.map(lambda item, connector: _collect(item, connector, targets, context.redactor), items, connectors)]
    return [_result(batch, [item], [made]) for item, made, batch in zip(items, connectors, batches, strict=True)]


def together(results: Sequence[IntegrationResult]) -> IntegrationResult:
    """The results of several integrations as one, in this order."""
    return IntegrationResult(
        merge_batches([each.gathered for each in results]), tuple(info for each in results for info in each.connections)
    )


def input_digests(items: Sequence[IntegrationSettings], context: IntegrationContext) -> Mapping[str, str]:
    """By name, the digest of what each built-in integration would read on this machine; empty for one that queries a service.

    Integrations that another package provides are not created for this.
    """
    made = _built_in(items, context)
    return {item.name: made[item.name].input_digest() if item.name in made else "" for item in items}


def independent_of_time(items: Sequence[IntegrationSettings], context: IntegrationContext) -> frozenset[str]:
    """Names of the integrations that return the same facts for the same input at any time. Raises ``OSError``."""
    return frozenset(name for name, connector in _built_in(items, context).items() if not connector.depends_on_time())


def _built_in(items: Sequence[IntegrationSettings], context: IntegrationContext) -> dict[str, Connector]:
    made = {item.name: _create(item, context) for item in items if not item.failure and _is_built_in(item)}
    return {name: connector for name, connector in made.items() if isinstance(connector, Connector)}


def _is_built_in(item: IntegrationSettings) -> bool:
    plugin = loader.load(GROUP).get(item.type)
    return plugin is not None and not is_contained(plugin)


def connections_of(items: Sequence[IntegrationSettings], context: IntegrationContext) -> IntegrationResult:
    """The connected integrations, without any facts and without requests."""
    with InterruptibleThreads(min(AT_ONCE, max(1, len(items)))) as pool, interruptible():
        connectors = [*pool.map(lambda item: _create(item, context), items)]
    for connector in connectors:
        if isinstance(connector, ContainedIntegration):
            connector.close()
    return _result(FactBatch(), items, connectors)


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
    return IntegrationResult(batch, tuple(connections))


def _create(item: IntegrationSettings, context: IntegrationContext) -> Integration | CallboardError:
    if item.failure:
        return CallboardError(item.failure, SET_VARIABLE)
    try:
        plugin = loader.load(GROUP).get(item.type)
        if plugin is None:
            return PluginError(f'no installed plugin provides the integration type "{item.type}"', "Install the package that provides it.")
        kind: Any = partial(ContainedIntegration, plugin) if is_contained(plugin) else plugin.load()
        integration: Integration = kind(item, context)
        _check_created(integration)
    except CallboardError as error:
        return error
    except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything; the other integrations must continue
        return unhandled(GROUP, item.type, error, context.redactor.redact)
    return integration


def _check_created(integration: Integration) -> None:
    """As ``check_connector``; a process is ended if the check fails. Raises ``PluginError``."""
    try:
        check_connector(integration)
    except PluginError:
        if isinstance(integration, ContainedIntegration):
            integration.close()
        raise


def check_connector(integration: Integration) -> None:
    """Find a violation of the contract here, not while a page is made. Raises ``PluginError``."""
    for name in ("families", "annotations"):
        if not isinstance(getattr(integration, name), tuple | list | frozenset | set):
            raise PluginError(f'"{name}" of the connector is not a tuple of strings', "Report it to the authors of the plugin.")
    unknown = [family for family in integration.families if value_type(family) is None]
    if unknown:
        failure = installed_families().failures.get(unknown[0])
        if failure is not None:
            raise failure
        raise PluginError(
            f"the connector returns the family {unknown[0]!r}, which is neither built in nor one of an installed plugin",
            "Install the package that provides the family.",
        )
    if not isinstance(integration.title, str) or not all(isinstance(key, str) for key in integration.annotations):
        raise PluginError("the title or the annotations of the connector are not strings")


def _collect(
    item: IntegrationSettings, connector: Integration | CallboardError, targets: Sequence[Target], redactor: Redactor
) -> FactBatch:
    if isinstance(connector, CallboardError):
        return _failure(item, connector, redactor)
    try:
        return checked_batch(item, connector, connector.collect(targets), targets, redactor)
    except CallboardError as error:
        failure = _failure(item, error, redactor)
    except FOREIGN_EXCEPTIONS as error:  # as above
        failure = _failure(item, unhandled(GROUP, item.type, error, redactor.redact), redactor)
    connected = [target for target in targets if any(key in target.annotations for key in connector.annotations)]
    incomplete = (Measurement(one.ref, family, item.name, complete=False) for one in connected for family in connector.families)
    return replace(failure, measurements=tuple(incomplete))


def _failure(item: IntegrationSettings, error: CallboardError, redactor: Redactor) -> FactBatch:
    trace = error.traceback if isinstance(error, UnhandledPluginError) else ""
    return FactBatch(failures=(IntegrationFailure(item.name, "", redactor.redact(str(error)), redactor.redact(error.hint), trace),))


def checked_batch(
    item: IntegrationSettings, connector: Integration, batch: FactBatch, targets: Sequence[Target], redactor: Redactor
) -> FactBatch:
    """The batch with the integration's own name as source, limited to entities of the catalog and to families of the connector."""
    if not isinstance(batch, FactBatch):
        raise PluginError(
            f'"collect" of the connector returned a value of the class {type(batch).__name__}, not a FactBatch',
            "Report it to the authors of the plugin.",
        )
    refs = {target.ref for target in targets}
    families = frozenset(connector.families)
    facts = [fact if fact.source == item.name else replace(fact, source=item.name) for fact in batch.facts if fact.family in families]
    facts, invalid = _validated(item, facts)
    measurements = [
        replace(one, source=item.name, complete=one.complete and (one.subject, one.family) not in invalid)
        for one in batch.measurements
        if one.family in families and one.subject in refs
    ]
    unknown = (unknown_entity(item.name, str(ref)) for ref in sorted({fact.subject for fact in facts} - refs))
    return FactBatch(
        tuple(masked_fact(fact) for fact in facts if fact.subject in refs),
        tuple(measurements),
        (*(_redacted(problem, redactor) for problem in (*batch.problems, *invalid.values())), *unknown),
        tuple(
            IntegrationFailure(item.name, *(mask(redactor.redact(text)) for text in (f.place, f.message, f.hint))) for f in batch.failures
        ),
        tuple(replace(one, integration=item.name) for one in batch.traffic),
    )


def _validated(item: IntegrationSettings, facts: Sequence[Fact]) -> tuple[list[Fact], dict[tuple[EntityRef, str], Problem]]:
    """The facts that can be saved and whose values belong to their family, and one problem for each entity and family with others."""
    valid: list[Fact] = []
    problems: dict[tuple[EntityRef, str], Problem] = {}
    defects = _defects(facts)
    for fact in facts:
        own = "" if fact.family in FAMILIES else defects[id(fact)] if id(fact) in defects else _violation(fact)
        error = type_error(fact, "value") or own or type_error(fact.value)
        if not error:
            valid.append(fact)
            continue
        package = installed_families().packages.get(fact.family, item.type)
        hint = f"Report it to the authors of the plugin {package}."
        problem = unusable_fact(item.name, fact.subject, fact.family, str(fact.key), error, hint)
        problems.setdefault((fact.subject, fact.family), problem)
    return valid, problems


def _defects(facts: Sequence[Fact]) -> Mapping[int, str]:
    """Why values of plugins' families cannot be used, by the id of the fact: the process of the family tries them first."""
    found: dict[int, str] = {}
    for family, process in installed_families().processes.items():
        kind = value_type(family)
        own = [fact for fact in facts if fact.family == family and type(fact.value) is kind and not value_violation(fact.value)]
        found |= zip(map(id, own), process.defects(own), strict=True) if own else ()
    return found


def _violation(fact: Fact) -> str:
    """Why the value of a plugin's family cannot be shown; empty if it can. Its decisions are code of the plugin, and may raise."""
    value, kind = fact.value, value_type(fact.family)
    if type(value) is not kind:
        return f"its value has the class {type(value).__name__}, and not that of its family"
    violation = value_violation(value)
    if violation:
        return violation
    try:
        hash(value)
        decisions = (value.is_open, value.is_urgent, value.tone, value.sort_key(fact.observed_at))
    except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything; the other facts must stay
        return f"its class raises {type(error).__name__}: {error}"
    return "" if decisions[2] in set(Tone) else f"its tone is {decisions[2]!r}"


def _redacted_failure(item: IntegrationSettings, failure: IntegrationFailure, redactor: Redactor) -> IntegrationFailure:
    return IntegrationFailure(item.name, *(mask(redactor.redact(text)) for text in (failure.place, failure.message, failure.hint)))


def _redacted(problem: Problem, redactor: Redactor) -> Problem:
    return replace(problem, message=mask(redactor.redact(problem.message)), hint=redactor.redact(problem.hint))
