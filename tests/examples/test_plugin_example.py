"""The example of a plugin: built by its own build system, installed apart, found and run."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from faulty import Server, json_answer
from support import shared_caches

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
SOURCES = """\
version: 1
portal: {{name: Small}}
sources: [{{name: here, type: files, path: repositories}}]
integrations: [{{name: flags, title: Flag server, type: flags, url: "{url}", token: "${{FLAGS_TOKEN}}"}}]
"""
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations: {annotations}
spec: {{type: service, lifecycle: production, owner: team}}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with the plugin as ``pip`` installs it: its modules and its metadata."""
    if find_spec("hatchling") is None:
        reason = "needs hatchling (pip install hatchling)"
        pytest.fail(reason) if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip(reason)
    built, target = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=ROOT / "examples/plugins/flags", check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def callboard(folder, installed, *arguments):
    environ = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}", "FLAGS_TOKEN": "t0p-secret"}
    with shared_caches.lent(folder):
        return subprocess.run(
            [sys.executable, "-m", "callboard", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )


def portal(folder, url):
    (folder / "repositories").mkdir()
    named = '{flags.example.com/project: "shop"}'
    (folder / "repositories/catalog-info.yaml").write_text(
        f"{SHOP.format(name='shop', annotations=named)}---\n{SHOP.format(name='bare', annotations='{}')}"
    )
    (folder / "sources.yaml").write_text(SOURCES.format(url=url))


def test_the_plugin_is_listed_with_its_package(installed, tmp_path):
    done = callboard(tmp_path, installed, "plugins")
    assert "flags" in done.stdout, done.stderr
    assert "callboard-flags" in done.stdout


def test_its_facts_are_on_the_page_in_its_own_panel(installed, tmp_path):
    def flags(asked, wire):
        json_answer(
            wire, [{"project": "shop", "name": "new<b>till", "on": True, "percent": 25}, {"project": "else", "name": "x", "on": False}]
        )

    with Server(flags) as server:
        portal(tmp_path, server.url)
        done = callboard(tmp_path, installed, "build")
        assert done.returncode == 0, done.stderr
        assert [r.headers["authorization"] for r in server.requests] == ["Bearer t0p-secret"]
    page = (tmp_path / "site/catalog/default/component/shop/index.html").read_text()
    assert "Feature flags" in page
    assert "<code>new&lt;b&gt;till</code>" in page
    assert "on, 25 %" in page
    assert "Flag server" in page
    bare = (tmp_path / "site/catalog/default/component/bare/index.html").read_text()
    assert "flags.example.com/project" in bare, "what connects it is named"
    everything = "".join(file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file() and file.name != "sources.yaml")
    assert "t0p-secret" not in everything + done.stdout + done.stderr


def test_one_that_raises_is_on_the_status_page_and_does_not_fail_the_build(installed, tmp_path):
    with Server(lambda asked, wire: json_answer(wire, [{"name": "no project"}])) as server:
        portal(tmp_path, server.url)
        done = callboard(tmp_path, installed, "build")
    assert done.returncode == 0, done.stderr
    assert "KeyError" in (tmp_path / "site/status/index.html").read_text()
    page = (tmp_path / "site/catalog/default/component/shop/index.html").read_text()
    assert "could not be read" in page.lower() or "may be incomplete" in page
    status = json.loads((tmp_path / "site/status/collections.json").read_text())
    assert "flags" in {row["source"] for row in status["collections"]}


def test_a_value_that_its_family_refuses_is_a_problem(installed, tmp_path):
    with Server(lambda asked, wire: json_answer(wire, [{"project": "shop", "name": "x", "on": "perhaps"}])) as server:
        portal(tmp_path, server.url)
        done = callboard(tmp_path, installed, "build")
    assert done.returncode == 0, done.stderr
    assert "INT001" in (tmp_path / "site/problems/index.html").read_text()
