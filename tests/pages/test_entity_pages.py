"""Entity pages: what each kind says, what is left out, and that nothing a descriptor holds can break or poison a page."""

import gzip
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from page_builders import HostTree, Outline, context_of, documents, entity_of, page_of

from callboard.pages.entities.plan import plan
from callboard.settings.settings import Portal

SHOP = """
kind: Domain
metadata: {name: retail}
spec: {owner: shop-team}
---
kind: System
metadata: {name: shop}
spec: {owner: shop-team, domain: retail}
---
kind: Group
metadata: {name: company}
spec: {type: root, children: []}
---
kind: Group
metadata: {name: shop-team, title: Shop team}
spec: {type: team, children: [], parent: company, profile: {email: shop@acme.example}}
---
kind: Group
metadata: {name: till-team}
spec: {type: team, children: [], parent: shop-team}
---
kind: User
metadata: {name: ann, description: Lead}
spec: {memberOf: [shop-team], profile: {displayName: Ann Lee, email: ann@acme.example}}
---
kind: Component
metadata:
  name: checkout
  title: Checkout
  description: Takes orders.
  tags: [java]
  links: [{url: "https://grafana.acme.example/x", title: Dashboard, icon: dashboard}]
  annotations: {backstage.io/techdocs-ref: "dir:.", pagerduty.com/service-id: P1}
spec:
  type: service
  lifecycle: production
  owner: shop-team
  system: shop
  providesApis: [orders]
  dependsOn: [resource:db, component:ghost]
---
kind: Component
metadata: {name: web, description: The shop window.}
spec: {type: website, lifecycle: experimental, owner: till-team, system: shop, consumesApis: [orders], subcomponentOf: checkout}
---
kind: API
metadata: {name: orders, description: Orders of customers.}
spec:
  type: openapi
  lifecycle: production
  owner: shop-team
  system: shop
  definition: |
    openapi: 3.1.0
    info: {title: Orders}
---
kind: Resource
metadata: {name: db}
spec: {type: database, owner: nobody}
---
kind: Location
metadata: {name: everything}
spec: {type: url, targets: ["https://git.acme.example/a.yaml", ./b.yaml]}
---
kind: Template
metadata: {name: new-app}
spec:
  type: service
  parameters: [{title: Basics, required: [name], properties: {name: {type: string, title: Its name}}}]
  steps: [{id: a, name: Fetch, action: "fetch:template"}]
---
kind: Spaceship
metadata: {name: enterprise}
spec: {warp: {max: 9}, crew: [kirk, spock]}
"""


@pytest.fixture(scope="module")
def shop():
    return documents(SHOP)


def sections(view):
    return {section.id: section for section in view.sections}


def test_the_head_says_who_owns_it_and_where_it_belongs(shop):
    view, html = page_of(shop, "component:default/checkout")
    outline = Outline(html)
    assert [link.name for link in view.trail] == ["retail", "shop"]
    assert {
        key.label: key.text or (key.state and key.state.text) or (key.link and key.link.name) or [web.url for web in key.web]
        for key in view.header_fields
    } == {
        "Owner": "Shop team", "Lifecycle": "production", "Type": "service", "System": "shop", "Contact": ["mailto:shop@acme.example"],
    }  # fmt: skip
    assert "../../../../catalog/default/group/shop-team/" in outline.links()


def test_the_buttons_lead_to_docs_api_source_editor_and_a_new_issue(shop):
    view, _ = page_of(shop, "component:default/checkout")
    assert [(action.text, action.path or action.url) for action in view.actions] == [
        ("Documentation", "https://github.com/acme/shop/tree/main/apps/x"),
        ("API", "catalog/default/api/orders/"),
        ("Source", "https://github.com/acme/shop/tree/main/apps/x"),
        ("Edit descriptor", "https://github.com/acme/shop/edit/main/apps/x/catalog-info.yaml"),
        ("Report an issue", "https://github.com/acme/shop/issues/new?title=component%3Adefault%2Fcheckout%3A%20"),
    ]


