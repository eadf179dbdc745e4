"""The proof of incrementality: whatever is edited, the site built upon the last one equals a clean one byte for byte.

A clean build has the same input and the same memory of the builds before (``state``, ``blobs``), but no cache and no site.
"""

import json
import random
import re
import shutil
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest

from callboard.website import assemble
from support import LONG
from support.clean_builds import Pair
from support.portal import digests

PARTS, EDITS = (4, 75) if LONG else (1, 12)
SEED = 20261122
SOURCES = """\
version: 1
portal: {{name: {name}, organization: Small, url: "https://portal.example/", timezone: Europe/Berlin}}
sources:
  - {{name: here, type: files, path: repositories, repositories: "*"}}
integrations:
  - {{name: seen, type: file, path: "facts/*.json", measures: all}}
scorecards: [basics.yaml, safe.yaml]
docs: {{blocks: true}}
"""
BASICS = """\
name: basics
levels: [bronze, silver]
max-age: 3d
rules:
  - {{id: described, level: bronze, check: {{field: description, matches: {words}}}}}
  - {{id: calm, level: silver, check: {{facts: incident, none: {{state: open, opened: {{older-than: {age}}}}}}}}}
"""
SAFE = """\
name: safe
rules:
  - {id: ready, check: {level: basics, at-least: bronze}}
  - {id: below, check: {related: dependsOn, none: {facts: vulnerability, any: {severity: {at-least: high}}}}}
  - {id: ready-below, check: {related: dependsOn, kind: [component], every: {level: basics, at-least: silver}}}
  - {id: owned, check: {related: ownedBy, any: {field: title, exists: true}}}
  - {id: valid, check: {problems: {}, count: 0}}
  - {id: shipped, check: {facts: deployment, any: {at: {newer-than: 5d}}}}
"""
TEAMS = [f"team-{i}" for i in range(5)]
GROUPS = "---\n".join(
    f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{name: {name}}}\n"
    f"spec: {{type: team, children: [], parent: {TEAMS[0] if name != TEAMS[0] else 'nobody'}}}\n"
    for name in TEAMS
) + "".join(
    f"---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {{name: person-{i}}}\nspec: {{memberOf: [{TEAMS[i % 5]}]}}\n"
    for i in range(6)
) + "".join(
    f"---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: system-{i}\n"
    + ("  annotations: {backstage.io/techdocs-ref: 'dir:.'}\n" if i == 0 else "")
    + f"spec: {{owner: {TEAMS[i]}, domain: shop}}\n"
    for i in range(4)
) + "---\napiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata: {name: shop}\nspec: {owner: team-0}\n"  # fmt: skip

