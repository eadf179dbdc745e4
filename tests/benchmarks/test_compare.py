"""`make bench BASE=REV`: the arithmetic of pairs, the table, the command line, and the worktrees that it makes and removes."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import bench
import compare
import environments

COPYING = """#!/bin/sh
echo "$0" >> ../../order
rm -rf site && mkdir site && cp -r repositories $(ls -d facts) site
echo '{"peak_memory_mb": {"main": 1.5, "children": 2.5}}' > report.json
"""
"""A stand-in for the installed command: its site is a copy of the organisation."""


def run(cpu, wall=2.0, peak=100.0, process="main process", size=3_000_000, files=1_200):
    return compare.Run(cpu, wall, peak, process, size, files)


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path):
    """Two commits: `content` is "old" in the first and "new" in the second."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text(f"/{environments.CACHE}/\n")
    for content in ("old", "new"):
        (tmp_path / "content").write_text(content)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", content)
    return tmp_path


def test_the_side_that_runs_first_alternates_from_scenario_to_scenario_and_from_pair_to_pair():
    first = [[compare.order(pair, scenario)[0] for scenario in range(3)] for pair in range(4)]
    assert ["".join(row) for row in first] == ["ABA", "BAB", "ABA", "BAB"]
    assert all(set(compare.order(pair, scenario)) == {"A", "B"} for pair in range(4) for scenario in range(3))


def test_the_ratio_is_the_median_of_the_pairs_ratios_not_the_ratio_of_the_medians():
    row = compare.compared([(1.0, 2.0), (2.0, 2.0), (4.0, 2.0), (10.0, 30.0), (3.0, 3.3)])
    assert (row.a, row.b) == (3.0, 2.0)
    assert row.ratio == pytest.approx(1.1)
    assert (row.low, row.high) == (0.5, 3.0)


def test_an_even_number_of_pairs_has_a_median_too():
    assert compare.compared([(1.0, 1.0), (1.0, 2.0)]).ratio == 1.5


@pytest.mark.parametrize(("pair", "ratio"), [((0, 0), 1.0), ((0, 2), float("inf")), ((2, 0), 0.0)])
def test_a_figure_that_is_zero_has_a_ratio(pair, ratio):
    assert compare.compared([pair]).ratio == ratio


def test_the_table_has_a_row_for_each_figure_and_says_which_process_was_the_largest():
    child = run(1.5, process="child process")
    pairs = [{"A": run(2.0), "B": child}, {"A": run(1.0), "B": child}, {"A": run(1.0), "B": run(3.0)}]
    lines = compare.table({"cold": pairs, "nothing changed": pairs}).splitlines()
    assert lines[0].split() == ["A", "B", "B/A", "min-max"]
    assert [lines[1], lines[7]] == ["cold", "nothing changed"]
    assert lines[2].split() == ["CPU,", "s", "1.00", "1.50", "1.500", "0.750-3.000"]
    assert lines[4].endswith("1.000   1.000-1.000   A: main process, B: child process")
    assert lines[5].split() == ["site,", "bytes", "3,000,000", "3,000,000", "1.000", "1.000-1.000"]
    assert len(lines) == 1 + 2 * (1 + len(compare.FIGURES))


def test_without_options_five_pairs_of_1000_entities_are_measured():
    options = compare.arguments(["--base", "main"])
    assert (options.base, options.size, options.pairs, options.facts, options.rest) == ("main", 1000, 5, False, 0)


