"""Builds of a portal whose plugins misbehave, as commands: exit codes, one clear line each, the last good copy, and what --debug shows."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from callboard.website.assemble import WORTH_FORKING
from support import EVERY_CASE, shared_caches
from support.wild_family import CODE as FAMILY_CODE
from support.wild_family import PANEL
from support.wild_plugin import CODE, KINDS, entry_points

pytestmark = pytest.mark.long
SECRET = "t0p-s3cret-value"
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: team}
"""
SETTINGS = """\
version: 1
portal: {name: Small}
limits: {plugin_seconds: %d}
sources:
  - {name: here, type: files, path: repositories}
  - {name: wild, type: wild, token: "${TOKEN}", %s}
integrations: [{name: tool, type: wild, token: "${TOKEN}", %s}]
publish: [{type: wild, token: "${TOKEN}", %s}, {type: folder, path: public}]
"""
FAMILY_SETTINGS = """\
version: 1
portal: {name: Small}
sources: [{name: here, type: files, path: repositories}]
integrations: [{name: drop, type: file, path: facts.yaml, family: wild}]
"""
WILD = CODE.replace("kind: Wild # {path}", SHOP.replace("shop", "wild").replace("{", "{{").replace("}", "}}").replace("\n", "\\n"))


@pytest.fixture
def portal(tmp_path):
    """A portal beside the package, and a function that starts a command with actions of its source, integration and publisher."""
    packages, metadata = tmp_path / "packages/wild_plugin", tmp_path / "packages/wild_plugin-1.0.dist-info"
    packages.mkdir(parents=True)
    metadata.mkdir()
    (tmp_path / "packages/pids").mkdir()
    (packages / "__init__.py").write_text(WILD)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: wild-plugin\nVersion: 1.0\n")
    groups = (f"[{group}]\nwild = {points['wild']}\n" for group, points in entry_points().items())
    (metadata / "entry_points.txt").write_text("".join(groups))
    (tmp_path / "repositories").mkdir()
    (tmp_path / "repositories/catalog-info.yaml").write_text(SHOP)

    def start(*arguments, source="at: never", integration="at: never", publisher="at: never", seconds=8):
        (tmp_path / "sources.yaml").write_text(SETTINGS % (seconds, source, integration, publisher))
        environ = {**os.environ, "PYTHONPATH": str(tmp_path / "packages"), "TOKEN": SECRET}
        command = [sys.executable, "-m", "callboard", *arguments]
        return subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return tmp_path, start


def finished(process, timeout=120):
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out + err


@pytest.mark.parametrize(
    "action", ["secret", *(pytest.param(action, marks=EVERY_CASE) for action in ("exit", "os-exit", "segfault", "hang"))]
)
def test_a_build_goes_on_with_the_last_good_copy_and_one_line_that_names_the_package(portal, action):
    folder, start = portal
    with shared_caches.lent(folder):
        assert finished(start("build"))[0] == 0
        page = folder / "site/catalog/default/component/wild/index.html"
        assert page.is_file()
        bad = f"at: call, do: {action}"
        code, text = finished(start("build", source=bad, integration=bad))
        assert (code, page.is_file()) == (0, True), text
        assert len(re.findall(r"The source 'wild' could not be read: the plugin \"wild\" of wild-plugin 1\.0", text)) == 1
        assert len(re.findall(r"The integration 'tool' could not be read: the plugin \"wild\" of wild-plugin 1\.0", text)) == 1
        code, text = finished(start("publish", publisher=bad))
        assert (code, (folder / "public/index.html").is_file()) == (2, True), text
        assert "wild: not published: the plugin" in text
        assert SECRET not in text


def test_what_plugins_print_reaches_no_output_and_debug_shows_it_masked(portal):
    folder, start = portal
    with shared_caches.lent(folder):
        leak = "at: call, do: leak"
        code, text = finished(start("build", source=leak, integration=leak))
        assert (code, "the token is" in text) == (0, False), text
        code, text = finished(start("build", "--debug", source=leak, integration=leak))
        assert (code, text.count("  the token is *** and None")) == (0, 2), text
        assert SECRET not in text


@pytest.mark.parametrize("hanging", ["source", "integration"])
def test_ctrl_c_ends_a_build_with_130_and_leaves_no_process(portal, hanging):
    folder, start = portal
    process = start("build", seconds=600, **{kind: "at: call, do: hang" if kind == hanging else "at: never" for kind in KINDS})
    pids = folder / "packages/pids"
    deadline = time.monotonic() + 60
    while not (found := [int(file.name) for file in pids.iterdir()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found
    process.send_signal(signal.SIGINT)
    code, text = finished(process, 30)
    assert (code, "Traceback" in text) == (130, False), text
    deadline = time.monotonic() + 10
    while any(_is_alive(pid) for pid in found) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in found if _is_alive(pid)]


def _is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not state.startswith("Z")


def test_a_panel_that_ends_its_process_costs_that_panel_in_a_build_of_forked_workers(portal):
    folder, _ = portal
    (folder / "packages/wild_plugin/family.py").write_text(FAMILY_CODE.replace('"wild_family"', '"wild_plugin"'))
    (folder / "packages/wild_plugin/panel.html").write_text(PANEL)
    entries = folder / "packages/wild_plugin-1.0.dist-info/entry_points.txt"
    entries.write_text("[callboard.families]\nwild = wild_plugin.family:FAMILY\n")
    (folder / "repositories/catalog-info.yaml").write_text("---\n".join(SHOP.replace("shop", f"c{n}") for n in range(WORTH_FORKING + 10)))
    rows = [{"entity": f"c{n}", "name": f"name-{n}", "panel": "os-exit" if n == 7 else "nothing"} for n in range(20)]
    (folder / "facts.yaml").write_text(json.dumps(rows))
    (folder / "sources.yaml").write_text(FAMILY_SETTINGS)
    environ = {**os.environ, "PYTHONPATH": str(folder / "packages")}
    with shared_caches.lent(folder):
        done = subprocess.run(
            [sys.executable, "-m", "callboard", "build"], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    pages = {n: (folder / f"site/catalog/default/component/c{n}/index.html").read_text() for n in range(20)}
    assert [n for n, html in pages.items() if "Could not render" in html] == [7]
    assert all(f"<b>name-{n} " in html for n, html in pages.items() if n != 7)
    (line,) = [line for line in done.stderr.splitlines() if "INT004" in line]
    assert "`wild-plugin 1.0`" in line
    assert "ended with exit code 0 while it rendered panel.html" in line
