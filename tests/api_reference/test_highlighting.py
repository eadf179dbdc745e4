import re
from html import unescape

import pytest

from callboard.api_reference.definitions import MAX_BYTES, format_of, highlight

HOSTILE = "openapi: 3.0.0\ninfo: {title: \"<script>alert('x')</script>\"}\n\n  \n# </code></pre><img src=x>\n"


@pytest.mark.parametrize("language", ["yaml", "json", "graphql", "protobuf", "xml", "typescript", "text", "no-such", "../x"])
def test_nothing_is_lost_and_nothing_is_let_through(language):
    html = highlight(HOSTILE, language)
    assert unescape(re.sub(r"<[^>]*>", "", html)) == HOSTILE
    assert set(re.findall(r"<(\w+)", html)) <= {"div", "pre", "code", "span"}
    assert "style=" not in html


def test_known_languages_have_classes():
    assert '<span class="nt">openapi</span>' in highlight("openapi: 3.0.0\n", "YAML")


def test_too_large_a_text_is_plain():
    assert "<span" in highlight("a: 1\n" * 10, "yaml")
    assert "<span" not in highlight("a: 1\n" * MAX_BYTES, "yaml")
    assert "<span" not in highlight("[" + "1," * 4_000 + "1]", "json")


@pytest.mark.parametrize(
    ("api_type", "definition", "language", "extension", "label"),
    [
        ("openapi", "openapi: 3", "yaml", "yaml", "OpenAPI"),
        ("OpenAPI", '\ufeff \n{"openapi": "3"}', "json", "json", "OpenAPI"),
        ("grpc", 'syntax = "proto3";', "protobuf", "proto", "gRPC"),
        ("soap-ish", "{}", "json", "json", "soap-ish"),
        ("soap-ish", "x", "text", "txt", "soap-ish"),
        (None, "x", "text", "txt", "Unknown type"),
        ({"a": 1}, "x", "text", "txt", "Unknown type"),
    ],
)
def test_a_type_says_language_extension_and_label(api_type, definition, language, extension, label):
    found = format_of(api_type, definition)
    assert (found.language, found.extension, found.label) == (language, extension, label)
