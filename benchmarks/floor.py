"""What no portal of this kind can do without, each part as a process of its own: the floor under our times."""

from __future__ import annotations

from pathlib import Path

from measuring import Measured, python, run

LOAD = """
import pathlib, sys, yaml
n = 0
for file in pathlib.Path(sys.argv[1]).rglob("catalog-info.yaml"):
    for document in yaml.load_all(file.read_bytes(), Loader=yaml.CSafeLoader):
        n += 1
print(n)
"""
WRITE = """
import pathlib, sys
target = pathlib.Path(sys.argv[2])
made = set()
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    size, name = line.split(" ", 1)
    file = target / name
    if file.parent not in made:
        file.parent.mkdir(parents=True, exist_ok=True)
        made.add(file.parent)
    file.write_bytes(b"x" * int(size))
"""
EMPTY_MKDOCS = "site_name: Empty\ntheme: {name: material, font: false}\nplugins: []\n"


def measure(organisation: Path, site: Path, scratch: Path, log: Path) -> dict[str, Measured]:
    """Seconds of the three parts over the same input and output as a finished build."""
    scratch.mkdir(parents=True)
    listing = scratch / "sizes.txt"
    listing.write_text(
        "\n".join(f"{f.stat().st_size} {f.relative_to(site)}" for f in sorted(site.rglob("*")) if f.is_file()), encoding="utf-8"
    )
    empty = scratch / "empty"
    (empty / "docs").mkdir(parents=True)
    (empty / "docs/index.md").write_text("# Empty\n")
    (empty / "mkdocs.yml").write_text(EMPTY_MKDOCS)
    return {
        "load all YAML": run(python(LOAD, str(organisation / "repositories")), scratch, log),
        "write the same bytes": run(python(WRITE, str(listing), str(scratch / "written")), scratch, log),
        "empty MkDocs-Material": run(
            python("import runpy; runpy.run_module('mkdocs', run_name='__main__')", "build", "-q", "-d", str(scratch / "empty-site")),
            empty,
            log,
        ),
    }
