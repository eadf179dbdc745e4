"""Texts with the value that npm's ``yaml`` 2.9.1 (``parseAllDocuments`` and ``toJSON``, Backstage's parser) has for them; None: refused.

Half a character (a lone surrogate) is U+FFFD here, because it cannot be written as UTF-8.
"""

import json

import pytest

from callboard.yaml.documents import read_one

REFUSED = None
ESCAPES = {
    'a: "\\ud83d\\ude80 \\uD83D\\uDE80"': {"a": "🚀 🚀"},  # faults: real-catalogs 1b
    '{"a": "\\ud83d\\ude80"}': {"a": "🚀"},
    '"\\ud83d\\ude80": k': {"🚀": "k"},
    "a: '\\ud83d\\ude80'\nb: |\n  \\ud83d\nc: \\ud83d\n": {"a": "\\ud83d\\ude80", "b": "\\ud83d\n", "c": "\\ud83d"},
    'a: "\\\\ud83d\\\\ude80"': {"a": "\\ud83d\\ude80"},
    'a: "\\\\\\ud83d\\ude80"': {"a": "\\🚀"},
    'a: "\\ud83d x \\ude80"': {"a": "\ufffd x \ufffd"},
    'a: "\\udb80\\udc07 \\udb80\\udc5c"': {"a": "\U000f0007 \U000f005c"},
    'a: &x "\\ud83d\\ude80"\nb: *x': {"a": "🚀", "b": "🚀"},
    "a: \U000f0007\U000f005c\U000f0009": {"a": "\U000f0007\U000f005c\U000f0009"},
    'a: "\\ud83g"': REFUSED,
}
NUMBERS = {
    f"a: 0x{'f' * 5000}": {"a": None},  # faults: hostile A2
    f"a: 0o{'7' * 5000}": {"a": None},
    f"a: 0x{'0' * 5000}1": {"a": 1},
    f"0x{'f' * 300}: a\n-1e999: b\n.NaN: c\n~: d": {"Infinity": "a", "-Infinity": "b", "NaN": "c", "": "d"},
    "a: 0x1fffffffffffff1": {"a": 144115188075855856},
    "a: 1e999\nb: -1e999": {"a": None, "b": None},
    "a: 12345678901234567890": {"a": 12345678901234567168},
    "1e21: a\n1e-7: b\n0.00001: c\n12345678901234567890123: d\n1.50: e": {
        "1e+21": "a", "1e-7": "b", "0.00001": "c", "1.2345678901234568e+22": "d", "1.5": "e",
    },
    "a: 0x\nb: 0o8\nc: 1_000\nd: -0x1": {"a": "0x", "b": "0o8", "c": "1_000", "d": "-0x1"},
}  # fmt: skip
TABS = {
    "a: b\n\t# c\nd: e\n": {"a": "b", "d": "e"},  # faults: real-catalogs 5
    "a:\n  - b\n \t# c\n  - d\n": {"a": ["b", "d"]},
    "\t# first\na: b\n": {"a": "b"},
    "a: b # c\n\t\nx: 1\n\t# y\n": {"a": "b", "x": 1},
    "".join(f"k{n}: 1\n\t# c\n" for n in range(30)): {f"k{n}": 1 for n in range(30)},
    "a:\n  b: [\n\t# q\n    y]\nc: 1\n": {"a": {"b": ["y"]}, "c": 1},
    "a:\n  b: [\n\t\n    y]\nc: 1\n": {"a": {"b": ["y"]}, "c": 1},
    "a: |\n \tx\n": {"a": "\tx\n"},
    "a: |\n  \tall:\n  \t\tmake\n": {"a": "\tall:\n\t\tmake\n"},
    "a:\n  b: |\n   \t\n    y\n": {"a": {"b": "\t\n y\n"}},
    "a: >\n  x\n\n  \ty\n": {"a": "x\n\n\ty\n"},
    "a:\n  b: |\n    x\n    \t\n    y\n": {"a": {"b": "x\n\t\ny\n"}},
    "a:\n  b: x\n   \ty\nc: 1\n": {"a": {"b": "x y"}, "c": 1},
    "a:\n  b: 'x\n   \ty'\nc: 1\n": {"a": {"b": "x y"}, "c": 1},
    "a:\n  b: |\n    x\n\t\n    y\n": REFUSED,
    "a:\n  b: |\n    x\n\t# c\nc: 1\n": REFUSED,
    "a: |\n  x\n\t\n": REFUSED,
    "a:\n  b: x\n\t\n    y\n": REFUSED,
    "a:\n  b: 'x\n\t\n    y'\n": REFUSED,
    "a:\n  b: x\n  \ty\nc: 1\n": REFUSED,
    "a: |\n\tx\n": REFUSED,
    "\ta: b\n": REFUSED,
}


def test_a_message_quotes_the_text_as_it_was_written():
    trouble = read_one('a: "x"\n\x01 \\ud83d\\ude80b\nc: d\n').troubles[0]
    assert trouble.message == 'Expected "key: value", found "\x01 \\ud83d\\ude80b"'


@pytest.mark.parametrize(("text", "value"), [*ESCAPES.items(), *NUMBERS.items(), *TABS.items()])
def test_a_text_is_read_as_backstages_parser_reads_it(text, value):
    document = read_one(text)
    assert (document.value, document.failed) == (value, value is REFUSED)
    json.dumps(document.value, allow_nan=False)
