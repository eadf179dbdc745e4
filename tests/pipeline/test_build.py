import json
import shutil

import pytest

from support.portal import SHOP, callboard, digests, process, write


@pytest.fixture
def portal(tmp_path):
    return write(tmp_path)


def test_a_build_makes_a_page_and_data_for_every_entity(portal):
    done = callboard(portal, "build", "--report", "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((portal / "report.json").read_text())
    assert report["counts"]["entities"] == 6
    assert report["counts"]["entities_by_kind"] == {"component": 2, "group": 2, "resource": 1, "system": 1}
    assert {"sources", "descriptors", "catalog"} <= {phase["name"] for phase in report["phases"]}
    assert report["peak_memory_mb"]["main"] > 10
    page = (portal / "site/catalog/default/component/shop/index.html").read_text()
    assert 'data-entity-ref="component:default/shop"' in page[page.index("<main") : page.index("<main") + 300]
    entity = json.loads((portal / "site/api/catalog/entities/by-name/component/default/shop").read_text())
    assert {"type": "dependsOn", "targetRef": "component:default/ledger"} in entity["relations"]
    assert "uid" not in entity["metadata"]
    assert len(json.loads((portal / "site/api/catalog/entities.json").read_text())) == 6
    assert not (portal / "site/api/catalog/entities.jsonl").exists()


def test_the_portal_chooses_its_data_files(portal):
    with (portal / "sources.yaml").open("a") as sources:
        sources.write("data: {by_name: false, lines: true}\n")
    assert callboard(portal, "build").returncode == 0
    assert not (portal / "site/api/catalog/entities").exists()
    lines = [json.loads(line) for line in (portal / "site/api/catalog/entities.jsonl").read_text().splitlines()]
    assert lines == json.loads((portal / "site/api/catalog/entities.json").read_text())
    assert len(lines) == 6


def test_a_duplicate_that_is_left_out_is_counted_nowhere(portal):
    write(portal, copy=SHOP)
    callboard(portal, "build", "--report", "report.json")
    (collection,) = json.loads((portal / "site/status/collections.json").read_text())["collections"]
    assert collection["count"] == json.loads((portal / "report.json").read_text())["counts"]["entities"] == 6


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes_in_another_folder(portal, tmp_path):
    other = write(tmp_path / "elsewhere/deeper")
    assert process(portal, "build", PYTHONHASHSEED="1").returncode == process(other, "build", PYTHONHASHSEED="2").returncode == 0
    assert digests(portal / "site") == digests(other / "site")


@pytest.mark.long
def test_a_second_build_renders_nothing_and_writes_nothing(portal):
    callboard(portal, "build")
    before = {file: file.stat().st_mtime_ns for file in (portal / "site").rglob("*") if file.is_file()}
    done = callboard(portal, "build", "--report", "report.json")
    counts = json.loads((portal / "report.json").read_text())["counts"]
    assert (counts["pages_rendered"], counts["files_written"]) == (0, 0), done.stderr
    assert {file: file.stat().st_mtime_ns for file in (portal / "site").rglob("*") if file.is_file()} == before


@pytest.mark.long
def test_only_the_status_knows_the_time_of_the_build(portal):
    callboard(portal, "build", "--now", "2026-11-21T03:00:00Z")
    before = digests(portal / "site")
    callboard(portal, "build", "--now", "2026-11-22T03:00:00Z")
    after = digests(portal / "site")
    assert {path for path in before if before[path] != after[path]} == {"status/collections.json", "status/index.html"}


def test_an_incremental_build_equals_a_clean_one(portal):
    callboard(portal, "build")
    (portal / "repositories/shop/catalog-info.yaml").write_text(
        SHOP.replace("Sells things", "Sells more things").replace("shop-db", "shop-store")
    )
    shutil.rmtree(portal / "repositories/ledger")
    assert callboard(portal, "build").returncode == 0
    incremental = digests(portal / "site")
    shutil.rmtree(portal / "site")
    shutil.rmtree(portal / ".callboard/cache")  # the state stays: it is what the portal remembers, not a cache
    assert callboard(portal, "build").returncode == 0
    assert incremental == digests(portal / "site")
    assert not (portal / "site/catalog/default/component/ledger").exists()


COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: service, lifecycle: production, owner: {owner}, dependsOn: [component:{needs}]}}
"""
TEAM = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {{name: team-far, title: {title}}}
spec: {{type: team, children: []}}
"""


