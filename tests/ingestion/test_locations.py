import json
from pathlib import Path

import pytest

from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import discover
from callboard.ingestion.locations import MOST_FILES, MOST_GLOBS, MOST_PROBLEMS, MOST_TARGETS, clean_url, file_key, follow, repository_of
from callboard.io.git.remote import parse_remote
from callboard.model.problem import Severity
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits, SourceSettings
from callboard.sources.addresses import folder_address, known_addresses
from callboard.sources.files.folder import FolderTree
from catalog_builders import KINDS, VECTORS, entity

TARGETS = [case for case in json.loads((VECTORS / "locations.json").read_text())["cases"] if case["op"] == "resolve_target"]
FILES = ["a/catalog-info.yaml", "a/b/catalog-info.yaml", "c/catalog-info.yaml", "c/other.yaml", "{{x}}/catalog-info.yaml", "all.yaml"]


def tree(root: Path, address: str = "", files=FILES) -> FolderTree:
    for path in files:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("kind: Component\n")
    known = (
        known_addresses(parse_remote(address), "github", ["main"], "branch", is_default=True) if address else (folder_address(str(root)),)
    )
    return FolderTree(root, str(root), root.name, "", sorted(files), addresses=known)


@pytest.fixture
def shop(tmp_path):
    (tmp_path / "shop").mkdir()
    return tree(tmp_path / "shop", "https://github.com/acme/shop")


@pytest.fixture
def bank(tmp_path):
    (tmp_path / "bank").mkdir()
    return tree(tmp_path / "bank", "https://github.com/acme/bank")


def location(**spec):
    return entity({"apiVersion": "backstage.io/v1alpha1", "kind": "Location", "metadata": {"name": "all"}, "spec": spec}, path="all.yaml")


def followed(where, *others, known=(), path="all.yaml", via=(), depth=10, readable_by=("all",), **spec):
    file = DescriptorFile("here", where, path, via)
    trees = {("here", where.id): where, **{("there", other.id): other for other in others}}
    sources = (SourceSettings("here", "files", {}), SourceSettings("there", "files", {}, readable_by))
    return follow(location(**spec), file, ConnectedTrees(trees, sources), set(known), depth=depth)


def paths(result):
    return [file.path for file in result.files]


def codes(result):
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    ("spec", "found"),
    [
        ({"target": "./a/catalog-info.yaml"}, ["a/catalog-info.yaml"]),
        ({"targets": ["./c/other.yaml", "a/../a/catalog-info.yaml"]}, ["c/other.yaml", "a/catalog-info.yaml"]),
        ({"target": "./*/catalog-info.yaml"}, ["a/catalog-info.yaml", "c/catalog-info.yaml", "{{x}}/catalog-info.yaml"]),
        ({"target": "./a/**/catalog-info.yaml"}, ["a/b/catalog-info.yaml", "a/catalog-info.yaml"]),
        ({"target": "./{{x}}/catalog-info.yaml"}, ["{{x}}/catalog-info.yaml"]),
        ({"type": "file", "target": "c/other.yaml"}, ["c/other.yaml"]),
        ({"type": "url", "targets": ["c/other.yaml", "c/other.yaml", "./c/*.yaml"]}, ["c/other.yaml", "c/catalog-info.yaml"]),
        ({"targets": []}, []),
        ({}, []),
        ({"target": 7, "targets": {"a": "b"}}, []),
        ({"targets": [None, "", " ", ["x"]]}, []),
    ],
)
def test_targets_lead_to_files_of_the_same_tree(shop, spec, found):
    result = followed(shop, **spec)
    assert (paths(result), result.problems) == (found, ())
    assert all((file.source, file.tree, file.via_locations) == ("here", shop, ("location:default/all",)) for file in result.files)


def test_relative_targets_start_at_the_file_of_the_location(shop):
    assert paths(followed(shop, path="a/b/catalog-info.yaml", target="../../c/other.yaml")) == ["c/other.yaml"]


@pytest.mark.parametrize("case", TARGETS[:1], ids=lambda c: c["name"])
def test_a_relative_target_is_resolved_as_in_backstage(tmp_path, case):
    where = tree(tmp_path, files=[case["input"]["base"]["target"], case["expect"]])
    assert paths(followed(where, path=case["input"]["base"]["target"], target=case["input"]["target"])) == [case["expect"]]


@pytest.mark.parametrize("target", ["../x.yaml", "/etc/passwd", "a/../../x.yaml", "./.git/config", "../**/catalog-info.yaml", "/**/x.yaml"])
def test_no_target_leads_out_of_its_tree(shop, target):
    (shop.root.parent / "x.yaml").write_text("kind: Secret\n")
    result = followed(shop, targets=["c/other.yaml", target])
    [problem] = result.problems
    assert (paths(result), problem.code, problem.field) == (["c/other.yaml"], "LOC002", "spec.targets[1]")
    assert problem.span.line == 8
    assert followed(shop, target=target, presence="optional").problems


