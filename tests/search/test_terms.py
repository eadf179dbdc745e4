"""Texts and their terms: spellings, stems, alphabets, and the same terms in Python and in the browser."""

import json
from pathlib import Path

import pytest

from callboard.search.english import stem
from callboard.search.terms import as_written, terms_of

STEMS = Path(__file__).with_name("stems.json")
"""Words and their stems as Snowball's own program (3.1) makes them."""


def test_stems_are_those_of_snowball():
    stems = json.loads(STEMS.read_text())
    assert {word: stem(word) for word in stems} == stems


@pytest.mark.parametrize("text", ["order-svc", "orderSvc", "OrderService", "order service", "order_svc", "ORDER.SERVICE"])
def test_all_spellings_of_a_name_have_its_words(text):
    assert set(terms_of(text)) >= {"order", "servic"}


@pytest.mark.parametrize(("text", "terms"), [
    ("rotate the signing keys", ["rotat", "sign", "key"]), ("How to", ["how", "to"]), ("支付服务", ["支付", "付服", "服务"]),
    ("名", ["名"]),
    ("Straße Łódź", ["strass", "lodz"]), ("Привет мир", ["privet", "mir"]), ("the user’s keys", ["user", "key"]),
    ("/orders/{id}", ["order", "id"]), ("createOrder", ["creat", "order", "createorder"]),
])  # fmt: skip
def test_terms_of_a_text(text, terms):
    assert terms_of(text) == terms


def test_without_stems_words_are_kept_as_they_are_written():
    assert terms_of("Rotating keys", as_written) == ["rotating", "keys"]