REF, ENTITY = "backstage.io/techdocs-ref", "backstage.io/techdocs-entity"
SOURCE = "backstage.io/source-location"
SHOP_CODE = "url:https://github.com/acme/shop-code/tree/main/svc/"
DOCUMENTED = [
    ({REF: "dir:./docs", SOURCE: SHOP_CODE}, "https://github.com/acme/shop-code/tree/main/svc/docs", "real-backstage.md, finding 8"),
    ({REF: "dir:.", SOURCE: "url:https://my-url/folder/"}, "https://my-url/folder", "vector techdocs_ref"),
    (
        {REF: "dir:docs", SOURCE: "url:https://github.com/acme/td/"},
        "https://github.com/acme/td/tree/HEAD/docs",
        "sibling: a repository's root",
    ),
    ({REF: "dir:.", SOURCE: "url:https://github.com/acme/td/"}, "https://github.com/acme/td", "sibling: a repository's root"),
    ({REF: "dir:../../..", SOURCE: SHOP_CODE}, "https://github.com/acme/shop-code", "sibling: the folder is in the repository"),
    ({REF: "dir:../../../../other", SOURCE: SHOP_CODE}, "", "hostile: another repository"),
    ({REF: "dir:docs", SOURCE: "url:javascript://x"}, "", "hostile: no web address"),
    ({REF: "url:https://docs.acme.example/"}, "https://docs.acme.example/", "TechDocs"),
    ({REF: "dir:docs"}, "https://github.com/acme/shop/tree/main/apps/x/docs", "real-backstage.md, finding 8: /tree/ for a folder"),
    ({REF: "docs"}, "", "descriptors.md, B1: ANN004 says what to write"),
    ({ENTITY: "component:default/handbook"}, "https://docs.acme.example/handbook/", "descriptors.md, B9: td-entity"),
    ({ENTITY: "component:handbook", REF: "dir:."}, "https://docs.acme.example/handbook/", "TechDocs reads the other entity's first"),
    ({ENTITY: "component:gone", REF: "url:https://docs.acme.example/"}, "https://docs.acme.example/", "sibling: no such entity"),
    ({ENTITY: "handbook"}, "", "sibling: no kind"),
    ({ENTITY: "component:default/x"}, "", "hostile: a circle"),
]


@pytest.mark.parametrize(("annotations", "address"), [case[:2] for case in DOCUMENTED])
def test_the_button_documentation_leads_where_techdocs_reads(annotations, address):
    handbook = entity_of(
        {"kind": "Component", "metadata": {"name": "handbook", "annotations": {REF: "url:https://docs.acme.example/handbook/"}}}
    )
    component = entity_of({"kind": "Component", "metadata": {"name": "x", "annotations": annotations}})
    view, html = page_of([component, handbook], "component:default/x", tree=HostTree())
    assert [action.url for action in view.actions if action.text == "Documentation"] == ([address] if address else [])
    missing = "Add documentation" in html
    assert missing is (annotations.get(REF, "").partition(":")[0] not in {"dir", "url"} and not address)


def test_a_folder_of_docs_outside_of_the_tree_is_no_link():
    away = entity_of({"kind": "Component", "metadata": {"name": "x", "annotations": {"backstage.io/techdocs-ref": "dir:../../../etc"}}})
    view, _ = page_of([away], "component:default/x")
    assert "Documentation" not in [action.text for action in view.actions]


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("https://grafana.acme.example/d/x", True), ("javascript:alert(1)", False), ("https://a@evil.example/", False), ("a' name", False),
    ],
)  # fmt: skip
def test_the_overview_dashboard_of_grafana_is_a_link_if_it_is_a_safe_address(written, linked):
    annotations = {"grafana/overview-dashboard": written}
    _, html = page_of([entity_of({"kind": "Component", "metadata": {"name": "x", "annotations": annotations}})], "component:default/x")
    assert (f'href="{written}"' in html) is linked
    assert Markup.escape(written) in html


def test_without_a_known_host_there_are_no_buttons_that_lead_nowhere(shop):
    view, html = page_of(shop, "resource:default/db", tree=HostTree(host=""))
    assert view.actions == ()
    assert "cb-actions" not in html


def test_gitlab_has_its_own_address_for_a_new_issue(shop):
    class GitLab(HostTree):
        def view_url(self, path, line=None):
            return f"https://gitlab.acme.example/a/b/c/-/blob/main/{path}"

    view, _ = page_of(shop, "resource:default/db", tree=GitLab())
    assert view.actions[-1].url == "https://gitlab.acme.example/a/b/c/-/issues/new?issue[title]=resource%3Adefault%2Fdb%3A%20"


