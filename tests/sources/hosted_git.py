"""A host on loopback: the API of GitHub or GitLab about many repositories, which git reads over HTTP from one real repository."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

from company import AUTHOR, commit, git, repository

from faulty import json_answer

BACKEND = Path("/usr/lib/git-core/git-http-backend")
DESCRIPTOR = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  annotations: {{backstage.io/techdocs-ref: "dir:."}}
spec: {{type: service, lifecycle: production, owner: nobody}}
"""


class HostedGit:
    """``count`` repositories; each has one of the commits of one real repository, in which the descriptor's name is a placeholder.

    ``commits`` are ids by number of the repository; ``requests`` counts what arrived, by sort: ``graphql``, ``rest`` and ``git``.
    """

    def __init__(self, folder, count, files):
        self.folder = repository(folder, files)
        git(self.folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.first = git(self.folder, "rev-parse", "HEAD")
        self.commits = dict.fromkeys(range(count), self.first)
        self.requests = []
        self.targets = []
        """Paths of what was asked of the REST API."""
        self.no_git = False

    def change(self, numbers, files, date="2024-06-01T10:00:00Z"):
        """Give repositories a new commit in which these files are different."""
        new = commit(self.folder, files, date)
        self.commits |= dict.fromkeys(numbers, new)
        return new

    def counted(self):
        """Numbers of requests by sort, since the last call."""
        counts = {sort: self.requests.count(sort) for sort in ("graphql", "rest", "git")}
        self.requests.clear()
        return counts

    def __call__(self, asked, wire):
        if asked.path.endswith((".git/info/refs", ".git/git-upload-pack")):
            self.requests.append("git")
            return wire.answer(404) if self.no_git else self._git(asked, wire)
        if asked.path == "/api/graphql":
            self.requests.append("graphql")
            body = asked.json()
            return json_answer(wire, {"data": self._graphql(body["query"], body["variables"])})
        self.requests.append("rest")
        self.targets.append(asked.path)
        return self._gitlab(asked, wire)

    def _git(self, asked, wire):
        environ = {
            **AUTHOR, "GIT_PROJECT_ROOT": str(self.folder.parent), "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": asked.method,
            "PATH_INFO": re.sub(r"^/acme/r\d+\.git", f"/{self.folder.name}/.git", asked.path),
            "QUERY_STRING": asked.target.partition("?")[2],
            "CONTENT_TYPE": asked.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(asked.body)),
            "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""), "GIT_PROTOCOL": asked.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1", "PATH": os.environ["PATH"],
        }  # fmt: skip
        done = subprocess.run([BACKEND], env=environ, input=asked.body, check=False, capture_output=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        wire.answer(int(headers.pop("Status", "200").split()[0]), content, headers)

    def _files(self, at):
        return git(self.folder, "ls-tree", "-r", "--name-only", at).splitlines()

    def text(self, at, path, number):
        """The content of a file of a repository; None for none."""
        done = subprocess.run(["git", "show", f"{at}:{path}"], cwd=self.folder, env=AUTHOR, check=False, capture_output=True)
        return done.stdout.decode().replace("NAME", f"c{number}") if done.returncode == 0 else None

    def entries(self, at, folder=""):
        """The entries of a folder as both APIs have them; None for no folder."""
        done = subprocess.run(
            ["git", "ls-tree", f"{at}:{folder}"], cwd=self.folder, env=AUTHOR, check=False, capture_output=True, text=True
        )
        if done.returncode:
            return None
        rows = (re.fullmatch(r"(\d+) (\w+) (\w+)\t(.*)", line).groups() for line in done.stdout.splitlines())
        return [{"mode": mode, "type": kind, "oid": name, "id": name, "name": path} for mode, kind, name, path in rows]

    def _graphql(self, query, variables):
        if "Repositories(" in query:
            start = int(variables["cursor"] or 0)
            numbers = [*self.commits][start : start + variables["size"]]
            more = start + variables["size"] < len(self.commits)
            nodes = [self._node(number, variables) for number in numbers]
            page = {"hasNextPage": more, "endCursor": str(start + variables["size"]) if more else None}
            return {"repositoryOwner": {"repositories": {"totalCount": len(self.commits), "pageInfo": page, "nodes": nodes}}}
        numbers = range(sum(name.startswith("o") for name in variables))
        if "Folders(" in query:
            found = {n: self.entries(*variables[f"e{n}"].partition(":")[::2]) for n in numbers}
            numbered = {n: [{**e, "mode": int(e["mode"], 8)} for e in entries] for n, entries in found.items() if entries is not None}
            return {f"r{n}": {"object": {"entries": numbered[n]} if n in numbered else None} for n in numbers}
        return {f"r{n}": {"object": {"history": {"nodes": [self._commit(variables[f"e{n}"], variables[f"p{n}"])]}}} for n in numbers}

    def _commit(self, at, path):
        at, author = git(self.folder, "log", "-1", "--format=%cI%x09%an", at, "--", path).split("\t")
        return {"committedDate": at, "author": {"name": author}}

    def _node(self, number, variables):
        at = self.commits[number]
        node = {
            "name": f"r{number}", "nameWithOwner": f"acme/r{number}", "description": "", "isArchived": False, "isFork": False,
            "isEmpty": False, "pushedAt": "2024-05-01T00:00:00Z", "languages": {"edges": []}, "repositoryTopics": {"nodes": []},
            "latestRelease": None,
            "defaultBranchRef": {"name": "main", "target": {"oid": at}},
        }  # fmt: skip
        for key, value in variables.items():
            if re.fullmatch(r"[ec]\d+", key):
                path = value.removeprefix("HEAD:")
                text = self._cached(at, path, number)
                node[("d" if key[0] == "e" else "o") + key[1:]] = text and {
                    "oid": "0" * 40, "byteSize": len(text), "isTruncated": False, "isBinary": False, "text": text
                }  # fmt: skip
        return node

    def _cached(self, at, path, number):
        """As ``text``, without a process for each repository."""
        if path not in self._files_at(at):
            return None
        return self.text(at, path, number) if path != "catalog-info.yaml" else DESCRIPTOR.format(name=f"c{number}")

    def _files_at(self, at):
        if not hasattr(self, "_listed"):
            self._listed = {}
        if at not in self._listed:
            self._listed[at] = frozenset(self._files(at))
        return self._listed[at]

    def _gitlab(self, asked, wire):
        path = asked.path.removeprefix("/api/v4")
        if path == "/groups/acme/projects":
            return self._page(asked, wire, [self._project(number) for number in self.commits])
        match = re.fullmatch(r"/projects/(\d+)/repository/(commits|tree|files/([^/]+)/raw)", path)
        number = int(match[1])
        if match[2] == "commits":
            return json_answer(wire, [{"id": self.commits[number], "committed_date": "2024-05-01T00:00:00Z"}])
        if match[2] == "tree":
            found = self.entries(asked.query["ref"], asked.query.get("path", ""))
            rows = None if found is None else [{**e, "path": e["name"]} for e in found]
            return json_answer(wire, {"message": "404 Tree Not Found"}, 404) if rows is None else self._page(asked, wire, rows)
        text = self._cached(asked.query["ref"], unquote(match[3]), number)
        return json_answer(wire, {"message": "404"}, 404) if text is None else wire.answer(200, text, {"Content-Type": "text/plain"})

    def _project(self, number):
        return {
            "id": number, "path_with_namespace": f"acme/r{number}", "default_branch": "main", "description": None, "topics": [],
            "last_activity_at": "2024-05-01T00:00:00Z", "archived": False,
        }  # fmt: skip

    def _page(self, asked, wire, items):
        start, size = int(asked.query.get("page", 1)) - 1, int(asked.query["per_page"])
        end = (start + 1) * size
        query = "&".join(f"{k}={v}" for k, v in (asked.query | {"page": str(start + 2)}).items())
        link = {"Link": f'<http://{asked.headers["host"]}{asked.path}?{query}>; rel="next"'} if end < len(items) else {}
        json_answer(wire, items[start * size : end], headers=link)
