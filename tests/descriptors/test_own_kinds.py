"""Kinds of a portal's own, and built-in ones that it tightens."""

import json

import pytest

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.portal_kinds import portal_kinds, read_kinds
from callboard.descriptors.reading import read_text
from callboard.model.errors import SettingsError
from callboard.settings.settings import Limits, Settings
from descriptor_reading import PLACE

ENGAGEMENT = {
    "x-callboard": {"kind": "Engagement", "plural": "Engagements", "icon": "handshake", "apiVersions": ["acme.org/v1"]},
    "properties": {
        "metadata": {"required": ["title"]},
        "spec": {
            "required": ["customer"],
            "properties": {
                "customer": {"$ref": "#/$defs/name"},
                "owner": {"type": "string", "x-callboard": {"relation": "ownedBy", "reverse": "ownerOf", "defaultKind": "Group"}},
            },
        },
    },
    "$defs": {"name": {"type": "string", "minLength": 3}},
}
TEXT = "apiVersion: acme.org/v1\nkind: Engagement\nmetadata:\n  name: e\n  title: E\nspec:\n  customer: {}\n"
HOUSE = """
x-callboard: {kind: Component, plural: Building blocks}
properties:
  metadata:
    required: [annotations]
    properties:
      tags: {items: {enum: [java, go]}}
      annotations: {required: [backstage.io/techdocs-ref]}
  spec:
    required: [system]
    properties:
      lifecycle: {enum: [experimental, production, deprecated], description: The three that we agreed on.}
      runsOn:
        type: array
        items: {type: string}
        x-callboard: {relation: runsOn, reverse: runs, defaultKind: Resource, label: Runs on, reverseLabel: Runs}
"""
COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [jaava]
  annotations: {a/b: c}
spec:
  type: service
  lifecycle: live
  owner: team-a
