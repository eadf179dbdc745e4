"""The organisation of the benchmarks: descriptors that warn, deep hubs, and no cycles but the planted rings."""

import re
import sys
from pathlib import Path

import networkx as nx
import pytest

import yaml

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from synthetic import organisation

SIZE = 3_000


@pytest.fixture(scope="module")
def documents():
    texts = [text for _, _, text in organisation.Organisation(SIZE).repositories()]
    return [document for text in texts for document in yaml.load_all(text, yaml.CSafeLoader)]


@pytest.fixture(scope="module")
def graph(documents):
    edges = nx.DiGraph()
    for document in documents:
        for target in document["spec"].get("dependsOn", []) if document["kind"] == "Component" else ():
            if target.startswith("component:") and not target.endswith("-gone"):
                edges.add_edge(document["metadata"]["name"], target.removeprefix("component:"))
    return edges


def test_most_descriptors_have_a_warning(documents):
    judged = [document for document in documents if document["kind"] in {"Component", "API", "Resource"}]
    warned = [document for document in judged if re.search(r"example\.com", str(document["metadata"]["links"]))]
    assert 0.7 < len(warned) / len(judged) < 0.8


def test_hubs_are_deep_and_the_only_cycles_are_the_planted_rings(graph):
    rings = [found for found in nx.strongly_connected_components(graph) if len(found) > 1]
    components = organisation.Organisation(SIZE).count["Component"]
    assert len(rings) == len(range(0, components, organisation.RING))
    assert {len(ring) for ring in rings} == {3}
    affected = sorted(len(nx.ancestors(graph, name)) for name in graph)
    assert affected[-20] > 200, "twenty components have hundreds of dependents"
    assert max(steps for _, steps in graph.in_degree()) > 30
