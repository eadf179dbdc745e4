"""One output folder: two runs at once, the site of another portal, a lost state, odd names of files."""

import pytest

from callboard.io.site_folder.lock import output_lock
from callboard.io.site_folder.manifest import SITE_MARKER, read_manifest
from callboard.io.site_folder.staging import Staging
from callboard.model.errors import LockedError, WebsiteError
from callboard.model.ref import EntityRef
from callboard.state.loss_guards import Guards
from callboard.website.guides import read_guides
from callboard.website.rules import UNREADABLE_GUIDE
from callboard.website.site_loss import OutputFolder

PAGES = tuple(f"catalog/default/component/c{number}/" for number in range(10))
FILES = (*(f"{page}index.html" for page in PAGES), "index.html", "catalog/index.html")


def test_a_folder_is_written_by_one_run_at_a_time(tmp_path):
    with output_lock(tmp_path / "site"), pytest.raises(LockedError, match="is writing to") as caught, output_lock(tmp_path / "site"):
        pass
    assert "another folder" in caught.value.hint
    with output_lock(tmp_path / "site"):
        assert [*(tmp_path / "site").iterdir()] == []


def lost(new, known=(), guards=None):
    """The message if that many pages may not be lost; empty if they may."""
    try:
        OutputFolder("site", guards=guards or Guards(), known=known).check_loss(FILES, new)
    except WebsiteError as error:
        return str(error)
    return ""


def test_a_site_without_its_state_keeps_its_entities():
    message = lost(PAGES[:4])
    assert "site has a site with 10 entities. 6 of them would be lost (catalog/default/component/c4/" in message
    assert "site of another portal" in message
    assert lost(()).startswith("site has a site with 10 entities. 10 of them")


@pytest.mark.parametrize(("new", "known", "guards"), [
    (PAGES, (), None),
    (PAGES[:6], (), None),  # fewer than five are gone
    (PAGES[:4], tuple(EntityRef("component", "default", f"c{number}") for number in range(10)), None),  # the state has decided
    ((), (), Guards(accept_loss=True)),
    (PAGES[:4], (), Guards(loss=0.7)),
])  # fmt: skip
def test_a_loss_that_is_small_or_known_or_accepted_is_none(new, known, guards):
    assert lost(new, known, guards) == ""


ODD = (
    "a\u2028b",
    "a\u2029b",
    "a\x0bb",
    "a\x0cb",
    "a\rb",
    "a\x1db",
    "a\x85b",
    " a ",
    "a\tb",
    "~",
    "x" * 255,
    "con",
    "ß",
    "A",
    "a",
    "%2e",
    "*?<>|:\"'",
)


def test_odd_names_of_files_are_in_the_manifest_as_they_are(tmp_path):
    for _ in range(2):
        staging = Staging(tmp_path / "site")
        for name in ODD:
            staging.put(f"guides/{name}", name.encode())
        done = staging.commit()
    assert (done.written, done.unchanged) == (0, len(ODD))
    assert set(read_manifest(tmp_path / "site")) == {f"guides/{name}" for name in ODD}


@pytest.mark.parametrize("damage", [
    lambda text: text.replace(b"index.html", b"index.htmk"), lambda text: text[:-30], lambda text: text[: text.rfind(b"\n", 0, -1) + 1],
    lambda text: text[:60], lambda _: b"", lambda text: text + b"\xff\n", lambda text: text.replace(b"site 2", b"site 3"),
])  # fmt: skip
def test_a_damaged_manifest_is_refused_and_nothing_is_removed(tmp_path, damage):
    staging = Staging(tmp_path)
    for name in ("index.html", "b/index.html"):
        staging.put(name, b"x")
    staging.commit()
    marker = tmp_path / SITE_MARKER
    marker.write_bytes(damage(marker.read_bytes()))
    with pytest.raises(WebsiteError, match="damaged"):
        Staging(tmp_path)
    assert (tmp_path / "b/index.html").read_bytes() == b"x"


def test_guides_with_odd_names_are_problems_and_the_others_are_shown(tmp_path):
    for name in ("a\u2028b.md", "c\rd.md", "e\x1df.md", "g\\h.md", "i\nj.png", "good.md", "GOOD.md", "fine.png", "x" * 252 + ".md"):
        (tmp_path / name).write_text("# x\n")
    found = read_guides(tmp_path, tmp_path)
    assert found.files == ("GOOD.md", "fine.png", "x" * 252 + ".md")
    assert {problem.code for problem in found.problems} == {UNREADABLE_GUIDE.code}
    assert len(found.problems) == 6
