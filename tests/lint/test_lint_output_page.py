"""Ten wrong descriptors with exactly what a person sees: the page of the manual is held to what the command prints.

``python tests/linting/test_lint_output_page.py`` writes the outputs into the page.
"""

import json
import os
import re
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from callboard.cli.main import group

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "read-lint-output.md"
CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n.*?^```yaml\n(?P<descriptor>.*?)^```\n\n```console\n\$ callboard (?P<command>[^\n]+)\n(?P<output>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
NAMES = {
    "format": 1,
    "kinds": [{"kind": "group"}, {"kind": "resource"}, {"kind": "user"}],
    "namespaces": ["default"],
    "name": ["team-checkout", "checkout-cache", "jane"],
    "kind": [0, 1, 2],
    "namespace": [0, 0, 0],
}


def cases():
    return list(CASE.finditer(PAGE.read_text("utf-8")))


def printed(folder, case):
    """What the command of a case prints in a folder with its descriptor, and its exit code."""
    (folder / "site" / "api" / "catalog").mkdir(parents=True)
    (folder / "site" / "api" / "catalog" / "names.json").write_text(json.dumps(NAMES))
    (folder / "catalog-info.yaml").write_text(case["descriptor"])
    here = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(group, case["command"].split())
    finally:
        os.chdir(here)
    return result.stdout, result.exit_code


def test_the_page_has_ten_descriptors():
    assert len(cases()) == 10


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["title"])
def test_the_page_shows_what_the_command_prints(tmp_path, case):
    output, code = printed(tmp_path, case)
    assert case["output"] == output
    assert code == (1 if " error " in output else 0)


def filled(case):
    with tempfile.TemporaryDirectory() as folder:
        output = printed(Path(folder), case)[0]
    start, end = case.start("output") - case.start(), case.end("output") - case.start()
    return case[0][:start] + output + case[0][end:]


if __name__ == "__main__":
    PAGE.write_text(CASE.sub(filled, PAGE.read_text("utf-8")), "utf-8")
