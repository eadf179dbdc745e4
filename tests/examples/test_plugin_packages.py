"""The example plugins as a stranger has them: wheels in an empty environment, with their tests, types and a portal."""

import shutil
import subprocess
import sys
import zipfile

import pytest
from plugin_packages import EXAMPLES, ROOT, Environment, wheel

from callboard.plugins.testing import FakeServer
from support import shared_caches

pytestmark = pytest.mark.long
NAMES = [project.name for project in EXAMPLES]
SETTINGS = """\
version: 1
portal: {name: Small}
sources: [{name: inventory, type: inventory, url: "${INVENTORY}", token: "${TOKEN}"}]
publish: [{type: archive, path: portal.zip}]
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """Callboard and all example plugins, installed."""
    made, wheels = Environment(tmp_path_factory.mktemp("environment")), tmp_path_factory.mktemp("wheels")
    made.install(*(wheel(project, wheels) for project in (ROOT, *EXAMPLES)))
    return made


def test_callboard_runs_from_its_wheel(environment, tmp_path):
    shown = environment.run(environment.python, "-c", "import callboard; print(callboard.__file__)", cwd=tmp_path)
    assert shown.stdout.startswith(str(environment.folder)), shown.stderr


def test_there_are_examples_of_each_kind_of_plugin(environment, tmp_path):
    listed = environment.run("callboard", "plugins", cwd=tmp_path)
    assert listed.returncode == 0, listed.stdout + listed.stderr
    rows = [line for line in listed.stdout.splitlines() if " callboard-" in line]
    assert {line.split()[0] for line in rows} >= {"callboard.sources", "callboard.integrations", "callboard.publishers"}
    assert {name for name in NAMES if any(f"callboard-{name} " in line for line in rows)} == set(NAMES)
    assert all(line.endswith(".") for line in rows), "each has a description"


@pytest.mark.parametrize("name", NAMES)
def test_its_own_tests_pass(environment, tmp_path, name):
    shutil.copytree(ROOT / "examples/plugins" / name / "tests", tmp_path / "tests")
    done = environment.run(environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_strict_type_checker_has_no_objection(environment, tmp_path, name):
    project = ROOT / "examples/plugins" / name
    (package,) = (path.parent for path in project.glob("*/__init__.py") if path.parent.name != "tests")
    for folder in (package, project / "tests"):
        shutil.copytree(folder, tmp_path / folder.name)
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n")
    command = [sys.executable, "-m", "mypy", "--python-executable", environment.python, "--cache-dir", ROOT / ".mypy_cache/examples"]
    done = subprocess.run([*map(str, command), package.name, "tests"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_types_is_found_because_the_package_has_types(environment, tmp_path):
    (tmp_path / "wrong.py").write_text(
        "from callboard.plugins.sources import bearer\nfrom callboard.plugins.testing import FakeServer\nbearer(7)\nFakeServer().count(1)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(environment.python), "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.count('incompatible type "int"; expected "str"') == 2, done.stdout


def test_a_portal_is_built_from_the_source_and_published_by_the_publisher(environment, tmp_path):
    (tmp_path / "sources.yaml").write_text(SETTINGS)
    with FakeServer() as server, shared_caches.lent(tmp_path):
        server.reply_pages("/api/services", [[{"name": "shop", "team": "team-a"}], [{"name": "till", "team": "team-b"}]])
        variables = {"INVENTORY": server.url, "TOKEN": "t0p-secret-token"}
        built = environment.run("callboard", "build", cwd=tmp_path, **variables)
        assert built.returncode == 0, built.stderr
        published = environment.run("callboard", "publish", cwd=tmp_path, **variables)
        assert published.returncode == 0, published.stderr
    with zipfile.ZipFile(tmp_path / "portal.zip") as archive:
        assert {"catalog/default/component/shop/index.html", "catalog/default/component/till/index.html"} <= set(archive.namelist())
    assert "t0p-secret-token" not in built.stderr + published.stderr
