"""Changes of descriptors as patches: only the touched lines change, and what cannot be changed alone is not changed."""

import difflib

import pytest

from callboard.descriptors.patching import AddItem, RemoveItem, SetValue, patched

TEXT = """# head
apiVersion: backstage.io/v1alpha1
kind: Group   # first
---
apiVersion: backstage.io/v1alpha1   # second
kind: Component
metadata:
  name: 'shop'   # the name
  annotations:
    github.com/project-slug: "acme/old" # slug
  links:
    # the dashboard
    - url: https://one.example
      title: >-
        One
        link
    # the wiki
    - title: Two
      url: https://two.example

    - {url: https://three.example}   # three
spec:
  type: service
  lifecycle: experimental   # since 2024
  owner: platform
  providesApis: [one, "two"]   # flow
  dependsOn:
  - component:a   # a
  # last
  tags: []
  system: |
    shop

# tail
"""
LIFECYCLE = ("spec", "lifecycle")


def difference(text, edit, document=1):
    new = patched(text, document, edit)
    assert new is not None
    return [row for row in difflib.ndiff(text.split("\n"), new.split("\n")) if row[:2] in {"- ", "+ "}]


CASES = {
    "a value": (
        SetValue(LIFECYCLE, "production"), ["-   lifecycle: experimental   # since 2024", "+   lifecycle: production   # since 2024"],
    ),
    "a value in quotes": (
        SetValue(("metadata", "annotations", "github.com/project-slug"), "acme/new"),
        ['-     github.com/project-slug: "acme/old" # slug', '+     github.com/project-slug: "acme/new" # slug'],
    ),
    "a value that needs quotes": (SetValue(("spec", "owner"), "007"), ["-   owner: platform", '+   owner: "007"']),
    "the first item": (
        RemoveItem(("metadata", "links", 0)),
        ["-     - url: https://one.example", "-       title: >-", "-         One", "-         link"],
    ),
    "an item in the middle": (RemoveItem(("metadata", "links", 1)), ["-     - title: Two", "-       url: https://two.example"]),
    "an item in braces": (RemoveItem(("metadata", "links", 2)), ["-     - {url: https://three.example}   # three"]),
    "the only item": (
        RemoveItem(("spec", "dependsOn", 0)), ["-   dependsOn:", "+   dependsOn: []", "-   - component:a   # a"],
    ),
    "an item on one line": (
        RemoveItem(("spec", "providesApis", 0)), ['-   providesApis: [one, "two"]   # flow', '+   providesApis: ["two"]   # flow'],
    ),
    "the last item on one line": (
        RemoveItem(("spec", "providesApis", 1)), ['-   providesApis: [one, "two"]   # flow', "+   providesApis: [one]   # flow"],
    ),
    "a new item": (AddItem(("spec", "dependsOn"), "component:b"), ["+   - component:b"]),
    "a new item on one line": (
        AddItem(("spec", "providesApis"), "three"),
        ['-   providesApis: [one, "two"]   # flow', '+   providesApis: [one, "two", three]   # flow'],
    ),
    "the first item of an empty list": (AddItem(("spec", "tags"), "x"), ["-   tags: []", "+   tags: [x]"]),
    "a new list": (AddItem(("spec", "consumesApis"), "a: b"), ["+   consumesApis:", '+     - "a: b"']),
}  # fmt: skip


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["unix", "windows"])
@pytest.mark.parametrize(("edit", "rows"), CASES.values(), ids=CASES)
def test_only_the_touched_lines_change(edit, rows, ends):
    found = [row for row in difference(TEXT.replace("\n", ends), edit) if not row.startswith("? ")]
    assert [row.rstrip("\r") for row in found] == rows
    assert ends == "\n" or all(row.endswith("\r") for row in found)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        (TEXT, SetValue(("spec", "system"), "other")),
        (TEXT, SetValue(("spec", "nothing"), "x")),
        (TEXT, RemoveItem(("metadata", "links", 9))),
        (TEXT, AddItem(("spec", "owner"), "x")),
        ("spec: {a: 1}\n", AddItem(("spec", "b"), "x")),
        ("a: &x [1]\nb: *x\n", AddItem(("b",), "x")),
        ("a: &x one\nb: *x\n", SetValue(("b",), "two")),
        ("a:\n  b: [\n    one,\n    two]\n", RemoveItem(("a", "b", 0))),
        ("a: [\n", SetValue(("a",), "x")),
        (f"a: b\nc: {'x' * 300_000}\n", SetValue(("a",), "x")),
    ],
)
def test_a_change_that_cannot_be_made_alone_is_not_made(text, edit):
    assert patched(text, 1 if text is TEXT else 0, edit) is None


def test_the_last_line_may_have_no_end():
    assert patched("spec:\n  a: b", 0, AddItem(("spec", "c"), "d")) == "spec:\n  a: b\n  c:\n    - d"
