import json

import pytest
from descriptor_reading import PLACE

from generator.descriptors.kinds import load_kinds
from generator.descriptors.reading import read_text
from generator.errors import SettingsError
from generator.settings.settings import Limits

SCHEMA = {
    "x-callboard": {"kind": "Engagement", "plural": "Engagements", "icon": "handshake", "apiVersions": ["acme.org/v1"]},
    "properties": {
        "spec": {
            "required": ["customer"],
            "properties": {
                "customer": {"$ref": "#/$defs/name"},
                "owner": {"type": "string", "x-callboard": {"relation": "ownedBy", "reverse": "ownerOf", "defaultKind": "Group"}},
            },
        }
    },
    "$defs": {"name": {"type": "string", "minLength": 3}},
}
TEXT = "apiVersion: acme.org/v1\nkind: Engagement\nmetadata:\n  name: e\nspec:\n  customer: {}\n"


def codes(kinds, customer):
    return {problem.code for problem in read_text(TEXT.format(customer).encode(), PLACE, lambda path: b"", kinds, Limits()).problems}


def test_a_kind_of_ones_own_is_validated_and_related(tmp_path):
    path = tmp_path / "engagement.json"
    path.write_text(json.dumps(SCHEMA))
    kinds = load_kinds([path])
    assert codes(kinds, "Acme") == set()
    assert codes(kinds, "no") == {"SPC003"}
    assert codes(kinds, "7") == {"SPC002"}
    assert kinds.get("engagement").relations[0].default_kind == "group"
    assert kinds.get("component")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"x-callboard": {}}'])
def test_a_file_that_declares_no_kind_is_refused(tmp_path, content):
    path = tmp_path / "kind.json"
    path.write_text(content)
    with pytest.raises(SettingsError):
        load_kinds([path])


def test_two_kinds_of_one_name_do_not_share_a_validator(tmp_path):
    strict, loose = tmp_path / "strict.json", tmp_path / "loose.json"
    strict.write_text(json.dumps(SCHEMA))
    loose.write_text(json.dumps({**SCHEMA, "$defs": {"name": {"type": "string"}}}))
    assert codes(load_kinds([strict]), "no") == {"SPC003"}
    assert codes(load_kinds([loose]), "no") == set()
