"""Templates of URLs of several repositories → the problems about those that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from callboard.plugins.sources import Origin, Problem, Tree
from callboard.sources import rules
from callboard.sources.hosts import OwnTemplates


def template_problems(source: str, trees: Iterable[tuple[Tree, str, OwnTemplates]]) -> Iterator[Problem]:
    """One problem for each placeholder without a value, at the first tree that it concerns.

    Args:
        source: name of the source.
        trees: each with the path of one of its descriptors, and its templates.
    """
    found: dict[tuple[str, str], list[tuple[Tree, str]]] = {}
    for tree, path, templates in trees:
        for unresolved in templates.unresolved():
            found.setdefault(unresolved, []).append((tree, path))
    for (option, placeholder), concerned in found.items():
        (tree, path), number = concerned[0], len(concerned)
        where = tree.repository if number == 1 else f"{tree.repository} and {number - 1:,} more"
        origin = Origin(source, tree.id, tree.repository, tree.revision, path, 0, 1)
        message = f"{option} of the source {source} contains {{{placeholder[:60]}}}, which has no value for {where}: no links to files."
        yield rules.URL_TEMPLATE.problem(message, origin=origin, hint=_hint(placeholder))


def _hint(placeholder: str) -> str:
    if placeholder == "ref":
        return "Write the name of the branch in place of {ref}: the folder is no git repository with a remote."
    return "Use only {path}, {line}, {repository} and {ref} in view_url and edit_url."
