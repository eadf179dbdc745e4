"""The scripts that every page loads → one module, so that a first visit needs one request for them.

Each script stays a function of its own: an exception in one is reported to the console, and only scripts that import from it do not
run. At the address of a script that others import is a module with the same exports, so that its state exists once on a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from callboard.website.portal_files import PortalFiles

JOINED_PATH = "assets/scripts.js"
"""The module with all of them."""
ENTRIES = ("search.js", "ages.js", "copy.js", "stars.js", "on-call.js", "operations.js")
"""Modules in ``assets/`` that every page runs; templates name other modules that they need."""
_MEMBERS = ("labels.js", "page-words.js", "elements.js", "mine.js", *ENTRIES)
"""The modules that are joined, each after those that it imports."""
_IMPORT = re.compile(r'^import \{ ([\w$, ]+) \} from "\./([\w-]+\.js)";', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:const|function|async function) ([\w$]+))", re.MULTILINE)
_OTHER_STATEMENT = re.compile(r"^(?:import|export|await)\b(?! ?\().*", re.MULTILINE)
_COMMENT = re.compile(r"^[ ]*(?://.*|/\*\*.*\*/)?\n|^[ ]+", re.MULTILINE)
_START = """\
// The scripts of all pages, one function each. An exception in one is reported, and the others run.
const run = (make, ...needed) => {
if (needed.includes(null)) return null;
try { return make(...needed); } catch (error) { reportError(error); return null; }
};
"""


def page_scripts(files: PortalFiles) -> tuple[str, ...]:
    """The names of the modules in ``assets/`` that pages load: the joined one, or each of them if the portal replaces any.

    A portal's file is not joined: one with a syntax error would disable all of them.
    """
    return tuple(name for name in ENTRIES if files.override(f"assets/{name}")) if _replaces_any(files) else (Path(JOINED_PATH).name,)


def joined_scripts(theme_files: Mapping[str, Path], files: PortalFiles) -> dict[str, bytes]:
    """The joined module, and the modules that take the places of those in it, by path in the site; empty if the portal replaces any.

    Args:
        theme_files: the files of the theme by path in the site; scripts with labels are filled in.
        files: the portal's overrides.
    """
    if _replaces_any(files):
        return {}
    texts = {name: theme_files[f"assets/{name}"].read_text(encoding="utf-8") for name in _MEMBERS}
    exports = {name: [found[2] for found in _EXPORT.finditer(text)] for name, text in texts.items()}
    joined = {f"assets/{name}": f'export {{ {", ".join(names)} }} from "./scripts.js";\n' for name, names in exports.items() if names}
    return {path: text.encode() for path, text in {**joined, JOINED_PATH: "".join(_joined(texts, exports))}.items()}


def _replaces_any(files: PortalFiles) -> bool:
    own = files.own_overrides
    return own is not None and any((own / "assets" / name).is_file() for name in (*_MEMBERS, Path(JOINED_PATH).name))


def _joined(texts: Mapping[str, str], exports: Mapping[str, list[str]]) -> Iterator[str]:
    yield _START
    for name, text in texts.items():
        imports = [(found[1], found[2]) for found in _IMPORT.finditer(text)]
        needed = ", ".join(["", *(_variable(other) for _, other in imports)])
        given = ", ".join(f"{{ {names} }}" for names, _ in imports)
        body = _EXPORT.sub(r"\1", _IMPORT.sub("", text))
        if unknown := _OTHER_STATEMENT.search(body):
            raise ValueError(f"{name}: a statement that cannot be joined: {unknown[0]}")
        result = f"return {{ {', '.join(exports[name])} }};" if exports[name] else "return {};"
        yield f"const {_variable(name)} = run(({given}) => {{\n{_COMMENT.sub('', body)}{result}\n}}{needed});\n"
    for name, names in exports.items():
        if names:
            yield f"export const {{ {', '.join(names)} }} = {_variable(name)} ?? {{}};\n"


def _variable(name: str) -> str:
    return "$" + name.removesuffix(".js").replace("-", "_")
