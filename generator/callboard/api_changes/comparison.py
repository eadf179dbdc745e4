"""Two definitions of an API → everything that changed between them, by the rules of their format."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.api_changes.findings import ApiComparison, ApiFinding, worst_first
from callboard.api_changes.operations import OperationComparison, label, matched_operations
from callboard.api_changes.pairs import ComparedPlace, TypePairs
from callboard.api_changes.protobuf_changes import compare_protobuf
from callboard.api_changes.shapes import ShapeComparison
from callboard.api_changes.texts import compared_reference
from callboard.api_reference.model import Entry, Reference


def compare_definitions(before: str, after: str, api_type: str = "", today: str = "") -> ApiComparison:
    """What changed between two texts of a definition.

    Args:
        before: the definition before.
        after: the definition now. Format and version of the format may differ.
        api_type: ``spec.type`` of the API, which decides where a text alone does not.
        today: date in ISO 8601; a deprecated operation whose removal was announced for an earlier day is removed as planned.

    Raises:
        UnreadableApiError: one of them cannot be read.
    """
    old, new = compared_reference(before, api_type), compared_reference(after, api_type)
    return ApiComparison(worst_first(_findings(old, new, (before, after), today)), old.version, new.version)


def _findings(old: Reference, new: Reference, texts: tuple[str, str], today: str) -> Iterable[ApiFinding]:
    families = [_family(each) for each in (old, new)]
    if families == ["GraphQL", "GraphQL"]:
        from callboard.api_changes.graphql_changes import compare_graphql  # noqa: PLC0415  # the library takes a tenth of a second to load

        return compare_graphql(old, new, texts)
    if families == ["Protocol", "Protocol"]:
        return compare_protobuf(old, new)
    return compare_schemas(old, new, today)


def _family(reference: Reference) -> str:
    return reference.format.partition(" ")[0]


def compare_schemas(old: Reference, new: Reference, today: str = "") -> list[ApiFinding]:
    """The findings of OpenAPI and AsyncAPI, of any two versions."""
    pairs = TypePairs(old, new)
    same, gone, came = matched_operations(old, new)
    operations = [*(_compared(pairs, one, other) for one, other in same), *(_removed(each, today) for each in gone), *map(_added, came)]
    for key, place in pairs.next_pair(operations):
        types = pairs.types(key)
        if types and types[0].shape != types[1].shape:
            ShapeComparison(pairs, place, key[2]).compare(types[0].shape, types[1].shape, "")
        elif types:
            ShapeComparison(pairs, place, key[2]).reach_all(types[1].shape)
    return [*pairs.findings(operations), *_servers(old, new), *_unused(pairs)]


def _compared(pairs: TypePairs, old: Entry, new: Entry) -> ComparedPlace:
    place = ComparedPlace(label(new))
    OperationComparison(pairs, place, is_turned=new.is_webhook).compare(old, new)
    return place


def _removed(entry: Entry, today: str) -> ComparedPlace:
    place = ComparedPlace(label(entry))
    is_announced = bool(entry.deprecated) and (not entry.sunset or not today or entry.sunset <= today)
    if entry.is_webhook:
        place.add("webhook-removed", "request")
    else:
        place.add("operation-removed-as-announced" if is_announced else "operation-removed", "request", "", entry.sunset)
    return place


def _added(entry: Entry) -> ComparedPlace:
    place = ComparedPlace(label(entry))
    place.add("operation-added", "request")
    return place


def _servers(old: Reference, new: Reference) -> Iterable[ApiFinding]:
    before, after = {each.url: each for each in old.servers if each.url}, {each.url: each for each in new.servers if each.url}
    place = ComparedPlace("")
    for url, server in before.items():
        if url not in after and after:
            place.add("server-removed", "request", "", url)
        elif url in after and server.protocol != after[url].protocol:
            place.add("server-protocol-changed", "request", url, f"{server.protocol or 'none'} → {after[url].protocol or 'none'}")
    return place.findings


def _unused(pairs: TypePairs) -> Iterable[ApiFinding]:
    """Types that changed although no operation reaches them."""
    reached = {key[1] for key in pairs.places}
    for key, new in pairs.after.types.items():
        old = pairs.before.types.get(key)
        if old is not None and key not in reached and old.shape != new.shape:
            place = ComparedPlace(new.name, is_type=True)
            place.add("unused-type-changed", "request")
            yield from place.findings
