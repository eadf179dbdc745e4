"""Short ways to read a descriptor in tests."""

import json
from pathlib import Path

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_text
from callboard.model.errors import MissingFileError
from callboard.settings.settings import Limits

VECTORS = Path(__file__).parent / "data" / "vectors"
PLACE = FileLocation("here", "tree", "acme/web", "", "svc/catalog-info.yaml")
GOOD = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
"""


def cases(name):
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["cases"]


def read(text, files=None, *, limits=None, place=PLACE, fetch=None):
    """Read a text as a descriptor file; ``files`` are the other files of the tree."""

    def content(path):
        if path not in (files or {}):
            raise MissingFileError(path)
        return files[path].encode()

    data = text if isinstance(text, bytes) else text.encode()
    return read_text(data, place, content, builtin_kinds(), limits or Limits(), fetch)


def refused(result):
    return any(problem.severity == "error" for problem in result.problems) or any(s.reason != "empty" for s in result.skipped)
