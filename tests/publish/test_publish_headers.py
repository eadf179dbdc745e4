"""Types and times to keep, for all files that a site has."""

import pytest

from callboard.plugins.publishers.content_types import cache_control, content_type


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("catalog/default/component/a/index.html", "text/html; charset=utf-8"),
        ("assets/javascripts/bundle.a5f9d56c.min.js", "text/javascript; charset=utf-8"),
        ("assets/icons.svg", "image/svg+xml"),
        ("api/catalog/names.json", "application/json"),
        ("api/catalog/entities.jsonl", "application/jsonl"),
        ("api/catalog/entities/by-name/user/default/john.html", "application/json"),
        ("catalog/default/api/a/definition.proto", "text/plain; charset=utf-8"),
        ("catalog/default/api/a/definition.yaml", "text/plain; charset=utf-8"),
        ("search/t/w-con.json", "application/json"),
        ("sitemap.xml", "application/xml"),
        ("README", "application/octet-stream"),
        ("x/index.html/strange", "application/octet-stream"),
    ],
)
def test_types(path, kind):
    assert content_type(path) == kind


@pytest.mark.parametrize(
    "path",
    [
        "assets/javascripts/bundle.a5f9d56c.min.js",
        "assets/stylesheets/palette.fb2fffe2.min.css",
    ],
)
def test_files_named_by_their_content_are_kept_for_a_year(path):
    assert cache_control(path, is_public=True) == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["index.html", "assets/portal.css", "search/index.json", "search/t/w-con.json", "api/catalog/names.json"])
def test_everything_else_is_asked_for_anew(path):
    assert cache_control(path, is_public=False) == "private, no-cache"