def test_a_link_that_leads_out_of_the_tree_is_not_followed(shop):
    (shop.root.parent / "x.yaml").write_text("kind: Secret\n")
    (shop.root / "link.yaml").symlink_to("../x.yaml")
    assert (paths(followed(shop, target="link.yaml")), codes(followed(shop, target="link.yaml"))) == ([], ["LOC001"])


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        # C13: addresses that are read as paths
        (
            "git@github.com:acme/shop.git",
            "Write the URL at which a browser shows the descriptor; it begins with https://github.com/acme/shop/.",
        ),
        ("gitlab.acme.example:team/sub/shop", "Correct the path"),
        ("deploy@git.acme.example:team/sub/shop/", "it begins with https://git.acme.example/team/sub/shop/."),
        ("github.com/acme/shop/blob/main/x.yaml", "Write https://github.com/acme/shop/blob/main/x.yaml if this is a URL. Correct the path"),
        ("www.acme.example/x.yaml", "Write https://www.acme.example/x.yaml if"),
        ("./github.com/x.yaml", "Correct the path"),
        ("v1.0/x.yaml", "Correct the path"),
        ("all.yaml/x.yaml", "Correct the path"),
    ],
)
def test_an_address_in_another_form_is_told_as_a_url(shop, target, hint):
    (problem,) = followed(shop, target=target).problems
    assert (problem.code, hint in problem.hint) == ("LOC001", True), problem.hint
    assert problem.hint.startswith(hint) or hint.startswith("it begins")


@pytest.mark.parametrize(
    "target", ["./nothing.yaml", "./x/**/catalog-info.yaml", "a", "a\0b", "https://github.com/acme/shop/blob/main/no.yaml"]
)
def test_a_missing_target_is_told_unless_it_may_be_missing(shop, target):
    result = followed(shop, target=target)
    assert (paths(result), codes(result), result.problems[0].severity) == ([], ["LOC001"], Severity.ERROR)
    assert followed(shop, target=target, presence="optional") == followed(shop)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://github.com/acme/bank/blob/main/a/catalog-info.yaml", ["a/catalog-info.yaml"]),
        ("https://github.com/acme/bank/blob/main/**/other.yaml", ["c/other.yaml"]),
        ("https://github.com/ACME/Bank/tree/main/c/other.yaml", ["c/other.yaml"]),
    ],
)
def test_a_url_of_another_source_leads_into_its_tree(shop, bank, url, found):
    result = followed(shop, bank, type="url", target=url)
    assert ([(file.source, file.tree, file.path) for file in result.files], result.problems) == ([("there", bank, p) for p in found], ())


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/acme/ledger/blob/main/catalog-info.yaml", "https://github.com/acme/ledger"),
        ("https://gitlab.acme.example/a/b/c/-/blob/main/catalog-info.yml", "https://gitlab.acme.example/a/b/c"),
        ("https://raw.githubusercontent.com/acme/ledger/main/x.yaml", "https://github.com/acme/ledger"),
        ("https://dev.azure.com/o/p/_git/r?path=/catalog-info.yaml", "https://dev.azure.com/o/p/_git/r"),
        ("https://user:secret@git.acme.example/acme/ledger/src/branch/main/x.yaml", "https://git.acme.example/acme/ledger"),
        ("ftp://example.com/x", "ftp://example.com/x"),
        ("https://[broken/x", "https://[broken/x"),
    ],
)
def test_a_url_of_no_source_names_the_source_to_add(shop, url, repository):
    result = followed(shop, target=url)
    [problem] = result.problems
    assert (paths(result), problem.code) == ([], "LOC003")
    assert f"`- type: git, url: {repository}`" in problem.hint
    assert "secret" not in problem.message + problem.hint


def test_a_file_of_the_machine_belongs_to_no_source(shop):
    assert codes(followed(shop, target="file:///etc/passwd")) == ["LOC003"]


def test_what_was_read_already_is_not_read_again(shop):
    known = {("here", shop.id, "c/other.yaml")}
    assert paths(followed(shop, known=known, target="c/*.yaml")) == ["c/catalog-info.yaml"]
    assert codes(followed(shop, known=known, target="c/other.yaml")) == []


def test_a_chain_of_locations_ends(shop):
    via = tuple(f"location:default/l{n}" for n in range(3))
    assert codes(followed(shop, via=via, depth=3, target="c/other.yaml")) == ["LOC004"]
    assert followed(shop, via=via, depth=4, target="c/other.yaml").files[0].via_locations == (*via, "location:default/all")


