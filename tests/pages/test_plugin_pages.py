"""Pages of a plugin's family: its templates or lists of its fields, in its order; what its code raises costs its panel alone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from page_builders import RENDERER
from test_facts_panels import NOW, asked, fact, pages, shop, shown, text, world

from callboard.model.facts.enumerations import Tone
from callboard.model.facts.incident import Incident
from callboard.model.facts.value import FactValue
from callboard.pages.facts.families import FAMILIES
from callboard.pages.facts.plugin_family import plugin_pages
from callboard.plugins.families import Family, FamilyIndexPage, PackageTemplate
from callboard.settings.settings import Portal
from support.plugin_package import installed

SYSTEM = "catalog/default/system/retail/"


@dataclass(frozen=True, slots=True)
class Load(FactValue):
    name: str
    percent: float = 0.0
    since: datetime | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_urgent(self):
        return self.percent > 90

    @property
    def tone(self):
        if self.name == "raises":
            raise ValueError("no <tone>")
        return Tone.BAD if self.is_urgent else Tone.GOOD

    def sort_key(self, observed_at):
        return -self.percent


LOAD = Family(
    "load", "Load", Load, fields={"name": "Server", "percent": "Percent", "since": "Since"}, index=FamilyIndexPage("Load", "All.")
)
VALUES = [fact("load", Load(f"server {n}", float(n)), key=f"a{n}") for n in range(6)]
WORST = fact("load", Load("the <b>worst", 99.5, datetime(2026, 5, 1, tzinfo=UTC)), key="z", of="ledger")


def of(family, *facts, **more):
    return world(facts, **more, families={**FAMILIES, "load": plugin_pages(family, "load-plugin 1.0")})


def section(html):
    return html[html.index('data-family="load"') :].partition("</section>")[0]


def templated(tmp_path, template):
    """A family whose panel, roll-up and index page have this template."""
    name = f"templates_{tmp_path.name.replace('-', '_')}"
    resource = PackageTemplate(name, "x.html")
    family = replace(LOAD, panel=resource, rollup=resource, index=FamilyIndexPage("Load", template=resource))
    return installed(tmp_path / "plugins", name, "", {}, files={"x.html": template}), family


def test_without_a_template_the_panel_lists_the_fields_with_their_labels_the_worst_first():
    html = section(shop(of(LOAD, *VALUES, replace(WORST, subject=VALUES[0].subject))))
    assert "Server the &lt;b&gt;worst Percent 99.5 Since 2026-05-01 00:00" in text(html)
    assert html.index("worst") < html.index("server 5") < html.index("server 1")


@pytest.mark.parametrize("path", [SYSTEM, "catalog/default/group/team/"])
def test_without_a_template_roll_ups_list_the_worst_with_its_tone_and_entity(path):
    html = section(shown(of(LOAD, *VALUES, WORST), path))
    assert html.index("worst") < html.index("server 5")
    assert "2 more" in text(html)
    assert "cb-state--bad" in html
    assert "component/ledger/" in html


def test_the_index_page_lists_all_and_is_linked_from_the_others():
    context = of(LOAD, *VALUES, WORST)
    page = pages(context)["health/load/"]
    html = RENDERER.render(page, page.view())
    assert page.title == "Load"
    assert html.index("worst") < html.index("server 5") < html.index("server 0")
    assert 'href="../../health/load/" aria-current="page"' in html


def test_a_template_gets_the_facts_in_order_and_escapes_them_and_links_from_every_page(tmp_path):
    package, family = templated(
        tmp_path, '{% for f in facts %}<i><a href="{{ up }}{{ f.subject.path }}">{{ f.value.name }}</a></i>{% endfor %}'
    )
    with package:
        context = of(family, *VALUES, WORST)
        link = '<i><a href="{}catalog/default/component/ledger/">the &lt;b&gt;worst</a></i>'
        assert link.format("../../../../") in shown(context, SYSTEM)
        assert "2 more" in text(section(shown(context, SYSTEM)))
        assert link.format("../../") in shown(context, "health/load/")
        assert shop(context).index("server 5") < shop(context).index("server 4")


@pytest.mark.parametrize("template", ["{{ nothing }}", "{{ 1 / 0 }}", "{% for %}", "{{ facts[0].value.tone }}"])
def test_a_template_that_raises_costs_its_panels_and_names_the_plugin(tmp_path, template):
    package, family = templated(tmp_path, template)
    with package:
        context = of(family, fact("load", Load("raises", 1.0)), fact("incident", Incident("Down", NOW, 1)))
        for path in ("catalog/default/component/shop/", SYSTEM, "health/load/"):
            html = shown(context, path)
            assert "Could not render “load (load-plugin 1.0)”" in text(html), path
            assert "<tone>" not in html
        assert "Down" in shown(context, SYSTEM)


def test_values_whose_decisions_raise_cost_their_panels_and_their_number_alone():
    class Bad(Load):
        __slots__ = ()

        @property
        def is_urgent(self):
            raise KeyError("x")

    context = of(replace(LOAD, urgent_title="Loaded"), fact("load", Bad("a", 95.0)), fact("incident", Incident("Down", NOW, 1)))
    context = replace(context, settings=replace(context.settings, sections={"integrations": [{}]}))
    html = text(shown(context, "health/"))
    assert "Could not render" in html
    assert "Loaded" not in html
    assert "Open incidents" in html


def test_a_public_site_leaves_the_family_out_unless_it_is_exposed():
    hidden = of(LOAD, WORST, portal=Portal(audience="public"))
    assert "health/load/" not in pages(hidden)
    assert "worst" not in "".join(shown(hidden, path) for path in pages(hidden))
    assert "worst" in shown(of(LOAD, WORST, portal=Portal(audience="public", expose=("load",))), "health/load/")


def test_a_measured_zero_has_the_text_of_the_family():
    html = shop(of(replace(LOAD, no_facts="No load."), measurements=[asked("load")]))
    assert "No load." in section(html)
