"""A stand-in for Backstage's catalog API, with answers in the shape of plugin-catalog-backend 4.0.0."""

from faulty import json_answer

LOCATION, ORIGIN = "backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"
BY_REFS = "/api/catalog/entities/by-refs"


def entity(name, kind="Component", location=None, *, namespace="default", annotations=(), relations=(), spec=None, metadata=(), **more):
    """An entity as the API answers it: with the annotations and relations that Backstage adds."""
    added = {LOCATION: location, ORIGIN: location} if location else {}
    if location and location.startswith("url:"):
        added |= {
            "backstage.io/view-url": location[4:],
            "backstage.io/edit-url": location[4:].replace("/blob/", "/edit/").replace("/tree/", "/edit/"),
        }
    return {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": {
            "namespace": namespace, "annotations": {**added, **dict(annotations)}, "name": name, "uid": f"uid-{name}", "etag": "e",
            **dict(metadata),
        },
        "spec": spec if spec is not None else {"type": "service", "lifecycle": "production", "owner": "core"},
        "relations": [{"type": type_, "targetRef": target} for type_, target in relations],
        **more,
    }  # fmt: skip


def group(name="core", **more):
    return entity(name, "Group", spec={"type": "team", "children": []}, **{"location": f"msgraph:default/{name}", **more})


def ref_of(item):
    metadata = item["metadata"]
    return f"{item['kind']}:{metadata.get('namespace', 'default')}/{metadata['name']}".lower() if "name" in metadata else ""


def instance(*entities, left_out=(), has_by_refs=True):
    """An answering function. ``left_out``: entities that exist and that the filter of the query does not match."""

    def answer(asked, wire):
        if asked.path == BY_REFS:
            if not has_by_refs:
                return json_answer(wire, {"error": {"name": "NotFoundError"}}, 404)
            by_ref = {ref_of(item): item for item in (*entities, *left_out)}
            return json_answer(wire, {"items": [by_ref.get(ref.lower()) for ref in asked.json()["entityRefs"]]})
        size, start = int(asked.query["limit"]), int(asked.query.get("cursor", "0"))
        more = {"nextCursor": str(start + size)} if start + size < len(entities) else {}
        return json_answer(wire, {"items": entities[start : start + size], "totalItems": len(entities), "pageInfo": more})

    return answer
