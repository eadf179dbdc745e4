"""The portal's own templates and theme overrides → what can be seen to be wrong in them before a page is rendered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import jinja2
from jinja2 import nodes

from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.problem import Problem, Span
from callboard.model.suggestions import nearest
from callboard.settings.invalid import portal_origin
from callboard.website.icons import is_bundled
from callboard.website.portal_files import PortalFiles, theme_folders
from callboard.website.rules import INVALID_TEMPLATE


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template of the portal whose syntax is right."""

    origin: Origin
    text: str
    tree: nodes.Template
    folders: tuple[Path, ...]
    """Where templates that it includes are."""
    is_override: bool
    """True for an override of the theme, which MkDocs renders with other variables."""


def read_templates(files: PortalFiles, root: Path) -> tuple[tuple[TemplateSource, ...], list[Problem]]:
    """Parse the portal's templates and overrides; ``root`` is the folder of ``sources.yaml``."""
    sources: list[TemplateSource] = []
    problems: list[Problem] = []
    own = ((files.own_templates, files.templates, False), (files.own_overrides, theme_folders(files), True))
    for folder, folders, is_override in own:
        for path in sorted(folder.rglob("*.html")) if folder else ():
            origin = portal_origin(path, root)
            try:
                text = path.read_text("utf-8-sig")
                tree = _environment(is_override=is_override).parse(text)
                _environment(is_override=is_override).compile(text)  # finds unknown filters
            except (OSError, UnicodeDecodeError, RecursionError, jinja2.TemplateSyntaxError) as error:
                problems.append(_unreadable(path, origin, error))
            else:
                sources.append(TemplateSource(origin, text, tree, folders, is_override))
    return tuple(sources), problems


def label_keys(sources: Iterable[TemplateSource]) -> frozenset[str]:
    """The keys of all labels that these templates use by name."""
    return frozenset(key for source in sources if not source.is_override for key, _ in _labels(source.tree))


def check_templates(
    sources: Iterable[TemplateSource], labels: Mapping[str, str], icons: Collection[str], files: PortalFiles
) -> Iterator[Problem]:
    """Report labels, icons and templates that do not exist; the first problem of each template."""
    for source in sources:
        wrong = [*_missing_templates(source)]
        if not source.is_override:
            wrong += _unknown_labels(source, labels)
            wrong += _unknown_icons(source, icons, files)
        yield from sorted(wrong, key=lambda problem: problem.span.line if problem.span else 0)[:1]


def template_problem(origin: Origin, text: str, line: int, message: str, hint: str = "", word: str = "") -> Problem:
    """A problem at a line of a template, with the range of ``word`` if it occurs there, else of the whole line."""
    return INVALID_TEMPLATE.problem(message, origin=origin, span=_span(text, line, word), hint=hint, field=f"{word}:{message}"[:120])


def _environment(*, is_override: bool) -> jinja2.Environment:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"] if is_override else ())
    if is_override:
        environment.filters.update(url=str, script_tag=str)  # those of MkDocs
    return environment


def _unreadable(path: Path, origin: Origin, error: Exception) -> Problem:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return template_problem(origin, path.read_text("utf-8-sig"), error.lineno, _sentence(error.message or "The syntax is wrong"))
    if isinstance(error, UnicodeDecodeError):
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        return template_problem(origin, "", line, "This line is not valid UTF-8.", "Save the file as UTF-8.")
    if isinstance(error, RecursionError):
        return template_problem(origin, "", 1, "An expression is nested too deeply.", "Simplify the template.")
    if path.is_dir():
        return template_problem(origin, "", 1, "This is a folder, not a file.", "Rename the folder.")
    return template_problem(origin, "", 1, "The file cannot be read.", "Check its permissions.")


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _span(text: str, line: int, word: str) -> Span:
    lines = text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    if word and (found := re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", shown)):
        return Span(line, found.start() + 1, line, found.end() + 1)
    start = len(shown) - len(shown.lstrip())
    return Span(line, start + 1, line, max(len(shown.rstrip()), start + 1) + 1) if shown.strip() else Span.at(line, 1)


def _own_names(tree: nodes.Template) -> frozenset[str]:
    """Names that the template itself assigns, such as a macro or a loop's variable."""
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    imported = {alias[1] if isinstance(alias, tuple) else alias for node in tree.find_all(nodes.FromImport) for alias in node.names}
    return frozenset((*stored, *imported, *(node.name for node in tree.find_all(nodes.Macro))))


def _labels(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    """Key and line of each use of a label: ``t.key``, ``numbered("key", …)``."""
    own = _own_names(tree)
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "t" and "t" not in own:
            yield node.attr, node.lineno
    yield from _constants(tree, "numbered")


def _constants(tree: nodes.Template, function: str) -> Iterator[tuple[str, int]]:
    """First argument and line of each call of a global function with a literal."""
    if function in _own_names(tree):
        return
    for node in tree.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name == function and node.args:
            argument = node.args[0]
            if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
                yield argument.value, node.lineno


def _unknown_labels(source: TemplateSource, labels: Mapping[str, str]) -> Iterator[Problem]:
    for key, line in _labels(source.tree):
        if key not in labels:
            hint = _suggestion(key, labels) or "Add it to templates/strings/en.yaml."
            yield template_problem(source.origin, source.text, line, f'There is no label "{key}".', hint, key)


def _unknown_icons(source: TemplateSource, icons: Collection[str], files: PortalFiles) -> Iterator[Problem]:
    for name, line in _constants(source.tree, "icon"):
        if name not in icons and not is_bundled(files, name):
            hint = _suggestion(name, icons) or "Add it to templates/icons.yaml."
            yield template_problem(source.origin, source.text, line, f'There is no icon "{name}".', hint, name)


def _missing_templates(source: TemplateSource) -> Iterator[Problem]:
    for node in source.tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        template = getattr(node, "template", None)
        name = template.value if isinstance(template, nodes.Const) else None
        if isinstance(name, str) and not getattr(node, "ignore_missing", False) and not _exists(name, source.folders):
            known = (path.relative_to(folder).as_posix() for folder in source.folders for path in folder.rglob("*.html"))
            hint = _suggestion(name, tuple(known)) or "Correct the path, which is relative to the folder of the templates."
            yield template_problem(source.origin, source.text, node.lineno, f'There is no template "{name}".', hint, name)


def _exists(name: str, folders: Iterable[Path]) -> bool:
    return any((folder / name).is_file() for folder in folders)


def _suggestion(word: str, known: Iterable[str]) -> str:
    similar = nearest(word, known)
    return f'Did you mean "{similar}"?' if similar else ""