@pytest.mark.long
def test_a_page_that_reads_nothing_of_an_entity_but_its_link_follows_its_title(portal):
    """The ledger's page names the team that would be hit two dependencies away; it has no relation with it, nor asks about it."""
    near = COMPONENT.format(name="near", owner="team-shop", needs="ledger")
    far = COMPONENT.format(name="far", owner="team-far", needs="near")
    page = portal / "site/catalog/default/component/ledger/index.html"
    for title in ("Far away", "Out there"):
        write(portal, near=near, far=far, team=TEAM.format(title=title))
        assert callboard(portal, "build").returncode == 0
        assert title in page.read_text()


def test_a_descriptor_with_an_error_stops_nothing_unless_strict(portal):
    write(portal, broken="apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\n  description: a: b\n")
    done = callboard(portal, "build")
    assert done.returncode == 0
    assert "1 error" in done.stderr
    assert callboard(portal, "build", "--strict").returncode == 1
    assert (portal / "site/catalog/default/component/shop/index.html").exists()


@pytest.mark.long
def test_a_source_that_cannot_be_read_leaves_the_old_site(portal):
    callboard(portal, "build")
    before = digests(portal / "site")
    with (portal / "sources.yaml").open("a") as file:
        file.write("  - {name: far, type: git, url: 'file:///nowhere/at/all.git'}\n")
    done = callboard(portal, "build")
    assert done.returncode == 2
    assert "far" in done.stderr
    assert "Traceback" not in done.stderr
    assert digests(portal / "site") == before
    assert callboard(portal, "build", "--allow-missing-sources").returncode == 0


def test_a_mistake_in_sources_yaml_is_told_with_its_place(portal):
    (portal / "sources.yaml").write_text("version: 1\nportl: {}\nsources: []\n")
    done = callboard(portal, "build")
    assert done.returncode == 2
    assert "sources.yaml:2:1" in done.stderr
    assert "portal" in done.stderr


def test_an_unset_variable_fails_only_its_source(portal):
    with (portal / "sources.yaml").open("a") as file:
        file.write("  - {name: far, type: git, url: 'https://x:${NO_SUCH_TOKEN}@git.example/x.git'}\n")
    done = callboard(portal, "build", "--allow-missing-sources")
    assert done.returncode == 0
    assert "NO_SUCH_TOKEN" in done.stderr


def test_lint_judges_references_only_when_the_whole_is_known(portal):
    write(portal, shop=SHOP.replace("component:ledger", "component:leger"))
    whole = json.loads(callboard(portal, "lint", "--format", "json").stdout)
    assert [(p["code"], p["path"], p["line"]) for p in whole] == [("REF001", "repositories/shop/catalog-info.yaml", 4)]
    assert "component:ledger" in whole[0]["hint"]
    assert set(whole[0]) == {
        "code", "severity", "source", "repository", "tree", "path", "document", "line", "column", "end_line", "end_column",
        "ref", "message", "hint", "docs", "fingerprint",
    }  # fmt: skip
    assert json.loads(callboard(portal, "lint", "--format", "json", "repositories/shop").stdout) == []


def test_lint_exits_with_one_on_an_error_and_shows_the_line(portal):
    write(portal, shop=SHOP.replace("name: shop,", "name: shop, tags: [Java],", 1))
    done = callboard(portal, "lint", "repositories/shop/catalog-info.yaml")
    assert done.returncode == 1
    assert "repositories/shop/catalog-info.yaml:3:" in done.stdout
    assert "Java" in done.stdout


def test_plugins_are_listed_as_json(portal):
    listed = json.loads(callboard(portal, "plugins", "--format", "json").stdout)
    assert {"files", "git"} <= {plugin["type"] for plugin in listed if plugin["group"] == "callboard.sources"}
    assert all(set(plugin) == {"group", "type", "package", "version", "description", "failure"} for plugin in listed)
    assert all(plugin["description"] and not plugin["failure"] for plugin in listed)


def test_explain_knows_every_code_that_lint_prints(portal):
    done = callboard(portal, "explain", "REF001")
    assert done.returncode == 0
    assert "dangling-reference" in done.stdout
    assert callboard(portal, "explain", "XYZ999").returncode == 2
