"""Damage of any file in ``.callboard``: the next build has the right site, or refuses and leaves the old one; never a wrong site."""

import dataclasses
import os
import random
import shutil
import subprocess
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from callboard import pipeline
from callboard.io.clock import Meter
from callboard.io.site_folder.file_times import FileTimes, times_of
from callboard.model.errors import CallboardError
from callboard.plugins.portal_settings import read_settings
from callboard.plugins.publishers import PublishContext
from callboard.plugins.publishers.built_site import read_site
from callboard.publish.git.publisher import GitPublisher
from callboard.website.theme_digests import is_whole
from faulty import Server
from state_builders import component, night
from support import EVERY_CASE

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


def outcome(portal, names, kind, dice):
    """What a build makes of these damaged files: ``right``, ``reported`` (a month of the history is missing), ``refused`` or ``wrong``."""
    portal.restore()
    before, paths = site_of(portal.root), [portal.root / ".callboard" / name for name in names]
    for path in paths:
        damage(path, kind, dice)
    content = {path: path.read_bytes() for path in paths if path.exists()}
    try:
        built = build(portal.root, 3)
    except CallboardError as error:
        is_clear = error.hint and any(path.name in str(error) for path in paths)
        return "refused" if is_clear and site_of(portal.root) == before else "wrong"
    if built.damaged:
        is_kept = all((path.parent / "damaged" / path.name).read_bytes() == text for path, text in content.items())
        return "reported" if built.damaged == tuple(paths) and is_kept else "wrong"
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


def published(portal, names, kind, dice):
    """What publishing makes of a damaged clone."""
    portal.restore()
    for name in names:
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


def groups_of(names):
    """Files that are damaged together: one of the state, several of a cache, of which each has to be mended."""
    for of, found in groupby(names, family):
        files = [*found]
        size = {"state": 1, "blobs": 1}.get(of.partition("/")[0], 30 if of == "cache/publish" else 5)
        yield from (files[start : start + size] for start in range(0, len(files), size))


def checked(portal, names, kinds=KINDS):
    """The number of files by family, kind of damage and outcome, which is never ``wrong``."""
    dice, outcomes = random.Random(7), Counter()
    for group in groups_of(names):
        for kind in kinds:
            result = (published if family(group[0]) == "cache/publish" else outcome)(portal, group, kind, dice)
            assert result != "wrong", f"{group}: {kind}"
            outcomes[family(group[0]), kind, result] += len(group)
    return outcomes


@EVERY_CASE
@pytest.mark.long
@pytest.mark.parametrize("part", ["blobs", "state", "cache/clones", "cache/publish", "cache/frames", "cache"])
def test_no_damage_of_any_file_makes_a_wrong_site(portal, part):
    """Of the files of a theme build, some are damaged for a whole build; of all of them, the damage is found."""
    dice, names = random.Random(3), [name for name in files_of(portal) if part_of(name) == part]
    outcomes = checked(portal, dice.sample(names, 3) if part == "cache/frames" else names)
    print(*(f"{name:24} {kind:9} {result:9} {count:4}" for (name, kind, result), count in sorted(outcomes.items())), sep="\n")  # noqa: T201
    assert {result for _, _, result in outcomes} == {"blobs": {"refused"}, "state": {"refused", "reported"}}.get(part, {"right"})
    if part == "cache/frames":
        portal.restore()
        assert all(is_found(portal, name, kind, dice) for name in names for kind in KINDS)


def part_of(name):
    """One of the parts of ``.callboard`` above; locks and the like are damaged with the caches."""
    return next(
        (part for part in ("blobs", "state", "cache/clones", "cache/publish", "cache/frames") if name.startswith(f"{part}/")), "cache"
    )


def test_damage_of_some_files_costs_only_what_was_damaged(portal):
    """One file of each cache, with a byte flipped in it: the site is right, and the counts of the build say what was made again."""
    counts = {}
    for name in ("descriptors.jsonl", "pages.jsonl", "data.json", "layouts/layouts.jsonl", "search/documents.tsv", "search/state.json"):
        portal.restore()
        path = portal.root / ".callboard/cache" / name
        content = path.read_bytes()
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        counts[name] = build(portal.root, 3).report["counts"]
        assert site_of(portal.root) == portal.expected, name
    portal.restore()
    whole = build(portal.root, 3).report["counts"]
    assert whole["descriptors_parsed"] == whole["themes_built"] == whole["search_indexes_built"] == 0
    keys = ("descriptors_parsed", "pages_rendered", "diagrams_laid_out", "themes_built", "search_indexes_built", "files_written")
    more = {name: {key: of[key] - whole[key] for key in keys if of[key] != whole[key]} for name, of in counts.items()}
    assert more == {
        "descriptors.jsonl": {"descriptors_parsed": 1},
        "pages.jsonl": {"pages_rendered": 1},
        "data.json": {},
        "layouts/layouts.jsonl": {},
        "search/documents.tsv": {},
        "search/state.json": {"search_indexes_built": 1},
    }


def test_a_file_of_the_site_that_was_changed_without_changing_its_size_is_repaired(portal):
    portal.restore()
    build(portal.root, 3)
    page = portal.root / "site/index.html"
    page.write_bytes(page.read_bytes().replace(b"<title>", b"<TITLE>"))
    (portal.root / "site/404.html").unlink()
    assert build(portal.root, 3).report["counts"]["files_repaired"] == 2
    assert site_of(portal.root) == portal.expected
    assert build(portal.root, 3).report["counts"]["files_repaired"] == 0


def test_a_change_that_leaves_size_and_times_as_they_were_is_found_when_everything_is_hashed(portal, monkeypatch):
    portal.restore()
    build(portal.root, 3)
    page = portal.root / "site/index.html"
    page.write_bytes(page.read_bytes().replace(b"<title>", b"<TITLE>"))
    monkeypatch.setattr(FileTimes, "load", lambda self, output, files: {} if self.verify else as_they_are(output, files))
    assert build(portal.root, 3).report["counts"]["files_repaired"] == 0
    assert build(portal.root, 3, verify=True).report["counts"]["files_repaired"] == 1
    assert site_of(portal.root) == portal.expected


def as_they_are(output, files):
    """The times of all files, as if none had been changed."""
    return {path: times_of(f"{output}/{path}", file.size) for path, file in files.items()}
