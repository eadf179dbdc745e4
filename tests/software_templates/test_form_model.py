"""Parameters of templates: the model of their form, and which parts of it answers ask for."""

import json
import os
from pathlib import Path

import pytest

from callboard.software_templates.form import fields_of, form_of
from callboard.software_templates.page_conditions import PageConditions
from callboard.software_templates.parameters import answer_errors, pages_of, questions, secret_names, with_defaults

DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nonexistent")) / "templates/templates.json"


def field(schema):
    """The field of one parameter."""
    return form_of(pages_of({"properties": {"x": schema}}))[0].part.fields[0]


@pytest.mark.parametrize(("schema", "kind"), [
    ({"type": "string"}, "text"), ({}, "text"), ({"type": "string", "ui:widget": "textarea"}, "textarea"),
    ({"type": "string", "ui:options": {"rows": 5}}, "textarea"), ({"type": "integer"}, "number"), ({"type": ["null", "number"]}, "number"),
    ({"type": "boolean"}, "boolean"), ({"type": "boolean", "ui:widget": "radio"}, "radio"), ({"enum": ["a"]}, "choice"),
    ({"oneOf": [{"const": 1, "title": "One"}, {"const": 2}]}, "choice"), ({"type": "string", "enum": ["a"], "ui:widget": "radio"}, "radio"),
    ({"type": "array", "items": {"type": "string"}}, "list"), ({"type": "array", "items": {"enum": ["a"]}}, "checkboxes"),
    ({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}, "list"), ({"type": "array"}, "json"),
    ({"type": "object", "properties": {"a": {}}}, "group"), ({"type": "object"}, "json"), ({"ui:field": "OwnerPicker"}, "entity"),
    ({"ui:field": "MultiEntityPicker"}, "list"), ({"ui:field": "RepoUrlPicker"}, "repository"), ({"ui:field": "Secret"}, "secret"),
    ({"ui:widget": "password"}, "secret"), ({"ui:widget": "hidden", "default": 1}, "hidden"), ({"ui:field": "AcmePicker"}, "text"),
    ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "text"),
])  # fmt: skip
def test_each_kind_of_parameter_has_a_field(schema, kind):
    assert field(schema).kind == kind


def test_a_field_of_a_company_is_a_text_with_a_note():
    assert field({"ui:field": "AcmePicker", "type": "string"}).note == "AcmePicker"
    assert field({"ui:field": "OwnerPicker"}).note == ""


def test_pickers_offer_what_their_filters_say():
    found = field(
        {"ui:field": "EntityPicker", "ui:options": {"catalogFilter": [{"kind": ["Group"], "spec.type": "team"}, {"kind": "User"}]}}
    )
    assert [(each.kinds, each.types) for each in found.filters] == [(("Group",), ("team",)), (("User",), ())]
    assert field({"ui:field": "OwnerPicker"}).filters[0].kinds == ("Group", "User")
    assert field({"ui:field": "EntityPicker", "ui:options": {"allowedKinds": ["API"]}}).filters[0].kinds == ("API",)


CONDITIONAL = {
    "properties": {"db": {"type": "boolean", "default": False}, "env": {"enum": ["a", "b"]}},
    "required": ["env"],
    "dependencies": {
        "db": {"oneOf": [
            {"properties": {"db": {"const": True}, "size": {"type": "integer", "default": 1}}, "required": ["size"]},
            {"properties": {"db": {"const": False}}},
        ]},
        "env": {"allOf": [{"if": {"properties": {"env": {"const": "b"}}}, "then": {"properties": {"region": {"type": "string"}},
                                                                                      "required": ["region"]}}]},
    },
}  # fmt: skip


@pytest.mark.parametrize(("answers", "names", "required"), [
    ({}, ["db", "env"], ["env"]), ({"db": True}, ["db", "env", "size"], ["env", "size"]), ({"db": False}, ["db", "env"], ["env"]),
    ({"env": "b"}, ["db", "env", "region"], ["env", "region"]), ({"env": "a", "db": True}, ["db", "env", "size"], ["env", "size"]),
])  # fmt: skip
def test_conditions_decide_what_is_asked_for(answers, names, required):
    found = [*questions(pages_of(CONDITIONAL), answers)]
    assert [each.name for each in found] == names
    assert [each.name for each in found if each.is_required] == required


def test_conditions_are_in_the_form_with_what_they_test():
    page = form_of(pages_of(CONDITIONAL))[0]
    whole = [each.name for each in fields_of(page.part)]
    assert whole == ["db", "env", "size", "region"]
    first, second = page.part.parts
    assert json.loads(first.condition) == {"required": ["db"]}
    assert json.loads(first.parts[0].condition) == {"properties": {"db": {"const": True}}, "required": ["db"]}
    assert json.loads(second.parts[0].parts[0].condition) == {"properties": {"env": {"const": "b"}}}


