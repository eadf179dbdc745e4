"""Imported once by the process from which the preview's converting processes are forked: they have a converter when they start."""

from callboard.documentation.conversion import converted_pages
from callboard.documentation.converter import converter_for
from callboard.documentation.extensions import allowed_extensions
from callboard.documentation.files import SetFile, SetFiles
from callboard.documentation.links import LinkResolver

__all__ = ["converted_pages"]
_PAGE = SetFile("index.md", "", is_page=True)
converter_for(allowed_extensions()).convert("# Title\n\n```python\nx = 1\n```\n", _PAGE, LinkResolver(SetFiles(["index.md"]), _PAGE))
