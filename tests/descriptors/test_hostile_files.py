"""Files as editors, shells and mischief leave them: each is told in one clear sentence, at its place, with what to do."""

import pytest

from callboard.settings.settings import Limits
from descriptor_reading import GOOD, read


def told(data, **limits):
    return [(p.code, p.span.line if p.span else 0, p.message, p.hint) for p in read(data, limits=Limits(**limits)).problems]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_one_problem_and_not_a_page_of_them(encoding, mark):
    data = (mark + GOOD).encode(encoding)
    said = "The file is encoded as UTF-16, which PowerShell and Notepad may write, not as UTF-8."
    assert told(data) == [("YML007", 1, said, "Save the file as UTF-8.")]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), GOOD.replace("\n", "\r").encode()])
def test_marks_and_ends_of_lines_of_other_systems_are_fine(data):
    result = read(data)
    assert ([str(entity.ref) for entity in result.entities], result.problems) == (["component:default/orders"], ())


def test_a_file_that_is_too_large_does_not_pretend_to_know_how_large():
    said = "The file has more than 100 bytes, the limit for a descriptor."
    assert [problem[2] for problem in told(GOOD.encode(), descriptor_bytes=100)] == [said]


NO_CHARACTER = "This escape does not denote a character.", "Write the character itself, or the string in single quotes."
LIST = "Brackets without quotes are a list here, not a string.", 'Put the string in quotes, as in "[name]".'
MAPPING = "Braces without quotes are a mapping here, not a string.", 'Put the string in quotes, as in "{{ name }}".'


@pytest.mark.parametrize(
    ("extra", "code", "words"),
    [
        ('  title: "\\U00110000 x"\n', "YML001", NO_CHARACTER),
        ("  ? [a, b]\n  : x\n", "YML004", LIST),
        ("  ? {a: b}\n  : x\n", "YML004", MAPPING),
    ],
)
def test_odd_values_are_told_in_words(extra, code, words):
    assert (code, 5, *words) in told(GOOD.replace("  name: orders\n", "  name: orders\n" + extra))


def test_a_merge_is_told_to_be_none():
    hint = "YAML 1.2, which Backstage uses, has no merge key `<<`: write type itself below spec:."
    assert ("SPC001", 5, "A Component requires `spec.type`.", hint) in told(GOOD.replace("  type: service\n", "  <<: {type: service}\n"))


def test_a_spec_of_an_unknown_kind_has_no_fields_to_name():
    text = GOOD.replace("kind: Component", "kind: Nonsense").partition("spec:")[0] + "spec: 5\n"
    assert all("…" not in hint for *_, hint in told(text))
