"""Text of authors → what files of the site hold of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.model.fields import bytes_without_bidi, without_bidi
from callboard.model.published_json import plain_json, plain_json_of_descriptor

NEAR = st.sampled_from("a·…–\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u2065\u2066\u2067\u2068\u2069\u206a\ud83d\ude00😀éض")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.text(NEAR | st.characters(codec=None)))
def test_characters_that_turn_text_around_are_removed_before_and_behind_encoding_alike(text):
    assert bytes_without_bidi(text) == without_bidi(text).encode("utf-8", "replace")


@given(VALUES)
def test_json_of_descriptors_is_that_of_all_other_values(value):
    assert plain_json_of_descriptor(value) == plain_json(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_of_descriptors_are_exact(number):
    assert json.loads(plain_json_of_descriptor([number])) == [number]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_no_json(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        plain_json([number])
