"""A folder that stands for the hosts of git: what is cloned from and pushed to github.com is bare repositories in it."""

import json
import shutil
import subprocess
from pathlib import Path

from support.portal import callboard

IDENTITY = {"GIT_AUTHOR_NAME": "Jane", "GIT_AUTHOR_EMAIL": "jane@acme.example"}


class GitHosts:
    """Repositories by ``owner/name``, and a home whose configuration of git rewrites github.com to this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bare = folder / "bare"
        self.bare.mkdir(parents=True)
        self.config = folder / "gitconfig"
        self.config.write_text(
            "[user]\n name = Jane\n email = jane@acme.example\n[init]\n defaultBranch = main\n"
            f'[url "file://{self.bare}/"]\n insteadOf = https://github.com/\n[uploadpack]\n allowAnySHA1InWant = true\n'
        )

    def git(self, folder: Path, *arguments: str) -> str:
        environ = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "GIT_CONFIG_GLOBAL": str(self.config)}
        done = subprocess.run(["git", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def empty(self, name: str) -> Path:
        """A bare repository without commits."""
        place = self.bare / f"{name}.git"
        place.mkdir(parents=True)
        self.git(place, "init", "--quiet", "--bare", "--initial-branch=main")
        return place

    def commit(self, name: str, files: dict[str, str | bytes | None]) -> str:
        """Change files of a repository, which is created if there is none; the new commit."""
        bare = self.bare / f"{name}.git"
        if not bare.exists():
            self.empty(name)
        work = self.folder / "work" / name
        if not work.exists():
            work.mkdir(parents=True)
            self.git(work, "init", "--quiet")
            self.git(work, "remote", "add", "origin", str(bare))
        for path, content in files.items():
            place = work / path
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git(work, "add", "--all")
        self.git(work, "commit", "--quiet", "--message", "change")
        self.git(work, "push", "--quiet", "origin", "HEAD:main")
        return self.git(work, "rev-parse", "HEAD")

    def published(self, name: str, branch: str = "main") -> dict[str, str]:
        """The files of a branch of a bare repository, with their content."""
        bare = self.bare / f"{name}.git"
        paths = self.git(bare, "ls-tree", "-r", "--name-only", branch).splitlines()
        return {path: self.git(bare, "show", f"{branch}:{path}") for path in paths}

    def portal(self, name: str, template: dict, hosts: dict[str, str] | None = None) -> str:
        """The folder of a portal that publishes a template; gives the address of the template."""
        site = self.folder / f"site-{name}"
        file = site / f"create/default/{name}/template.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        known = {"format": 1, "ref": f"template:default/{name}", "title": name, "hosts": hosts or {"github.com": "github"}}
        file.write_text(json.dumps({**known, **template}))
        return f"{site}#default/{name}"

    def new(self, folder: Path, *arguments: str, **environ: str):
        """Run ``callboard new`` in a folder."""
        folder.mkdir(exist_ok=True)
        done = callboard(folder, "new", *arguments, HOME=str(folder), GIT_CONFIG_GLOBAL=str(self.config), **environ)
        shutil.rmtree(folder / ".callboard", ignore_errors=True)  # the caches that tests share, not of the command
        return done
