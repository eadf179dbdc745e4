"""DUP001, ORP001, API001, LIF001: entities that are duplicate, isolated, not provided, or depend on an unstable one."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.catalog.graph import Catalog
from callboard.catalog.presentation import lifecycle_of, title
from callboard.catalog.structure import providers
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.relation import Relation

DUPLICATE_ENTITY = Rule(
    code="DUP001",
    name="duplicate-entity",
    severity=Severity.WARNING,
    summary="The entity is defined a second time.",
    means="""Two documents have the same kind, namespace and name; case is ignored. The first valid one is kept: the
order is that of the sources in `sources.yaml`, then of the repository, the path and the document. One with an error is kept only if there
is no valid one. A User or Group has the memberships of all its documents, except for other versions of the same file.""",
    matters="""The other descriptor is not in the catalog, and editing it has no effect, except for memberships. Its own problems
are listed with its repository, not with the entity. In Backstage the two conflict, and the one that was read first wins.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: Checkout
spec:
  type: team
  children: []
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  children: []
""",
)


ORPHAN = Rule(
    code="ORP001",
    name="orphan",
    severity=Severity.INFO,
    summary="Nothing connects the entity with the rest of the catalog.",
    means="""The component, resource or system belongs to no system or domain, depends on nothing, provides and consumes no API, contains
nothing, and no other descriptor refers to it. Its owner does not count.""",
    matters="""It may be forgotten, or its relations are not declared yet: it cannot be found through the entities that it works with.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  system: shop
""",
)

ORPHAN_KINDS = ("component", "resource", "system")
"""An API without relations is reported as API001; domains, groups and templates may have no relations."""


def check_orphan(catalog: Catalog) -> Iterator[Problem]:
    """Entities of ``ORPHAN_KINDS`` whose only relation is the owner."""
    for entity in catalog.of_kind(*ORPHAN_KINDS):
        if all(relation.type == "ownedBy" for relation in catalog.relations.get(entity.ref, ())):
            yield ORPHAN.problem(
                f"{entity.kind} {title(entity)} has no relations except its owner.",
                origin=entity.origin,
                subject=entity.ref,
                field="metadata.name",
                hint="Set its system or domain (`system:` or `domain:`), or declare what it depends on.",
            )


API_WITHOUT_PROVIDER = Rule(
    code="API001",
    name="api-without-provider",
    severity=Severity.INFO,
    summary="No component provides the API.",
    means="""No descriptor lists this API under `providesApis`. An API names its owner, but not the component that serves it.""",
    matters="""Consumers of the API cannot see which component serves it, and the impact of that component does not include them.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-checkout
  definition: "openapi: 3.1.0"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-checkout
  definition: "openapi: 3.1.0"
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  providesApis: [orders]
""",
)


def check_api_without_provider(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each API without a provider."""
    for api in catalog.of_kind("api"):
        if not providers(catalog, api.ref):
            yield API_WITHOUT_PROVIDER.problem(
                f"No component provides the API {title(api)}.",
                origin=api.origin,
                subject=api.ref,
                field="metadata.name",
                hint=f"Add `{api.ref.name}` to `providesApis` of the component that serves it.",
            )


RISKY_DEPENDENCY = Rule(
    code="LIF001",
    name="risky-dependency",
    severity=Severity.WARNING,
    summary="An entity in production depends on one that is deprecated or experimental.",
    means="""The lifecycle of this entity is `production`, and it depends on an entity, or consumes an API, whose lifecycle is
`deprecated` or `experimental`.""",
    matters="""A deprecated entity will be switched off, and an experimental one may change without notice: production breaks with it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: website
  lifecycle: production
  owner: team-checkout
  dependsOn: [component:old-basket]   # lifecycle: deprecated
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: website
  lifecycle: production
  owner: team-checkout
  dependsOn: [component:basket]   # lifecycle: production
""",
)

RISKY = ("deprecated", "experimental")
_VERBS = {"dependsOn": "depends on", "consumesApi": "consumes"}


def check_risky_dependency(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each dependency of an entity in production on a deprecated or experimental one."""
    lifecycles = {ref: lifecycle_of(entity).lower() for ref, entity in catalog.entities.items()}
    for ref, lifecycle in lifecycles.items():
        if lifecycle == "production":
            for relation in catalog.relations.get(ref, ()):
                if relation.type in _VERBS and lifecycles.get(relation.target) in RISKY:
                    yield _risky_dependency(catalog, relation, lifecycles[relation.target])


def _risky_dependency(catalog: Catalog, relation: Relation, lifecycle: str) -> Problem:
    return RISKY_DEPENDENCY.problem(
        f"{relation.source} is in production and {_VERBS[relation.type]} {relation.target}, which is {lifecycle}.",
        origin=catalog.entities[relation.declared_by].origin,
        subject=relation.source,
        field=relation.field,
        hint="Migrate to a successor, or correct the lifecycle of one of the two.",
    )
