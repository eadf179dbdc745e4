"""Names of files → whether they are UTF-8, and the problem about one that cannot be used."""

from __future__ import annotations

from callboard.plugins.sources import Origin, Problem, Rule, shown_path


def is_text(path: str) -> bool:
    """Whether the name is UTF-8; other names contain surrogates, which no page can contain."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def name_problem(rule: Rule, message: str, hint: str, origin: Origin) -> Problem:
    """A problem about a name in a tree; the path in ``origin`` need not be UTF-8."""
    clean = Origin(origin.source, origin.tree, origin.repository, origin.revision, shown_path(origin.path), origin.document, origin.line)
    return rule.problem(message.format(path=clean.path), origin=clean, hint=hint)
