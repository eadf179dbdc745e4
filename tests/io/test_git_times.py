"""Times of commits: whoever may push may write any."""

import os
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callboard.io.git.command import LATEST, Git, commit_time
from callboard.io.git.history import FileCommit, git_commits, last_commit_time, last_commits

PAST = datetime(1970, 1, 1, tzinfo=UTC)


def committed(folder, when):
    """A repository whose only commit says that it was made then."""

    def git(*arguments, told=None):
        return subprocess.run(["git", "-C", folder, *arguments], input=told, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "-q")
    (folder / "a").write_text("a")
    git("add", "a")
    said = f"tree {git('write-tree')}\nauthor a <a@b>{when}\ncommitter a <a@b>{when}\n\nx\n"
    commit = git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", told=said)
    git("update-ref", "HEAD", commit)
    return Git(folder, {"PATH": os.environ["PATH"]}), commit


def test_a_commit_of_the_far_future_is_no_reason_to_stop(tmp_path):
    git, commit = committed(tmp_path, " 99999999999999 +0000")
    latest = commit_time(str(LATEST))
    assert last_commits(git, commit, ["a"]) == {"a": FileCommit(latest, "a")}
    assert last_commit_time(git, commit, "") == latest
    assert [one.at for one in git_commits(git, commit, "", PAST)] == [latest]


def test_a_commit_without_a_time_tells_none(tmp_path):
    git, commit = committed(tmp_path, "")
    assert last_commits(git, commit, ["a"]) == {}
    assert last_commit_time(git, commit, "") is None


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_latest_time_has_a_date_in_every_zone(zone):
    assert commit_time(str(10**30)).astimezone(ZoneInfo(zone)).year in {9998, 9999}


def test_other_times_are_told_as_they_are():
    assert commit_time("100000000000\n") == datetime(5138, 11, 16, 9, 46, 40, tzinfo=UTC)
    assert [commit_time(text) for text in ("", "%ct", "-5", "¹")] == [None] * 4
