"""The steps of a template → problems TPL001–TPL008, and those of its output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Related, Severity
from callboard.model.suggestions import nearest
from callboard.software_templates.linting.known_actions import KnownAction, all_names, known_actions
from callboard.software_templates.linting.names import NameScope
from callboard.software_templates.linting.parameter_names import parameter_names
from callboard.software_templates.linting.subject import LintedTemplate, as_mapping, did_you_mean, shown
from callboard.software_templates.linting.texts import has_templating
from callboard.software_templates.rules.expressions import UNRENDERED_EXPRESSION
from callboard.software_templates.rules.steps import DUPLICATE_STEP_ID, UNKNOWN_ACTION, UNKNOWN_STEP_FIELD, WRONG_INPUT

FIELDS = ("id", "name", "action", "input", "if", "each", "backstage:permissions")
_MEANT = {"when": "if", "condition": "if", "inputs": "input", "with": "input", "uses": "action", "foreach": "each", "loop": "each"}
_INCLUDES = ("$yaml", "$json", "$text")
_TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "number": (int, float), "array": list, "object": Mapping}
_HARMLESS = frozenset({"allowedHosts"})
"""Inputs that no action has, and that Backstage's own examples give to many."""
_SOURCES_OF_LOCATION = ("catalogInfoUrl", "repoContentsUrl")


def step_problems(template: LintedTemplate) -> Iterator[Problem]:
    """The problems of all steps and of the output, in the order of the file."""
    steps = list(template.steps)
    ids = {number: _id(step, number) for number, step in enumerate(steps) if isinstance(step, Mapping)}
    has_all = all(isinstance(step, Mapping) and not any(key in step for key in _INCLUDES) for step in steps)
    scope = NameScope(template, parameter_names(template.entity.spec.get("parameters")))
    for number, step in enumerate(steps):
        if not isinstance(step, Mapping):
            continue
        path: FieldPath = ("spec", "steps", number)
        yield from _fields(template, step, path)
        yield from _duplicate(template, step, ids, number)
        yield from _action(template, step, path)
        if has_all:
            scope = replace(scope, has_each="each" in step, later=frozenset(name for at, name in ids.items() if at >= number))
            yield from _texts(scope, step, path)
            scope = replace(scope, steps={**scope.steps, ids[number]: str(step.get("action"))})
    if has_all:
        yield from replace(scope, has_each=False, later=frozenset()).check(template.entity.spec.get("output"), ("spec", "output"))


def _id(step: Mapping[str, Any], number: int) -> str:
    return str(step.get("id") or f"step-{number + 1}")


def _fields(template: LintedTemplate, step: Mapping[str, Any], path: FieldPath) -> Iterator[Problem]:
    for name in step:
        if name not in FIELDS and not name.startswith("$"):
            near = _MEANT.get(name.lower()) or nearest(name, FIELDS)
            hint = did_you_mean(near) or f"Remove it; a step has {', '.join(FIELDS[:-1])}."
            yield template.problem(UNKNOWN_STEP_FIELD, f"Steps have no field `{shown(name)}`.", (*path, name), hint)


def _duplicate(template: LintedTemplate, step: Mapping[str, Any], ids: Mapping[int, str], number: int) -> Iterator[Problem]:
    first = next((at for at, name in ids.items() if at < number and name == ids[number]), None)
    if first is None or not step.get("id"):
        return
    path: FieldPath = ("spec", "steps", number, "id")
    found = template.problem(
        DUPLICATE_STEP_ID, f"The id `{shown(ids[number])}` is that of step {first + 1}, too.", path, "Give it another id."
    )
    other = template.problem(DUPLICATE_STEP_ID, "", ("spec", "steps", first, "id"), "")
    yield replace(found, related=(Related("The first one is here.", template.entity.origin, other.span),))


