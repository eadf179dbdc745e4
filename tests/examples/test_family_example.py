"""The example of a family of facts in a package: all its parts appear in a site, without a word of it in Callboard's own files."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from faulty import Server, json_answer
from support import EVERY_CASE, portal

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/plugins/carbon"
SOURCES = """\
version: 1
portal: {{name: Small, organization: Small, url: "https://portal.example/"{portal}}}
sources:
  - {{name: here, type: files, path: repositories, repositories: "*"}}
integrations:
  - {{name: carbon, title: Emissions server, type: carbon, url: "{url}"}}
  - {{name: estimates, type: file, path: "facts/*.csv", family: carbon}}
"""
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop, annotations: {carbon.example.com/service: shop-eu}}
spec: {type: service, lifecycle: production, owner: team-shop, system: retail}
"""
CHEAP = "entity,name,month,emitted,budget\n" + "".join(f"ledger,<b>cheap {n},2026-11,{n},100\n" for n in range(6))
PAGES = {
    "component": "catalog/default/component/shop/", "system": "catalog/default/system/retail/", "team": "catalog/default/group/team-shop/",
    "health": "health/", "index": "health/carbon/", "home": "", "changes": "changes/",
}  # fmt: skip


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the package as ``pip`` installs it: its modules and its metadata."""
    folder, project = tmp_path_factory.mktemp("installed"), tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copytree(EXAMPLE / "callboard_carbon", folder / "callboard_carbon")
    metadata = folder / f"callboard_carbon-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    (metadata / "entry_points.txt").write_text("\n".join(f"[{g}]\n" + "".join(f"{n} = {t}\n" for n, t in p.items()) for g, p in groups))
    return folder


def built(folder, installed, emissions, more="", path=True):
    """Build with these answers of the emissions server; gives the pages by name."""

    def answer(asked, wire):
        json_answer(wire, emissions)

    with Server(answer) as server:
        portal.write(folder, shop=SHOP)
        (folder / "sources.yaml").write_text(SOURCES.format(url=server.url, portal=more))
        (folder / "facts").mkdir(exist_ok=True)
        (folder / "facts/carbon.csv").write_text(CHEAP)
        done = portal.process(folder, "build", PYTHONPATH=f"{installed}:{ROOT}", SOURCE_DATE_EPOCH="")
    assert done.returncode == 0, done.stderr
    files = {name: folder / "site" / path / "index.html" for name, path in PAGES.items()}
    return {name: file.read_text() for name, file in files.items() if file.exists()}


def emission(emitted):
    return [{"name": "shop-eu", "month": "2026-11", "emitted": emitted, "budget": 100, "unit": "kg"}]


def text(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def panel(html):
    return html[html.index('data-family="carbon"') :].partition("</section>")[0]


def test_it_is_on_every_kind_of_page_with_the_worst_first_and_in_the_history(installed, tmp_path):
    built(tmp_path, installed, emission(80))
    pages = built(tmp_path, installed, emission(120))
    assert "120 of 100 kg" in text(panel(pages["component"])), "the plugin's own template"
    for name in ("system", "team", "health"):
        shown = panel(pages[name])
        assert "shop-eu" in shown, name
        if name != "team":
            assert shown.index("shop-eu") < shown.index("cheap")
            assert "&lt;b&gt;cheap" in shown
            assert "2 more" in text(shown)
    assert pages["index"].index("shop-eu") < pages["index"].index("cheap 5") < pages["index"].index("cheap 1")
    for name in ("health", "home"):
        assert re.search(r"Budgets exceeded\s+1|1\s+Budgets exceeded", text(pages[name])), name
    assert "budget exceeded: shop-eu · 120 of 100 kg" in text(pages["changes"])
    assert "budget exceeded" in text(pages["component"])
    status = (tmp_path / "site/status/index.html").read_text()
    assert '<span class="cb-muted">Emissions</span>' in status
    assert '<span class="cb-muted">carbon</span>' not in status
    feed = (tmp_path / "site/changes/feed.xml").read_text()
    assert "budget exceeded: shop-eu (120 of 100 kg)" in feed


@EVERY_CASE
def test_a_public_site_shows_it_only_if_it_is_exposed(installed, tmp_path):
    built(tmp_path, installed, emission(80))
    hidden = built(tmp_path, installed, emission(120), ", audience: public")
    assert not [name for name, html in hidden.items() if re.search('data-family="carbon"|of 100 kg|[Bb]udgets? exceeded', html)]
    built(tmp_path, installed, emission(80), ", audience: public, expose: [carbon]")  # the state had no emissions to compare with
    exposed = built(tmp_path, installed, emission(120), ", audience: public, expose: [carbon]")
    assert "shop-eu" in exposed["index"]
    assert "budget exceeded: shop-eu" in text(exposed["changes"])


def test_without_the_package_its_saved_facts_are_left_out_and_the_build_goes_on(installed, tmp_path):
    built(tmp_path, installed, emission(80))
    pages = built(tmp_path, installed, emission(120))
    assert "shop-eu" in pages["index"]
    (tmp_path / "sources.yaml").write_text(portal.SOURCES)
    done = portal.process(tmp_path, "build")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert "shop-eu" not in (tmp_path / "site/catalog/default/component/shop/index.html").read_text().partition("History")[0]
    assert not (tmp_path / "site/health/carbon").exists()
    again = portal.process(tmp_path, "build", "--from-state")
    assert again.returncode == 0, again.stderr


def test_an_unknown_family_under_expose_is_named_with_the_one_that_was_meant(installed, tmp_path):
    portal.write(tmp_path)
    (tmp_path / "sources.yaml").write_text(portal.SOURCES.replace("portal: {", "portal: {expose: [carbons], "))
    done = portal.process(tmp_path, "build", PYTHONPATH=f"{installed}:{ROOT}")
    assert done.returncode == 2
    assert '"carbons" is not hidden' in done.stderr
    assert "carbon" in done.stderr.partition("did you mean")[2]


def test_a_broken_version_is_a_problem_and_its_integration_fails_with_the_reason(installed, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(installed, broken)
    (broken / "callboard_carbon/family.py").write_text("1 / 0")
    portal.write(tmp_path / "portal")
    integrations = 'integrations: [{name: x, type: file, family: carbon, path: "f.csv"}]\n'
    (tmp_path / "portal/sources.yaml").write_text(portal.SOURCES + integrations)
    done = portal.process(tmp_path / "portal", "build", PYTHONPATH=f"{broken}:{ROOT}")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    for page in ("problems", "status"):
        assert "ZeroDivisionError" in (tmp_path / "portal/site" / page / "index.html").read_text(), page


def test_it_is_listed_with_its_description(installed, tmp_path):
    listed = json.loads(portal.process(tmp_path, "plugins", "--format", "json", PYTHONPATH=f"{installed}:{ROOT}").stdout)
    assert "callboard-carbon" in json.dumps(listed)


def test_no_file_of_callboard_knows_the_family():
    files = [f for folder in ("generator", "templates", "site_overrides") for f in (ROOT / folder).rglob("*") if f.is_file()]
    assert len(files) > 300
    texts = {file: file.read_bytes() for file in files if file.suffix != ".pyc"}
    assert [file for file, content in texts.items() if re.search(rb"callboard[_-]carbon|[\"'/]carbon[\"'/]|carbon-budget", content)] == []
