import pytest
from pymdownx.highlight import Highlight

import markdown
from callboard.documentation.highlighting import QuickHighlight, make_quick

LANGUAGES = ["python", "PYTHON", "yaml", "console", "html+jinja", "", "nosuchlanguage", "text", "php"]


@pytest.mark.parametrize("options", [{}, {"guess_lang": True}, {"noclasses": True}, {"default_lang": "yaml"}, {"linenums": True}], ids=str)
def test_code_is_the_same_html_as_pymdownx_makes_of_it(options):
    parser = markdown.Markdown()
    for language in LANGUAGES:
        code = "def f(x):\n    return f'{x}'  # <b>\n"
        made = [each(parser, **options).highlight(code, language, hl_lines=[1], linestart=2) for each in (Highlight, QuickHighlight)]
        assert made[0] == made[1], language


def test_options_of_a_language_stay_in_effect_and_wrong_ones_do_not_stop_the_page():
    languages = [
        {"name": "php-inline", "lang": "php", "options": {"startinline": True}},
        {"name": "odd", "lang": "python", "options": {"tabsize": []}},
    ]
    parser = markdown.Markdown(
        extensions=["pymdownx.superfences", "pymdownx.highlight"],
        extension_configs={"pymdownx.highlight": {"extend_pygments_lang": languages}},
    )
    text = "```php-inline\n$a = 1;\n```\n\n```odd\na = 1\n```\n"
    expected = parser.convert(text)
    make_quick(parser)
    again = markdown.Markdown(
        extensions=["pymdownx.superfences", "pymdownx.highlight"],
        extension_configs={"pymdownx.highlight": {"extend_pygments_lang": languages}},
    )
    make_quick(again)
    assert again.convert(text) == expected
    assert 'class="nv">$a' in expected
