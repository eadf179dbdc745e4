"""Small catalogs for diagrams, linked the simple way."""

from collections import defaultdict

from callboard.catalog.graph import Catalog
from callboard.descriptors.kinds import Kind, Kinds
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef, parse_ref
from callboard.model.relation import Relation

KINDS = Kinds(
    {
        name.lower(): Kind(name, f"{name}s", icon, ())
        for name, icon in [
            ("Component", "cube-outline"), ("API", "code-braces"), ("Resource", "database-outline"), ("System", "layers-outline"),
            ("Domain", "shape-outline"), ("Group", "account-group-outline"), ("User", "account-outline"),
        ]
    }
)  # fmt: skip
REVERSE = {
    "dependsOn": "dependencyOf", "consumesApi": "apiConsumedBy", "providesApi": "apiProvidedBy", "ownedBy": "ownerOf",
    "partOf": "hasPart", "childOf": "parentOf", "memberOf": "hasMember", "deployedTo": "hosts",
}  # fmt: skip


def ref(text):
    return parse_ref(text, default_kind="component").canonical()


def entity(text, *, title=None, **spec):
    found = ref(text)
    metadata = {"name": found.name, "namespace": found.namespace} | ({"title": title} if title is not None else {})
    kind = {k.lower(): k for k in ("Component", "API", "Resource", "System", "Domain", "Group", "User")}.get(found.kind, found.kind)
    return Entity(found, kind, "backstage.io/v1alpha1", metadata, spec, Origin("s", "t", "r", "", "p", 0, 1), "", "")


def catalog(entities, *relations):
    """``relations`` are ``(source, type, target)`` with short references; targets need not exist."""
    found = defaultdict(set)
    for source, kind, target in relations:
        a, b = ref(source), ref(target)
        found[a].add(Relation(a, kind, b, a, f"spec.{kind}"))
        found[b].add(Relation(b, REVERSE[kind], a, a, f"spec.{kind}"))
    by_ref = {e.ref: e for e in sorted(entities, key=lambda e: e.ref)}
    return Catalog(by_ref, {r: tuple(sorted(rs, key=lambda x: (x.type, x.target))) for r, rs in found.items()}, KINDS)


def names(*texts):
    return [entity(text) for text in texts]


def hub(count):
    """One component with an API that ``count`` others consume, every second of which depends on it too."""
    users = [f"user-{i}" for i in range(count)]
    relations = [(user, "consumesApi", "api:hub-api") for user in users] + [(user, "dependsOn", "hub") for user in users[::2]]
    return catalog(names("hub", "api:hub-api", *users), ("hub", "providesApi", "api:hub-api"), *relations)


__all__ = ["EntityRef", "catalog", "entity", "hub", "names", "ref"]
