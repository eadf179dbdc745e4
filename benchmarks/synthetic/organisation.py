"""A synthetic organisation: one folder a repository, realistic degrees, deep hubs. The same seed gives the same bytes.

Most descriptors have a warning, as real ones do. Components depend on earlier ones, so that the graph has no cycles but the planted rings, and
four in five of these dependencies go to a component in proportion to the dependents that it has already: chains of hubs arise.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

SHARES = {
    "Component": 0.46,
    "API": 0.15,
    "Resource": 0.12,
    "User": 0.17,
    "Group": 0.045,
    "System": 0.04,
    "Domain": 0.004,
    "Template": 0.006,
}
"""Kinds of the public catalogs that we counted, people added."""

WORDS = (
    "account address audit basket billing booking catalog checkout claims content coupon customer delivery device discount document "
    "email event export fraud gateway identity image import inventory invoice label ledger loyalty mail market media message metrics "
    "notification offer order parcel partner payment price product profile promotion quote rating receipt refund report returns review "
    "route sales search session shipment stock store stream subscription supplier support tariff tax tenant ticket token tracking "
    "transfer user vehicle voucher wallet warehouse webhook"
).split()
SUFFIXES = {
    "service": "service api-server svc backend worker core".split(),
    "website": "web ui frontend portal".split(),
    "library": "lib sdk client kit".split(),
    "job": "job cron batch sync".split(),
    "data-pipeline": "pipeline etl feed".split(),
}
TYPES = [("service", 0.62), ("library", 0.14), ("website", 0.1), ("job", 0.08), ("data-pipeline", 0.06)]
RESOURCES = ["database", "s3-bucket", "queue", "cache", "topic", "kubernetes-cluster"]
TAGS = "java go python typescript kotlin rust tier-1 tier-2 tier-3 pci gdpr public internal batch realtime".split()
WARNED = 0.75
"""Share of components, APIs and resources with a link to a reserved host, which is a warning."""
ATTACHED = 0.8
"""Share of dependencies on components that prefer hubs."""
RING = 500
"""One component in so many closes a ring of three."""
VERBS = "keeps sends reads checks prices stores ranks merges routes exports signs collects publishes answers renders".split()


def batched(items: Iterator[str], size: int) -> Iterator[list[str]]:
    """Lists of at most ``size`` items."""
    while part := list(itertools.islice(items, size)):
        yield part


def sentence(rng: random.Random, words: int = 9) -> str:
    """A line that a team could have written: about ``words`` words."""
    return f"{rng.choice(VERBS).capitalize()} {' '.join(rng.choice(WORDS) for _ in range(words))}."


class Organisation:
    """Names, owners and edges of ``size`` entities; ``repositories`` yields the files."""

    def __init__(self, size: int, seed: int = 7) -> None:
        self.rng = random.Random(seed)
        self.count = {kind: max(1, round(size * share)) for kind, share in SHARES.items()}
        self.count["Component"] += size - sum(self.count.values())
        self.names: dict[str, list[str]] = {}
        self.taken: set[str] = set()
        self.names["Domain"] = [self.name("domain") for _ in range(self.count["Domain"])]
        self.names["System"] = [self.name("") for _ in range(self.count["System"])]
        self.names["Group"] = [self.name("team", front=True) for _ in range(self.count["Group"])]
        self.names["User"] = [f"{self.rng.choice(WORDS)}.{self.rng.choice(WORDS)}{i}" for i in range(self.count["User"])]
        self.names["Template"] = [self.name("template") for _ in range(self.count["Template"])]
        self.names["Resource"] = [self.name(self.rng.choice(["db", "bucket", "queue", "cache"])) for _ in range(self.count["Resource"])]
        self.names["API"] = [self.name("api") for _ in range(self.count["API"])]
        self.types = self.rng.choices([t for t, _ in TYPES], [w for _, w in TYPES], k=self.count["Component"])
        self.names["Component"] = [self.name(self.rng.choice(SUFFIXES[t])) for t in self.types]
        self.attached = [0]
        """Components, each as often as something depends on it, and once for itself."""

    def name(self, word: str, *, front: bool = False) -> str:
        """A fresh name of two words and ``word``, in one of the spellings that people use."""
        while True:
            parts = [self.rng.choice(WORDS), self.rng.choice(WORDS)]
            if f"{parts} {word}" in self.taken:
                parts.append(str(self.rng.randrange(10_000)))
            parts = [word, *parts] if front else [*parts, word] if word else parts
            style = self.rng.random()
            name = (
                "-".join(parts)
                if style < 0.8
                else "_".join(parts)
                if style < 0.88
                else ".".join(parts)
                if style < 0.94
                else "".join(p.capitalize() for p in parts)
            )
            if name.lower() not in self.taken:
                self.taken |= {name.lower(), f"{parts[:2]} {word}"}
                return name

    def dependencies(self, i: int, count: int) -> list[str]:
        """Names of ``count`` components before the one at ``i``; the last of a ring also depends on one behind it."""
        names, found = self.names["Component"], set[int]()
        for _ in range(count if i else 0):
            near = max(0, i - self.rng.randint(1, 12))
            j = self.rng.choice(self.attached) if self.rng.random() < ATTACHED else near
            if j < i:
                found.add(j)
                self.attached.append(j)
        self.attached.append(i)
        if i % RING in {0, 1} and i + 1 < len(names):
            found.add(i + 1)
        if i % RING == 2:
            found.add(i - 2)
        return sorted(names[j] for j in found)

    def link(self, name: str, title: str, indent: str = "  ") -> str:
        """The lines of one link."""
        host = "example.com" if self.rng.random() < WARNED else "acme.io"
        return f"{indent}links:\n{indent}  - url: https://runbooks.{host}/{name}\n{indent}    title: {title}\n"

    def near(self, kind: str, index: int, count: int) -> list[str]:
        """Names close to ``index`` in proportion, and now and then a hub: most edges stay inside a system, a few things serve all."""
        names = self.names[kind]
        found = []
        for _ in range(count):
            if self.rng.random() < 0.12:
                found.append(names[int(len(names) * self.rng.random() ** 6)])
            else:
                centre = index * len(names) // max(1, self.count["Component"])
                found.append(names[max(0, min(len(names) - 1, centre + self.rng.randint(-6, 6)))])
        return sorted(set(found))

    def repositories(self) -> Iterator[tuple[str, str, str]]:
        """(folder, file name, text) of every descriptor."""
        for folder, documents in (("organisation", self.people()), ("architecture", self.structure())):
            for number, part in enumerate(batched(documents, 200)):
                yield f"{folder}-{number}", "catalog-info.yaml", "---\n".join(part)
        apis, resources = iter(range(self.count["API"])), iter(range(self.count["Resource"]))
        ratio_api, ratio_resource = self.count["API"] / self.count["Component"], self.count["Resource"] / self.count["Component"]
        given_api = given_resource = 0.0
        for i in range(self.count["Component"]):
            given_api, given_resource = given_api + ratio_api, given_resource + ratio_resource
            provided, own = [], []
            while given_api >= 1 and (a := next(apis, None)) is not None:
                given_api -= 1
                provided.append(a)
            while given_resource >= 1 and (r := next(resources, None)) is not None:
                given_resource -= 1
                own.append(r)
            documents = [self.component(i, provided, own), *(self.api(i, a) for a in provided), *(self.resource(i, r) for r in own)]
            yield self.names["Component"][i].lower(), "catalog-info.yaml", "---\n".join(documents)
        rest = [*(self.api(0, a) for a in apis), *(self.resource(0, r) for r in resources)]
        if rest:
            yield "leftovers", "catalog-info.yaml", "---\n".join(rest)

    def owner(self, index: int) -> str:
        """The group at the same proportion: neighbours share teams."""
        groups = self.names["Group"]
        return groups[index * len(groups) // self.count["Component"]]

    def component(self, i: int, provided: list[int], own: list[int]) -> str:
        name, rng = self.names["Component"][i], self.rng
        depends = [f"component:{n}" for n in self.dependencies(i, rng.choice([0, 1, 1, 2, 3, 4]))]
        depends += [f"resource:{self.names['Resource'][r]}" for r in own] + [
            f"resource:{n}" for n in self.near("Resource", i, rng.choice([0, 0, 1]))
        ]
        if rng.random() < 0.04:
            depends.append(f"component:{rng.choice(WORDS)}-gone")
        consumes = self.near("API", i, rng.choice([0, 0, 1, 2]))
        lines = [
            "apiVersion: backstage.io/v1alpha1", "kind: Component", "metadata:", f"  name: {name}",
            f"  description: {sentence(rng)}",
            "  annotations:", f"    github.com/project-slug: acme/{name.lower()}", "    backstage.io/techdocs-ref: dir:.",
            f"  tags: [{', '.join(sorted(set(rng.choices(TAGS, k=rng.randint(0, 4)))))}]",
            self.link(name, "Runbook").rstrip("\n"),
            "spec:", f"  type: {self.types[i]}",
            f"  lifecycle: {rng.choices(['production', 'experimental', 'deprecated'], [88, 10, 2])[0]}",
            f"  owner: {self.owner(i)}", f"  system: {self.names['System'][i * self.count['System'] // self.count['Component']]}",
        ]  # fmt: skip
        for key, items in (
            ("providesApis", [self.names["API"][a] for a in provided]),
            ("consumesApis", consumes),
            ("dependsOn", sorted(set(depends))),
        ):
            if items:
                lines += [f"  {key}:", *(f"    - {item}" for item in items)]
        return "\n".join(lines) + "\n"

    def api(self, i: int, a: int) -> str:
        name, rng = self.names["API"][a], self.rng
        paths = "".join(
            f"      /{rng.choice(WORDS)}:\n        get:\n          summary: {sentence(rng, 4)}\n          responses: {{'200': {{description: ok}}}}\n"
            for _ in range(rng.randint(2, 8))
        )
        return (
            f"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: {name}\n  description: {sentence(rng)}\n{self.link(name, 'Reference')}spec:\n  type: openapi\n  lifecycle: production\n"
            f"  owner: {self.owner(i)}\n  system: {self.names['System'][i * self.count['System'] // self.count['Component']]}\n"
            f"  definition: |\n    openapi: 3.0.3\n    info: {{title: {name}, version: 1.{rng.randrange(9)}.0}}\n    paths:\n{paths}"
        )

    def resource(self, i: int, r: int) -> str:
        return (
            f"apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: {self.names['Resource'][r]}\n  description: {sentence(self.rng, 5)}\n{self.link(self.names['Resource'][r], 'Console')}spec:\n  type: {self.rng.choice(RESOURCES)}\n"
            f"  owner: {self.owner(i)}\n  system: {self.names['System'][i * self.count['System'] // self.count['Component']]}\n"
        )

    def structure(self) -> Iterator[str]:
        """Domains, systems and templates."""
        for name in self.names["Domain"]:
            yield f"apiVersion: backstage.io/v1alpha1\nkind: Domain\nmetadata:\n  name: {name}\n  description: {sentence(self.rng)}\nspec:\n  owner: {self.rng.choice(self.names['Group'])}\n"
        for i, name in enumerate(self.names["System"]):
            domain = self.names["Domain"][i * self.count["Domain"] // self.count["System"]]
            owner = self.owner(i * self.count["Component"] // self.count["System"])
            yield f"apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: {name}\n  description: {sentence(self.rng)}\nspec:\n  owner: {owner}\n  domain: {domain}\n"
        for name in self.names["Template"]:
            yield (
                f"apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: {name}\n  description: {sentence(self.rng)}\nspec:\n  owner: {self.names['Group'][0]}\n  type: service\n"
                "  parameters:\n    - title: Basics\n      properties: {name: {type: string, title: Name}}\n  steps:\n    - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton}}\n"
            )

    def people(self) -> Iterator[str]:
        """A tree of groups about six wide, and their members."""
        groups = self.names["Group"]
        for i, name in enumerate(groups):
            parent = f"  parent: {groups[(i - 1) // 6]}\n" if i else ""
            yield (
                f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\n  description: {sentence(self.rng, 5)}\nspec:\n"
                f"  type: {'team' if i else 'root'}\n{parent}  profile: {{email: {name.lower()}@acme.example}}\n  children: []\n"
            )
        for i, name in enumerate(self.names["User"]):
            team = groups[-1 - i % max(1, len(groups) * 4 // 5)]
            shown = " ".join(w.capitalize() for w in name.split("."))
            yield (
                f"apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: {name}\nspec:\n  profile: {{displayName: {shown}, email: {name}@acme.example}}\n"
                f"  memberOf: [{team}]\n"
            )


def write(folder: Path, size: int, seed: int = 7) -> int:
    """Write the organisation below ``folder``, with a ``sources.yaml`` beside it; returns the number of files."""
    files = 0
    for repository, name, text in Organisation(size, seed).repositories():
        target = folder / "repositories" / repository
        target.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")
        files += 1
    (folder / "sources.yaml").write_text(
        "version: 1\nportal: {name: Synthetic, url: 'https://portal.acme.example/', organization: Acme}\n"
        "sources:\n  - {name: repositories, type: files, path: repositories, repositories: '*'}\n"
    )
    return files
