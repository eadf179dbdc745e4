"""Every word and icon that the portal has is shown somewhere: who translates the file translates nothing in vain."""

import ast
import re
from functools import cache
from pathlib import Path

from callboard.descriptors.kinds import builtin_kinds
from callboard.website.icons import read_icon_paths, read_icons
from callboard.website.labels import builtin_labels
from callboard.website.portal_files import find_portal_files

ROOT = Path(__file__).parent.parent.parent
FILES = find_portal_files(Path("/nowhere"))
LABELS = builtin_labels(FILES.templates[-1])
MADE = re.compile(r"[a-z0-9_-]*(?:\0[a-z0-9_-]*)+")
JINJA = re.compile(r"\"([a-z0-9_-]+)\" ~ [a-z.]+")


@cache
def mentioned():
    """The words of all code and templates, and the forms of keys that are put together."""
    words, forms = set(), set()
    for path in (*ROOT.glob("templates/**/*.html"), *ROOT.glob("site_overrides/**/*.*"), *ROOT.glob("generator/**/*.py")):
        if path.suffix not in {".html", ".js", ".css", ".py"}:
            continue
        text = path.read_text("utf-8")
        words.update(re.findall(r"[A-Za-z0-9_-]+", text))
        words.update(re.findall(r"cb-icon i-([a-z0-9-]+)", text))
        forms.update(f"{first}\0" for first in JINJA.findall(text))
        if path.suffix == ".py":
            forms.update(put_together(ast.parse(text)))
    words.update(word.replace("-", "_") for word in tuple(words))
    patterns = {form.replace("\0", "([A-Za-z0-9_-]+)") for form in forms if MADE.fullmatch(form) and len(form.replace("\0", "")) > 1}
    return words, [re.compile(pattern) for pattern in sorted(patterns)]


def put_together(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)


def is_used(key):
    """Whether it is named, or put together of words that are."""
    words, patterns = mentioned()
    made = (match for pattern in patterns if (match := pattern.fullmatch(key)))
    return key in words or any(all(part in words or is_used(part) for part in match.groups()) for match in made)


def test_every_word_of_the_portal_is_shown_somewhere():
    assert [key for key in LABELS if not is_used(key) and not (key.endswith("_1") and is_used(key.removesuffix("_1")))] == []


def test_every_icon_is_shown_somewhere():
    of_kinds = {kind.icon for kind in builtin_kinds().by_name.values()}
    assert [name for name in read_icons(FILES, read_icon_paths(FILES)[0], of_kinds) if not is_used(name) and name not in of_kinds] == []


def test_a_word_that_nobody_shows_is_found():
    assert not is_used("facts_unread_by_anybody")
