"""A cached theme build and a guide whose text was edited → a theme build in which MkDocs rendered only that page.

The page of a guide depends on the other guides only by their titles in the navigation and by their existence. So each of the others is
replaced by a stub, which has just the title, and a template that renders nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.website.hook_files import EMPTY_TEMPLATE
from callboard.website.mkdocs_notes import merge_notes
from callboard.website.theme_digests import DIGESTS, is_whole

KNOWN = "guides-known.json"
"""File in a cached theme build with its inputs."""
MOST = 5
"""Most edited guides for which this is done; for more, everything is built."""
_GUIDES = Path("docs/guides")
_HEAD = re.compile(r"(?:---\n(?P<matter>(?:(?!---$|\.\.\.$).*\n)*)---\n)?\s*(?P<title># [^\[\]\n]+)(?:\n|\Z)", re.MULTILINE)
"""Front matter and the first heading, if the text begins with it and it has no references to link definitions."""
_OWN_TEMPLATE = re.compile(r"^template\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GuideInputs:
    """The inputs of a theme build."""

    rest: str
    """Digest of everything except the texts of guides."""
    texts: Mapping[str, str]
    """Digests of the texts, by the path of the guide."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The difference to a cached theme build."""

    base: Path
    """Folder of the cached theme build."""
    guides: tuple[str, ...]
    """Paths of the guides whose texts were edited."""


def guide_inputs(files: Iterable[tuple[str, bytes]], versions: str) -> GuideInputs:
    """The inputs of a project: its ``files`` in order, and the ``versions`` of the software."""
    rest, texts = hashlib.sha256(versions.encode()), {}
    for name, content in files:
        path = Path(name)
        if path.is_relative_to(_GUIDES) and path.suffix == ".md":
            texts[path.relative_to(_GUIDES).as_posix()] = hashlib.sha256(content).hexdigest()
            content = _stub(content)  # noqa: PLW2901 - other pages depend on nothing else of a guide
        rest.update(f"\0{name}\0".encode() + hashlib.sha256(content).digest())
    return GuideInputs(rest.hexdigest(), texts)


def find_edit(cache: Path, inputs: GuideInputs) -> Edit | None:
    """The edited guides compared with a cached theme build; None if there is none that differs only in a few guides."""
    for file in sorted(cache.glob(f"*/{KNOWN}")):
        cached = json.loads(file.read_bytes()) if is_whole(file.parent) else {}
        if cached.get("rest") == inputs.rest:
            edited = tuple(path for path, text in inputs.texts.items() if cached["texts"].get(path) != text)
            return Edit(file.parent, edited) if 0 < len(edited) <= MOST else None
    return None


def reduce(project: Path, edit: Edit) -> None:
    """Replace all other guides in the project by stubs."""
    (project / "overrides" / EMPTY_TEMPLATE).write_text("", encoding="utf-8")
    for file in (project / _GUIDES).rglob("*.md"):
        if file.relative_to(project / _GUIDES).as_posix() not in edit.guides:
            file.write_bytes(_stub(file.read_bytes()))


def put_together(edit: Edit, site: Path, target: Path) -> Path:
    """Copy the cached theme build to the new folder ``target``, with the pages of the edited guides from ``site``."""
    shutil.copytree(edit.base, target, ignore=shutil.ignore_patterns(DIGESTS))
    texts = json.loads((edit.base / "guides.json").read_bytes()) | json.loads((site / "guides.json").read_bytes())
    (target / "guides.json").write_text(json.dumps(texts), encoding="utf-8")
    pages = [_page(guide) for guide in edit.guides]
    for page in pages:
        shutil.copyfile(site / page, target / page)
    merge_notes(edit.base, site, pages, target)
    return target


def save_guide_inputs(site: Path, inputs: GuideInputs) -> None:
    """Save the inputs of a theme build in its folder, for the next edit."""
    (site / KNOWN).write_text(json.dumps({"rest": inputs.rest, "texts": dict(inputs.texts)}), encoding="utf-8")


def _page(guide: str) -> str:
    path = Path("guides", guide)
    return (path.parent if path.stem in {"index", "README"} else path.with_suffix("")).joinpath("index.html").as_posix()


def _stub(content: bytes) -> bytes:
    """Front matter and heading, with a template that renders nothing; the whole text if it does not begin with them."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    head = _HEAD.match(text)
    if head is None or _OWN_TEMPLATE.search(head["matter"] or ""):
        return content
    return f"---\n{head['matter'] or ''}template: {EMPTY_TEMPLATE}\n---\n{head['title']}\n".encode("utf-8", "replace")
