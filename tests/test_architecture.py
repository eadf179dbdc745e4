"""The floors of the house: a file imports only from its own folder or from lower floors."""

import ast
from pathlib import Path

import pytest

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


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def room(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(module: Path):
    for node in ast.walk(ast.parse(module.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "generator" else [f"generator.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        yield from (n.split(".")[1] for n in names if n.startswith("generator."))


@pytest.mark.parametrize("module", modules(), ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_own_room_or_lower_floors(module):
    here = room(module)
    if here == "__init__":
        return
    assert here in FLOORS, f"{here} has no floor: give it one in the architecture first"
    for other in imported_rooms(module):
        fine = other in {here, "__version__"} or FLOORS[other] < FLOORS[here] or (here, other) in ALLOWED_SIDEWAYS
        assert fine, f"{module.relative_to(PACKAGE)} (floor {FLOORS[here]}) imports {other} (floor {FLOORS[other]})"


@pytest.mark.parametrize("module", modules(), ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_module_is_short_and_has_a_telling_name(module):
    assert module.stem not in FORBIDDEN_NAMES
    assert len(module.read_text().splitlines()) <= MAX_MODULE_LINES


@pytest.mark.parametrize("module", modules(), ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_function_has_at_most_forty_lines(module):
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"


def test_the_network_and_processes_are_reached_from_outside_alone():
    reaching = {"subprocess", "socket", "urllib.request", "http.client", "httpx", "httpcore", "ldap3", "requests"}
    for module in modules():
        if room(module) in {"outside", "server"}:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            names = (
                [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) else []
            )
            assert not reaching & {n for n in names if n}, module


def test_test_files_have_names_of_their_own():
    names = [file.name for file in Path(__file__).parent.rglob("*.py") if file.name != "conftest.py" and "fixtures" not in file.parts]
    assert sorted(names) == sorted(set(names))
