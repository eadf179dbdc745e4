"""The manual's examples of kinds are kinds, and its descriptors are good ones."""

import re
from pathlib import Path

from callboard.descriptors.document import FileLocation
from callboard.descriptors.portal_kinds import read_kinds
from callboard.descriptors.reading import read_text
from callboard.settings.settings import Limits

MANUAL = Path(__file__).parents[2] / "docs/how-to/own-kinds.md"
PLACE = FileLocation("here", "tree", "acme/shop", "", "catalog-info.yaml")


def test_the_schemas_and_the_descriptor_of_the_manual_are_good(tmp_path):
    blocks = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', MANUAL.read_text("utf-8"), re.DOTALL))
    (tmp_path / "kinds").mkdir()
    for path, text in blocks.items():
        (tmp_path / path).write_text(text)
    kinds = read_kinds(sorted((tmp_path / "kinds").iterdir()), tmp_path)
    assert kinds.labels["producedBy"] == "Written by"
    assert not read_text(blocks["catalog-info.yaml"].encode(), PLACE, lambda path: b"", kinds, Limits()).problems
    assert kinds.get("component").house_rules
