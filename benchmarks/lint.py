"""What `callboard lint` costs, beside `yamllint` over the same files in the same run.

python benchmarks/lint.py --files 1000
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measuring import run
from synthetic import organisation

GOAL = 2.0
"""Seconds for 1,000 files."""
REPOSITORY_OF = 4
"""Entities in a descriptor file, roughly, so that there are enough files."""


def descriptors(folder: Path, number: int) -> int:
    """Make an organisation and keep this many of its descriptor files."""
    organisation.write(folder, number * REPOSITORY_OF)
    files = sorted(folder.rglob("catalog-info.yaml"))
    for file in files[number:]:
        file.unlink()
    return min(len(files), number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        number = descriptors(root / "organisation", wanted.files)
        one = next(iter(sorted((root / "organisation").rglob("catalog-info.yaml"))))
        commands = {
            "callboard lint": [sys.executable, "-m", "callboard", "lint", "organisation"],
            "yamllint": [sys.executable, "-m", "yamllint", "-d", "relaxed", "organisation"],
            "callboard lint, one file": [sys.executable, "-m", "callboard", "lint", str(one)],
            "yamllint, one file": [sys.executable, "-m", "yamllint", "-d", "relaxed", str(one)],
        }
        rows = {}
        for name, command in commands.items():
            best = min((run(command, root, root / "log") for _ in range(wanted.times)), key=lambda measured: measured.cpu)
            files = 1 if name.endswith("one file") else number
            rows[name] = {"files": files, **best.row(), "files_per_second": round(files / best.cpu, 1)}
    for name, row in rows.items():
        print(f"{name:26} {row['files']:6,} files  {row['wall']:6.2f} s  {row['cpu']:6.2f} s CPU  {row['files_per_second']:8,} files/s CPU")
    scaled = rows["callboard lint"]["cpu"] * 1000 / number
    print(f"1,000 files: {scaled:.2f} s of processor (goal {GOAL:.0f} s)")
    if wanted.json:
        wanted.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
