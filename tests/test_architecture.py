"""The layers of the package: a file imports only from its own folder or from lower layers (docs/explanation/architecture.md)."""

import ast
import re
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "generator/callboard"
LAYERS = (
    ("model",),
    ("yaml",),
    ("redaction",),
    ("io",),
    ("settings", "markdown"),
    ("plugins",),
    ("api_reference",),
    ("descriptors", "sources", "integrations", "publish"),
    ("ingestion", "catalog"),
    ("state",),
    ("history",),
    ("documentation", "scorecards", "software_templates", "insights"),
    ("api_changes",),
    ("incremental",),
    ("diagrams",),
    ("pages",),
    ("search",),
    ("website",),
    ("scaffold",),
    ("build_inputs", "build_request"),
    ("build_caches", "build_report", "unchanged_build"),
    ("build_record",),
    ("pipeline",),
    ("builds",),
    ("lint",),
    ("digest", "onboarding"),
    ("preview",),
    ("cli",),
    ("__main__",),
)
"""From the lowest to the highest; rooms of one layer do not import each other."""
LAYER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager"}
REACHES_OUT = {"subprocess", "socket", "urllib.request", "http.client", "httpx", "httpcore", "ldap3", "requests"}


@cache
def trees():
    """Each module of the package with its syntax tree, parsed once."""
    return {module: ast.parse(module.read_text("utf-8")) for module in sorted(PACKAGE.rglob("*.py"))}


def room(module):
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def dotted(module):
    return ".".join(("callboard", *module.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def imported(tree):
    """Absolute names of what a module imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_module_imports_only_from_its_own_room_or_lower_layers():
    wrong = []
    for module, tree in trees().items():
        here = room(module)
        if here == "__init__":
            continue
        assert here in LAYER, f"{here} has no layer: give it one in the architecture first"
        for name in imported(tree):
            parts = name.split(".")
            if parts[0] != "callboard" or parts[1] in {here, "__version__"}:
                continue
            if LAYER[parts[1]] >= LAYER[here]:
                wrong.append(f"{dotted(module)} imports {name}")
    assert not wrong


def module_imports(tree, names):
    """The modules that a module imports while it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in names else node.module


def test_no_modules_import_each_other_in_a_circle():
    names = {dotted(module) for module in trees()}
    TopologicalSorter({dotted(module): {*module_imports(tree, names)} & names for module, tree in trees().items()}).prepare()


def test_modules_and_functions_are_bounded_and_have_names_that_say_something():
    wrong = []
    for module, tree in trees().items():
        lines = len(module.read_text("utf-8").splitlines())
        if lines > MAX_MODULE_LINES or module.stem in FORBIDDEN_NAMES:
            wrong.append(f"{dotted(module)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    wrong.append(f"{dotted(module)}.{node.name}: {length} lines")
    assert not wrong


def test_a_class_name_is_used_once():
    names = Counter(node.name for tree in trees().values() for node in tree.body if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_network_and_processes_are_reached_from_io_alone():
    allowed = {"io", "preview"}  # the preview serves on loopback
    wrong = [
        f"{dotted(module)} imports {name}"
        for module, tree in trees().items()
        if room(module) not in allowed
        for name in imported(tree)
        if any(name == out or name.startswith(f"{out}.") for out in REACHES_OUT)
    ]
    assert not wrong


def test_test_files_have_names_of_their_own():
    files = (file for file in Path(__file__).parent.rglob("*.py") if "fixtures" not in file.parts)
    names = [file.name for file in files if file.name not in {"conftest.py", "__init__.py"}]
    assert sorted(names) == sorted(set(names))


def test_the_manual_names_modules_that_exist():
    text = (PACKAGE.parents[1] / "docs/explanation/architecture.md").read_text("utf-8")
    named = set(re.findall(r"`((?:[a-z0-9_]+/)+[a-z0-9_]+\.(?:py|js))`", text)) - {"tests/test_architecture.py"}
    assert len(named) > 50
    assert [name for name in sorted(named) if not (PACKAGE / name).is_file()] == []


def test_the_first_line_of_a_module_is_a_sentence():
    short = [dotted(module) for module, tree in trees().items() if len((ast.get_docstring(tree) or "").splitlines()[0].split()) < 3]
    assert short == []
