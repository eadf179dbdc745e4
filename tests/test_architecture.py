"""The floors of the house: a file imports only from its own folder or from lower floors."""

import ast
import functools
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "generator"

FLOORS = {
    "model": 0, "problems": 0, "errors": 0, "yaml12": 0,
    "settings": 1, "outside": 1, "plugins": 1,
    "descriptors": 2, "linting": 2, "sources": 2, "integrations": 2,
    "catalog": 3, "snapshot": 3, "scorecards": 3, "insights": 3,
    "diagrams": 4, "documentation": 4, "apis": 4, "pages": 4,
    "website": 5, "publish": 5, "scaffolder": 5, "server": 5,
    "surveying": 6, "planning": 6, "pipeline": 6, "checking": 6, "serving": 6,
    "cli": 7, "__main__": 7, "api": 7,
}  # fmt: skip
ALLOWED_SIDEWAYS = {
    ("problems", "model"), ("settings", "plugins"),
    ("pages", "diagrams"), ("pages", "documentation"), ("pages", "apis"),
    ("linting", "descriptors"), ("pipeline", "surveying"), ("publish", "website"), ("checking", "surveying"), ("__main__", "cli"),
    ("snapshot", "catalog"),
    ("planning", "surveying"), ("pipeline", "planning"), ("serving", "planning"), ("serving", "surveying"),
}  # fmt: skip
"""Rooms of one floor that call each other: problems name entities; settings know which plugins are installed; pages calls the three
renderings (architecture, The way of the data); linting shows lines of descriptors, their secrets masked; a build and a check
begin with the same survey, as a preview does, and the same plan of pages; what is published is what the website's manifest lists; the
last good copy stands between gathering and merging, and history compares linked catalogs."""
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "site", "build"}


@functools.cache
def modules():
    """Every module with its syntax tree."""
    return {module: ast.parse(module.read_text()) for module in sorted(PACKAGE.rglob("*.py"))}


def named(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def room(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(tree: ast.Module):
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "generator" else [f"generator.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        yield from (n.split(".")[1] for n in names if n.startswith("generator."))


def test_a_module_imports_only_from_its_own_room_or_lower_floors():
    for module, tree in modules().items():
        here = room(module)
        if here == "__init__":
            continue
        assert here in FLOORS, f"{here} has no floor: give it one in the architecture first"
        for other in imported_rooms(tree):
            fine = other in {here, "__version__"} or FLOORS[other] < FLOORS[here] or (here, other) in ALLOWED_SIDEWAYS
            assert fine, f"{named(module)} (floor {FLOORS[here]}) imports {other} (floor {FLOORS[other]})"


def test_a_module_is_short_and_has_a_telling_name():
    lengths = {named(module): len(module.read_text().splitlines()) for module in modules()}
    assert {name: length for name, length in lengths.items() if length > MAX_MODULE_LINES} == {}
    assert [named(module) for module in modules() if module.stem in FORBIDDEN_NAMES] == []


def test_a_function_has_at_most_forty_lines():
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= MAX_FUNCTION_LINES, f"{named(module)}: {node.name} has {length} lines"


def test_the_network_and_processes_are_reached_from_outside_alone():
    reaching = {"subprocess", "socket", "urllib.request", "http.client", "httpx", "httpcore", "ldap3", "requests"}
    for module, tree in modules().items():
        if room(module) in {"outside", "server"}:
            continue
        for node in ast.walk(tree):
            names = (
                [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
            )
            assert not reaching & {n for n in names if n}, module


def test_test_files_have_names_of_their_own():
    files = (file for file in Path(__file__).parent.rglob("*.py") if "fixtures" not in file.parts)
    names = [file.name for file in files if file.name not in {"conftest.py", "__init__.py"}]
    assert sorted(names) == sorted(set(names))