def test_a_dangling_reference_is_text_with_a_mark_and_never_a_link(shop):
    _, html = page_of(shop, "component:default/checkout")
    outline = Outline(html)
    assert "ghost not found in catalog" in outline.text()
    assert not [link for link in outline.links() if "ghost" in link]


def test_an_owner_that_does_not_exist_is_said_in_red(shop):
    _, html = page_of(shop, "resource:default/db")
    keys = html[html.index('<dl class="cb-keys">') : html.index("</dl>")]
    assert "cb-state--bad" in keys
    assert "nobody" in keys
    assert "not found in catalog" in keys


def test_a_problem_links_its_line_and_its_page_of_the_manual(shop):
    view, html = page_of(shop, "component:default/checkout")
    (problem,) = sections(view)["problems"].content
    assert problem.code_path == f"problems/{problem.code.lower()}/"
    assert problem.url.startswith("https://github.com/acme/shop/edit/main/apps/x/catalog-info.yaml#L")
    assert f'href="../../../../{problem.code_path}"' in html


def test_a_component_says_what_it_needs_and_what_breaks_without_it(shop):
    view, _ = page_of(shop, "component:default/checkout")
    found = sections(view)
    dependents, dependencies = found["relations"].content.lists
    assert [(row.link.name, row.role) for row in dependents.rows] == [("web", "via orders")]
    assert [(row.link.name, row.link.path != "") for row in dependencies.rows] == [("ghost", False), ("db", True)]
    assert [(team.team.name, [e.name for e in team.affected], team.distance) for team in found["impact"].content.teams] == [
        ("till-team", ["web"], "direct")
    ]
    assert [(row.link.name, row.role) for row in found["apis"].content.rows] == [("orders", "provides")]
    assert [row.link.name for row in found["subcomponents"].content.rows] == ["web"]


def test_an_api_says_who_provides_and_consumes_it_and_shows_its_definition(shop):
    view, html = page_of(shop, "api:default/orders")
    found = sections(view)
    provided, consumed = found["relations"].content.lists
    assert [row.link.name for row in provided.rows] == ["Checkout"]
    assert [row.link.name for row in consumed.rows] == ["web"]
    assert found["definition"].content.file == "definition.yaml"
    assert found["definition"].content.is_open
    assert 'href="definition.yaml" download' in html


def test_a_long_definition_is_cut_at_a_line_and_says_so():
    text = "\n".join(f"line{number}: value" for number in range(5_000))
    api = entity_of({"kind": "API", "metadata": {"name": "long"}, "spec": {"type": "openapi", "definition": text}})
    view, html = page_of([api], "api:default/long")
    shown = sections(view)["definition"].content
    assert shown.cut.startswith("Showing ")
    assert "of 5,000 lines" in shown.cut
    assert not shown.is_open
    assert len(html) < 60_000


def test_a_group_shows_its_place_its_people_and_what_it_owns_through_sub_teams(shop):
    view, html = page_of(shop, "group:default/shop-team")
    found = sections(view)
    assert [(person.link.name, person.role, person.mail) for person in found["members"].content.people] == [
        ("Ann Lee", "Lead", "ann@acme.example")
    ]
    owns = found["owns"].content
    assert [row.link.name for row in owns.rows] == ["orders", "Checkout", "retail", "shop"]
    assert [(row.team.name, row.total) for row in owns.teams.rows] == [("till-team", "1")]
    assert found["organisation"].content.link.name == "company"
    assert 'aria-current="page"' in html
    assert "mailto:shop@acme.example" in html


def test_a_user_shows_groups_and_what_they_own(shop):
    view, _ = page_of(shop, "user:default/ann")
    found = sections(view)
    assert [row.link.name for row in found["groups"].content.rows] == ["Shop team"]
    assert {row.link.name for row in found["teams-own"].content.rows} == {"orders", "Checkout", "retail", "shop"}


def test_a_system_and_a_domain_show_a_map_and_their_contents(shop):
    system, html = page_of(shop, "system:default/shop")
    assert [key for key in sections(system) if key.startswith("contains")] == ["contains-component", "contains-api"]
    assert "cb-graph" in html
    domain, _ = page_of(shop, "domain:default/retail")
    assert [row.link.name for row in sections(domain)["contains-system"].content.rows] == ["shop"]