BLOCKS = """
[](component:thing-{}) and [how](system:system-0/index.md#blocks)

## Blocks

```callboard-table
filter: kind:component owner:team-{}
columns: lifecycle, system, level:basics, health, problems, dependents
sort: {}
```

```callboard-figure
filter: kind:component,api
by: {}
```

```callboard-graph
filter: system:system-{}
```

```callboard-graph
entity: component:thing-{}
```
"""
FACTS = {
    "incident": [{"title": "Late", "opened": "-3h"}, {"title": "Slow", "opened": "2026-11-13T03:00Z", "resolved": "2026-11-14T03:00Z"}],
    "deployment": [{"version": "1.2", "at": "-1h", "state": "succeeded"}, {"version": "1", "at": "2026-11-20T00:00Z", "state": "failed"}],
    "vulnerability": [{"id": f"CVE-2026-{n}", "severity": s, "package": "zlib"} for n, s in enumerate(["critical", "high", "low"])],
    "availability": [{"name": "answers", "measured": m, "objective": 99.9} for m in (99.1, 99.95, None)],
    "on-call": [{"name": "rota", "shifts": [{"person": p, "start": "-2h", "end": "+9h"}]} for p in ("Ann", "Bo")],
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_file_is_recent(monkeypatch):
    """Sets of documentation are taken over also where a file was written in the second before."""
    monkeypatch.setattr("callboard.sources.files.folder.RECENT_NANOSECONDS", 0)


class Company:
    """What stands in a portal's folder, and what people do to it."""

    def __init__(self, folder, chance):
        self.folder = folder
        self.chance = chance
        self.number = 0
        self.files = {}
        self.name = "Small"
        self.waited = timedelta()
        self.groups = GROUPS
        self.write("org/catalog-info.yaml", self.groups)
        for _ in range(44):
            self.add()
        self.edit_settings()
        self.edit_scorecard()
        (folder / "safe.yaml").write_text(SAFE)
        self.change_facts()
        (folder / "guides").mkdir()
        self.edit_guide()
        self.edit_documentation()

    def write(self, path, text):
        file = self.folder / "repositories" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def save(self, path):
        self.write(path, "---\n".join(self.files[path]))

    def document(self, name):
        chance, names = self.chance, [f"thing-{i}" for i in range(max(self.number, 1))]
        kind = chance.choice(["Component", "Component", "API", "Resource"])
        about = f"  description: {chance.choice(['Keeps', 'Sends', 'Reads'])} {chance.choice(['orders', 'mail', 'the *books*'])}.\n"
        spec = f"  type: service\n  lifecycle: {chance.choice(['production', 'experimental'])}\n  owner: {chance.choice(TEAMS)}\n"
        spec += f"  system: system-{chance.randrange(5)}\n"
        if kind == "API":
            spec += "  definition: |\n    openapi: 3.0.0\n"
        else:
            others = sorted({f"{chance.choice(['component', 'resource'])}:{chance.choice(names)}" for _ in range(3)})
            spec += f"  dependsOn: [{', '.join(others)}]\n"
        if kind == "Component":
            spec += f"  providesApis: [{chance.choice(names)}]\n  consumesApis: [{chance.choice(names)}]\n"
        return f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n{about}spec:\n{spec}"

    def any_file(self):
        return self.chance.choice(sorted(self.files))

    def add(self):
        path = f"repo-{self.chance.randrange(30)}/catalog-info.yaml"
        self.files.setdefault(path, []).append(self.document(f"thing-{self.number}"))
        self.number += 1
        self.save(path)

    def remove(self):
        path = self.any_file()
        del self.files[path]
        shutil.rmtree((self.folder / "repositories" / path).parent)

    def rename(self):
        path = self.any_file()
        self.files[path][0] = self.files[path][0].replace("name: thing-", "name: renamed-thing-", 1)
        self.save(path)

    def edit(self):
        path = self.any_file()
        self.files[path][-1] = self.files[path][-1].replace("description: ", f"description: Now {self.chance.randrange(99)} ", 1)
        self.save(path)

    def change_relations(self):
        path = self.any_file()
        name = self.files[path][0].split("name: ")[1].split("\n")[0]
        self.files[path][0] = self.document(name)
        self.save(path)

    def move(self):
        source, target = self.any_file(), self.any_file()
        if source != target:
            self.files[target] += self.files.pop(source)
            shutil.rmtree((self.folder / "repositories" / source).parent)
            self.save(target)

    def change_owner(self):
        path = self.any_file()
        for team in TEAMS:
            self.files[path][0] = self.files[path][0].replace(f"owner: {team}\n", f"owner: {self.chance.choice(TEAMS)}\n")
        self.save(path)

    def retitle_group(self):
        """Another title of a team: pages name teams that they say nothing else of."""
        team = self.chance.choice(TEAMS)
        titled = f"metadata: {{name: {team}, title: Title {self.chance.randrange(99)}}}"
        self.groups = re.sub(rf"metadata: {{name: {team}\b[^}}]*}}", titled, self.groups)
        self.write("org/catalog-info.yaml", self.groups)

    def break_file(self):
        self.write(self.any_file(), "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\n description: a: b\n")

    def mend_files(self):
        for path in self.files:
            self.save(path)

    def edit_template(self):
        own = self.folder / "templates/404.html"
        own.parent.mkdir(exist_ok=True)
        own.write_text(f'<h1 id="content">Nothing here {self.chance.randrange(99)}</h1>')

    def edit_macro(self):
        own = self.folder / "templates/macros/ref.html"
        own.parent.mkdir(parents=True, exist_ok=True)
        ours = (REPOSITORY / "templates/macros/ref.html").read_text()
        own.write_text(f"{ours}{{# {self.chance.randrange(9)} #}}" if self.chance.random() < 0.5 else ours)

    def edit_guide(self):
        (self.folder / "guides/index.md").write_text(f"# Guides\n\nWords {self.chance.randrange(99)}.\n{self.blocks()}")

    def blocks(self):
        chance = self.chance
        field, other = chance.choice(["name", "-problems", "health"]), chance.choice(["owner", "lifecycle", "level"])
        return BLOCKS.format(chance.randrange(50), chance.randrange(5), field, other, chance.randrange(5), chance.randrange(50))

    def edit_documentation(self):
        self.write("org/docs/index.md", f"# Handbook\n\nWords {self.chance.randrange(99)}.\n{self.blocks()}")

    def edit_settings(self):
        self.name = self.chance.choice(["Small", "Tiny"])
        (self.folder / "sources.yaml").write_text(SOURCES.format(name=self.name))

    def change_facts(self):
        """What tools know of some; one of them may have nothing to say."""
        chance, folder = self.chance, self.folder / "facts"
        folder.mkdir(exist_ok=True)
        for family, facts in FACTS.items():
            named = [f"component:thing-{number}" for number in range(self.number) if chance.random() < 0.2]
            rows = [{"entity": ref, "url": "https://tool.example/1"} | chance.choice(facts) for ref in named]
            (folder / f"{family}.json").write_text(json.dumps(rows))

    def edit_scorecard(self):
        words, age = self.chance.choice(["Keeps", "e.*s"]), self.chance.choice(["2h", "3d"])
        (self.folder / "basics.yaml").write_text(BASICS.format(words=words, age=age))

    def edit_page_of_entities(self):
        """An own template for pages of entities, or for their sections; or the built-in ones again."""
        for name in ("entity.html", "macros/section.html"):
            own = self.folder / "templates" / name
            own.parent.mkdir(parents=True, exist_ok=True)
            own.unlink(missing_ok=True)
            if self.chance.random() < 0.5:
                own.write_text(
                    (REPOSITORY / "templates" / name)
                    .read_text()
                    .replace("{{ section(s) }}", "<hr>{{ section(s) | replace('Keeps', 'Holds') }}")
                )

    def damage_pages(self):
        """Pages of the last site that somebody changed, some of them without changing their size."""
        for page in sorted((self.folder / "site/catalog").rglob("index.html"))[:: self.chance.choice([3, 7])]:
            html = page.read_text()
            page.write_text(html.replace("thing", "gniht") if self.chance.random() < 0.5 else html + "<p>")

    def wait(self):
        """Days pass: what is shown of times is another."""
        self.waited += timedelta(days=self.chance.choice([1, 9, 40]))

    def touch(self):
        (self.folder / "repositories" / self.any_file()).touch()


REPOSITORY = Path(__file__).parents[2]
OFTEN = ("add", "remove", "rename", "edit", "edit", "change_relations", "move", "change_owner", "retitle_group", "break_file", "mend_files",
         "touch", "change_facts", "change_facts", "damage_pages", "wait")  # fmt: skip
SELDOM = ("edit_template", "edit_macro", "edit_page_of_entities", "edit_guide", "edit_documentation", "edit_settings", "edit_scorecard")


def edits(chance):
    """Names of the edits of each step without end: first every kind of edit once, then by chance."""
    names = sorted({*OFTEN, *SELDOM})
    chance.shuffle(names)
    for size in cycle((1, 1, 2)):
        yield [names.pop() if names else chance.choice(OFTEN if chance.random() < 0.9 else SELDOM) for _ in range(size)]


def share(monkeypatch, least, part):
    """Have as many pages shared out among all processors, in parts of that size."""
    monkeypatch.setattr(assemble, "WORTH_FORKING", least)
    monkeypatch.setattr(assemble, "BATCH", part)


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_after_random_edits_the_site_equals_a_clean_one(tmp_path, part, monkeypatch):
    chance = random.Random(SEED + part)
    company = Company(tmp_path / "portal", chance)
    pair = Pair(company.folder, tmp_path / "clean", monkeypatch)
    usual = (assemble.WORTH_FORKING, assemble.BATCH)
    now, kept = datetime(2026, 11, 22, 3, tzinfo=UTC), 0
    pair.build(now, accept_loss=True)
    for number, names in zip(range(EDITS), edits(chance), strict=False):
        for name in names:
            getattr(company, name)()
        now, company.waited = now + timedelta(hours=1) + company.waited, timedelta()
        pair.copy()
        # Every other build is shared out among all processors, as that of a portal with thousands of entities is.
        share(monkeypatch, *((4, 3) if number % 2 else usual))
        counts = pair.build(now, accept_loss=True)
        kept += counts["pages"] - counts["pages_rendered"]
        share(monkeypatch, *usual)
        pair.build_clean(now, accept_loss=True)
        ours, clean = digests(company.folder / "site"), digests(pair.other / "site")
        assert {path for path in ours.keys() | clean.keys() if ours.get(path) != clean.get(path)} == set(), f"after edit {number}: {names}"
    assert kept > EDITS * 20, "most pages stay as they are"
