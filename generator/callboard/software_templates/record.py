"""A template, its revision and the answers → ``.callboard/template.yaml`` in what it made, and back: what a later update starts from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError

RECORD_PATH = ".callboard/template.yaml"
_HEADER = "# Written by `callboard new`; `callboard new --update` reads it. Secrets are not recorded.\n"
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """From which template, at which revision, and with which answers a folder was made."""

    template: str
    """Reference of the Template entity."""
    repository: str
    """Address of its repository for git."""
    revision: str
    path: str
    """Path of its file in the repository."""
    answers: Mapping[str, Any]
    """Without those to secret parameters."""
    hosts: Mapping[str, str]
    portal: str = ""
    """Address of the portal; empty if none was used."""

    def text(self) -> str:
        """The content of the file."""
        data = {
            "template": self.template, "portal": self.portal, "repository": self.repository, "revision": self.revision,
            "path": self.path, "hosts": dict(self.hosts), "answers": dict(self.answers),
        }  # fmt: skip
        return _HEADER + yaml.safe_dump({key: value for key, value in data.items() if value}, sort_keys=False, allow_unicode=True)


def read_record(folder: Path) -> TemplateRecord:
    """The record of a folder. Raises ``CallboardError`` if it has none, or a broken one."""
    file = folder / RECORD_PATH
    try:
        if file.is_symlink() or file.stat().st_size > MAX_BYTES:
            raise CallboardError(f"{file} is no record of a template.", "Restore the file.")
        data = yaml.safe_load(file.read_text("utf-8"))
    except OSError:
        raise CallboardError(f"{file} does not exist.", "Only what `callboard new` has made can be updated.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CallboardError(f"{file} cannot be read: {str(error).splitlines()[0]}.", "Restore the file.") from None
    texts = {
        key: data.get(key, "") if isinstance(data, Mapping) else "" for key in ("template", "repository", "revision", "path", "portal")
    }
    if not all(isinstance(value, str) for value in texts.values()) or not all(texts[key] for key in ("template", "repository", "path")):
        raise CallboardError(f"{file} is no record of a template.", "Restore the file.")
    answers, hosts = data.get("answers") or {}, data.get("hosts") or {}
    if not isinstance(answers, Mapping) or not isinstance(hosts, Mapping):
        raise CallboardError(f"{file} has no mapping of answers.", "Restore the file.")
    return TemplateRecord(**texts, answers=answers, hosts={str(k): str(v) for k, v in hosts.items()})
