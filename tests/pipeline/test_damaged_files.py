"""Damage of any file in ``.callboard``: the next build has the right site, or refuses and leaves the old one; never a wrong site."""

import dataclasses
import os
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from callboard import pipeline
from callboard.io.clock import Meter
from callboard.model.errors import CallboardError
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.publishers import PublishContext
from callboard.plugins.publishers.built_site import read_site
from callboard.publish.git.publisher import GitPublisher
from callboard.website.theme_digests import is_whole
from faulty import Server
from state_builders import component, night

SETTINGS = """
version: 1
portal: {{name: Damage, timezone: Europe/Berlin}}
sources:
  - {{name: shop, type: files, path: shop}}
  - {{name: org, type: files, path: org}}
  - {{name: shared, type: git, url: "file://{folder}/shared"}}
  - {{name: web, type: http, urls: ["{web}/web.yaml"]}}
integrations:
  - {{name: scanner, type: file, path: facts/vulnerability.json, family: vulnerability}}
publish:
  - {{type: git, url: "{folder}/remote.git"}}
"""
TEAM = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: shop}\nspec: {type: team, children: []}\n"
PLAIN = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
KINDS = ("flip", "truncate", "delete", "empty")


@dataclasses.dataclass(frozen=True)
class Portal:
    root: Path
    pristine: Path
    """A copy of ``root`` before the build that is tested."""
    expected: dict[str, bytes]
    """The site that this build makes of undamaged files."""

    def restore(self):
        shutil.rmtree(self.root / ".callboard")
        shutil.rmtree(self.root / "site")
        shutil.rmtree(self.root / "remote.git")
        for part in (".callboard", "site", "remote.git"):
            subprocess.run(["cp", "-a", self.pristine / part, self.root / part], check=True)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *who, *arguments], cwd=folder, env=PLAIN, check=True, capture_output=True)


def prepare(folder, web):
    write(folder / "sources.yaml", SETTINGS.format(folder=folder, web=web))
    write(folder / "org/catalog-info.yaml", TEAM)
    write(folder / "guides/index.md", "# Guides\n\nWords.\n")
    for number in range(4):
        depends = f"component:shop-{number - 1}" if number else "component:bank"
        write(folder / f"shop/{number}/catalog-info.yaml", component(f"shop-{number}", owner="shop", dependsOn=[depends]))
    api = component("orders", owner="shop", type="graphql", definition="type Query { order(id: ID): String }\n" * 200)
    write(folder / "shop/api/catalog-info.yaml", api.replace("kind: Component", "kind: API"))
    write(folder / "shared/catalog-info.yaml", component("bank", owner="shop"))
    git(folder, "init", "-q", "-b", "main", "shared")
    git(folder / "shared", "add", "-A")
    git(folder / "shared", "commit", "-q", "-m", "first")
    git(folder, "init", "-q", "--bare", "remote.git")
    vulnerability = (
        '[{"entity": "component:bank", "id": "CVE-2026-1", "severity": "high", "title": "Overflow", "url": "https://x.example"}]'
    )
    write(folder / "facts/vulnerability.json", vulnerability)


def build(folder, number, **more):
    settings = read_settings(folder / "sources.yaml", {})
    built = pipeline.build(pipeline.BuildRequest(settings, folder / "site", night(number), dict(os.environ), **more), Meter())
    assert built.failures == ()
    return built


def publish(folder, number):
    settings = read_settings(folder / "sources.yaml", {})
    cache, (target,) = folder / ".callboard/cache", settings.sections["publish"]
    options = {key: value for key, value in target.items() if key != "type"}
    context = PublishContext(folder, cache, night(number), settings.portal, dict(os.environ))
    GitPublisher(options, context).publish(read_site(folder / "site"))


def site_of(folder):
    root = folder / "site"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module", autouse=True)
