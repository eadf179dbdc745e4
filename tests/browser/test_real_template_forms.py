"""Forms of real templates in Chromium: a robot fills them in, and its answers are checked as the command does it."""

import json
import os
from pathlib import Path

import pytest
from form_robot import build_portal, fill_in

from callboard.software_templates.form import fields_of, form_of
from callboard.software_templates.parameters import answer_errors, pages_of, secret_names, with_defaults, without_hints
from support import EVERY_CASE

jsonschema_rs = pytest.importorskip("jsonschema_rs")
DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nonexistent")) / "templates/templates.json"
pytestmark = [
    pytest.mark.browser, pytest.mark.long, pytest.mark.data, pytest.mark.skipif(not DATA.is_file(), reason="needs CALLBOARD_TEST_DATA"),
]  # fmt: skip
SAMPLE = 5
"""Forms in each run of the tests: those with the most conditions."""


def documents():
    """All templates by number."""
    return {number: each["document"] for number, each in enumerate(json.loads(DATA.read_text("utf-8"))["templates"])}


def pages(document):
    return pages_of(document["spec"].get("parameters") or [])


def parts(part):
    """Parts with a condition, everywhere below a part."""
    below = [part, *(field.part for field in fields_of(part) if field.part)]
    return sum(1 + parts(each) for one in below for each in one.parts)


def is_whole(document):
    return not any(field.note for page in form_of(pages(document)) for field in fields_of(page.part))


def is_valid(document, answers):
    """Whether answers are valid by the pages as they are written, without anything of Callboard's own but leaving out hints."""
    try:
        return all(
            jsonschema_rs.Draft7Validator(without_hints(dict(page.schema)), offline=True).is_valid(answers) for page in pages(document)
        )
    except (ValueError, jsonschema_rs.ValidationError):
        return False


def with_secrets(document, answers):
    return {**dict.fromkeys(secret_names(pages(document)), "a-secret-word"), **answers}


def refused(document, answers):
    """What the command says about answers."""
    return answer_errors(pages(document), with_defaults(pages(document), with_secrets(document, answers)))


def results(chromium, serve, folder, chosen):
    site = serve(build_portal(folder, chosen))
    return [fill_in(chromium, site, number) for number in chosen]


def test_a_robot_reaches_the_review_of_the_most_conditional_forms(chromium, serve, tmp_path):
    all_of_them = documents()
    most = sorted(all_of_them, key=lambda number: -sum(parts(page.part) for page in form_of(pages(all_of_them[number]))))[:SAMPLE]
    found = results(chromium, serve, tmp_path, {number: all_of_them[number] for number in most})
    assert [(each.number, each.errors) for each in found if each.errors] == []
    assert [(each.number, each.messages) for each in found if each.messages] == []
    assert [(each.number, refused(all_of_them[each.number], each.answers)) for each in found if each.answers is None] == []
    assert all(refused(all_of_them[each.number], each.answers) == () for each in found)


@EVERY_CASE
def test_a_robot_reaches_the_review_of_nearly_all_real_forms(chromium, serve, tmp_path, record_property):
    all_of_them = documents()
    found = results(chromium, serve, tmp_path, all_of_them)
    reached = [each for each in found if each.answers is not None]
    valid = [each for each in reached if is_valid(all_of_them[each.number], with_secrets(all_of_them[each.number], each.answers))]
    figures = {"templates": len(found), "whole": sum(map(is_whole, all_of_them.values())), "reached": len(reached), "valid": len(valid)}
    for name, figure in figures.items():
        record_property(name, figure)
    assert [(each.number, each.messages) for each in found if each.messages] == []
    assert len(reached) / len(found) >= 0.95
    assert len(valid) / len(found) >= 0.92
    assert [(each.number, errors) for each in reached if (errors := refused(all_of_them[each.number], each.answers))] == []
