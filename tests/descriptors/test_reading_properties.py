"""Whatever stands in a descriptor, reading it never raises, and every problem has a place inside the file."""

import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from descriptor_reading import GOOD, read

SCHEMAS = Path(__file__).parent.parent.parent / "generator/callboard/schemas" / "kinds"
EXAMPLES = [
    example
    for path in sorted(SCHEMAS.glob("*.json"))
    for example in json.loads(path.read_text("utf-8")).get("examples", [])
    if isinstance(example, dict)
]
RICH = GOOD.replace(
    "  name: orders\n",
    "  name: orders\n  tags: [a, b]\n  annotations:\n    a.b/c: d\n  links:\n    - url: https://a.b\n"
    "  description: |\n    Text\n    more\n",
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "a b", "${{ x }}", "{{x}}", "x" * 70]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.sampled_from(["$text", "owner", "name"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def assert_sound(data):
    result = read(data)
    text = data if isinstance(data, bytes) else data.encode()
    lines = len(re.split("\r\n|\r|\n", text.decode("utf-8", "replace")))  # YAML 1.2, 5.4: a carriage return alone is a line break, too
    for problem in result.problems:
        assert problem.fingerprint
        assert problem.message
        if problem.code != "YML009":
            assert 1 <= problem.span.line <= problem.span.end_line <= lines
            assert problem.span.column >= 1
    for entity in result.entities:
        assert str(entity.ref) == str(entity.ref).lower()
        json.dumps([entity.metadata, entity.spec]).encode()
        assert 1 <= entity.origin.line <= lines


def places(value, path=()):
    """Every path in a value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_field_dropped_or_retyped_never_raises(data):
    value = json.loads(json.dumps(data.draw(st.sampled_from(EXAMPLES))))
    path = data.draw(st.sampled_from(list(places(value))))
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    if data.draw(st.booleans()):
        del holder[path[-1]]
    else:
        holder[path[-1]] = data.draw(JUNK)
    assert_sound(json.dumps(value))


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(RICH)),
    st.integers(0, 8),
    st.text(max_size=6) | st.sampled_from(["\t", '"', ": ", "{{", "- ", "---\n", "\r\n", "&a", "*a", "\ufeff", "\x85"]),
)
def test_a_descriptor_edited_anywhere_never_raises(at, gone, put):
    assert_sound((RICH[:at] + put + RICH[at + gone :]).encode("utf-8", "surrogatepass"))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(RICH)))
def test_a_descriptor_cut_anywhere_never_raises(at):
    assert_sound(RICH[:at])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(RICH)), st.binary(max_size=12))
def test_garbage_bytes_never_raise(at, garbage):
    text = RICH.encode()
    assert_sound(text[:at] + garbage + text[at:])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([GOOD, "a: b: c\nkind: x\n", "null\n", "- a\n", "# c\n", "k: '\n", "[\n", "...\n"]), max_size=6))
def test_good_documents_survive_any_neighbours(parts):
    text = "---\n" + "---\n".join(parts)
    assert len(read(text).entities) == sum(part == GOOD for part in parts)
    assert_sound(text)
