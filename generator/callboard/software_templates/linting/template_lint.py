"""The Template entities → the problems of their parameters, steps and outputs, and of their skeletons where these can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from callboard.catalog.graph import Catalog
from callboard.catalog.merging import in_order
from callboard.descriptors.kinds import Kinds
from callboard.model.entity import Entity
from callboard.model.errors import SourceError
from callboard.model.problem import Problem
from callboard.model.ref import EntityRef
from callboard.model.tree import Tree, Trees, tree_of
from callboard.software_templates.definition import API_VERSION
from callboard.software_templates.linting.parameter_checks import parameter_problems
from callboard.software_templates.linting.skeleton_files import skeleton_problems
from callboard.software_templates.linting.skeletons import SkeletonStep, skeleton_steps
from callboard.software_templates.linting.step_checks import step_problems
from callboard.software_templates.linting.subject import LintedTemplate
from callboard.state.recorded_trees import SavedTree
from callboard.state.values import CollectedState

_CODES = "TPL"
"""How the codes of templates' problems begin; of these only those of skeletons are saved."""


def template_problems(catalog: Catalog) -> Iterator[Problem]:
    """The problems of all templates of ``scaffolder.backstage.io/v1beta3``, without those of their skeletons."""
    for entity in catalog.of_kind("template"):
        if entity.api_version == API_VERSION:
            yield from problems_of_fields(entity)


def with_skeleton_problems(state: CollectedState, sources: Sequence[str], kinds: Kinds) -> CollectedState:
    """The collected data with the problems of skeletons, which the state saves: a last good copy has no skeletons to check again.

    Of templates with one reference, the one that the catalog keeps is checked. ``sources``: names in order of precedence.
    """
    templates = [entity for entity in state.entities if entity.ref.kind == "template" and entity.api_version == API_VERSION]
    if not templates:
        return state
    kept: dict[EntityRef, Entity] = {}
    for entity in in_order(templates, sources, kinds, state.problems):
        kept.setdefault(entity.ref, entity)
    found = [problem for entity in kept.values() for problem in problems_of_skeletons(entity, _readable(entity, state.trees))]
    saved = (problem for problem in state.problems if not _is_checked(problem, kept, state.trees))
    return replace(state, problems=(*saved, *found))


def problems_of_template(entity: Entity, tree: Tree | None) -> Iterator[Problem]:
    """The problems of one template. Skeletons are not checked without the tree of its repository."""
    yield from problems_of_fields(entity)
    yield from problems_of_skeletons(entity, tree)


def problems_of_fields(entity: Entity) -> Iterator[Problem]:
    """The problems of the parameters, steps and outputs of one template."""
    template = LintedTemplate(entity)
    yield from parameter_problems(template)
    yield from step_problems(template)


def problems_of_skeletons(entity: Entity, tree: Tree | None) -> Iterator[Problem]:
    """The problems of the files that one template renders; none without the tree of its repository."""
    if tree is None:
        return
    template, found = LintedTemplate(entity), list[SkeletonStep]()
    for each in skeleton_steps(template, tree):
        if isinstance(each, SkeletonStep):
            found.append(each)
        else:
            yield each
    try:
        yield from skeleton_problems(template, tree, found)
    except SourceError:
        return  # the source reports what it cannot fetch


def _readable(entity: Entity, trees: Trees) -> Tree | None:
    """The tree of a template's repository, if it has all of its files."""
    tree = tree_of(trees, entity.origin) if entity.origin.line else None
    return None if isinstance(tree, SavedTree) else tree


def _is_checked(problem: Problem, kept: Mapping[EntityRef, Entity], trees: Trees) -> bool:
    """Whether a problem of the last good copy is of skeletons that are checked now."""
    entity = kept.get(problem.subject) if problem.subject and problem.code.startswith(_CODES) else None
    return entity is not None and _readable(entity, trees) is not None
