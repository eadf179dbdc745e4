"""The ways in which Markdown writes diagrams and formulas → marks of ``Insertions``, inside of the parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element

from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

import markdown
from callboard.documentation.blocks import LANGUAGES as BLOCKS
from callboard.documentation.insertions import Insertions
from callboard.documentation.text_blocks import FENCE, replaced_blocks

LANGUAGES = ("mermaid", "dot", "graphviz", "plantuml", "puml", "uml", "math")
"""Languages of fenced code that are drawn."""
_COMMANDS = "dot|neato|fdp|sfdp|twopi|circo"
_GRAPHVIZ = re.compile(rf"^([ ]*+)\{{%[ ]*+({_COMMANDS})[ \t]++[^\s]++[ \t]*+\n", re.MULTILINE)
_GRAPHVIZ_FENCE = re.compile(rf"^([ ]*+`{{3,}}+)graphviz[ \t]++({_COMMANDS})\b[^\n`]*+$", re.MULTILINE)
_MERMAID_FENCE = re.compile(r"([ ]*+(?:`{3,}+|~{3,}+)[ ]*+)(?:\{mermaid\}|mermaid\b)", re.IGNORECASE)
"""``{mermaid}`` of MyST and Quarto, and other cases of letters, as GitHub reads them."""
_MERMAID_COLONS = re.compile(r"^([ ]*+):::[ ]*+mermaid[ \t]*+\n", re.MULTILINE)
"""How the wikis of Azure DevOps write a diagram, up to a line ``:::``."""
_PLANTUML = re.compile(r"^::uml::[^\n]*+\n", re.MULTILINE)
_OTHER_SPELLING = re.compile(r"\{%|::uml::|graphviz|:::[ ]*+mermaid|[`~][ ]*+(?:\{mermaid\}|(?!mermaid)(?i:mermaid))")
"""What a text has where it has one of the above; most have none."""
_FORMULA = r"\$`([^`\n]{1,1000})`\$"
"""How GitHub and GitLab write a formula in a line."""
_DELIMITERS = re.compile(r"\s*(?:\\\(|\\\[|\$\$?)(.*?)(?:\\\)|\\\]|\$\$?)\s*", re.DOTALL)
_SIGNS = re.compile(r"\\[()]")
ARITHMATEX: Mapping[str, Any] = MappingProxyType({"generic": True, "preview": False})
"""Options of ``pymdownx.arithmatex`` that a set cannot change: the others write scripts."""
ONLY_BLOCKS: Mapping[str, Any] = MappingProxyType({"inline_syntax": [], "block_syntax": ["dollar"]})
"""Its options in a set that does not name it: only ``$$`` around a paragraph; amounts of money stay text."""


def with_common_fences(text: str) -> str:
    """The text with fenced code for other spellings of diagrams (``{% dot x.svg … %}``, ``::uml::``, ``::: mermaid``), outside of code."""
    if not _OTHER_SPELLING.search(text):
        return text
    text = _GRAPHVIZ_FENCE.sub(r"\1{.graphviz command=\2}", text)
    parts, done = [], 0
    for fence in FENCE.finditer(text):
        diagram = _MERMAID_FENCE.match(fence[0])
        parts += [_fenced(text[done : fence.start()]), f"{diagram[1]}mermaid{fence[0][diagram.end() :]}" if diagram else fence[0]]
        done = fence.end()
    return "".join((*parts, _fenced(text[done:])))


def without_delimiters(text: str) -> str:
    """The text of a heading without the signs around its formulas."""
    return _SIGNS.sub("", text) if "\\(" in text else text


def _fenced(text: str) -> str:
    graphs = replaced_blocks(
        text, _GRAPHVIZ, "%}", lambda start, inner: f"{start[1]}~~~~{{.graphviz command={start[2]}}}\n{inner}\n{start[1]}~~~~\n"
    )
    diagrams = replaced_blocks(
        graphs, _MERMAID_COLONS, "\n:::", lambda start, inner: f"{start[1]}~~~~mermaid\n{inner.rstrip(' ')}\n{start[1]}~~~~\n"
    )
    return replaced_blocks(diagrams, _PLANTUML, "::end-uml::", lambda _, inner: f"~~~~plantuml\n{inner}~~~~\n")


def _custom_fences() -> list[dict[str, Any]]:
    return [{"name": name, "class": name, "format": _format, "validator": _accept} for name in (*LANGUAGES, *BLOCKS)]


def _accept(_: str, inputs: Mapping[str, Any], options: dict[str, Any], __: Mapping[str, Any], ___: markdown.Markdown) -> bool:
    """Whatever options are written behind the language."""
    options["command"] = str(inputs.get("command", ""))
    return True


def _format(source: str, language: str, _: str, options: Mapping[str, Any], md: markdown.Markdown, **__: Any) -> str:
    insertions: Insertions = md.callboard_insertions
    if language in BLOCKS:
        mark = insertions.block(language, source)
    elif language == "math":
        mark = insertions.formula(source, is_block=True)
    else:
        mark = insertions.diagram(language, source, options.get("command", ""))
    return f"<div>{mark}</div>"


class FormulaPattern(InlineProcessor):  # type: ignore[misc]  # it has no stubs
    """The formulas of GitHub in a line of text."""

    def __init__(self, parser: markdown.Markdown) -> None:
        super().__init__(_FORMULA, parser)

    def handleMatch(self, m: re.Match[str], _: str) -> tuple[Element, int, int]:  # noqa: N802 - the name of its base
        """An element with the formula, and the place of the formula in the text."""
        element = Element("span", {"class": "arithmatex"})
        element.text = AtomicString(rf"\({m[1]}\)")
        return element, m.start(0), m.end(0)


class FormulaMarks(Treeprocessor):  # type: ignore[misc]  # it has no stubs
    """The formulas that were found → marks, when headings have their ids."""

    def run(self, root: Element) -> None:
        """Replace the text of its elements."""
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.tag in {"span", "div"} and not len(element):
                found = _DELIMITERS.fullmatch(element.text or "")
                if found:
                    is_block = element.tag == "div"
                    element.text = AtomicString(self.md.callboard_insertions.formula(_plain(found[1]), is_block=is_block))
                    del element.attrib["class"]


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def drawing_options(named: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The options of extensions by name, with those that find diagrams and formulas."""
    extra = named["pymdownx.extra"]
    fences = {**extra.get("pymdownx.superfences", {}), "custom_fences": _custom_fences()}
    formulas = {**named.get("pymdownx.arithmatex", ONLY_BLOCKS), **ARITHMATEX}
    return {**named, "pymdownx.extra": {**extra, "pymdownx.superfences": fences}, "pymdownx.arithmatex": formulas}


def register(parser: markdown.Markdown) -> None:
    """Add what draws to a parser; each page's ``Insertions`` are set as its ``callboard_insertions``."""
    parser.inlinePatterns.register(FormulaPattern(parser), "callboard_formulas", 195)
    parser.treeprocessors.register(FormulaMarks(parser), "callboard_formulas", -1)
