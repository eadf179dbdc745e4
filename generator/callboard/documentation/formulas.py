"""A formula in LaTeX → MathML for a page, built from an allow-list of elements: browsers show it without a script or font."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST_FORMULA = 5_000
"""Characters; a long one takes 0.1 s."""
_ELEMENTS = frozenset({
    "math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot",
    "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
})  # fmt: skip
_ATTRIBUTES = frozenset({
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "dir", "display", "displaystyle", "fence", "form",
    "height", "largeop", "linebreak", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize", "mathvariant", "maxsize",
    "minsize", "movablelimits", "notation", "rowalign", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
    "symmetric", "voffset", "width",
})  # fmt: skip
_VALUE = re.compile(r"[\w .#%+-]{1,100}")
_DEEPEST = 100
_UNKNOWN = re.compile(r"\\[A-Za-z]++")
_NAMES = (("{aligned}", "{align*}"), ("{gathered}", "{align*}"), ("{alignedat}", "{align*}"))
"""Environments inside of formulas under the names of those that the library knows."""

_REASONS = {
    "NoAvailableTokensError": "it ends too early: a brace, an argument or an \\end is missing",
    "DoubleSubscriptsError": "it has two subscripts in one place: put braces around the inner one",
    "DoubleSuperscriptsError": "it has two superscripts in one place: put braces around the inner one",
    "ExtraLeftOrMissingRightError": "a \\left has no \\right, or a \\right has no \\left",
    "MissingSuperScriptOrSubscriptError": "nothing stands after a ^ or a _",
    "MissingEndError": "a \\begin has no \\end of the same name",
    "NumeratorNotFoundError": "a fraction has no numerator",
    "DenominatorNotFoundError": "a fraction has no denominator",
    "LimitsMustFollowMathOperatorError": "\\limits stands after no operator",
}
"""What the library's errors mean, which have no message."""


class FormulaError(Exception):
    """The formula cannot be shown; the message says why."""


def as_mathml(latex: str, *, is_block: bool) -> str:
    """The formula. Raises ``FormulaError``: such a formula is shown as it is written."""
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415 - loading it takes 0.1 s

    if len(latex) > LONGEST_FORMULA:
        raise FormulaError(f"it has more than {LONGEST_FORMULA:,} characters")
    for name, known in _NAMES:
        latex = latex.replace(name, known)
    try:
        root = convert_to_element(latex, display="block" if is_block else "inline")
        return "".join(_markup(root, 0))
    except FormulaError:
        raise
    except RecursionError:
        raise FormulaError("it is nested too deeply") from None
    except Exception as error:
        name = type(error).__name__
        raise FormulaError(_REASONS.get(name) or f"LaTeX: {' '.join(f'{name} {error}'.split())[:200]}") from error


def _markup(element: Element, depth: int) -> list[str]:
    """The library's own markup escapes no text and passes any attribute, so that it is written here."""
    if depth > _DEEPEST:
        raise FormulaError("it is nested too deeply")
    if element.tag not in _ELEMENTS:
        raise FormulaError(f"<{element.tag}> is not shown in formulas")
    text = unescape(element.text or "")
    if element.tag == "mi" and (unknown := _UNKNOWN.fullmatch(text)):
        raise FormulaError(f"the command {unknown[0]} is not known")
    given = {name: value for name, value in element.items() if name in _ATTRIBUTES and _VALUE.fullmatch(value)}
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    children = [part for child in element for part in _markup(child, depth + 1)]
    return [f"<{element.tag}{attributes}>", escape(text, quote=False), *children, f"</{element.tag}>"]
