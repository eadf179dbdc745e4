"""What changed when, for people and for feed readers, rendered with the real templates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from page_builders import KINDS, RENDERER, Outline, context_of, documents, shared_context

from callboard.catalog.linking import link
from callboard.history.audience import HIDDEN_ERROR
from callboard.model.ref import parse_ref
from callboard.pages.changes import changes, day_pages, feeds, status
from callboard.pages.changes.context import changes_context
from callboard.pages.changes.status import Freshness
from callboard.pages.entities import plan
from callboard.pages.indexes import plan as indexes
from callboard.pages.indexes.context import index_context
from callboard.plugins.rules import all_rules
from callboard.settings.settings import Portal, SourceSettings
from callboard.state.change_log import change_log
from callboard.state.values import Change, CollectionTime, StaleCopy, Where

FIRST = datetime(2026, 10, 30, 23, 30, tzinfo=UTC)
SHOP = """
kind: Component
metadata: {name: shop, title: "<b>Shop</b>"}
spec: {type: service, lifecycle: production, owner: checkout}
---
kind: Component
metadata: {name: cart}
spec: {type: service, lifecycle: production, owner: checkout}
---
kind: Group
metadata: {name: checkout, title: Checkout}
spec: {type: team, children: []}
"""
KNOWN = min(all_rules())
ATOM = "{http://www.w3.org/2005/Atom}"


def ref(text):
    return parse_ref(text, default_kind="component").canonical()


def night(number):
    return FIRST + timedelta(days=number)


WHERE = Where("here", "tree", "apps/x/catalog-info.yaml")
TEAM = ref("group:checkout")
BASELINE = Change(FIRST, "baseline", None, after="3")


def change(number, kind="owner", of="shop", before="group:default/old", after="group:default/checkout", **more):
    return Change(night(number), kind, ref(of), "spec.owner", before, after, WHERE, TEAM, **more)


def past(*changes, portal=None, stale=()):
    catalog, _ = link(documents(SHOP), KINDS)
    sources = (SourceSettings("here", "git", {}), SourceSettings("gone", "git", {}))
    return changes_context(shared_context(catalog, (), portal, sources=sources), change_log(changes), stale)


def pages(of):
    return {page.path: (view := page.view(), RENDERER.render(page, view)) for page in day_pages.plan(of)}


def test_changes_stand_by_day_in_the_portals_time_zone():
    found = pages(past(change(1), portal=Portal(timezone="Europe/Berlin")))
    assert [day.day for day in found["changes/"][0].days] == ["2026-11-01"]
    assert [day.day for day in pages(past(change(1)))["changes/"][0].days] == ["2026-10-31"]


def test_each_month_has_a_page_that_leads_to_its_neighbours():
    found = pages(past(change(0), change(5), change(40)))
    assert list(found) == ["changes/", "changes/2026-12/", "changes/2026-11/", "changes/2026-10/"]
    view, html = found["changes/2026-11/"]
    assert (view.newer, view.older) == ("changes/2026-12/", "changes/2026-10/")
    assert 'aria-current="page"' in html
    Outline(html)


def test_a_change_says_before_and_after_with_links_and_the_file():
    _, html = pages(past(change(1)))["changes/"]
    assert 'href="../catalog/default/group/checkout/"' in html
    assert "old" in html
    assert "https://github.com/acme/shop/blob/main/apps/x/catalog-info.yaml" in html
    assert "<b>Shop</b>" not in html
    assert "&lt;b&gt;Shop&lt;/b&gt;" in html


def test_the_first_build_is_one_sentence():
    view, html = pages(past(BASELINE))["changes/"]
    assert view.days[0].groups == ()
    assert "Initial import: 3 entities" in html


def test_every_kind_of_change_can_be_told():
    kinds = [
        "added",
        "removed",
        "renamed",
        "moved",
        "owner",
        "lifecycle",
        "type",
        "system",
        "provides",
        "consumes",
        "depends",
        "tag",
        "definition",
    ]
    found = [change(1, kind, f"c-{kind}", "component:default/x", "component:default/shop") for kind in kinds]
    found += [change(1, kind, code=KNOWN, before="a `b`", after="") for kind in ("problem-opened", "problem-closed")]
    _, html = pages(past(*found))["changes/"]
    for kind in (*kinds, "problem-opened"):
        assert RENDERER.labels[f"change_{kind.replace('-', '_')}"] in html
    assert f'href="../problems/{KNOWN.lower()}/"' in html
    Outline(html)


def test_a_code_that_this_version_does_not_know_has_no_link():
    _, html = pages(past(change(1, "problem-opened", code="OLD999", before="")))["changes/"]
    assert "OLD999" in html
    assert "problems/old999" not in html


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "\u202eevil", "{{ 7*7 }}"])
def test_what_people_wrote_is_text(text):
    for kind in ("lifecycle", "tag", "owner", "problem-opened"):
        _, html = pages(past(change(1, kind, before="", after=text, code=KNOWN)))["changes/"]
        assert "<script>" not in html
        assert "<img" not in html
        assert "49" not in html
        Outline(html)


def test_what_came_is_told_before_what_is_wrong_with_it():
    view, _ = pages(past(change(1, "problem-opened", code=KNOWN), change(1, "tag"), change(1, "added")))["changes/"]
    assert [line.what for line in view.days[0].groups[0].lines] == ["added", "tag", "problem opened"]


def test_a_flood_is_bounded_and_says_what_it_leaves_out():
    flood = [change(1, "added", f"c{n}", "", "") for n in range(500)] + [change(1, "tag", "shop", "", f"t{n}") for n in range(50)]
    view, html = pages(past(*flood))["changes/2026-10/"]
    assert len(view.days[0].groups) == day_pages.MONTH.of_day
    assert f"{501 - day_pages.MONTH.of_day} more" in html
    assert max(len(group.lines) for group in view.days[0].groups) <= 12


def test_what_a_page_leaves_out_is_on_a_page_that_it_links_to():
    flood = [change(1, "added", f"c{n}", "", "") for n in range(600)] + [change(1, "tag", "shop", "", f"t{n}") for n in range(50)]
    quiet = [change(2, "tag", "shop", "", f"t{n}") for n in range(13)]
    found = pages(past(*flood, *quiet, change(3)))
    assert list(found) == [
        "changes/",
        "changes/2026-11/",
        "changes/2026-11-01/",
        "changes/2026-10/",
        "changes/2026-10-31/",
        "changes/2026-10-31/2/",
    ]
    recent, html = found["changes/"]
    assert [(day.path, day.more) for day in recent.days] == [
        ("", 0), ("changes/2026-11/#d-2026-11-01", 0), ("changes/2026-10/#d-2026-10-31", 541),
    ]  # fmt: skip
    assert 'href="../changes/2026-10/#d-2026-10-31" data-more' in html
    assert found["changes/2026-10/"][0].days[0].path == "changes/2026-10-31/"
    first, second = (found[path][0].days[0] for path in ("changes/2026-10-31/", "changes/2026-10-31/2/"))
    assert {group.subject.ref for day in (first, second) for group in day.groups} == {str(each.ref) for each in flood}
    assert max(len(group.lines) for day in (first, second) for group in day.groups) == 50
    assert not any(day.more or day.path for day in (first, second))
    assert (found["changes/2026-10-31/"][0].older, found["changes/2026-10-31/2/"][0].newer) == (
        "changes/2026-10-31/2/",
        "changes/2026-10-31/",
    )


def test_the_first_page_is_bounded_however_much_changed():
    many = [change(day, "added", f"c{n}", "", "") for day in range(20) for n in range(80)]
    view, html = pages(past(*many))["changes/"]
    assert sum(len(day.groups) for day in view.days) == day_pages.RECENT.of_page
    assert len(view.days) == 20
    assert all(day.path for day in view.days)
    assert len(html) < 160_000


def test_changes_are_marked_with_what_they_are_filtered_by():
    below = documents(SHOP + "---\nkind: Group\nmetadata: {name: all, title: All}\nspec: {type: unit, children: [checkout]}\n")
    catalog, _ = link(below, KINDS)
    log = change_log(
        [change(1), Change(night(1), "deployed", ref("shop"), after="1"), change(1, "problem-opened", "cart", code=KNOWN, before="")]
    )
    view, html = pages(changes_context(shared_context(catalog, (), None), log, ()))["changes/"]
    assert [(team.value, team.label) for team in view.teams] == [("group:default/all", "All"), ("group:default/checkout", "Checkout")]
    assert {group.subject.ref: group.teams for group in view.days[0].groups} == {
        "component:default/cart": "0 1", "component:default/shop": "0 1",
    }  # fmt: skip
    assert [choice.value for choice in view.changes] == ["descriptors", "problems", "deployment"]
    assert 'data-g="deployment"' in html


def test_a_months_number_is_the_sum_of_its_days():
    about_all = Change(night(1), "problem-opened", None, after="unreadable", code=KNOWN)
    view, _ = pages(past(BASELINE, about_all, change(1, "tag"), change(1), change(2), change(2, of="other")))["changes/2026-11/"]
    recent, _ = pages(past(BASELINE, about_all, change(1, "tag"), change(1), change(2), change(2, of="other")))["changes/"]
    by_month = {month.label: month.number for month in view.months}
    for label, number in by_month.items():
        assert number == sum(day.entities for day in recent.days if day.day.startswith(label))
    assert max(by_month.values()) > 1


def test_the_first_page_shows_the_last_days_alone():
    view, html = pages(past(*(change(n) for n in range(40))))["changes/"]
    assert len(view.days) == day_pages.RECENT_DAYS
    assert 'href="../changes/2026-12/"' in html
    assert view.days[0].day == "2026-12-08"


def test_an_empty_history_has_a_page():
    _, html = pages(past())["changes/"]
    assert "No changes since the first build." in html


def entity(name):
    return next(e for e in documents(SHOP) if e.ref == ref(name))


def rendered(section, macro):
    template = RENDERER.environment("../../../../").get_template("parts/past.html")
    return str(getattr(template.module, macro)(section.content))


def test_an_entity_has_a_timeline_of_its_own_changes():
    section = changes.timeline(past(BASELINE, change(1), change(2, of="cart")), entity("shop"))
    assert [m.day for m in section.content.moments] == ["2026-10-31"]
    assert section.content.moments[0].subject is None
    assert "owner" in rendered(section, "history")


def test_an_entity_that_never_changed_has_no_timeline():
    assert changes.timeline(past(BASELINE), entity("shop")) is None


def test_a_team_sees_what_it_owns_with_a_feed():
    section = changes.timeline(past(change(1), change(2, of="cart")), entity("group:checkout"))
    assert [m.subject.ref for m in section.content.moments] == ["component:default/cart", "component:default/shop"]
    assert 'href="../../../../changes/default/checkout/feed.xml"' in rendered(section, "history")


def test_a_page_from_the_last_good_copy_says_since_when_and_why():
    copy = StaleCopy("here", "tree", "acme/shop", "", FIRST, "<i>404</i>", (ref("shop"),))
    section = changes.last_good_copy(past(stale=[copy]), entity("shop"))
    html = rendered(section, "stale")
    assert "2026-10-30" in html
    assert "&lt;i&gt;404&lt;/i&gt;" in html
    assert changes.last_good_copy(past(stale=[copy]), entity("cart")) is None


def test_home_shows_the_latest_day_alone():
    view = changes.latest(past(BASELINE, change(1), change(2), change(2, of="cart")))
    assert (view.day, [g.subject.ref for g in view.groups]) == ("2026-11-01", ["component:default/cart", "component:default/shop"])
    assert view.path == "changes/2026-11/#d-2026-11-01"
    assert changes.latest(past(BASELINE)) is None


def feed_of(path, *changes, **more):
    return dict(feeds.feed_files(past(*changes, **more)))[path]


def test_there_is_a_feed_for_all_and_for_each_team_from_the_start():
    files = dict(feeds.feed_files(past()))
    assert list(files) == ["changes/feed.xml", "changes/default/checkout/feed.xml"]
    assert ET.fromstring(files["changes/feed.xml"]).find(f"{ATOM}updated").text == "1970-01-01T00:00:00Z"


def test_entries_keep_their_ids_when_more_happens():
    before = ET.fromstring(feed_of("changes/feed.xml", BASELINE, change(1)))
    after = ET.fromstring(feed_of("changes/feed.xml", BASELINE, change(1), change(2)))
    old = [e.find(f"{ATOM}id").text for e in before.iter(f"{ATOM}entry")]
    new = [e.find(f"{ATOM}id").text for e in after.iter(f"{ATOM}entry")]
    assert new[1:] == old
    assert len(set(new)) == 3
    assert before.find(f"{ATOM}id").text == after.find(f"{ATOM}id").text


def test_a_feed_is_bounded_and_the_same_for_the_same_past():
    many = [change(n, of=name) for n in range(90) for name in ("shop", "cart")]
    content = feed_of("changes/feed.xml", *many)
    assert len(list(ET.fromstring(content).iter(f"{ATOM}entry"))) == feeds.ENTRIES
    assert content == feed_of("changes/feed.xml", *reversed(many))


def test_feed_texts_are_escaped_and_without_what_xml_cannot_hold():
    content = feed_of("changes/feed.xml", change(1, "tag", "shop", "", "a\x00\x0b\ufffe]]><x>&"))
    assert "+a]]><x>&" in ET.fromstring(content).find(f"{ATOM}entry/{ATOM}summary").text


@pytest.mark.parametrize(("url", "start"), [("", "../"), ("https://portal.example/p/", "https://portal.example/p/")])
def test_feed_links_lead_to_the_site(url, start):
    entry = ET.fromstring(feed_of("changes/feed.xml", change(1), change(1, "removed", "gone"), portal=Portal(url=url))).findall(
        f"{ATOM}entry"
    )
    links = {e.find(f"{ATOM}link").get("href") for e in entry}
    assert links == {f"{start}catalog/default/component/shop/", f"{start}changes/2026-10/#d-2026-10-31"}


def status_page(collections, stale=(), as_of=None):
    of = past(stale=stale)
    (page,) = status.plan(of, Freshness((*collections,), (*stale,), (), as_of or night(3)))
    view = page.view()
    return view, RENDERER.render(page, view)


GOOD = CollectionTime("here", "entities", night(3), night(3), 3, 12)
BAD = CollectionTime("gone", "entities", night(1), night(3), 40, 1, ("<b>401 Unauthorized</b>",))


def test_the_status_page_says_absolute_times_and_leaves_ages_to_the_browser():
    _, html = status_page([GOOD, BAD])
    assert "2026-11-02 23:30 UTC" in html
    assert '<time data-age="gone" datetime="2026-10-31T23:30:00Z">' in html
    assert "&lt;b&gt;401 Unauthorized&lt;/b&gt;" in html
    Outline(html)


def test_the_status_page_tells_fresh_from_failed():
    never = CollectionTime("new", "entities", None, night(3), 0, None, ("no",))
    partly = CollectionTime("part", "entities", night(3), night(3), 1, None, ("acme/x: 404",))
    view, html = status_page([GOOD, BAD, never, partly])
    assert [row.state.tone for row in view.rows] == ["good", "bad", "bad", "warn"]
    assert "never" in html


def test_the_status_page_lists_what_serves_from_its_last_good_copy():
    refs = (ref("cart"), ref("gone"), *(ref(f"x{n}") for n in range(50)))
    copy = StaleCopy("gone", "t", "acme/gone", "", night(1), "the host did not answer", refs)
    view, html = status_page([BAD], [copy])
    assert view.held == 52
    assert "the host did not answer" in html
    assert "32 more" in html
    assert 'href="../catalog/default/component/cart/"' in html


def test_collections_json_has_what_pages_read_in_the_browser():
    never = CollectionTime("new", "entities", None, night(3), 0)
    said = status.collections_json(Freshness((GOOD, BAD, never), (), (), night(3)))
    assert said["as_of"] == "2026-11-02T23:30:00Z"
    assert said["sources"] == [
        {"name": "here", "collected_at": "2026-11-02T23:30:00Z"},
        {"name": "gone", "collected_at": "2026-10-31T23:30:00Z"},
    ]
    assert said["collections"][1]["errors"] == ("<b>401 Unauthorized</b>",)


def test_the_status_page_without_any_source_is_a_page():
    view, html = status_page([])
    assert view.rows == ()
    Outline(html)


def test_sections_of_other_rooms_stand_above_all_and_before_the_descriptor():
    of = past(change(1), stale=[StaleCopy("here", "tree", "acme/shop", "", FIRST, "404", (ref("shop"),))])
    first, last = (partial(changes.last_good_copy, of),), (partial(changes.timeline, of),)
    context = context_of(documents(SHOP), first_sections=first, last_sections=last)
    page = next(page for page in plan.plan(context) if page.ref == "component:default/shop")
    view = page.view()
    ids = [section.id for section in view.sections]
    assert ids[0] == "last-good-copy"
    assert ids[-2:] == ["history", "descriptor"]
    Outline(RENDERER.render(page, view))


def test_home_shows_what_changed_last():
    of = past(BASELINE, change(1), change(1, "tag", "cart", "", "java"))
    context = index_context(of, (), latest=changes.latest(of))
    page = next(indexes.plan(context))
    html = RENDERER.render(page, page.view())
    assert "Recent changes" in html
    assert 'href="./changes/2026-10/#d-2026-10-31"' in html
    Outline(html)


def test_a_public_portal_does_not_repeat_what_hosts_say():
    inside = "https://git.inside.example/acme refused"
    copy = StaleCopy("gone", "t", "acme/gone", "", night(1), inside, (ref("shop"),))
    bad = replace(BAD, errors=(inside,))
    of = past(stale=[copy], portal=Portal(audience="public"))
    (page,) = status.plan(of, Freshness((bad,), (copy,), (), night(3)))
    html = RENDERER.render(page, page.view())
    assert HIDDEN_ERROR in html
    assert "git.inside" not in html
    assert of.stale[ref("shop")].cause == HIDDEN_ERROR
    assert "git.inside" not in str(status.collections_json(Freshness((bad,), (copy,), (), night(3)).for_audience(is_public=True)))


def happened(kind, **more):
    return Change(night(1), kind, ref("shop"), owner=TEAM, **more)


HAPPENED = [
    (happened("incident-opened", after="Tills are down", about="1"), "Tills are down · Severity 1"),
    (happened("incident-resolved", before="Tills are down", about="1"), "incident resolved"),
    (happened("deployed", before="1.2", after="1.3", about="production"), "deployed to production"),
    (happened("vulnerability-found", after="CVE-1 zlib", about="high"), "CVE-1 zlib · high"),
    (happened("vulnerability-found", about="2 critical, 5 low", number=7), "7 vulnerabilities found"),
    (happened("vulnerability-fixed", before="CVE-1 zlib", about="low"), "vulnerability fixed"),
    (happened("gate-failed"), "quality gate failed"),
    (happened("gate-passed"), "quality gate passed again"),
    (happened("objective-missed", after="answers", about="99.1 99.9"), "answers · 99.1 % of 99.9 %"),
    (happened("objective-met", after="answers", about="99.95 99.9"), "SLO met again"),
    (Change(night(1), "tool-known", None, after="duty", about="incident, on-call"), "PagerDuty · Incidents, On call"),
    (Change(night(1), "tool-failed", None, after="duty"), "integration failed"),
    (Change(night(1), "tool-back", None, after="duty"), "integration recovered"),
]


def test_what_happened_in_the_world_can_be_told():
    of = replace(past(*(change for change, _ in HAPPENED)), tools={"duty": "PagerDuty"})
    _, html = pages(of)["changes/"]
    for _, words in HAPPENED:
        assert words in html
    Outline(html)
    feed = dict(feeds.feed_files(of))[feeds.FEED].decode()
    assert "deployed to production: 1.2 → 1.3" in feed


def test_a_public_portal_tells_what_its_audience_may_see():
    changes = [change for change, _ in HAPPENED]
    _, html = pages(past(*changes, portal=Portal(audience="public")))["changes/"]
    assert "Tills are down" not in html
    assert "CVE-1" not in html
    assert "quality gate failed" in html
    exposed = pages(past(*changes, portal=Portal(audience="public", expose=("incident",))))["changes/"][1]
    assert "Tills are down" in exposed
    assert all(b"Tills" not in content for _, content in feeds.feed_files(past(*changes, portal=Portal(audience="public"))))


def test_changes_of_a_plugin_that_is_gone_are_shown_by_name_and_left_out_of_a_public_portal():
    gone = happened("weather-changed", after="Storm over the shop")
    assert "Storm over the shop" in pages(past(gone))["changes/"][1]
    public = past(gone, change(1), portal=Portal(audience="public"))
    assert "Storm" not in pages(public)["changes/"][1]
    assert all(b"Storm" not in content for _, content in feeds.feed_files(public))
    assert [kept.kind for kept in public.history.changes] == ["owner"]


def test_deployments_drown_nothing_else():
    many = [Change(night(number), "deployed", ref("shop"), before="1", after=str(number), owner=TEAM) for number in range(40)]
    of = past(*many, change(0))
    for name in ("shop", "group:checkout"):
        kinds = [moment.line.icon for moment in changes.timeline(of, of.links.catalog.entities[ref(name)]).content.moments]
        assert kinds.count("owns") == 1
        assert kinds.count("deployment") in {5, 10}
    crowd = [Change(night(1), "deployed", ref(f"c{number}"), before="1", after="2") for number in range(90)]
    day = pages(past(*crowd, change(1)))["changes/"][0].days[0]
    assert (day.groups[0].subject.ref, len(day.groups), day.more) == ("component:default/shop", 26, 65)
    feed = dict(feeds.feed_files(past(*crowd)))[feeds.FEED].decode()
    assert feed.count("<entry>") == 1
    assert "versions deployed: 90" in feed
