"""A portal of templates, and a browser → what a robot that fills in each form gets: the answers at the review, or where it is stuck."""

import json
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import yaml
from support import portal

ROBOT = Path(__file__).with_name("form_robot.js").read_text("utf-8")
SUBMIT = """(round) => {
  const before = document.querySelector("[data-page]:not([hidden])");
  if (round >= 0) robot.mend(round);
  document.querySelector("form.cb-form").requestSubmit();
  return before.hidden;
}"""


@dataclass(frozen=True)
class Filled:
    """One form after the robot."""

    number: int
    answers: dict | None
    """At the review; None if the robot did not reach it."""
    errors: str
    """What the form said where the robot is stuck."""
    messages: tuple[str, ...]
    """Errors of the page's scripts."""


def build_portal(folder, documents):
    """A site with the templates ``t0``, ``t1`` …; steps that an include would bring are one that logs."""
    texts = {}
    for number, document in documents.items():
        spec = {**document["spec"], "steps": document["spec"]["steps"] if isinstance(document["spec"].get("steps"), list) else [LOG]}
        metadata = {key: value for key, value in document["metadata"].items() if key != "namespace"} | {"name": f"t{number}"}
        texts[f"t{number}"] = yaml.safe_dump({**document, "metadata": metadata, "spec": spec}, sort_keys=False, allow_unicode=True)
    portal.write(folder, **texts)
    (folder / "sources.yaml").write_text(
        portal.SOURCES.replace('"*"}', '"*", view_url: "https://github.com/acme/{repository}/blob/main/{path}"}')
    )
    done = portal.callboard(folder, "build")
    assert (folder / "site/create").is_dir(), done.stderr
    return folder / "site"


LOG = {"action": "debug:log", "input": {"message": "x"}}


def fill_in(chromium, site, number):
    """Fill in the form of the template ``t<number>``."""
    context = chromium.new_context()
    page, messages = context.new_page(), []
    page.on("pageerror", lambda error: messages.append(str(error)[:200]))
    page.on("console", lambda message: messages.append(message.text[:200]) if message.type == "error" else None)
    page.goto(f"{site}create/default/t{number}/")
    page.wait_for_selector("form[data-ready]")
    page.evaluate(ROBOT)
    stuck = _to_review(page)
    answers = None if stuck else json.loads(urllib.parse.unquote(page.get_attribute("[data-download]", "href").partition(",")[2]))
    context.close()
    return Filled(number, answers, stuck, tuple(messages))


def _to_review(page):
    """Empty if the review is reached; else what the form says."""
    for _ in range(page.locator("[data-page]").count()):
        if page.is_visible("[data-review]"):
            break
        page.evaluate("() => robot.fill()")
        for attempt in range(-1, 60):
            if page.evaluate(SUBMIT, attempt):
                break
        else:
            return page.inner_text("[data-summary]")
    return "" if page.is_visible("[data-review]") else "the last page has no review after it"
