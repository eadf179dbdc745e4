"""Digests of what a portal publishes: which lines, in which order, how large, escaped for each place, and sent to servers on loopback."""

import json
import socketserver
import threading
from datetime import UTC, datetime

import pytest

from callboard.digest.messages import LARGEST_CARD, as_mail, as_markdown, as_slack, as_teams
from callboard.digest.news import MOST_LINES, PortalNews, since_of
from callboard.model.errors import SettingsError, SourceError
from faulty import Server, json_answer
from support.portal import callboard, write

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
TEAMS = {
    "group:default/shop": {"name": "Shop", "parent": ""},
    "group:default/orders": {"name": "Orders", "parent": "group:default/shop"},
    "group:default/books": {"name": "Books", "parent": ""},
}


def row(kind, name, text, tone, owner="orders", at="2026-11-29T02:00:00Z"):
    return {"at": at, "kind": kind, "tone": tone, "name": name, "ref": f"component:default/{name}", "owner": f"group:default/{owner}",
            "text": text, "path": f"catalog/default/component/{name}/"}  # fmt: skip


def news(*changes, moves=(), **more):
    data = {"version": 1, "url": "https://portal.example/p", "name": "Acme", "teams": TEAMS, "complete_since": None}
    return PortalNews.of(data | {"changes": list(changes), "moves": list(moves)} | more, "site")


def digest(*changes, team="orders", since="7d", **more):
    return news(*changes, **more).digest(team, since_of(since, NOW))


DEPLOYED = [row("deployed", f"c{n}", f"deployed to production: {n}", "none") for n in range(7)]
MOVE = {"day": "2026-11-28", "tone": "bad", "ref": "component:default/basket", "name": "basket", "owner": "group:default/orders",
        "text": "Security: Silver → Bronze", "path": "catalog/default/component/basket/"}  # fmt: skip


def test_lines_are_the_worst_first_and_each_leads_to_its_page():
    found = digest(
        *DEPLOYED,
        row("owner", "basket", "owner: group:default/a → group:default/orders", "none"),
        row("incident-resolved", "basket", "incident resolved: Down", "good"),
        row("vulnerability-found", "basket", "vulnerability found: CVE-1 zlib (high)", "warn"),
        row("incident-opened", "basket", "incident opened: Down", "warn"),
        row("problem-opened", "ledger", "problem opened: REF001", "bad", owner="books"),
        moves=[MOVE],
    )
    assert [line.text for line in found.lines] == [
        "basket: incident opened: Down",
        "basket: Security: Silver → Bronze",
        "basket: vulnerability found: CVE-1 zlib (high)",
        "7 × deployed to production: c0, c1, c2 …",
        "basket: owner: a → orders",
        "basket: incident resolved: Down",
    ]
    assert found.lines[1].url == "https://portal.example/p/catalog/default/component/basket/#scorecards"
    assert found.lines[3].url == "https://portal.example/p/changes/"
    assert (found.title, found.count) == ("Orders", 12)


def test_a_team_gets_what_its_sub_teams_own_and_everybody_all():
    changes = [row("added", "a", "added", "good"), row("added", "b", "added", "good", owner="books")]
    assert [digest(*changes, team=team).count for team in ("shop", "orders", "books", None)] == [1, 1, 1, 2]
    with pytest.raises(SettingsError, match="no team group:default/ordres"):
        digest(team="ordres")


def test_nothing_new_has_no_lines_and_old_changes_are_not_new():
    assert digest().lines == ()
    assert digest(row("added", "a", "added", "good", at="2026-11-01T02:00:00Z")).lines == ()
    found = digest(row("added", "a", "added", "good"), since="60d", complete_since="2026-11-20T00:00:00Z")
    assert found.note == "Changes before 2026-11-20 are left out."


@pytest.mark.parametrize(("text", "wanted"), [
    ("12h", "2026-11-29T15:00:00+00:00"), ("2w", "2026-11-16T03:00:00+00:00"), ("2026-11-23", "2026-11-23T00:00:00+00:00"),
    ("2026-11-23T08:00:00+02:00", "2026-11-23T06:00:00+00:00"),
])  # fmt: skip
def test_since_is_an_age_or_a_time(text, wanted):
    assert since_of(text, NOW).isoformat() == wanted
    with pytest.raises(SettingsError):
        since_of(f"{text}?", NOW)


def test_at_most_twelve_lines_say_how_many_more_there_are():
    many = [row(f"kind-{n}", f"c{n}", f"what {n}", "warn") for n in range(40)]
    found = digest(*many)
    assert len(found.lines) == MOST_LINES
    assert found.lines[-1].text == "and 29 more"


HOSTILE = row("problem-opened", "a](https://evil.example)<!channel>", "x\n# [y](javascript:1) <@everyone> | *b*\x07", "bad")


def test_texts_of_the_catalog_are_text_in_every_message():
    found = digest(HOSTILE)
    assert "](https" not in as_markdown(found).replace("](<https://portal.example", "")
    slack = json.loads(as_slack(found))
    assert "<!channel>" not in json.dumps(slack)
    assert "<@everyone>" not in json.dumps(slack)
    body = json.loads(as_teams(found))["attachments"][0]["content"]["body"]
    assert body[1]["text"].count("](") == 1
    assert "\\(javascript:1\\)" in body[1]["text"]
    mail = as_mail(found, "portal@x.example", ["a@x.example"])
    assert "\n# " not in mail.get_content()
    assert mail["Subject"] == "Orders: 1 change since 2026-11-23"


