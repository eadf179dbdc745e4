"""The order of names in lists."""

from hypothesis import given
from hypothesis import strategies as st

from callboard.model.sort_keys import sort_key


def test_letters_count_without_accents_and_case_and_digits_as_numbers():
    titles = ["Zoe", "item-10", "Łukasz", "item-2", "Élodie", "andrea", "Δelta", "item-02"]
    assert sorted(titles, key=sort_key) == ["andrea", "Δelta", "Élodie", "item-02", "item-2", "item-10", "Łukasz", "Zoe"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_all_texts_can_be_compared(titles):
    backwards = titles[::-1]
    assert sorted(titles, key=sort_key) == sorted(backwards, key=sort_key)
