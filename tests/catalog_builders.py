"""Entities and kinds for the tests of the catalog."""

import hashlib
import json
from pathlib import Path

import yaml
from callboard.catalog.linking import link
from callboard.descriptors.kinds import builtin_kinds
from callboard.model.entity import Entity, Origin
from callboard.model.ref import EntityRef, parse_ref

VECTORS = Path(__file__).parent / "data" / "vectors"

KINDS = builtin_kinds()


def ref(text: str) -> EntityRef:
    return parse_ref(text, default_kind="component").canonical()


def origin(**changes) -> Origin:
    values = {"source": "here", "tree": "/t", "repository": "t", "revision": "", "path": "catalog-info.yaml", "document": 0, "line": 1}
    return Origin(**(values | changes))


def entity(document: dict, /, **place) -> Entity:
    """An entity as the reader makes it of a document."""
    metadata = {"namespace": "default", **document["metadata"]}
    spec = document.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    text = yaml.safe_dump(document, sort_keys=False)
    kind = document["kind"]
    digest = hashlib.sha256(json.dumps([kind, metadata, spec], sort_keys=True).encode()).hexdigest()
    name = EntityRef(kind.lower(), metadata["namespace"].lower(), metadata["name"].lower())
    return Entity(name, kind, document.get("apiVersion", "backstage.io/v1alpha1"), metadata, spec, origin(**place), digest, text)


def make(text: str, **place) -> Entity:
    """``make("component:shop owner=team dependsOn=[resource:db]")``: a reference and fields of the spec, as YAML values."""
    name, *fields = text.split(" ")
    written = parse_ref(name)
    known = KINDS.get(written.kind)
    kind = known.name if known else written.kind
    spec = {key: yaml.safe_load(value) for key, value in (field.split("=", 1) for field in fields if field)}
    document = {"kind": kind, "metadata": {"name": written.name, "namespace": written.namespace}, "spec": spec}
    return entity(document, **({"path": f"{written.kind}-{written.name}.yaml"} | place))


def linked(*texts: str):
    """Catalog and problems of such entities."""
    return link([make(text) for text in texts], KINDS)


def catalog_of(*texts: str):
    return linked(*texts)[0]


def codes(problems) -> list[str]:
    return [problem.code for problem in problems]


def problems_of(code: str, *texts: str):
    return [problem for problem in linked(*texts)[1] if problem.code == code]
