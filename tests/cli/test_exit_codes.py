"""How the command ends: 1 says that descriptors have problems, and nothing else says it."""

import subprocess
import sys

import pytest

from callboard.cli import main as command_line

GOOD = "apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata: {name: db}\nspec: {type: database, owner: team-a}\n"
DEEP = "[" * 100_000


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog-info.yaml").write_text(GOOD)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["callboard", *arguments])
        with pytest.raises(SystemExit) as end:
            command_line.main()
        return end.value.code or 0, capsys.readouterr()

    return run


@pytest.mark.parametrize("option", ["--output", "--write-baseline"])
def test_a_file_that_cannot_be_written_is_a_failure_and_no_problem_of_a_descriptor(run, option):
    code, said = run("lint", "catalog-info.yaml", option, "no/such/folder/file")
    assert code == 2
    assert "no/such/folder/file: No such file or directory." in said.err
    assert "Traceback" not in said.err


def test_a_mistake_of_our_own_is_a_failure_with_its_traceback(run, monkeypatch):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(command_line, "group", broken)
    code, said = run("lint")
    assert code == 2
    assert "ZeroDivisionError" in said.err
    assert "a bug in Callboard" in said.err


def test_a_name_index_and_a_baseline_nested_too_deep_are_refused_in_words(run, tmp_path):
    (tmp_path / "api/catalog").mkdir(parents=True)
    for path in ("api/catalog/names.json", "baseline"):
        (tmp_path / path).write_text(DEEP)
    for option, value, words in (("--portal", ".", "is not JSON"), ("--baseline", "baseline", "is not a baseline")):
        code, said = run("lint", "catalog-info.yaml", option, value)
        assert code == 2
        assert words in said.err
        assert "Traceback" not in said.err


def test_a_damaged_state_and_a_file_that_is_none_are_refused_in_words(run, tmp_path):
    (tmp_path / "current.json").write_text(DEEP)
    code, said = run("diff", ".", ".")
    assert (code, "The state is damaged" in said.err) == (2, True)
    code, said = run("diff", "catalog-info.yaml", "catalog-info.yaml")
    assert (code, "There is no state in catalog-info.yaml." in said.err) == (2, True)


def test_a_problem_is_explained_by_its_code_and_by_its_name(run):
    by_code = run("explain", "ref001")
    assert by_code == run("explain", "dangling-reference")
    assert by_code[0] == 0
    code, said = run("explain", "REF999")
    assert code == 2
    assert 'There is no problem code or rule name "REF999".' in said.err
    assert "The codes are REF001" in said.err


ENDS = """
import atexit, sys
from callboard.__main__ import main

class Freed:
    def __del__(self):
        print("freed")

sys.kept = Freed()
atexit.register(print, "registered")
sys.argv = ["callboard", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["lint", "--nonsense"], 2)])
def test_a_process_ends_with_its_output_and_what_was_registered_but_does_not_free_its_values(arguments, code):
    done = subprocess.run([sys.executable, "-c", ENDS, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == "registered"
    assert ("version" in done.stdout) is (code == 0)
    assert ("--nonsense" in done.stderr) is (code != 0)
