"""The examples in the settings reference: each type has one, and ``sources.yaml`` takes it as it is."""

import json
import re

import pytest

import yaml
from callboard.plugins import loader
from callboard.plugins.portal_settings import read_settings

GROUPS = {"sources": "callboard.sources", "integrations": "callboard.integrations"}
PORTAL = {"name": "Acme", "organization": "Acme", "url": "https://portal.acme.example/", "timezone": "UTC"}
TYPES = [(section, name) for section, group in GROUPS.items() for name, one in loader.load(group).items() if one.package == "callboard"]


@pytest.mark.parametrize(("section", "name"), TYPES, ids=lambda value: value)
def test_each_type_has_an_example_that_can_be_copied(section, name, tmp_path):
    examples = loader.load(GROUPS[section])[name].load().schema.get("examples", [])
    assert examples
    for example in examples:
        assert example["type"] == name
        config = {"version": 1, "portal": PORTAL, section: [example]}
        config.setdefault("sources", [{"name": "here-is-one", "type": "files", "path": "."}])
        (tmp_path / "sources.yaml").write_text(yaml.safe_dump(config))
        variables = re.findall(r"\$\{([A-Z0-9_]+)\}", json.dumps(example))
        read_settings(tmp_path / "sources.yaml", dict.fromkeys(variables, "a-secret-value"))
