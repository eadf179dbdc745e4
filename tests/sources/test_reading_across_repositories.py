"""What a descriptor reads by URL: of its own repository at any revision, of others what their sources permit. Every case has its source."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from company import commit, context, git, put, repository

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.kinds import builtin_kinds
from callboard.documentation.building import DocumentationBuilder
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import discover
from callboard.lint.check import check_paths, check_portal
from callboard.settings.invalid import InvalidSettingsError
from callboard.settings.settings import Limits, Settings, SourceSettings
from callboard.sources.files.source import FilesSource
from callboard.sources.git.source import GitSource

API = """apiVersion: backstage.io/v1alpha1
kind: API
metadata: {{name: {name}}}
spec: {{type: other, lifecycle: production, owner: t, definition: {{{key}: {url!r}}}}}
"""
LOCATION = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: all}}\nspec: {{type: url, targets: [{targets}]}}\n"
COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: service, lifecycle: production, owner: t}}
"""
DAEMON = Path("/usr/lib/git-core/git-daemon")


def web(folder):
    """A repository whose file ``api/o.yaml`` names its revision: ``main``, the tag ``v1.0``, the branches ``feature/x`` and ``refs``."""
    made = repository(folder, {"catalog-info.yaml": COMPONENT.format(name="web"), "api/o.yaml": "v1.0"})
    git(made, "tag", "v1.0")
    for branch in ("feature/x", "plain"):
        git(made, "checkout", "-q", "-b", branch, "v1.0")
        commit(made, {"api/o.yaml": branch})
    git(made, "checkout", "-q", "main")
    commit(made, {"api/o.yaml": "main"})
    return made


def asked(connected, files, **definitions):
    """By name of the API: its definition, or the codes and severities of its problems."""
    found = discover(files, connected, builtin_kinds(), Limits())
    problems = {e.ref.name: [(p.code, str(p.severity)) for p in found.problems if p.subject == e.ref] for e in found.entities}
    values = {e.ref.name: e.spec.get("definition") for e in found.entities}
    return {name: values[name] if isinstance(values[name], str) else problems[name] for name in definitions}, found


def portal(root, *sources):
    """Sources of type ``files``, each a name, a folder below ``root`` and ``readable_by``."""
    settings = [SourceSettings(name, "files", {"path": path, "repositories": "*"}, readable) for name, path, readable in sources]
    collected = [(source.name, FilesSource(source, context(root)).collect()) for source in settings]
    trees = {(name, tree.id): tree for name, result in collected for tree in result.trees}
    return ConnectedTrees(trees, settings), [file for _, result in collected for file in result.files]


