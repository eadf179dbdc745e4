"""A type of integration → the questions about it, and its item in the ``sources.yaml`` of a new portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callboard.model.data_classes import dataclass
from callboard.model.errors import PluginError
from callboard.plugins import loader
from callboard.scaffold.first_sources import TOKEN, Prompt, quoted, required_options

GROUP = "callboard.integrations"
_OPTIONAL_SECRETS: Mapping[str, Mapping[str, str]] = {
    "github": {"token": TOKEN},
    "bitbucket-datacenter": {"token": "BITBUCKET_TOKEN"},
}
"""Secrets that an integration needs although its schema allows another way to sign in."""


@dataclass(frozen=True, slots=True)
class FirstTool:
    """How an integration of one type is written for a new portal."""

    type: str
    questions: tuple[Prompt, ...]
    secrets: Mapping[str, str]
    """Options whose values are environment variables, with the variables' names."""

    def item(self, answers: Mapping[str, str]) -> str:
        """The item as YAML, indented as an item of a list below a key."""
        return "\n".join(self._lines(answers)) + "\n"

    def _lines(self, answers: Mapping[str, str]) -> Iterator[str]:
        yield f"  - name: {self.type}"
        yield f"    type: {self.type}"
        for question in self.questions:
            if value := answers.get(question.key, question.default or ""):
                yield f"    {question.key}: {quoted(value)}"
        for key, variable in self.secrets.items():
            yield f"    {key}: ${{{variable}}}"


def first_tool(type_: str) -> FirstTool:
    """The questions for a type of integration.

    Raises ``PluginError`` for a type that is not installed or cannot be loaded, or that requires an option that is no string.
    """
    plugin = loader.load(GROUP).get(type_)
    if plugin is None:
        raise PluginError(f"There is no integration {type_!r}.", f"Choose from: {', '.join(tool_types())}.")
    questions, secrets = required_options(plugin)
    return FirstTool(type_, questions, {**secrets, **_OPTIONAL_SECRETS.get(type_, {})})


def tool_types() -> tuple[str, ...]:
    """The types whose required options are single values: the others are added to ``sources.yaml`` by hand."""
    return tuple(name for name, plugin in loader.load(GROUP).items() if _is_simple(plugin))


def _is_simple(plugin: loader.Plugin) -> bool:
    try:
        required_options(plugin)
    except PluginError:
        return False
    return True
