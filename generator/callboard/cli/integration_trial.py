"""One integration and one entity of a portal → what was requested, what was answered, and what becomes of it; nothing is saved."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from callboard import __version__
from callboard.catalog.targets import targets_of
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.history.build_state import load_build_state
from callboard.io import clock
from callboard.io.http.limits import ClientLimits
from callboard.io.http.trace import TRACE_VARIABLE
from callboard.io.store import Store
from callboard.model.data_classes import dataclass
from callboard.model.errors import SettingsError
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.suggestions import nearest
from callboard.pipeline import Workspace, collect, ingest, resolve
from callboard.plugins.integrations.base import FactBatch, IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import IntegrationInfo, collect_facts, integration_items
from callboard.settings.settings import Settings
from callboard.state.last_good_copy import collected_from_state
from callboard.state.manifest import StateError
from callboard.state.values import CollectedState

LIMITS = ClientLimits(tries=2, requests=200, waiting_seconds=60.0, trying_seconds=60.0)
"""Of a trial: nobody wants to wait a quarter of an hour for it."""
Exchange = Mapping[str, Any]
"""A line of the trace: ``method``, ``url``, ``sent``, ``status``, ``received`` …"""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found."""

    item: IntegrationSettings
    target: Target
    connection: IntegrationInfo | None
    """None if the connector could not be created."""
    batch: FactBatch
    exchanges: Sequence[Exchange]

    @property
    def annotations(self) -> tuple[str, ...]:
        """The annotations that connect entities with this tool; empty if every entity is asked about."""
        return self.connection.annotations if self.connection else ()

    @property
    def is_connected(self) -> bool:
        """Whether the entity has one of them, or the integration looked for it in another way."""
        return not self.annotations or any(key in self.target.annotations for key in self.annotations) or bool(self.batch.measurements)

    @property
    def is_whole(self) -> bool:
        """Whether the tool was asked and answered whole, also if it has nothing."""
        batch = self.batch
        return bool(batch.measurements) and all(one.complete for one in batch.measurements) and not batch.failures and not batch.problems


def trial_of(
    settings: Settings, environ: Mapping[str, str], name: str, entity: str, annotations: Mapping[str, str], *, fresh: bool
) -> Trial:
    """Ask one integration about one entity of the last build. ``annotations`` replace those of the descriptor.

    With ``fresh``, or without a last build, the sources are read. Raises ``CallboardError``.
    """
    item, target = integration_named(settings, name), _target(settings, environ, entity, fresh=fresh)
    target = replace(target, annotations={**target.annotations, **annotations})
    with tempfile.TemporaryDirectory(prefix="callboard-try-") as folder:
        trace = Path(folder) / "trace.jsonl"
        context = IntegrationContext(
            settings.root, clock.now(None, environ), Path(folder) / "cache", {**environ, TRACE_VARIABLE: str(trace)}, settings.redactor,
            http=LIMITS,
        )  # fmt: skip
        found = collect_facts([item], [target], context)
        exchanges = [json.loads(line) for line in trace.read_text("utf-8").splitlines()] if trace.exists() else []
    return Trial(item, target, next(iter(found.connections), None), found.gathered, exchanges)


def integration_named(settings: Settings, name: str) -> IntegrationSettings:
    """The integration of that name. Raises ``SettingsError``."""
    items = {item.name: item for item in integration_items(settings)}
    if name not in items:
        similar = nearest(name, items)
        known = ", ".join(sorted(items)) or "none"
        hint = f"Did you mean {similar}?" if similar else f"The integrations are: {known}."
        raise SettingsError(f"sources.yaml has no integration {name!r}.", hint)
    return items[name]


def _target(settings: Settings, environ: Mapping[str, str], entity: str, *, fresh: bool) -> Target:
    try:
        ref = parse_ref(entity, default_kind="component").canonical()
    except RefError as error:
        raise SettingsError(f"{entity[:100]!r} is no reference: {error}.", "Write it as component:default/orders.") from None
    work = Workspace(settings, environ, portal_kinds(settings))
    collected = None if fresh else _saved(settings)
    resolved = resolve(work, collected or ingest(work, collect(work)), is_complete=False)
    found = {target.ref: target for target in targets_of(resolved.catalog, resolved.trees)}
    if ref not in found:
        raise SettingsError(f"{ref} is not in the catalog{'' if fresh else ' of the last build'}.", _similar(ref, [*found]))
    return found[ref]


def _saved(settings: Settings) -> CollectedState | None:
    """What the last build read; None if there was none."""
    store = Store.beside(settings.root)
    try:
        state = load_build_state(store, clock.now(None, os.environ), __version__, settings, from_state=True)
    except StateError:
        return None
    names = [source.name for source in settings.sources]
    return collected_from_state(state.previous, store.blob, names) if state.previous is not None else None


def _similar(ref: EntityRef, known: Sequence[EntityRef]) -> str:
    similar = nearest(str(ref), map(str, known))
    return f"Did you mean {similar}?" if similar else "Correct the reference, or use --fresh to read the sources again."
