"""A package and a path in it → a file that the package brings along: the schema of its options, a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any


def text_resource(package: str, path: str) -> str:
    """The text of a file of a package: ``text_resource(__name__, "panel.html")``. Raises ``FileNotFoundError``."""
    return files(package).joinpath(path).read_text(encoding="utf-8")


def json_resource(package: str, path: str) -> Mapping[str, Any]:
    """The object in a JSON file of a package: ``json_resource(__name__, "options.json")``. Raises ``FileNotFoundError``, ``ValueError``."""
    value: Mapping[str, Any] = json.loads(text_resource(package, path))
    return value
