"""What references of APIs cost: one large definition step by step, and a portal of many APIs, cold and unchanged.

python benchmarks/api_references.py whole api.github.com.json     (of the npm package @octokit/openapi)
python benchmarks/api_references.py many --apis 500 --operations 30
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/pages"))

from page_builders import RENDERER, context_of, entity_of

from callboard.api_reference.faults import faults_of
from callboard.api_reference.paging import paged_reference
from callboard.api_reference.reading import read_reference
from callboard.io.parallel import gc_disabled
from callboard.pages.apis.reference import reference_pages
from callboard.redaction.masking import masked
from measuring import python, run, tree_size
from synthetic.definitions import definition, source

BUILD = "from callboard.__main__ import main; main()"


def peak_mb() -> float:
    """Largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def timed(name: str, work: Callable[[], Any]) -> tuple[float, Any]:
    """Do it, and print CPU seconds and the peak of memory."""
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    print(f"{name:28} {seconds:6.2f} s  peak {peak_mb():4.0f} MB")
    return seconds, found


def entity(text: str) -> Any:
    """An API with this definition."""
    spec = {"type": "openapi", "definition": text}
    return entity_of({"kind": "API", "metadata": {"name": "api"}, "spec": spec}, text="kind: API")


def rendered(text: str) -> Iterator[tuple[str, str]]:
    """Path and HTML of each page of the reference."""
    api = entity(text)
    for page in reference_pages(context_of([api]), api):
        yield page.path, RENDERER.render(page, page.view())


def whole(file: Path) -> None:
    """One definition: what it costs to check, read, cut, render and mask it."""
    text = file.read_text()
    list(rendered(json.dumps(definition(0, 2))))  # templates and libraries are loaded
    print(f"{len(text) / 1e6:.1f} MB; {'before':>17} peak {peak_mb():4.0f} MB")
    timed("json.loads, to compare", lambda: json.loads(text))
    seconds = [
        timed("check", lambda: faults_of(text, "openapi"))[0],
        timed("read, make the model", lambda: read_reference(text, "openapi", is_public=False))[0],
        timed("cut into pages", lambda: paged_reference(text, "openapi", is_public=False))[0],
    ]
    more, sizes = timed("HTML", lambda: [(len(html.encode()), html.count("<") - html.count("</"), path) for path, html in rendered(text)])
    print(f"{'together':28} {sum(seconds) + more:6.2f} s")
    bytes_, elements = max(sizes), max(sizes, key=lambda each: each[1])
    total = sum(each[0] for each in sizes) / 1e6
    print(f"{len(sizes)} pages, {total:.1f} MB; largest {bytes_[0]:,} bytes; most elements {elements[1]:,}")
    timed("mask the whole text", lambda: masked(text, is_public=True))


def many(apis: int, operations: int) -> None:
    """Builds of a portal: CPU seconds of the whole command."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source(folder / "repositories", apis, operations)
        (folder / "sources.yaml").write_text("version: 1\nsources:\n  - {name: all, type: files, path: repositories, repositories: '*'}\n")
        for name in ("cold", "unchanged"):
            made = run(python(BUILD, "build"), folder, folder / "log")
            print(f"{name:12} {made.cpu:6.2f} s CPU, {made.wall:6.2f} s, peak {made.peak_mb:4.0f} MB, exit code {made.code}")
        files, size = tree_size(folder / "site")
        print(f"{files:,} files, {size / 1e6:.1f} MB")


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("whole").add_argument("file", type=Path)
    portal = commands.add_parser("many")
    portal.add_argument("--apis", type=int, default=500)
    portal.add_argument("--operations", type=int, default=30)
    arguments = parser.parse_args()
    with gc_disabled():
        whole(arguments.file) if arguments.command == "whole" else many(arguments.apis, arguments.operations)


if __name__ == "__main__":
    main()
