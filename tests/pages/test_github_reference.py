"""GitHub's whole description (npm ``@octokit/openapi``, 13 MB): each operation and type stands once, and every page is of bounded size."""

import json
import os
import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from test_api_references import METHODS, reference

from support import FULL

FILE = Path(os.environ.get("CALLBOARD_GITHUB_OPENAPI", "/nowhere"))
IDS = re.compile(r' id="([^"]+)"')
LINKS = re.compile(r' href="([^"#]*)#([^"]+)"')
NODES = re.compile(r"<[a-z]|>[^<]")

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def document():
    if not FILE.is_file():
        (pytest.fail if FULL else pytest.skip)("needs npm's @octokit/openapi: CALLBOARD_GITHUB_OPENAPI=path of api.github.com.json")
    return json.loads(FILE.read_text())


@pytest.fixture(scope="module")
def pages(document):
    del document
    return reference(FILE.read_text())


def test_every_operation_of_github_stands_once_with_its_anchor(document, pages):
    items = [(path, item) for section in ("paths", "webhooks", "x-webhooks") for path, item in document.get(section, {}).items()]
    operations = Counter((method.upper(), path) for path, item in items for method in item if method in METHODS)
    shown = re.compile(r'<h3 id="op-[^"]+"><code class="cb-verb">(\w+)</code> <a class="cb-plain" href="#[^"]+"><code><bdi>([^<]+)<')
    assert Counter(chain.from_iterable(shown.findall(html) for html in pages.values())) == operations
    assert sum(operations.values()) > 1_200


def test_every_type_of_github_stands_once_with_its_anchor(document, pages):
    shown = re.compile(r'<h3 id="type-[^"]+"><a class="cb-plain" href="#[^"]+"><code><bdi>([^<]+)<')
    assert Counter(chain.from_iterable(shown.findall(html) for html in pages.values())) == Counter([*document["components"]["schemas"]])


def test_each_link_to_a_part_of_githubs_reference_lands(pages):
    ids = {path: {*found} for path, html in pages.items() if len(found := IDS.findall(html)) == len({*found})}
    assert len(ids) == len(pages), "an id stands twice on a page"
    for path, html in pages.items():
        inside = {(page_at(path, to), anchor) for to, anchor in LINKS.findall(html) if "://" not in to}
        missing = [(page, anchor) for page, anchor in inside if anchor not in ids.get(page, ())]
        assert not missing, (path, missing[:5])


def page_at(path, target):
    return os.path.normpath(f"{path}/{target}") + "/" if target else path


def test_no_page_of_githubs_reference_is_too_heavy_for_a_browser(pages):
    assert max(len(html.encode()) for html in pages.values()) <= 378_000  # with the frame 400 KB
    assert max(len(NODES.findall(html)) for html in pages.values()) <= 24_000  # with the frame 25,000 elements and texts
