"""What reading the documentation of many repositories on a host costs in requests, and that hostile repositories do not change it."""

import os
import re
from datetime import UTC, datetime

import pytest
from company import context, git, settings
from hosted_git import BACKEND, DESCRIPTOR, HostedGit

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.documentation.building import portal_documentation
from callboard.documentation.known_sets import KNOWN_END
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import discover
from callboard.plugins.portal_settings import read_settings
from callboard.settings.settings import Limits
from callboard.sources.gitea.source import GiteaSource
from callboard.sources.github.source import GitHubSource
from callboard.sources.gitlab.source import GitLabSource
from faulty import PatientClock, Server, json_answer
from support import EVERY_CASE

pytestmark = pytest.mark.skipif(not BACKEND.exists(), reason="needs git-http-backend: install git")
FILES = {
    "catalog-info.yaml": DESCRIPTOR.replace("{name}", "NAME").replace("{{", "{").replace("}}", "}"),
    "mkdocs.yml": "site_name: Payments\n", "docs/index.md": "# Payments\n\n![Plan](img/plan.png)\n", "docs/run.md": "# Run\n",
    "docs/img/plan.png": b"\x89PNG\r\n\x1a\nplan", "src/main.py": "x = 1\n", "src/deep/er.py": "y = 1\n",
}  # fmt: skip


def documented(tmp_path, server, source=GitHubSource, **options):
    """The documentation of a portal with one source, and what its repositories could not tell."""
    kind = {GitHubSource: "github", GitLabSource: "gitlab", GiteaSource: "gitea"}[source]
    options |= {"group" if kind == "gitlab" else "organization": "acme", "url": server.url, "token": "very-secret"}
    collected = source(settings(kind, **options), context(tmp_path, clock=PatientClock())).collect()
    assert not collected.failures
    trees = {("acme", tree.id): tree for tree in collected.trees}
    kinds = builtin_kinds()
    found = discover(collected.files, ConnectedTrees(trees), kinds, Limits())
    catalog, _ = link(merge(found.entities, ["acme"], kinds).entities, kinds)
    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    made = portal_documentation(catalog, trees, read_settings(tmp_path / "sources.yaml", os.environ), "program")
    return made, sum(each.traffic.counts.fetches for each in collected.traffic)


def page_texts(made):
    return {made.html(each, page) for each in made.sets.values() for page in each.pages.values()}


