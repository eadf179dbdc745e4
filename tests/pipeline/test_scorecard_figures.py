"""Results computed by hand and figures computed from published JSON, against those of a site that the command line built."""

import csv
import io
import json
import re
from collections import Counter, defaultdict
from html.parser import HTMLParser

import pytest

from support.portal import callboard, write

pytestmark = pytest.mark.long

CARDS = {
    "ready": """\
name: ready
title: Ready
levels: [bronze, silver, gold]
filter: {field: type, is: service}
rules:
  - {id: described, title: Has a description, level: bronze, check: {field: description, matches: ".{10,}"}}
  - {id: on-call, title: Somebody is on call, level: silver, check: {facts: on-call, count: {at-least: 1}}}
  - {id: calm, title: No old incident, level: silver, check: {facts: incident, none: {state: open, opened: {older-than: 2d}}}}
  - {id: fixed, title: Few vulnerabilities, level: gold, when: {field: lifecycle, is: production},
     check: {facts: vulnerability, where: {severity: {at-least: high}}, count: {at-most: 1}}}
  - {id: later, title: Counts later, level: bronze, from: 2026-06-01, check: {field: system, exists: true}}
""",
    "basics": """\
name: basics
title: Basics
filter: {field: type, is: service}
rules:
  - {id: described, title: Has a description, weight: 5, check: {field: description, exists: true}}
  - {id: on-call, title: Somebody is on call, weight: 3, check: {facts: on-call, count: {at-least: 1}}}
  - {id: in-a-system, title: Is part of a system, weight: 2, check: {field: system, exists: true}}
""",
}
SERVICE = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: %s%s}
spec: {type: service, lifecycle: %s, owner: %s%s}
"""
SERVICES = {
    "quiet": (", description: Takes what comes in.", "production", "team-shop", ", system: retail"),
    "brief": (", description: Short.", "production", "team-shop", ""),
    "silent": ("", "production", "team-books", ", system: retail"),
    "ablaze": (", description: Has an old incident.", "production", "team-books", ", system: retail"),
    "young": (", description: Is an experiment.", "experimental", "team-books", ""),
}
FACTS = {
    "on-call.yaml": "- {entity: quiet, name: rota}\n- {entity: brief}\n- {entity: ablaze, name: rota}\n- {entity: young, name: rota}\n",
    "incident.yaml": "- {entity: quiet, title: a, opened: '2026-05-16T02:00:00Z'}\n- {entity: brief}\n- {entity: young}\n"
                     "- {entity: ablaze, title: b, opened: '2026-05-01T02:00:00Z'}\n",
    "vulnerability.yaml": "- {entity: quiet, id: CVE-1, severity: high}\n- {entity: brief, id: CVE-1, severity: high}\n"
                          "- {entity: brief, id: CVE-2, severity: critical}\n- {entity: ablaze, id: CVE-3, severity: low}\n",
}  # fmt: skip
BY_HAND = [
    # Everything passes; one high vulnerability is allowed; the rule of June does not count, and passes.
    ("ready", "quiet", {"results": "ppppp", "level": "gold", "applies": True}),
    # "Short." has 6 characters of 10: no level. On-call is a measured zero, which fails; 2 vulnerabilities of at most 1.
    ("ready", "brief", {"results": "ffpff", "level": None, "applies": True}),
    # No tool knows it: not measured, which never counts as passing. The rule of June passes.
    ("ready", "silent", {"results": "fnnnp", "level": None, "applies": True}),
    # An incident that is open for 16 days of 2: bronze, although everything of gold passes.
    ("ready", "ablaze", {"results": "ppfpp", "level": "bronze", "applies": True}),
    # The rule of gold does not apply to experiments: silver, and no gold, as no rule of gold counts. That of June fails and does not count.
    ("ready", "young", {"results": "pppsf", "level": "silver", "applies": True}),
    ("basics", "quiet", {"results": "ppp", "score": 100.0, "coverage": 100.0}),  # 5 + 3 + 2 of 10
    ("basics", "brief", {"results": "pff", "score": 50.0, "coverage": 100.0}),  # 5 of 10
    ("basics", "silent", {"results": "fnp", "score": 20.0, "coverage": 70.0}),  # 2 of 10; 3 of 10 are not measured
    ("basics", "ablaze", {"results": "ppp", "score": 100.0, "coverage": 100.0}),
    ("basics", "young", {"results": "ppf", "score": 80.0, "coverage": 100.0}),  # 5 + 3 of 10
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    described = {name: SERVICE % (name, *values) for name, values in SERVICES.items()}
    folder = write(tmp_path_factory.mktemp("figures"), shop=described.pop("quiet"), ledger=described.pop("brief"), **described)
    for name, text in CARDS.items():
        (folder / f"{name}.yaml").write_text(text)
    for name, text in FACTS.items():
        (folder / name).write_text(text)
    items = "".join(f"  - {{name: {name[:-5]}, type: file, path: {name}}}\n" for name in FACTS)
    with (folder / "sources.yaml").open("a") as sources:
        sources.write(f"integrations:\n{items}scorecards: [ready.yaml, basics.yaml]\n")
    done = callboard(folder, "build", "--now", "2026-05-17T02:00:00Z")
    assert done.returncode == 0, done.stderr
    return folder / "site"


def published(site, card):
    return json.loads((site / f"scorecards/{card}/results.json").read_text())


@pytest.mark.parametrize(("card", "name", "wanted"), BY_HAND, ids=lambda value: value if isinstance(value, str) else "")
def test_a_result_is_what_was_computed_by_hand(site, card, name, wanted):
    assert published(site, card)["entities"][f"component:default/{name}"] == wanted


class Tables(HTMLParser):
    """The cells of each table of a page, by its caption: rows of texts."""

    def __init__(self, page):
        super().__init__()
        self.found, self.caption, self.text = {}, "", None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "tr" and self.caption:
            self.found[self.caption].append([])
        if tag in {"caption", "td", "th"}:
            self.text = []

    def handle_data(self, data):
        if self.text is not None:
            self.text.append(data.strip())

    def handle_endtag(self, tag):
        if tag == "table":
            self.caption = ""
        if tag not in {"caption", "td", "th"} or self.text is None:
            return
        text, self.text = " ".join(filter(None, self.text)), None
        if tag == "caption":
            self.caption = text
            self.found[text] = []
        elif self.caption:
            self.found[self.caption][-1].append(text)


@pytest.mark.parametrize("card", CARDS)
def test_the_numbers_on_a_page_are_those_of_its_published_results(site, card):
    data, page = published(site, card), (site / f"scorecards/{card}/index.html").read_text()
    tables = Tables(page).found
    letters = [each["results"] for each in data["entities"].values()]
    shown = {re.sub(r" counts from .*", "", row[0]): row[2:6] for row in tables["Rules"][1:]}
    for place, rule in enumerate(data["rules"]):
        counts = Counter(each[place] for each in letters)
        assert shown[rule["title"]] == [str(counts[letter] or "–") for letter in "fnps"]
    teams = defaultdict(list)
    for row in csv.DictReader(io.StringIO((site / f"scorecards/{card}/results.csv").read_text())):
        teams[row["owner"].removeprefix("group:default/")].append(data["entities"][row["entity"]]["results"])
    heat = next(rows for rows in tables.values() if rows[0][0] == "Team")
    assert {row[0] for row in heat[1:]} == {"team-shop", "team-books"}
    for team, *cells in heat[1:]:
        assert cells == [cell(Counter(column)) for column in zip(*teams[team], strict=True)]
    levels = Counter(word(each) for each in data["entities"].values())
    bar = re.search(r'class="cb-bar"[^>]*aria-label="([^"]*)"', page).group(1)
    assert dict(part.split(": ") for part in bar.split(", ")) == {level: str(number) for level, number in levels.items()}


def cell(counts):
    """The text of a cell of the table team × rule: passing of measured, and what is not measured."""
    measured, missing = counts["p"] + counts["f"], counts["n"]
    if not measured:
        return f"{missing} ?" if missing else "–"
    return f"{counts['p']}/{measured}" + (f" +{missing} ?" if missing else "")


def word(result):
    """The words for a level, or for the band of a score."""
    if "score" not in result:
        return (result["level"] or "No level yet").capitalize()
    score = result["score"]
    return "100 %" if score == 100 else "50 % and more" if score >= 50 else "Below 50 %"


def test_levels_and_scores_are_columns_of_the_catalog(site):
    columns, names = (json.loads((site / f"api/catalog/{name}.json").read_text()) for name in ("columns", "names"))
    found = columns["levels"]
    assert (found["names"], found["scores"]) == (["ready", "basics"], [1])
    assert found["levels"] == [["Bronze", "Silver", "Gold"], ["Below 50 %", "50 % and more", "100 %"]]
    at = {name: place for place, name in enumerate(names["name"])}
    assert [[of[at[name]] for of in found["of"]] for name in SERVICES] == [[3, 100], [0, 50], [0, 20], [1, 100], [2, 80]]
    assert [of[at["team-shop"]] for of in found["of"]] == [-1, -1]
