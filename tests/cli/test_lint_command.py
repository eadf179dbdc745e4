"""``callboard lint`` as one runs it."""

import json
import re
import stat

import pytest
from click.testing import CliRunner

from callboard.cli.main import group

GOOD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: service
  lifecycle: production
  owner: team-web
"""
BAD = GOOD.replace("  name: shop\n", "  name: shop\n  tags: [Java]   # what else\n  annotations:\n    a.example/id: 5\n")
TEAM = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: team-web\nspec:\n  type: team\n  children: []\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


ONE = "Checked 1 file, 1 document."


def lint(*arguments):
    result = CliRunner().invoke(group, ["lint", *map(str, arguments)])
    raised = result.exception
    if raised and not isinstance(raised, SystemExit):
        hint = getattr(raised, "hint", None)
        assert hint is not None, raised
        return 2, result.stdout, f"{raised} {hint}"
    return result.exit_code, result.stdout, result.stderr


def put(folder, text, name="catalog-info.yaml"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())
    return folder / name


def codes(out):
    return [problem["code"] for problem in json.loads(out)]


def test_a_good_file_is_silent_but_for_a_sentence(here):
    put(here, GOOD)
    assert lint("catalog-info.yaml") == (0, f"No problems found. {ONE}\n", "")


def test_errors_are_exit_code_one_and_name_place_and_command(here):
    put(here / "a", BAD)
    code, out, _ = lint("a")
    assert code == 1
    assert out.startswith("a/catalog-info.yaml:5:10: error ENT011 ")
    assert "docs: callboard explain ENT011" in out
    assert out.endswith(f"2 errors in 1 file. {ONE}\n")


def test_codes_are_selected_and_ignored_by_their_beginning(here):
    put(here, BAD)
    assert codes(lint("--format", "json", "--select", "ent")[1]) == ["ENT011"]
    assert codes(lint("--format", "json", "--ignore", "ENT,ANN")[1]) == []
    code, _, err = lint("--select", "XYZ")
    assert (code, "XYZ" in err) == (2, True)


def test_warnings_count_when_one_is_strict(here):
    put(here, GOOD.replace("  name: shop\n", "  name: shop\n  annotations:\n    jenkins.io/github-folder: a/b\n"))
    assert lint()[0] == 0
    assert lint("--strict")[0] == 1
    assert lint("--strict", "--severity", "error") == (0, f"No problems found. {ONE}\n", "")


def test_a_baseline_hides_what_is_known_and_tells_what_is_new(here):
    put(here / "a", BAD)
    assert lint("--write-baseline", "known.json")[0] == 0
    assert lint("--baseline", "known.json") == (0, f"No problems found. 2 problems are hidden by the baseline. {ONE}\n", "")
    put(here / "a", "# moved down\n\n" + BAD)
    put(here / "b", BAD.replace("shop", "other"))
    code, out, err = lint("--baseline", "known.json", "--format", "json")
    assert (code, {problem["path"] for problem in json.loads(out)}) == (1, {"b/catalog-info.yaml"})
    assert "2 problems are hidden by the baseline." in err


def test_a_fingerprint_is_the_same_however_the_file_is_named(here):
    put(here / "a", BAD)
    put(here / "b" / ".git", "", "HEAD")
    put(here / "b", BAD.replace("shop", "other"))
    runs = [(".",), ("a", "b"), ("b", "a/catalog-info.yaml"), ("b/catalog-info.yaml", "a")]
    found = [{problem["fingerprint"] for problem in json.loads(lint("--format", "json", *run)[1])} for run in runs]
    assert len(found[0]) == 4
    assert all(prints == found[0] for prints in found)


def test_what_overlaps_is_read_once(here):
    put(here / "a", GOOD)
    assert lint(".", "a", "a/catalog-info.yaml", "./a/../a/catalog-info.yaml")[1] == f"No problems found. {ONE}\n"


def test_a_file_may_name_others_of_its_repository(here):
    put(here / ".git", "", "HEAD")
    put(here, "openapi: 3.0.0\ninfo: {title: a, version: '1'}\npaths: {}\n", "api.yaml")
    api = GOOD.replace("Component", "API").replace("service", "openapi") + "  definition: {$text: ../../api.yaml}\n"
    put(here / "x" / "y", api)
    assert lint("x/y/catalog-info.yaml")[1] == f"No problems found. {ONE}\n"


def test_a_repository_alone_is_not_asked_for_what_only_a_portal_knows(here):
    location = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: [https://github.com/a/b/blob/m/c.yaml]\n"
    put(here, location)
    assert lint()[1] == f"No problems found. {ONE}\n"


def test_a_folder_without_descriptors_is_said(here):
    assert "No descriptors found" in lint()[2]


def test_every_format_is_written_to_a_file(here):
    put(here, BAD)
    for style in ("text", "json", "github", "sarif", "junit", "gitlab"):
        code, out, err = lint("--format", style, "--output", "report")
        assert (code, out, err) == (1, "", f"2 errors in 1 file. {ONE}\n")
        assert "ENT011" in (here / "report").read_text()


def names(here, *refs):
    kinds = sorted({ref.split(":")[0] for ref in refs})
    index = {
        "format": 1,
        "kinds": [{"kind": kind} for kind in kinds],
        "namespaces": ["default"],
        "kind": [kinds.index(ref.split(":")[0]) for ref in refs],
        "namespace": [0] * len(refs),
        "name": [ref.split(":")[1] for ref in refs],
    }
    put(here / "site" / "api" / "catalog", json.dumps(index), "names.json")
    return here / "site"


def test_references_are_checked_against_a_portal(here):
    put(here / "a", GOOD.replace("team-web", "team-wbe") + "  dependsOn: [component:orders, component:other]\n")
    put(here / "b", GOOD.replace("shop", "other"))
    code, out, _ = lint("a", "b", "--portal", names(here, "group:team-web", "component:orders"), "--format", "json")
    [problem] = json.loads(out)
    assert (code, problem["code"], problem["hint"]) == (0, "REF001", "Did you mean `team-web`?")


def test_a_kind_of_the_portals_own_is_known_with_the_portal(here):
    put(here, GOOD.replace("Component", "Playbook"))
    assert codes(lint("--format", "json")[1]) == ["ENT004"]
    assert codes(lint("--format", "json", "--portal", names(here, "group:team-web", "playbook:other"))[1]) == []
    assert codes(lint("--format", "json", "--portal", names(here, "group:team-web"))[1]) == ["ENT004"]


def test_a_portal_that_cannot_be_read_is_exit_code_two_and_local_problems_are_told(here):
    put(here / "a", BAD)
    code, out, err = lint("a", "--portal", here / "nowhere", "--format", "json")
    assert (code, codes(out)) == (2, ["ENT011", "ANN001"])
    assert "The references were not checked." in err


def test_fixing_mends_and_tells_the_rest(here):
    file = put(
        here / "a", "\ufeff" + BAD.replace("  type: service\n", "  type: service  \r\n").replace("  owner: team-web\n", "  owner: 7\n")
    )
    file.chmod(0o640)
    code, out, err = lint("a", "--fix", "--format", "json")
    assert (code, codes(out)) == (1, ["SPC002"])
    assert err.startswith("Fixed 2 problems in 1 file: a/catalog-info.yaml.")
    wrong = "\ufeff" + BAD.replace("  type: service\n", "  type: service  \r\n").replace("  owner: team-web\n", "  owner: 7\n")
    assert file.read_bytes().decode() == wrong.replace("[Java]", "[java]").replace("id: 5", 'id: "5"')
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    before = file.stat().st_mtime_ns
    assert lint("a", "--fix")[0] == 1
    assert file.stat().st_mtime_ns == before


def test_only_what_is_selected_is_mended(here):
    file = put(here, BAD)
    lint("--fix", "--ignore", "ANN")
    assert file.read_text() == BAD.replace("[Java]", "[java]")


def test_a_diff_shows_and_writes_nothing(here):
    file = put(here, BAD)
    code, out, _ = lint("--diff")
    assert (code, file.read_text()) == (1, BAD)
    assert "-  tags: [Java]   # what else\n+  tags: [java]   # what else\n" in out
    put(here, GOOD)
    assert lint("--diff") == (0, "", "")


def test_a_dependency_gets_its_kind_from_the_portal(here):
    file = put(here / "a", GOOD + "  dependsOn: [orders]\n")
    lint("a", "--fix", "--portal", names(here, "group:team-web", "component:orders"))
    assert file.read_text() == GOOD + "  dependsOn: [component:orders]\n"


def test_nothing_is_mended_through_a_link(here):
    real = put(here / "elsewhere", BAD, "real.yaml")
    put(here / "a" / "deep", GOOD)
    (here / "a" / "catalog-info.yaml").symlink_to("../elsewhere/real.yaml")
    (here / "a" / "linked.yaml").symlink_to("other.yaml")
    other = put(here / "a", BAD.replace("shop", "x"), "other.yaml")
    lint("a", "a/catalog-info.yaml", "a/linked.yaml", "--fix")
    assert (real.read_text(), other.read_text()) == (BAD, BAD.replace("shop", "x"))
    assert (here / "a" / "linked.yaml").is_symlink()


def test_a_secret_is_in_no_output_at_all(here):
    secret = "ghp_" + "a1B2" * 10
    put(here, BAD.replace("team-web", secret).replace("what else", secret))
    site = names(here, "group:x")
    for style in ("text", "json", "github", "sarif", "junit", "gitlab"):
        _, out, err = lint("--format", style, "--portal", site)
        assert "SEC001" in out
        assert secret.lower() not in (out + err).lower()
    assert secret not in lint("--diff")[1]
    lint("--write-baseline", "b.json")
    assert secret.lower() not in (here / "b.json").read_text().lower()


def test_a_portal_is_checked_as_a_whole_and_its_address_leads_to_the_pages(here):
    put(here / "r", GOOD)
    put(here, "portal: {url: 'https://portal.example/x/'}\nsources: [{name: all, type: files, path: r}]\n", "sources.yaml")
    code, out, _ = lint()
    assert (code, re.findall("docs: (.*)", out)) == (
        0,
        ["https://portal.example/x/problems/orp001/", "https://portal.example/x/problems/ref001/"],
    )


def test_config_and_paths_exclude_each_other(here):
    put(here, GOOD)
    code, _, err = lint("--config", "sources.yaml", "catalog-info.yaml")
    assert (code, "not both" in err) == (2, True)


def test_what_is_skipped_is_counted_with_its_reason(here):
    put(here / "a", GOOD)
    put(here / "b", GOOD.replace("name: shop", "name: ${{ values.name }}") + "---\n")
    put(here / "c", "name: CI\n")
    put(here / "d", "")
    _, out, err = lint()
    checked = "Checked 4 files, 1 document; 3 skipped: 1 empty file, 1 without apiVersion and kind, 1 template skeleton.\n"
    assert (out, err) == (f"No problems found. {checked}", "")
    assert lint("--format", "json")[2].endswith(checked)


def test_errors_behind_a_limit_are_no_success(here):
    """Report real-backstage, A1: 201 warnings hid two errors from lint, --severity error and --strict."""
    warnings = "---\n".join(GOOD.replace("metadata:", "metadata:\n  tags: ['a:b']").replace("name: ", f"name: n{n}-") for n in range(201))
    put(here, f"{warnings}---\nkind: a: b\n")
    assert lint()[0] == 1
    code, out, _ = lint("--severity", "error")
    assert (code, "error YML001" in out) == (1, True)


def test_quiet_prints_problems_and_nothing_about_the_run(here):
    put(here, GOOD)
    assert lint("-q") == (0, "", "")
    assert lint("-q", "--format", "json") == (0, "[]\n", "")
    put(here, BAD)
    code, out, err = lint("-q")
    assert (code, "catalog-info.yaml:" in out, "Checked" in out, err) == (1, True, False, "")