def _no_flush():
    """Nothing is flushed to the disk: that matters when the power fails, and takes minutes here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        for module in ("callboard.io.site_folder.journal", "callboard.state.files", "callboard.website.theme_build"):
            patch.setattr(f"{module}.flush", lambda _: None)
        yield


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """A portal of three builds, each with a change, before its fourth."""
    folder = tmp_path_factory.mktemp("damage") / "portal"

    def answer(asked, wire):
        if asked.headers.get("If-None-Match") == '"1"':
            wire.answer(304, b"", {"ETag": '"1"'})
        else:
            wire.answer(200, component("web", owner="shop").encode(), {"ETag": '"1"', "Content-Type": "text/yaml"})

    with Server(answer) as server:
        prepare(folder, server.url)
        for number in range(3):
            write(folder / "shop/0/catalog-info.yaml", component("shop-0", owner="shop", lifecycle=f"stage-{number}"))
            build(folder, number)
        publish(folder, 2)
        subprocess.run(["cp", "-a", folder, folder.with_name("pristine")], check=True)
        built = build(folder, 3)
        assert built.report["counts"]["descriptors_parsed"] == 0
        portal = Portal(folder, folder.with_name("pristine"), site_of(folder))
        portal.restore()
        yield portal


def files_of(portal):
    root = portal.pristine / ".callboard"
    return [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file()]


def damage(path, kind, dice):
    content = path.read_bytes()
    if kind == "delete":
        path.unlink()
        return
    if not content:
        return
    place = dice.randrange(len(content))
    flipped = content[:place] + bytes([content[place] ^ 1 << dice.randrange(7)]) + content[place + 1 :]
    path.chmod(0o644)  # objects of git are read-only
    path.write_bytes({"flip": flipped, "truncate": content[:place], "empty": b""}[kind])


def outcome(portal, name, kind, dice):
    """What a build makes of it: ``right``, ``reported`` (a month of the history is missing), ``refused`` or ``wrong``."""
    portal.restore()
    before = site_of(portal.root)
    path = portal.root / ".callboard" / name
    damage(path, kind, dice)
    content = path.read_bytes() if path.exists() else None
    try:
        built = build(portal.root, 3)
    except CallboardError as error:
        is_clear = error.hint and path.name in str(error)
        return "refused" if is_clear and site_of(portal.root) == before else "wrong"
    if built.damaged:
        assert built.damaged == (path,)
        assert content is None or (path.parent / "damaged" / path.name).read_bytes() == content
        return "reported"
    return "right" if site_of(portal.root) == portal.expected else "wrong"


def family(name):
    parts = name.split("/")
    return "/".join(parts[:2]).split(".")[0] if parts[0] in {"cache", "state"} else parts[0]


def is_found(portal, name, kind, dice):
    """Whether a damaged file of a theme build is found: each makes MkDocs run, so that a whole build is made for some only."""
    path = portal.root / ".callboard" / name
    content = path.read_bytes()
    damage(path, kind, dice)
    theme = portal.root / ".callboard" / "/".join(name.split("/")[:3])
    changed = not path.exists() or path.read_bytes() != content
    found = is_whole(theme) != changed
    path.write_bytes(content)
    return found


def published(portal, name, kind, dice):
    """What publishing makes of a damaged clone."""
    portal.restore()
    damage(portal.root / ".callboard" / name, kind, dice)
    build(portal.root, 3)
    try:
        publish(portal.root, 3)
    except CallboardError as error:
        return "refused" if error.hint else "wrong"
    git(portal.root, "--git-dir=remote.git", "fsck")
    shutil.rmtree(portal.root / "branch", ignore_errors=True)
    git(portal.root, "clone", "-q", "-b", "gh-pages", "remote.git", "branch")
    found = {path.relative_to(portal.root / "branch").as_posix(): path for path in (portal.root / "branch").rglob("*") if path.is_file()}
    got = {path: file.read_bytes() for path, file in found.items() if not path.startswith((".git/", ".nojekyll", ".callboard-site"))}
    return "right" if got == {path: text for path, text in portal.expected.items() if path != ".callboard-site"} else "wrong"


def tried(portal, name, kind, dice):
    return published(portal, name, kind, dice) if name.startswith("cache/publish/") else outcome(portal, name, kind, dice)


def checked(portal, names, kinds_of):
    """The outcomes by family, kind of damage and result; with ``--capture=no``, they are printed."""
    dice, outcomes = random.Random(7), Counter()
    for name in names:
        for kind in kinds_of(name):
            result = tried(portal, name, kind, dice)
            print(name, kind, result, flush=True)  # noqa: T201
            assert result != "wrong", f"{name}: {kind}"
            outcomes[family(name), kind, result] += 1
    for (name, kind, result), count in sorted(outcomes.items()):
        print(f"{name:24} {kind:9} {result:9} {count:4}")  # noqa: T201 - the table of a report
    return outcomes


@pytest.mark.long
def test_no_damage_of_any_file_makes_a_wrong_site(portal):
    names = files_of(portal)
    themes = [name for name in names if name.startswith("cache/frames/")]
    outcomes = checked(portal, [name for name in names if name not in themes], lambda _: KINDS)
    dice = random.Random(3)
    outcomes += checked(portal, dice.sample(themes, 5), lambda _: (dice.choice(KINDS),))
    portal.restore()
    assert all(is_found(portal, name, kind, dice) for name in themes for kind in KINDS)
    families = {name for name, _, _ in outcomes}
    assert families >= {
        "blobs",
        "cache/clones",
        "cache/frames",
        "cache/http",
        "cache/publish",
        "cache/search",
        "state/current",
        "state/history",
    }
    results = Counter(result for _, _, result in outcomes.elements())
    assert results["right"] > 200
    assert results["refused"] > 20
    assert results["reported"] > 3
