"""CODEOWNERS as GitHub reads it: the cases of its documentation, and hostile files."""

import pytest

from callboard.sources.codeowners import owner_for

DOCUMENTED = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("catalog-info.yaml", ["@global-owner1", "@global-owner2"]),
        ("src/a.js", ["@js-owner"]),
        ("src/a.go", ["docs@example.com"]),
        ("a.txt", ["@octo-org/octocats"]),
        ("build/logs/deep/x.bin", ["@octocat"]),
        ("x/logs/y", ["@octocat"]),
        ("docs/x.md", ["@doctocat"]),
        ("docs/a/b.md", ["@doctocat"]),
        ("deep/apps/x", ["@octocat"]),
        ("scripts/x", ["@doctocat", "@octocat"]),
        ("apps/x", ["@octocat"]),
        ("apps/github/x", []),
    ],
)
def test_the_cases_of_githubs_documentation(path, owners):
    assert owner_for(DOCUMENTED, path) == owners


@pytest.mark.parametrize(
    ("text", "path", "owners"),
    [
        ("", "x", []),
        ("* @a\n* @b\n", "x", ["@b"]),
        ("* @a\n*.js\n", "x.js", []),
        ("docs/* @a\n", "docs/x", ["@a"]),
        ("docs/* @a\n", "docs/a/x", []),
        ("docs/* @a\n", "more/docs/x", []),
        ("/x @a\n", "y/x", []),
        ("x @a\n", "y/x/z", ["@a"]),
        ("X @a\n", "x", []),
        ("a\\ b @a\n", "a b", ["@a"]),
        ("* @a\n!x @b\n[x] @c\nx.[ch] @d\n", "x", ["@a"]),
        ("* @a\nx notanowner\n", "x", ["@a"]),
        ("[Section] @s\n* @a\n", "x", ["@a"]),
        ("\ufeff* @a\r\n", "x", ["@a"]),
        ("/**/y @a\n", "a/b/y", ["@a"]),
        ("* @org/team.name-1 first.last@acme.example\n", "x", ["@org/team.name-1", "first.last@acme.example"]),
        ("{a,b} @a\n", "a", []),
        ("*" * 5_000 + " @a\n", "x", []),
        ("x" * 4_000_000, "x", []),
    ],
)
def test_the_last_line_that_matches_counts(text, path, owners):
    assert owner_for(text, path) == owners


SECTIONS = """\
[Backend] @acme/payments
catalog-info.yaml
*.go @acme/go

^[Docs][2] @acme/writers # two approvals
*.md
README.md @ada

[backend]
/deploy/
[Nobody]
*.css
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("catalog-info.yaml", ["@acme/payments"]),
        ("main.go", ["@acme/go"]),
        ("guide.md", ["@acme/writers"]),
        ("README.md", ["@ada"]),
        ("deploy/x", []),
        ("deploy/guide.md", ["@acme/writers"]),
        ("a.css", []),
    ],
)
def test_a_line_without_owners_in_a_section_of_gitlab_has_those_of_the_heading(path, owners):
    """codeowners#37, dd-trace-java#11999, renovate#29202."""
    assert owner_for(SECTIONS, path) == owners


def test_each_section_of_gitlab_has_owners_and_the_last_one_comes_first():
    text = "* @acme/all\n[Backend]\n* @acme/payments @ada\n[Docs] @ada\n*\n"
    assert owner_for(text, "x") == ["@ada", "@acme/payments", "@acme/all"]
