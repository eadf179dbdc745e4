"""Print constraints for pip that choose the oldest version of each direct dependency that ``pyproject.toml`` allows.

    python tests/lowest_dependencies.py > lowest.txt

Dependencies of development are left to pip: nobody installs Callboard with them.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?>=(?P<lowest>[0-9][0-9.]*)(,.*)?")


def requirements(project: dict) -> Iterator[str]:
    """Those of Callboard and of its extras."""
    yield from project["dependencies"]
    for extra, names in project["optional-dependencies"].items():
        if extra != "dev":
            yield from names


def lowest(requirement: str) -> str:
    """``click>=8.1`` → ``click==8.1``. Raises ``ValueError`` for one without a lower bound."""
    found = REQUIREMENT.fullmatch(requirement)
    if found is None:
        raise ValueError(f"{requirement!r} has no lower bound")
    return f"{found['name']}=={found['lowest']}"


def main() -> None:
    """Write a line for each dependency."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    sys.stdout.writelines(f"{line}\n" for line in sorted({lowest(requirement) for requirement in requirements(project)}))


if __name__ == "__main__":
    main()
