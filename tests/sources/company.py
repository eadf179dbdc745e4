"""Real folders and repositories for the tests of sources."""

import os
import subprocess
from pathlib import Path

from callboard.plugins.sources import SourceContext
from callboard.settings.settings import SourceSettings

DESCRIPTOR = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n"
AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@acme.example",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@acme.example",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"], "HOME": "/nonexistent",
}  # fmt: skip


def put(folder, files):
    for name, content in files.items():
        file = Path(folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def descriptor(name):
    return DESCRIPTOR.format(name=name)


def git(folder, *arguments, date="2024-05-01T10:00:00Z", stdin=None):
    environ = AUTHOR | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environ, check=True, capture_output=True, input=stdin)
    return done.stdout.decode().strip()


def repository(folder, files, date="2024-05-01T10:00:00Z"):
    """A repository with one commit that serves partial clones."""
    Path(folder).mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "uploadpack.allowFilter", "true")
    commit(folder, files, date)
    return Path(folder)


def commit(folder, files, date="2024-05-01T10:00:00Z"):
    put(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Change", date=date)
    return git(folder, "rev-parse", "HEAD")


def settings(type_name, **options):
    return SourceSettings("acme", type_name, options)


def context(tmp_path, **more):
    return SourceContext(root=Path(tmp_path), cache=Path(tmp_path) / ".callboard" / "cache", environ=dict(os.environ), **more)


def found(collected):
    """``repository: path`` of every descriptor."""
    return [f"{file.tree.repository}: {file.path}" for file in collected.files]
