"""The public modules of plugins, read from their source → the page of the manual about the plugin API."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from callboard.cli.manual.tables import sentence, table
from callboard.plugins import API_VERSION, OLDEST_API_VERSION

MODULES = ("sources", "integrations", "publishers", "families", "checks", "actions", "testing")
"""Modules of ``callboard.plugins`` that plugins may import."""
_INTRODUCTION = f"""# Plugin API

A plugin imports what it needs from `callboard.plugins.sources`, `.integrations`, `.publishers`, `.families`, `.checks`, `.actions` and
`.testing`, and from no other module of Callboard; the built-in plugins do the same.
[Stability of the plugin API](../explanation/plugin-stability.md) describes what may change, and how that is announced.
[Write a connector](../tutorial/plugin.md) is a tutorial.

The version of the API is {API_VERSION}; plugins that were written for version {OLDEST_API_VERSION} or later work. A plugin may state the
version that it was written for as `api_version`, an integer attribute of its class or module."""
Definition = ast.ClassDef | ast.FunctionDef | ast.Assign | ast.AnnAssign


def plugin_api_page() -> str:
    """The names of each module, then every name with its signature and documentation."""
    names: dict[str, tuple[Definition, list[str]]] = {}
    parts = [_INTRODUCTION]
    for module in MODULES:
        places = _places(f"callboard.plugins.{module}")
        parts += [f"## `callboard.plugins.{module}`", ", ".join(f"[`{name}`](#{name.lower()})" for name in places) + "."]
        for name, place in places.items():
            names.setdefault(name, (_definition(place, name), []))[1].append(module)
    for name in sorted(names, key=str.lower):
        node, modules = names[name]
        parts += ["## Names"] if name == min(names, key=str.lower) else []
        parts += [f"### `{name}`", f"In {', '.join(f'`{each}`' for each in modules)}.", *_described(name, node)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _places(module: str) -> Mapping[str, str]:
    """The exported names of a module, each with the module that it is imported from, or that defines it."""
    loaded = importlib.import_module(module)
    imported = {
        alias.name: node.module or "" for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return {name: imported.get(name, module) for name in loaded.__all__}


@cache
def _tree(module: str) -> ast.Module:
    file = inspect.getsourcefile(importlib.import_module(module))
    return ast.parse(Path(file or "").read_text(encoding="utf-8"))


def _definition(module: str, name: str) -> Definition:
    """Where a module defines a name; imports are followed."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names):
            return _definition(node.module or "", name)
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return node
        if isinstance(node, ast.Assign | ast.AnnAssign) and name in {ast.unparse(target) for target in _targets(node)}:
            return node
    raise LookupError(f"{module} does not define {name}")


def _targets(node: ast.Assign | ast.AnnAssign) -> Sequence[ast.expr]:
    return [node.target] if isinstance(node, ast.AnnAssign) else node.targets


def _described(name: str, node: Definition) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        yield from _class(node)
    elif isinstance(node, ast.FunctionDef):
        yield _python(_signature(node))
        yield _words(ast.get_docstring(node))
    else:
        yield _python(ast.unparse(node) if len(ast.unparse(node)) <= 100 else f"{name} = …")  # noqa: PLR2004 - a line


def _class(node: ast.ClassDef) -> Iterator[str]:
    bases = ", ".join(map(ast.unparse, node.bases))
    yield _python(f"class {node.name}({bases})" if bases else f"class {node.name}")
    yield _words(ast.get_docstring(node))
    rows = [row for row in _fields(node) if not row[0].startswith("`_")]
    if rows:
        yield table(("Field", "Type", "Default", "Description"), rows)
    for method in (each for each in node.body if isinstance(each, ast.FunctionDef)):
        if not method.name.startswith("_") or (method.name == "__init__" and len(method.args.args) > 1):
            is_property = any(ast.unparse(decorator) == "property" for decorator in method.decorator_list)
            yield _python(f"{'@property' if is_property else ''}\n{_signature(method)}".strip())
            yield _words(ast.get_docstring(method))


def _fields(node: ast.ClassDef) -> Iterator[Sequence[str]]:
    """The rows of a class's fields, and of the members of an enumeration, with the docstring under each."""
    for statement, following in zip(node.body, [*node.body[1:], ast.Pass()], strict=True):
        if not isinstance(statement, ast.AnnAssign | ast.Assign):
            continue
        note = following.value.value if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant) else ""
        kind = ast.unparse(statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
        name = ast.unparse(_targets(statement)[0])
        yield f"`{name}`", f"`{kind}`" if kind else "", _default(statement.value), sentence(_words(str(note)))


def _default(value: ast.expr | None) -> str:
    if value is None:
        return ""
    written = ast.unparse(value)
    if written.startswith("field("):
        found = re.search(r"default(?:_factory)?=([^,)]+)", written)
        return f"`{found.group(1)}`" if found else ""
    return f"`{written}`"


def _signature(node: ast.FunctionDef) -> str:
    """The line of a ``def``, without the body; ``self`` is left out."""
    arguments = ast.unparse(node.args)
    arguments = re.sub(r"^(self|cls)(, |$)", "", arguments)
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"{node.name}({arguments}){returns}"
    if len(line) <= 100:  # noqa: PLR2004 - a line
        return line
    inner = ",\n".join(f"    {part}" for part in _split(arguments))
    return f"{node.name}(\n{inner},\n){returns}"


def _split(arguments: str) -> Iterator[str]:
    """The arguments, split at commas outside of brackets."""
    depth, start = 0, 0
    for position, character in enumerate(arguments):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            yield arguments[start:position].strip()
            start = position + 1
    yield arguments[start:].strip()


def _python(text: str) -> str:
    return f"```python\n{text}\n```"


def _words(docstring: str | None) -> str:
    return (docstring or "").strip().replace("``", "`")
