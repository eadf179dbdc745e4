"""Definitions that were parsed → the same documents, without parsing them again."""

import pytest

from callboard.api_reference.loading import MAX_DEPTH, MAX_NODES
from callboard.api_reference.parsed import ParsedDefinitions
from callboard.yaml.documents import read_documents

DEFINITION = """# The API of orders
---

openapi: 3.1.0
info: {title: "R&D & orders \\u00fc", version: 1.0}
paths:
  /orders/{id}:
    get: {deprecated: true, summary: null, x-rate: 1.5, x-least: -7, responses: {200: {description: "a *b* & c"}}}
"""


def read(text):
    return read_documents(text, nodes=MAX_NODES, depth=MAX_DEPTH, documents=2)


@pytest.mark.parametrize("text", [DEFINITION, "openapi: 3.0.0", "\n\nopenapi: 3.0.0\r\npaths: {}\r\n", "- 1\n- a\n", "plain"])
def test_what_is_kept_equals_what_was_read(text):
    parsed = ParsedDefinitions()
    assert parsed.get(text) is None
    found = read(text)
    parsed.keep(text, found)
    assert repr(parsed.get(text)) == repr(found), "values, the types of numbers and the order of keys"


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: [\n",
        "a: 1\n---\nb: 2\n",
        "",
        f"a: {10**30}\n",
        'a: "\\ud800"\n',
        f"text: &big {'x' * 100}\nall: [*big, *big]\n",
        f'{{"text":&big {"x" * 100}, "all": *big}}\n',
    ],
    ids=["duplicate key", "syntax", "two documents", "empty", "large number", "half a character", "alias", "alias in braces"],
)
def test_what_cannot_be_packed_without_loss_or_growth_is_read_each_time(text):
    parsed = ParsedDefinitions()
    parsed.keep(text, read(text))
    assert parsed.get(text) is None or repr(parsed.get(text)) == repr(read(text))
    assert "&" not in text or not parsed.values, "each alias would be packed as all of its value"


def test_values_of_another_process_are_known_here_up_to_the_limit():
    there, here = ParsedDefinitions(), ParsedDefinitions(most_bytes=150)
    texts = [f"openapi: 3.0.{number}\nfiller: {'x' * 80}\n" for number in range(4)]
    for text in texts:
        there.keep(text, read(text))
    sent = there.take_new()
    assert len(sent) == 4
    assert not there.take_new()
    assert not here.add(sent)
    assert [here.get(text) is not None for text in texts] == [True, False, False, False]
    here.clear()
    assert here.add(sent[:1])
    assert here.get(texts[0]) == read(texts[0])
