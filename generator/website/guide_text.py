"""The words of a guide, out of the page that MkDocs made of it."""

from __future__ import annotations

from html.parser import HTMLParser

from generator.pages.page import SearchText

_BLOCKS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "dt", "dd", "blockquote", "summary", "div", "br"})
_SKIPPED = frozenset({"script", "style", "svg", "nav", "button"})


def guide_text(html: str) -> SearchText:
    """Title and text of the page's article, paragraphs separated by a blank line.

    Both are empty where the guide's front matter has ``search: {exclude: true}``; ``main.html`` passes that on.
    """
    reader = _Article()
    reader.feed(html)
    reader.close()
    if reader.is_excluded:
        return SearchText("", "", "docs")
    paragraphs = [" ".join(text.split()) for text in reader.paragraphs]
    return SearchText(" ".join(reader.title.split()), "\n\n".join(text for text in paragraphs if text), "docs")


class _Article(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs = [""]
        self.title = ""
        self.is_excluded = False
        self._inside = 0
        self._skipped = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._inside += 1
        if tag == "meta":
            self.is_excluded |= {("name", "search"), ("content", "exclude")} <= set(attrs)
        if tag in _SKIPPED or (tag == "a" and dict(attrs).get("class") == "headerlink"):
            self._skipped += 1
        if tag in _BLOCKS:
            self.paragraphs.append("")
        if tag == "h1":
            self._heading = not self.title

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside -= 1
        if self._skipped and (tag in _SKIPPED or tag == "a"):
            self._skipped -= 1
        if tag in _BLOCKS:
            self.paragraphs.append("")
        if tag == "h1":
            self._heading = False

    def handle_data(self, data: str) -> None:
        if not self._inside or self._skipped:
            return
        if self._heading:
            self.title += data
        else:
            self.paragraphs[-1] += data
