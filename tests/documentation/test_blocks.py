"""The text of blocks: what each asks for, what is wrong in which line, and where a page has them."""

import pytest

from callboard.documentation.blocks import MOST_BLOCKS, BlockError, DocumentBlock, read_block
from callboard.documentation.open_links import around_blocks
from callboard.documentation.rules import INVALID_BLOCK
from callboard.model.ref import EntityRef
from support.documented_portal import DocumentedPortal


@pytest.fixture
def portal(tmp_path):
    return DocumentedPortal(tmp_path).entity(ref="dir:.")


def read(kind, text):
    return read_block(DocumentBlock(kind, text, 1))


def test_a_block_is_lines_of_keys_and_values():
    table = read("table", "# ours\nfilter: kind:component owner:team-a\n\ncolumns: tags, owner level:security\nsort: -owner\nlimit: 5")
    assert table.columns == ("tags", "owner", "level:security")
    assert (table.sort, table.is_descending, table.limit, table.filter_line) == ("owner", True, 5, 2)
    assert read("figure", "filter: kind:api\nby: lifecycle").by == "lifecycle"
    assert read("graph", "entity: payments").entity == EntityRef("component", "default", "payments")


@pytest.mark.parametrize(
    ("kind", "text", "message", "hint", "line"),
    [
        ("table", "", "names no entities", "filter: kind:component", 0),
        ("table", "filter kind:api", "is not a line of the form", "`filter`", 1),
        ("table", "filtr: kind:api", "has no `filtr`", "Did you mean `filter`?", 1),
        ("table", "filter: kind:api\nfilter: kind:api", "is written twice", "Remove", 2),
        ("table", "filter:", "has no value", "Write one", 1),
        ("table", "\nfilter: kind:api ownr:a", "has no field `ownr`", "Did you mean `owner`?", 2),
        ("table", "filter: ?kind=api&affected-by=x", "has no field `affected-by`", "Fields:", 1),
        ("table", "filter: starred:yes", "each reader's browser", "Remove", 1),
        ("table", "filter: kind:api\ncolumns: name, lifecicle", "has no column `lifecicle`", "Did you mean `lifecycle`?", 2),
        ("table", "filter: kind:api\nsort: size", "sorted by `size`", "-name", 2),
        ("table", "filter: kind:api\nlimit: 1000", "not a number from 1 to 100", "100", 2),
        ("graph", "filter: kind:api\nlimit: 61", "not a number from 1 to 60", "60", 2),
        ("graph", "filter: kind:api\nentity: x", "both", "Remove one", 2),
        ("graph", "entity: component:", "is not a reference", "component:payments", 1),
        ("figure", "filter: kind:api\nby: color", "divided by `color`", "Fields:", 2),
        ("figure", "filter: kind:api\ncolumns: owner", "has no `columns`", "Keys:", 2),
        ("table", "filter: " + "x" * 1001, "more than 1,000 characters", "Shorten", 1),
        ("table", "#" * 4001, "more than 4,000 characters", "Shorten", 0),
    ],
)  # fmt: skip
def test_a_mistake_has_its_line_and_says_how_to_correct_it(kind, text, message, hint, line):
    with pytest.raises(BlockError) as raised:
        read(kind, text)
    assert (message in raised.value.message, hint in raised.value.hint, raised.value.line) == (True, True, line), raised.value.args


def test_a_page_has_its_blocks_with_their_lines_wherever_they_are_written(portal):
    fence = "```callboard-table\nfilter: kind:api\n```\n"
    text = f"# A\n\n{fence}\n- item\n\n    ~~~callboard-figure\n    filter: kind:api\n    ~~~\n\n"
    text += "!!! note\n    ``` callboard-table\n    filter: x\n    ```\n"
    made = portal.write(**{"docs/index.md": f"{text}\n```text\n{fence.replace('```', '~~~')}```\n"}).made()
    page = made.pages["index.md"]
    assert [(block.kind, block.text, block.line) for block in page.details.blocks] == [
        ("table", "filter: kind:api", 3), ("figure", "filter: kind:api", 9), ("table", "filter: x", 14),
    ]  # fmt: skip
    html = portal.built().html(made, page)
    assert around_blocks(html)[1::2] == ["0", "1", "2"]
    assert "~~~callboard-table" in html, "a block inside of code is code"


def test_the_examples_of_doc017_show_the_mistake_and_its_absence():
    assert INVALID_BLOCK.code == "DOC017"
    wrong, right = (text.partition("```callboard-table\n")[2].partition("```")[0] for text in (INVALID_BLOCK.wrong, INVALID_BLOCK.right))
    with pytest.raises(BlockError, match="ownr"):
        read("table", wrong)
    assert read("table", right).filter_line == 1


def test_nobody_writes_the_mark_of_a_block(portal):
    marks = "\ue0f30\ue0f4 &#xe0f3;0&#xe0f4;"
    text = f'# A {marks}\n\n<a title="{marks}" href="{marks}">{marks}</a>\n\n[b](x.md "{marks}")\n\n'
    text += "```callboard-table\nfilter: kind:api\n```\n"
    made = portal.write(**{"docs/index.md": text}).made()
    html = portal.built().html(made, made.pages["index.md"])
    before, number, after = around_blocks(html)
    assert (number, before.endswith("<div>"), after.startswith("</div>")) == ("0", True, True)
    assert "\ue0f3" not in before + after


def test_a_page_has_a_bounded_number_of_blocks(portal):
    made = portal.write(**{"docs/index.md": "```callboard-table\nfilter: kind:api\n```\n\n" * (MOST_BLOCKS + 5)}).made()
    page = made.pages["index.md"]
    assert len(page.details.blocks) == MOST_BLOCKS
    assert f"more than {MOST_BLOCKS} blocks" in page.details.notes[0].message
