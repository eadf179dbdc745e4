"""Small portals: values made by hand, and folders that are really collected, night after night."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.history.build_state import BuildState, next_state
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import DiscoveryResult, discover
from callboard.io.http.limits import Clock, SystemClock, Traffic
from callboard.io.store import Store
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef, parse_ref
from callboard.plugins.run_sources import collect_all
from callboard.plugins.sources import Collected, SourceContext, SourceFailure, SourceTraffic
from callboard.settings.settings import Limits, Settings, SourceSettings
from callboard.state import files as state_files
from callboard.state.blobs import write_blob
from callboard.state.last_good_copy import BuildPolicy, with_last_good_copy
from callboard.state.loss_guards import Guards
from callboard.state.recorded_trees import recorded
from callboard.state.values import State, TreeRecord

KINDS = builtin_kinds()
FIRST = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
VERSION = "1.0"
NOTHING = lambda _: None  # noqa: E731 - no blob is there


def night(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def ref(text: str) -> EntityRef:
    return parse_ref(text, default_kind="component").canonical()


def make(name: str, source="here", tree="acme/shop", path="catalog-info.yaml", via=(), **spec) -> Entity:
    of = ref(name)
    metadata = {"name": of.name, "namespace": of.namespace} | spec.pop("metadata", {})
    digest = hashlib.sha256(json.dumps([of, metadata, spec]).encode()).hexdigest()
    origin = Origin(source, tree, tree, "abc", path, 0, 1, tuple(via))
    kind = KINDS.get(of.kind)
    return Entity(of, kind.name if kind else of.kind, "backstage.io/v1alpha1", metadata, spec, origin, digest, f"name: {of.name}\n")


def catalog_of(*entities: Entity):
    return link(entities, KINDS)


@dataclass
class PlainTree:
    """A tree that was read now."""

    id: str = "acme/shop"
    revision: str = "abc"
    repository: str = ""
    addresses: tuple = ()

    def view_url(self, path, line=None):
        return f"https://host.example/{self.id}/blob/main/{path}" + (f"#L{line}" if line else "")

    def edit_url(self, path):
        return f"https://host.example/{self.id}/edit/main/{path}"

    def last_change(self, path):
        return FIRST

    def read(self, path, limit):
        return f"content of {path}".encode()

    def glob(self, pattern):
        return ("README.md",)

    def fetch(self, paths):
        pass


def known(tree="acme/shop", source="here", revision="abc", as_of=FIRST) -> TreeRecord:
    return TreeRecord(source, tree, tree, revision, as_of)


def state_of(entities, trees=(), **more) -> State:
    keys = {(e.origin.source, e.origin.tree) for e in entities}
    made = tuple(trees) or tuple(known(tree, source) for source, tree in sorted(keys))
    return State(FIRST, VERSION, tuple(entities), trees=made, **more)


def failure(source="here", repository="", message="the host did not answer", **more) -> SourceFailure:
    return SourceFailure(source, repository, message, **more)


def serve(entities, trees, previous, failures=(), sources=("here",), problems=(), **more):
    """``with_last_good_copy`` on values made by hand; ``trees`` are keys or trees by key."""
    trees = trees if isinstance(trees, dict) else {key: PlainTree(key[1]) for key in trees}
    gathered = DiscoveryResult(tuple(entities), tuple(problems), len(entities), {})
    collected = Collected(failures=tuple(failures), traffic=more.pop("traffic", ()))
    return with_last_good_copy(
        collected, gathered, trees, previous, BuildPolicy(sources, content=NOTHING, **({"now": night(1), "guards": Guards()} | more))
    )


def traffic(source: str, requests: int) -> tuple[SourceTraffic, ...]:
    counted = Traffic()
    counted.add(requests=requests)
    return (SourceTraffic(source, counted),)


@dataclass
class Portal:
    """A folder with ``sources.yaml`` that is collected and remembered like by a build without pages."""

    root: Path
    sources: list = field(default_factory=list)
    guards: Guards = field(default_factory=Guards)
    clock: Clock = field(default_factory=SystemClock)
    served = None
    catalog = None
    past = None

    @property
    def store(self) -> Store:
        return Store.beside(self.root)

    def settings(self) -> Settings:
        return Settings(self.root, self.root / "sources.yaml", sources=tuple(self.sources), limits=Limits())

    def add_files(self, name: str, folder: str) -> Path:
        path = self.root / folder
        path.mkdir(parents=True, exist_ok=True)
        self.sources.append(SourceSettings(name, "files", {"path": folder}))
        return path

    def add_git(self, name: str, *urls: str) -> None:
        self.sources.append(SourceSettings(name, "git", {"urls": list(urls)}))

    def build(self, number: int, *, asks=(), save=True) -> State:
        """One night. ``asks``: called with each recorded tree, as pages would."""
        settings, now = self.settings(), night(number)
        previous = state_files.read(self.store)
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(self.root)}
        collected = collect_all(settings, SourceContext(self.root, self.store.cache, environ, clock=self.clock))
        trees = {(s, t.id): t for s, t in zip(collected.tree_sources, collected.trees, strict=True)}
        gathered = discover(collected.files, ConnectedTrees(trees, settings.sources), KINDS, settings.limits)
        names = [source.name for source in settings.sources]
        self.served = with_last_good_copy(collected, gathered, trees, previous, BuildPolicy(names, now, self.guards, self.store.blob))
        merged = merge(self.served.entities, names, KINDS)
        unique, duplicates = merged.entities, merged.problems()
        self.catalog, problems = link(unique, KINDS)
        state = BuildState(self.store, previous, now, VERSION)
        noticed = state.diff(self.catalog, (*self.served.problems, *duplicates, *problems))
        self.past = state.history(noticed)
        self.store.make()
        asked = recorded(self.served.trees, lambda content: write_blob(self.store, content))
        for ask in asks:
            for tree in asked.values():
                ask(tree)
        made = next_state(self.served, noticed, asked, previous, now, VERSION)
        if save and self.served.guard_result.publish:
            state_files.save(self.store, made)
        return made


def component(name: str, **spec) -> str:
    said = {"type": "service", "lifecycle": "production", "owner": "group:default/shop"} | spec
    lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in said.items())
    return f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n{lines}"
