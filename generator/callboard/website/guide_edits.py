"""A guide of which the text alone was edited: MkDocs renders that page, and everything else stays as it was built.

What a guide's page has of other guides is their names in the navigation, and that they are there. So the others are put into the
project with nothing but what their names are made of, and with a template that makes no page of them.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

KNOWN = "guides-known.json"
"""In a kept foundation: what it was built of."""
MOST = 5
"""Guides edited at once; more are built with all others."""
_GUIDES = Path("docs/guides")
_EMPTY = "qzemptyzq.html"
_HEAD = re.compile(r"(?:---\n(?P<matter>(?:(?!---$|\.\.\.$).*\n)*)---\n)?\s*(?P<title># [^\[\]\n]+)(?:\n|\Z)", re.MULTILINE)
"""Front matter and the first heading, if that is the first thing of the text and refers to nothing below."""
_OWN_TEMPLATE = re.compile(r"^template\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GuideInputs:
    """What a foundation is built of."""

    rest: str
    """Digest of everything but the texts of guides."""
    texts: Mapping[str, str]
    """Digests of these, by the path of the guide."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is other than in a kept foundation."""

    base: Path
    """That foundation."""
    guides: tuple[str, ...]
    """Paths of the guides whose texts were edited."""


def guide_inputs(files: Iterable[tuple[str, bytes]], versions: str) -> GuideInputs:
    """``files`` of the project, in order; ``versions`` of what it is built with."""
    rest, texts = hashlib.sha256(versions.encode()), {}
    for name, content in files:
        path = Path(name)
        if path.is_relative_to(_GUIDES) and path.suffix == ".md":
            texts[path.relative_to(_GUIDES).as_posix()] = hashlib.sha256(content).hexdigest()
            content = _stub(content)  # noqa: PLW2901 - of a guide only that counts here
        rest.update(f"\0{name}\0".encode() + hashlib.sha256(content).digest())
    return GuideInputs(rest.hexdigest(), texts)


def find_edit(cache: Path, known: GuideInputs) -> Edit | None:
    """The edit that leads from a kept foundation to this one; None where there is none, or more than that is other."""
    for file in sorted(cache.glob(f"*/{KNOWN}")):
        before = json.loads(file.read_bytes())
        if before["rest"] == known.rest:
            edited = tuple(path for path, text in known.texts.items() if before["texts"].get(path) != text)
            return Edit(file.parent, edited) if 0 < len(edited) <= MOST else None
    return None


def reduce(project: Path, edit: Edit) -> None:
    """Leave of all other guides what their names are made of."""
    (project / "overrides" / _EMPTY).write_text("", encoding="utf-8")
    for file in (project / _GUIDES).rglob("*.md"):
        if file.relative_to(project / _GUIDES).as_posix() not in edit.guides:
            file.write_bytes(_stub(file.read_bytes()))


def put_together(edit: Edit, site: Path, target: Path) -> Path:
    """The kept foundation with the pages of the edited guides from ``site``, in the new folder ``target``."""
    shutil.copytree(edit.base, target)
    texts = json.loads((edit.base / "guides.json").read_bytes()) | json.loads((site / "guides.json").read_bytes())
    (target / "guides.json").write_text(json.dumps(texts), encoding="utf-8")
    for guide in edit.guides:
        page = _page(guide)
        shutil.copyfile(site / page, target / page)
    return target


def save_guide_inputs(site: Path, known: GuideInputs) -> None:
    """Note what a foundation was built of, for the next edit."""
    (site / KNOWN).write_text(json.dumps({"rest": known.rest, "texts": dict(known.texts)}), encoding="utf-8")


def _page(guide: str) -> str:
    path = Path("guides", guide)
    return (path.parent if path.stem in {"index", "README"} else path.with_suffix("")).joinpath("index.html").as_posix()


def _stub(content: bytes) -> bytes:
    """Front matter and heading with a template that makes no page; the whole text where it does not begin in this way."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    head = _HEAD.match(text)
    if head is None or _OWN_TEMPLATE.search(head["matter"] or ""):
        return content
    return f"---\n{head['matter'] or ''}template: {_EMPTY}\n---\n{head['title']}\n".encode("utf-8", "replace")