"""


def kinds_of(folder, **files):
    """Kinds of the files of that name and content, in their order."""
    paths = []
    for name, content in files.items():
        path = folder / f"{name}.{'yaml' if isinstance(content, str) else 'json'}"
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
        paths.append(path)
    return read_kinds(paths, folder)


def problems(kinds, text):
    return read_text(text.encode(), PLACE, lambda path: b"", kinds, Limits()).problems


def codes(kinds, text):
    return sorted(problem.code for problem in problems(kinds, text))


def told(error):
    return str(error.value)


def test_a_kind_of_ones_own_is_validated_and_related(tmp_path):
    kinds = kinds_of(tmp_path, engagement=ENGAGEMENT)
    assert codes(kinds, TEXT.format("Acme")) == []
    assert codes(kinds, TEXT.format('""')) == ["SPC003"]
    assert codes(kinds, TEXT.format("no")) == ["SPC002"]
    assert codes(kinds, TEXT.format("7")) == ["SPC002"]
    assert kinds.get("engagement").relations[0].default_kind == "group"
    assert kinds.get("component") is builtin_kinds().get("component")


def test_what_an_own_kind_wants_of_the_metadata_is_an_error_of_its_own_code(tmp_path):
    kinds = kinds_of(tmp_path, engagement=ENGAGEMENT)
    [problem] = problems(kinds, TEXT.format("Acme").replace("  title: E\n", ""))
    assert (problem.code, problem.severity, problem.field) == ("KND001", "error", "metadata.title")
    assert problem.message == "The key `title` is missing in `metadata`."


def test_its_api_versions_alone_are_accepted(tmp_path):
    kinds = kinds_of(tmp_path, engagement=ENGAGEMENT)
    [problem] = problems(kinds, TEXT.format("Acme").replace("acme.org/v1", "backstage.io/v1alpha1"))
    assert (problem.code, problem.hint) == ("ENT002", "Write acme.org/v1.")


@pytest.mark.parametrize(("wrong", "meant"), [("Engagment", "Engagement"), ("engagement", "Engagement"), ("Engagements", "Engagement")])
def test_the_linter_knows_its_name(tmp_path, wrong, meant):
    kinds = kinds_of(tmp_path, engagement=ENGAGEMENT)
    [problem] = problems(kinds, TEXT.format("Acme").replace("kind: Engagement", f"kind: {wrong}"))
    assert problem.code == "ENT004"
    assert f"kind: {meant}" in problem.hint


def test_the_linter_knows_its_fields(tmp_path):
    kinds = kinds_of(tmp_path, engagement=ENGAGEMENT)
    assert codes(kinds, TEXT.format("Acme") + "  ownr: team-a\n") == ["SPC005"]
    assert codes(kinds, TEXT.format("Acme").replace("customer", "custommer")) == ["SPC001"]
    closed = json.loads(json.dumps(ENGAGEMENT))
    closed["properties"]["spec"]["additionalProperties"] = False
    [problem] = problems(kinds_of(tmp_path, engagement=closed), TEXT.format("Acme") + "  ownr: team-a\n")
    assert (problem.code, problem.message, problem.hint) == ("SPC002", "Unknown key `spec.ownr`.", "Did you mean owner?")
    assert (problem.span.line, problem.span.column) == (8, 3)


def test_a_house_rule_warns_of_what_backstage_accepts(tmp_path):
    kinds = kinds_of(tmp_path, component=HOUSE)
    found = problems(kinds, COMPONENT)
    assert {(p.code, str(p.severity), p.span.line, p.message, p.hint) for p in found} == {
        ("KND001", "warning", 5, '`metadata.tags[0]` cannot be "jaava".', "Did you mean java?"),
        (
            "KND001", "warning", 6, "The key `backstage.io/techdocs-ref` is missing in `metadata.annotations`.",
            'Add "backstage.io/techdocs-ref: …" below "annotations:".',
        ),
        ("KND001", "warning", 7, "The key `system` is missing in `spec`.", 'Add "system: …" below "spec:".'),
        ("KND001", "warning", 9, '`spec.lifecycle` cannot be "live".', "Write experimental, production or deprecated."),
    }  # fmt: skip
    assert not problems(builtin_kinds(), COMPONENT)
    assert kinds.get("component").plural == "Building blocks"


def test_a_house_rule_adds_fields_and_relations(tmp_path):
    kinds = kinds_of(tmp_path, component=HOUSE)
    component = kinds.get("component")
    assert [field.field for field in component.relations][-1] == "runsOn"
    assert len(component.relations) == len(builtin_kinds().get("component").relations) + 1
    assert (kinds.labels["runsOn"], kinds.labels["runs"]) == ("Runs on", "Runs")
    right = COMPONENT.replace("jaava", "java").replace("a/b: c", "backstage.io/techdocs-ref: dir:.").replace("live", "production")
    assert codes(kinds, right + "  system: shop\n  runs_on: [cluster]\n") == ["SPC005"]
    assert codes(kinds, right + "  system: shop\n  runsOn: [cluster]\n") == []


def test_a_house_rule_never_says_again_what_backstage_refuses(tmp_path):
    kinds = kinds_of(tmp_path, component=HOUSE)
    text = COMPONENT.replace("lifecycle: live", "lifecycle: 5")
    assert "spec.lifecycle" not in {problem.field for problem in problems(kinds, text) if problem.code == "KND001"}
    copied = json.loads(json.dumps(builtin_kinds().get("component").schema))
    assert codes(kinds_of(tmp_path, copy=copied), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {}\nspec: {}\n") == codes(
        builtin_kinds(), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {}\nspec: {}\n"
    )


def test_two_files_may_tighten_one_kind(tmp_path):
    more = {"x-callboard": {"kind": "Component"}, "properties": {"spec": {"properties": {"type": {"enum": ["library"]}}}}}
    kinds = kinds_of(tmp_path, component=HOUSE, more=more)
    assert codes(kinds, COMPONENT) == ["KND001"] * 5


def test_two_kinds_of_one_name_do_not_share_a_validator(tmp_path):
    strict = kinds_of(tmp_path, engagement=ENGAGEMENT)
    loose = kinds_of(tmp_path, engagement={**ENGAGEMENT, "$defs": {"name": {"type": "string"}}})
    assert codes(strict, TEXT.format("no")) == ["SPC002"]
    assert codes(loose, TEXT.format("no")) == []


def test_json_and_yaml_say_the_same(tmp_path):
    as_yaml = "x-callboard: {kind: Engagement, apiVersions: [acme.org/v1]}\nproperties: {spec: {required: [customer]}}\n"
    as_json = (
        '{\t"x-callboard": {"kind": "Engagement", "apiVersions": ["acme.org/v1"]},\n\t"properties": {"spec": {"required": ["customer"]}}}'
    )
    (tmp_path / "tabs.json").write_text(as_json)
    from_json, from_yaml = read_kinds([tmp_path / "tabs.json"], tmp_path), kinds_of(tmp_path, plain=as_yaml)
    assert from_json.get("engagement") == from_yaml.get("engagement")


def test_a_relation_may_lie_in_a_mapping_and_behind_a_reference(tmp_path):
    schema = """
x-callboard: {kind: Dataset}
properties:
  spec: {$ref: "#/$defs/spec"}
$defs:
  spec:
    properties:
      hosting: {properties: {cluster: {$ref: "#/$defs/cluster"}}}
  cluster: {type: string, x-callboard: {relation: hostedOn, reverse: hosts, defaultKind: Resource}}
