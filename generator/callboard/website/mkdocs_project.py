"""A portal's settings, overrides and guides → an MkDocs project → frames and guides in HTML. The only module that runs MkDocs."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from callboard.io.process import Running, allowed
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError
from callboard.settings.settings import Portal
from callboard.website.guides import Guides
from callboard.website.hook_files import WORDS
from callboard.website.joined_scripts import page_scripts
from callboard.website.labels import ENGLISH, Labels
from callboard.website.portal_files import PortalFiles, guide_templates

_TIMEOUT = 1800
NAME_SLOT = "qznamezq"
"""Placeholder for the portal's name, which the theme writes with and without escaping."""
MARK_ICON = "material/bulletin-board"
FRAMES: Mapping[str, tuple[str, ...]] = {"entity": ("navigation",), "docs": ("navigation",), "wide": ("navigation", "toc")}
"""The frames by name, with the side columns of the theme that each of them hides."""
STYLES_PATH = "assets/portal.css"
"""The style sheet of guides besides those of the theme: all style sheets in ``assets/``."""
PAGE_STYLES_PATH = "assets/page.css"
"""The one style sheet of pages: the same, below what pages use of the theme's."""
DOCS_STYLES_PATH = "assets/docs.css"
"""The one style sheet of pages of documentation sets: that of pages, with what their texts use of the theme's rules."""
TABS = ("catalog", "apis", "docs", "teams", "systems", "health", "scorecards", "create")
"""Entries of the navigation after Home, each at the path of its name. The guides follow as a section: ``partials/nav.html`` puts them into
the second list, with changes and data quality."""
_IMAGES = frozenset({".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif"})
_EXTENSIONS: tuple[Any, ...] = (
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", {"tables": {"use_align_attribute": True}},
    "pymdownx.details", "pymdownx.superfences", "pymdownx.inlinehilite", "pymdownx.keys",
    {"pymdownx.highlight": {"anchor_linenums": False}}, {"pymdownx.tabbed": {"alternate_style": True}},
)  # fmt: skip

_FULL = 100_000
"""Free bytes of a disk on which MkDocs could not write its files."""


@dataclass(frozen=True, slots=True)
class MkDocsProject:
    """The inputs of an MkDocs build."""

    portal: Portal
    root: Path
    """Folder of ``sources.yaml``; the logo lies below it."""
    files: PortalFiles
    labels: Labels
    """The labels in the portal's language."""
    guides: Guides
    broken: frozenset[Path] = frozenset()
    """Overrides of the portal that have an error; they are left out."""
    guide_seconds: float = 10.0
    """Most processor time for one guide; an ordinary page takes a hundredth of a second."""
    kinds: frozenset[str] = frozenset()
    """Kinds of entities, which are schemes of links: ``component:payments``."""
    tabs: tuple[str, ...] = TABS
    """Those of ``TABS`` that this portal has."""

    def versions(self) -> tuple[str, ...]:
        """Versions of the packages on which the output depends."""
        return tuple(version(name) for name in ("mkdocs", "mkdocs-material", "pymdown-extensions", "markdown", "pygments"))


def frame_folder(frame: str) -> str:
    """The folder of the page that becomes the frame, in MkDocs' output."""
    return f"qz{frame}zq"