@pytest.mark.parametrize("count", [pytest.param(12, marks=pytest.mark.long), pytest.param(1_000, marks=[EVERY_CASE])])
def test_github_is_asked_little_about_what_has_not_changed(tmp_path, count):
    host = HostedGit(tmp_path / "remote", count, FILES)
    pages, changed = -(-count // 50), max(1, count // 100)
    with Server(host) as server:
        first, fetches = documented(tmp_path, server)
        cold = host.counted()
        assert len(first.sets) == count
        assert fetches == 2 * count  # the texts with the list of files, then the image that a page names
        assert cold["rest"] == 0
        assert cold["graphql"] <= pages + 2 * count // 50 + 1  # and the last changes
        start = first.sets[next(iter(first.sets))]
        assert start.files.keys() == {"img/plan.png"}
        assert start.changed["run.md"] == datetime(2024, 5, 1, 10, tzinfo=UTC)
        assert start.authors == {"index.md": "Ada", "run.md": "Ada"}

        same, fetches = documented(tmp_path, server)
        assert host.counted() == {"graphql": pages, "rest": 0, "git": 0}
        assert (same.converted, fetches) == (0, 0)

        host.change(range(changed), {"docs/run.md": "# Run twice\n"})
        edited, fetches = documented(tmp_path, server)
        counts = host.counted()
        assert counts["rest"] == 0
        assert counts["graphql"] <= pages + 2  # the folders of all, and the last changes of all
        assert (edited.converted, fetches) == (changed, changed)
        assert edited.sets[next(iter(edited.sets))].changed["run.md"] == datetime(2024, 6, 1, 10, tzinfo=UTC)
        assert count < 1_000 or pages + 2 <= 25

        host.change(range(changed), {"src/main.py": "x = 2\n"})
        code, fetches = documented(tmp_path, server)
        assert host.counted() == {"graphql": pages + 1, "rest": 0, "git": 0}
        assert (code.converted, fetches) == (0, 0)
        assert documented(tmp_path, server)[1] == 0
        assert host.counted() == {"graphql": pages, "rest": 0, "git": 0}


@pytest.mark.long
def test_gitlab_is_asked_no_more_than_for_descriptors(tmp_path):
    host = HostedGit(tmp_path / "remote", 8, FILES)
    with Server(host) as server:
        documented(tmp_path, server, GitLabSource)
        host.counted()
        same, fetches = documented(tmp_path, server, GitLabSource)
        today = host.counted()
        assert (today["rest"], today["git"], fetches, same.converted) == (9, 0, 0, 0)  # the list, and each one's newest commit
        host.change([3], {"docs/run.md": "# Run twice\n"})
        edited, fetches = documented(tmp_path, server, GitLabSource)
        counts = host.counted()
        assert counts["rest"] <= today["rest"] + 3
        assert (edited.converted, fetches) == (1, 1)
        made = next(each for each in edited.sets.values() if each.ref.name == "c3")
        assert made.changed["run.md"] == datetime(2024, 6, 1, 10, tzinfo=UTC)
        host.change([3], {"src/main.py": "x = 2\n"})
        assert documented(tmp_path, server, GitLabSource)[1] == 0


class GiteaWithGit(HostedGit):
    """The API of Gitea about the same repositories."""

    def _gitlab(self, asked, wire):
        path = asked.path.removeprefix("/api/v1")
        if path == "/orgs/acme/repos":
            about = {"default_branch": "main", "description": "", "topics": [], "updated_at": "2024-05-01T00:00:00Z", "archived": False,
                     "fork": False, "empty": False}  # fmt: skip
            return json_answer(wire, [{"id": n, "name": f"r{n}", "full_name": f"acme/r{n}", **about} for n in self.commits])
        number, rest = re.fullmatch(r"/repos/acme/r(\d+)/(.*)", path).groups()
        at = self.commits[int(number)]
        if rest == "branches/main":
            return json_answer(wire, {"name": "main", "commit": {"id": at, "timestamp": "2024-05-01T00:00:00Z"}})
        if rest.startswith("git/trees/"):
            entries = [{"path": each["name"], "type": each["type"], "sha": each["id"], "mode": each["mode"]} for each in self.entries(at)]
            return json_answer(wire, {"sha": at, "tree": entries, "truncated": False})
        text = self.text(at, rest.removeprefix("raw/"), int(number)) if rest.startswith("raw/") else None
        return json_answer(wire, {"message": "not found"}, 404) if text is None else wire.answer(200, text.encode())


@pytest.mark.long
def test_gitea_is_asked_for_no_file_and_no_folder_that_has_not_changed(tmp_path):
    host = GiteaWithGit(tmp_path / "remote", 4, FILES)
    with Server(host) as server:
        first, fetches = documented(tmp_path, server, GiteaSource)
        assert {len(each.pages) for each in first.sets.values()} == {2}
        assert (len(first.sets), fetches > 0) == (4, True)
        host.counted()
        same, fetches = documented(tmp_path, server, GiteaSource)
        today = host.counted()
        assert (today["rest"], today["git"], fetches, same.converted) == (5, 0, 0, 0)  # the list, and each one's newest commit
        host.change([2], {"docs/run.md": "# Run twice\n"})
        edited, fetches = documented(tmp_path, server, GiteaSource)
        assert host.counted()["rest"] <= today["rest"] + 3
        assert (edited.converted, fetches) == (1, 1)
        host.change([2], {"src/main.py": "x = 2\n"})
        assert documented(tmp_path, server, GiteaSource)[1] == 0


def test_a_host_without_git_is_asked_for_each_file(tmp_path):
    host = HostedGit(tmp_path / "remote", 1, {**FILES, "CODEOWNERS": ""})
    host.no_git = True
    with Server(host) as server:
        made, _ = documented(tmp_path, server, GitLabSource, include=["catalog-info.yaml"])
    assert any("/files/" in target for target in host.targets)
    assert len(made.sets) == 1


@pytest.mark.long
def test_links_and_submodules_of_a_hostile_repository_lead_nowhere(tmp_path):
    host = HostedGit(tmp_path / "remote", 1, FILES)
    (host.folder / "docs/passwd.md").symlink_to("/etc/passwd")
    (host.folder / "docs/up.md").symlink_to("../../../../etc/hostname")
    (host.folder / "docs/inside.md").symlink_to("run.md")
    (host.folder / "docs/loop.md").symlink_to("loop.md")
    host.change([0], {".gitmodules": '[submodule "x"]\n\tpath = docs/x\n\turl = ../other\n'})
    git(host.folder, "update-index", "--add", "--cacheinfo", f"160000,{host.first},docs/x")
    host.change([0], {"docs/more.md": "# More\n"})
    with Server(host) as server:
        made, _ = documented(tmp_path, server)
    assert set(next(iter(made.sets.values())).pages) == {"index.md", "run.md", "inside.md", "more.md"}
    assert not any("root:" in text for text in page_texts(made))


@pytest.mark.long
def test_a_fetch_that_writes_too_much_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("callboard.sources.hosted.shallow.LARGEST_PACK", 20_000)
    host = HostedGit(tmp_path / "remote", 1, {**FILES, "docs/run.md": "".join(f"{number:x}" for number in range(60_000))})
    with Server(host) as server:
        made, _ = documented(tmp_path, server, GitLabSource)
    assert any("/files/" in target for target in host.targets)  # each file is a request then
    assert len(made.sets) == 1
    assert not [*(tmp_path / ".callboard/cache/hosted/fetches").iterdir()]


@pytest.mark.long
def test_a_damaged_content_is_fetched_again(tmp_path):
    host = HostedGit(tmp_path / "remote", 1, FILES)
    with Server(host) as server:
        first, _ = documented(tmp_path, server)
        for file in (tmp_path / ".callboard/cache/hosted/contents").glob("*/*"):
            file.write_bytes(b"# Not what was fetched\n")
        for known in (tmp_path / ".callboard").rglob(f"*{KNOWN_END}"):
            known.unlink()  # else nothing is read: no file has changed
        second, fetches = documented(tmp_path, server)
    assert page_texts(first) == page_texts(second)
    assert fetches > 0
