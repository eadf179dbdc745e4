"""The Template entities of a catalog → the problems of their parameters, steps, outputs and skeletons."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.catalog.graph import Catalog
from callboard.model.entity import Entity
from callboard.model.errors import SourceError
from callboard.model.problem import Problem
from callboard.model.tree import Tree, Trees, tree_of
from callboard.software_templates.definition import API_VERSION
from callboard.software_templates.linting.parameter_checks import parameter_problems
from callboard.software_templates.linting.skeleton_files import skeleton_problems
from callboard.software_templates.linting.skeletons import SkeletonStep, skeleton_steps
from callboard.software_templates.linting.step_checks import step_problems
from callboard.software_templates.linting.subject import LintedTemplate
from callboard.state.recorded_trees import SavedTree


def template_problems(catalog: Catalog, trees: Trees) -> Iterator[Problem]:
    """The problems of all templates of ``scaffolder.backstage.io/v1beta3``."""
    for entity in catalog.of_kind("template"):
        if entity.api_version == API_VERSION:
            yield from problems_of_template(entity, tree_of(trees, entity.origin) if entity.origin.line else None)


def problems_of_template(entity: Entity, tree: Tree | None) -> Iterator[Problem]:
    """The problems of one template. Skeletons are not checked without the tree of its repository."""
    template = LintedTemplate(entity, tree)
    yield from parameter_problems(template)
    yield from step_problems(template)
    if tree is None or isinstance(tree, SavedTree):
        return  # a last good copy has the files that pages show, not skeletons
    found: list[SkeletonStep] = []
    for each in skeleton_steps(template, tree):
        if isinstance(each, SkeletonStep):
            found.append(each)
        else:
            yield each
    try:
        yield from skeleton_problems(template, tree, found)
    except SourceError:
        return  # the source reports what it cannot fetch
