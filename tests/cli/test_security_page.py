"""The page about security names a test for each of its statements, and these tests exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<statement>[^|]+) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)` \|$")


def test_each_statement_about_security_names_a_test_that_exists():
    table = (ROOT / "docs/explanation/security.md").read_text("utf-8").partition("## Statements and their tests")[2]
    lines = [line for line in table.strip().splitlines() if line][2:]
    assert len(lines) > 20
    for line in lines:
        row = ROW.match(line)
        assert row, line
        tree = ast.parse((ROOT / row["file"]).read_text("utf-8"))
        assert row["test"] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, line
