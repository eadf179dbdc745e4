"""The templates of the example: each makes something that works, with real git to bare repositories."""

import subprocess
import sys

import pytest

import yaml
from software_templates.git_hosts import GitHosts
from support.portal import ROOT, callboard

pytestmark = pytest.mark.long
pytest.importorskip("quickjs_rs")
TEMPLATES = ROOT / "examples/acme/service-templates"
HOST = ("--host", "github.com=github", "--publish", "git", "--yes")


@pytest.fixture
def hosts(tmp_path):
    return GitHosts(tmp_path / "hosts")


def new(hosts, tmp_path, name, *answers):
    """Make a project; the command succeeds."""
    done = hosts.new(tmp_path / "here", str(TEMPLATES / name / "template.yaml"), *answers, *HOST)
    assert done.returncode == 0, done.stderr
    return done


def checked_out(hosts, tmp_path, name):
    """A clone of what was pushed, whose descriptor has no problems."""
    folder = tmp_path / "clone"
    hosts.git(tmp_path, "clone", "--quiet", str(hosts.bare / f"{name}.git"), str(folder))
    done = callboard(tmp_path, "lint", str(folder / "catalog-info.yaml"))
    assert done.returncode == 0, done.stdout
    return folder


def test_a_service_has_code_a_pipeline_and_a_descriptor_and_asks_for_its_database(hosts, tmp_path):
    hosts.empty("acme/orders")
    hosts.commit("acme/platform-infra", {"README.md": "x"})
    new(hosts, tmp_path, "java-service", "--set", "name=orders", "--set", "description=Takes orders: all of them.", "--set",
        "owner=group:default/team-checkout", "--set", "system=system:default/checkout", "--set", "database=postgres", "--set",
        "repoUrl=github.com?owner=acme&repo=orders")  # fmt: skip
    folder = checked_out(hosts, tmp_path, "acme/orders")
    workflow = yaml.safe_load((folder / ".github/workflows/ci.yml").read_text())
    assert workflow["jobs"]["build"]["steps"][-1] == {"run": "mvn --batch-mode verify"}
    assert "<artifactId>orders</artifactId>" in (folder / "pom.xml").read_text()
    assert '\\"service\\": \\"orders\\"' in (folder / "src/main/java/com/acme/Main.java").read_text()
    assert not (folder / "database").exists()
    asked = yaml.safe_load(hosts.published("acme/platform-infra", "database-orders")["databases/orders.yaml"])
    assert asked == {"database": "orders", "engine": "postgres", "cluster": "main", "owner": "group:default/team-checkout"}


def test_the_tests_of_a_library_pass(hosts, tmp_path):
    hosts.empty("acme/my-lib")
    new(hosts, tmp_path, "python-library", "--set", "name=my-lib", "--set", 'description=Says "hi".', "--set", "owner=group:default/a",
        "--set", "repoUrl=github.com?owner=acme&repo=my-lib")  # fmt: skip
    folder = checked_out(hosts, tmp_path, "acme/my-lib")
    assert 'python-version: "${{ matrix.python }}"' in (folder / ".github/workflows/ci.yml").read_text()
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_a_documentation_set_has_its_pages(hosts, tmp_path):
    hosts.empty("acme/handbook")
    new(hosts, tmp_path, "documentation-set", "--set", "name=handbook", "--set", "title=Handbook: how we work", "--set",
        "owner=group:default/a", "--set-json", 'pages=["on-call", "releases"]',
        "--set", "repoUrl=github.com?owner=acme&repo=handbook")  # fmt: skip
    folder = checked_out(hosts, tmp_path, "acme/handbook")
    nav = yaml.safe_load((folder / "mkdocs.yml").read_text())
    assert nav == {"site_name": "Handbook: how we work", "nav": [{"Home": "index.md"}, "on-call.md", "releases.md"]}
    assert (folder / "docs/on-call.md").read_text() == "# On call\n\nTo be written.\n"


def test_a_database_is_a_pull_request(hosts, tmp_path):
    hosts.commit("acme/platform-infra", {"README.md": "x"})
    done = new(hosts, tmp_path, "database-request", "--set", "name=orders", "--set", "component=component:default/orders", "--set-json",
               'environments=["test", "production"]')  # fmt: skip
    files = hosts.published("acme/platform-infra", "database-orders")
    assert yaml.safe_load(files["databases/orders.yaml"])["backups"] == {"days": 14}
    assert "Pull request: https://github.com/acme/platform-infra/" in done.stdout
