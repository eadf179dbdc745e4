"""Small sites, committed as a build commits them, and what publishers are given."""

import os
from datetime import UTC, datetime

from callboard.io.site_folder.staging import Staging
from callboard.plugins.publishers import PublishContext
from callboard.plugins.publishers.built_site import read_site
from callboard.settings.settings import Portal

NOW = datetime(2026, 11, 22, 2, 17, tzinfo=UTC)
OLD = {
    "index.html": b"<p>old",
    "404.html": b"<p>nowhere",
    "assets/portal.css": b"a{}",
    "assets/stylesheets/main.57a0d79d.min.css": b"b{}",
    "catalog/default/component/gone/index.html": b"<p>gone",
    "catalog/default/component/same/index.html": b"<p>same",
    "api/catalog/entities/by-name/user/default/a.b": b"{}",
}
NEW = {
    "index.html": b"<p>new",
    "404.html": b"<p>nowhere",
    "assets/portal.css": b"a{b:c}",
    "assets/stylesheets/main.57a0d79d.min.css": b"b{}",
    "catalog/default/component/fresh/index.html": b"<p>fresh",
    "catalog/default/component/same/index.html": b"<p>same",
    "api/catalog/entities/by-name/user/default/a.b": b"{}",
}
CHANGED, REMOVED = 3, 1
"""From OLD to NEW: index.html, portal.css and fresh; gone is removed."""


class InterruptedHereError(Exception):
    pass


class StopAt:
    """Raises before one step, by its number."""

    def __init__(self, number=None):
        self.number = number
        self.steps = []

    def __call__(self, what):
        self.steps.append(what)
        if len(self.steps) - 1 == self.number:
            raise InterruptedHereError(what)


def built(folder, files):
    """A site in a folder, as the build commits it."""
    staging = Staging(folder)
    for path, content in files.items():
        staging.put(path, content)
    staging.commit()
    return read_site(folder)


def context(tmp_path, step=lambda _: None, audience="internal", **more):
    root = tmp_path / "portal"
    root.mkdir(exist_ok=True)
    return PublishContext(root, root / ".callboard/cache", NOW, Portal(audience=audience), dict(os.environ), step=step, **more)
