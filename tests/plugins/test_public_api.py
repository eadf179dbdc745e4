"""The public API of plugins: the built-in ones import nothing else, and it has nothing that neither they nor a signature needs."""

import ast
import importlib
import inspect
import re
import sys
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import get_args

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generator/callboard"
BUILT_INS = {"sources": "sources", "integrations": "integrations", "publish": "publishers"}
"""Packages of built-in plugins, with the public module of their contract."""
PUBLIC = {
    f"callboard.plugins.{name}"
    for name in ("sources", "integrations", "publishers", "families", "api_formats", "checks", "actions", "testing")
}
MODULES = sorted(name for name in PUBLIC if importlib.util.find_spec(name))
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def imports(file):
    """What a file imports from Callboard, as (module, name); a module that is imported as a whole has no name."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def of_callboard(file):
    return [(module, name) for module, name in imports(file) if module.split(".")[0] == "callboard"]


@pytest.mark.parametrize("package", BUILT_INS)
def test_built_in_plugins_import_only_the_public_api_and_their_own_package(package):
    files = sorted((PACKAGE / package).rglob("*.py"))
    assert len(files) > 5
    own = f"callboard.{package}"
    wrong = [
        f"{file.relative_to(PACKAGE)} imports {module}.{name}"
        for file in files
        for module, name in of_callboard(file)
        if module not in PUBLIC and module != own and not module.startswith(f"{own}.")
    ]
    assert wrong == []


@cache
def used():
    """The names that built-in plugins and examples import, by public module."""
    found = {module: set() for module in PUBLIC}
    examples = [file for file in (ROOT / "examples").rglob("*.py") if not {"site", "skeleton"} & {*file.parts}]
    for file in (*examples, *(file for package in BUILT_INS for file in (PACKAGE / package).rglob("*.py"))):
        for module, name in of_callboard(file):
            if module in found:
                found[module].add(name)
    return found


def annotations(value):
    """The annotations of a class's fields, methods and bases, or of a function, with the module that their names stand in."""
    if inspect.isclass(value):
        yield from value.__bases__
        yield from ((text, value.__module__) for text in vars(value).get("__annotations__", {}).values())
        for name, member in vars(value).items():
            if name.startswith("_") and name != "__init__":
                continue
            for function in (member, getattr(member, "__func__", None), getattr(member, "fget", None)):
                if isinstance(function, FunctionType):
                    yield from annotations(function)
    elif isinstance(value, FunctionType):
        yield from ((text, value.__module__) for text in value.__annotations__.values())


def types_in(annotation):
    """The classes of Callboard that an annotation names, aliases resolved."""
    if isinstance(annotation, tuple):
        text, module = annotation
        for word in WORD.findall(text if isinstance(text, str) else repr(text)):
            value = vars(sys.modules[module]).get(word.split(".")[0])
            if value is not None:
                yield from types_in(value)
    elif inspect.isclass(annotation):
        if annotation.__module__.startswith("callboard.") and not annotation.__name__.startswith("_"):
            yield annotation
    else:
        for part in annotation if isinstance(annotation, list) else get_args(annotation):
            yield from types_in(part)


def needed_types(values):
    """All classes in the signatures of the values, and in those of these classes."""
    found, waiting = {}, list(values)
    while waiting:
        value = waiting.pop()
        for kind in (kind for annotation in annotations(value) for kind in types_in(annotation)):
            if kind not in found:
                found[kind] = value
                waiting.append(kind)
    return found


def exported(module):
    loaded = importlib.import_module(module)
    return {name: getattr(loaded, name) for name in loaded.__all__}


@pytest.mark.parametrize("module", MODULES)
def test_types_in_signatures_are_exported(module):
    values = exported(module)
    known = (
        {*map(id, values.values())}
        if module != "callboard.plugins.testing"
        else {id(v) for each in MODULES for v in exported(each).values()}
    )
    needed = {kind: by for kind, by in needed_types(values.values()).items() if any(not name.startswith("_") for name in vars(kind))}
    assert {kind.__name__: by for kind, by in needed.items() if id(kind) not in known} == {}


@pytest.mark.parametrize("module", MODULES)
def test_every_name_is_used_by_a_plugin_or_stands_in_a_signature(module):
    values = exported(module)
    roots = [value for each in MODULES for name, value in exported(each).items() if name in used()[each]]
    in_signatures = {kind.__name__ for kind in needed_types(roots)}
    assert sorted(values.keys() - used()[module] - in_signatures) == []


@pytest.mark.parametrize("module", MODULES)
def test_names_are_sorted_public_and_imported_once(module):
    names = importlib.import_module(module).__all__
    kind = lambda name: (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)  # noqa: E731
    assert names == sorted(set(names), key=kind)
    assert not [name for name in names if name.startswith("_")]
    assert all(hasattr(importlib.import_module(module), name) for name in names)


@pytest.mark.parametrize("module", MODULES)
def test_type_checkers_see_the_names_that_are_imported_late(module):
    tree = ast.parse(Path(importlib.import_module(module).__file__).read_text("utf-8"))
    seen = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    seen |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert set(importlib.import_module(module).__all__) <= seen
