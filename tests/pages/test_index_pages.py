"""Home, the lists, search and the page for addresses that lead nowhere, rendered with the real templates."""

import re
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
from page_builders import RENDERER, Outline, documents, entity_of, shared_context

from callboard.catalog.columns import columns_index
from callboard.catalog.linking import link
from callboard.catalog.names import names_index, relations_index
from callboard.descriptors.kinds import builtin_kinds
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Severity
from callboard.model.ref import parse_ref
from callboard.model.urls import entity_path
from callboard.pages.indexes import problems as problem_pages
from callboard.pages.indexes import table
from callboard.pages.indexes.context import KINDS, index_context
from callboard.pages.indexes.plan import plan
from callboard.pages.indexes.structure import systems_view
from callboard.pages.indexes.teams import TEAMS, teams_view
from callboard.pages.search_text import SHORT_FORMS
from callboard.settings.settings import Portal

ASSETS = Path(__file__).parents[2] / "site_overrides/assets"

SHOP = """
kind: Domain
metadata: {name: sales, title: Sales, description: Selling things. And more.}
spec: {owner: shop}
---
kind: System
metadata: {name: checkout}
spec: {owner: team-checkout, domain: sales}
---
kind: Component
metadata: {name: order-svc, description: Takes orders., tags: [java]}
spec: {type: service, lifecycle: production, owner: team-checkout, system: checkout, providesApis: [orders], dependsOn: ["resource:gone"]}
---
kind: Component
metadata: {name: web}
spec: {type: website, lifecycle: experimental, owner: team-nobody, consumesApis: [orders]}
---
kind: API
metadata: {name: orders, title: "<script>alert(1)</script>"}
spec: {type: openapi, lifecycle: production, owner: team-checkout, definition: "{}"}
---
kind: Group
metadata: {name: shop}
spec: {type: unit, children: [team-checkout]}
---
kind: Group
metadata: {name: team-checkout, title: Checkout}
spec: {type: team, children: [], members: [ann]}
---
kind: User
metadata: {name: ann}
spec: {memberOf: [team-checkout]}
---
kind: User
metadata: {name: lone}
spec: {memberOf: []}
"""


def context_of(entities, problems=(), **portal):
    catalog, found = link(entities, builtin_kinds())
    every = (*found, *problems)
    return index_context(shared_context(catalog, every, Portal(name="Acme", **portal)), every)


@pytest.fixture(scope="module")
def shop():
    return context_of(documents(SHOP))


def rendered(context):
    return {page.path: RENDERER.render(page, page.view()) for page in plan(context)}


def components(count):
    return [entity_of({"kind": "Component", "metadata": {"name": f"c{i:04}"}, "spec": {"type": "service"}}) for i in range(count)]


def test_every_page_closes_its_elements_and_has_one_heading_of_the_first_level(shop):
    for path, html in rendered(shop).items():
        outline = Outline(re.sub(r"<col [^>]*>", "", html))
        assert [level for level in outline.tags if level == "h1"] == ["h1"], path
        assert len(outline.ids) == len(set(outline.ids)), path


def test_every_link_leads_to_a_page_of_the_site(shop):
    pages = rendered(shop)
    known = {*pages, "changes/", "status/", *(entity_path(ref) for ref in shop.catalog.entities)}
    for path, html in pages.items():
        up = "/" if path == "404.html" else "../" * path.count("/") or "./"
        for href in re.findall(r'<a [^>]*?href="([^"]*)"', html):
            target = href.removeprefix(up).partition("?")[0].partition("#")[0]
            own = href.startswith(("#", "?", "https://github.com/"))
            assert own or target in known or target.startswith(("guides/", "api/")), (path, href)


def test_no_page_has_a_style_attribute_an_inline_script_or_an_unescaped_title(shop):
    for path, html in rendered(shop).items():
        assert "<script>" not in html, path
        assert " style=" not in html, path
        assert not re.search(r"\son[a-z]+=", html), path


def test_an_empty_catalog_has_all_pages_and_says_what_to_do():
    pages = rendered(context_of([]))
    assert "sources.yaml" in pages[""]
    families = {page for page in pages if page.count("/") < 2}
    assert families == {"", "catalog/", "teams/", "systems/", "domains/", "apis/", "problems/", "search/"}


def test_home_proposes_searches_that_find_something_in_this_catalog(shop):
    view = next(page for page in plan(shop) if page.path == "").view()
    names = names_index(shop.catalog)["name"] + ["Checkout", "<script>alert(1)</script>"]
    assert view.hints
    assert all(hint.text in names for hint in view.hints)


def test_home_counts_everything_inside_a_domain_at_any_depth(shop):
    view = next(page for page in plan(shop) if page.path == "").view()
    (sales,) = view.areas
    assert {(count.label, count.number) for count in sales.counts} == {("Component", 1), ("System", 1)}
    assert sales.sentence == "Selling things."


