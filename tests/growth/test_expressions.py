"""Each regular expression of the package takes time that grows with the text, not with its square: authors choose the texts."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from attacks import TooLongError, fragments, limited, seconds

import callboard

ROOT = Path(callboard.__file__).parent
METHODS = frozenset({"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
TRUSTED = ("cli/", "scaffold/", "settings/", "lint/explain", "plugins/testing/", "preview/")
"""Modules whose expressions read what the people who run the portal wrote."""
BOUNDED = {
    "descriptors/annotation_forms.py:_COMMA": "values of at most 2,000 characters (LONGEST)",
    "integrations/kubernetes.py:COMMA": "selectors of at most 2,000 characters (SELECTOR_LIMIT)",
    "pages/entities/addresses.py:_HOSTS": "addresses of at most 2,000 characters (MAX_URL)",
    "plugins/sources/paths.py:TOKEN": "globs of at most 1,000 characters, and only up to the last bracket",
    "plugins/publishers/content_types.py:_NAMED_BY_CONTENT": "paths of the site's own files",
    "sources/guesses/definitions.py:FORMATS": "names of at most 200 characters; in a text, repeats are bounded",
    "scorecards/versions.py:_LOOSE": "versions of at most 100 characters (_LONGEST)",
    "website/frames.py:_INLINE": "the page 404.html, which has no text of authors",
    "website/frames.py:_MARKUP": "HTML of the theme, in which texts of authors have no <",
    "website/frames.py:_THEME_FILES": "HTML of the theme, in which texts of authors have no <",
    "website/frames.py:_TOC_ITEM": "HTML of the theme, in which texts of authors have no <",
    "website/guide_hooks.py:_INLINE": "HTML of the theme without any text of a guide",
    "website/index_links.py:_TAG": "HTML that Callboard wrote: each < begins a tag that ends",
    "website/links.py:_STEP": "as _TAG, which it ends with",
    "website/links.py:_TAG": "HTML that Callboard wrote: each < begins a tag that ends",
    "website/mkdocs_failures.py:_CLASS": "at most 2,000 characters of a line of output",
    "website/rendering.py:_RUN": "templates, which the people who run the portal write",
    "website/template_errors.py:_CLASS": "at most 2,000 characters of a message",
}
"""Expressions that are slower, and the bound of their texts."""
SHORT, LONG, MOST = 4_000, 32_000, 24
"""Characters, and the factor of the time that fails: linear is 8, quadratic 64."""
LEAST_SECONDS = 0.02
QUICK = ("descriptors/", "yaml/", "markdown/", "sources/codeowners")


def _expressions():
    """Name, expression and the methods that it is used with, of each call of ``re`` with an expression that is known without a call."""
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if name.startswith(TRUSTED):
            continue
        source = file.read_text()
        tree = ast.parse(source)
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "re":
                if call.func.attr not in METHODS | {"compile"}:
                    continue
                expression = _evaluated(call, name)
                if expression is not None:
                    variable = _variable(call, parents)
                    methods = {call.func.attr} if call.func.attr in METHODS else _methods(variable, source)
                    yield f"{name}:{variable or call.lineno}", expression, methods


def _evaluated(call, name):
    module = importlib.import_module("callboard." + name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    flags = [word.value for word in call.keywords if word.arg == "flags"]
    position = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "split": 3, "findall": 2, "finditer": 2, "sub": 4, "subn": 4}
    flags += call.args[position[call.func.attr] : position[call.func.attr] + 1]
    try:
        pattern, *values = (eval(compile(ast.Expression(each), name, "eval"), vars(module).copy()) for each in (call.args[0], *flags))
    except NameError:  # made of a parameter
        return None
    return pattern if isinstance(pattern, re.Pattern) else re.compile(pattern, *values)


def _variable(call, parents):
    node = call
    while node in parents and not isinstance(node, ast.Assign | ast.AnnAssign | ast.FunctionDef):
        node = parents[node]
    if isinstance(node, ast.Assign):
        names = [each.id for each in ast.walk(node.targets[0]) if isinstance(each, ast.Name)]
        return (
            names[node.value.elts.index(call)]
            if isinstance(node.value, ast.Tuple) and call in node.value.elts
            else names[0]
            if names
            else ""
        )
    return ""


def _methods(variable, source):
    return set(re.findall(rf"\b{variable}\.({'|'.join(METHODS)})\b", source)) & METHODS or {"search"} if variable else {"search"}


def _use(expression, method, text):
    text = text.encode() if isinstance(expression.pattern, bytes) else text
    if method in {"sub", "subn"}:
        expression.sub(text[:0], text)
    elif method in {"finditer", "findall"}:
        for _ in expression.finditer(text):
            pass
    else:
        getattr(expression, method)(text)


def _growth(expression, method):
    """The first text for which the time grows too fast, with both times; None if there is none."""
    for fragment in fragments(expression):
        for head, tail in (("", "\0"), ("", ""), (fragment[:1], "\n!")):
            short, long = (f"{head}{fragment * (size // len(fragment))}{tail}" for size in (SHORT, LONG))
            try:
                with limited(1.5):
                    at_once = seconds(lambda text: _use(expression, method, text), short)
                    if at_once < LEAST_SECONDS / MOST / 4:
                        continue
                    much = seconds(lambda text: _use(expression, method, text), long)
            except TooLongError:
                return fragment, head, tail, "stopped after 1.5 s"
            if much >= LEAST_SECONDS and much > MOST * at_once:
                return fragment, head, tail, f"{at_once:.4f} s, {much:.4f} s"
    return None


EXPRESSIONS = [
    pytest.param(expression, method, id=f"{name}-{method}", marks=() if name.startswith(QUICK) else pytest.mark.long)
    for name, expression, methods in _expressions()
    if name not in BOUNDED
    for method in sorted(methods)
]


@pytest.mark.parametrize(("expression", "method"), EXPRESSIONS)
def test_an_expression_takes_linear_time(expression, method):
    assert _growth(expression, method) is None, expression.pattern


def test_the_expressions_of_the_package_are_found_and_a_slow_one_is_recognized():
    assert len(EXPRESSIONS) > 200
    for slow, method in ((r"\s+$", "search"), (r"(a|aa)+b", "match"), (r"<!--.*?-->", "sub"), (r"[^@]+@", "findall")):
        assert _growth(re.compile(slow, re.DOTALL), method)


def test_each_bounded_expression_exists():
    assert set(BOUNDED) <= {name for name, _, _ in _expressions()}
