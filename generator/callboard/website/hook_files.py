"""Names of the files that ``guide_hooks``, in the process of MkDocs, and the build exchange.

They stand here because the modules that read and write these files import the views of pages, which takes an eighth of the time of MkDocs.
"""

NOTES = "guide-notes.json"
"""File in MkDocs' output, written by ``guide_hooks``."""
WORDS = "words.json"
"""File in MkDocs' project with the portal's labels, read by ``guide_hooks``."""
EMPTY_TEMPLATE = "qzemptyzq.html"
"""Template of guides that are not rendered again, an empty file."""