@pytest.mark.parametrize("render", [as_slack, as_teams])
def test_a_card_that_is_too_large_loses_whole_lines_and_says_how_many(render):
    lines = [row(f"kind-{n}", "n" * 200, "ö" * 300, "bad") for n in range(12)]
    wide = [each | {"path": f"{'p' * 4_000}/{n}/"} for n, each in enumerate(lines)]
    text = render(digest(*wide))
    assert len(text.encode()) <= LARGEST_CARD
    json.loads(text)
    assert text.count("ö" * 300) + int(text.split(" lines left out")[0].rsplit("[" if render is as_teams else "|", 1)[-1]) == 12


@pytest.mark.parametrize("data", [[], {"version": 2}, {"version": 1, "teams": []}])
def test_a_file_of_another_form_is_refused(data):
    with pytest.raises(SourceError):
        PortalNews.of(data, "site")


class MailServer(socketserver.StreamRequestHandler):
    """Takes one mail, as RFC 5321 has it."""

    def handle(self):
        self.say("220 loopback")
        while line := self.rfile.readline().decode():
            word = line.split()[0].upper()
            if word == "DATA":
                self.say("354 go on")
                content = []
                while (part := self.rfile.readline()) != b".\r\n":
                    content.append(part.decode())
                self.server.mails.append("".join(content))
            elif word == "RCPT":
                self.server.recipients.append(line.strip())
            self.say("221 bye" if word == "QUIT" else "250 good")
            if word == "QUIT":
                return

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.mails, server.recipients = [], []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.long
def test_the_changes_of_two_builds_reach_a_chat_and_a_mailbox(tmp_path, mail_server):
    folder = write(tmp_path)
    shop = folder / "repositories/shop/catalog-info.yaml"
    assert callboard(folder, "build", "--now", "2026-11-28T02:00:00Z").returncode == 0
    shop.write_text(
        shop.read_text().replace("lifecycle: production", "lifecycle: deprecated").replace("component:ledger", "component:gone")
    )
    assert callboard(folder, "build", "--now", "2026-11-29T02:00:00Z").returncode == 0
    ask = ("digest", "--team", "team-shop", "--since", "2026-11-29")
    printed = callboard(folder, *ask)
    assert printed.returncode == 0, printed.stderr
    first, _, *lines = printed.stdout.splitlines()
    assert first.startswith("**[team-shop: ")
    assert 1 <= len(lines) <= MOST_LINES
    assert "names gone, which is not in the catalog \\(REF001\\)" in lines[0]
    assert "(<https://portal.example/catalog/default/component/shop/#problems>)" in lines[0]
    silent = callboard(folder, "digest", "--team", "team-books", "--since", "2026-11-29")
    assert (silent.returncode, silent.stdout) == (0, "")
    secret = "/services/T0/B0/very-secret"
    with Server(lambda asked, wire: json_answer(wire, {}, 200 if asked.path == secret else 500)) as chat:
        sent = callboard(folder, *ask, "--to", "slack", CALLBOARD_SLACK_WEBHOOK=chat.url + secret)
        assert sent.returncode == 0, sent.stderr
        assert callboard(folder, *ask, "--to", "teams", CALLBOARD_TEAMS_WEBHOOK=chat.url + secret).returncode == 0
        assert [request.json().keys() >= {key} for request, key in zip(chat.requests, ("blocks", "attachments"), strict=True)] == [
            True,
            True,
        ]
        refused = callboard(folder, *ask, "--to", "slack", CALLBOARD_SLACK_WEBHOOK=chat.url + "/other-secret")
        assert (refused.returncode, "HTTP 500" in refused.stderr, len(chat.requests)) == (2, True, 3)
    assert "secret" not in sent.stderr + sent.stdout + refused.stderr
    address = f"smtp://127.0.0.1:{mail_server.server_address[1]}"
    mail = {"CALLBOARD_SMTP_URL": address, "CALLBOARD_MAIL_FROM": "p@x.example", "CALLBOARD_MAIL_TO": "a@x.example, b@x.example"}
    assert callboard(folder, *ask, "--to", "mail", **mail).returncode == 0
    assert len(mail_server.recipients) == 2
    assert "Subject: team-shop: " in mail_server.mails[0]
    missing = callboard(folder, *ask, "--to", "mail")
    assert (missing.returncode, "CALLBOARD_SMTP_URL is not set" in missing.stderr) == (2, True)
    with Server(lambda asked, wire: json_answer(wire, json.loads((folder / "site/api/changes.json").read_text())
                                                if asked.headers.get("x-who") == "me" else {}, 200)) as portal:  # fmt: skip
        again = callboard(folder, *ask, "--portal", portal.url, CALLBOARD_PORTAL_HEADER="X-Who: me")
    assert again.stdout == printed.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # As they stand in the digests of three teams of the example.
        ("problem opened: LIF001 component:default/shop is in production and depends on component:default/auth-service.",
         "Shop: is in production and depends on auth-service (LIF001)"),
        ("problem opened: OWN002 The owner group:default/team.x-1 does not exist.", "Shop: The owner team.x-1 does not exist (OWN002)"),
        ("problem opened: REF001", "Shop: problem opened: REF001"),
        ("link: https://x.example/a:b/c → none", "Shop: link: https://x.example/a:b/c → none"),
    ],
)  # fmt: skip
def test_a_line_says_names_and_no_references(text, said):
    found = news(row("problem-opened", "Shop", text, "bad") | {"ref": "component:default/shop"}).digest(None, since_of("7d", NOW))
    assert [line.text for line in found.lines] == [said]