def test_the_catalog_is_cut_into_pages_that_hold_each_entity_once():
    context = context_of(components(250))
    views = [page.view() for page in plan(context) if page.path.startswith("catalog/")]
    assert [len(view.rows) for view in views] == [100, 100, 50]
    assert len({row.link.ref for view in views for row in view.rows}) == 250


def test_the_list_begins_with_the_kind_that_the_table_opens_on_in_the_order_of_the_ranks(shop):
    """Faults/site C1: names were sorted by code points, in the browser anew."""
    many = documents("\n---\n".join(f"kind: Component\nmetadata: {{name: c{i}, title: {title}}}\nspec: {{type: t}}" for i, title in
                                    enumerate(["Zoe", "item-10", "Élodie", "item-2"])))  # fmt: skip
    context = context_of([*many, *documents(SHOP)])
    [first] = [page.view() for page in plan(context) if page.path == "catalog/"]
    assert (first.kind_keys[0], first.opened) == ("component", 6)
    assert [row.link.name for row in first.rows][:6] == ["Élodie", "item-2", "item-10", "order-svc", "web", "Zoe"]
    ranks = [*accumulate(columns_index(context.catalog, relations_index(context.catalog), {})["rank"])]
    components = [rank for rank, ref in zip(ranks, context.catalog.entities, strict=True) if ref.kind == "component"]
    titles = [row.link.ref for row in first.rows[:6]]
    order = sorted(zip(components, (str(ref) for ref in context.catalog.entities if ref.kind == "component"), strict=True))
    assert [ref for _, ref in order] == titles
    assert {row.link.kind for row in first.rows[:6]} == {"component"}


def test_saved_views_name_the_lifecycles_that_the_catalog_has():
    old = documents(
        "\n---\n".join(f"kind: Component\nmetadata: {{name: {n}}}\nspec: {{lifecycle: {n}}}" for n in ("Retired", "deprecated", "beta"))
    )
    assert [view.query for view in table.catalog_view(context_of(old), (), 1).views] == [
        "problems=error", "owner=~none", "lifecycle=Retired&lifecycle=deprecated&dependents=some",
    ]  # fmt: skip
    assert len(table.catalog_view(context_of([]), (), 1).views) == 2


def test_a_missing_owner_is_said_in_the_list(shop):
    html = rendered(shop)["catalog/"]
    assert "team-nobody" in html
    assert 'aria-label="not found in catalog"' in html


def test_an_unknown_kind_has_an_icon_and_the_name_that_its_author_writes():
    """real-catalogs 10: rows without an icon, and a tab in lower case."""
    context = context_of(documents("kind: LimitRange\nmetadata: {name: a}\nspec: {}"))
    html = rendered(context)["catalog/"]
    assert 'data-kind="limitrange" aria-current="true">LimitRange <span class="cb-count">1</span>' in html
    icon = names_index(context.catalog, ())["kinds"][0]["icon"]
    assert re.search(rf'class="[^"]*\bi-{icon}["\s]', html)
    assert icon in RENDERER.icons


def test_teams_that_contain_each_other_are_listed_once():
    circle = documents(
        "kind: Group\nmetadata: {name: a}\nspec: {type: t, parent: b, children: []}\n---\n"
        "kind: Group\nmetadata: {name: b}\nspec: {type: t, parent: a, children: []}"
    )
    assert teams_view(context_of(circle)).count == 2


def test_people_without_a_team_are_named(shop):
    assert [link.name for link in teams_view(shop).without_team] == ["lone"]


def test_problems_are_grouped_by_the_team_that_can_fix_them_and_those_without_one_come_last():
    unread = Problem("SRC001", Severity.ERROR, "The repository acme/old could not be read.", hint="Renew the token.")
    view = problem_pages.problems_view(context_of(documents(SHOP), [unread]))
    teams = [group.team.name if group.team else None for group in view.groups]
    assert teams[-1] is None
    assert len(teams) > 1
    assert None not in teams[:-1]
    assert any(problem.message == unread.message for problem in view.groups[-1].listed)
    assert any(
        problem.place.startswith("acme/shop/apps/x/catalog-info.yaml:") and "#L" in problem.url
        for group in view.groups
        for problem in group.listed
    )


def _of_teams(rows):
    for row in rows:
        yield row.link.name, row.problems
        yield from _of_teams(row.children)


def test_numbers_of_problems_agree_on_all_pages():
    """real-catalogs 10. Notes count as problems; a team's number also has those of its members and of parts of its systems."""
    outside = Problem("INT001", Severity.INFO, "A note about no entity.", hint="Read it.")
    elsewhere = Problem("BST001", Severity.ERROR, "About an entity that is left out.", subject=parse_ref("location:default/left-out"))
    of_a_member = Problem("ENT012", Severity.WARNING, "About a member.", subject=parse_ref("user:default/ann"))
    context = context_of(documents(SHOP), [outside, elsewhere, of_a_member])
    view, home = problem_pages.problems_view(context), next(page for page in plan(context) if page.path == "").view()
    assert Severity.INFO in {problem.severity for problem in context.problems}
    assert home.problems == view.count == sum(each.count for each in view.severities) == sum(group.count for group in view.groups)
    assert home.errors == sum(problem.severity is Severity.ERROR for problem in context.problems)
    teams, groups = dict(_of_teams(teams_view(context).tree)), {group.team.name: group.count for group in view.groups if group.team}
    assert teams == {team: groups.get(team, 0) for team in teams}
    assert teams["Checkout"] >= 1
    listed = [row for page in plan(context) if page.path.startswith("catalog/") for row in page.view().rows]
    assert view.entities == sum(bool(row.problems) for row in listed)