def test_a_choice_that_no_answer_makes_is_a_choice_of_the_person():
    schema = {"properties": {"kind": {"const": 1}}, "oneOf": [
        {"title": "By name", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        {"properties": {"id": {}, "host": {}}}]}  # fmt: skip
    (part,) = form_of(pages_of(schema))[0].part.parts
    assert part.choices == ("By name", "id, host")
    assert [[each.name for each in inner.fields] for inner in part.parts] == [["name"], ["id", "host"]]
    assert not any(each.choices for each in form_of(pages_of(CONDITIONAL))[0].part.parts)


PAGES = [
    {"properties": {"kind": {"enum": ["a", "b"], "default": "a"}}},
    {"when": "${{ parameters.kind === 'b' }}", "required": ["size"], "properties": {"size": {"type": "integer"}, "kind": {}}},
    {"when": False, "properties": {"never": {"default": 1}}},
    {"when": "${{ parameters.size > 3 }}", "properties": {"large": {"default": True}}},
    {"when": "${{ this does not parse", "properties": {"last": {}}},
]


@pytest.mark.parametrize(("answers", "numbers", "kept"), [
    ({}, [0, 4], {}), ({"kind": "a", "size": 5, "last": 1, "large": False}, [0, 4], {"kind": "a", "last": 1}),
    ({"kind": "b", "size": 2, "never": 2, "other": 3}, [0, 1, 4], {"kind": "b", "size": 2, "other": 3}),
    ({"kind": "b", "size": 5}, [0, 1, 3, 4], {"kind": "b", "size": 5}),
])  # fmt: skip
def test_a_page_whose_condition_does_not_hold_is_not_asked_and_has_no_answers(page_conditions, answers, numbers, kept):
    pages = pages_of(PAGES)
    assert [pages.index(page) for page in page_conditions.asked(pages, answers)] == numbers
    assert page_conditions.kept(pages, answers) == kept


@pytest.fixture(scope="module")
def page_conditions():
    conditions = PageConditions({})
    yield conditions
    conditions.close()


def test_defaults_are_filled_in_as_the_form_does():
    assert with_defaults(pages_of(CONDITIONAL), {"env": "a"}) == {"env": "a", "db": False}
    assert with_defaults(pages_of(CONDITIONAL), {"env": "a", "db": True}) == {"env": "a", "db": True, "size": 1}
    nested = {"properties": {"o": {"type": "object", "properties": {"a": {"default": 1}, "b": {}}}}}
    assert with_defaults(pages_of(nested), {}) == {"o": {"a": 1}}


def test_what_is_wrong_is_named_with_its_parameter():
    pages = pages_of([CONDITIONAL, {"properties": {"n": {"type": "integer", "minimum": 3}}}])
    assert answer_errors(pages, {"env": "a", "n": 2}) == ('"n" must be at least 3, not 2',)
    assert answer_errors(pages, {}) == ('"env" has no answer',)
    assert answer_errors(pages_of({"properties": {"a": {"type": "strong"}}}), {"a": 1})[0].startswith("Page 1 of the template is not")
    assert answer_errors(pages_of({"required": ["a", "a"], "properties": {"a": {}}}), {"a": 1}) == ()


def test_secrets_are_found_in_conditions_and_groups():
    schema = {"dependencies": {"a": {"oneOf": [{"properties": {"t": {"ui:field": "Secret"}}}]}}, "properties": {"o": {"properties": {"p": {
        "ui:widget": "password"}}}}}  # fmt: skip
    assert secret_names(pages_of(schema)) == {"t", "p"}


@pytest.mark.parametrize("parameters", [
    None, "x", 3, [None, 1, "x"], [{"properties": "x", "required": 3, "dependencies": 1, "oneOf": 2, "if": 3, "ui:order": 4}],
    {"properties": {"a": None, "b": [], "c": {"enum": {}, "items": 3, "$ref": "#/properties/c"}}},
    {"properties": {"a": {"$ref": "#/properties/b"}, "b": {"$ref": "#/properties/a"}}}, {"allOf": [{"allOf": [{"allOf": [{}]}]}] * 50},
])  # fmt: skip
def test_odd_parameters_break_nothing(parameters):
    pages = pages_of(parameters)
    form_of(pages)
    assert with_defaults(pages, {}) == {}
    assert isinstance(answer_errors(pages, {"a": 1}), tuple)


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_file(), reason="needs CALLBOARD_TEST_DATA")
def test_real_templates_have_whole_forms():
    """At least 94 %; the others have fields of a company, which are texts with a note."""
    templates = json.loads(DATA.read_text())["templates"]
    forms = [form_of(pages_of((template["document"].get("spec") or {}).get("parameters") or [])) for template in templates]
    whole = [form for form in forms if not any(each.note for page in form for each in fields_of(page.part))]
    assert len(whole) / len(forms) >= 0.94
