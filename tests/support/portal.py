"""A small portal on disk for tests of the whole way: descriptors in, site out, through the command line."""

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from callboard.cli.main import main
from support import shared_caches

ROOT = Path(__file__).parents[2]
SOURCES = """\
version: 1
portal: {name: Small, organization: Small, url: "https://portal.example/", timezone: Europe/Berlin}
sources:
  - {name: here, type: files, path: repositories, repositories: "*"}
"""
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop, description: Sells things.}
spec: {type: service, lifecycle: production, owner: team-shop, system: retail, dependsOn: [resource:shop-db, component:ledger]}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: shop-db}
spec: {type: database, owner: team-shop, system: retail}
"""
LEDGER = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ledger, description: Keeps the books.}
spec: {type: service, lifecycle: production, owner: team-books, system: retail}
"""
ORG = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-shop}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-books}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: retail}
spec: {owner: team-shop}
"""


def write(folder: Path, **repositories: str) -> Path:
    """A portal with these descriptors, by name of the repository; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES)
    for name, text in ({"shop": SHOP, "ledger": LEDGER, "org": ORG} | repositories).items():
        file = folder / "repositories" / name / "catalog-info.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            file.write_bytes(text)
        else:
            file.write_text(text, encoding="utf-8")
    return folder


def callboard(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess:
    """Run the command in the portal's folder and in this process, with the caches that portals share: the quick way."""
    known = _environ(folder, environ) | {"PATH": os.environ["PATH"]}
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        shared_caches.lent(folder),
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, known, clear=True),
        mock.patch.object(sys, "argv", ["callboard", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(arguments, code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code or 0
    return 0


def process(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess:
    """Run the command in the portal's folder as a person would: in a process of its own, with no cache but the portal's."""
    command = [sys.executable, "-m", "callboard", *arguments]
    known = _environ(folder, environ)
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False, timeout=300)


def _environ(folder: Path, more: dict[str, str]) -> dict[str, str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {**measured, "PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1790000000", **more}


def digests(site: Path) -> dict[str, str]:
    """SHA-256 of every file by its path; the list of these digests, which the site carries too, is left out."""
    return {
        str(f.relative_to(site)): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in sorted(site.rglob("*"))
        if f.is_file() and f.name != ".callboard-site"
    }
