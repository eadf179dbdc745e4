"""What references of APIs cost: one large definition step by step, and a portal of many APIs, cold and unchanged.

python benchmarks/api_references.py whole api.github.com.json     (of the npm package @octokit/openapi)
python benchmarks/api_references.py many --apis 500 --operations 30
python benchmarks/api_references.py corpus FOLDER …               (what becomes of the definitions in real repositories)
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/pages"))

from page_builders import RENDERER, context_of, entity_of

import yaml
from callboard.api_reference.faults import faults_of
from callboard.api_reference.paging import paged_reference
from callboard.api_reference.reading import format_name, read_reference
from callboard.io.garbage import gc_disabled
from callboard.pages.apis.reference import reference_pages
from callboard.redaction.masking import masked
from measuring import python, run, tree_size
from synthetic.definitions import definition, source

MAX_FILE = 2_000_000
ENDINGS = {".yaml", ".yml", ".json", ".graphql", ".graphqls", ".gql", ".proto", ".avsc", ".wsdl"}
MARKS = ("openapi", "swagger", "asyncapi", "type Query", "syntax =", '"record"', "schemas.xmlsoap.org/wsdl")
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


def corpus(folders: list[Path]) -> None:
    """What becomes of each API of the descriptors below the folders, and of files that look like definitions: counts by format and outcome."""
    found = Counter(outcome(api_type, text) for folder in folders for api_type, text in definitions(folder))
    for (name, result), number in sorted(found.items()):
        print(f"{name:14} {result:60} {number:4}")


def definitions(folder: Path) -> Iterator[tuple[str, str]]:
    """Type and definition of each API, each text once; the text is empty if it is not in the folder."""
    seen: set[str] = set()
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or file.stat().st_size > MAX_FILE:
            continue
        text = file.read_text(errors="replace")
        if file.suffix in {".yaml", ".yml"} and "kind: API" in text:
            yield from (each for each in of_descriptor(file, text) if not each[1] or not (each[1] in seen or seen.add(each[1])))
        elif file.suffix in ENDINGS and text not in seen and any(mark in text[:3000] for mark in MARKS):
            seen.add(text)
            yield "file", text


def of_descriptor(file: Path, text: str) -> Iterator[tuple[str, str]]:
    """The APIs of a descriptor."""
    try:
        documents = [each for each in yaml.safe_load_all(text) if isinstance(each, dict) and each.get("kind") == "API"]
    except yaml.YAMLError:
        return
    for each in documents:
        spec = each.get("spec") if isinstance(each.get("spec"), dict) else {}
        definition = spec.get("definition", "")
        if isinstance(definition, dict):
            target = str(next(iter(definition.values()), ""))
            named = file.parent / target
            definition = named.read_text(errors="replace") if "://" not in target and named.is_file() else ""
        yield str(spec.get("type", "")), definition if isinstance(definition, str) else ""


def outcome(api_type: str, text: str) -> tuple[str, str]:
    """Format, and what the reference shows of a definition."""
    if not text.strip():
        return api_type[:14], "no text here: another repository, or a file that was not kept"
    name = format_name(text, api_type)
    if not name:
        return api_type[:14], "source only: no format with a reference"
    reference = read_reference(text, api_type, is_public=False)
    if reference is None or not (reference.entries or reference.types):
        why = reference.troubles[0] if reference and reference.troubles else "it has no operation and no type"
        return name, f"source only: {why[:100]}"
    if reference.troubles:
        return name, f"in part: {reference.troubles[0][:100]}"
    faults = faults_of(text, name)
    return name, f"whole, with faults: {faults[0].message[:100]}" if faults else "whole"


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("whole").add_argument("file", type=Path)
    portal = commands.add_parser("many")
    portal.add_argument("--apis", type=int, default=500)
    portal.add_argument("--operations", type=int, default=30)
    commands.add_parser("corpus").add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    with gc_disabled():
        if arguments.command == "whole":
            whole(arguments.file)
        elif arguments.command == "many":
            many(arguments.apis, arguments.operations)
        else:
            corpus(arguments.folders)


if __name__ == "__main__":
    main()
