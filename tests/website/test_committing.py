"""Committing: whatever happens in between, the next run leaves a whole site, and what is not ours is never touched."""

import json
import time

import pytest

from callboard.io.site_folder import journal
from callboard.io.site_folder.journal import recover
from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP, read_manifest
from callboard.io.site_folder.staging import Staging
from callboard.io.store import flush
from callboard.model.errors import WebsiteError

OLD = {
    "index.html": b"old",
    "assets/a.css": b"a",
    "gone/deep/index.html": b"g",
    "same/index.html": b"same",
    "api/x": b"file",
    "b/c/d": b"d",
}
NEW = {
    "index.html": b"new!",
    "assets/a.css": b"a2",
    "same/index.html": b"same",
    "fresh/index.html": b"f",
    "api/x/y": b"folder",
    "b/c": b"c",
}


class InterruptedHereError(Exception):
    pass


def build(output, files, step=lambda _: None):
    staging = Staging(output, step)
    for path, content in files.items():
        staging.put(path, content)
    return staging.commit()


def content_of(output):
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file() and p.name != SITE_MARKER}


def steps_of(output, files):
    steps = []
    build(output, files, steps.append)
    return steps


def test_a_site_is_written_and_the_next_one_takes_its_place(tmp_path):
    assert build(tmp_path / "out", OLD).written == len(OLD)
    done = build(tmp_path / "out", NEW)
    assert content_of(tmp_path / "out") == NEW
    assert (done.written, done.unchanged, done.removed, done.bytes) == (5, 1, 3, sum(map(len, NEW.values())))


def test_folders_that_became_empty_are_removed(tmp_path):
    build(tmp_path, OLD)
    build(tmp_path, NEW)
    assert sorted(p.name for p in tmp_path.iterdir()) == [SITE_MARKER, "api", "assets", "b", "fresh", "index.html", "same"]


def test_unchanged_files_keep_their_times_and_a_second_build_writes_nothing(tmp_path):
    build(tmp_path, NEW)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}
    time.sleep(0.02)
    steps = steps_of(tmp_path, NEW)
    assert steps == []
    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def test_pages_come_after_everything_that_they_need_and_removals_last(tmp_path):
    build(tmp_path, {"gone.html": b"", "zone.css": b"1"})
    steps = [s for s in steps_of(tmp_path, {"a.html": b"", "zone.css": b"2"}) if s.startswith(("move", "remove"))]
    assert steps == ["move zone.css", "move a.html", "remove gone.html"]


@pytest.mark.parametrize("number", range(40))
def test_after_an_interruption_at_any_step_the_next_run_is_whole(tmp_path, number):
    output = tmp_path / "out"
    build(output, OLD)
    count = 0

    def interrupt(step):
        nonlocal count
        count += 1
        if count == number + 1:
            raise InterruptedHereError(step)

    try:
        build(output, NEW, interrupt)
    except InterruptedHereError:
        pass
    else:
        assert content_of(output) == NEW
        return
    between = {k: v for k, v in content_of(output).items() if not k.startswith(WORKSHOP)}
    if not (output / WORKSHOP / "journal").exists() and between != NEW:
        assert between == OLD
    Staging(output)
    assert build(output, NEW).removed == 0 or between == OLD
    assert content_of(output) == NEW
    build(output, OLD)
    assert content_of(output) == OLD


def test_the_steps_tried_above_are_all_there_are(tmp_path):
    build(tmp_path, OLD)
    assert 15 < len(steps_of(tmp_path, NEW)) < 40


def test_an_interrupted_commit_is_finished_before_the_next_one_begins_although_that_wants_another_site(tmp_path):
    build(tmp_path, OLD)

    def interrupt(step):
        if step == "move fresh":
            raise InterruptedHereError

    with pytest.raises(InterruptedHereError):
        build(tmp_path, NEW, interrupt)
    assert recover(tmp_path, lambda _: None)
    assert content_of(tmp_path) == NEW


def test_a_failure_before_the_commit_leaves_the_old_site(tmp_path):
    build(tmp_path, OLD)
    staging = Staging(tmp_path)
    staging.put("index.html", b"never")
    staging.discard()
    assert content_of(tmp_path) == OLD
    assert not (tmp_path / WORKSHOP).exists()


