"""Folders and files of the template's repository, or of another one → files of the new project, as they are or rendered."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.actions import ActionError, ActionStep, StepAction
from callboard.plugins.sources.paths import compile_glob
from callboard.plugins.staged_files import MAX_FILE_BYTES, is_executable
from callboard.software_templates.binary_files import is_binary

MAX_ENTRIES = 20_000
_TEXT = {"type": "string"}
_FETCH = {"url": _TEXT, "targetPath": _TEXT, "token": _TEXT}
_RENDER = {
    "values": {"type": "object"}, "cookiecutterCompat": {"type": "boolean"}, "replace": {"type": "boolean"},
    "trimBlocks": {"type": "boolean"}, "lstripBlocks": {"type": "boolean"},
}  # fmt: skip


class FetchPlain(StepAction):
    """Copies a folder."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["url"], "properties": _FETCH}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Copy the folder to ``targetPath``."""
        source, target = step.services.fetch(str(step.input["url"])), str(step.input.get("targetPath") or ".")
        for path in _entries(source):
            _copy(step, source / path, f"{target}/{path}")
        return {}


class FetchPlainFile(StepAction):
    """Copies one file."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["url", "targetPath"], "properties": _FETCH}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Copy the file to ``targetPath``."""
        source = step.services.fetch(str(step.input["url"]))
        if not source.is_file():
            raise ActionError(f"{step.input['url']} is not a file.", "Use fetch:plain for folders.")
        _copy(step, source, str(step.input["targetPath"]))
        return {}


class FetchTemplate(StepAction):
    """Renders a folder: names and contents of its files."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["url"],
        "properties": {
            **_FETCH, **_RENDER,
            "copyWithoutTemplating": {"type": "array", "items": _TEXT},
            "copyWithoutRender": {"type": "array", "items": _TEXT},
            "templateFileExtension": {"type": ["string", "boolean"]},
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Render the folder to ``targetPath``; files that exist stay, unless ``replace`` is set."""
        given, services = step.input, step.services
        extension, copied = _extension(given), [*(given.get("copyWithoutTemplating") or given.get("copyWithoutRender") or ())]
        if extension and (copied or given.get("cookiecutterCompat")):
            raise ActionError("templateFileExtension cannot be used with copyWithoutTemplating or cookiecutterCompat.", "Use one of them.")
        source, target = services.fetch(str(given["url"])), str(given.get("targetPath") or ".")
        as_they_are = _selection(copied)
        services.start_files(given.get("values") or {}, _options(given))
        for path in _entries(source, with_folders=True):
            is_rendered = path.endswith(extension) if extension else not as_they_are(path)
            name = services.render_file(path.removesuffix(extension) if is_rendered else path)
            if name in {"", "/"} or name.startswith("/") or "//" in name:
                continue
            if not step.files.exists(f"{target}/{name}") or given.get("replace"):
                _render(step, source / path, f"{target}/{name}", is_rendered=is_rendered)
        return {}


class FetchTemplateFile(StepAction):
    """Renders one file."""

    schema: ClassVar[Mapping[str, Any]] = {"type": "object", "required": ["url", "targetPath"], "properties": {**_FETCH, **_RENDER}}

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Render the file to ``targetPath``; a file that exists stays, unless ``replace`` is set."""
        given, target = step.input, str(step.input["targetPath"])
        source = step.services.fetch(str(given["url"]))
        if not source.is_file():
            raise ActionError(f"{given['url']} is not a file.", "Use fetch:template for folders.")
        step.services.start_files(given.get("values") or {}, _options(given))
        if not step.files.exists(target) or given.get("replace"):
            _render(step, source, target, is_rendered=True)
        return {}


def _extension(given: Mapping[str, Any]) -> str:
    """``.njk`` for true, else the given one with a dot; empty if all files are rendered."""
    extension = given.get("templateFileExtension")
    if not extension:
        return ""
    return ".njk" if extension is True else f".{str(extension).lstrip('.')}"


def _options(given: Mapping[str, Any]) -> Mapping[str, bool]:
    return {key: bool(given.get(key)) for key in ("cookiecutterCompat", "trimBlocks", "lstripBlocks")}


def _selection(globs: list[str]) -> Any:
    """Whether globs select a path: later ones with ``!`` leave out; one of a folder selects what is in it."""
    expressions = [(glob.startswith("!"), _compiled(glob.removeprefix("!"))) for glob in globs]

    def is_selected(path: str) -> bool:
        clean = path.rstrip("/")
        chosen = any(pattern.fullmatch(clean) for is_negated, pattern in expressions if not is_negated)
        return chosen and not any(pattern.fullmatch(clean) for is_negated, pattern in expressions if is_negated)

    return is_selected


def _compiled(glob: str) -> Any:
    clean = glob.removeprefix("./").rstrip("/")
    return compile_glob(f"{{{clean},{clean}/**}}") if "{" not in clean and "," not in clean else compile_glob(clean)


def _entries(folder: Path, *, with_folders: bool = False) -> Iterator[str]:
    """The paths below a folder without those of git, sorted; folders end with ``/``."""
    if not folder.is_dir():
        raise ActionError(f"{folder.name} is not a folder.", "Check the url of the step.")
    for number, path in enumerate(_walk(folder, "")):
        if number >= MAX_ENTRIES:
            raise ActionError(f"The folder {folder.name} has more than {MAX_ENTRIES:,} files.", "Name a smaller folder.")
        if with_folders or not path.endswith("/"):
            yield path


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.name == ".git" and not prefix:
            continue
        path = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield f"{path}/"
            yield from _walk(Path(entry.path), f"{path}/")
        else:
            yield path


def _copy(step: ActionStep, source: Path, target: str) -> None:
    if source.is_symlink():
        step.files.copy_link(target, str(source.readlink()))
    elif source.is_file():
        step.files.write(target, _content(source), is_executable=is_executable(source))


def _content(source: Path) -> bytes:
    if source.stat().st_size > MAX_FILE_BYTES:
        raise ActionError(f"{source.name} has more than {MAX_FILE_BYTES:,} bytes.", "Leave large files out of the template.")
    return source.read_bytes()


def _render(step: ActionStep, source: Path, target: str, *, is_rendered: bool) -> None:
    """Write a file with its content rendered; folders, links, binary files and other encodings than UTF-8 are copied."""
    if source.is_dir() and not source.is_symlink():
        step.files.make_folder(target)
        return
    if source.is_symlink() or not is_rendered or not source.is_file() or is_binary(source):
        _copy(step, source, target)
        return
    try:
        text = _content(source).decode("utf-8")
    except UnicodeDecodeError:
        _copy(step, source, target)
        return
    try:
        rendered = step.services.render_file(text)
    except ActionError as error:
        raise ActionError(f"{source.name}: {error}", error.hint) from None
    step.files.write(target, rendered.encode("utf-8", "replace"), is_executable=is_executable(source))
