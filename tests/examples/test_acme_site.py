"""The site of the example: its links lead to files below ``examples/acme``, and its scorecards say what their data say.

One build for all of it, because it takes seconds.
"""

import gzip
import json
import os
import re
import shutil
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from callboard import pipeline
from callboard.cli.main import group
from callboard.cli.score_portal import PortalQuestion, portal_entities
from callboard.io.clock import Meter
from callboard.lint.portal_reader import PortalReader
from callboard.model.times import with_local_times
from callboard.onboarding import pacing
from callboard.plugins.portal_settings import read_settings
from callboard.website.css_rules import Markup, used_rules
from faulty import Server
from support import shared_caches
from support.remainders import dead_ends_of

sys.path += [str(Path(__file__).parents[1] / "onboarding"), str(Path(__file__).parents[2] / "benchmarks")]
from fake_change_hosts import FakeGitHubHost, FakeRepository

from host import serve

ROOT = Path(__file__).parents[2]
LINK = re.compile(
    r"https://github\.com/acme/(?P<repository>[^/\"#]*)/(?P<view>blob|edit|tree)/main/(?P<path>[^\"#]*)(?:#L(?P<line>\d+))?(?=\")"
)
ANY_FILE = re.compile(r"https://github\.com/acme/[^\"\s]*/(?:blob|edit|tree)/[^\"\s]*(?=\")")
MOST_REQUESTS = 8
MOST_BYTES = 63_000
KINDS = {"blob": Path.is_file, "edit": Path.is_file, "tree": Path.is_dir}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("acme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copy(ROOT / "sources.yaml", folder)
    request = pipeline.BuildRequest(
        read_settings(folder / "sources.yaml", {}), folder / "site", datetime(2026, 1, 1, tzinfo=UTC), dict(os.environ)
    )
    with shared_caches.lent(folder):
        pipeline.build(request, Meter())
    return folder / "site"


def test_every_remainder_leads_to_the_rest(site):
    assert list(dead_ends_of(site)) == []


def test_drift_is_what_the_readme_names_and_nothing_else(site):
    keys = {json.loads(file.read_text())["key"] for file in (site / "drift").glob("*.json")}
    assert keys == {
        "drift owner component:default/label-printer-bridge team-warehouse-it",
        "drift deployed component:default/gift-cards-web experimental",
        "drift renamed component:default/pricing-service acme/pricing",
        "drift renamed component:default/promotion-engine acme/pricing",
        "drift undeclared component:default/checkout-web @acme/shop-tracking",
    }
    assert {json.loads(file.read_text())["repository"] for file in (site / "drift").glob("*.json")} >= {"https://github.com/acme/pricing"}
    assert "dismissed until 2027-06-30: frozen until the old shop is switched off" in (site / "drift/index.html").read_text()


@pytest.mark.parametrize("key", ["owner component:default/label-printer-bridge", "deployed component:default/gift-cards-web"])
def test_the_file_of_a_drift_finding_becomes_a_pull_request_that_changes_one_line(site, tmp_path, monkeypatch, key):
    """The file below ``drift/`` goes to the command as it is; only the host is on this machine."""
    [file] = (each for each in (site / "drift").glob("*.json") if f"drift {key} " in each.read_text())
    patch = json.loads(file.read_text())
    name = patch["repository"].removeprefix("https://github.com/")
    before = (ROOT / "examples" / name / patch["path"]).read_text("utf-8")
    repository = FakeRepository({patch["path"]: before})
    monkeypatch.setattr(pacing, "BETWEEN_SECONDS", 0)
    with Server(FakeGitHubHost({name: repository})) as server:
        source = f"{{name: acme, type: github, organization: acme, url: {server.url}, token: '${{TOKEN}}'}}"
        (tmp_path / "sources.yaml").write_text(f"version: 1\nsources:\n  - {source}\n")
        told = ["describe", "--config", str(tmp_path / "sources.yaml"), "--apply", str(file), "--repository", name, "--pull-request"]
        first = CliRunner(env={"TOKEN": "secret-token"}).invoke(group, told)
        assert first.exit_code == 0, (first.output, first.exception)
        repository.requests[0]["state"] = "closed"
        second = CliRunner(env={"TOKEN": "secret-token"}).invoke(group, told)
    assert f"{name}: opened" in first.output
    assert f"{name}: declined" in second.output
    [request] = repository.requests
    after = repository.branches[request["branch"]][patch["path"]]
    changed = [(old, new) for old, new in zip(before.split("\n"), after.split("\n"), strict=True) if old != new]
    assert len(changed) == 1, changed
    assert patch["reason"].replace("`", "'") in request["body"]


def test_numbers_of_the_report_are_those_of_home(site):
    labels = ("Components", "APIs", "Resources", "Open incidents", "Problems")
    found = [
        dict(re.findall(r"</i>([^<]+)</span><span class=\"cb-stat__value\">(\d+)", (site / name).read_text()))
        for name in ("index.html", "reports/index.html")
    ]
    home, report = ({label: each.get(label) for label in labels} for each in found)
    assert home == report
    assert None not in home.values()


def test_tools_are_named_only_for_the_families_of_their_files(site):
    page = (site / "catalog/default/component/label-printer-bridge/index.html").read_text()
    assert "<dd>SonarQube: Quality</dd>" in page


def dead(url):
    """Why a link leads nowhere; empty if its file, folder and line exist."""
    link = LINK.match(f'{url}"')
    if link is None:
        return "is not made from the template"
    file = ROOT / "examples/acme" / link["repository"] / unquote(link["path"])
    if not link["repository"] or not KINDS[link["view"]](file):
        return "there is no such file"
    if link["line"] and not 1 <= int(link["line"]) <= len(file.read_text(encoding="utf-8", errors="replace").splitlines()):
        return "there is no such line"
    return ""


@pytest.mark.long
def test_every_link_to_a_file_of_the_example_leads_to_that_file_folder_and_line(site):
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    urls = {unescape(url) for page in pages for url in ANY_FILE.findall(page)}
    assert {url: reason for url in sorted(urls) if (reason := dead(url))} == {}
    assert len({LINK.match(f'{url}"')["repository"] for url in urls}) == len([p for p in (ROOT / "examples/acme").iterdir() if p.is_dir()])
    assert sum("#L" in url for url in urls) > 5
    assert sum("/edit/" in url for url in urls) > 50


@pytest.fixture(scope="module")
def cards(site):
    """The published data of each scorecard."""
    return {file.parent.name: json.loads(file.read_text()) for file in sorted((site / "scorecards").glob("*/results.json"))}


def expected(cards):
    return {(name, ref): found["results"] for name, data in cards.items() for ref, found in data["entities"].items()}


def letters(judgement):
    return {(name, ref): result.letters for name, results in judgement.results.items() for ref, result in results.items()}


def entities_of(site, *paths):
    found, local = portal_entities(PortalQuestion(str(site), os.environ, paths), PortalReader(str(site), os.environ, ""))
    return found.published, local


@pytest.mark.long
def test_what_a_portal_publishes_is_judged_as_on_its_site(site, cards):
    published, _ = entities_of(site)
    assert letters(published.judge(published.all_refs())) == expected(cards)
    assert len(expected(cards)) > 300


@pytest.mark.long
def test_descriptors_as_they_are_published_have_the_same_results_locally(site, cards):
    of_portal, seen = expected(cards), set()
    for repository in sorted(path for path in (ROOT / "examples/acme").iterdir() if path.is_dir()):
        published, local = entities_of(site, repository)
        assert letters(published.judge(local)) == {key: of_portal[key] for key in of_portal if key[1] in set(local)}, repository.name
        seen |= set(local)
    assert {ref for _, ref in of_portal} <= seen


@pytest.mark.long
def test_explanations_of_a_portal_are_those_of_its_pages(site):
    published, _ = entities_of(site)
    ref = "component:default/checkout-service"
    judged = published.judge([ref])
    (result,) = judged.results["security"].values()
    found = [part.found.values for each in published.explain(result) if each.explanation for part in each.explanation.deciding()]
    page = (site / "catalog/default/component/checkout-service/index.html").read_text()
    section = unescape(page[page.index('id="scorecards"') :])
    shown = [with_local_times(str(value), ZoneInfo("Europe/Berlin")) for values in found for value in values[2:]]
    assert shown
    assert all(value in section for value in shown)


@pytest.mark.long
def test_one_question_is_small(site):
    files = sorted((site / "api/scorecards/inputs").glob("*.json"))
    rest = len(gzip.compress((site / "api/scorecards/cards.json").read_bytes()))
    assert max(len(gzip.compress(file.read_bytes())) for file in files) + rest <= 30_000
    assert len(files) <= 256


ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def table(page, name):
    """The cells of a table as text, by the id of its heading."""
    section = page[page.index(f'id="{name}"') :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    cells = [[re.split(r"<p|<small", cell)[0] for cell in CELL.findall(row)] for row in ROW.findall(body)]
    return [[unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in row] for row in cells]


@pytest.mark.long
def test_the_figures_on_pages_are_those_of_the_published_data(site, cards):
    for name, data in cards.items():
        page = (site / "scorecards" / name / "index.html").read_text()
        titles = {rule["title"]: place for place, rule in enumerate(data["rules"])}
        columns = [Counter(found["results"][place] for found in data["entities"].values()) for place in range(len(titles))]
        for title, _, *numbers in table(page, "rules"):
            counts = columns[titles[title]]
            assert numbers[:4] == [str(counts[letter] or "–") for letter in "fnps"], (name, title)
        levels = Counter(str(found["level"] or "No level yet").capitalize() for found in data["entities"].values() if found["applies"])
        line = page[page.index('<p class="cb-line">') :].split("</p>", 1)[0]
        shown = {level: int(number) for level, number in re.findall(r"<bdi>([^<]*)</bdi> (\d+)", line)}
        assert shown == levels, name


@pytest.mark.long
def test_the_table_by_team_counts_what_the_data_have(site, cards):
    owners = {}
    for row in json.loads((site / "api/catalog/entities.json").read_text()):
        meta = row["metadata"]
        owned = [each["targetRef"] for each in row.get("relations", ()) if each["type"] == "ownedBy"]
        owners[f"{row['kind'].lower()}:{meta['namespace']}/{meta['name'].lower()}"] = owned[0] if owned else ""
    for name, data in cards.items():
        teams = defaultdict(list)
        for ref, found in data["entities"].items():
            teams[owners[ref]].append(found["results"])
        cells = {tuple(row[1:]) for row in table((site / "scorecards" / name / "index.html").read_text(), "teams")}
        assert {tuple(cell(column) for column in zip(*rows, strict=True)) for rows in teams.values()} == cells, name


def cell(column):
    counts = Counter(column)
    measured = counts["p"] + counts["f"]
    if not measured and counts["n"]:
        return ""  # the number of those not measured is in small print, which is left out here
    return f"{counts['p']}/{measured}" if measured else "–"


@pytest.mark.long
def test_the_table_of_the_catalog_has_the_levels_of_all_entities(site, cards):
    names, columns = (json.loads((site / f"api/catalog/{name}.json").read_text()) for name in ("names", "columns"))
    kinds, spaces, found = [kind["kind"] for kind in names["kinds"]], names["namespaces"], columns["levels"]
    refs = [
        f"{kinds[kind]}:{spaces[space]}/{name.lower()}"
        for kind, space, name in zip(names["kind"], names["namespace"], names["name"], strict=True)
    ]
    assert found["names"] == [name for name in found["names"] if cards[name]["levels"]]
    for card, levels, of in zip(found["names"], found["levels"], found["of"], strict=True):
        shown = {ref: [None, *levels][at] for ref, at in zip(refs, of, strict=True) if at >= 0}
        data = cards[card]["entities"].items()
        assert shown == {ref: each["level"] and each["level"].capitalize() for ref, each in data if each["applies"]}


@pytest.mark.browser
def test_the_first_visit_of_an_entitys_page_takes_few_requests_and_bytes(site, chromium):
    """Counted as a host sends it, with headers and compressed: the pages with most bytes of each kind."""
    server, address, wire = serve(site)
    largest = {
        kind: max(site.glob(f"catalog/default/{kind}/*/index.html"), key=lambda page: len(gzip.compress(page.read_bytes())))
        for kind in ("component", "api", "group", "system")
    }
    seen = {}
    for kind, page in largest.items():
        context, mark = chromium.new_context(viewport={"width": 1440, "height": 900}), len(wire.sent)
        tab = context.new_page()
        tab.goto(f"{address}{page.parent.relative_to(site)}/")
        tab.wait_for_function("() => document.querySelector('[data-star]:not([data-hidden])')")
        tab.wait_for_function("() => [...document.querySelectorAll('[data-age]')].every((each) => each.textContent)")
        tab.wait_for_load_state("networkidle")
        context.close()
        seen[kind] = wire.since(mark)
        assert "/assets/scripts.js" in [path for path, _ in wire.sent[mark:]]
    server.shutdown()
    server.server_close()
    assert {kind: figures for kind, figures in seen.items() if figures[0] > MOST_REQUESTS or figures[1] > MOST_BYTES} == {}


def test_no_class_of_a_page_lacks_a_rule_that_the_theme_has_for_it(site):
    """The style sheets of pages leave rules of the theme out; none that an element of a page needs."""
    classes = defaultdict(set)
    for file in site.rglob("*.html"):
        if frame := re.search(r'<body data-own="?(\w+)', html := file.read_text("utf-8")):
            classes[frame[1] == "docs"] |= {
                name for value in re.findall(r"class=(\"[^\"]*\"|[^\s>]+)", html) for name in value.strip('"').split()
            }
    theme = "".join(file.read_text("utf-8") for file in sorted(site.glob("assets/stylesheets/*.css")))
    for is_docs, name in ((False, "page.css"), (True, "docs.css")):
        assert {"md-header", "highlight", "md-tabs__item--active"} <= classes[is_docs]
        wanted = used_rules(theme, Markup(classes[is_docs]))
        have = (site / "assets" / name).read_text("utf-8")
        assert set(re.findall(r"\.[A-Za-z_][\w-]*", re.sub(r"url\(\"[^\"]*\"\)", "", wanted))) - set(re.findall(r"\.[\w-]+", have)) == set()
