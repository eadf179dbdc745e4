"""Options and answers on the terminal → the answers to a template's parameters, checked, and its secrets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click

import yaml
from callboard.cli.terminal_text import printable
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.software_templates.definition import TemplateDefinition
from callboard.software_templates.page_conditions import PageConditions
from callboard.software_templates.parameters import (
    ParameterPage,
    ParameterQuestion,
    answer_errors,
    is_secret,
    questions,
    secret_names,
    with_defaults,
)

MAX_BYTES = 1_000_000
_EXAMPLES = {"array": '["a", "b"]', "object": '{"a": 1}'}
SECRET_VARIABLE = "CALLBOARD_SECRET_"  # noqa: S105 - the beginning of a name
"""Beginning of the environment variable of a secret: ``CALLBOARD_SECRET_TOKEN`` for ``token``."""


@dataclass(frozen=True, slots=True)
class TemplateAnswers:
    """The answers, with those to secret parameters, and the secrets by name."""

    values: Mapping[str, Any] = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def given_answers(options: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of ``--data``, ``--answers``, ``--set`` and ``--set-json``; later ones replace earlier ones.

    Raises ``click.UsageError``.
    """
    files: Iterable[Path] = options["files"]
    texts: Iterable[str] = options["texts"]
    values: Iterable[str] = options["values"]
    answers: dict[str, Any] = {}
    for file in files:
        answers |= _read(file)
    if options["encoded"]:
        answers |= _decoded(options["encoded"])
    for text in texts:
        name, value = _split(text, "--set")
        answers[name] = value
    for text in values:
        name, value = _split(text, "--set-json")
        try:
            answers[name] = json.loads(value)
        except (ValueError, RecursionError):
            raise click.UsageError(f"--set-json {name}: {value[:100]!r} is not JSON. Use --set for a text.") from None
    return answers


def _decoded(text: str) -> Mapping[str, Any]:
    """A mapping in JSON; one that does not begin with a brace is percent-encoded."""
    try:
        data = json.loads(text if text.lstrip().startswith("{") else unquote(text, errors="strict"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, Mapping):
        raise click.UsageError("--answers: the text must be a mapping of names to answers in JSON.")
    return data


def _read(file: Path) -> Mapping[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise click.UsageError(f"--data {file}: the file has more than {MAX_BYTES:,} bytes.")
        data = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise click.UsageError(f"--data {file}: {str(error).splitlines()[0]}.") from None
    if not isinstance(data, Mapping):
        raise click.UsageError(f"--data {file}: the file must have a mapping of names to answers.")
    return {str(name): value for name, value in data.items()}


def _split(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{option} {text[:100]!r}: write NAME=VALUE.")
    return name, value


def checked_answers(
    template: TemplateDefinition, hosts: Mapping[str, str], given: Mapping[str, Any], environ: Mapping[str, str], *, prompts: bool
) -> TemplateAnswers:  # fmt: skip
    """The answers that were given, asked for on a terminal, or are defaults. Raises ``CallboardError`` if they are not valid."""
    with closing(PageConditions(hosts)) as conditions:
        return _checked(template, conditions, given, environ, prompts=prompts)


def _checked(
    template: TemplateDefinition, conditions: PageConditions, given: Mapping[str, Any], environ: Mapping[str, str], *, prompts: bool
) -> TemplateAnswers:  # fmt: skip
    hidden, answers = secret_names(template.pages), dict(given)
    answers |= {name: environ[SECRET_VARIABLE + name.upper()] for name in hidden if SECRET_VARIABLE + name.upper() in environ}
    if prompts:
        _ask(template, conditions, answers)
    pages, answers = conditions.asked(template.pages, answers), conditions.kept(template.pages, answers)
    answers = with_defaults(pages, answers)
    if errors := answer_errors(pages, answers):
        listed = "".join(f"\n  {error}" for error in errors)
        raise CallboardError(f"The answers are not valid:{listed}", "Give them with --set, --set-json or --data.")
    secrets = {name: str(answers[name]) for name in hidden if name in answers}
    for name in template.secrets():
        if name not in secrets:
            secrets[name] = _secret(name, environ, prompts=prompts)
    return TemplateAnswers(answers, secrets)


def _secret(name: str, environ: Mapping[str, str], *, prompts: bool) -> str:
    """A secret that steps use and no parameter has, from the environment or without echo from the terminal."""
    variable = SECRET_VARIABLE + name.upper()
    if variable in environ:
        return environ[variable]
    if prompts:
        return str(
            click.prompt(f"Secret {name} (is not shown, and never written)", hide_input=True, default="", show_default=False, err=True)
        )
    raise CallboardError(f"The template uses the secret {name}.", f"Set the environment variable {variable}.")


def _ask(template: TemplateDefinition, conditions: PageConditions, answers: dict[str, Any]) -> None:
    """Ask for what has no answer, in the order of the form; each answer may make further parameters asked for."""
    asked: set[str] = set()
    while question := next(
        (
            each
            for each in questions(conditions.asked(template.pages, answers), answers)
            if each.name not in answers and each.name not in asked
        ),
        None,
    ):
        asked.add(question.name)
        value = _answer(question)
        if value is not None:
            answers[question.name] = value


def _answer(question: ParameterQuestion) -> Any:
    """The answer to one question; None for none."""
    schema, optional = question.schema, not question.is_required
    title = printable(str(schema.get("title") or question.name))
    default = schema.get("default")
    if schema.get("type") == "boolean":
        return click.confirm(title, default=bool(default), err=True)
    shown = f"{title} (may be empty)" if optional and default is None else title
    if isinstance(schema.get("enum"), list):
        shown += printable(f" [{', '.join(str(each) for each in schema['enum'][:20])}]")
    return click.prompt(
        shown, default=_text(default) if default is not None else "" if optional else None, err=True, hide_input=is_secret(schema),
        show_default=_is_shown(default, schema), value_proc=lambda text: _value(text, schema),
    )  # fmt: skip


def _is_shown(default: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a default may be on the terminal: one that is no secret, and has no control characters."""
    return default is not None and not is_secret(schema) and _text(default) == printable(_text(default))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """The answer as the type that the parameter has; None for an empty one. Raises ``click.BadParameter``."""
    if not text:
        return None
    kind = schema.get("type")
    value: Any = text
    if kind in {"integer", "number", "array", "object"}:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise click.BadParameter(f"write JSON, such as {_EXAMPLES.get(str(kind), '1')}") from None
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        value = next((each for each in choices if str(each) == text), value)
    if errors := answer_errors_of(schema, value):
        raise click.BadParameter(printable(errors[0]))
    return value


def answer_errors_of(schema: Mapping[str, Any], value: Any) -> tuple[str, ...]:
    """What is wrong with one answer."""
    return answer_errors((ParameterPage("", "", {"properties": {"answer": schema}}),), {"answer": value})
