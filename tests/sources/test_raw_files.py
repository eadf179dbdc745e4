"""Raw files from hosts: a web page in their place is refused, and removed from the cache."""

import pytest

from callboard.io.http.cache import Answer
from callboard.io.http.errors import HttpError
from callboard.sources.hosts import file_content

PAGE = b"<!DOCTYPE html><title>Sign in</title>"


HTML = "Text/HTML; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("catalog-info.yaml", HTML), ("docs/index.md", HTML), ("openapi.json", HTML), ("html", HTML), ("catalog-info.yaml", "text/plain"),
        ("catalog-info.yaml", ""), ("openapi.json", "text/plain"),
    ],
)  # fmt: skip
def test_a_web_page_is_not_the_content_of_another_file(path, media_type):
    forgotten = []
    answer = Answer(200, {"content-type": media_type}, PAGE, "https://host/raw", forget=lambda: forgotten.append(path))
    with pytest.raises(HttpError, match="web page"):
        file_content(answer, path)
    assert forgotten == [path]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("docs/index.html", "text/html"), ("docs/INDEX.HTM", "text/html"), ("docs/index.md", "text/plain")],
)
def test_a_file_is_its_own_content(path, media_type):
    assert file_content(Answer(200, {"content-type": media_type}, PAGE, "https://host/raw"), path) == PAGE
