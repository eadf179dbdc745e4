"""Facts of tools about a synthetic organization: every large family as JSON files with absolute times, day after day."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 11, 22, 2, tzinfo=UTC)
SEVERITIES = ["critical", "high", "high", "medium", "medium", "medium", "low"]
FAMILIES = (
    "on-call", "incident", "availability", "deployment", "pipeline-run", "vulnerability", "quality-gate", "repository", "alert",
)  # fmt: skip
INTEGRATIONS = "integrations:\n" + "".join(
    f"  - {{name: {family}, title: Tool of {family}, type: file, path: facts/{family}.json, measures: all}}\n" for family in FAMILIES
)


@dataclass
class ComponentFacts:
    """What is known of one component."""

    name: str
    team: str
    versions: dict[str, int] = field(default_factory=lambda: {"production": 1, "staging": 1})
    deployed: dict[str, datetime] = field(default_factory=dict)
    incidents: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    weaknesses: dict[str, str] = field(default_factory=dict)
    days: list[float] = field(default_factory=list)
    runs: list[tuple[datetime, bool]] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)
    gate: str = "passed"
    coverage: float = 81.5


class ToolFacts:
    """All components of an organisation below ``repositories/``; the same seed gives the same days."""

    def __init__(self, organisation: Path, first: datetime = FIRST, seed: int = 5) -> None:
        self.rng, self.known, self.first = random.Random(seed), [], first
        self.shift = timedelta(days=7)
        for file in sorted(organisation.rglob("catalog-info.yaml")):
            for document in file.read_text().split("\n---\n"):
                found = re.search(r"kind: Component\n.*?name: (\S+).*?owner: (\S+)", document, re.DOTALL)
                if found:
                    self.known.append(ComponentFacts(*found.groups()))
        for one in self.known:
            self._begin(one)

    def _begin(self, one: ComponentFacts) -> None:
        rng = self.rng
        one.deployed = {place: self.first - timedelta(hours=rng.randrange(1, 400)) for place in one.versions}
        one.weaknesses = {
            f"CVE-2026-{rng.randrange(10_000, 99_999)}": rng.choice(SEVERITIES) for _ in range(rng.choice([0, 0, 1, 2, 5, 12]))
        }
        one.days = [round(100 - rng.choice([0, 0, 0, 0.01, 0.3]), 3) for _ in range(30)]
        one.runs = [(self.first - timedelta(hours=9 * n), rng.random() < 0.9) for n in range(5)]
        one.commits = [rng.randrange(30) for _ in range(26)]
        if rng.random() < 0.3:
            begun = self.first - timedelta(days=rng.randrange(1, 25))
            one.incidents[f"{one.name}-0"] = (begun, begun + timedelta(hours=2))

    def next_day(self, at: datetime, share: float = 1.0) -> None:
        """What happens before ``at`` to a share of the components: one in seven is deployed, few have incidents and new weaknesses."""
        rng = self.rng
        for one in rng.sample(self.known, max(1, round(len(self.known) * share))):
            if rng.random() < 0.15 or share < 1:
                place = rng.choice(["production", "staging"])
                one.versions[place], one.deployed[place] = one.versions[place] + 1, at - timedelta(hours=rng.randrange(1, 20))
                one.runs = [(one.deployed[place] - timedelta(minutes=20), rng.random() < 0.9), *one.runs[:4]]
            one.days = [*one.days[1:], round(100 - rng.choice([0, 0, 0, 0, 0.01, 0.3]), 3)]
            for key, (begun, ended) in [*one.incidents.items()]:
                if ended is None:
                    one.incidents[key] = (begun, at - timedelta(hours=1))
                elif ended < at - timedelta(days=30):
                    del one.incidents[key]
            if rng.random() < 0.01:
                one.incidents[f"{one.name}-{at:%j%y}"] = (at - timedelta(hours=3), None)
            if rng.random() < 0.02:
                one.weaknesses |= {f"CVE-2026-{rng.randrange(10_000, 99_999)}": rng.choice(SEVERITIES) for _ in range(rng.randint(1, 5))}
            if one.weaknesses and rng.random() < 0.02:
                one.weaknesses.pop(next(iter(one.weaknesses)))
            if rng.random() < 0.005:
                one.gate = "failed" if one.gate == "passed" else "passed"

    def move_all(self, by: timedelta = timedelta(minutes=20)) -> None:
        """Every fact gets other values: what happened was later, versions, numbers and shifts differ."""
        self.first, self.shift = self.first + by, self.shift + by
        for one in self.known:
            one.versions = {place: version + 1 for place, version in one.versions.items()}
            one.deployed = {place: at + by for place, at in one.deployed.items()}
            one.runs = [(at + by, good) for at, good in one.runs]
            one.incidents = {key: (begun + by, ended and ended + by) for key, (begun, ended) in one.incidents.items()}
            one.days = [*one.days[1:], 99.5 if one.days[-1] == 100 else 100]
            one.commits = [*one.commits[1:], one.commits[-1] + 1]
            one.coverage += 0.5

    def write(self, folder: Path, at: datetime) -> None:
        """One file a family; shifts change on Mondays."""
        folder.mkdir(parents=True, exist_ok=True)
        week = (at - timedelta(days=at.weekday())).replace(hour=9)
        for family in FAMILIES:
            rows = [row for one in self.known for row in getattr(self, f"_{family.replace('-', '_')}")(one, week)]
            (folder / f"{family}.json").write_text(json.dumps(rows, default=str, indent=0))

    def _on_call(self, one: ComponentFacts, week: datetime) -> list[dict]:
        people = [
            {"person": f"{who} of {one.team}", "start": week, "end": week + self.shift, "level": n} for n, who in ((1, "Ada"), (2, "Bo"))
        ]
        return [
            {"entity": one.name, "key": one.team, "name": f"{one.team} rota", "shifts": people, "url": f"https://calls.example/{one.team}"}
        ]

    def _incident(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [
            {"entity": one.name, "key": key, "title": f"{one.name} answers slowly", "opened": begun, "severity": 2,
             "state": "resolved" if ended else "open", "resolved": ended, "url": f"https://calls.example/incidents/{key}"}
            for key, (begun, ended) in one.incidents.items()
        ]  # fmt: skip

    def _availability(self, one: ComponentFacts, week: datetime) -> list[dict]:
        days = [{"day": (week + timedelta(days=n - 30)).date(), "percent": share} for n, share in enumerate(one.days)]
        measured = round(sum(one.days) / len(one.days), 4)
        return [{"entity": one.name, "key": "slo", "name": "answers in time", "measured": measured, "objective": 99.95, "history": days}]

    def _deployment(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [
            {"entity": one.name, "key": f"{one.name}-{place}", "environment": place, "version": f"1.{version}.0", "at": one.deployed[place],
             "state": "succeeded", "by": f"Ada of {one.team}", "health": "healthy", "in_sync": True}
            for place, version in one.versions.items()
        ]  # fmt: skip

    def _pipeline_run(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [
            {"entity": one.name, "key": str(begun), "name": "build and test", "at": begun, "state": "succeeded" if good else "failed",
             "branch": "main", "seconds": 812, "tests": 420, "tests_failed": 0 if good else 3, "url": f"https://runs.example/{one.name}"}
            for begun, good in one.runs
        ]  # fmt: skip

    def _vulnerability(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [
            {"entity": one.name, "key": key, "id": key, "severity": severity, "title": "Request smuggling by chunked trailers",
             "package": "netty", "version": "4.1.112", "fixed_in": "4.1.118", "first_seen": self.first - timedelta(days=9)}
            for key, severity in one.weaknesses.items()
        ]  # fmt: skip

    def _quality_gate(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [{"entity": one.name, "key": one.name, "state": one.gate, "coverage": one.coverage, "bugs": 3, "smells": 40, "duplication": 1.5,
                 "ratings": {"reliability": "B", "security": "A"}}]  # fmt: skip

    def _repository(self, one: ComponentFacts, _: datetime) -> list[dict]:
        last = max(one.deployed.values()) - timedelta(minutes=40)
        return [{"entity": one.name, "key": one.name, "name": f"acme/{one.name}", "last_commit": last, "commits": one.commits, "contributors": 6,
                 "open_pull_requests": 2, "open_issues": 11, "languages": {"Java": 88, "Kotlin": 12}, "community": ["readme", "license"]}]  # fmt: skip

    def _alert(self, one: ComponentFacts, _: datetime) -> list[dict]:
        return [
            {"entity": one.name, "key": key, "name": "LatencyHigh", "severity": "high", "since": begun}
            for key, (begun, ended) in one.incidents.items() if ended is None
        ]  # fmt: skip
