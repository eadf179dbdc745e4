"""A regular expression → texts that make it try again from many places: repetitions of the beginnings of its parts."""

import random
import re
import signal
import time
from contextlib import contextmanager
from re import _constants as constants
from re import _parser as parser

REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}
ALPHABET = "a1 A-._/:@x<>[]()\"'`{}$=,;#\n\t\r*%!|~&"
CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w", "NOT_DIGIT": r"\D", "NOT_SPACE": r"\S", "NOT_WORD": r"\W"}
SEEDS = 2
MOST_TEXTS = 60


class TooLongError(BaseException):
    """The processor time is used up."""


@contextmanager
def limited(most):
    """Raise ``TooLongError`` in the block after so many seconds of processor time."""

    def stop(*_):
        raise TooLongError

    previous = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


def fragments(expression):
    """Short texts of which repetitions may take long."""
    tree = parser.parse(expression.pattern, expression.flags)
    found = {}
    for seed in range(SEEDS):
        chance = random.Random(seed)
        for text in _prefixes(list(tree), chance):
            found[text[:40]] = None
    return [text for text in (*found, *"a1 \t\n-/<[{(\"'") if text][: MOST_TEXTS + 12]


def seconds(use, text, tries=3):
    """Processor time, the best of three."""
    best = float("inf")
    for _ in range(tries):
        start = time.process_time()
        use(text)
        best = min(best, time.process_time() - start)
    return best


def _prefixes(items, chance):
    for end in range(1, len(items) + 1):
        for start in range(end):
            yield _sample(items[start:end], chance, {})
    for operation, value in items:
        for part in _parts(operation, value):
            yield from _prefixes(list(part), chance)


def _parts(operation, value):
    """The sequences inside an item."""
    if operation is constants.BRANCH:
        return value[1]
    position = {constants.SUBPATTERN: -1, constants.ASSERT: 1, constants.ASSERT_NOT: 1} | dict.fromkeys(REPEATS, 2)
    return [value[position[operation]]] if operation in position else [value] if operation is constants.ATOMIC_GROUP else []


def _sample(items, chance, groups):
    return "".join(_one(operation, value, chance, groups) for operation, value in items)


def _one(operation, value, chance, groups):  # noqa: C901, PLR0911 - one line for each kind of item
    if operation is constants.LITERAL:
        return chr(value)
    if operation is constants.NOT_LITERAL:
        return "b" if chr(value) == "a" else "a"
    if operation is constants.ANY:
        return chance.choice("a /")
    if operation is constants.IN:
        fitting = [character for character in ALPHABET if _is_in(character, value)]
        return chance.choice(fitting[:6]) if fitting else chr(next((v for o, v in value if o is constants.LITERAL), 97))
    if operation in REPEATS:
        least, most, inner = value
        return "".join(_sample(inner, chance, groups) for _ in range(min(int(most), int(least) + chance.randint(0, 2))))
    if operation is constants.SUBPATTERN:
        groups[value[0]] = _sample(value[-1], chance, groups)
        return groups[value[0]]
    if operation is constants.BRANCH:
        return _sample(chance.choice(value[1]), chance, groups)
    if operation is constants.ATOMIC_GROUP:
        return _sample(value, chance, groups)
    return groups.get(value, "") if operation is constants.GROUPREF else ""


def _is_in(character, items):
    found = negated = False
    for operation, value in items:
        if operation is constants.NEGATE:
            negated = True
        elif operation is constants.LITERAL:
            found |= ord(character) == value
        elif operation is constants.RANGE:
            found |= value[0] <= ord(character) <= value[1]
        else:
            found |= re.match(CATEGORIES[str(value).removeprefix("CATEGORY_")], character) is not None
    return found != negated