BACKSTAGE = "real-backstage.md, finding 2: a URL took the own tree's file whatever host and revision it names"
SLASH = "real-backstage.md, finding 2: branches with slashes"
RAW = "real-backstage.md, finding 2: today's Raw button"
HEAD = "descriptors.md, B6: HEAD is what the source reads"
MISSING = "architecture.md, decision 11: a revision that cannot be had is said"
WARNED = [("PLC001", "warning")]
OTHER_HOST = [("PLC003", "error")]
OWN = [
    ("https://github.com/acme/web/blob/{commit}/api/o.yaml", "v1.0", BACKSTAGE),
    ("https://github.com/acme/web/blob/0000000000000000000000000000000000000000/api/o.yaml", WARNED, MISSING),
    ("https://github.com/acme/web/blob/main/api/o.yaml", "main", BACKSTAGE),
    ("https://github.com/acme/web/blob/v1.0/api/o.yaml", "v1.0", BACKSTAGE),
    ("https://github.com/acme/web/raw/v1.0/api/o.yaml", "v1.0", BACKSTAGE),
    ("https://github.com/acme/web/tree/v1.0/api/o.yaml", "v1.0", BACKSTAGE),
    ("https://github.com/ACME/Web/blob/v1.0/api/o.yaml", "v1.0", BACKSTAGE),
    ("https://github.com/acme/web/blob/refs/tags/v1.0/api/o.yaml", "v1.0", RAW),
    ("https://github.com/acme/web/raw/refs/heads/main/api/o.yaml", "main", RAW),
    ("https://github.com/acme/web/blob/refs/heads/main/api/o.yaml", "main", RAW),
    ("https://raw.githubusercontent.com/acme/web/main/api/o.yaml", "main", RAW),
    ("https://raw.githubusercontent.com/acme/web/v1.0/api/o.yaml", "v1.0", RAW),
    ("https://raw.githubusercontent.com/acme/web/refs/heads/main/api/o.yaml", "main", RAW),
    ("https://raw.githubusercontent.com/acme/web/refs/heads/feature/x/api/o.yaml", "feature/x", RAW),
    ("https://github.com/acme/web/blob/feature/x/api/o.yaml", "feature/x", SLASH),
    ("https://github.com/acme/web/blob/feature%2Fx/api/o.yaml", "feature/x", SLASH),
    ("https://github.com/acme/web/blob/plain/api/o.yaml", "plain", SLASH),
    ("https://github.com/acme/web/blob/HEAD/api/o.yaml", "main", HEAD),
    ("https://jane@github.com/acme/web/blob/main/api/o.yaml", "main", "descriptors.md, B6: user info is ignored"),
    ("https://github.com/acme/web/blob/v9/api/o.yaml", WARNED, MISSING),
    ("https://github.com/acme/web/blob/-v/api/o.yaml", WARNED, "a ref must not become an option of git"),
    ("https://github.com/acme/web/blob/v1.0/api/none.yaml", [("PLC001", "error")], "the revision exists, and the file does not"),
    ("https://github.com/acme/web/blob/v1.0/../../x", [("PLC003", "error")], "hostile.md, A3: paths that lead out"),
    ("https://gitlab.com/acme/web/-/blob/main/api/o.yaml", OTHER_HOST, BACKSTAGE),
    ("https://evil.example/acme/web/blob/main/api/o.yaml", [("PLC005", "warning")], BACKSTAGE),
    ("https://github.com@evil.example/acme/web/blob/main/api/o.yaml", [("PLC005", "warning")], BACKSTAGE),
    ("https://github.com/acme/web/", [("PLC001", "error")], "descriptors.md, B6: the repository is connected, and this is no file"),
    ("https://github.com/acme/web/issues/1", OTHER_HOST, "a page that is no file"),
    ("https://github.com/acme/other/blob/main/api/o.yaml", OTHER_HOST, BACKSTAGE),
    ("https://raw.githubusercontent.com/acme/other/main/o.yaml", [("PLC005", "warning")], "real-backstage.md, finding 7"),
    ("https://gist.githubusercontent.com/jane/1/raw/o.yaml", OTHER_HOST, "real-backstage.md, finding 7"),
]


def apis(urls):
    return {f"a{number}": API.format(name=f"a{number}", key="$text", url=url) for number, url in enumerate(urls)}


def with_apis(root, url, urls):
    """A work tree of ``web`` whose descriptors read these URLs; ``{commit}`` in them is that of ``v1.0``."""
    made = web(root / "trees" / "web")
    git(made, "remote", "add", "origin", url)
    texts = apis([url.replace("{commit}", git(made, "rev-parse", "v1.0")) for url in urls])
    commit(made, {"catalog-info.yaml": "---\n".join(texts.values())})
    return texts


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    root = tmp_path_factory.mktemp("own")
    texts = with_apis(root, "git@github.com:acme/web.git", [url for url, _, _ in OWN])
    return asked(*portal(root, ("acme", "trees", ())), **texts)[0]


@pytest.mark.parametrize(("number", "url", "expected"), [(n, url, expected) for n, (url, expected, _) in enumerate(OWN)])
def test_a_url_of_the_own_repository_is_read_at_its_host_and_revision(own, number, url, expected):
    assert own[f"a{number}"] == expected, url


