"""The command line of the form: what shells make of it is the answers, whatever they contain."""

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import quickjs_rs

from callboard.cli.new import command as new_command
from callboard.cli.new_answers import given_answers

SCRIPT = (Path(__file__).parents[2] / "site_overrides/assets/create/command.js").read_text("utf-8")
QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes each of these for the end of a text in single quotes."""
ANSWERS = [
    {"a": "plain", "b": "two words", "port": 8080, "on": True, "off": False, "nothing": None, "float": 1.5},
    {"a": "it's", "b": 'say "hi"', "c": "a\\b", "d": 'a\\"b', "e": "ends with a space and \\", "f": "C:\\Program Files\\"},
    {"a": "$HOME $(touch EXECUTED) ${x} `touch EXECUTED`", "b": "a;b|c&d>e<f", "d": "%PATH%"},
    {"e": "#x", "f": "@x", "g": "--%", "c": "a;b|c&d>e<f"},
    {"a": "one\ntwo\r\nthree", "b": "tab\there", "c": "\n", "d": "", "e": " ", "f": "-rf", "g": "~", "h": "*", "i": "a,b", "j": "(1)"},
    {"a": "typographic \u2018quotes\u2019 \u201ahere\u201b \u201ctoo\u201d", "b": "größe, naïve, 日本語, 🎉"},
    {"c": "\u202eevil", "d": "\u200b"},
    {"a": "esc \x1b[201~\ntouch EXECUTED\n", "b": "\x00", "c": "bell\x07", "d": "\x85", "e": "'; touch EXECUTED; '", "f": "''"},
    {"g": "\u2019; touch EXECUTED", "h": "!!"},
    {"list": ["a", 'b"c', "d e", "it's", "\u2019"], "map": {"k": {"deep": [1, None, True, "x\ny"]}}, "empty": [], "none": {}},
    {"a=b": "x", "": "y", "quote's": 1, 'quo"te': 2, "$(touch EXECUTED)": 3, "-x": "4", "__proto__": "5", "ü": 6},
    {"a": "x" * 4_000, "b": ["y"] * 100},
]  # fmt: skip


@pytest.fixture(scope="module")
def line():
    """Calls a function of the module."""
    runtime = quickjs_rs.Runtime()
    runtime.set_module_loader(normalize=lambda _, name: name, load={"command.js": SCRIPT}.get)
    context = runtime.new_context(timeout=60)
    context.eval("import * as all from 'command.js'; globalThis.all = all;", module=True)
    yield lambda name, *given: json.loads(context.eval(f"JSON.stringify(all.{name}(...JSON.parse({json.dumps(json.dumps(given))})))"))
    runtime.close()


def of_posix(text):
    """The words that a real shell makes of a command."""
    script = f"uvx() {{ printf '%s\\0' \"$@\"; }}\n{text}\n"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, env={"PATH": "/nonexistent", "HOME": "/home/x"})
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


def of_powershell(text):
    """The words that PowerShell makes of a command by its documented rules (about_Quoting_Rules, about_Parsing)."""
    words, word, at, started = [], "", 0, False
    while at < len(text):
        char = text[at]
        if char in QUOTES:
            at += 1
            while text[at] not in QUOTES or text[at + 1 : at + 2] in tuple(QUOTES):
                word += text[at]
                at += 2 if text[at] in QUOTES else 1
            started = True
        elif char == "`" and text[at + 1] == "\n":
            at += 1
        elif char.isspace():
            words, word, started = ([*words, word], "", False) if started else (words, "", False)
        else:
            assert char not in '"`$;|&(){}<>,\u201c\u201d\u201e', f"{char} is not quoted"
            assert started or char not in "@#", f"{char} begins a word"
            word, started = word + char, True
        at += 1
    return [*words, word] if started else words


def through_windows_powershell(words):
    """What a program gets from Windows PowerShell 5: words with white space in quotation marks, then read as Windows' programs do."""
    line = " ".join(f'"{word}"' if any(char.isspace() for char in word) else word for word in words if word)
    found, word, at, quoted, started = [], "", 0, False, False
    while at < len(line):
        slashes = len(line[at:]) - len(line[at:].lstrip("\\"))
        if line[at + slashes : at + slashes + 1] == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
            at, started = at + slashes + 1, True
        elif slashes:
            word, at, started = word + "\\" * slashes, at + slashes, True
        elif line[at].isspace() and not quoted:
            found, word, started, at = ([*found, word] if started else found), "", False, at + 1
        else:
            word, at, started = word + line[at], at + 1, True
    return [*found, word] if started else found


