"""Dashboards of a Grafana organization → links on the pages of the entities that select them.

https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/: all dashboards that the token may read are one
listing, which is matched here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from callboard.integrations.grafana.dashboard_selector import Matches, SelectorError, Values, dashboard_selector
from callboard.plugins.integrations import (
    Answer,
    Client,
    Dashboard,
    FactCollector,
    FactError,
    HttpError,
    PageNumber,
    Target,
    objects_at,
    string_at,
)

SELECTOR, TAG = "grafana/dashboard-selector", "grafana/tag-selector"
FAMILY = "dashboard"
PAGE = 5_000
"""Dashboards of a page: the most that Grafana lists."""
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DashboardSelection:
    """What an annotation of an entity selects."""

    target: Target
    annotation: str
    matches: Matches


def selections(targets: Sequence[Target], collector: FactCollector) -> list[DashboardSelection]:
    """The selectors in the annotations; a problem for each that cannot be understood."""
    found = []
    for target in targets:
        annotation = SELECTOR if target.annotations.get(SELECTOR, "").strip() else TAG
        written = target.annotations.get(annotation, "").strip()
        if not written:
            continue
        try:
            matches = partial(_has_tag, written) if annotation == TAG else dashboard_selector(written)
        except SelectorError as error:
            hint = "Write it as `tags @> 'orders' && folderTitle == 'Shop'`, or as one tag."
            collector.add_unusable_annotation([target], annotation, f"`{written[:100]}` selects no dashboards: {error}.", hint)
            continue
        found.append(DashboardSelection(target, annotation, matches))
    return found


def add_dashboards(client: Client, web: str, selected: Sequence[DashboardSelection], collector: FactCollector) -> None:
    """Add the dashboards that fit; ``web`` is the URL of Grafana's pages. A selector that none fits may be misspelled: a problem."""
    targets = [one.target for one in selected]
    collector.add_measurements(targets, FAMILY)
    try:
        dashboards = [(one, _values(one, web)) for one in _listed(client)]
    except HttpError as error:
        collector.add_failure(error, "dashboards", targets, FAMILY)
        return
    for selection in selected:
        fitting = [(item, values) for item, values in dashboards if selection.matches(values)]
        for item, values in fitting:
            collector.add_fact([selection.target], FAMILY, string_at(item, "uid"), partial(_dashboard, item), url=str(values["url"]))
        if not fitting:
            written = selection.target.annotations[selection.annotation][:100]
            message = f"Grafana has no dashboard for `{selection.annotation}: {written}`, or the token may not read it."
            hint = "Correct the annotation, or let the service account read the folder of the dashboard."
            collector.add_unusable_annotation([selection.target], selection.annotation, message, hint)
            collector.add_measurements([selection.target], FAMILY, complete=False)


def _listed(client: Client) -> Iterator[Item]:
    """All dashboards. Raises ``HttpError``."""
    for answer in client.pages("/api/search", {"type": "dash-db", "limit": PAGE, "page": 1}, by=PageNumber("page", PAGE)):
        yield from _dashboards(answer)


def _dashboards(answer: Answer) -> list[Item]:
    found = answer.array()
    if not all(isinstance(one, Mapping) and string_at(one, "uid") for one in found):
        raise answer.invalid("a list of dashboards", found)
    return [one for one in objects_at({"found": found}, "found") if string_at(one, "type") in {"", "dash-db"}]


def _values(item: Item, web: str) -> Values:
    tags = item.get("tags")
    return {
        "title": string_at(item, "title"), "tags": [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "url": _page(web, string_at(item, "url")), "folderTitle": string_at(item, "folderTitle"),
        "folderUrl": _page(web, string_at(item, "folderUrl")),
    }  # fmt: skip


def _page(web: str, path: str) -> str:
    """The URL of a path that Grafana tells with the path of its own root; empty for anything else than a path."""
    parts = urlsplit(web)
    if not path.startswith("/") or path.startswith("//"):
        return ""
    root = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{'' if path.startswith(f'{root}/') else root}{path}"


def _dashboard(item: Item) -> Dashboard:
    if not string_at(item, "title"):
        raise FactError("the dashboard has no title")
    return Dashboard(string_at(item, "title"), string_at(item, "folderTitle"))


def _has_tag(tag: str, values: Values) -> bool:
    return tag in values["tags"]