HOSTS = [
    ("https://gitlab.acme.example/a/b/web", "https://gitlab.acme.example/a/b/web/-/raw/v1.0/api/o.yaml", "v1.0"),
    ("https://gitlab.acme.example/a/b/web", "https://gitlab.acme.example/a/b/web/-/blob/feature/x/api/o.yaml?ref_type=heads", "feature/x"),
    ("https://codeberg.org/acme/web", "https://codeberg.org/acme/web/raw/branch/feature/x/api/o.yaml", "feature/x"),
    ("https://codeberg.org/acme/web", "https://codeberg.org/acme/web/src/tag/v1.0/api/o.yaml", "v1.0"),
    ("https://bitbucket.org/acme/web", "https://bitbucket.org/acme/web/src/v1.0/api/o.yaml", "v1.0"),
    ("https://code.acme.example/acme/web", "https://code.acme.example/acme/web/raw/v1.0/api/o.yaml", "v1.0"),
    ("https://dev.azure.com/o/p/_git/web", "https://me@dev.azure.com/o/p/_git/web?path=/api/o.yaml&version=GTv1.0", "v1.0"),
    ("https://dev.azure.com/o/p/_git/web", "https://dev.azure.com/o/p/_git/web?path=/api/o.yaml&version=GBfeature/x", "feature/x"),
]


@pytest.mark.parametrize(("remote", "url", "expected"), HOSTS)
def test_each_host_s_way_of_naming_a_revision_is_read(tmp_path, remote, url, expected):
    texts = with_apis(tmp_path, remote, [url])
    assert asked(*portal(tmp_path, ("acme", "trees", ())), **texts)[0] == {"a0": expected}


@pytest.mark.parametrize("key", ["$json", "$yaml", "$openapi", "$asyncapi"])
def test_each_placeholder_reads_the_revision_of_its_url(tmp_path, key):
    """Siblings of ``$text``: one function reads for all of them."""
    made = web(tmp_path / "trees" / "web")
    git(made, "remote", "add", "origin", "https://github.com/acme/web")
    commit(made, {"v.json": '"old"'})
    git(made, "tag", "old")
    url = "https://github.com/acme/web/blob/old/v.json"
    commit(made, {"v.json": '"new"', "catalog-info.yaml": API.format(name="a", key=key, url=url)})
    result, found = asked(*portal(tmp_path, ("acme", "trees", ())), a=key)
    assert result == {"a": '"old"' if key in {"$openapi", "$asyncapi"} else "old"}
    assert not found.problems


@pytest.fixture
def daemon(tmp_path):
    """The server of git: the URL without a port, as ``real-backstage.md`` ran it."""
    if not DAEMON.exists():
        pytest.skip("needs git-daemon")
    (tmp_path / "trees").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", f"--base-path={tmp_path}/trees", "--export-all"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"git://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@pytest.mark.long
def test_a_git_source_fetches_the_revision_that_a_url_names(tmp_path, daemon):
    base = "https://127.0.0.1/web"
    expected = {f"{base}/blob/v1.0/api/o.yaml": "v1.0", f"{base}/raw/refs/heads/feature/x/api/o.yaml": "feature/x"}
    expected |= {f"{base}/blob/main/api/o.yaml": "main", f"{base}/blob/v9/api/o.yaml": WARNED}
    (tmp_path / "trees").rmdir()
    made = web(tmp_path / "trees" / "web")
    expected |= {f"{base}/blob/{git(made, 'rev-parse', 'v1.0')}/api/o.yaml": "v1.0", f"{base}/blob/{'0' * 40}/api/o.yaml": WARNED}
    texts = apis(expected)
    commit(made, {"catalog-info.yaml": "---\n".join(texts.values())})
    settings = SourceSettings("acme", "git", {"url": f"{daemon}/web", "host": "github"})
    collected = GitSource(settings, context(tmp_path)).collect()
    assert not collected.failures
    connected = ConnectedTrees({("acme", tree.id): tree for tree in collected.trees}, (settings,))
    assert asked(connected, collected.files, **texts)[0] == {f"a{n}": value for n, value in enumerate(expected.values())}


SECRET = "DB_PASSWORD=CANARY"
B = "https://github.com/acme/b/blob/main/deploy/prod.env"
HOSTILE = "hostile.md, A3: any pusher published any file of every connected repository"
REFUSED = [("PLC003", "error")]
PERMISSIONS = [
    ((), B, REFUSED, HOSTILE),
    ((), "https://github.com/acme/b/raw/v1/deploy/prod.env", REFUSED, HOSTILE),
    ((), "file://{root}/b-source/b/deploy/prod.env", REFUSED, HOSTILE),
    ((), "../b/deploy/prod.env", REFUSED, HOSTILE),
    (("all",), B, SECRET, "architecture.md, decision 11"),
    (("a-source",), B, SECRET, "architecture.md, decision 11: names of sources"),
    (("a-source/a",), B, SECRET, "architecture.md, decision 11: globs of repositories"),
    (("*/a",), B, SECRET, "architecture.md, decision 11: globs of repositories"),
    (("other", "b-source", "*/b", "[", "**/c"), B, REFUSED, "architecture.md, decision 11"),
]


