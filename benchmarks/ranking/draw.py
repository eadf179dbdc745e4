"""Built site of the larger organization → queries drawn at random: ``python benchmarks/ranking/draw.py SITE > benchmarks/ranking/queries_drawn.tsv``.

- 200 times two to four words of one paragraph of the documentation, in their order. No other page has a paragraph with all of them, so that there is one answer.
- 150 headings of the documentation that no other section has.
- 60 operations and types of the definitions that no rule of the search was made after: verb and path, operation's name, words of the summary, type.
- 60 names of entities with one slip of typing, a quarter of them in the first letter.

The seed is fixed, so that the same site gives the same queries; a number behind SITE is another seed.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from portal import OTHER_DEFINITIONS, OTHER_SETS, SETS, test_data

TEXTS, HEADINGS, OPERATIONS, NAMES = 200, 150, 60, 60
SEED = 2_026
SHORTEST_PARAGRAPH, SHORTEST_WORD, LONGEST_WORD, SHORTEST_NAME = 12, 3, 20, 9
PARTS = re.compile(r'<h([1-6]) id="([^"]+)"[^>]*>(.*?)</h\1>|<p>(.*?)</p>', re.DOTALL)
HEADER_LINK = re.compile(r'<a class="headerlink".*?</a>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"[A-Za-z]+")
COMMON = frozenset(
    "about after all also and any are because been being but can could did does each for from get had has have her here how into its just "
    "like may might more most must need not now off one only other our out over own same see set she should some such than that the their "
    "them then there these they this those through too use used uses using very was way well were what when where which while who will "
    "with without would yet you your".split()
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VERBS = ("get", "put", "post", "delete", "patch")


def _text(html: str) -> str:
    return " ".join(unescape(TAG.sub("", HEADER_LINK.sub("", html))).replace("¶", "").split())


def parts(site: Path) -> Iterator[tuple[str, str, str]]:
    """Of each heading and paragraph of the documentation: ``heading`` or ``text``, the address of its section, and the text."""
    for name in (*SETS, *OTHER_SETS):
        for page in sorted((site / "docs/default/component" / name).rglob("index.html")):
            path = section = f"{page.parent.relative_to(site).as_posix()}/"
            if "~all" in path:
                continue
            for level, anchor, heading, paragraph in PARTS.findall(page.read_text(encoding="utf-8").partition("<article")[2]):
                if level:
                    section = path if level == "1" else f"{path}#{anchor}"
                    yield "heading", section, _text(heading)
                else:
                    yield "text", section, _text(paragraph)


def texts(rng: random.Random, found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Words of single paragraphs, and the section of the paragraph."""
    pages = defaultdict(set)
    for section, text in found:
        for word in {word.lower() for word in WORD.findall(text)}:
            pages[word].add((section.partition("#")[0], text))
    long = sorted({each for each in found if len(each[1].split()) >= SHORTEST_PARAGRAPH})
    for section, text in rng.sample(long, len(long)):
        words = [word.lower() for word in WORD.findall(text)]
        usable = [word for word in dict.fromkeys(words) if SHORTEST_WORD <= len(word) <= LONGEST_WORD and word not in COMMON]
        count = rng.randint(2, 4)
        if len(usable) < count:
            continue
        chosen = [usable[at] for at in sorted(rng.sample(range(len(usable)), count))]
        if {page for page, _ in set.intersection(*(pages[word] for word in chosen))} == {section.partition("#")[0]}:
            yield " ".join(chosen), section


def headings(rng: random.Random, found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Headings that stand once."""
    places = defaultdict(list)
    for section, text in found:
        places[text].append(section)
    once = sorted((text, of[0]) for text, of in places.items() if len(of) == 1 and len(text) > 2)
    yield from rng.sample(once, len(once))


def operations(rng: random.Random, site: Path) -> Iterator[tuple[str, str]]:
    """Operations and types, each as one of several spellings, and all sections that are called so."""
    sections = defaultdict(list)
    for file in sorted((site / "search/b").glob("*.json")):
        for path, _, rows in json.loads(file.read_text(encoding="utf-8")).values():
            for anchor, title, _, kind, *_ in (row for row in rows if len(row) > 3):
                if kind in (1, 2):
                    sections[path.split("/")[3], kind, title].append(f"{path}#{anchor}")
    names: dict[str, list[str]] = defaultdict(list)
    for api in OTHER_DEFINITIONS:
        file = next(test_data().glob(f"specs/{api}.*[a-z]"))
        _names_of(api.partition(".")[0], yaml.safe_load(file.read_text(encoding="utf-8")), sections, names)
    spelled = sorted(names)
    for spelling in rng.sample(spelled, len(spelled)):
        style, _, text = spelling.partition(":")
        yield style, f"{text}\t{' '.join(names[spelling])}"


def _names_of(api: str, definition: dict, sections: dict, names: dict[str, list[str]]) -> None:  # type: ignore[type-arg]
    for path, of in definition.get("paths", {}).items():
        for verb in VERBS:
            if places := sections.get((api, 1, f"{verb.upper()} {path}")):
                operation = of[verb]
                names[f"path:{verb.upper()} {path}"] += places
                for style, field in (("name", "operationId"), ("summary", "summary")):
                    if text := " ".join(operation.get(field, "").split()):
                        names[f"{style}:{text}"] += places
    types = definition.get("definitions", {}) | definition.get("components", {}).get("schemas", {})
    for name in types:
        if places := sections.get((api, 2, name)):
            names[f"type:{name}"] += places


def slips(rng: random.Random, site: Path) -> Iterator[tuple[str, str]]:
    """Names with one letter that is wrong, missing, too much or swapped with the next, and their entities."""
    paths = sorted(page.parent.relative_to(site).as_posix() for page in (site / "catalog/default").glob("*/*/index.html"))
    known = {path.rsplit("/", 1)[1] for path in paths}
    usable = [path for path in paths if len(path.rsplit("/", 1)[1]) >= SHORTEST_NAME and "/user/" not in path]
    for number, path in enumerate(rng.sample(usable, len(usable))):
        name = path.rsplit("/", 1)[1]
        at = 0 if number % 4 == 0 else rng.choice([i for i in range(1, len(name) - 1) if name[i].isalpha() and name[i + 1].isalpha()])
        other = rng.choice([letter for letter in LETTERS if letter != name[at]])
        made = rng.choice([
            name[:at] + other + name[at + 1 :], name[:at] + name[at + 1 :], name[:at] + other + name[at:],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ])  # fmt: skip
        if made not in known:
            yield made, f"{path}/"


def main() -> None:
    """Print the drawn queries."""
    site, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
    found = defaultdict(list)
    for kind, section, text in parts(site):
        found[kind].append((section, text))
    rows = []
    for kind, drawn, count in (
        ("drawn-text", texts(rng, found["text"]), TEXTS), ("drawn-heading", headings(rng, found["heading"]), HEADINGS),
        ("drawn-slip", slips(rng, site), NAMES),
    ):  # fmt: skip
        rows += [f"{kind}\t{text}\t{place}" for (text, place), _ in zip(drawn, range(count), strict=False)]
    of_style: dict[str, list[str]] = defaultdict(list)
    for style, row in operations(rng, site):
        of_style[style].append(row)
    rows += [f"drawn-api\t{row}" for style in sorted(of_style) for row in of_style[style][: OPERATIONS // len(of_style)]]
    print("\n".join(rows))


if __name__ == "__main__":
    main()
