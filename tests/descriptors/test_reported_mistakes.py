"""Mistakes of real authors and their siblings, each with its source: the place, the code and the hint of what is reported.

Sources: C3 to C13 are findings of a comparison with public reports; "sibling" is another input that the same cause reaches.
"""

import pytest

from descriptor_reading import GOOD, read

SECOND = GOOD.replace("orders", "cart")
COMMENT = "is a comment: remove the #, or put the value in quotes."
QUOTES = "Put the whole value in quotes if this belongs to it."
HYPHENS = "Write exactly three hyphens (---) in the first column if a second document begins below this line."
ANCHOR = "the anchor of line 5 is in another document"
TEMPLATE = """\
apiVersion: {}
kind: Template
metadata: {{name: service}}
spec: {{type: service, owner: team-orders, parameters: [], steps: []}}
"""


def metadata(*lines):
    return GOOD.replace("  name: orders\n", "  name: orders\n" + "".join(f"  {line}\n" for line in lines))


def spec(*lines):
    return GOOD + "".join(f"  {line}\n" for line in lines)


def separated(line):
    return f"{GOOD}{line}\n{SECOND}"


MISTAKES = {
    # C3: an anchor ends with its document
    "alias-of-another-document": (metadata("labels: &d {a: b}") + "---\n" + metadata("labels: *d"), [("YML001", 15, ANCHOR)]),
    "alias-sibling-in-flow": (
        metadata("links: [&d {url: https://a.example}]") + "---\n" + metadata("links: [*d]"),
        [("YML001", 15, ANCHOR)],
    ),
    "alias-of-nothing": (metadata("description: *bold* text"), [("YML001", 5, "Put the string in quotes")]),
    "alias-of-similar-name": (metadata("labels: &day {a: b}") + "---\n" + metadata("labels: *d"), [("YML001", 15, "Put the string")]),
    # C4: what was meant to be a line ---
    "no-separator": (GOOD + SECOND, [("YML002", 9, "Put a line --- before line 9")]),
    "four-hyphens": (separated("----"), [("YML001", 9, HYPHENS)]),
    "em-dash": (separated("—"), [("YML001", 9, HYPHENS)]),
    "indented-separator": (separated("  ---"), [("YML001", 9, HYPHENS)]),
    "separator-sibling-two": (separated("--"), [("YML001", 9, HYPHENS)]),
    "separator-sibling-en-dashes": (separated("–––"), [("YML001", 9, HYPHENS)]),
    "separator-sibling-equal-signs": (separated("====="), [("YML001", 9, HYPHENS)]),
    "separator-sibling-with-a-title": (separated("--- the cart"), [("YML001", 9, "Write --- alone on its line.")]),
    "separator-with-a-comment": (separated("--- # the cart"), []),
    "no-separator-but-a-word": (separated("next"), [("YML001", 9, "Put a colon and a space after the key")]),
    # descriptors.md, quote-mid, fullwidth-colon, en-dash-list, list-of-entities: hints about another cause
    "quote-in-the-middle": (metadata('description: "Orders" service'), [("YML001", 5, "Put the whole value in single quotes")]),
    "quote-sibling-item": (metadata("tags:", '- "a" b'), [("YML001", 6, "Put the whole value in single quotes")]),
    "quote-sibling-apostrophe": (metadata("description: 'it's orders'"), [("YML001", 5, "twice ('')")]),
    "quote-and-indentation": (GOOD.replace("metadata:", 'x: "a"\n y: b\nmetadata:'), [("YML001", 4, "Check the indentation")]),
    "full-width-colon": (GOOD.replace("kind:", "kind："), [("YML001", 2, 'Write ": " in place of "："')]),
    "colon-sibling-ratio": (GOOD.replace("kind: ", "kind∶"), [("YML001", 2, 'Write ": " in place of "∶"')]),
    "en-dash-item": (spec("dependsOn:", "  – component:pay"), [("SPC002", 10, 'Write "- " in place of "– "')]),
    "item-sibling-bullet": (spec("dependsOn:", "  • component:pay"), [("SPC002", 10, 'Write "- " in place of "• "')]),
    "list-of-descriptors": ("- " + GOOD.rstrip("\n").replace("\n", "\n  ") + "\n", [("YML008", 1, "a line --- above it")]),
    "list-of-lines": (GOOD.replace("apiV", "- apiV").split("metadata")[0].replace("kind", "- kind"), [("YML008", 1, 'Remove the "- "')]),
    # hostile, A2: a number that JSON cannot hold has a value for its author
    "owner-infinite": (GOOD.replace("team-orders", "1e999"), [("SPC002", 8, 'Put the value in quotes: "1e999".')]),
    "name-infinite": (GOOD.replace("name: orders", "name: .inf"), [("ENT006", 4, 'Put the value in quotes: ".inf".')]),
    "annotation-infinite": (metadata("annotations: {a: -1e999}"), [("ANN001", 5, 'Put the value in quotes: "-1e999".')]),
    "label-not-a-number": (metadata("labels: {a: .nan}"), [("ENT010", 5, 'Put the value in quotes: ".nan".')]),
    # real-catalogs 6: a line --- by mistake, at other places
    "cut-before-metadata": (
        GOOD.replace("metadata:", "---\nmetadata:"),
        [
            ("ENT005", 1, "Add"),
            ("SPC006", 1, "Write"),
            ("ENT001", 4, "Remove the line --- above line 4 if these lines belong to the descriptor above."),
            ("ENT003", 4, "Add"),
        ],
    ),
    # B2: fields of the root that are indented too far
    "spec-in-metadata": (
        GOOD.split("spec:")[0] + "  spec:\n" + "".join(f"  {line}\n" for line in GOOD.split("spec:\n")[1].splitlines()),
        [("SPC006", 1, 'Move "spec:" out of metadata: it begins in the first column.')],
    ),
    "kind-in-metadata": (
        GOOD.replace("kind: Component\n", "").replace("  name", "  kind: Component\n  name"),
        [("ENT003", 1, 'Move "kind:" out of metadata')],
    ),
    # C5: a required value that is empty cannot be removed
    "name-null": (GOOD.replace("name: orders", "name: null"), [("ENT006", 4, 'Write a string after "name:".')]),
    "owner-tilde": (GOOD.replace("owner: team-orders", "owner: ~"), [("SPC002", 8, 'Write a string after "owner:".')]),
    "description-empty": (metadata("description:"), [("ENT009", 5, "or remove the line.")]),
    # C9: links that pages do not make
    "link-to-slack": (metadata('links: [{url: "slack://channel?team=T1&id=C1"}]'), []),
    "link-to-a-phone": (metadata('links: [{url: "tel:+4930123456"}]'), []),
    "link-to-an-editor": (metadata('links: [{url: "vscode://file/x"}]'), [("ENT012", 5, "Link a page whose URL begins with https://")]),
    "link-sibling-ftp": (metadata('links: [{url: "ftp://files.acme.example"}]'), [("ENT012", 5, "Link a page")]),
    "link-sibling-script": (metadata('links: [{url: "JavaScript:alert(1)"}]'), [("ENT012", 5, "Link a page")]),
    # C10: valid YAML that loses text
    "hash-in-description": (metadata("description: Ticket #42 and more"), [("YML013", 5, QUOTES)]),
    "hash-sibling-title": (metadata("title: Orders #2"), [("YML013", 5, QUOTES)]),
    "hash-sibling-link-title": (metadata("links:", "- url: https://a.example", "  title: See #orders"), [("YML013", 7, QUOTES)]),
    "hash-in-quotes": (metadata('description: "Ticket #42"'), []),
    "hash-without-space": (metadata("description: C#42 and more"), []),
    "comment": (metadata("description: Takes orders # to be written"), []),
    "comment-for-a-tool": (metadata("description: Takes orders #gitleaks:allow"), []),
    "comment-behind-a-name": (GOOD.replace("type: service", "type: service #website"), []),
    "hash-in-a-block": (metadata("description: |", "  Ticket #42 and more"), []),
    "hash-in-place-of-owner": (GOOD.replace("owner: team-orders", "owner: #team-orders"), [("SPC002", 8, COMMENT)]),
    "hash-sibling-annotation": (metadata("annotations:", "  acme/slack: #orders"), [("ANN001", 6, COMMENT)]),
    "hash-sibling-item": (metadata("tags:", "- #orders"), [("ENT011", 6, COMMENT)]),
    "comment-in-place-of-owner": (
        GOOD.replace("owner: team-orders", "owner: # unknown"),
        [("SPC002", 8, 'Write a string after "owner:".')],
    ),
    "tag-in-description": (metadata("description: !important thing"), [("YML013", 5, QUOTES)]),
    "tag-sibling-annotation": (metadata("annotations: {acme/role: !Ref Role}"), [("YML013", 5, QUOTES)]),
    "tag-sibling-owner": (GOOD.replace("owner: team-orders", "owner: !team orders"), [("YML013", 8, QUOTES)]),
    "tag-of-yaml": (metadata("description: !!str 42"), []),
    "tag-in-quotes": (metadata("description: '!important'"), []),
    "anchor-without-alias": (metadata("description: &more about it"), [("YML013", 5, QUOTES)]),
    "anchor-with-alias": (metadata("title: &t Orders", "description: *t"), []),
    # C11: another apiVersion alone does not convert a template
    "template-v1beta2": (
        TEMPLATE.format("backstage.io/v1beta2"),
        [("ENT002", 1, "Convert the template to scaffolder.backstage.io/v1beta3")],
    ),
    "template-sibling-v1alpha1": (TEMPLATE.format("backstage.io/v1alpha1"), [("ENT002", 1, "Convert the template")]),
    "template-typo": (TEMPLATE.format("scaffolder.backstage.io/v1beta4"), [("ENT002", 1, "Write scaffolder.backstage.io/v1beta3.")]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_reported_at_its_place_with_a_hint_that_can_be_obeyed(name):
    text, expected = MISTAKES[name]
    problems = read(text).problems
    assert [(problem.code, problem.span.line) for problem in problems] == [(code, line) for code, line, _ in expected]
    assert not [problem.message for problem in problems if "has no value" in problem.message and "infinite" in name]
    assert all(hint in problem.hint for problem, (*_, hint) in zip(problems, expected, strict=True))
