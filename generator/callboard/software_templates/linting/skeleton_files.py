"""Files of skeletons → problems TPL002 and TPL012–TPL014: what rendering makes of them that was not meant."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Rule, Span
from callboard.model.suggestions import nearest
from callboard.model.tree import Tree, has_known_folders
from callboard.software_templates.linting.expressions import NameUse
from callboard.software_templates.linting.names import FILTERS, GLOBALS
from callboard.software_templates.linting.other_delimiters import other_delimiters, values_in_other_delimiters
from callboard.software_templates.linting.skeletons import SkeletonStep
from callboard.software_templates.linting.subject import LintedTemplate, did_you_mean, shown
from callboard.software_templates.linting.texts import TemplatePiece, has_templating, pieces
from callboard.software_templates.rules.expressions import LEGACY_EXPRESSION
from callboard.software_templates.rules.skeletons import EATEN_EXPRESSION, UNDEFINED_VALUE, UNRENDERED_SKELETON

MAX_FILES = 400
"""Of one template that are read."""
MAX_BYTES = 200_000
"""Of one file; larger ones are not read."""
MOST_NAMED = 5
"""Values that a message names."""
CI_ROOTS = frozenset(
    [
        "github",
        "gitea",
        "secrets",
        "matrix",
        "env",
        "runner",
        "needs",
        "steps",
        "job",
        "jobs",
        "inputs",
        "vars",
        "strategy",
        "variables",
        "parameters",
        "hashFiles",
        "fromJSON",
        "toJSON",
        "contains",
        "startsWith",
        "endsWith",
        "success",
        "cancelled",
        "dependencies",
        "pipeline",
        "gitlab",
    ]
)
_WORKFLOW_FOLDERS = (".github/workflows/", ".github/actions/", ".gitea/workflows/", ".forgejo/workflows/")
_WORKFLOW_NAMES = frozenset({"action.yml", "action.yaml"})


@dataclass(frozen=True, slots=True)
class SkeletonFile:
    """One file of a skeleton."""

    template: LintedTemplate
    step: SkeletonStep
    path: str
    text: str

    @property
    def is_workflow(self) -> bool:
        """Whether the file is one of a CI service with the same delimiters."""
        name = posixpath.basename(self.path).lower()
        return any(each in self.path for each in _WORKFLOW_FOLDERS) or name in _WORKFLOW_NAMES or "azure-pipelines" in name

    def problem(self, rule: Rule, message: str, offset: int, length: int, hint: str) -> Problem:
        """A problem at a place of the file."""
        line = self.text.count("\n", 0, offset) + 1
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        width = max(1, len(self.text[offset : offset + length].split("\n", 1)[0]))
        step = f"steps[{self.step.number}] of {self.template.entity.ref} renders this file."
        found = self.template.problem(rule, f"{message} {step}", ("spec", "steps", self.step.number, "input"), hint)
        origin = self.template.entity.origin
        place = type(origin)(origin.source, origin.tree, origin.repository, origin.revision, self.path, 0, 1)
        return rule.problem(
            found.message, origin=place, span=Span(line, column, line, column + width), subject=found.subject, field=found.field,
            hint=found.hint,
        )  # fmt: skip


def skeleton_problems(template: LintedTemplate, tree: Tree, steps: list[SkeletonStep]) -> Iterator[Problem]:
    """The problems of the files of all steps, each file once; at most ``MAX_FILES`` are read."""
    wanted: dict[str, list[SkeletonStep]] = {}
    for step in steps:
        for path in step.rendered():
            wanted.setdefault(path, []).append(step)
    listed = sorted(wanted)[:MAX_FILES]
    if has_known_folders(tree):
        tree.expect_folders(sorted({step.base for step in steps}))
    tree.fetch(listed)
    for path in listed:
        text = _read(tree, path)
        if text:
            yield from file_problems([SkeletonFile(template, step, path, text) for step in wanted[path]])


def file_problems(files: list[SkeletonFile]) -> Iterator[Problem]:
    """The problems of one file, which several steps may render."""
    file = files[0]
    if not file.step.cookiecutter and (found := other_delimiters(file.text) if "cookiecutter" in file.text else None):
        written, right, why = found[0], found[1].replace("parameters.", "values."), found[2]
        yield file.problem(
            LEGACY_EXPRESSION, f"`{shown(written)}` is not evaluated: {why}.", file.text.find(written), len(written), f"Write `{right}`."
        )
    elif not file.step.cookiecutter and (other := values_in_other_delimiters(file.text)):
        message = f"`{shown(other[0])}` is not evaluated: expressions have `${{{{ }}}}`."
        yield file.problem(LEGACY_EXPRESSION, message, file.text.find(other[0]), len(other[0]), f"Write `{other[1]}`.")
    if not has_templating(file.text) and not file.step.cookiecutter:
        return
    every = list(pieces(file.text, file.step.start))
    broken = next((piece for piece in every if piece.error), None)
    eaten = _eaten(file, every)
    if eaten:
        yield _eaten_problem(file, eaten, broken)
    elif broken:
        yield _broken_problem(file, broken)
    if not broken:
        yield from _undefined(files, every)


def _read(tree: Tree, path: str) -> str:
    """The text of a file; empty for one that is binary, too large, of another encoding, or not readable."""
    try:
        content = tree.read(path, MAX_BYTES)
        return "" if b"\0" in content[:8000] else content.decode("utf-8")
    except (TreeError, UnicodeDecodeError):
        return ""


def _eaten(file: SkeletonFile, every: list[TemplatePiece]) -> list[TemplatePiece]:
    """The expressions that a CI service should evaluate."""
    own = GLOBALS | {"values"} | {name for piece in every for name in piece.sets}
    found = []
    for piece in every:
        if piece.is_tag or not piece.text.startswith(file.step.start):
            continue
        roots = {use.root for use in piece.uses.names} or {_first_word(piece.inner)}
        if "values" not in roots and (roots & CI_ROOTS) - own and (file.is_workflow or not roots & {"parameters", "steps"}):
            found.append(piece)
    return found if file.is_workflow or any(not piece.error for piece in found) else []


def _first_word(text: str) -> str:
    """The first name of an expression that cannot be parsed."""
    word = text.lstrip("(!' ")
    end = next((at for at, character in enumerate(word) if not (character.isalnum() or character == "_")), len(word))
    return word[:end]


def _eaten_problem(file: SkeletonFile, eaten: list[TemplatePiece], broken: TemplatePiece | None) -> Problem:
    count = f" (and {len(eaten) - 1} more)" if len(eaten) > 1 else ""
    result = "makes the step fail" if broken else "becomes empty"
    message = f"`{shown(eaten[0].text)}`{count} is for a CI service, and {result}."
    inner = file.path.removeprefix(f"{file.step.base}/") if file.step.base else file.path
    hint = f"Add `{inner}` to copyWithoutTemplating, or put the expressions between {{% raw %}} and {{% endraw %}}."
    return file.problem(EATEN_EXPRESSION, message, eaten[0].offset, len(eaten[0].text), hint)


def _broken_problem(file: SkeletonFile, piece: TemplatePiece) -> Problem:
    message = f"`{shown(piece.text)}` makes the step fail: {piece.error}."
    hint = (
        "Correct it; or, if it is for another program, add the file to copyWithoutTemplating or put it between {% raw %} and {% endraw %}."
    )
    return file.problem(UNRENDERED_SKELETON, message, piece.offset, len(piece.text), hint)


def _undefined(files: list[SkeletonFile], every: list[TemplatePiece]) -> Iterator[Problem]:
    """Values that are printed outside of conditions and that a step does not give, as one problem; and unknown filters."""
    own = {name for piece in every for name in piece.sets}
    tested = {use.path[1] for piece in every if piece.is_tag for use in _values(piece)}
    told: set[str] = set()
    lacking: dict[str, tuple[SkeletonFile, TemplatePiece]] = {}
    conditions = 0
    for piece in every:
        yield from _unknown_filters(files[0], piece, told)
        conditions += {"if": 1, "endif": -1}.get(piece.tag, 0)
        if conditions or piece.is_tag or "values" in own or {"default", "d"} & {*piece.uses.filters} or _has_choice(piece):
            continue
        for name in (use.path[1] for use in _values(piece) if use.path[1] not in tested):
            file = next((each for each in files if each.step.values is not None and name not in each.step.values), None)
            if file:
                lacking.setdefault(name, (file, piece))
    if lacking:
        yield _undefined_problem(lacking)


def _values(piece: TemplatePiece) -> list[NameUse]:
    return [use for use in piece.uses.names if use.root == "values" and len(use.path) > 1]


def _has_choice(piece: TemplatePiece) -> bool:
    return any(f" {word} " in piece.inner for word in ("if", "or", "is"))


def _unknown_filters(file: SkeletonFile, piece: TemplatePiece, told: set[str]) -> Iterator[Problem]:
    for name in piece.uses.filters if not file.step.cookiecutter else ():
        if name not in FILTERS and f"|{name}" not in told:
            told.add(f"|{name}")
            message = f"`{shown(piece.text)}` makes the step fail: there is no filter `{name}`."
            yield file.problem(UNRENDERED_SKELETON, message, piece.offset, len(piece.text), did_you_mean(nearest(name, FILTERS)))


def _undefined_problem(lacking: Mapping[str, tuple[SkeletonFile, TemplatePiece]]) -> Problem:
    names = [*lacking]
    file, piece = lacking[names[0]]
    if len(names) == 1:
        near = nearest(names[0], file.step.values or ())
        message = f"`values.{names[0]}` is always empty: the step gives no value `{names[0]}`."
        hint = did_you_mean(near and f"values.{near}") or f"Add `{names[0]}:` to `values:` of the step."
    else:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        listed = ", ".join(f"`values.{name}`" for name in names[:MOST_NAMED])
        message = f"{listed}{more} are always empty: the step gives no such values."
        hint = "Add them to `values:` of the step, or correct the names here."
    return file.problem(UNDEFINED_VALUE, message, piece.offset, len(piece.text), hint)
