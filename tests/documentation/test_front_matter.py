import pytest

from callboard.documentation.configuration import ConfigurationError, read_configuration
from callboard.documentation.front_matter import split_front_matter

BILLIONS = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 25))


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: Plain\n", "Plain"),
        ('title: "A: b"\ntags: &tags [x]\nmore: *tags\n', "A: b"),
        ("title: Tags & *stars*\n", "Tags & *stars*"),
        (f"title: Long\ntext: {'x' * 70_000}\n", "Long"),
        (f"x: &x 1\ntitle: 'Many aliases'\nall: [{'*x, ' * 60}]\n", "Many aliases"),
        (f"{BILLIONS}title: Merged\n", "Merged"),
        (f"text: {'x' * 70_000}\ntitle: [open\n", None),
    ],
)
def test_the_title_of_front_matter_is_read_however_large_or_nested_it_is(front, title):
    values, rest = split_front_matter(f"---\n{front}---\n\n# Heading\n")
    assert values.get("title") == title
    assert rest == "# Heading\n"


def test_a_configuration_that_merges_its_own_values_again_and_again_is_refused():
    with pytest.raises(ConfigurationError, match="merges more than 2,000 keys"):
        read_configuration(BILLIONS.encode())
