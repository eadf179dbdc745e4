"""REF001–REF004: references that dangle, cannot be read or are ambiguous. ``linking`` checks REF002–REF004 while it reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from callboard.catalog import impossible_references
from callboard.catalog.graph import Catalog
from callboard.catalog.organization import OWNERS
from callboard.catalog.suggestions import NameIndex
from callboard.descriptors.kinds import RelationField
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.record_fields import RELATIONS
from callboard.model.ref import EntityRef, humanize
from callboard.model.relation import Relation

DANGLING_REFERENCE = Rule(
    code="REF001",
    name="dangling-reference",
    severity=Severity.WARNING,
    summary="A reference names an entity that is not in the catalog.",
    means="""A field such as `owner`, `system` or `dependsOn` names an entity, and no descriptor that was read defines it.
A reference without a kind means the kind that its field expects; a reference without a namespace means **the namespace of the
entity that holds it**, not `default`.""",
    matters="""The relation is broken: pages cannot show the owner of the entity, or its impact. In public repositories
about one reference in five dangles, most often because of a misspelled name, a renamed team, or a repository that is not collected.
The portal shows the name as marked text, and the build continues.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-chekout
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
)

_EXAMPLE = re.compile(r"@example\.(?:com|net|org)$")
"""An address that is reported as a value to fill in."""
_FIELD = re.compile(r"spec\.([^\[]+)")


def check_dangling_reference(catalog: Catalog, names: NameIndex) -> Iterator[Problem]:
    """A problem for each reference whose target does not exist, with the nearest existing name.

    One to a kind that its field does not allow is reported as that.
    """
    for relation in _declared_to(catalog, {ref for ref in catalog.relations if ref not in names}):
        if not wrong_kind(catalog, relation):
            yield _dangling(catalog, relation, names)


