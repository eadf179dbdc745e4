"""What scorecards cost: CPU seconds to judge all entities of an organisation with tools, cold and after one fact changed.

python benchmarks/scorecards.py --size 10000 --rules 60
"""

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from callboard import __version__
from callboard.descriptors.portal_kinds import portal_kinds
from callboard.history.build_state import BuildState
from callboard.io.garbage import gc_disabled
from callboard.io.store import Store
from callboard.pipeline import Workspace, collect, enrich, ingest, resolve
from callboard.plugins.portal_settings import read_settings
from callboard.scorecards.portal_scorecards import JudgedBuild, judged_catalog
from callboard.scorecards.recording import ResultRecording, record_results
from callboard.state.result_history import ResultHistory
from daily_builds import FIRST
from synthetic.organisation import write
from synthetic.tool_facts import INTEGRATIONS, ToolFacts

STARTER = Path(__file__).parents[1] / "examples/scorecards"


def portal(folder: Path, size: int, rules: int) -> None:
    """A portal whose scorecards have that many rules: the starter set, and parts of it under other names."""
    write(folder / "organisation", size)
    ToolFacts(folder / "organisation", FIRST).write(folder / "facts", FIRST)
    (folder / "scorecards").mkdir()
    left, number = rules, 0
    while left > 0:
        number += 1
        for card in sorted(STARTER.iterdir(), key=lambda path: path.name != "production-readiness.yaml"):
            text = card.read_text()
            count = text.count("\n  - id: ")
            if left >= count:
                left -= count
                name = text.split("name: ", 1)[1].split("\n", 1)[0]
                (folder / f"scorecards/{name}-{number}.yaml").write_text(text.replace(f"name: {name}", f"name: {name}-{number}", 1))
        left = left if number < 3 else 0
    cards = sorted(f"scorecards/{path.name}" for path in (folder / "scorecards").iterdir())
    (folder / "sources.yaml").write_text(
        "version: 1\nsources:\n  - {name: all, type: files, path: organisation, repositories: '*'}\n"
        f"scorecards: [{', '.join(cards)}]\n{INTEGRATIONS}"
    )


def build_of(folder: Path) -> tuple[object, JudgedBuild]:
    """What is judged."""
    settings = read_settings(folder / "sources.yaml", {})
    work = Workspace(settings, {}, portal_kinds(settings))
    resolved = resolve(work, ingest(work, collect(work)))
    now = FIRST + timedelta(hours=1)
    facts = enrich(work, resolved, BuildState(Store.beside(settings.root), None, now, __version__, is_saved=False))
    return settings, JudgedBuild(resolved.catalog, facts, resolved.problems, resolved.trees, now)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--rules", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, gc_disabled():
        folder = options.folder or Path(scratch)
        if not (folder / "sources.yaml").exists():
            portal(folder, options.size, options.rules)
        settings, build = build_of(folder)
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            judged = judged_catalog(settings, build)
            best = min(best, time.process_time() - begun)
        results = sum(len(each.letters) for of in judged.judgement.results.values() for each in of.values())
        rules = sum(len(card.rules) for card in judged.judgement.cards)
        print(f"{len(build.catalog.entities):,} entities, {rules} rules, {results:,} results, {len(build.facts.facts):,} facts")
        print(f"cold: {best:.2f} s CPU, {best / results * 1e6:.1f} µs a result")
        record = record_results(
            ResultHistory(),
            judged.judgement,
            ResultRecording(FIRST.toordinal(), is_public=False, owners={}, renamed={}, inputs=judged.inputs.digests),
        )
        facts = build.facts.facts
        other = replace(build, before=record, facts=replace(build.facts, facts=facts[: len(facts) // 2] + facts[len(facts) // 2 + 1 :]))
        begun = time.process_time()
        judged = judged_catalog(settings, other)
        print(f"after one fact: {time.process_time() - begun:.2f} s CPU, {judged.judgement.judged} results judged")


if __name__ == "__main__":
    main()