def answers_in(words):
    """The answers that the command reads from its words."""
    assert words[:4] == ["--from", "callboard[new]", "callboard", "new"]
    assert words[4] == "https://portal.example/it's#default/svc"
    return given_answers(new_command.make_context("new", words[4:]).params)


@pytest.mark.parametrize("answers", ANSWERS)
def test_shells_give_the_command_the_answers_as_they_are(line, answers, tmp_path):
    words = ["https://portal.example/it's#default/svc"]
    posix = line("commandLine", "callboard[new]", words, answers, "posix")
    assert not posix["isFile"]
    assert answers_in(of_posix(posix["line"])) == answers
    given = of_powershell(line("commandLine", "callboard[new]", words, answers, "powershell")["line"].removeprefix("uvx "))
    assert answers_in(given) == answers
    assert answers_in(through_windows_powershell(given)) == answers


def test_nothing_unseen_and_no_control_reaches_a_terminal(line):
    for answers in ANSWERS:
        for shell in ("posix", "powershell"):
            text = line("commandLine", "x", ["y"], answers, shell)["line"]
            assert not [char for char in text if (char < " " and char not in "\n\t") or char in "\x7f\x85\u200b\u202e\u2028"]


def test_simple_answers_can_be_read_in_the_command(line):
    text = line(
        "commandLine", "callboard[new]", ["https://p.example#default/svc"], {"name": "orders", "port": 8080, "note": "a b"}, "posix"
    )
    assert text["line"] == (
        "uvx --from 'callboard[new]' callboard new https://p.example#default/svc \\\n  --set name=orders \\\n  --set-json port=8080 \\\n"
        "  --set 'note=a b'"
    )


def test_a_command_that_is_too_long_reads_a_file(line):
    found = line("commandLine", "callboard[new]", ["p#default/svc"], {"a": "x" * 8_000}, "posix")
    assert found == {"line": "uvx --from 'callboard[new]' callboard new p#default/svc --data answers.json", "isFile": True}


GITLAB = {"type": "gitlab", "url": "https://gitlab.example/acme/templates", "workflow": "callboard-new.yml", "branch": "main"}
GITHUB = {**GITLAB, "type": "github", "url": "https://github.com/acme/templates"}


@pytest.mark.parametrize("answers", [answers for answers in ANSWERS if "b" in answers and len(answers["b"]) < 100])
def test_a_pipeline_gets_the_answers_in_its_address_and_by_the_hosts_program(line, answers):
    found = line("hostRun", GITLAB, "default/svc", answers, "posix")
    assert found["isFilled"]
    parts = urlsplit(found["link"])
    assert parts.path == "/acme/templates/-/pipelines/new"
    given = {key: values[0] for key, values in parse_qs(parts.query, strict_parsing=True).items()}
    assert json.loads(unquote(given.pop("var[NEW_PROJECT_ANSWERS]"))) == answers
    assert given == {"ref": "main", "var[NEW_PROJECT_TEMPLATE]": "default/svc"}
    words = of_powershell(found["line"].removeprefix("glab "))
    assert words[:5] == ["ci", "run", "--repo", "https://gitlab.example/acme/templates", "--branch"]
    assert json.loads(unquote(words[-1].partition(":")[2])) == answers


def test_a_workflow_is_opened_empty_and_started_by_gh(line):
    found = line("hostRun", GITHUB, "default/svc", {"name": "it's"}, "powershell")
    assert found["link"] == "https://github.com/acme/templates/actions/workflows/callboard-new.yml"
    assert not found["isFilled"]
    words = of_powershell(found["line"])
    assert words[:8] == ["gh", "workflow", "run", "callboard-new.yml", "--repo", "github.com/acme/templates", "--ref", "main"]
    assert words[8:] == ["--raw-field", "template=default/svc", "--raw-field", "answers=%7B%22name%22%3A%22it%27s%22%7D"]


def test_too_many_answers_for_an_address_leave_it_bare(line):
    found = line("hostRun", GITLAB, "default/svc", {"a": "x" * 8_000}, "posix")
    assert not found["isFilled"]
    assert found["link"] == "https://gitlab.example/acme/templates/-/pipelines/new?ref=main"
