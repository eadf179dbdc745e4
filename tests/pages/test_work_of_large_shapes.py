"""Shapes that no organisation has, and that cost a build no more than others of their size: twice the entities are twice the work."""

import cProfile

import pytest
from page_builders import KINDS, entity_of, shared_context

from callboard.catalog.linking import link
from callboard.pages.entities.context import entity_context
from callboard.pages.entities.plan import plan
from callboard.pages.facts.rollups import members
from callboard.pages.indexes.context import index_context
from callboard.pages.indexes.home import home_view
from callboard.pages.indexes.structure import domains_view, systems_view
from callboard.pages.indexes.teams import teams_view
from support import LONG

pytestmark = pytest.mark.long

SMALL = 150 if LONG else 75
MEETING = "chains of groups that meet"
"""Lists on their pages are short until there are many."""
TOO_MUCH = 2.4
"""Times the work for twice the entities: sorting and bounds allow for a little; a square would be four."""


def _is(kind, name, **spec):
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}


def _of_team(kind, name, **spec):
    return _is(kind, name, type="service", lifecycle="production", owner="group:g0", **spec)


SHAPES = {
    "circle of groups": lambda n: [_is("Group", f"g{i}", type="team", children=[], parent=f"g{(i + 1) % n}") for i in range(n)],
    "chain of groups": lambda n: [_is("Group", f"g{i}", type="team", children=[], parent=f"g{i + 1}") for i in range(n)],
    MEETING: lambda n: [
        _is("Group", f"g{i}", type="team", children=[f"g{i + 1}", f"g{i + 2}", f"g{i + 3}"]) for i in range(n)
    ],
    "members of one group": lambda n: [
        _is("Group", "g0", type="team", children=[]), *(_is("User", f"u{i}", memberOf=["g0"]) for i in range(n))
    ],
    "needing one component": lambda n: [
        _of_team("Component", "hub"), *(_of_team("Component", f"c{i}", dependsOn=["component:hub"]) for i in range(n))
    ],
    "circle of needs": lambda n: [_of_team("Component", f"c{i}", dependsOn=[f"component:c{(i + 1) % n}"]) for i in range(n)],
    "chain of subcomponents": lambda n: [_of_team("Component", f"c{i}", subcomponentOf=f"c{i + 1}") for i in range(n)],
    "chain of subcomponents that nobody owns": lambda n: [
        _is("Component", f"c{i}", type="service", lifecycle="production", subcomponentOf=f"c{i + 1}") for i in range(n)
    ],
    "chain of domains": lambda n: [_of_team("Domain", f"d{i}", subdomainOf=f"d{i + 1}") for i in range(n)],
    "circle of domains": lambda n: [_of_team("Domain", f"d{i}", subdomainOf=f"d{(i + 1) % n}") for i in range(n)],
    "circle of systems": lambda n: [_of_team("System", f"s{i}", domain=f"system:s{(i + 1) % n}") for i in range(n)],
}  # fmt: skip


def _work(documents):
    """Calls of functions, ours and Python's, while these are linked and all views of their pages are made."""
    entities = [entity_of(document) for document in documents]
    with cProfile.Profile() as profile:
        catalog, problems = link(entities, KINDS)
        shared = shared_context(catalog, problems)
        for page in plan(entity_context(shared)):
            page.view()
        context = index_context(shared, problems)
        for view in (home_view, teams_view, systems_view, domains_view):
            view(context)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_entities_are_twice_the_work(shape):
    make, small = SHAPES[shape], 150 if shape == MEETING else SMALL
    _work(make(3))  # what is made once for a process
    assert _work(make(small * 2)) < _work(make(small)) * TOO_MUCH


def test_systems_that_contain_each_other_are_added_up_once():
    entities = [entity_of(document) for document in SHAPES["circle of systems"](3)]
    catalog, _ = link(entities, KINDS)
    assert [str(ref) for ref in members(catalog, entities[0].ref)] == ["system:default/s2", "system:default/s1"]