def test_a_location_shows_its_targets_and_what_they_brought():
    brought = entity_of({"kind": "Component", "metadata": {"name": "x"}}, via=("location:default/all",))
    location = entity_of(
        {"kind": "Location", "metadata": {"name": "all"}, "spec": {"targets": ["https://x.example/a", "./b"], "target": 4}}
    )
    view, _ = page_of([brought, location], "location:default/all")
    assert [(target.text, target.url) for target in sections(view)["targets"].content] == [
        ("4", ""), ("https://x.example/a", "https://x.example/a"), ("./b", ""),
    ]  # fmt: skip
    assert [row.link.name for row in sections(view)["brought"].content.rows] == ["x"]


def test_a_template_shows_its_form_and_its_steps(shop):
    view, _ = page_of(shop, "template:default/new-app")
    (group,) = sections(view)["parameters"].content
    assert [(field.name, field.title, field.required) for field in group.fields] == [("name", "Its name", True)]
    assert [(step.name, step.action) for step in sections(view)["steps"].content] == [("Fetch", "fetch:template")]


def test_an_unknown_kind_shows_its_spec_as_a_tree(shop):
    view, html = page_of(shop, "spaceship:default/enterprise")
    warp, crew = sections(view)["spec"].content
    assert [(node.key, node.value) for node in warp.children] == [("max", "9")]
    assert [node.value for node in crew.children] == ["kirk", "spock"]
    assert "Spaceship" in html


def test_improvements_stand_only_where_something_essential_is_missing(shop):
    rich, _ = page_of(shop, "component:default/checkout")
    poor, html = page_of(shop, "resource:default/db")
    assert "improve" not in sections(rich)
    assert [step.title for step in sections(poor)["improve"].content.steps] == [
        "Set a valid owner", "Add a description", "Assign a system",
    ]  # fmt: skip
    assert [action.text for action in poor.actions if action.is_primary] == ["Edit descriptor"]
    assert 'data-copy="spec:\n  owner: my-team"' in html


def test_parts_that_have_nothing_to_say_are_left_out():
    lonely = entity_of({"kind": "Group", "metadata": {"name": "lonely", "description": "Alone."}})
    view, html = page_of([lonely], "group:default/lonely")
    assert set(sections(view)) - {"problems"} == {"about", "descriptor"}
    assert "cb-trail" not in html


def test_a_description_that_the_lead_has_said_is_not_said_again(shop):
    view, html = page_of(shop, "component:default/checkout")
    assert not sections(view)["about"].content.prose
    assert html.count("Takes orders.") == 2  # the lead, and the raw descriptor


def test_secrets_are_masked_wherever_the_descriptor_is_shown():
    token = "ghp_" + "a" * 36
    leaky = {
        "kind": "Spaceship",
        "metadata": {
            "name": "leaky", "title": f"T {token}", "description": f"Use {token} here. And\n\nmore {token}.", "labels": {"k": token},
            "tags": [token], "links": [{"url": f"https://x.example/?t={token}", "title": token}],
            "annotations": {"jira/project-key": token, "github.com/project-slug": f"a/{token}"},
        },
        "spec": {"type": token, "lifecycle": token, "secret": token, "list": [token]},
    }  # fmt: skip
    context = context_of([entity_of(leaky)])
    (page,) = plan(context)
    _, html = page_of([entity_of(leaky)], "spaceship:default/leaky")
    assert token not in html
    assert token not in repr((page.title, page.description, page.search()))
    assert "secrets masked" in html


def test_a_public_portal_says_nobodys_address(shop):
    for ref in ("user:default/ann", "group:default/shop-team"):
        _, html = page_of(shop, ref, portal=Portal(audience="public"))
        assert "@acme.example" not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x/y", "//x", "https://", "https://a b", 5, None])
def test_an_address_that_is_not_of_the_web_is_never_a_link(url):
    bad = entity_of({"kind": "Component", "metadata": {"name": "x", "links": [{"url": url, "title": "Click"}]}})
    _, html = page_of([bad], "component:default/x")
    assert all(link.startswith(("../../../../", "https://github.com/", "#")) for link in Outline(html).links())


