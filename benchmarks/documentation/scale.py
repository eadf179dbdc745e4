"""Many documentation sets → what it costs to convert them, again after changes, and with the whole site.

``python benchmarks/documentation/scale.py FOLDER [SETS]``: writes SETS (1,000) repositories of 10 pages each into FOLDER, from the texts of
``$CALLBOARD_TEST_DATA/docs`` with words of their own, and prints processor seconds (with child processes) of bare Python-Markdown over the same
pages, of their conversion by Callboard (cold, unchanged, 100 pages changed), and with ``--site`` of whole builds, with the peak memory of their main
process and how much that is more than for the same portal without documentation. Each step is a process of its own that imports what it
needs, as a command does, from compiled modules; what that costs is printed once, and the last two steps also without it, relative to bare
Python-Markdown without its own start, beside what that takes for the edited pages alone. With ``--preview``: of the update of a
preview after an edit of one page, in its own process, and seconds with the conversion by a worker.
"""

# ruff: noqa: PLC0415 - each step is a process that imports what it needs

import gc
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

PAGES = 10
CHANGED = 100
EDITS = 7
STEP = "step"


def main(arguments):
    """Write the repositories and run each step in a process of its own."""
    folder = Path(arguments[0])
    sets = int(arguments[1]) if len(arguments) > 1 and arguments[1].isdigit() else 1_000
    if not (folder / "sources.yaml").exists():
        write(folder, sets)
    start, bare_start = (statistics.median(run(folder, step)[0] for _ in range(5)) for step in ("start", "bare_start"))
    bare, _ = run(folder, "bare")
    cold, memory = run(folder, "documentation")
    print(f"{sets * PAGES:,} pages in {sets:,} sets")
    print(f"start of a process         {start:8.2f} s")
    print(f"bare Python-Markdown       {bare:8.1f} s")
    print(f"cold                       {cold:8.1f} s  {cold / bare:.2f} x bare   main process {memory:,.0f} MB")
    same, _ = run(folder, "documentation")
    print(f"nothing changed            {same:8.2f} s  {same / bare:.1%} of bare, {(same - start) / (bare - bare_start):.1%} without starts")
    change(folder)
    changed, _ = run(folder, "documentation")
    print(
        f"{CHANGED} pages changed          {changed:8.2f} s  {changed / bare:.1%} of bare, {(changed - start) / (bare - bare_start):.1%} without starts"
    )
    least = run(folder, "bare_changed")[0] - bare_start
    print(f"bare, of these pages       {least:8.2f} s  {least / (bare - bare_start):.1%} without starts")
    if "--site" in arguments:
        sites(folder, sets)
    if "--preview" in arguments:
        used, passed = preview(folder)
        print(f"preview of an edited page  {used:8.2f} s  {passed:.2f} s on the clock; medians of {EDITS}")


def sites(folder, sets):
    """Whole builds: cold, unchanged, and with some pages changed."""
    _, least = run(without_documentation(folder, sets), "site")
    for name, edits in (("cold site", False), ("unchanged site", False), (f"site, {CHANGED} pages changed", True)):
        if edits:
            change(folder)
        seconds, memory = run(folder, "site")
        print(f"{name:<26} {seconds:8.1f} s  main process {memory:,.0f} MB, {memory - least:,.0f} more than without documentation")


def without_documentation(folder, sets):
    """The folder of the same portal, whose entities have no documentation."""
    plain = folder / "plain"
    for number in range(sets):
        repository = plain / f"repositories/r{number:04}"
        repository.mkdir(parents=True, exist_ok=True)
        text = (folder / f"repositories/r{number:04}/catalog-info.yaml").read_text("utf-8")
        annotation = "  annotations:\n    backstage.io/techdocs-ref: dir:.\n"
        (repository / "catalog-info.yaml").write_text(text.replace(annotation, ""), "utf-8")
    (plain / "sources.yaml").write_text((folder / "sources.yaml").read_text("utf-8"), "utf-8")
    return plain


