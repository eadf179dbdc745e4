"""Every link of the example's pages to a file leads to a file, folder or line below ``examples/acme``."""

import os
import re
import shutil
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from callboard import pipeline
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from support import shared_caches

ROOT = Path(__file__).parents[2]
LINK = re.compile(
    r"https://github\.com/acme/(?P<repository>[^/\"#]*)/(?P<view>blob|edit|tree)/main/(?P<path>[^\"#]*)(?:#L(?P<line>\d+))?(?=\")"
)
ANY_FILE = re.compile(r"https://github\.com/acme/[^\"\s]*/(?:blob|edit|tree)/[^\"\s]*(?=\")")
KINDS = {"blob": Path.is_file, "edit": Path.is_file, "tree": Path.is_dir}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("acme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copy(ROOT / "sources.yaml", folder)
    request = pipeline.BuildRequest(
        read_settings(folder / "sources.yaml", {}), folder / "site", datetime(2026, 1, 1, tzinfo=UTC), dict(os.environ)
    )
    with shared_caches.lent(folder):
        pipeline.build(request, Meter())
    return folder / "site"


def dead(url):
    """Why a link leads nowhere; empty if its file, folder and line exist."""
    link = LINK.match(f'{url}"')
    if link is None:
        return "is not made from the template"
    file = ROOT / "examples/acme" / link["repository"] / unquote(link["path"])
    if not link["repository"] or not KINDS[link["view"]](file):
        return "there is no such file"
    if link["line"] and not 1 <= int(link["line"]) <= len(file.read_text(encoding="utf-8", errors="replace").splitlines()):
        return "there is no such line"
    return ""


@pytest.mark.long
def test_every_link_to_a_file_of_the_example_leads_to_that_file_folder_and_line(site):
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    urls = {unescape(url) for page in pages for url in ANY_FILE.findall(page)}
    assert {url: reason for url in sorted(urls) if (reason := dead(url))} == {}
    assert len({LINK.match(f'{url}"')["repository"] for url in urls}) == len([p for p in (ROOT / "examples/acme").iterdir() if p.is_dir()])
    assert sum("#L" in url for url in urls) > 5
    assert sum("/edit/" in url for url in urls) > 50
