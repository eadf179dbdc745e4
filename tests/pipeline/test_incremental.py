"""The gate against slow builds: counts and bytes, which are the same on every machine, never seconds."""

import gzip
import re
from array import array
from datetime import UTC, datetime, timedelta

import pytest

from callboard.incremental.page_cache import read_pages
from support import shared_caches
from support.clean_builds import made
from synthetic import organisation

pytestmark = pytest.mark.long

SIZE = 300
COMPRESSED = 15_000
"""Bytes of an entity page without its diagram, as a server sends it."""
NAMES_PER_ENTITY = 12
"""Compressed bytes of the names index: 120 KB at 10,000."""
FAMILIES = {"component": 46_000, "api": 46_000, "resource": 40_000, "group": 36_000, "user": 34_000, "system": 60_000}
"""The mean page of each kind has at most so many bytes."""
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


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
    described = made(folder, NOW + timedelta(hours=1))
    file.write_text(re.sub(r"  dependsOn:\n    - \S+\n", "  dependsOn:\n", file.read_text(), count=1))
    related = made(folder, NOW + timedelta(hours=2))
    return folder, cold, same, described, related


def test_a_cold_build_makes_everything_once(nights):
    _, cold, *_ = nights
    assert cold["entities"] == SIZE
    assert cold["pages_rendered"] == cold["pages"] < SIZE + 120
    assert cold["files_written"] < 4.6 * SIZE + 250
    assert cold["diagrams_laid_out"] < 0.5 * SIZE


def test_nothing_changed_means_nothing_made(nights):
    _, cold, same, *_ = nights
    assert (same["pages_rendered"], same["files_written"], same["files_removed"], same["diagrams_laid_out"]) == (0, 0, 0, 0)
    assert same["files_unchanged"] == cold["files_written"]


def test_a_changed_description_renders_the_pages_that_say_it_and_no_diagram(nights):
    described = nights[3]
    assert 2 <= described["pages_rendered"] <= 12
    assert described["diagrams_laid_out"] == 0


def test_a_changed_relation_renders_its_neighbourhood(nights):
    related = nights[4]
    assert 2 <= related["pages_rendered"] <= 40
    assert related["diagrams_laid_out"] <= 10


def test_pages_and_indexes_stay_light(nights):
    folder = nights[0]
    for kind, limit in FAMILIES.items():
        pages = [page.read_bytes() for page in (folder / "site/catalog/default" / kind).glob("*/index.html")]
        assert sum(map(len, pages)) / len(pages) < limit, kind
        worst = max(len(gzip.compress(re.sub(rb"<svg.*?</svg>", b"", page, flags=re.DOTALL))) for page in pages)
        assert worst < COMPRESSED, kind
    names = gzip.compress((folder / "site/api/catalog/names.json").read_bytes())
    assert len(names) < NAMES_PER_ENTITY * SIZE + 2_000


def test_what_is_kept_for_the_next_build_can_be_read_again(nights):
    folder = nights[0]
    known = read_pages(folder / ".callboard/cache/pages.jsonl")
    assert len(known.pages) == nights[4]["pages"]
    assert {place for page in known.pages.values() for place in array("I", page.dependencies.numbers)} <= set(range(len(known.names)))
