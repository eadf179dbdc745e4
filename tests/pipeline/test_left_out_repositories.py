"""Repositories that the options of a source leave out: the terminal, /status/, its JSON and the loss guard count them."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "sources"))
from company import descriptor
from fake_github import FakeGitHub

from support import portal

SOURCES = """\
portal: {{name: Acme}}
sources:
  - {{name: hub, type: github, organization: acme, token: "${{HUB_TOKEN}}", url: "{url}"{more}}}
"""


def build(folder, server, more=""):
    (folder / "sources.yaml").write_text(SOURCES.format(url=server.url, more=more))
    return portal.callboard(folder, "build", "--report", "report.json", HUB_TOKEN="t0ken")


@pytest.mark.long
def test_repositories_that_options_leave_out_are_counted_everywhere(tmp_path):
    names = [f"svc{n}" for n in range(8)]
    github = FakeGitHub({name: {"catalog-info.yaml": descriptor(name)} for name in names}, svc0={"isArchived": True})
    with github.serve() as server:
        first = build(tmp_path, server)
        assert "Left out by the options of sources: 1 repository (hub: archived 1)." in first.stderr, first.stderr
        page = (tmp_path / "site/status/index.html").read_text()
        assert "Repositories that its options leave out: archived 1" in page
        [collection] = json.loads((tmp_path / "site/status/collections.json").read_text())["collections"]
        assert collection["left_out"] == {"archived": 1}
        assert json.loads((tmp_path / "report.json").read_text())["counts"]["left_out"] == {"hub": {"archived": 1}}
        narrowed = build(tmp_path, server, ', topics: ["nothing-*"]')
    assert "The number of repositories dropped from 7 to 0, which exceeds the configured limit." in narrowed.stderr, narrowed.stderr
    assert "Repositories that exist and that the options of the source leave out: topics 7, archived 1." in narrowed.stderr
    assert len(list((tmp_path / "site/catalog/default/component").iterdir())) == 7  # the last good copy stays until the loss is accepted
