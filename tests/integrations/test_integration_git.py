import os
import subprocess
from dataclasses import replace
from datetime import timedelta

from vendors import NOW, context, target

from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from callboard.plugins.sources import SourceContext
from callboard.settings.settings import SourceSettings
from callboard.sources.files.source import FilesSource
from callboard.sources.git.source import GitSource


def git(folder, *arguments, at=NOW, who="ada"):
    stamp = at.isoformat()
    environ = {**os.environ, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "GIT_CONFIG_GLOBAL": "/dev/null"}
    names = [
        "-c",
        f"user.name={who}",
        "-c",
        f"user.email={who}@acme.example",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    ]
    subprocess.run(["git", *names, *arguments], cwd=folder, env=environ, check=True, capture_output=True)


def repository(folder):
    """Two components: one changed last week by two people, one untouched for a year."""
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    git(folder, "init")
    (folder / "README.md").write_text("x")
    for part in ("a", "b"):
        (folder / part / "catalog-info.yaml").write_text(f"kind: Component\nmetadata: {{name: {part}}}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first", at=NOW - timedelta(days=400))
    git(folder, "tag", "v1")
    (folder / "a/docs").mkdir()
    (folder / "a/docs/index.md").write_text("x")
    for day, who in ((8, "ada"), (3, "bo"), (2, "ada")):
        (folder / "a/code").write_text(str(day))
        git(folder, "add", ".")
        git(folder, "commit", "-m", f"day {day}", at=NOW - timedelta(days=day), who=who)


def told(tmp_path, trees):
    (tree,) = trees
    targets = [replace(target(part), tree=tree, folder=part) for part in ("a", "b")]
    return collect_facts([IntegrationSettings("history", "git", {"weeks": 4})], targets, context(tmp_path)).gathered


def test_commits_and_authors_are_counted_by_the_folder_of_the_descriptor(tmp_path):
    repository(tmp_path / "repo")
    source = FilesSource(SourceSettings("here", "files", {"path": "repo"}), SourceContext(tmp_path, tmp_path / "cache", dict(os.environ)))
    got = told(tmp_path, source.collect().trees)
    a, b = (fact.value for fact in got.facts)
    assert (a.commits, a.contributors, a.last_commit) == ((0, 0, 1, 2), 2, NOW - timedelta(days=2))
    assert (b.commits, b.contributors, b.last_commit) == ((0, 0, 0, 0), 0, NOW - timedelta(days=400))
    assert a.community == ("readme",)
    assert (a.documented, b.documented) == (NOW - timedelta(days=8), None)
    assert [release.name for release in a.releases] == ["v1"]
    assert [m.complete for m in got.measurements] == [True, True]
    assert "ada@" not in repr(got)


def test_a_clone_says_the_same_and_a_shallow_one_that_it_does_not_know_all(tmp_path):
    repository(tmp_path / "repo")
    cache = SourceContext(tmp_path, tmp_path / "cache", dict(os.environ))
    url = f"file://{tmp_path}/repo"
    whole = told(tmp_path, GitSource(SourceSettings("here", "git", {"url": url}), cache).collect().trees)
    assert whole.facts[0].value.commits == (0, 0, 1, 2)
    shallow_cache = replace(cache, cache=tmp_path / "shallow")
    shallow = told(tmp_path, GitSource(SourceSettings("here", "git", {"url": url, "depth": 1}), shallow_cache).collect().trees)
    assert [m.complete for m in shallow.measurements] == [False, False]


def test_a_tree_without_a_history_is_not_measured(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/catalog-info.yaml").write_text("kind: Component\nmetadata: {name: a}\n")
    source = FilesSource(SourceSettings("here", "files", {"path": "plain"}), SourceContext(tmp_path, tmp_path / "cache", dict(os.environ)))
    got = told(tmp_path, source.collect().trees)
    assert got.facts == got.measurements == ()