def two(root, url, readable):
    """Repository ``a`` of one source reads a URL; ``b`` of another has the file."""
    for name in ("a", "b"):
        made = repository(root / f"{name}-source" / name, {"catalog-info.yaml": COMPONENT.format(name=name), "deploy/prod.env": SECRET})
        git(made, "remote", "add", "origin", f"https://github.com/acme/{name}")
        git(made, "tag", "v1")
    put(root / "a-source" / "a", {"catalog-info.yaml": API.format(name="api", key="$text", url=url.replace("{root}", str(root)))})
    return portal(root, ("a-source", "a-source", ()), ("b-source", "b-source", readable))


@pytest.mark.parametrize(("readable", "url", "expected"), [case[:3] for case in PERMISSIONS])
def test_a_file_of_another_repository_is_read_where_its_source_permits_it(tmp_path, readable, url, expected):
    result, found = asked(*two(tmp_path, url, readable), api=url)
    assert result == {"api": expected}
    if expected == REFUSED:
        [problem] = found.problems
        line = 'Add `readable_by: ["a-source/a"]` to the source `b-source` in sources.yaml'
        assert problem.hint.startswith("Copy the file" if url.startswith("..") else line)
        assert "CANARY" not in repr(found)


def test_repositories_of_one_source_are_closed_to_each_other_too(tmp_path):
    """hostile.md, A3: ``cross-repo`` has both repositories in one source."""
    two(tmp_path, B, ())
    (tmp_path / "b-source" / "b").rename(tmp_path / "a-source" / "b")
    result, _ = asked(*portal(tmp_path, ("a-source", "a-source", ())), api=B)
    assert result == {"api": REFUSED}


def test_the_same_repository_in_two_sources_is_one_repository(tmp_path):
    """Sibling: a source for each revision; none has to permit the other what is its own."""
    for name, branch in (("one", "main"), ("two", "feature/x")):
        made = web(tmp_path / name / "web")
        git(made, "remote", "add", "origin", "https://github.com/acme/web")
        git(made, "checkout", "-q", branch)
    url = "https://github.com/acme/web/blob/feature/x/api/o.yaml"
    commit(tmp_path / "one" / "web", {"catalog-info.yaml": API.format(name="api", key="$text", url=url)})
    assert asked(*portal(tmp_path, ("one", "one", ()), ("two", "two", ())), api=url)[0] == {"api": "feature/x"}


TARGETS = [
    ((), "https://github.com/acme/b/blob/main/catalog-info.yaml", ["b"], [], "decision 11: what the source reads itself"),
    ((), "https://github.com/acme/b/blob/main/svc/catalog-info.yaml", ["svc"], [], "decision 11: include matches"),
    ((), "https://github.com/acme/b/blob/HEAD/svc/catalog-info.yaml", ["svc"], [], HEAD),
    ((), "https://github.com/acme/b/blob/main/deploy/prod.env", [], ["LOC006"], HOSTILE),
    ((), "https://github.com/acme/b/blob/main/deploy/secret.yaml", [], ["LOC006"], HOSTILE),
    ((), "https://github.com/acme/b/blob/main/**/*.yaml", ["svc"], ["LOC006"], "a glob reads what is permitted of it"),
    ((), "https://github.com/acme/b/blob/v1/svc/catalog-info.yaml", [], ["LOC003"], "descriptors.md, B6: another revision"),
    ((), "https://github.com/acme/c/blob/main/catalog-info.yaml", [], ["LOC003"], "no source"),
    (("a-source",), "https://github.com/acme/b/blob/main/deploy/secret.yaml", [], ["LOC007"], "permitted, and never quoted"),
]


