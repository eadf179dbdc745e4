"""A template, answers and services → files in a temporary folder, changes to carry out, and what is to be done by hand.

Nothing outside of the temporary folder is written here: `Run.changes` are carried out after the person agreed. Expressions, conditions and
loops are evaluated as Backstage's scaffolder does (plugin-scaffolder-backend 4.3.0).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice
from typing import Any

import jsonschema_rs

from callboard.model.data_classes import dataclass
from callboard.model.suggestions import nearest
from callboard.plugins.actions import ActionError, ActionStep, OutsideChange, StepAction
from callboard.plugins.loader import load
from callboard.plugins.staged_files import StagedFiles
from callboard.software_templates.checkouts import is_absolute, remote_folder
from callboard.software_templates.definition import TemplateDefinition, TemplateStep
from callboard.software_templates.missing_actions import instead_of
from callboard.software_templates.parameters import without_hints
from callboard.software_templates.services import CommandServices

MAX_ITERATIONS = 200
MAX_ERRORS = 5
MAX_SECONDS = 1_800.0
"""For all steps, with what they fetch: loops of loops end."""
GROUP = "callboard.actions"


@dataclass(frozen=True, slots=True)
class Values:
    """What expressions read, beside the outputs of steps."""

    parameters: Mapping[str, Any]
    """The answers; those to secret parameters are masked, as in Backstage."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: Mapping[str, Any] = field(default_factory=dict)

    def context(self, steps: Mapping[str, Any], *, with_secrets: bool, each: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The roots of expressions."""
        return {
            "parameters": self.parameters,
            "steps": steps,
            "user": self.user,
            "secrets": self.secrets if with_secrets else {},
            "environment": {"parameters": {}, "secrets": {}},
            "context": {"task": {"id": "callboard-new"}},
            **({"each": each} if each is not None else {}),
        }


@dataclass(frozen=True, slots=True)
class ByHand:
    """A step that has to be done by hand, because no action of that name is installed."""

    step: TemplateStep
    input: Any
    """Rendered, without secrets."""


@dataclass(slots=True)
class Run:
    """The result of the steps."""

    changes: list[tuple[TemplateStep, OutsideChange]] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    """Outputs of each step by its id: ``{"output": {…}}``."""
    skipped: list[TemplateStep] = field(default_factory=list)


@dataclass(slots=True)
class TemplateRunner:
    """Runs the steps of one template."""

    template: TemplateDefinition
    values: Values
    services: CommandServices
    files: StagedFiles
    skips_unknown: bool = False
    actions: dict[str, StepAction | None] = field(default_factory=dict)
    """Loaded actions by name; None for a name that no plugin has."""
    until: float = field(default=0, init=False)
    """When the steps are stopped, on the monotonic clock."""

    def check(self) -> None:
        """Raise ``ActionError`` for unknown actions and for URLs of other hosts, before any step is run."""
        self._use({})
        wanted = [step for step in self.template.steps if not self._is_certainly_skipped(step)]
        known = load(GROUP)
        unknown = [step for step in wanted if step.action not in known]
        if unknown and not self.skips_unknown:
            lines = "; ".join(f"{step.title}{_advice(step.action, known)}" for step in unknown)
            raise ActionError(
                f"The template uses actions that are not installed: {lines}.",
                "Use --skip-unknown to get a list of what to do by hand, or install a plugin with these actions.",
            )
        for step in wanted:
            if step.action.startswith("fetch:") and isinstance(step.input, Mapping):
                self._check_url(step)

    def run(self) -> Run:
        """Run all steps. Raises ``ActionError`` for the first one that cannot be done, and after ``MAX_SECONDS``."""
        result, self.until = Run(), time.monotonic() + MAX_SECONDS
        for step in self.template.steps:
            try:
                self._run_step(step, result)
            except ActionError as error:
                raise ActionError(f"{step.title}: {self.masked(str(error))}", error.hint) from None
        return result

    def output(self, result: Run) -> Mapping[str, Any]:
        """The template's ``output``, rendered; links and texts whose ``if`` is false are left out."""
        self._use(result.steps)
        output = self.services.engine.render(dict(self.template.output)).value
        return {
            key: [item for item in value if not isinstance(item, Mapping) or "if" not in item or _is_true(item["if"])]
            if isinstance(value, list) else value
            for key, value in (output.items() if isinstance(output, Mapping) else ())
        }  # fmt: skip

    def masked(self, text: str) -> str:
        """The text with the values of secrets replaced."""
        for value in sorted(self.values.secrets.values(), key=len, reverse=True):
            text = text.replace(value, "***") if value else text
        return text

    def _use(self, steps: Mapping[str, Any], *, with_secrets: bool = False, each: Mapping[str, Any] | None = None) -> None:
        self.services.engine.use(self.values.context(steps, with_secrets=with_secrets, each=each))

    def _is_certainly_skipped(self, step: TemplateStep) -> bool:
        """Whether the condition is false and depends on answers alone."""
        if step.condition is None or (isinstance(step.condition, str) and any(name in step.condition for name in ("steps", "each"))):
            return False
        return not self._holds(step.condition)

    def _holds(self, condition: Any) -> bool:
        if condition is False:
            return False
        return self.services.engine.render(condition).is_true if isinstance(condition, str) else True

    def _check_url(self, step: TemplateStep) -> None:
        url = step.input.get("url")
        if not isinstance(url, str) or "steps" in url or "each" in url:
            return
        rendered = self.services.engine.render(url).value
        if isinstance(rendered, str) and is_absolute(rendered):
            try:
                remote_folder(rendered, self.services.hosts)
            except ActionError as error:
                raise ActionError(f"{step.title}: {error}", error.hint) from None

    def _run_step(self, step: TemplateStep, result: Run) -> None:
        self._use(result.steps)
        if step.condition is False or (step.each is None and step.condition is not None and not self._holds(step.condition)):
            result.skipped.append(step)
            return
        outputs: dict[str, Any] = {}
        for each in self._iterations(step, result):
            self._use(result.steps, with_secrets=True, each=each)
            if each is not None and step.condition is not None and not self._holds(step.condition):
                continue
            for name, value in self._act(step, result, each).items():
                if each is None:
                    outputs[name] = value
                else:
                    outputs.setdefault(name, []).append(value)
        result.steps[step.id] = {"output": outputs}

    def _iterations(self, step: TemplateStep, result: Run) -> Iterator[Mapping[str, Any] | None]:
        if step.each is None:
            yield None
            return
        self._use(result.steps, with_secrets=True)
        found = self.services.engine.render(step.each).value
        if not isinstance(found, list | dict):
            raise ActionError(f"its each, {str(step.each)[:200]!r}, is no list and no mapping.", "Correct the template.")
        pairs = found.items() if isinstance(found, dict) else ((str(number), value) for number, value in enumerate(found))
        for number, (key, value) in enumerate(pairs):
            if number >= MAX_ITERATIONS:
                raise ActionError(f"its each has more than {MAX_ITERATIONS} values.", "Use fewer values.")
            yield {"key": key, "value": value}

    def _act(self, step: TemplateStep, result: Run, each: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if time.monotonic() > self.until:
            raise ActionError(f"the steps took longer than {MAX_SECONDS / 60:.0f} minutes.", "Simplify the template.")
        rendered = self.services.engine.render(step.input)
        result.messages += [f"{step.position}: {text[:200]!r} stays as written: {reason}" for text, reason in rendered.unrendered]
        action = self._action(step.action)
        if action is None:
            self._use(result.steps, each=each)
            result.by_hand.append(ByHand(step, self.services.engine.render(step.input).value))
            return {}
        given = rendered.value if isinstance(rendered.value, Mapping) else {}
        if problems := _input_errors(action.schema, given):
            raise ActionError(f"its input is not valid: {'; '.join(problems)}.", "Check the answers and the template.")
        doing = ActionStep(given, self.files, self.services, self.values.secrets)
        outputs = action.run(doing)
        result.messages += [self.masked(message) for message in doing.messages]
        result.changes += ((step, change) for change in doing.changes)
        doing.messages.clear()
        return outputs

    def _action(self, name: str) -> StepAction | None:
        if name not in self.actions:
            plugin = load(GROUP).get(name)
            self.actions[name] = plugin.load()() if plugin else None
        return self.actions[name]


def _input_errors(schema: Mapping[str, Any], given: Mapping[str, Any]) -> Sequence[str]:
    validator = jsonschema_rs.Draft7Validator(without_hints(schema), offline=True)
    errors = [*islice(validator.iter_errors(given), MAX_ERRORS)]
    return [f"{'.'.join(str(part) for part in error.instance_path) or 'input'}: {error.message[:200]}" for error in errors]


def _is_true(value: Any) -> bool:
    return bool(value) or isinstance(value, dict)


def _advice(name: str, known: Mapping[str, Any]) -> str:
    """What to do instead, or a similar name, in brackets."""
    if advice := instead_of(name):
        return f" ({advice})"
    similar = nearest(name, known)
    return f" (similar: {similar})" if similar else ""