def test_every_page_is_sound_html_with_headings_in_order(shop):
    for entity in shop:
        _, html = page_of(shop, str(entity.ref))
        outline = Outline(html)
        steps = list(zip(outline.headings, outline.headings[1:], strict=False))
        assert outline.headings[0] == 1
        assert outline.headings.count(1) == 1
        assert all(after - before <= 1 for before, after in steps), entity.ref
        assert len(outline.ids) == len(set(outline.ids)), entity.ref
        assert not {name for name, _ in outline.attributes if name == "style" or name.startswith("on")}


def test_a_page_does_not_depend_on_the_order_in_which_entities_arrive(shop):
    shuffled = shop[:]
    random.Random(7).shuffle(shuffled)
    for entity in shop:
        assert page_of(shop, str(entity.ref))[1] == page_of(shuffled, str(entity.ref))[1]


def test_a_hub_lists_fifty_and_says_how_many_more():
    hub = entity_of({"kind": "Resource", "metadata": {"name": "hub"}, "spec": {"owner": "t"}})
    users = [
        entity_of({"kind": "Component", "metadata": {"name": f"user-{n}"}, "spec": {"owner": f"t{n % 60}", "dependsOn": ["resource:hub"]}})
        for n in range(2_000)
    ]
    view, html = page_of([hub, *users], "resource:default/hub")
    (dependents,) = sections(view)["relations"].content.lists
    assert (len(dependents.rows), dependents.count, dependents.more) == (50, 2_000, "1,950 more")
    without_diagram = html[: html.index("<figure")] + html[html.index("</figure>") :]
    assert len(gzip.compress(without_diagram.encode())) < 10_000


OWN_SCRIPT = re.compile(r'<script type="module" src="[./]*assets/[a-z-]+\.js">')
NASTY = st.sampled_from(["<script>x</script>", '"><img src=x>', "component:default/x"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
FIELDS = ["title", "description", "tags", "labels", "links", "annotations"]
SPEC = ["type", "lifecycle", "owner", "system", "dependsOn", "providesApis", "definition", "target", "targets", "parameters", "steps"]
SPEC += ["profile", "members", "memberOf", "parent", "children"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["Component", "API", "Group", "User", "Location", "Template", "System", "Domain", "Resource", "Odd"]),
    st.dictionaries(st.sampled_from(FIELDS), ANYTHING),
    st.dictionaries(st.sampled_from(SPEC), ANYTHING),
)
def test_whatever_a_descriptor_holds_its_page_is_sound(kind, metadata, spec):
    strange = entity_of({"kind": kind, "metadata": {**metadata, "name": "x"}, "spec": spec}, "text: <script>")
    _, html = page_of([strange], f"{kind.lower()}:default/x")
    outline = Outline(html)
    assert not {"img", "style", "iframe"} & set(outline.tags)
    assert all(OWN_SCRIPT.fullmatch(tag) for tag in re.findall(r"<script[^>]*>", html))
    assert not [link for link in outline.links() if link.lower().startswith(("javascript:", "data:"))]


def test_what_search_knows_is_words_and_other_spellings_of_the_name():
    order = entity_of({
        "kind": "Component",
        "metadata": {"name": "order-svc", "title": "Orders", "description": "Takes **orders**.\n\n- fast", "tags": ["java"]},
        "spec": {"owner": "shop-team"},
    })  # fmt: skip
    (page,) = plan(context_of([order]))
    known = page.search()
    assert known.title == "Orders"
    assert known.body == "Takes orders.\n\nfast\n\njava\n\nshop-team"
    assert {"order", "svc", "service", "ordersvc", "orderservice"} <= set(known.alias.split())
    assert dict(known.meta) == {"ref": "component:default/order-svc", "owner": "shop-team"}


def test_the_page_tells_when_the_descriptor_changed_in_the_portals_time_and_names_no_commit(shop):
    _, html = page_of(shop, "resource:default/db", portal=Portal(timezone="Europe/Berlin"))
    assert "changed 2026-11-21" in html
    assert "01234567" not in html


def test_a_tag_whose_word_says_nothing_as_the_text_of_a_link_is_called_a_tag():
    entity = entity_of({"kind": "Component", "metadata": {"name": "shop", "tags": ["go", "java"]}, "spec": {"owner": "shop-team"}})
    _, html = page_of([entity], "component:default/shop")
    assert '?tag=go"><span class="cb-hide">Tag: </span><bdi>go</bdi></a>' in html
    assert '?tag=java"><bdi>java</bdi></a>' in html