def check_impossible_reference(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each reference that no entity of any repository can have, for a check without the names of the others."""
    impossible = {
        ref: why for ref in catalog.relations if ref not in catalog.entities and (why := impossible_references.reason(ref, catalog.kinds))
    }
    for relation in _declared_to(catalog, impossible):
        if _EXAMPLE.search(relation.target.name):
            continue
        why = impossible[relation.target]
        yield DANGLING_REFERENCE.problem(
            f"`{relation.field}` names {relation.target}, which cannot exist: {why.problem}.",
            origin=catalog.entities[relation.source].origin,
            subject=relation.source,
            field=relation.field,
            hint=impossible_references.hint_for(why, _field_of(catalog, relation)),
        )


def _declared_to(catalog: Catalog, targets: Collection[EntityRef]) -> Iterator[Relation]:
    """The relations to these references in the direction of their authors, in the order of the catalog."""
    referring = {relation.target for ref in targets for relation in catalog.relations[ref]}
    for ref, relations in catalog.relations.items():
        for relation in relations if ref in referring else ():
            is_declared = relation.declared_by == ref and relation.source == ref and relation.field != RELATIONS
            if is_declared and relation.target in targets:
                yield relation


def _dangling(catalog: Catalog, relation: Relation, names: NameIndex) -> Problem:
    return DANGLING_REFERENCE.problem(
        f"`{relation.field}` names {relation.target}, which is not in the catalog.",
        origin=catalog.entities[relation.source].origin,
        subject=relation.source,
        field=relation.field,
        hint=_hint(catalog, relation, names),
    )


def _hint(catalog: Catalog, relation: Relation, names: NameIndex) -> str:
    target = relation.target
    nearest = names.nearest(target)
    if nearest and nearest.kind == target.kind:
        return f"Did you mean `{_short(catalog, relation, nearest)}`?"
    if nearest and nearest != relation.source and _is_allowed(catalog, relation, nearest):
        return f"The catalog has {nearest}: if that is meant, write `{_short(catalog, relation, nearest)}`."
    if why := _impossible(catalog, target, names):
        hint = impossible_references.hint_for(why, _field_of(catalog, relation))
        return f"{why.problem[:1].upper()}{why.problem[1:]}. {hint}"
    return _hint_about_names(catalog, relation, names)


def _impossible(catalog: Catalog, target: EntityRef, names: NameIndex) -> impossible_references.Impossible | None:
    """Why the reference can have no target; a kind that some entity has is one, whichever it is."""
    has_kind = names.has_kind(target.kind)
    return impossible_references.name_reason(target) if has_kind else impossible_references.reason(target, catalog.kinds)


def _hint_about_names(catalog: Catalog, relation: Relation, names: NameIndex) -> str:
    target = relation.target
    if not names.has_kind(target.kind):
        kind = catalog.kinds.get(target.kind)
        return f"The catalog has no {kind.plural if kind else target.kind} at all: add the source that has them to sources.yaml."
    if similar := names.similar(target):
        names_like_it = " and ".join(f"`{_short(catalog, relation, ref)}`" for ref in similar)
        return f"Similar names: {names_like_it}. Correct the name, or add a descriptor for {target}."
    return f"Correct the name, or add a descriptor for {target}."


def _is_allowed(catalog: Catalog, relation: Relation, ref: EntityRef) -> bool:
    """Whether an entity of another kind makes sense in that field: a user as an owner, any kind where the field has no default kind."""
    return ref.kind in OWNERS if relation.type == "ownedBy" else _default_kind(catalog, relation) is None


def _short(catalog: Catalog, relation: Relation, ref: EntityRef) -> str:
    """The shortest form of a reference in that field."""
    return humanize(ref, default_kind=_default_kind(catalog, relation), default_namespace=relation.source.namespace)


def _default_kind(catalog: Catalog, relation: Relation) -> str | None:
    field = _field_of(catalog, relation)
    return field.default_kind if field else None


def _field_of(catalog: Catalog, relation: Relation) -> RelationField | None:
    """The field that declares the relation; None for one of an unknown kind."""
    kind = catalog.kinds.get(relation.source.kind)
    match = _FIELD.match(relation.field)
    fields = [field for field in kind.relations if match and field.field == match[1]] if kind else []
    return fields[0] if fields else None


DEPENDENCY_WITHOUT_KIND = Rule(
    code="REF002",
    name="dependency-without-kind",
    severity=Severity.ERROR,
    summary="A dependency names no kind, and its field has no default.",
    means="""`dependsOn` and `dependencyOf` may point to components, resources and other kinds, so an item must say which:
`component:orders`, `resource:orders-db`. Other fields have a default kind (`owner` means a Group); these two have none.""",
    matters="""Backstage refuses the **whole entity** for such an item. Callboard keeps the entity and leaves out the item, so that
its dependency is missing from both pages.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  dependsOn:
    - ledger
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  dependsOn:
    - component:ledger
""",
)


UNREADABLE_REFERENCE = Rule(
    code="REF003",
    name="unreadable-reference",
    severity=Severity.ERROR,
    summary="A reference cannot be read as [kind:][namespace/]name.",
    means="""A reference is a string of the form `[<kind>:][<namespace>/]<name>`, or a mapping of `kind`, `namespace` and `name`.
This one has an empty part: nothing before the `:` or the `/`, or nothing after them.""",
    matters="""Backstage refuses the whole entity. Callboard keeps the entity, without this relation.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: "group:"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: group:team-checkout
""",
)


AMBIGUOUS_REFERENCE = Rule(
    code="REF004",
    name="ambiguous-reference",
    severity=Severity.INFO,
    summary="A reference without a namespace matches an entity in its own namespace and one in default.",
    means="""The entity is in a namespace other than `default` and refers to a name without a namespace. Backstage's code resolves that
name in the **namespace of the entity**, although an example in its documentation says `default`. Both entities exist here, so the
reference works, but perhaps not as its author meant.""",
    matters="""The wrong team may be contacted, or the wrong entity may seem to be affected. With an explicit namespace the reference is
unambiguous.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: platform
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: default/platform
""",
)


WRONG_TARGET_KIND = Rule(
    code="REF005",
    name="wrong-target-kind",
    severity=Severity.WARNING,
    summary="A reference names an entity of a kind that its field is not for.",
    means="""Each field is for one kind: `system` names a System, `parent` and `memberOf` a Group, `members` a User, `providesApis` an API,
`subcomponentOf` a Component. This reference names another kind explicitly.""",
    matters="""Backstage accepts the reference and makes the relation, which no page expects: a component is listed as the member of a
team, a group as a person.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  system: domain:shop
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


def wrong_kind(catalog: Catalog, relation: Relation) -> bool:
    """Whether the relation leads to a known kind that its field, of a built-in kind, is not for."""
    kind = catalog.kinds.get(relation.source.kind)
    if kind is None or kind.is_own or (relation.target.kind in OWNERS and relation.type == "ownedBy"):
        return False
    expected = _default_kind(catalog, relation)
    return expected is not None and relation.target.kind != expected and catalog.kinds.get(relation.target.kind) is not None


def check_wrong_target_kind(catalog: Catalog) -> Iterator[Problem]:
    """References to another kind than that of their field; those of owners are another rule."""
    for ref, entity in catalog.entities.items():
        for relation in catalog.relations.get(ref, ()):
            if relation.declared_by == ref and relation.type != "ownedBy" and wrong_kind(catalog, relation):
                expected = _kind_name(catalog, _default_kind(catalog, relation) or "")
                yield WRONG_TARGET_KIND.problem(
                    f"`{relation.field}` names {relation.target}; the field is for {'an' if expected == 'API' else 'a'} {expected}.",
                    origin=entity.origin,
                    subject=ref,
                    field=relation.field,
                    hint=_kind_hint(catalog, relation, expected),
                )


def _kind_name(catalog: Catalog, kind: str) -> str:
    known = catalog.kinds.get(kind)
    return known.name if known else kind


def _kind_hint(catalog: Catalog, relation: Relation, expected: str) -> str:
    """The field of the entity's kind that is for the target's kind, if there is one."""
    kind, target = catalog.kinds.get(relation.source.kind), relation.target
    by_kind = {field.default_kind: field for field in kind.relations if field.type != "ownedBy"} if kind else {}
    written = humanize(target, default_kind=target.kind, default_namespace=relation.source.namespace)
    field = by_kind.get(target.kind)
    better = f"{field.field}: {f'[{written}]' if field.many else written}" if field else ""
    if target.kind in {"component", "resource"} and None in by_kind:
        better = f"dependsOn: [{target.kind}:{written}]"
    here = f"the name of {'an' if expected == 'API' else 'a'} {expected}"
    return f"Write `{better}` if that is meant, or {here} here." if better else f"Write {here}."
