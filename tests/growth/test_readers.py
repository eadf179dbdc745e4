"""Each reader of texts of authors takes time that grows with the text, not with its square, whatever fragment the text repeats."""

import contextlib
import json

import pytest
from attacks import TooLongError, limited, seconds

import yaml
from callboard.api_reference.definitions import highlight
from callboard.api_reference.texts import ReferenceAnchors
from callboard.descriptors.fixing import fix_text
from callboard.descriptors.kinds import builtin_kinds
from callboard.integrations.reports.findings import without_quoted_secrets
from callboard.integrations.reports.sarif import sarif
from callboard.markdown.media import DrawingError, safe_drawing
from callboard.markdown.rendering import first_sentence, plain, to_html
from callboard.model.transliteration import usable_name, usable_tag
from callboard.pages.search_text import alias
from callboard.redaction.masking import masked
from callboard.settings.settings import Limits
from callboard.sources.codeowners import CodeOwners
from callboard.website.guide_html import safe_html
from callboard.website.guide_links import links_in
from callboard.website.guides import guide_text
from descriptor_reading import GOOD, read
from support import EVERY_CASE

SHORT, LONG, MOST = 2_000, 16_000, 24
"""Characters, and the factor of the time that fails: linear is 8, quadratic 64."""
LEAST_SECONDS = 0.02
STOP = 10
"""Seconds for a text of 16 KB, three times."""
FRAGMENTS = (
    "a", " ", "\t", "\n", "\r\n", "e.g. X ", "x. X ", "\u3002", "/* ", "*/", '"', '\\"', '"""', "'", "// ", "[", "[[](", "](",
    "![", "](x)[", "<", "<a ", "<!--", "&", "&amp", "*", "*a ", "**a", "_a", "`", "``` \n", "~~", "| a ", "a|\n-|\n", "> ", ">[", "- ",
    "- \t", "1. ", "# ", "# a\r\n", "\\", "{", "{a: ", "a: ", "a:\n ", "? ", "%a\n", "---\n", "&a ", "*a\n", "@a.", "x@", "@a/b ",
    "://a:b@", "http://x)", "https://a ", ")", "eyJ", "AKIA", "k_live_", "-----BEGIN PRIVATE KEY-----\n", "password=", "{{", "${{ a",
    "$text: x\n", ",", "a,b,", ":=", "/", "./", "../", "{a,", "?*", "é", "\u202e", "\ufb01", "\x00",
)  # fmt: skip
QUICK = ("e.g. X ", '\\"', "# a\r\n", "- \t", "/* ", "[[](", "http://x)", "x@", "a: ")


def _component(**metadata):
    value = yaml.safe_load(GOOD)
    value["metadata"] |= metadata
    return yaml.safe_dump(value, allow_unicode=True)


def _definition(kind):
    def reader(text):
        value = yaml.safe_load(GOOD) | {"kind": "API"}
        value["spec"] |= {"type": kind, "definition": text}
        read(json.dumps(value))

    return reader


def _fixed(text):
    document = _component(tags=[text], labels={"a": text})
    fix_text(document, read(document).problems, lambda _: builtin_kinds())


def _drawing(text):
    with contextlib.suppress(DrawingError):
        safe_drawing(f'<svg xmlns="http://www.w3.org/2000/svg"><style>{text}</style></svg>'.encode())


def _anchors(text):
    anchors = ReferenceAnchors()
    for _ in text:
        anchors.of("op", text[0])


def _report(text):
    result = {"ruleId": text, "message": {"text": text}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": text}}}]}
    list(sarif(json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [result]}]}).encode()))


ANNOTATIONS = ("github.com/project-slug", "backstage.io/kubernetes-label-selector", "sentry.io/project-slug")
READERS = {
    "first sentence": first_sentence,
    "Markdown to HTML": to_html,
    "Markdown to text": plain,
    "descriptor": lambda text: read(text, limits=Limits()),
    "descriptor after a good document": lambda text: read(f"{GOOD}---\n{text}"),
    "comments before a descriptor": lambda text: read(f"{text}\n{GOOD}"),
    "texts of a descriptor": lambda text: read(_component(title=text, description=text, tags=[text], labels={"a/b": text, text[:60]: "x"})),
    "annotations": lambda text: read(_component(annotations=dict.fromkeys((*ANNOTATIONS, text[:60]), text))),
    "links": lambda text: read(_component(links=[{"url": f"https://x.example/{text}", "title": text}, {"url": text}])),
    "placeholder": lambda text: read(GOOD.replace("service", f"{{$text: {json.dumps(text)}}}")),
    "OpenAPI definition": _definition("openapi"),
    "GraphQL definition": _definition("graphql"),
    "gRPC definition": _definition("grpc"),
    "anchors of equal names": _anchors,
    "fixes": _fixed,
    "CODEOWNERS, lines": lambda text: CodeOwners(text).owners("a/b/catalog-info.yaml"),
    "CODEOWNERS, owners": lambda text: CodeOwners(f"* {text}\n[x] {text}\n/a {text} @b").owners("a/b"),
    "masking": lambda text: masked(text, is_public=True),
    "masking of JSON": lambda text: masked(json.dumps({"a": text, "b": [text]}), is_public=True),
    "names": lambda text: (usable_tag(text), usable_name(text)),
    "words for search": alias,
    "highlighting": lambda text: highlight(text, "yaml"),
    "links of a guide": lambda text: list(links_in(text)),
    "HTML of a guide": safe_html,
    "text of a guide": lambda text: guide_text(f"<article>{safe_html(text)}</article>"),
    "drawing": _drawing,
    "secrets in findings": without_quoted_secrets,
    "SARIF report": _report,
}  # fmt: skip

QUICK_READERS = ("comments before a descriptor", "links of a guide", "CODEOWNERS, owners", "names")


def _is_too_slow(reader, short, long, tries):
    much = seconds(reader, long, tries)
    return much >= LEAST_SECONDS and much > MOST * seconds(reader, short, tries)


def _is_slow(reader, fragment):
    """Whether eight times the text takes more than ``MOST`` times as long, or more than ``STOP`` seconds; not where it takes 20 ms."""
    short, long = (fragment * (size // len(fragment)) for size in (SHORT, LONG))
    for _ in range(2):  # other work on the machine may spoil all measurements of a moment
        try:
            with limited(STOP):
                if not all(_is_too_slow(READERS[reader], short, long, tries) for tries in (1, 3, 5)):  # one good one is enough
                    return False
        except TooLongError:
            continue
    return True


@pytest.mark.parametrize("reader", [pytest.param(name, marks=() if name in QUICK_READERS else pytest.mark.long) for name in READERS])
def test_a_reader_takes_linear_time_for_the_fragments_that_were_slow_once(reader):
    assert [fragment for fragment in QUICK if _is_slow(reader, fragment)] == []


@EVERY_CASE
@pytest.mark.long
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_takes_linear_time_for_every_fragment(reader):
    assert [fragment for fragment in FRAGMENTS if _is_slow(reader, fragment)] == []


def test_codeowners_of_a_large_repository_is_parsed_once_for_all_paths():
    """3,000 lines and 300 descriptors took two minutes when each path parsed all lines."""
    owners = CodeOwners("".join(f"/services/s{n}/ @acme/team-{n}\n**/lib{n}/* @acme/lib\n" for n in range(1_500)))
    paths = [f"services/s{n}/catalog-info.yaml" for n in range(100)]
    assert seconds(lambda _: [owners.owners(path) for path in paths], "") < 2
    assert owners.owners("services/s7/catalog-info.yaml") == ["@acme/team-7"]
