"""What a build loads: the smaller it is, the larger the share of its time that loading takes."""

import json
import subprocess
import sys

import pytest

from state_builders import component

SETTINGS = """
version: 1
portal: {name: Quiet}
sources:
  - {name: org, type: files, path: org}
integrations:
  - {name: ships, type: file, path: deployment.json}
"""
PROGRAM = """
import atexit, json, pathlib, sys
atexit.register(lambda: pathlib.Path("modules.json").write_text(json.dumps(sorted(sys.modules))))
from callboard.__main__ import main
sys.argv = ["callboard", "build", "--quiet", "--report", "report.json"]
main()
"""
FAR_OFF = {
    "callboard.digest", "callboard.onboarding", "callboard.preview", "callboard.review", "callboard.scaffold",
    "networkx", "graphql", "httpcore", "http.client", "mkdocs", "quickjs_rs", "novasvg", "mmdr", "ldap3",
    "urllib.request", "xml.sax",
}  # fmt: skip
"""Commands of other kinds, and libraries for what this portal does not have. MkDocs runs in a process of its own."""
NOT_WITHOUT_CHANGES = FAR_OFF | {
    "callboard.api_changes", "callboard.api_reference", "callboard.catalog", "callboard.descriptors", "callboard.diagrams",
    "callboard.documentation.building", "callboard.documentation.announcements", "callboard.history", "callboard.insights",
    "callboard.lint.formats", "callboard.markdown", "callboard.pages", "callboard.pipeline", "callboard.redaction.masking",
    "callboard.scorecards", "callboard.search", "callboard.software_templates", "callboard.website.assemble",
    "callboard.website.site_plan", "callboard.io.parallel", "jinja2", "markdown", "markdown_it", "multiprocessing", "nh3", "pygments",
    "pymdownx", "ssl", "xml",
}  # fmt: skip
NOT_WITHOUT_TEXTS = {"callboard.api_changes.comparison", "callboard.documentation.converter", "markdown", "markdown_it", "pymdownx"}
"""What pages of documentation and texts with markup are converted with, and definitions of APIs compared."""
MOST_WITHOUT_CHANGES = 185
"""Modules of Callboard; those of the plugins of one source and of one integration are among them."""


def built(folder):
    """The modules and the counts of one build in a process of its own."""
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, check=True, timeout=300)
    return json.loads((folder / "modules.json").read_text()), json.loads((folder / "report.json").read_text())["counts"]


def loaded(modules, names):
    """Those of the names that are modules, or packages with a module, that were loaded."""
    return sorted(name for name in names if any(each == name or each.startswith(f"{name}.") for each in modules))


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    (folder / "org").mkdir()
    (folder / "org/catalog-info.yaml").write_text(component("a"))
    (folder / "deployment.json").write_text("[]")
    (folder / "sources.yaml").write_text(SETTINGS)
    return folder


def test_a_build_loads_what_its_size_needs(portal):
    modules, counts = built(portal)
    assert counts["pages_rendered"]
    assert "callboard.pipeline" in modules
    assert loaded(modules, FAR_OFF) == []

    (portal / "org/catalog-info.yaml").write_text(component("a", lifecycle="deprecated"))
    modules, counts = built(portal)
    assert counts["pages_rendered"]
    assert (
        loaded(modules, FAR_OFF | {"callboard.publish", "ssl"} | NOT_WITHOUT_TEXTS) == []
    )  # a first build has the schema of publishers' options
    assert sorted(each for each in modules if each.startswith("callboard.integrations.")) == ["callboard.integrations.file"]

    modules, counts = built(portal)
    assert counts["nothing_changed"]
    assert loaded(modules, NOT_WITHOUT_CHANGES) == []
    own = [each for each in modules if each.partition(".")[0] == "callboard"]
    assert len(own) <= MOST_WITHOUT_CHANGES, own


def test_the_process_of_mkdocs_loads_no_views_of_pages():
    program = "import json, sys\nimport callboard.website.guide_hooks\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)
    modules = json.loads(done.stdout)
    assert "callboard.website.guide_hooks" in modules
    assert loaded(modules, {"callboard.pages", "callboard.catalog.graph", "callboard.descriptors", "callboard.model.facts"}) == []
