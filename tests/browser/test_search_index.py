"""The index of sections in the browser: terms, what is found, and what is said when its files cannot be loaded."""

import json
from pathlib import Path

import pytest

from callboard.search.terms import as_written, terms_of

pytestmark = pytest.mark.browser
STEMS = Path(__file__).parent.parent / "search/stems.json"
TEXTS = (
    "order-svc OrderService order service", "POST /orders/{orderId}/lines createOrder", "k8s OAuth2 sha256 xaB1 ABCdef1 CVE-2026-31877",
    "Überweisung für Straße Łódź İstanbul Ǆ ﬁne ½ x²", "Привет, мир! Ёж ИЙ Αθήνα", "支付服务 テスト한국어 名",
    "don't the users’ keys' a_b-c.d",
    "how to", "", "snake_case_name a-b-c-d-e-f-g v2.21.0", "🙂 constructor __proto__ toString", "x" * 90,
)  # fmt: skip


def test_the_browser_makes_the_same_terms_as_the_generator(page, address):
    texts = [*TEXTS, *json.loads(STEMS.read_text())]
    page.goto(address)
    made = page.evaluate(
        """async (texts) => {
          const { termsOf } = await import(new URL("assets/search-terms.js", location.href));
          return texts.map((text) => [termsOf(text), termsOf(text, false)]);
        }""",
        texts,
    )
    assert made == [[terms_of(text), terms_of(text, as_written)] for text in texts]
