"""What `pip install` brings is enough to build a portal: templates, overrides, schemas and scripts travel in the wheel."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from support.portal import digests, write

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # No isolation: hatchling is among the development dependencies, so that nothing has to be fetched.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], check=True, capture_output=True, text=True
    )
    return next(folder.glob("callboard-*.whl"))


def test_the_wheel_holds_one_package_and_all_that_it_reads(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"callboard"}
    tracked = subprocess.run(
        ["git", "ls-files", "generator", "templates", "site_overrides"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    wanted = {
        name.removeprefix("generator/") if name.startswith("generator/") else f"callboard/_portal/{name}" for name in tracked.stdout.split()
    }
    assert wanted - set(names) == set()
    assert not [name for name in names if "__pycache__" in name]


def test_a_portal_is_built_from_the_installed_wheel_alone(wheel, tmp_path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin/python"
    paths = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True, text=True
    )
    site_packages = Path(paths.stdout.strip())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True, capture_output=True)
    # The dependencies come from the environment of the tests, our own package does not: its checkout is on no path.
    (site_packages / "dependencies.pth").write_text(f"{Path(pytest.__file__).parent.parent}\n")
    portal = write(tmp_path / "portal")
    known = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SOURCE_DATE_EPOCH": "1790000000"}
    where = subprocess.run(
        [python, "-c", "import callboard; print(callboard.__file__)"], cwd=portal, env=known, check=True, capture_output=True, text=True
    )
    assert str(site_packages) in where.stdout
    done = subprocess.run([environment / "bin/callboard", "build"], cwd=portal, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "site/catalog/default/component/shop/index.html" in {f"site/{path}" for path in digests(portal / "site")}
    assert (portal / "site/assets/portal.css").exists()