@pytest.mark.parametrize(("readable", "target", "expected", "codes"), [case[:4] for case in TARGETS])
def test_a_location_reads_of_another_repository_what_its_source_would_read(tmp_path, readable, target, expected, codes):
    two(tmp_path, B, ())
    secret = "apiVersion: v1\nkind: CANARY\nmetadata: {name: canary-secret}\n"
    put(tmp_path / "a-source" / "a", {"catalog-info.yaml": LOCATION.format(targets=f'"{target}"')})
    put(tmp_path / "b-source" / "b", {"svc/catalog-info.yaml": COMPONENT.format(name="svc"), "deploy/secret.yaml": secret})
    connected, files = portal(tmp_path, ("a-source", "a-source", ()), ("b-source", "b-source", readable))
    files = [file for file in files if file.path != "svc/catalog-info.yaml"]  # found by the Location alone
    found = discover(files, connected, builtin_kinds(), Limits())
    names = {entity.ref.name for entity in found.entities} | {"b"}
    assert names >= set(expected)
    assert ("svc" in names) is ("svc" in expected)
    assert {problem.code for problem in found.problems} >= set(codes)
    assert "CANARY" not in repr(found.problems)


YAML = """sources:
  - {{name: a-source, type: files, path: a-source, repositories: "*"}}
  - {{name: b-source, type: files, path: b-source, repositories: "*"{readable}}}
"""


@pytest.mark.parametrize(
    ("readable", "codes"),
    [("", ["PLC003"]), (", readable_by: all", []), (", readable_by: [a-source]", []), (", readable_by: []", ["PLC003"])],
)
def test_sources_yaml_says_who_may_read_a_source(tmp_path, readable, codes):
    two(tmp_path, B, ())
    put(tmp_path, {"sources.yaml": YAML.format(readable=readable)})
    problems = check_portal(tmp_path / "sources.yaml", {"PATH": os.environ["PATH"]}).problems
    assert [problem.code for problem in problems if problem.code.startswith("PLC")] == codes


@pytest.mark.parametrize(
    ("readable", "message"),
    [
        (", readable_by: everybody", '"sources[1].readable_by" must be all, or a list of names of sources'),
        (", readable_by: [7]", "readable_by"),
        (", readable_bye: all", 'did you mean "readable_by"?'),
    ],
)
def test_a_wrong_value_of_readable_by_is_an_error_of_the_settings(tmp_path, readable, message):
    put(tmp_path, {"sources.yaml": YAML.format(readable=readable)})
    with pytest.raises(InvalidSettingsError) as error:
        check_portal(tmp_path / "sources.yaml", {})
    assert message in str(error.value)


def test_a_check_without_a_portal_does_not_know_what_is_permitted(tmp_path, monkeypatch):
    """Its settings are elsewhere, so that neither a refusal nor a missing source is a problem of the repository."""
    two(tmp_path, B, ())
    monkeypatch.chdir(tmp_path)
    assert not check_paths([tmp_path / "a-source", tmp_path / "b-source"], {"PATH": os.environ["PATH"]}).problems


@pytest.mark.parametrize(
    ("readable", "titles"), [((), []), (("a-source",), ["Refunds"]), (("all",), ["Refunds"])], ids=["nobody", "that source", "everybody"]
)
def test_documentation_at_a_url_is_that_of_another_source_if_it_permits(tmp_path, readable, titles):
    connected, files = two(tmp_path, B, readable)
    put(tmp_path / "b-source" / "b", {"team/mkdocs.yml": "site_name: Handbook\n", "team/docs/index.md": "# Refunds\n"})
    reference = "{annotations: {backstage.io/techdocs-ref: 'url:https://github.com/acme/b/tree/main/team/'}, name: a}"
    put(tmp_path / "a-source" / "a", {"catalog-info.yaml": COMPONENT.format(name="a").replace("{name: a}", reference)})
    connected, files = portal(tmp_path, ("a-source", "a-source", ()), ("b-source", "b-source", readable))
    kinds = builtin_kinds()
    found = discover(files, connected, kinds, Limits())
    catalog, _ = link(merge(found.entities, ["a-source", "b-source"], kinds).entities, kinds)
    settings = Settings(tmp_path, tmp_path / "sources.yaml")
    made = DocumentationBuilder(catalog, connected, settings, tmp_path / "cache", "program").build()
    assert [page.title for each in made.sets.values() for page in each.pages.values()] == titles
    refused = [f"{problem.message} {problem.hint}" for problem in made.problems]
    assert len(refused) == (0 if titles else 1)
    assert all("readable_by" in each and "Refunds" not in each for each in refused)
