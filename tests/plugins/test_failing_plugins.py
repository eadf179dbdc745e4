"""Plugins that fail, installed as packages and run by commands: what the terminal shows, and what it never shows."""

import json
import os
import subprocess
import sys

import pytest

from callboard.model.errors import TreeError
from callboard.plugins.guarded_tree import MOST, GuardedTree, tree_failures
from callboard.plugins.unhandled import unhandled
from support import EVERY_CASE, shared_caches

MODULE = '''
"""Plugins that fail."""
from callboard.plugins.sources import Collected, DescriptorFile


class Tree:
    id, repository, revision, addresses = "acme://x", "acme/x", "1", ()

    def read(self, path, limit): return {}[f"nothing at {path}"]
    def glob(self, pattern): return {}[pattern]
    def fetch(self, paths): raise RuntimeError("fetch")
    def last_change(self, path): raise RuntimeError("last_change")
    def view_url(self, path, line=None): raise RuntimeError("view_url")
    def edit_url(self, path): raise RuntimeError("edit_url")


class Source:
    """A source whose tree fails."""
    schema = {"type": "object"}

    def __init__(self, settings, context): self.settings = settings

    def collect(self):
        if "in" in self.settings.options: raise ValueError(f"collect with {self.settings.options['token']}")
        tree = Tree()
        return Collected((tree,), (DescriptorFile(self.settings.name, tree, "catalog-info.yaml"),))


class Integration:
    """An integration that fails."""
    schema = {"type": "object"}
    title, declares, families, annotations = "Acme", (), ("deployment",), ()

    def __init__(self, settings, context): self.settings = settings
    def collect(self, targets): raise KeyError(self.settings.options["token"])


class Publisher:
    """A publisher that fails."""
    schema = {"type": "object"}

    def __init__(self, options, context): self.options = options
    def publish(self, site): raise KeyError(self.options["token"])
'''
ENTRIES = "".join(f"[callboard.{kind}s]\nacme = acme_bad:{kind.title()}\n" for kind in ("source", "integration", "publisher"))
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team}
"""
SETTINGS = """\
version: 1
portal: {{name: Small}}
sources: [{{name: here, type: files, path: repositories}}{source}]
integrations: [{{name: tool, type: acme, token: "${{TOKEN}}"}}]
publish: [{{name: there, type: acme, token: "${{TOKEN}}"}}, {{type: folder, path: public}}]
"""
SECRET = "t0p-s3cr3t-value"
OF = 'the plugin "acme" of acme-bad 1.0'


@pytest.fixture
def portal(tmp_path):
    """A portal beside a package of failing plugins; the values are the folder and a function that runs a command."""
    (tmp_path / "site-packages/acme_bad-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "site-packages/acme_bad.py").write_text(MODULE)
    (tmp_path / "site-packages/acme_bad-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: acme-bad\nVersion: 1.0\n")
    (tmp_path / "site-packages/acme_bad-1.0.dist-info/entry_points.txt").write_text(ENTRIES)
    (tmp_path / "repositories").mkdir()
    (tmp_path / "repositories/catalog-info.yaml").write_text(SHOP)
    (tmp_path / "sources.yaml").write_text(SETTINGS.format(source=""))

    def run(*arguments):
        environ = {**os.environ, "PYTHONPATH": str(tmp_path / "site-packages"), "TOKEN": SECRET}
        command = [sys.executable, "-m", "callboard", *arguments]
        with shared_caches.lent(tmp_path):
            return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)

    return tmp_path, run


@pytest.mark.long
def test_a_failure_is_one_line_and_debug_shows_the_traceback_without_secrets(portal):
    folder, run = portal
    plain, debug = run("build"), run("build", "--debug")
    assert (plain.returncode, debug.returncode) == (0, 0), plain.stderr
    line, summary = [line for line in plain.stderr.splitlines() if "integration" in line]
    assert summary == "1 integration failed or returned a part: tool. See the page /status/."
    assert line == (
        f"The integration 'tool' could not be read: {OF} raised KeyError: '***'. "
        "Run `callboard build --debug` to see the traceback, and report it to the authors of the plugin."
    )
    assert "Traceback" not in plain.stderr
    assert "acme_bad.py" in debug.stderr
    assert 'raise KeyError(self.settings.options["token"])' in debug.stderr
    published = run("publish", "--debug")
    assert published.returncode == 2
    assert f"there: not published: {OF} raised KeyError: '***'." in published.stderr
    assert "acme_bad.py" in published.stderr
    assert (folder / "public/index.html").is_file(), "the other target is published"
    everything = "".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())
    assert SECRET not in everything + plain.stderr + debug.stderr + published.stderr
    assert "Traceback" not in everything


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "raised"),
    [
        ("", "KeyError: 'nothing at catalog-info.yaml'"),
        pytest.param(', in: collect, token: "${TOKEN}"', "ValueError: collect with ***", marks=EVERY_CASE),
    ],
)
def test_an_exception_in_a_source_or_its_tree_is_a_failure_of_that_source(portal, options, raised):
    folder, run = portal
    (folder / "sources.yaml").write_text(SETTINGS.format(source=f", {{name: acme, type: acme{options}}}"))
    done = run("build", "--allow-missing-sources", "--debug")
    assert done.returncode == 0, done.stderr
    assert f"{OF} raised {raised}" in done.stderr
    assert "The source 'acme'" in done.stderr
    assert "acme_bad.py" in done.stderr
    assert "bug in Callboard" not in done.stderr
    assert SECRET not in done.stderr
    plain, debug = run("lint"), run("lint", "--debug")
    assert (plain.returncode, "acme_bad.py" in plain.stderr, "acme_bad.py" in debug.stderr) == (2, False, True)
    assert SECRET not in debug.stderr
    collected = run("collect", "--only", "acme", "--debug")
    assert (collected.returncode, f"{OF} raised {raised}" in collected.stderr, "acme_bad.py" in collected.stderr) == (1, True, True)


@pytest.mark.long
def test_a_build_that_is_refused_shows_the_traceback_too(portal):
    folder, run = portal
    (folder / "sources.yaml").write_text(SETTINGS.format(source=', {name: acme, type: acme, in: collect, token: "${TOKEN}"}'))
    plain, debug = run("build"), run("build", "--debug")
    assert (plain.returncode, debug.returncode) == (2, 2)
    assert f"{OF} raised ValueError" in plain.stderr
    assert ("acme_bad.py" in plain.stderr, "acme_bad.py" in debug.stderr) == (False, True)


@pytest.mark.long
def test_the_list_of_plugins_tells_why_one_cannot_be_loaded(portal):
    folder, run = portal
    good = run("plugins")
    assert (good.returncode, good.stderr) == (0, "")
    assert "An integration that fails." in good.stdout
    (folder / "site-packages/acme_bad.py").write_text(MODULE.replace('schema = {"type": "object"}', "schema = OPTIONS"))
    bad = run("plugins", "--format", "json")
    assert bad.returncode == 1
    rows = {row["group"]: row for row in json.loads(bad.stdout) if row["package"] == "acme-bad"}
    assert list(rows) == ["callboard.sources", "callboard.integrations", "callboard.publishers"]
    assert all("NameError: name 'OPTIONS' is not defined" in row["failure"] for row in rows.values())
    assert "error: the plugin" in run("plugins").stdout


@pytest.mark.long
def test_a_family_that_violates_the_contract_is_listed_with_the_reason(portal):
    folder, run = portal
    entries = folder / "site-packages/acme_bad-1.0.dist-info/entry_points.txt"
    entries.write_text(ENTRIES + "[callboard.families]\nload = acme_bad:Source\n")
    done = run("plugins", "--format", "json")
    assert done.returncode == 1
    (row,) = [row for row in json.loads(done.stdout) if row["failure"]]
    assert (row["group"], row["type"]) == ("callboard.families", "load")
    assert "not a Family" in row["failure"]
    built = run("build").stderr.splitlines()
    assert any(line.startswith("warning INT004: ") and "not a Family" in line for line in built)


class RaisingTree:
    """Raises in every method."""

    id, repository, revision, addresses = "id", "acme/x", "1", ()

    def __getattr__(self, name):
        def method(*arguments):
            raise RuntimeError(f"{name} s3cret")

        return method


def test_a_tree_that_raises_everywhere_is_bounded_and_never_raises_anything_but_a_tree_error():
    tree = GuardedTree(
        RaisingTree(), "acme", lambda error: unhandled("callboard.sources", "files", error, lambda text: text.replace("s3cret", "***"))
    )
    for operation in (lambda: tree.read("a", 1), lambda: tree.glob("*")):
        with pytest.raises(TreeError, match=r'the plugin "files" of callboard \S+ raised RuntimeError: \w+ \*\*\*'):
            operation()
    assert (tree.fetch(["a"]), tree.last_change("a"), tree.view_url("a"), tree.edit_url("a")) == (None, None, "", "")
    assert [failure.path for failure in tree_failures([tree])] == ["a", "", "", "", "", ""]
    assert all("s3cret" not in failure.traceback for failure in tree_failures([tree]))
    for number in range(MOST):
        tree.view_url(str(number))
    assert len(tree.failures) == MOST
