"""The options of ``callboard init`` and answers to prompts → `ScaffoldOptions`; each value is checked when it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

import click

from callboard.cli.init import AUDIENCES, SERVICES
from callboard.model.data_classes import dataclass
from callboard.model.suggestions import nearest
from callboard.plugins import loader
from callboard.scaffold.answers import option_error, portal_error
from callboard.scaffold.first_sources import Prompt, first_source, source_types
from callboard.scaffold.install_line import installation
from callboard.scaffold.new_portal import ScaffoldOptions
from callboard.scaffold.tools import FirstTool, first_tool, tool_types

Check = Callable[[str], str]
"""A value → what is wrong with it; empty if nothing is."""


@dataclass(slots=True)
class Answers:
    """The options that were given, and whether the others are prompted for."""

    given: Mapping[str, Any]
    prompts: bool
    more: dict[str, str] = field(default_factory=dict)
    """The values of ``--set`` that no question has taken yet."""

    def ask(self, option: str, question: Prompt, check: Check, given: str | None = None) -> str:
        """The given value, or the answer. A wrong one ends the command, or is asked for again.

        Raises ``click.UsageError`` for a wrong or missing value.
        """
        if given is not None:
            if error := _missing(question, given) or check(given):
                raise click.UsageError(f"{option}: {error}.")
            return given
        if self.prompts:
            return str(click.prompt(question.text, default=question.default, err=True, value_proc=_checked(check)))
        if question.default is None:
            raise click.UsageError(f"{option} is required: {question.text[:1].lower()}{question.text[1:]}.")
        return question.default

    def choose(self, key: str, text: str, choices: tuple[str, ...]) -> str:
        """One of the choices; the first is the default."""
        return self.ask(f"--{key}", Prompt(key, f"{text} ({', '.join(choices)})", choices[0]), _is_one_of(choices), self.given[key])


def scaffold_options(given: Mapping[str, Any], *, prompts: bool) -> ScaffoldOptions:
    """The options of a new portal; with ``prompts``, missing ones are prompted for.

    Raises ``click.UsageError`` for a wrong value, and for a missing one without a default; ``CallboardError`` for a package that
    cannot be installed, ``PluginError`` for a plugin that cannot be used.
    """
    renamed = {**given, "ci": given["service"]}
    answers = Answers(renamed, prompts, _assignments(given["more"]))
    install = installation(given["package"], given["git"], given["index_url"], given["extra"])
    name = _portal(answers, "name", "Name of the portal", "Developer portal")
    organization = _portal(answers, "organization", "Organization (may be empty)", "")
    source = answers.choose("source", "Where are your descriptors", source_types())
    location, source_answers = _source(answers, source)
    tools = _tools(answers)
    audience = answers.choose("audience", "Who may read the site: your organization or everybody", AUDIENCES)
    url = _portal(answers, "url", "URL of the site (may be empty)", "")
    service = answers.choose("ci", "CI service that builds the portal every night", SERVICES)
    if answers.more:
        raise click.UsageError(f"--set: there is no option {', '.join(answers.more)} to set here. Add it to sources.yaml afterwards.")
    return ScaffoldOptions(
        name, organization, url, source, location, service, audience, source_answers, tools, install=install,  # type: ignore[arg-type]
    )  # fmt: skip


def _portal(answers: Answers, key: str, text: str, default: str) -> str:
    return answers.ask(f"--{key}", Prompt(key, text, default), lambda value: portal_error(key, value), answers.given[key])


def _source(answers: Answers, type_: str) -> tuple[str, Mapping[str, str]]:
    """The answer to the first question about the source, and those to the others."""
    found, location = {}, ""
    for number, question in enumerate(first_source(type_).questions):
        option = f"--source {type_} --location" if number == 0 else f"--set {question.key}=…"
        value = answers.given["location"] if number == 0 else answers.more.pop(question.key, None)
        answer = answers.ask(option, question, _option_check("sources", type_, question), value)
        found[question.key] = answer
        location = location if number else answer
    return location, found


def _tools(answers: Answers) -> Mapping[str, Mapping[str, str]]:
    """The answers to the questions about each tool."""
    types = answers.given["tools"]
    if not types and answers.prompts:
        question = Prompt("tools", f"Tools to connect, separated by spaces (may be empty; {', '.join(tool_types())})", "")
        types = answers.ask("--integration", question, _are_tools).split()
    if error := _are_tools(" ".join(types)):
        raise click.UsageError(f"--integration: {error}.")
    return {type_: _tool(answers, first_tool(type_)) for type_ in dict.fromkeys(types)}


def _tool(answers: Answers, tool: FirstTool) -> Mapping[str, str]:
    keys = {question.key: f"{tool.type}.{question.key}" for question in tool.questions}
    return {
        question.key: answers.ask(
            f"--set {keys[question.key]}=…",
            question,
            _option_check("integrations", tool.type, question),
            answers.more.pop(keys[question.key], None),
        )
        for question in tool.questions
    }


def _option_check(section: str, type_: str, question: Prompt) -> Check:
    return lambda value: option_error(section, type_, question.key, value) if value else ""


def _are_tools(text: str) -> str:
    known = tool_types()
    for type_ in text.split():
        if type_ in known:
            continue
        if type_ in loader.load("callboard.integrations"):
            return f"{type_} has options that cannot be asked for here; add it to sources.yaml afterwards"
        return _is_one_of(known)(type_)
    return ""


def _is_one_of(choices: tuple[str, ...]) -> Check:
    def check(value: str) -> str:
        similar = nearest(value, choices)
        hint = f'did you mean "{similar}"?' if similar else f"choose from {', '.join(choices)}"
        return "" if value in choices else f'there is no "{value}"; {hint}'

    return check


def _missing(question: Prompt, value: str) -> str:
    return "a value is required" if question.default is None and not value.strip() else ""


def _checked(check: Check) -> Callable[[str], str]:
    """The check for ``click.prompt``, which prints the message of the exception and asks again."""

    def process(value: str) -> str:
        if error := check(value):
            raise click.UsageError(f"{error}.")
        return value

    return process


def _assignments(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise click.UsageError(f"--set: {text!r} must be KEY=VALUE.")
        found[key] = value
    return found
