"""JSON and YAML are masked string by string: what has no secret stays, and the document stays valid."""

import gc
import json
import time

import pytest

import yaml
from callboard.redaction.masking import masked
from callboard.redaction.structured import mask_document, mask_values
from descriptor_reading import GOOD, read

BODY = "MIIEowIBAAKCAQEAabcdefghijklmnopqrstuvwxyz0123456789"
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\nabc=\n-----END RSA PRIVATE KEY-----"
TOKEN = "ghp_" + "a1" * 18
STRINGS = {
    "a key on one line": (KEY, BODY, ""),
    "a key and what follows on its last line": (f"{KEY} and more", BODY, " and more"),
    "a shortened key without an end (GitHub's description)": ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow...", BODY, "MIIEow..."),
    "a key that is cut off": (f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n{BODY}", BODY, ""),
    "an encrypted key": (KEY.replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,0A\n\nMII"), BODY, ""),
    "a PGP key": (KEY.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), BODY, ""),
    "a token after a line break": (f"first\n{TOKEN}\nlast", TOKEN, "last"),
    "a token after a tab": (f"first\t{TOKEN}", TOKEN, "first"),
    "a password in a URL": ("see https://ann:hunter2hunter2@db.example/x.", "ter2", "@db.example/x."),
    "a token in typographic quotes": (f"“{TOKEN}”", TOKEN, "“"),
    "a token after a no-break space": (f"x\xa0{TOKEN}", TOKEN, "x\xa0"),
    "a JSON web token in typographic quotes": ("“eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghij”", "abcdefghij", "“"),
    "a password with a letter that JSON escapes": ("amqp://ann:hünter2secret@mq.example/x", "nter2secret", "@mq.example/x"),
    "a key after a text that YAML folds": (f"{'x' * 30} {KEY}", BODY, "xxx"),
    "quotes and escapes beside it": (f'"{TOKEN}" \\ é \u2028 \U0001f600', TOKEN, "é"),
}
WRITTEN = {
    "compact JSON": lambda value: json.dumps(value, separators=(",", ":")),
    "indented JSON in Unicode": lambda value: json.dumps(value, indent=1, ensure_ascii=False),
    "JSON with escaped slashes": lambda value: json.dumps(value).replace("/", "\\/"),
    "YAML": yaml.safe_dump,
    "YAML in double quotes": lambda value: yaml.safe_dump(value, default_style='"', width=40),
    "YAML in blocks": lambda value: yaml.safe_dump(value, default_style="|"),
    "YAML with CRLF": lambda value: yaml.safe_dump(value).replace("\n", "\r\n"),
    "YAML that is one line of JSON": lambda value: f"{json.dumps(value)} # a comment\n",
}


@pytest.mark.parametrize("style", WRITTEN)
@pytest.mark.parametrize("case", STRINGS)
def test_a_masked_document_stays_valid_and_keeps_all_else(case, style):
    string, secret, kept = STRINGS[case]
    value = {
        "before": ["x", 1],
        "pem": string,
        string.split("\n")[0] + " as a key": True,
        "paths": {"/lost": {"url": "https://kept.example/a"}},
    }
    text = WRITTEN[style](value)
    found = mask_document(text)
    again = json.loads(found) if style.split()[0] in {"compact", "indented", "JSON"} else yaml.safe_load(found)
    assert secret not in found
    assert kept in again["pem"] or kept.strip() in again["pem"]
    assert (again["before"], again["paths"]) == (value["before"], value["paths"])
    assert found.count("\n") == text.count("\n")
    assert len(again) == len(value)
    assert mask_document(found) == found


LINES = KEY.split("\n")


@pytest.mark.parametrize("written", [json.dumps, yaml.safe_dump, lambda value: yaml.safe_dump(value, default_flow_style=True)])
def test_a_key_line_by_line_in_a_list_is_masked_to_its_end(written):
    text = mask_document(written({"key": LINES, "next": ["abcdefghijklmnopqrstuvwxyz"]}) + "\n")
    assert BODY not in text
    assert yaml.safe_load(text)["next"] == ["abcdefghijklmnopqrstuvwxyz"]
    assert BODY not in str(mask_values({"key": [*LINES, "stays"]}))
    assert mask_values([*LINES, "stays"])[-1] == "stays"


@pytest.mark.parametrize("begun", ["-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA"])
@pytest.mark.parametrize("written", [json.dumps, yaml.safe_dump, lambda value: yaml.safe_dump(value, default_flow_style=True)])
def test_names_after_a_shortened_key_are_no_lines_of_it(written, begun):
    value = {"properties": {"key": {"example": begun, "title": "Text", "type": "string"}, "list": [begun, {"format": "pemfile"}]}}
    found = yaml.safe_load(mask_document(written(value) + "\n"))["properties"]
    assert found["key"].items() >= {"title": "Text", "type": "string"}.items()
    assert found["list"][1] == {"format": "pemfile"}


@pytest.mark.parametrize("indent", ["\t", 1, None])
def test_json_after_a_byte_order_mark_is_masked_as_json(indent):
    text = "\ufeff" + json.dumps({"pem": KEY, "b": f"“{TOKEN}”"}, indent=indent)
    found = json.loads(mask_document(text).removeprefix("\ufeff"))
    assert found == {"pem": "----****\n\n\n", "b": "“ghp_****”"}


def test_a_token_after_an_escape_of_eight_digits_is_masked():
    text = yaml.safe_dump({"a": f"\U0001f600{TOKEN}"}, default_style='"')
    assert yaml.safe_load(mask_document(text)) == {"a": "\U0001f600ghp_****"}


def test_a_secret_in_a_comment_is_masked_and_the_comment_stays_one():
    commented = "".join(f"# {line}\n" for line in KEY.split("\n"))
    text = mask_document(f"# {TOKEN} old\n{commented}a: 1 # {TOKEN}\nb: 2\n")
    assert yaml.safe_load(text) == {"a": 1, "b": 2}
    assert TOKEN not in text
    assert BODY not in text


PLAIN = {
    "GraphQL": f'type Query {{ "{TOKEN}" a: Int }}\nscalar X',
    "XML": f"<a><k>{KEY}</k><next>1</next></a>\n",
    "a shortened key before markup": "<k>-----BEGIN PRIVATE KEY-----</k>\n<next>abcdefghijklmnopqrstuvwxyz</next>",
    "broken JSON": '{"pem": "-----BEGIN PRIVATE KEY-----\\nMIIE...", "next": 1',
    "two markers that do not belong together": '{"a": "-----BEGIN PRIVATE KEY-----", {"next": "-----END PRIVATE KEY-----"',
}


@pytest.mark.parametrize("case", PLAIN)
def test_other_text_keeps_what_follows_a_secret(case):
    found = mask_document(PLAIN[case])
    assert TOKEN not in found
    assert BODY not in found
    assert any(rest in found for rest in ("scalar X", "next"))


def test_mail_addresses_of_a_public_portal_are_masked_in_strings():
    value = {"text": "write to\nann@acme.example", "ann@acme.example": "a@b", "more": "x" * 100 + "bob@acme.example,eve@acme.example"}
    for text in (json.dumps(value), yaml.safe_dump(value, default_style='"'), yaml.safe_dump(value)):
        found = yaml.safe_load(masked(text, is_public=True).text)
        assert found["text"] == "write to\n•••@•••"
        assert "acme" not in str(found)
        assert found["•••@•••"] == "a@b"
        assert masked(text, is_public=False).text == text


@pytest.mark.parametrize("indent", [None, 1])
def test_a_definition_with_a_secret_stays_valid_json(indent):
    definition = json.dumps({"pem": KEY, "short": "-----BEGIN PRIVATE KEY-----\nMII...", "paths": {"/lost": 1}}, indent=indent)
    result = read(f"{GOOD}  definition: |\n" + "".join(f"    {line}\n" for line in definition.split("\n")))
    (entity,) = result.entities
    assert json.loads(entity.spec["definition"])["paths"] == {"/lost": 1}
    assert yaml.safe_load(entity.text)["kind"] == "Component"
    assert BODY not in entity.text + str(entity.spec)


@pytest.mark.parametrize(
    "piece",
    ["-----BEGIN PRIVATE KEY-----\\n", "-----BEGIN A A A ", "-----BEGIN" + " " * 90, "://a:bcd", "@a.b", "AKIA", "eyJ", "a@", "\\n\\n# "],
)
@pytest.mark.long
def test_masking_hostile_text_takes_linear_time(piece):
    def seconds(number):
        text = json.dumps([piece.replace("\\n", "\n") * number])
        gc.collect()
        gc.disable()  # as in a build: what the collector takes depends on all values of the tests
        start = time.process_time()
        masked(text, is_public=True)
        taken = time.process_time() - start
        gc.enable()
        return taken

    seconds(1_000)
    small, large = (min(seconds(number) for _ in range(3)) for number in (10_000, 80_000))
    assert large < max(small, 0.002) * 8 * 4