def _action(template: LintedTemplate, step: Mapping[str, Any], path: FieldPath) -> Iterator[Problem]:
    name = step.get("action")
    if not isinstance(name, str) or has_templating(name):
        return
    names = all_names()
    if name not in names:
        near = _nearest_action(name, names)
        hint = did_you_mean(near) or "If it is an action of your company, nothing is wrong; its input is not checked."
        severity = Severity.WARNING if near else Severity.INFO
        yield template.problem(UNKNOWN_ACTION, f"`{shown(name)}` is no known action.", (*path, "action"), hint, severity=severity)
    elif known := known_actions().get(name):
        given = step.get("input")
        if given is None or isinstance(given, Mapping):
            yield from _input(template, name, known, as_mapping(given), path)


def _nearest_action(name: str, names: frozenset[str]) -> str:
    """The known action that is probably meant: by spelling, or one of the same words in another form (``publish:Github``)."""
    near = nearest(name, names)
    return near if near and near.count(":") == name.count(":") else ""


def _input(template: LintedTemplate, name: str, action: KnownAction, given: Mapping[str, Any], path: FieldPath) -> Iterator[Problem]:
    if any(key in given for key in _INCLUDES):
        return
    place = (*path, "input")
    missing = [each for each in action.required if given.get(each) is None]
    for each in missing:
        slip = nearest(each, [key for key in given if key not in action.inputs])
        hint = f"Write `{each}` in place of `{slip}`." if slip else f"Add `{each}:` to `input:`."
        yield template.problem(WRONG_INPUT, f"{name} requires `{each}`.", (*place, each), hint)
    if name == "catalog:register" and not any(given.get(each) for each in _SOURCES_OF_LOCATION):
        hint = "Add `repoContentsUrl:`, such as ${{ steps.publish.output.repoContentsUrl }}."
        yield template.problem(WRONG_INPUT, f"{name} requires `repoContentsUrl` or `catalogInfoUrl`.", place, hint)
    for key, value in given.items():
        if key not in action.inputs and key not in _HARMLESS:
            yield _unknown_input(template, name, action, key, (*place, key))
        elif key in action.inputs:
            yield from _value(template, f"`{key}` of {name}", action.inputs[key], action.choices.get(key, ()), value, (*place, key))


def _unknown_input(template: LintedTemplate, name: str, action: KnownAction, key: str, path: FieldPath) -> Problem:
    near = nearest(key, action.inputs)
    hint = did_you_mean(near) or f"Remove it; {name} ignores it."
    severity = Severity.WARNING if near else Severity.INFO
    return template.problem(WRONG_INPUT, f"{name} has no input `{shown(key)}`.", path, hint, severity=severity)


def _value(template: LintedTemplate, what: str, kind: str, choices: tuple[str, ...], value: Any, path: FieldPath) -> Iterator[Problem]:
    if value is None or (isinstance(value, str) and has_templating(value)):
        return
    expected = _TYPES.get(kind)
    if choices and isinstance(value, str) and value not in choices:
        hint = did_you_mean(nearest(value, choices)) or f"Choose one of {', '.join(choices)}."
        yield template.problem(WRONG_INPUT, f"{what} cannot be `{shown(value)}`.", path, hint)
    elif expected and (not isinstance(value, expected) or (kind == "number" and isinstance(value, bool))):
        article = "an" if kind[0] in "ao" else "a"
        yield template.problem(
            WRONG_INPUT, f"{what} must be {article} {kind}, not `{shown(str(value))}`.", path, f"Write {article} {kind}."
        )


def _texts(scope: NameScope, step: Mapping[str, Any], path: FieldPath) -> Iterator[Problem]:
    condition = step.get("if")
    if isinstance(condition, str) and condition.strip() and not has_templating(condition):
        message = f"The condition `{shown(condition)}` is a text without `${{{{ }}}}`: it is always true."
        yield scope.template.problem(UNRENDERED_EXPRESSION, message, (*path, "if"), f"Write ${{{{ {shown(condition)} }}}}.")
    elif condition is not None:
        yield from scope.check(condition, (*path, "if"))
    yield from replace(scope, has_each=False).check(step.get("each"), (*path, "each"))
    yield from scope.check(step.get("input"), (*path, "input"))