def test_a_folder_with_other_peoples_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("only copy")
    with pytest.raises(WebsiteError, match="was not made by Callboard"):
        Staging(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "only copy"


def test_files_of_others_in_our_folder_stay(tmp_path):
    build(tmp_path, OLD)
    (tmp_path / "gone/deep/CNAME").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine")
    build(tmp_path, NEW)
    assert (tmp_path / "gone/deep/CNAME").read_text() == "mine"
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_of_others_is_not_overwritten_by_a_new_page(tmp_path):
    build(tmp_path, OLD)
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh/index.html").write_text("mine")
    with pytest.raises(WebsiteError, match=r"fresh/index\.html is in the way"):
        build(tmp_path, NEW)
    assert (tmp_path / "fresh/index.html").read_text() == "mine"


@pytest.mark.parametrize("foreign", ["fresh", "b/c/notes"])
def test_a_file_of_others_above_or_below_a_new_page_stops_the_build_before_anything_changed(tmp_path, foreign):
    build(tmp_path, OLD)
    (tmp_path / foreign).write_text("mine")
    with pytest.raises(WebsiteError, match="is in the way"):
        build(tmp_path, NEW)
    Staging(tmp_path)
    (tmp_path / foreign).unlink()
    assert content_of(tmp_path) == OLD


def test_a_file_that_somebody_cut_short_or_deleted_is_written_again(tmp_path):
    build(tmp_path, OLD)
    (tmp_path / "index.html").write_text("")
    (tmp_path / "same/index.html").unlink()
    assert build(tmp_path, OLD).written == 2
    assert content_of(tmp_path) == OLD


def test_keeping_needs_the_same_digest_and_the_file_itself(tmp_path):
    build(tmp_path, OLD)
    staging = Staging(tmp_path)
    written = read_manifest(tmp_path)
    digest = written["index.html"].digest
    assert not staging.keep("index.html", "0" * 32)
    assert not staging.keep("nothing.html", digest)
    assert staging.keep("index.html", digest)
    (tmp_path / "same/index.html").unlink()
    assert not staging.keep("same/index.html", written["same/index.html"].digest)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a/", "a\\b", "a/./b", ".callboard-site", "a\nb"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path, path):
    with pytest.raises(WebsiteError, match="not a valid path for a file"):
        Staging(tmp_path).put(path, b"")


def test_two_files_at_one_path_are_an_error(tmp_path):
    staging = Staging(tmp_path)
    staging.put("a", b"1")
    with pytest.raises(WebsiteError, match="Two parts of the site have the same file 'a'"):
        staging.put("a", b"1")


@pytest.mark.parametrize("line", ["nonsense", "0123 x index.html", "0" * 32 + " 5 ../outside.txt", "0" * 32 + " 5 /etc/passwd"])
def test_a_damaged_list_of_our_files_or_one_that_names_a_path_outside_stops_before_anything_is_touched(tmp_path, line):
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / SITE_MARKER).write_text(f"callboard site 1\n{line}\n")
    with pytest.raises(WebsiteError):
        Staging(tmp_path / "site")
    assert outside.read_text() == "mine"


def left_behind(output, **journal):
    """A journal as somebody could have put it into the folder."""
    build(output, OLD)
    (output / WORKSHOP).mkdir()
    (output / WORKSHOP / "journal").write_text(json.dumps({"first": [], "moves": [], "last": [], "files": {}} | journal))


@pytest.mark.parametrize("part", ["first", "moves", "last"])
@pytest.mark.parametrize("path", ["../mine.txt", "a/../../mine.txt", "ABSOLUTE", "linked/mine.txt"])
def test_a_journal_never_leads_out_of_the_folder(tmp_path, part, path):
    output, mine = tmp_path / "out", tmp_path / "mine.txt"
    mine.write_text("mine")
    left_behind(output, **{part: [path.replace("ABSOLUTE", str(mine))]})
    (output / "linked").symlink_to(tmp_path)
    (output / WORKSHOP / "files/linked").mkdir(parents=True)
    (output / WORKSHOP / "files/linked/mine.txt").write_text("theirs")
    (output / WORKSHOP / "mine.txt").write_text("theirs")
    with pytest.raises(WebsiteError):
        Staging(output)
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"first": 1}', '{"first": [], "moves": [], "last": [], "files": {"a": 1}}', "[" * 99_999]
)
def test_a_damaged_journal_is_told_with_a_way_out(tmp_path, text):
    left_behind(tmp_path)
    (tmp_path / WORKSHOP / "journal").write_text(text)
    with pytest.raises(WebsiteError, match="is damaged") as caught:
        Staging(tmp_path)
    assert "build again" in caught.value.hint


def test_nothing_is_written_or_removed_through_a_folder_that_became_a_link(tmp_path):
    output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    build(output, OLD)
    (output / "same").rename(elsewhere)
    (output / "same").symlink_to(elsewhere)
    for files in ({**OLD, "same/index.html": b"other"}, {"index.html": b"old"}):
        with pytest.raises(WebsiteError, match="is a link"):
            build(output, files)
    assert (elsewhere / "index.html").read_bytes() == b"same"


def test_a_workshop_that_is_a_link_is_not_followed(tmp_path):
    output, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    build(output, OLD)
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    (output / WORKSHOP).symlink_to(elsewhere)
    build(output, NEW)
    assert content_of(output) == NEW
    assert [p.name for p in elsewhere.iterdir()] == ["mine.txt"]


def test_what_is_staged_is_on_the_disk_before_the_journal_says_so(tmp_path, monkeypatch):
    """After a power cut a journal must speak of whole files alone; a test cannot cut the power, but see when what is brought there."""
    output, seen = tmp_path / "out", []
    build(output, OLD)

    def look(folder):
        flush(folder)
        staged = folder / "files"
        seen.append({path.relative_to(staged).as_posix(): path.read_bytes() for path in staged.rglob("*") if path.is_file()})
        assert not (folder / "journal").exists()

    monkeypatch.setattr(journal, "flush", look)
    build(output, NEW)
    build(output, NEW)
    assert seen == [{path: content for path, content in NEW.items() if OLD.get(path) != content}]
