"""The gate against slow builds: counts and bytes, which are the same on every machine, never seconds."""

import gzip
import hashlib
import json
import re
from array import array
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest

from callboard.incremental.page_cache import read_pages
from support import shared_caches
from support.clean_builds import made
from support.remainders import dead_ends_of
from synthetic import organisation

pytestmark = pytest.mark.long

SIZE = 300
COMPRESSED = 15_000
"""Bytes of the heaviest entity page, as a server sends it."""
NAMES_PER_ENTITY = 12
"""Compressed bytes of the names index: 120 KB at 10,000."""
SECTIONS = {
    "shell": 7_000,
    "head": 2_400,
    "about": 2_000,
    "problems": 1_000,
    "relations": 7_500,
    "impact": 2_600,
    "map": 1_000,
    "by kind": 3_100,
    "api-operations": 2_000,
    "definition": 1_000,
    "operations": 2_000,  # without tools: defects of documentation
    "descriptor": 3_000,
    "documentation": 1_000,
    "the rest": 1_000,
}
"""Bytes of each section: at most so many, divided by the number of all entity pages. A section that a later change adds gets a row."""
MEAN, MEAN_COMPRESSED = 27_000, 5_600
"""Bytes of the mean entity page without facts of tools."""
_BY_KIND = ("contains-", "owns", "teams-own", "apis", "subcomponents", "members", "groups", "organisation", "memberships")
"""Beginnings of ids of sections that list entities of some kind."""
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def digests(site):
    """Path and digest of each file of a site that a reader can request."""
    files = (path for path in site.rglob("*") if path.is_file() and not path.name.startswith(".callboard"))
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).digest() for path in files}


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """A cold build, one without any change, one after an edit of a description, one after an edit of a relation."""
    folder = tmp_path_factory.mktemp("organisation")
    organisation.write(folder, SIZE)
    with shared_caches.lent(folder):
        cold = made(folder, NOW)
    same = made(folder, NOW)
    files = sorted((folder / "repositories").glob("*/catalog-info.yaml"))
    file = next(file for file in files if "dependsOn" in file.read_text())
    file.write_text(re.sub(r"description: (\w+)", r"description: Now \1", file.read_text(), count=1))
    before = digests(folder / "site")
    described = made(folder, NOW + timedelta(hours=1))
    described["changed"] = {path for path, digest in digests(folder / "site").items() if before.get(path) != digest}
    described["name"] = file.parent.name
    file.write_text(re.sub(r"  dependsOn:\n    - \S+\n", "  dependsOn:\n", file.read_text(), count=1))
    related = made(folder, NOW + timedelta(hours=2))
    return folder, cold, same, described, related


def test_a_cold_build_makes_everything_once(nights):
    cold = nights[1]
    assert cold["entities"] == SIZE
    site = nights[0] / "site"
    kinds = ("docs/**/*.html", "catalog/default/*/*/reference/**/*.html", "problems/**/*.html")
    documents, references, codes = (sum(1 for _ in site.glob(pages)) for pages in kinds)
    assert cold["pages_rendered"] == cold["pages"] < SIZE + documents + references + codes + 40
    assert cold["files_written"] < 4.1 * SIZE + 3 * (documents + references) + 420
    assert cold["diagrams_laid_out"] < 0.5 * SIZE


def test_every_remainder_leads_to_the_rest(nights):
    assert list(dead_ends_of(nights[0] / "site")) == []


def test_nothing_changed_means_nothing_made(nights):
    _, cold, same, *_ = nights
    assert (same["pages_rendered"], same["files_written"], same["files_removed"], same["diagrams_laid_out"]) == (0, 0, 0, 0)
    assert same["files_unchanged"] == cold["files_written"]


def test_a_changed_description_renders_the_pages_that_say_it_and_no_diagram(nights):
    described = nights[3]
    assert 2 <= described["pages_rendered"] <= 12
    assert described["diagrams_laid_out"] == 0


def test_a_changed_description_writes_its_page_those_that_say_it_and_lists(nights):
    folder, described = nights[0], nights[3]
    site, [own] = folder / "site", (folder / "site/catalog/default").glob(f"*/{nights[3]['name']}")
    place = f"{own.relative_to(site)}/"
    linked = {urljoin(place, href) for href in re.findall(r'href="([^"#?:]+/)', (own / "index.html").read_text())}
    allowed = {place, *(path for path in linked if path.startswith("catalog/default/"))}
    pages = {path for path in described["changed"] if path.startswith("catalog/default/")}
    assert {path for path in pages if f"{path.rpartition('/')[0]}/" not in allowed} == set()
    lists = described["changed"] - pages
    assert {path.partition("/")[0] for path in lists} <= {
        "api",
        "build.json",
        "catalog",
        "changes",
        "index.html",
        "search",
        "status",
        "systems",
    }
    assert len([path for path in lists if path.endswith("index.html")]) <= 8


def test_no_page_holds_a_digest_of_data_that_changes_from_day_to_day(nights):
    site = nights[0] / "site"
    loaded = json.loads((site / "build.json").read_text())["data"]
    assert {"names.json", "table.json", "relations.json", "columns.json"} <= loaded.keys()
    assert all(hashlib.sha256((site / "api/catalog" / name).read_bytes()).hexdigest().startswith(digest) for name, digest in loaded.items())
    held = [path for path in site.rglob("*.html") if any(digest in path.read_text() for digest in loaded.values())]
    assert held == []


def test_a_changed_relation_renders_its_neighbourhood(nights):
    related = nights[4]
    assert 2 <= related["pages_rendered"] <= 40
    assert related["diagrams_laid_out"] <= 10


def weights(page):
    """Bytes of each row of ``SECTIONS`` in a page."""
    start, end = page.index("<article"), page.rindex("</article>")
    head, *sections = re.split(r'(?=<section aria-labelledby=")', page[start:end])
    rows = Counter({"shell": len((page[:start] + page[end:]).encode()), "head": len(head.encode())})
    name = "head"
    for section in sections:
        id_ = re.match(r'<section aria-labelledby="([^"]+)"', section)[1]
        is_part = f'id="{id_}"' not in section.partition("</h2>")[0]
        name = name if is_part else id_ if id_ in SECTIONS else "by kind" if id_.startswith(_BY_KIND) else "the rest"
        rows[name] += len(section.encode())
    return rows


def test_pages_and_indexes_stay_light(nights):
    folder = nights[0]
    pages = [page.read_text() for page in (folder / "site/catalog/default").glob("*/*/index.html")]
    assert len(pages) == SIZE
    total = sum(map(weights, pages), Counter())
    assert {name: weight // SIZE for name, weight in total.items() if weight > SECTIONS[name] * SIZE} == {}
    assert sum(total.values()) < MEAN * SIZE
    packed = [len(gzip.compress(page.encode())) for page in pages]
    assert sum(packed) < MEAN_COMPRESSED * SIZE
    assert max(packed) < COMPRESSED
    names = gzip.compress((folder / "site/api/catalog/names.json").read_bytes())
    assert len(names) < NAMES_PER_ENTITY * SIZE + 2_000


def test_what_is_kept_for_the_next_build_can_be_read_again(nights):
    folder = nights[0]
    known = read_pages(folder / ".callboard/cache/pages.jsonl")
    assert len(known.pages) == nights[4]["pages"]
    ids = {*known.fingerprints.ids}
    assert all(ids & {*array("I", page.dependencies.ids)} for page in known.pages.values() if page.dependencies.ids)
