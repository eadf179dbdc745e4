"""The schema that editors get."""

import jsonschema_rs
import pytest

from callboard.plugins.portal_settings import editor_schema

ITEMS = [
    ({"name": "a", "type": "files", "path": "x"}, True),
    ({"name": "a", "type": "git", "url": "https://h/x", "ref": "v1"}, True),
    ({"name": "a", "type": "files", "url": "https://h/x"}, False),
    ({"name": "a", "type": "git", "path": "x"}, False),
    ({"name": "a", "type": "svn"}, False),
    ({"type": "files", "path": "x"}, False),
]


@pytest.mark.parametrize(("item", "good"), ITEMS)
def test_options_are_checked_by_the_type_of_their_source(item, good):
    assert jsonschema_rs.validator_for(editor_schema()).is_valid({"sources": [item]}) is good
