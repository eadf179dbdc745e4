"""Placeholders against Backstage's own cases; the tree stands for the repository of the case's location."""

import posixpath
from urllib.parse import urlsplit

import pytest

from callboard.descriptors.document import FileLocation
from callboard.descriptors.placeholders import Placeholders
from callboard.model.errors import MissingFileError
from callboard.settings.settings import Limits
from descriptor_reading import GOOD, PLACE, cases, read

CASES = [case for case in cases("placeholders") if "note" not in case["expect"]]
BASE = "https://git.example.com/o/r/"
GITHUB = "https://github.com/acme/web/"


def tree_path(url):
    """The path in the repository that a URL of the case means."""
    if url.startswith(GITHUB):
        return url.removeprefix(GITHUB).split("/", 2)[2]
    return url.removeprefix(BASE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_placeholder_agrees_with_backstage(case):
    location = case["location"]
    inside = location.startswith("https://")
    path = tree_path(location) if inside else posixpath.normpath(location)
    files = {tree_path(url): text for url, text in case["files"].items()}
    seen = []

    def content(name):
        seen.append(name)
        if name not in files:
            raise MissingFileError(name)
        return files[name].encode()

    def fetch(url, _):
        own = urlsplit(url).hostname == "git.example.com" or url.lower().startswith(GITHUB)
        return content(tree_path(url)) if own else None

    place = FileLocation("here", "tree", "acme/web", "", path)
    value, failures = Placeholders(place, content, fetch, Limits()).replaced(case["input"])
    assert bool(failures) is bool(case["expect"].get("error"))
    for part in ("spec", "metadata"):
        if part in case["expect"]:
            assert value[part] == case["expect"][part]
    assert seen == [tree_path(url) for url in case["expect"].get("read", [f"{name}" for name in seen])]


def definition(target, files=None, **options):
    return read(GOOD + f"  extra:\n    $text: {target}\n", files, **options)


@pytest.mark.parametrize(
    "target", ["../../etc/passwd", "'../../../x'", "..\\..\\x", "'%2e%2e/%2e%2e/x'", '"//evil.example/x"', "file:///etc/passwd", "/../x"]
)
def test_no_placeholder_leaves_its_tree(target):
    result = definition(target, {})
    assert {problem.code for problem in result.problems} & {"PLC001", "PLC003", "PLC005"}
    assert result.entities[0].spec["extra"] == {"$text": target.strip("'\"")}


def test_a_file_is_read_once_for_all_documents():
    result = read("---\n".join([GOOD + "  extra:\n    $text: ./a.txt\n"] * 2).replace("name: orders", "name: a", 1), {"svc/a.txt": "x"})
    assert [entity.spec["extra"] for entity in result.entities] == ["x", "x"]


def test_the_bytes_of_all_placeholders_of_a_file_are_bounded():
    result = read(GOOD + "  a: {$text: a}\n  b: {$text: b}\n", {"svc/a": "x" * 60, "svc/b": "x" * 60}, limits=Limits(placeholder_bytes=100))
    assert [problem.code for problem in result.problems] == ["PLC001"]
    assert result.entities[0].spec["a"] == "x" * 60


def test_a_failed_placeholder_is_the_only_thing_said_of_its_field():
    text = GOOD.replace("Component", "API") + "  definition:\n    $text: ./gone.yaml\n"
    result = read(text)
    assert [(problem.code, problem.span.line) for problem in result.problems] == [("PLC001", 10)]
    assert len(result.entities) == 1


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a": NaN}', '"\\ud800"', "[" * 80 + "]" * 80])
def test_hostile_json_is_no_surprise(content):
    result = read(GOOD + "  extra:\n    $json: ./a.json\n", {"svc/a.json": content})
    assert len(result.entities) == 1
    str(result.entities[0].spec).encode()


def test_a_url_elsewhere_is_asked_of_the_sources_alone():
    asked = []
    for url in ("https://example.com/a", "https://github.com/acme/web/blob/main/svc/a.txt"):
        definition(url, {"svc/a.txt": "x"}, fetch=lambda *args: asked.append(args))
    assert asked == [("https://example.com/a", PLACE), ("https://github.com/acme/web/blob/main/svc/a.txt", PLACE)]
