"""``callboard lint`` of a repository and of a portal: the documentation of its entities."""

from pathlib import Path

import pytest

from callboard.lint.check import check_paths, check_portal
from callboard.model.ref import EntityRef

DESCRIPTOR = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  annotations: {{backstage.io/techdocs-ref: "{reference}"{more}}}
spec: {{type: service, lifecycle: production, owner: platform}}
"""
FAULTS = {
    "mkdocs.yml": "site_name: Payments\nnav:\n  - Home: index.md\n  - Runbook: runbok.md\nplugins: [macros]\n",
    "docs/index.md": """# Payments

[a](gone.md) ![b](none.png) [c](#nowhere)
[d](../src/none.py) [e](../src/main.py) [](component:payments/none.md)
[](componnt:payments) [](component:orders) [](component:orders/restore.md#now)

<iframe src="https://videos.example/1"></iframe>

$$
\\frac{a}{
$$
""",
    "src/main.py": "",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, files, reference="dir:.", more=""):
    for name, text in {"catalog-info.yaml": DESCRIPTOR.format(reference=reference, more=more), **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def told(problems):
    return {(problem.code, problem.origin.path, problem.origin.line, problem.message.partition("`")[2].partition("`")[0])
            for problem in problems if problem.code.startswith("DOC")}  # fmt: skip


LOCAL = {
    ("DOC011", "mkdocs.yml", 4, "runbok.md"),
    ("DOC012", "mkdocs.yml", 1, "plugin macros"),
    ("DOC014", "docs/index.md", 3, "gone.md"),
    ("DOC014", "docs/index.md", 3, "none.png"),
    ("DOC014", "docs/index.md", 3, "#nowhere"),
    ("DOC014", "docs/index.md", 4, "../src/none.py"),
    ("DOC014", "docs/index.md", 4, "component:payments/none.md"),
    ("DOC014", "docs/index.md", 5, "componnt:payments"),
    ("DOC016", "docs/index.md", 10, ""),
    ("DOC019", "docs/index.md", 7, "<iframe>"),
}


@pytest.mark.parametrize(
    ("known", "more"),
    [
        (None, set()),
        ({EntityRef("component", "default", "orders")}, set()),
        ({EntityRef("component", "default", "payments")},
         {("DOC014", "docs/index.md", 5, "component:orders"), ("DOC014", "docs/index.md", 5, "component:orders/restore.md#now")}),
    ],
    ids=["no portal", "in the portal", "nowhere"],
)  # fmt: skip
def test_a_repository_learns_what_is_wrong_with_its_own_pages_and_nothing_about_those_of_others(repository, known, more):
    write(repository, FAULTS)
    assert told(check_paths([Path()], {}, external_refs=known).problems) == LOCAL | more
    assert sorted(path.name for path in repository.iterdir()) == ["catalog-info.yaml", "docs", "mkdocs.yml", "src"]


def test_documentation_is_read_for_folders_and_where_it_is_asked_for(repository):
    write(repository, FAULTS)
    assert not told(check_paths([Path("catalog-info.yaml")], {}).problems)
    assert not told(check_paths([Path()], {}, reads_documentation=False).problems)


@pytest.mark.parametrize(
    ("reference", "more", "codes"),
    [
        ("dir:nothing", "", ["DOC010"]),
        ("dir:../outside", "", ["DOC010"]),
        ("url:https://github.com/acme/handbook/tree/main/", "", []),
        ("dir:.", ', backstage.io/source-location: "url:https://github.com/acme/other/tree/main/"', []),
    ],
)
def test_a_set_that_another_repository_may_have_is_no_problem_of_this_one(repository, reference, more, codes):
    write(repository, {}, reference, more)
    assert [each.code for each in check_paths([Path()], {}).problems if each.code.startswith("DOC")] == codes


def test_a_portal_is_checked_with_its_sets_its_guides_and_without_leaving_files(repository):
    write(repository / "payments", FAULTS)
    guide = "# Guide\n\n[](component:payments/no.md)\n"
    write(repository, {"sources.yaml": "sources: [{name: local, type: files, path: payments}]\n", "docs/guide.md": guide})
    (repository / "catalog-info.yaml").unlink()
    problems = check_portal(repository / "sources.yaml", {}).problems
    found = told(problems)
    assert {(code, f"payments/{path}", line, name) for code, path, line, name in LOCAL} <= found
    assert ("DOC014", "payments/docs/index.md", 5, "component:orders") in found
    of_guides = [each.message for each in problems if each.origin and each.origin.path == "docs/guide.md"]
    assert "component:payments/no.md" in "".join(of_guides)
    assert not (repository / ".callboard").exists()


BLOCKS = """# Blocks

```callboard-table
filter: kind:component
colums: owner
```

> ```callboard-figure
> filter: ownr:platform
> ```

```callboard-graph
entity: component:gone
```

```callboard-table
filter: owner:nobody-at-all health:bad
```

```callboard-table
filter: kind:component owner:platform
```
"""
OF_TEXT = {("DOC017", "docs/index.md", 5), ("DOC017", "docs/index.md", 9)}


def test_blocks_of_sets_are_checked_with_their_lines(repository):
    write(repository, {"docs/index.md": BLOCKS})
    of_repository = check_paths([Path()], {}).problems
    assert {(each.code, each.origin.path, each.origin.line) for each in of_repository if each.code == "DOC017"} == OF_TEXT
    (repository / "service").mkdir()
    for name in ("catalog-info.yaml", "docs"):
        (repository / name).rename(repository / "service" / name)
    settings = "docs: {{blocks: {}}}\nsources: [{{name: local, type: files, path: service}}]\n"
    for shown in ("true", "false"):
        (repository / "sources.yaml").write_text(settings.format(shown))
        problems = check_portal(repository / "sources.yaml", {}).problems
        found = {(each.code, each.origin.path, each.origin.line) for each in problems if each.code == "DOC017"}
        of_names = {("DOC017", "docs/index.md", 12), ("DOC017", "docs/index.md", 17)}
        wanted = OF_TEXT | of_names if shown == "true" else set()
        assert found == {(code, f"service/{path}", line) for code, path, line in wanted}


def test_lint_with_a_source_that_fails_keeps_what_a_build_converted(repository):
    write(repository / "payments", {"docs/index.md": "# Payments\n"})
    sources = "sources: [{name: local, type: files, path: payments}]\n"
    (repository / "sources.yaml").write_text(sources)
    kept = repository / ".callboard/cache/documentation"
    kept.mkdir(parents=True)
    check_portal(repository / "sources.yaml", {})
    packs = {path.name: path.read_bytes() for path in kept.iterdir()}
    assert any(name.endswith(".pack") for name in packs)
    (repository / "payments").rename(repository / "elsewhere")
    result = check_portal(repository / "sources.yaml", {})
    assert result.failures
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == packs
