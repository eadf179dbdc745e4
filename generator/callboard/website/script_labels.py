"""Scripts with a slot for labels, and the labels of the portal → the scripts with the labels that they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

PATHS = ("assets/words.js", "assets/page-words.js", "assets/as-file.js")
"""``as-file.js`` runs where browsers load no modules, and so has a text of its own."""
_SLOT = "const labels = {};"
_NAMED = re.compile(r"\b(?:t|counted)\(\"([a-z0-9_]+)\"")
_KINDS = re.compile(r"const KINDS = (\[[^\]]*\]);")
_SINGULAR = "_1"


def with_labels(script: str, labels: Mapping[str, str], english: Mapping[str, str]) -> str:
    """The script, whose line ``const labels = {};`` then has the labels of ``t("…")`` and ``counted("…")``, and those of kinds.

    The English labels of kinds are added with the prefix ``en ``: the script finds by them what the data of the catalog calls a kind. A
    script without that line, such as a portal's own, is returned as it is.
    """
    if _SLOT not in script:
        return script
    texts = {key: labels[key] for key in named_labels(script) if key in labels}
    kinds = {f"en {key}": english[key] for key in texts if key.startswith(("kind_", "kinds_"))}
    written = json.dumps(texts | kinds, ensure_ascii=False, separators=(",", ":"))
    return script.replace(_SLOT, f"const labels = {written};", 1)


def named_labels(script: str) -> Iterator[str]:
    """The keys of the labels that the script uses, each with that of its form for the number 1."""
    found = _KINDS.search(script)
    kinds = json.loads(found[1]) if found else ()
    for key in (*_NAMED.findall(script), *(f"{prefix}_{kind}" for kind in kinds for prefix in ("kind", "kinds"))):
        yield key
        yield f"{key}{_SINGULAR}"