def test_problems_of_an_owner_that_a_source_leaves_out_are_listed_under_that_owner():
    catalog, found = link(documents(SHOP), builtin_kinds())
    catalog = replace(catalog, elsewhere=frozenset({parse_ref("group:default/team-nobody")}))
    view = problem_pages.problems_view(index_context(shared_context(catalog, found, Portal(name="Acme")), found))
    (group,) = (group for group in view.groups if group.team and group.team.ref == "group:default/team-nobody")
    assert group.team.is_elsewhere
    assert group.count == sum(problem.subject == parse_ref("component:default/web") for problem in found)


def test_ten_thousand_problems_are_counted_and_not_all_written_out():
    place = Origin("here", "tree", "acme/shop", "", "catalog-info.yaml", 0, 1)
    many = [Problem("X001", Severity.WARNING, f"Number {number}.", place) for number in range(10_000)]
    view = problem_pages.problems_view(context_of(documents(SHOP), many))
    assert view.count > 10_000
    assert sum(len(group.listed) for group in view.groups) <= problem_pages.IN_TOTAL
    assert view.groups[-1].more > 0


def test_scripts_and_generator_agree_on_kinds_short_forms_and_first_choices():
    columns, core = (ASSETS / "facet-columns.js").read_text(), (ASSETS / "search-core.js").read_text()
    assert tuple(re.findall(r'"(\w+)"', re.search(r"const KINDS = \[(.*?)\]", columns)[1])) == KINDS
    assert re.findall(r'\["([\w-]+)",\s*"([\w-]+)"\]', core) == list(SHORT_FORMS)
    assert f"const FIRST = {table.CHOICES}," in (ASSETS / "facets.js").read_text()
    assert f'NONE = "{table.NONE}"' in columns


def test_no_script_writes_markup_from_text():
    for path in ASSETS.glob("*.js"):
        source = re.sub(r"//.*", "", path.read_text())
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source), path.name


def _teams(parents):
    above = ["" if parent is None else f", parent: t{parent:03}" for parent in parents]
    return "---\n".join(
        f"kind: Group\nmetadata: {{name: t{i:03}}}\nspec: {{type: team, children: []{more}}}\n" for i, more in enumerate(above)
    )


def _written(rows):
    return sum(1 + _written(row.children) for row in rows)


def _hidden(rows):
    return sum(row.hidden + _hidden(row.children) for row in rows)


@pytest.mark.parametrize(
    "parents",
    [
        [None, *((i - 1) // 6 for i in range(1, 300))],  # a tree
        [None, *([0] * 299)],  # all below one
        [None] * 300,  # none below another
        [None, *range(299)],  # a chain
    ],
)
def test_a_large_organisation_is_counted_whole_and_written_in_part(parents):
    view = teams_view(context_of(documents(_teams(parents))))
    assert view.count == 300
    assert _written(view.tree) <= TEAMS
    assert _written(view.tree) + _hidden(view.tree) + view.more == 300
    assert view.all_path == "catalog/?kind=group"


def test_levels_of_teams_are_shown_whole():
    view = teams_view(context_of(documents(_teams([None, *((i - 1) // 6 for i in range(1, 300))]))))
    (root,) = view.tree
    assert [len(row.children) for row in root.children] == [6] * 6
    assert {grandchild.children for row in root.children for grandchild in row.children} == {()}


def test_many_systems_are_named_and_few_have_rows():
    text = "---\n".join(f"kind: System\nmetadata: {{name: s{i:03}}}\nspec: {{owner: t, domain: d{i % 3}}}\n" for i in range(90))
    (group, *_) = systems_view(context_of(documents(text))).groups
    assert (len(group.rows), len(group.names), group.count) == (0, 30, 30)
    (few, *_) = systems_view(context_of(documents("---\n".join(text.split("---\n")[:9])))).groups
    assert (len(few.rows), len(few.names)) == (3, 0)


def test_what_belongs_to_nobody_is_written_out_before_what_the_table_has():
    lost = [Problem("SRC001", Severity.ERROR, f"{i} cannot be read.") for i in range(30)]
    many = [Problem("REF001", Severity.ERROR, "x", subject=parse_ref("component:default/order-svc").canonical())] * 100
    view = problem_pages.problems_view(context_of(documents(SHOP), [*many, *lost]))
    assert view.groups[-1].team is None
    assert len(view.groups[-1].listed) == problem_pages.PER_TEAM