def run(folder, step):
    """Processor seconds of a step with its child processes, and the peak memory of its main process in MB."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, __file__, folder, step, STEP], check=True, capture_output=True, text=True, env=environ)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime
    return seconds, float(done.stdout.split()[-1])


def write(folder, sets):
    """The repositories, each with a descriptor and pages."""
    source = Path(os.environ["CALLBOARD_TEST_DATA"]) / "docs"
    texts = [path.read_text("utf-8", errors="replace") for path in sorted(source.glob("*/**/*.md"))]
    chooser = random.Random(18)
    for number in range(sets):
        repository = folder / f"repositories/r{number:04}"
        (repository / "docs").mkdir(parents=True)
        (repository / "mkdocs.yml").write_text(f"site_name: Set {number}\n")
        (repository / "catalog-info.yaml").write_text(
            f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: c{number:04}\n  annotations:\n"
            "    backstage.io/techdocs-ref: dir:.\nspec: {type: service, lifecycle: production, owner: nobody}\n"
        )
        for page, text in enumerate(chooser.sample(texts, PAGES)):
            name = "index.md" if page == 0 else f"page-{page}.md"
            (repository / "docs" / name).write_text(f"{text}\n\nThe words of w{number}x{page}.\n", encoding="utf-8")
    (folder / "sources.yaml").write_text('sources: [{name: local, type: files, path: repositories, repositories: "*"}]\n')


def changed_pages(folder):
    """One page in some of the sets."""
    repositories = sorted((folder / "repositories").iterdir())
    return [each / "docs/page-3.md" for each in repositories[:: max(1, len(repositories) // CHANGED)]]


def change(folder):
    """Edit these pages."""
    for page in changed_pages(folder):
        page.write_text(f"{page.read_text('utf-8')}\n\nEdited at {time.time()}.\n", encoding="utf-8")


def start(_):
    """The imports of the documentation's steps, and nothing else."""
    gc.set_threshold(20_000, 20, 100)  # as the command does
    from callboard.build_caches import DiskCaches
    from callboard.descriptors.portal_kinds import portal_kinds
    from callboard.documentation.building import portal_documentation
    from callboard.incremental.fingerprint import code_digest
    from callboard.io.garbage import gc_disabled
    from callboard.io.store import Store
    from callboard.pipeline import Workspace, collect, ingest, resolve
    from callboard.plugins.portal_settings import read_settings

    def steps(folder):
        settings = read_settings(folder / "sources.yaml", os.environ)
        work = Workspace(settings, os.environ, portal_kinds(settings), DiskCaches(Store.beside(settings.root).cache))
        with gc_disabled():  # as in a build
            resolved = resolve(work, ingest(work, collect(work)))
            before = peak()
            return portal_documentation(resolved.catalog, resolved.trees, settings, code_digest()), before

    return steps


def bare_changed(folder):
    """Nothing but the pages that are edited, by one instance."""
    parser = bare_start(folder)
    for page in changed_pages(folder):
        parser.reset().convert(page.read_text("utf-8"))


def documentation(folder):
    """The steps of a build up to the documentation."""
    made, before = start(folder)(folder)
    print(f"{datetime.now(UTC):%H:%M} {made.converted} converted, memory from {before:.0f} MB", file=sys.stderr)


def bare_start(_):
    """Python-Markdown with techdocs-core's extensions."""
    import markdown
    from callboard.documentation.extensions import allowed_extensions

    configured = {name: dict(options) for name, options in allowed_extensions()}
    return markdown.Markdown(extensions=list(configured), extension_configs=configured)


def bare(folder):
    """All pages, by one instance."""
    parser = bare_start(folder)
    for page in sorted(folder.glob("repositories/*/docs/*.md")):
        parser.reset().convert(page.read_text("utf-8"))


def site(folder):
    """A whole build."""
    gc.set_threshold(20_000, 20, 100)  # as the command does
    from callboard.cli.main import group

    group(["build", "--config", str(folder / "sources.yaml"), "--output", str(folder / "site"), "--quiet"], standalone_mode=False)


def preview(folder):
    """Medians of the processor seconds of this process, and of seconds, from an edit of one page until the new version is served."""
    from callboard.preview.portal import PreviewPortal

    portal = PreviewPortal(folder / "sources.yaml", os.environ, lambda: datetime.now(UTC))
    portal.refresh()
    page = folder / "repositories/r0000/docs/page-3.md"
    original, used, passed = page.read_text("utf-8"), [], []
    for number in range(EDITS):
        page.write_text(f"{original}\n\nEdit {number} at {time.time()}.\n", encoding="utf-8")
        cpu, clock = time.process_time(), time.perf_counter()
        portal.refresh([str(page)])
        used.append(time.process_time() - cpu)
        passed.append(time.perf_counter() - clock)
    return statistics.median(used), statistics.median(passed)


def peak():
    """The peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if sys.argv[-1] == STEP:
        {step.__name__: step for step in (start, bare_start, bare, bare_changed, documentation, site)}[sys.argv[2]](Path(sys.argv[1]))
        print(peak())
    else:
        main(sys.argv[1:])
