"""The contents of pages of documentation, which are bounded, and the list of all headings of long pages."""

from callboard.documentation.page_details import Heading
from callboard.pages.documents.page import DocumentView, all_headings, page_toc


def view(headings):
    return DocumentView("", "", "", "", None, None, (), headings=headings, all_headings=all_headings(headings))


def page(count, children=0):
    inner = tuple(Heading(f"part-{number}", f"Part {number}", 3) for number in range(children))
    return (Heading("title", "Title", 1, tuple(Heading(f"section-{number}", f"Section {number}", 2, inner) for number in range(count))),)


def test_the_contents_of_an_ordinary_page_have_two_levels():
    made = view(page(3, children=1))
    assert [(entry.text, [child.text for child in entry.children]) for entry in page_toc(made)] == [
        (f"Section {number}", ["Part 0"]) for number in range(3)
    ]
    assert not made.all_headings


def test_the_contents_of_a_long_page_are_bounded_and_all_its_headings_stand_on_it():
    made = view(page(200, children=2))
    shown = page_toc(made)
    assert 5 <= len(shown) <= 16
    assert [entry.id for entry in shown] == [entry.id for entry in made.all_headings][: len(shown)]
    assert len(made.all_headings) == 200
    assert all(len(entry.children) == 2 for entry in made.all_headings)


def test_a_very_long_heading_is_shortened_and_stands_in_the_contents():
    made = view((Heading("x" * 3_000, "y" * 3_000, 2), Heading("z", "Z", 2)))
    assert [(len(entry.id), len(entry.text)) for entry in page_toc(made)] == [(3_000, 80)]
