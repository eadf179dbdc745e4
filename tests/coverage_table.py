"""Print how much of the package the last run under coverage has passed: in total, and each file of which less than nine tenths was."""

import json
import sys
import tempfile
from pathlib import Path

import coverage

LEAST = 90.0
"""Per cent."""


def main() -> None:
    """From the file ``.coverage`` of this folder."""
    measured = coverage.Coverage()
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(report))
        found = json.loads(report.read_text(encoding="utf-8"))
    shares = {name: file["summary"]["percent_covered"] for name, file in found["files"].items()}
    for name, share in sorted(shares.items(), key=lambda item: item[1]):
        if share < LEAST:
            sys.stdout.write(f"{share:5.1f} %  {name}\n")
    sys.stdout.write(f"{found['totals']['percent_covered']:5.1f} %  in total, branches included\n")


if __name__ == "__main__":
    main()
