"""Catalog → the list of index pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from callboard.model.data_classes import dataclass
from callboard.pages.indexes import problems
from callboard.pages.indexes.context import IndexContext
from callboard.pages.indexes.home import domain_diagram, home_view, organization_diagram
from callboard.pages.indexes.problems import problems_view
from callboard.pages.indexes.structure import apis_view, domains_view, systems_view
from callboard.pages.indexes.table import ROWS, catalog_view, count_kinds, in_order
from callboard.pages.indexes.teams import teams_view
from callboard.pages.page import Page


@dataclass(frozen=True, slots=True)
class PlainView:
    """The view of a page whose template needs no values."""


def plan(context: IndexContext) -> Iterator[Page]:
    """Home, the lists, the pages about problem codes and the search page."""
    labels, name = context.labels, context.settings.portal.name
    yield _page("", "home.html", name, partial(home_view, context), labels["home_description"].format(name))
    yield from _catalog(context)
    yield _page("teams/", "teams.html", labels["teams"], lambda: teams_view(context, organization_diagram(context)))
    yield _page("systems/", "systems.html", labels["systems"], partial(systems_view, context))
    yield _page("domains/", "domains.html", labels["domains"], lambda: domains_view(context, domain_diagram(context)), tab="systems/")
    yield _page("apis/", "apis.html", labels["apis"], partial(apis_view, context))
    yield _page("problems/", "problems.html", labels["data_quality"], partial(problems_view, context))
    yield from problems.plan(context)
    yield _page("search/", "search.html", labels["search"], PlainView, tab="-")


def _catalog(context: IndexContext) -> Iterator[Page]:
    order = in_order(context)
    kind_counts = cache(partial(count_kinds, context, order))
    title = context.labels["catalog"]
    yield _page("catalog/", "catalog.html", title, partial(catalog_view, context, order, 1, kind_counts))
    for number in range(2, -(-len(order) // ROWS) + 1):
        view = partial(catalog_view, context, order, number, kind_counts)
        yield _page(f"catalog/page/{number}/", "catalog.html", f"{title}, {number}", view, tab="catalog/")


def _page(path: str, template: str, title: str, view: object, description: str = "", tab: str | None = None) -> Page:
    return Page(path, template, "wide", path if tab is None else tab, title, view, description)  # type: ignore[arg-type]
