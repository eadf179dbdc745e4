"""Wheels of Callboard and of the example plugins, installed in an environment of their own as a stranger installs them."""

import os
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples/plugins").glob("*/pyproject.toml"))


class Environment:
    """A virtual environment without packages; what Callboard depends on is visible in it, Callboard itself is not."""

    def __init__(self, folder):
        if find_spec("hatchling") is None:
            reason = "needs hatchling (pip install hatchling)"
            pytest.fail(reason) if os.environ.get("CALLBOARD_TEST_FULL") == "1" else pytest.skip(reason)
        self.folder = folder
        self.bin = folder / "bin"
        self.python = self.bin / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        # A path in a .pth file, other than a folder of packages, does not make editable installs visible.
        (next(folder.glob("lib/python*/site-packages")) / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        (self.bin / "pip").write_text(f'#!/bin/sh\nexec "{self.python}" -m pip "$@"\n')
        (self.bin / "pip").chmod(0o755)

    @property
    def environ(self):
        """Variables with which ``pip install <folder>`` needs no package index."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PIP_CONSTRAINT", "PYTHONSTARTUP"}}
        return kept | {"PATH": path, "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0"} | {
            "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_QUIET": "1", "PIP_ROOT_USER_ACTION": "ignore",
        }  # fmt: skip

    def run(self, *command, cwd, **variables):
        return subprocess.run(
            [str(part) for part in command], cwd=cwd, env=self.environ | variables, capture_output=True, text=True, check=False
        )

    def install(self, *wheels):
        done = self.run("pip", "install", "--force-reinstall", *wheels, cwd=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr


def wheel(project, folder):
    """The wheel of a project, built by its own build system."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return max(folder.glob("*.whl"), key=lambda file: file.stat().st_mtime_ns)
