"""Commands that need no build run where ``fcntl`` and ``resource`` are missing; one that builds says what it needs."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name in {"fcntl", "resource"}:
            raise ImportError(f"{name} is missing here")

sys.meta_path.insert(0, Blocked())
for name in ("fcntl", "resource"):
    sys.modules.pop(name, None)
"""
WRONG = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: pay ments
spec:
  type: service
  lifecycle: production
  owner: team-a
"""


def run(*arguments, cwd):
    code = f"{BLOCKED}\nfrom callboard.cli.main import main\nsys.argv = ['callboard', *{arguments!r}]\nmain()"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=False)
    assert "Traceback" not in finished.stderr, finished.stderr
    return finished


def test_the_test_blocks_both_modules(tmp_path):
    for name in ("fcntl", "resource"):
        finished = subprocess.run([sys.executable, "-c", f"{BLOCKED}\nimport {name}"], capture_output=True, text=True, check=False)
        assert f"{name} is missing here" in finished.stderr


def test_descriptors_are_checked(tmp_path):
    (tmp_path / "catalog-info.yaml").write_text(WRONG)
    finished = run("lint", ".", cwd=tmp_path)
    assert finished.returncode == 1
    assert "catalog-info.yaml:4" in finished.stdout


def test_a_whole_portal_is_checked(tmp_path):
    (tmp_path / "catalog-info.yaml").write_text(WRONG.replace("pay ments", "payments"))
    (tmp_path / "sources.yaml").write_text(
        "version: 1\nportal: {name: P, organization: O, url: https://portal.example.com/}\nsources: [{name: s, type: files, path: .}]\n"
    )
    finished = run("lint", "--strict", cwd=tmp_path)
    assert (finished.returncode, "REF001" in finished.stdout) == (1, True), finished.stderr


@pytest.mark.parametrize(
    ("arguments", "shown"), [(["--help"], "Commands"), (["explain", "REF001"], "REF001"), (["build", "--help"], "--output")]
)
def test_a_command_shows_its_text(tmp_path, arguments, shown):
    finished = run(*arguments, cwd=tmp_path)
    assert (finished.returncode, shown in finished.stdout) == (0, True)


def test_two_states_are_compared(tmp_path):
    finished = run("diff", ".", ".", cwd=tmp_path)
    assert (finished.returncode, "no state" in finished.stderr) == (2, True), finished.stderr


def test_a_build_says_what_it_needs(tmp_path):
    (tmp_path / "sources.yaml").write_text(
        "version: 1\nportal: {name: P, organization: O, url: https://portal.example.com/}\nsources: [{name: s, type: files, path: .}]\n"
    )
    finished = run("build", cwd=tmp_path)
    assert (finished.returncode, "needs a POSIX system" in finished.stderr) == (2, True), finished.stderr