"""
    [field] = kinds_of(tmp_path, dataset=schema).get("dataset").relations
    assert (field.field, field.type, field.reverse, field.default_kind, field.many) == (
        "hosting.cluster",
        "hostedOn",
        "hosts",
        "resource",
        False,
    )


def test_a_schema_may_refer_to_files_beside_it(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/names.yaml").write_text("$id: https://acme.example/names\n$defs: {short: {$ref: 'more.json#/short'}}\n")
    (tmp_path / "parts/more.json").write_text('{"short": {"maxLength": 3, "not": {"$ref": "#/no"}}, "no": {"const": "abc"}}')
    schema = "x-callboard: {kind: Dataset}\nproperties: {spec: {properties: {code: {$ref: 'parts/names.yaml#/$defs/short'}}}}\n"
    kinds = kinds_of(tmp_path, dataset=schema)
    text = "apiVersion: backstage.io/v1alpha1\nkind: Dataset\nmetadata: {name: d}\nspec: {code: %s}\n"
    assert [codes(kinds, text % value) for value in ("ab", "abcd", "abc")] == [[], ["SPC002"], ["SPC002"]]


WRONG = {
    "": "the schema of a kind must be a mapping",
    "[]": "the schema of a kind must be a mapping",
    "{}": "the schema has no kind",
    "a: [": "",
    "x-callboard: {}": "the schema has no kind",
    "x-callboard: {kind: Dataset, plurl: Datas}": ':1:30: unknown key "x-callboard.plurl"; did you mean "plural"?',
    "x-callboard: {kind: Data set}": "letters and digits",
    "x-callboard: {kind: component}": 'the kind "Component" already exists',
    "$schema: https://json-schema.org/draft/2020-21/schema\nx-callboard: {kind: D}": "did you mean",
    "x-callboard: {kind: D}\ntype: objekt": ':2:7: "type" is not valid JSON Schema',
    "x-callboard: {kind: D}\nproperties: {a: {pattern: '(['}}": "is not a valid regular expression",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: https://json-schema.org/draft-07/schema}}": "may refer only to files next to it",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: //example.com/a}}": "may refer only to files next to it",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: ../../etc/passwd}}": "outside the folder of sources.yaml",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: other.json}}": "there is no such file",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: '#/$defs/a'}}": "which does not exist",
    "x-callboard: {kind: D}\nproperties: {a: {$ref: '#nowhere'}}": "cannot be used",
    "x-callboard: {kind: D}\nproperties: {a: {$id: https://a.example}}": "is not supported inside",
    "x-callboard: {kind: D}\nproperties: {spec: {properties: {o: {x-callboard: {relation: ownedBy}}}}}": 'the key "reverse" is missing',
    "x-callboard: {kind: D}\nproperties: {spec: {properties: {o: {x-callboard: {relation: ownedBy, reverse: x}}}}}": '"ownerOf" in all',
    "x-callboard: {kind: D}\nproperties: {metadata: {x-callboard: {relation: a, reverse: b}}}": "for a field of spec",
    "x-callboard: {kind: User}\nproperties: {spec: {properties: {memberOf: {x-callboard: {relation: in, reverse: has}}}}}": "already",
}


@pytest.mark.parametrize(("content", "message"), WRONG.items())
def test_a_schema_that_cannot_be_used_says_why_and_where(tmp_path, content, message):
    path = tmp_path / "kind.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError) as error:
        read_kinds([path], tmp_path)
    assert f"{path}:" in told(error)
    assert message in told(error)


def test_json_that_is_none_is_placed(tmp_path):
    path = tmp_path / "kind.json"
    path.write_text('{\n  "a": 1,\n}\n')
    with pytest.raises(SettingsError) as error:
        read_kinds([path], tmp_path)
    assert f"{path}:2:" in told(error) or f"{path}:3:" in told(error)
    path.write_text('{"a": 1, "a": 2}')
    with pytest.raises(SettingsError) as error:
        read_kinds([path], tmp_path)
    assert f"{path}:1:10" in told(error)
    path.write_text("[" * 100_000)
    with pytest.raises(SettingsError):
        read_kinds([path], tmp_path)


def test_everything_wrong_in_all_files_is_told_at_once(tmp_path):
    with pytest.raises(SettingsError) as error:
        kinds_of(tmp_path, one="x-callboard: {kind: One, ikon: x}\ntype: objekt\n", two="x-callboard: {kind: Two}\nminLength: x\n")
    assert "one.yaml cannot be used: 2 errors." in told(error)
    assert "two.yaml cannot be used: 1 error." in told(error)


def test_one_kind_is_declared_once(tmp_path):
    with pytest.raises(SettingsError, match=r"is already declared by .*engagement\.json"):
        kinds_of(tmp_path, engagement=ENGAGEMENT, again=ENGAGEMENT)


def test_circles_of_references_end(tmp_path):
    (tmp_path / "a.yaml").write_text("$defs: {x: {$ref: 'b.yaml#/$defs/x'}}\n")
    (tmp_path / "b.yaml").write_text("$defs: {x: {$ref: 'a.yaml#/$defs/x'}}\n")
    schema = "x-callboard: {kind: Dataset}\nproperties: {spec: {$ref: '#/properties/spec', properties: {c: {$ref: 'a.yaml#/$defs/x'}}}}\n"
    kinds = kinds_of(tmp_path, dataset=schema)
    assert not kinds.get("dataset").relations


def test_a_portal_without_kinds_has_the_built_in_ones(tmp_path):
    assert portal_kinds(Settings(tmp_path, tmp_path / "sources.yaml")) is builtin_kinds()
    (tmp_path / "kind.json").write_text(json.dumps(ENGAGEMENT))
    assert portal_kinds(Settings(tmp_path, tmp_path / "sources.yaml", kinds=("kind.json",))).get("engagement").is_own