@pytest.mark.parametrize(
    "wrong",
    [[], ["--clean", "--base", "main"], ["--base", "main", "--pairs", "0"], ["--base", "main", "--size", "many"]],
)
def test_a_wrong_command_line_ends_with_2(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        compare.arguments(wrong)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_a_folder_that_holds_something_is_not_worked_in(tmp_path, capsys):
    assert compare.arguments(["--base", "main", "--keep", str(tmp_path)]).keep == tmp_path
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        compare.arguments(["--base", "main", "--keep", str(tmp_path)])
    assert ended.value.code == 2
    assert "is not an empty folder" in capsys.readouterr().err


def test_an_unknown_revision_is_refused_with_exit_code_2():
    command = [sys.executable, compare.__file__, "--base", "no-such-revision"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("compare: unknown revision 'no-such-revision': give a commit, a branch or a tag")
    assert done.stdout == ""


def test_a_build_that_fails_ends_the_comparison_with_exit_code_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        bench.measured_build(["false"], tmp_path, tmp_path / "log.txt")
    assert ended.value.code == 2
    assert "failed with 1" in capsys.readouterr().err


@pytest.mark.parametrize("facts", [False, True])
def test_both_sides_build_the_same_bytes_before_and_after_the_change_one_after_the_other(facts, tmp_path, monkeypatch):
    monkeypatch.setattr("os.sync", lambda: None)
    sides = {}
    for side in "AB":
        command = tmp_path / side
        command.write_text(COPYING)
        command.chmod(0o755)
        sides[side] = environments.Installation(side, command, "", ())
    options = compare.arguments(["--base", "main", "--size", "40", "--pairs", "2", *(["--facts"] * facts)])
    results = compare.measure(sides, tmp_path / "scratch", options)
    assert list(results) == ["cold", "nothing changed", "1 % changed", *(["all facts moved"] * facts)]
    for pairs in results.values():
        assert len(pairs) == 2
        assert len({(run.size, run.files, run.process) for pair in pairs for run in pair.values()}) == 1
    cold, same, changed, *moved = (pairs[0]["A"] for pairs in results.values())
    assert all(run.size != changed.size and run.files == changed.files for run in moved)
    assert (cold.size, cold.files, cold.process) == (same.size, same.files, "child process")
    assert changed.size > cold.size
    assert changed.files == cold.files
    sites = [folder / "site" for folder in (tmp_path / "scratch/pair-0").iterdir()]
    first, second = ({file.relative_to(site): file.read_bytes() for file in site.rglob("*") if file.is_file()} for site in sites)
    assert first == second
    ran = [Path(line).name for line in (tmp_path / "scratch/order").read_text().splitlines()]
    expected = "ABBAABBABAABBAAB" if facts else "ABBAABBAABBA"
    assert "".join(ran[2 * len(results) :]) == expected  # behind those that warm up


def test_a_revision_is_never_taken_for_an_option_of_git(repository):
    with pytest.raises(environments.ComparisonError, match="unknown revision '--all'"):
        environments.resolve(repository, "--all")


def test_a_commit_has_a_worktree_that_a_second_run_finds_and_a_damaged_one_is_replaced(repository):
    commit = environments.resolve(repository, "HEAD~1")
    tree = environments.worktree(repository, commit)
    assert (tree / "content").read_text() == "old"
    made = (tree / "content").stat().st_ino
    assert environments.worktree(repository, commit) == tree
    assert (tree / "content").stat().st_ino == made
    (tree / "content").write_text("edited")
    assert (environments.worktree(repository, commit) / "content").read_text() == "old"
    (tree / ".git").unlink()
    assert (environments.worktree(repository, commit) / "content").read_text() == "old"
    assert git(repository, "status", "--porcelain") == ""


def test_cleaning_removes_the_folder_and_the_registrations_of_its_worktrees_alone(repository):
    git(repository, "worktree", "add", "--quiet", "--detach", str(repository.parent / f"{repository.name}-other"))
    before = git(repository, "worktree", "list")
    gone = environments.worktree(repository, environments.resolve(repository, "HEAD"))
    environments.worktree(repository, environments.resolve(repository, "HEAD~1"))
    subprocess.run(["rm", "-r", str(gone)], check=True)
    environments.clean(repository)
    environments.clean(repository)
    assert git(repository, "worktree", "list") == before
    assert not (repository / environments.CACHE).exists()


def test_a_second_comparison_in_the_same_working_tree_is_refused(tmp_path):
    with (
        environments.exclusive(tmp_path),
        pytest.raises(environments.ComparisonError, match="another comparison"),
        environments.exclusive(tmp_path),
    ):
        pass
    with environments.exclusive(tmp_path):
        pass


def test_what_differs_between_the_environments_is_listed():
    first = environments.Installation("A", Path("a"), "click==8.1\n", ("click==8.1", "jinja2==3.1"))
    second = environments.Installation("B", Path("b"), "click==8.2\n", ("click==8.2", "jinja2==3.1"))
    assert environments.differences(first, first) == []
    assert environments.differences(first, second) == [
        "constraints.txt differs: each side is installed with its own",
        "installed in A only: click==8.1",
        "installed in B only: click==8.2",
    ]
