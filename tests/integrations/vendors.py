"""Runs connectors against servers on loopback."""

import os
from datetime import UTC, datetime
from pathlib import Path

from callboard.io.http.limits import ClientLimits
from callboard.model.ref import parse_ref
from callboard.plugins import loader
from callboard.plugins.integrations.base import GROUP, IntegrationContext, IntegrationSettings, Target
from callboard.plugins.run_integrations import collect_facts
from faulty import PatientClock, Server

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)
TOKEN = "t0ken-very-secret"
ONCE = ClientLimits(tries=1, connect_seconds=2.0)


def target(name, repository="", **annotations):
    """Annotations with ``/`` and ``.`` come as a mapping ``annotations=``."""
    ref = parse_ref(f"component:default/{name}").canonical()
    return Target(ref, annotations.pop("annotations", {}), repository=repository, title=name)


def context(tmp_path, http=ONCE):
    return IntegrationContext(
        root=Path(tmp_path), now=NOW, cache=Path(tmp_path) / "cache", environ=dict(os.environ), clock=PatientClock(), http=http
    )


def collect(type_name, url, targets, tmp_path, http=ONCE, **options):
    """The facts of one connector, collected as a build does, with failures."""
    item = IntegrationSettings("tool", type_name, {"url": url, **options})
    return collect_facts([item], targets, context(tmp_path, http)).gathered


def collect_from(fake, targets, tmp_path, http=ONCE, **options):
    """The facts that a connector collects from a fake vendor, and its requests."""
    with Server(fake) as server:
        got = collect(fake.type, server.url, targets, tmp_path, http, **{**fake.options, **options})
    return got, server.requests


def facts(got, family):
    """``{subject: [values]}`` of a family, in the order of keys."""
    found = {}
    for fact in got.facts:
        if fact.family == family:
            found.setdefault(fact.subject.name, []).append(fact.value)
    return found


def measured(got, family):
    return {one.subject.name: one.complete for one in got.measurements if one.family == family}


def requests_of(got):
    return sum(one.traffic.counts.requests for one in got.traffic)


def connector(type_name):
    return loader.load(GROUP)[type_name].load()
