"""Integrations that fail in a build: what the terminal, the exit code and the page /status/ show of them."""

import pytest

from faulty import MODES, Server, closed_port
from support import portal

FRESH, NOT_FRESH = "All sources are up to date.", "could not be read completely"
FACTS = """\
integrations:
  - {{name: rota, type: pagerduty, token: "${{ROTA_TOKEN}}"}}
  - {{name: code, type: github, token: "${{HOME}}", url: "http://127.0.0.1:{port}"}}
  - {{name: errors, type: sentry, organization: acme, token: "${{HOME}}", url: "{login}"}}
"""


def shop(folder):
    """A portal whose component has annotations of three tools."""
    annotations = "{github.com/project-slug: acme/shop, sentry.io/project-slug: shop, pagerduty.com/service-id: PSHOP}"
    return portal.write(folder, shop=portal.SHOP.replace("{name: shop,", f"{{name: shop, annotations: {annotations},"))


@pytest.mark.long
def test_failed_integrations_are_on_the_terminal_in_the_summary_in_the_exit_code_and_on_the_page(tmp_path):
    folder = shop(tmp_path)
    with Server(MODES["page-for-people"]) as server:
        (folder / "sources.yaml").write_text(portal.SOURCES + FACTS.format(port=closed_port(), login=server.url))
        built = portal.callboard(folder, "build")
        strict = portal.callboard(folder, "build", "--strict")
    lines = [line for line in built.stderr.splitlines() if line.startswith("The integration ")]
    assert {line.split("'")[1] for line in lines} == {"rota", "code", "errors"}
    assert "3 integrations failed or returned a part: code, errors, rota. See the page /status/." in built.stderr
    assert (built.returncode, strict.returncode) == (0, 1)
    page = (folder / "site/status/index.html").read_text(encoding="utf-8")
    assert FRESH not in page
    assert NOT_FRESH in page


@pytest.mark.long
def test_without_a_failure_everything_is_up_to_date_and_strict_passes(tmp_path):
    folder = shop(tmp_path)
    built = portal.callboard(folder, "build", "--strict")
    assert (built.returncode, "integration" in built.stderr) == (0, False), built.stderr
    assert FRESH in (folder / "site/status/index.html").read_text(encoding="utf-8")
