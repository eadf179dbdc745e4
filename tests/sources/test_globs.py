"""Globs: what they match, that they agree with the standard library, that they cannot be made slow."""

import fnmatch
import glob
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.model.errors import TreeError
from callboard.plugins.sources.paths import compile_glob, compiled_glob, compiled_globs, is_glob, matching_paths

MATCHES = [
    ("[]", "[]", True),
    ("[!]", "[!]", True),
    ("[*a]b", "ab", True),
    ("[*a]b", "*b", True),
    ("[*a]b", "xb", False),
    ("*[*]", "a*", True),
    ("*[*]", "ab", False),
    ("catalog-info.yaml", "catalog-info.yaml", True),
    ("catalog-info.yaml", "a/catalog-info.yaml", False),
    ("**/catalog-info.yaml", "catalog-info.yaml", True),
    ("**/catalog-info.yaml", "a/b/c/catalog-info.yaml", True),
    ("**/catalog-info.yaml", "a/xcatalog-info.yaml", False),
    ("**/catalog-info.yaml", ".backstage/catalog-info.yaml", True),
    ("*.yaml", ".hidden.yaml", True),
    ("*", "a/b", False),
    ("a/**", "a", False),
    ("a/**", "a/b", True),
    ("a/**", "a/b/c", True),
    ("a/", "a/b/c", True),
    ("**", "a/b", True),
    ("**/**/x", "x", True),
    ("a/**/b/**/c", "a/b/c", True),
    ("a/**/b/**/c", "a/1/b/2/b/3/c", True),
    ("a/**/b/**/c", "a/1/2/c", False),
    ("a/**/b/c", "a/b/x/b/c", True),
    ("./a/*.yml", "a/x.yml", True),
    ("/a/*.yml", "a/x.yml", True),
    ("../a", "a", False),
    ("../*", "a", False),
    ("?.txt", "a.txt", True),
    ("a?b", "a/b", False),
    ("[a-c].txt", "b.txt", True),
    ("[!a-c].txt", "b.txt", False),
    ("[^a-c].txt", "d.txt", True),
    ("a[!x]b", "a/b", False),
    ("[]x]", "]", True),
    ("[z-a]", "m", False),
    ("[!z-a]", "m", True),
    ("[abc", "[abc", True),
    ("{a,b}/*.{yml,yaml}", "b/x.yaml", True),
    ("{a,b}/*.{yml,yaml}", "c/x.yaml", False),
    ("{a,{b,c}}", "c", True),
    ("{,a/}x", "a/x", True),
    ("{,a/}x", "x", True),
    ("{{cookiecutter.name}}/x", "{{cookiecutter.name}}/x", True),
    ("**/x", "${{ values.name | dump }}/x", True),
    ("*-service-*-api", "my-service-x-api", True),
    ("*a*a*", "baab", True),
    ("a**b", "aXb", True),
    ("a**b", "a/b", False),
    ("**/x", "line\nbreak/x", True),
    ("a.b", "axb", False),
]


@pytest.mark.parametrize(("pattern", "path", "expected"), MATCHES)
def test_a_glob_matches_as_a_shell_would(pattern, path, expected):
    assert bool(compiled_glob(pattern).fullmatch(path)) is expected


@given(st.text("ab[]!-*?.", min_size=1, max_size=8), st.text("ab-.!", min_size=1, max_size=6))
def test_a_name_matches_as_fnmatch_says(pattern, name):
    assert bool(compiled_glob(pattern).fullmatch(name)) == fnmatch.fnmatchcase(name, pattern) or pattern == "." or "[^" in pattern


NAMES = st.sampled_from(["a", "b", "ab", ".a", "*", "?", "a*", "*b", "[ab]", "**"])


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("globs")
    for depth in (1, 2, 3):
        for parts in itertools.product(["a", "b", "ab", ".a"], repeat=depth):
            (root.joinpath(*parts)).mkdir(parents=True, exist_ok=True)
            (root.joinpath(*parts) / "f").touch()
    return root, sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


@settings(deadline=None, max_examples=60)
@given(names=st.lists(NAMES, max_size=4))
def test_folders_match_as_the_standard_library_globs(folders, names):
    root, files = folders
    pattern = "/".join([*names, "f"])
    found = glob.glob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207 - pathlib globs differently in each version
    expected = {p for p in found if (root / p).is_file()}
    assert set(matching_paths(pattern, files)) == expected


@pytest.mark.parametrize(
    "pattern", ["*a" * 200 + "b", "**/a/" * 150 + "b", "**/*a*/" * 100 + "b", "*" * 999, "?*" * 300 + "b", "**/" * 300 + "b"]
)
def test_a_hostile_glob_ends_soon(pattern):
    assert not compiled_glob(pattern).fullmatch("a/" * 200 + "a" * 2_000)


@pytest.mark.parametrize("pattern", ["x" * 1_001, "{a,b}" * 9, "{" * 400 + "a,b" + "}" * 400 + "{c,d}" * 40])
def test_a_glob_beyond_the_bounds_is_refused(pattern):
    with pytest.raises(TreeError):
        compiled_glob(pattern)


@given(st.text("a*?[]!^-{},/.\\()|+$\n", max_size=30))
def test_any_text_compiles_or_is_refused(pattern):
    compiled_glob(pattern).fullmatch("a/a")


def test_no_glob_matches_nothing():
    assert not compiled_globs(()).fullmatch("")
    assert compiled_globs(("a", "b/*")).fullmatch("b/c")


def test_plain_paths_are_told_from_globs():
    assert [is_glob(t) for t in ("a/b.yaml", "{{x}}", "*.yaml", "{a,b}", "[a]")] == [False, False, True, True, True]


FOLDERS = [
    "x",
    "x/y",
    "./x",
    "x//y",
    "..",
    "../x",
    ".",
    ".x",
    "..x",
    "x/..y",
    "x/../y",
    "a b",
    "x/y.md",
    "x/",
    "",
    "x/y}",
    "x{",
    "x[",
    "x*",
    "/x",
]


@pytest.mark.parametrize("end", ["", "/**", "/", "/*"])
def test_paths_that_match_without_a_regular_expression_are_those_that_match_one(end):
    paths = ["x", "x/y", "x/y/z", "x/.h", "xy/z", "a b/c", "x/..y", "..x", "..x/y", ".x", ".x/y", "x/y.md", "x/y.md/z", "x/y}", "x/y}/z"]
    for folder in FOLDERS:
        expression = compile_glob(folder + end)
        assert matching_paths(folder + end, paths) == [path for path in paths if expression.fullmatch(path)], folder
