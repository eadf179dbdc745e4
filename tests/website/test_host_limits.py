"""A warning before a service rejects the site: the limits of the services, and which service serves a portal."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callboard.io.site_folder.staging import Committed
from callboard.settings.settings import Settings
from callboard.website import host_limits
from callboard.website.host_limits import HOSTS, Host, host_of, limit_problems
from support.clean_builds import made

PORTAL = Settings(Path("/portal"), Path("/portal/sources.yaml"))


def size(files=1, size=1):
    return Committed(files, 0, 0, size), [f"catalog/{number}/index.html" for number in range(files)]


@pytest.mark.parametrize(
    ("host", "measured", "message"),
    [
        ("github-pages", size(size=799_999_999), None),
        ("github-pages", size(size=800_000_000), "The site has 800 MB; GitHub Pages serves at most 1,000 MB."),
        ("gitlab-pages", size(size=1_200_000_000), "The site has 1,200 MB; GitLab Pages serves at most 1,000 MB."),
        ("gitlab-pages", size(files=79_900), None),
        ("gitlab-pages", size(files=80_000), "The site has 160,002 files and folders; GitLab Pages serves at most 200,000."),
        ("cloudflare-pages", size(files=15_999), None),
        ("cloudflare-pages", size(files=16_000), "The site has 16,000 files; Cloudflare Pages (free plan) serves at most 20,000."),
        ("cloudflare-pages-paid", size(files=16_000, size=10**10), None),
    ],
)
def test_a_build_warns_from_four_fifths_of_a_limit_on(host, measured, message):
    found = limit_problems(replace(PORTAL, host=host), *measured)
    assert [problem.message for problem in found] == ([message] if message else [])
    assert all(problem.code == "PUB001" and problem.origin.path == "sources.yaml" for problem in found)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ({"type": "git", "url": "https://github.com/acme/portal.git"}, "GitHub Pages"),
        ({"type": "git", "url": "git@gitlab.com:acme/portal.git"}, "GitLab Pages"),
        ({"type": "git", "url": "https://github.com.example/acme/portal.git"}, None),
        ({"type": "git", "url": "https://[broken"}, None),
        ({"type": "s3", "bucket": "github.com"}, None),
        ("unset", None),
    ],
)
def test_the_service_is_known_from_the_targets(target, name):
    host = host_of(replace(PORTAL, sections={"publish": [target]}))
    assert (host.name if host else None) == name


def test_the_service_that_the_portal_names_is_right():
    assert (
        host_of(replace(PORTAL, host="cloudflare-pages", sections={"publish": [{"type": "git", "url": "https://github.com/a/b"}]}))
        is (HOSTS["cloudflare-pages"])
    )


def test_the_warning_is_among_the_problems_of_a_build(tmp_path, monkeypatch):
    monkeypatch.setitem(host_limits.HOSTS, "github-pages", Host("GitHub Pages", bytes=1_000))
    (tmp_path / "sources.yaml").write_text("publish: {host: github-pages}\nsources: [{name: here, type: files, path: data}]\n")
    (tmp_path / "data").mkdir()
    assert made(tmp_path, datetime(2026, 11, 22, 3, tzinfo=UTC))["problems_by_code"]["PUB001"] == 1
