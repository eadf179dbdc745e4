"""The content security policy of a page: what it may load and run, as a ``meta`` element."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

POLICY_SLOT = "qzpolicyzq"
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
_DATA = re.compile(r'\bsrc=|type="(?!module|text/javascript)')


def policy(html: str) -> str:
    """The policy for a page with the inline scripts of ``html``: our own files, nothing of another host.

    Pagefind is WebAssembly, hence ``wasm-unsafe-eval``; the theme's icons are ``data:`` images in its style sheets.
    ``frame-ancestors`` has no effect in a ``meta`` element: a server's header has to say it.
    """
    codes = (found["code"] for found in _INLINE.finditer(html) if not _DATA.search(found["attributes"]))
    hashes = dict.fromkeys(b64encode(sha256(code.encode()).digest()).decode() for code in codes)
    scripts = " ".join(("'self'", "'wasm-unsafe-eval'", *(f"'sha256-{value}'" for value in hashes)))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'"
    )