def test_locations_that_name_each_other_are_read_once_each(shop):
    first, second = (DescriptorFile("here", shop, path) for path in ("all.yaml", "c/other.yaml"))
    known, waiting, read = {file_key(first)}, [(first, "c/other.yaml")], []
    while waiting:
        file, target = waiting.pop()
        read.append(file.path)
        result = follow(location(target=target), file, ConnectedTrees({("here", shop.id): shop}), known)
        known |= {file_key(found) for found in result.files}
        waiting += [(found, "../all.yaml") for found in result.files]
    assert read == [first.path, second.path]


@pytest.mark.parametrize("type_", ["github-discovery", "ldap-org", "x" * 500])
def test_a_type_that_searches_a_host_is_told(shop, type_):
    [problem] = followed(shop, type=type_, target="https://github.com/acme").problems
    assert problem.code == "LOC005"
    assert len(problem.message) < 150


def test_a_location_leads_to_a_bounded_number_of_files(tmp_path):
    where = FolderTree(tmp_path, "t", "t", "", [f"f{n}.yaml" for n in range(MOST_FILES + 1)])
    result = followed(where, target="./*.yaml")
    assert (len(result.files), codes(result)) == (MOST_FILES, ["LOC004"])


@pytest.mark.parametrize(("target", "most"), [("./*.yaml", MOST_GLOBS), ("./f.yaml", MOST_TARGETS)])
def test_a_location_has_a_bounded_number_of_targets_and_the_first_beyond_it_is_reported(tmp_path, target, most):
    (tmp_path / "f.yaml").write_text("kind: x\n")
    result = followed(FolderTree(tmp_path, "t", "t", "", ["f.yaml"]), targets=[target] * (most + 2))
    assert (len(result.files), codes(result)) == (1, ["LOC004"])
    assert result.problems[0].field == f"spec.targets[{most}]"
    assert "2 of them, from here on, are not followed" in result.problems[0].message


def test_a_location_with_many_wrong_targets_reports_the_worst_and_how_many_are_left_out(shop):
    foreign = [f"https://git.acme.example/x/y/blob/main/{n}.yaml" for n in range(MOST_PROBLEMS)]
    assert codes(followed(shop, targets=foreign)) == ["LOC003"] * MOST_PROBLEMS
    result = followed(shop, targets=[*foreign, "./no1.yaml", "./no2.yaml"])
    assert codes(result) == [*["LOC003"] * (MOST_PROBLEMS - 2), "LOC001", "LOC001", "YML009"]
    last = result.problems[-1]
    assert (last.severity, last.message) == (Severity.WARNING, "location:default/all has 2 more problems than are listed: 2 of LOC003.")


def test_a_long_url_is_shown_short():
    assert len(clean_url("https://x/" + "a" * 1000)) == 300
    assert repository_of("https://x/" + "a" * 1000).endswith("…")


def discovered(root, paths):
    where = FolderTree(root, "t", "t", "", sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()))
    return discover([DescriptorFile("here", where, path) for path in paths], ConnectedTrees({("here", "t"): where}), KINDS, Limits())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("image: x\n", "no `apiVersion` and `kind`"),
        ("entity:\n  kind: Component\n", "no `apiVersion` and `kind`"),
        ("", "no content"),
        ("# Read: me: now\n", "no content"),
        ("Read: me: now\n", "no `apiVersion` and `kind`"),
        ("kind: Component\nmetadata: {name: '${{ values.name }}'}\n", "template expression"),
    ],
)
def test_a_target_that_names_a_file_without_a_descriptor_is_an_error_and_counted(tmp_path, content, why):
    """Report descriptors, B7. The same file is no problem where a glob pattern matches it."""
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc" / "README.md").write_text(content)
    text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [./svc/README.md, './svc/*']}\n"
    (tmp_path / "all.yaml").write_text(text)
    result = discovered(tmp_path, ["all.yaml"])
    [problem] = result.problems
    assert (problem.code, problem.field, problem.span.column) == ("LOC007", "spec.targets[0]", 18)
    assert why in problem.message
    assert [(file.path, file.documents) for file in result.skipped_files] == [("svc/README.md", 1)]
    assert (result.files, result.documents, sum(result.skipped.values())) == (2, 1, 1)


def test_a_target_that_was_found_before_its_location_is_checked_too(tmp_path):
    (tmp_path / "ci.yaml").write_text("name: CI\n")
    text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {target: ./ci.yaml}\n"
    (tmp_path / "all.yaml").write_text(text)
    assert codes(discovered(tmp_path, ["ci.yaml", "all.yaml"])) == ["LOC007"]


def test_a_location_whose_targets_cannot_be_followed_loses_no_other_file(tmp_path, monkeypatch):
    text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {target: ./ci.yaml}\n"
    (tmp_path / "all.yaml").write_text(text)
    monkeypatch.setattr("callboard.ingestion.discovery.follow", lambda *_, **__: 1 / 0)
    result = discovered(tmp_path, ["all.yaml"])
    assert (codes(result), len(result.entities)) == (["YML012"], 1)
