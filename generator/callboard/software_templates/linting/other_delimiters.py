"""A text → an expression in it that has the delimiters of another template format, and how it is written here."""

from __future__ import annotations

import re

_OTHER = re.compile(
    r"(?P<cookie>(?<![$\\{])\{\{-?+\s*+(?P<name>cookiecutter\.[A-Za-z_]\w*+)[^{}\n]{0,200}\}\})"
    r"|(?P<legacy>(?<![$\\{])\{\{-?+\s*+(?:json\s++)?(?P<old>(?:parameters|steps|secrets)[.\[][^{}\n]{1,200}?)\s*+-?\}\})"
    r"|(?P<space>\$\s++\{\{\s*+(?P<spaced>(?:parameters|steps|secrets|values)[.\[][^{}\n]{1,200}?)\s*+\}\})"
    r"|(?P<script>\$\{\s*+(?P<js>(?:parameters|steps)\.[^{}\n]{1,200}?)\s*+\}(?!\}))"
)
_VALUES = re.compile(r"(?<![$\\{])\{\{-?+\s*+(?P<name>values\.[A-Za-z_]\w*+)[^{}\n]{0,200}?\}\}")


def other_delimiters(text: str) -> tuple[str, str, str] | None:
    """The expression, how it is written here, and why it is not evaluated; None if there is none. The first one of the text."""
    found = _OTHER.search(text) if "{" in text else None
    if found is None:
        return None
    if found["cookie"]:
        name = found["name"].removeprefix("cookiecutter.")
        return found["cookie"], f"${{{{ parameters.{name} }}}}", "that is the form of Cookiecutter"
    if found["legacy"]:
        return found["legacy"], f"${{{{ {found['old'].strip()} }}}}", "that is the form of scaffolder.backstage.io/v1beta2"
    if found["space"]:
        return found["space"], f"${{{{ {found['spaced'].strip()} }}}}", "there is a space after `$`"
    return found["script"], f"${{{{ {found['js'].strip()} }}}}", "an expression has two braces"


def values_in_other_delimiters(text: str) -> tuple[str, str] | None:
    """The first ``{{ values.name }}`` of a file, and how it is written here."""
    found = _VALUES.search(text) if "{{" in text else None
    return (found[0], f"${{{{ {found['name']} }}}}") if found else None