def write_project(project: MkDocsProject, folder: Path) -> None:
    """Write ``mkdocs.yml``, the labels, the pages of the frames, the guides and the overrides into ``folder``."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for name, hidden in FRAMES.items():
        (docs / f"{frame_folder(name)}.md").write_text(_frame_page(hidden), encoding="utf-8")
    (docs / "index.md").write_text("---\ntemplate: frame.html\n---\n# x\n", encoding="utf-8")
    project.guides.copy_to(docs / "guides")
    _copy_overrides(project, folder / "overrides")
    logo = _copy_logo(project, docs)
    (folder / "hooks.py").write_text("from callboard.website.guide_hooks import *\n", encoding="utf-8")
    configuration = _configuration(project, logo)
    (folder / WORDS).write_text(json.dumps(dict(project.labels)), encoding="utf-8")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True), encoding="utf-8")


def start_mkdocs(folder: Path, python: Path, environ: Mapping[str, str]) -> Running:
    """Start MkDocs with the interpreter that has it installed; returns the running process."""
    command: list[str | Path] = [python, "-m", "mkdocs", "build", "--quiet", "--config-file", "mkdocs.yml", "--site-dir", folder / "site"]
    # Without these, MkDocs prints an advertisement, and the order of some sets is random.
    environment = allowed(environ) | {"NO_MKDOCS_2_WARNING": "1", "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "PYTHONUTF8": "1"}
    return Running(command, environ=environment, cwd=folder, timeout=_TIMEOUT, log=folder / "mkdocs.log")


class MkDocsError(WebsiteError):
    """MkDocs failed; ``output`` is what it printed."""

    def __init__(self, code: int | None, output: str) -> None:
        super().__init__(f"MkDocs could not build the frames and guides (exit code {code}):\n{output.strip()[-4000:]}")
        self.output = output


def finish_mkdocs(running: Running, folder: Path) -> Path:
    """Wait for MkDocs; returns the folder with its output. Raises ``MkDocsError`` if it failed, ``OSError`` if the disk is full.

    A page whose template is empty is not in the output: see ``frames.read_frames``.
    """
    done = running.finish()
    if not done.good:
        if shutil.disk_usage(folder).free < _FULL:  # its output may not say so: it is written to the same disk
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        raise MkDocsError(done.code, done.stderr)
    return folder / "site"


def _frame_page(hidden: tuple[str, ...]) -> str:
    hide = ", ".join(hidden)
    # The headings make the theme render one entry of the table of contents, and one below it, in its own markup.
    return (
        f"---\ntemplate: frame.html\ntitle: qztopiczq\ndescription: qzdescriptionzq\nhide: [{hide}]\nsearch: {{exclude: true}}\n---\n"
        "# qzheadingzq {#content}\n## qztoczq {#qzanchorzq}\n### qzsubzq {#qzsubanchorzq}\n"
    )


def _copy_overrides(project: MkDocsProject, target: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "*.map")

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {*unwanted(folder, names), *(name for name in names if Path(folder, name) in project.broken)}

    for folder in reversed(project.files.overrides):
        if folder.is_dir():
            shutil.copytree(folder, target, dirs_exist_ok=True, ignore=ignored)
    for style in (target / "assets").glob("*.css"):  # see STYLES_PATH
        style.unlink()


def _copy_logo(project: MkDocsProject, docs: Path) -> str:
    if not project.portal.logo:
        return ""
    path = (project.root / project.portal.logo).resolve()
    if not path.is_relative_to(project.root.resolve()) or path.suffix.lower() not in _IMAGES or not path.is_file():
        raise WebsiteError(
            f"portal.logo: {project.portal.logo!r} is not an image below {project.root}.", "Name an SVG, PNG, JPEG, WebP or GIF file."
        )
    name = f"assets/logo{path.suffix.lower()}"
    (docs / "assets").mkdir(exist_ok=True)
    shutil.copyfile(path, docs / name)
    return name


def _configuration(project: MkDocsProject, logo: str) -> dict[str, Any]:
    portal, labels = project.portal, project.labels
    return {
        "site_name": NAME_SLOT,
        "site_url": portal.url,
        "docs_dir": "docs",
        "use_directory_urls": True,
        "theme": _theme(project, logo),
        "plugins": ["search"],
        "hooks": ["hooks.py"],
        "markdown_extensions": [{"toc": {"permalink": True, "title": labels["on_this_page"]}}, *_EXTENSIONS],
        "extra_css": [STYLES_PATH],
        "extra_javascript": [{"path": f"assets/{name}", "type": "module"} for name in page_scripts(project.files)],
        "extra": {
            "generator": False,
            "noindex": portal.audience == "internal",
            "index_links": portal.index_links,
            "timezone": portal.timezone,
            "guide_kinds": sorted(project.kinds),
            "guide_seconds": project.guide_seconds,
            "guide_templates": sorted(guide_templates(project.files)),
        },
        "copyright": labels["made_with"],
        "not_in_nav": "".join(f"/{frame_folder(name)}.md\n" for name in FRAMES),
        "validation": {"nav": {"not_found": "ignore", "omitted_files": "ignore"}},
        "nav": [{labels["home"]: "index.md"}, *({labels[tab]: f"{tab}/"} for tab in project.tabs), *_guides_tab(project)],
    }


def _guides_tab(project: MkDocsProject) -> list[dict[str, Any]]:
    return [{project.labels["guides"]: project.guides.navigation("guides/")}] if project.guides.pages else []


def _theme(project: MkDocsProject, logo: str) -> dict[str, Any]:
    labels, colours = project.labels, project.portal.colours
    accent = colours.get("accent", "indigo")
    palettes = [
        ("light", "default", colours.get("primary", "white"), "material/weather-night", labels["use_dark"]),
        ("dark", "slate", colours.get("primary", "black"), "material/weather-sunny", labels["use_light"]),
    ]
    return {
        "name": "material",
        "custom_dir": "overrides",
        "language": _language(project.portal.language if labels.language != ENGLISH else ENGLISH),
        "font": False,
        "favicon": logo or "assets/favicon.svg",
        **({"logo": logo} if logo else {}),
        "icon": {"logo": MARK_ICON},
        "features": ["navigation.tabs", "navigation.prune", "toc.follow", "content.code.copy"],
        "palette": [_palette(*values, accent) for values in palettes],
    }


def _palette(media: str, scheme: str, primary: str, icon: str, label: str, accent: str) -> dict[str, Any]:
    return {
        "media": f"(prefers-color-scheme: {media})",
        "scheme": scheme,
        "primary": primary,
        "accent": accent,
        "toggle": {"icon": icon, "name": label},
    }


def _language(language: str) -> str:
    theme = find_spec("material")
    folders = [Path(p) / "templates/partials/languages" for p in (theme.submodule_search_locations or ())] if theme else []
    available = {path.stem for folder in folders for path in folder.glob("*.html")}
    return next((name for name in (language, language.partition("-")[0]) if name in available), "en")
