"""The expressions of steps and outputs → problems TPL001–TPL004: what is not evaluated, and names that do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem
from callboard.model.suggestions import nearest
from callboard.software_templates.linting.expressions import NameUse
from callboard.software_templates.linting.known_actions import known_actions
from callboard.software_templates.linting.other_delimiters import other_delimiters
from callboard.software_templates.linting.subject import LintedTemplate, did_you_mean, shown
from callboard.software_templates.linting.texts import TemplatePiece, has_templating, pieces
from callboard.software_templates.rules.expressions import LEGACY_EXPRESSION, UNDEFINED_PARAMETER, UNRENDERED_EXPRESSION
from callboard.software_templates.rules.steps import UNDEFINED_STEP

ROOTS = frozenset({"parameters", "steps", "user", "secrets", "environment", "context", "each"})
GLOBALS = frozenset({
    "always", "failure", "range", "cycler", "joiner", "loop", "undefined", "caller",
})  # fmt: skip
FILTERS = frozenset(
    [
        "abs",
        "batch",
        "capitalize",
        "center",
        "default",
        "d",
        "dictsort",
        "dump",
        "e",
        "escape",
        "safe",
        "first",
        "float",
        "forceescape",
        "groupby",
        "indent",
        "int",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "nl2br",
        "random",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "select",
        "selectattr",
        "slice",
        "sort",
        "string",
        "striptags",
        "sum",
        "title",
        "trim",
        "truncate",
        "upper",
        "urlencode",
        "urlize",
        "wordcount",
        "projectSlug",
        "parseRepoUrl",
        "parseEntityRef",
        "pick",
    ]
)
MAX_TEXTS = 5000
MAX_DEPTH = 40


@dataclass(slots=True)
class NameScope:
    """What expressions at one place can use."""

    template: LintedTemplate
    parameters: frozenset[str] | None
    """None if they are not known."""
    steps: Mapping[str, str] = field(default_factory=dict)
    """Actions of the steps that have run, by id."""
    later: frozenset[str] = frozenset()
    """Ids of steps that run at this place or later."""
    has_each: bool = False

    def check(self, value: Any, path: FieldPath) -> Iterator[Problem]:
        """The problems of all texts in a value."""
        for number, (place, text) in enumerate(texts_in(value, path)):
            if number >= MAX_TEXTS:
                return
            found = other_delimiters(text)
            if found:
                written, right, why = found
                message = f"`{shown(written)}` is not evaluated: {why}."
                yield self.template.problem(LEGACY_EXPRESSION, message, place, f"Write `{right}`.", text=written)
            if has_templating(text):
                yield from self._text(text, place)

    def _text(self, text: str, path: FieldPath) -> Iterator[Problem]:
        every = list(pieces(text))
        if broken := next((piece for piece in every if piece.error), None):
            yield self._unrendered(broken, broken.error, text, path)
            return
        own = GLOBALS | {name for piece in every for name in piece.sets}
        told: set[str] = set()
        for piece in every:
            for name in piece.uses.filters:
                if name not in FILTERS and name not in told:
                    told.add(name)
                    yield self._unrendered(piece, f"there is no filter `{name}`", text, path, did_you_mean(nearest(name, FILTERS)))
            for use in piece.uses.names:
                if use.root not in own and str(use) not in told:
                    told.add(str(use))
                    yield from self._name(use, piece, path)

    def _unrendered(self, piece: TemplatePiece, why: str, text: str, path: FieldPath, hint: str = "") -> Problem:
        what = "the expression" if piece.text.strip() == text.strip() else "the whole text"
        message = f"`{shown(piece.text)}` cannot be rendered, so that {what} stays as literal text: {why}."
        advice = hint or "Correct the expression; templates have the syntax and the filters of Nunjucks."
        return self.template.problem(UNRENDERED_EXPRESSION, message, path, advice, text=piece.text)

    def _name(self, use: NameUse, piece: TemplatePiece, path: FieldPath) -> Iterator[Problem]:
        if use.root == "steps":
            yield from self._step(use, piece, path)
        elif use.root == "parameters":
            yield from self._parameter(use, piece, path)
        elif use.root not in ROOTS or (use.root == "each" and not self.has_each):
            known = sorted(ROOTS if self.has_each else ROOTS - {"each"})
            hint = self._root_hint(use, known)
            yield self.template.problem(
                UNDEFINED_PARAMETER, f"`{use}` is always empty: there is no `{use.root}` in this place.", path, hint,
                text=piece.text,
            )  # fmt: skip

    def _root_hint(self, use: NameUse, known: list[str]) -> str:
        if use.root == "each":
            return "Add `each:` to the step."
        if use.root == "values" and len(use.path) > 1:
            return f"`values` exists in skeletons only: write `parameters.{use.path[1]}`."
        if self.parameters and use.root in self.parameters:
            return f"Write `parameters.{use.root}`."
        return did_you_mean(nearest(use.root, known)) or f"Expressions here begin with {', '.join(known)}."

    def _parameter(self, use: NameUse, piece: TemplatePiece, path: FieldPath) -> Iterator[Problem]:
        if self.parameters is None or len(use.path) == 1 or use.path[1] in self.parameters or use.is_called:
            return
        name = use.path[1]
        near = nearest(name, self.parameters)
        yield self.template.problem(
            UNDEFINED_PARAMETER, f"`parameters.{name}` is always empty: no page asks for `{name}`.", path,
            did_you_mean(near and f"parameters.{near}") or f"Add `{name}` to the parameters, or remove it here.",
            text=piece.text,
        )  # fmt: skip

    def _step(self, use: NameUse, piece: TemplatePiece, path: FieldPath) -> Iterator[Problem]:
        if len(use.path) == 1:
            return
        step, rest = use.path[1], use.path[2:]
        why, hint = "", ""
        if step not in self.steps:
            why = f"the step `{step}` runs later" if step in self.later else f"there is no step with the id `{step}`"
            near = nearest(step, self.steps)
            hint = did_you_mean(near) or ("Move the step that makes it before this one." if step in self.later else "Correct the id.")
        elif rest and rest[0] != "output":
            why, hint = f"a step has `output`, no `{rest[0]}`", f"Write `steps.{step}.output`."
        elif len(rest) > 1 and (known := known_actions().get(self.steps[step])) and known.outputs and rest[1] not in known.outputs:
            why = f"{self.steps[step]} has no output `{rest[1]}`"
            hint = did_you_mean(nearest(rest[1], known.outputs)) or f"Its outputs are {', '.join(known.outputs)}."
        if why:
            message = f"`{use}` is always empty: {why}."
            yield self.template.problem(UNDEFINED_STEP, message, path, hint, text=piece.text)


def texts_in(value: Any, path: FieldPath, depth: int = 0) -> Iterator[tuple[FieldPath, str]]:
    """All strings in a value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif depth < MAX_DEPTH:
        entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        for key, each in entries:
            yield from texts_in(each, (*path, key), depth + 1)
