"""The steps of a template that fetch folders and files → what each of them renders, and TPL011 for what is missing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import TreeError
from callboard.model.fields import FieldPath
from callboard.model.problem import Problem
from callboard.model.suggestions import nearest
from callboard.model.tree import Tree
from callboard.plugins.sources.paths import compile_glob
from callboard.software_templates.checkouts import is_absolute
from callboard.software_templates.linting.subject import LintedTemplate, as_mapping, did_you_mean, shown
from callboard.software_templates.rules.skeletons import MISSING_SKELETON
from callboard.sources.files.folder import FolderTree

FETCHES = frozenset({"fetch:plain", "fetch:plain:file", "fetch:template", "fetch:template:file", "fetch:cookiecutter"})
RENDERS = frozenset({"fetch:template", "fetch:template:file"})


@dataclass(frozen=True, slots=True)
class SkeletonStep:
    """A step that fetches something of the template's own repository."""

    number: int
    action: str
    url: str
    paths: tuple[str, ...]
    """Files of the repository, sorted."""
    base: str
    """The folder, or the file, that the URL names."""
    values: frozenset[str] | None
    """Names of the values that files are rendered with; None if they are not known."""
    cookiecutter: bool
    extension: str
    """Only files that end with this are rendered; empty for all."""
    copied: tuple[str, ...]
    """Globs of files that are copied as they are."""

    @property
    def start(self) -> str:
        """What expressions begin with."""
        return "{{" if self.cookiecutter else "${{"

    def rendered(self) -> Iterator[str]:
        """The files whose contents are rendered."""
        if self.action not in RENDERS:
            return
        globs = [(each.startswith("!"), _compiled(each.removeprefix("!"))) for each in self.copied]
        for path in self.paths:
            inner = path.removeprefix(f"{self.base}/") if self.base and path != self.base else path
            is_copied = any(glob and glob.fullmatch(inner) for is_negated, glob in globs if not is_negated)
            is_kept = any(glob and glob.fullmatch(inner) for is_negated, glob in globs if is_negated)
            if path.endswith(self.extension) if self.extension else not is_copied or is_kept:
                yield path


def skeleton_steps(template: LintedTemplate, tree: Tree) -> Iterator[SkeletonStep | Problem]:
    """The steps whose folder or file exists, and a problem for each one whose does not."""
    folder = posixpath.dirname(template.entity.origin.path)
    for number, step in enumerate(template.steps):
        given = as_mapping(as_mapping(step).get("input"))
        action, url = str(as_mapping(step).get("action")), given.get("url")
        if action not in FETCHES or not isinstance(url, str) or not url or is_absolute(url):
            continue
        base, glob = _place(folder, url)
        paths = _files(tree, base, glob)
        if paths:
            yield _step(number, action, url, paths, base, given)
        elif paths is not None:
            yield _missing(template, tree, url, base, ("spec", "steps", number, "input", "url"))


def _place(folder: str, url: str) -> tuple[str, str]:
    """The path of a URL in the repository, and a glob for it if it has expressions (then the path ends before the first one)."""
    fixed, expression, _ = url.partition("${{")
    if not expression:
        return posixpath.normpath(posixpath.join(folder, url)).removeprefix("./"), ""
    start = posixpath.normpath(posixpath.join(folder, fixed.rpartition("/")[0])).removeprefix("./")
    return start, "any"


def _files(tree: Tree, base: str, glob: str) -> tuple[str, ...] | None:
    """The files at a place, sorted; None if that is not known."""
    if base == ".." or base.startswith("../"):
        return None if glob or _may_be_part(tree) else ()
    try:
        every = tree.glob("**") if base == "." else (*tree.glob(_escaped(base)), *tree.glob(f"{_escaped(base)}/**"))
    except TreeError:
        return None
    return tuple(sorted({path for path in every if not path.startswith(".git/")}))


def _may_be_part(tree: Tree) -> bool:
    """Whether the repository may have more than the tree: a folder that was named, without git."""
    return isinstance(tree, FolderTree) and not (tree.root / ".git").exists()


def _escaped(path: str) -> str:
    return "".join(f"[{character}]" if character in "*?[]{}" else character for character in path)


def _step(number: int, action: str, url: str, paths: tuple[str, ...], base: str, given: Mapping[str, Any]) -> SkeletonStep:
    values, extension = given.get("values"), given.get("templateFileExtension")
    copied = given.get("copyWithoutTemplating") or given.get("copyWithoutRender")
    return SkeletonStep(
        number, action, url, paths if "${{" not in url else (), "" if base == "." else base,
        frozenset(map(str, values)) if isinstance(values, Mapping) else None if values else frozenset(),
        given.get("cookiecutterCompat") is True,
        ".njk" if extension is True else f".{str(extension).lstrip('.')}" if extension else "",
        tuple(each for each in copied if isinstance(each, str)) if isinstance(copied, list) else (),
    )  # fmt: skip


def _missing(template: LintedTemplate, tree: Tree, url: str, base: str, path: FieldPath) -> Problem:
    parent, name = posixpath.split(base)
    if base == ".." or base.startswith("../"):
        why, hint = "is outside of the repository", "Name a folder of this repository, or an absolute URL."
    else:
        why = f"does not exist: the repository has no `{shown(base)}`"
        near = nearest(name, _names_in(tree, parent))
        hint = (
            did_you_mean(url.rstrip("/").removesuffix(name) + near if near else "")
            or "The URL begins at the folder of the template's file."
        )
    return template.problem(MISSING_SKELETON, f"`{shown(url)}` {why}.", path, hint)


def _names_in(tree: Tree, folder: str) -> Sequence[str]:
    prefix = f"{folder}/" if folder else ""
    try:
        paths = tree.glob(f"{_escaped(folder)}/**" if folder else "**")
    except TreeError:
        return ()
    return sorted({path.removeprefix(prefix).split("/", 1)[0] for path in paths})


def _compiled(glob: str) -> Any:
    clean = glob.removeprefix("./").rstrip("/")
    try:
        return compile_glob(f"{{{clean},{clean}/**}}") if "{" not in clean and "," not in clean else compile_glob(clean)
    except TreeError:
        return None
