"""GitHub, GitLab and Gitea with branches, files and pull requests in memory, as their manuals describe them."""

import base64
import hashlib
import re
from urllib.parse import unquote

from faulty import json_answer


class FakeRepository:
    """Branches with their files; requests with a state."""

    def __init__(self, files, **about):
        self.branches = {"main": dict(files)}
        self.requests = []
        self.about = about
        self.may_write = True

    def head(self, branch):
        return hashlib.sha1(repr(sorted(self.branches[branch].items())).encode()).hexdigest()

    def blob(self, ref, path):
        files = self.branches.get(ref) or next((self.branches[name] for name in self.branches if self.head(name) == ref), {})
        return files[path].encode() if path in files else None

    def add_request(self, branch, state="open", body="", merged=False):
        request = {"number": len(self.requests) + 1, "branch": branch, "state": state, "body": body, "merged": merged}
        self.requests.append(request)
        return request


class FakeHost:
    """Subclasses translate paths; ``refusals`` are answers that come first: (method, status, body, headers)."""

    def __init__(self, repositories):
        self.repositories = repositories
        self.refusals = []

    def __call__(self, asked, wire):
        refusal = next((each for each in self.refusals if each[0] == asked.method), None)
        if refusal:
            self.refusals.remove(refusal)
            return json_answer(wire, {"message": refusal[2]}, refusal[1], refusal[3])
        for pattern, answer in self.routes():
            if match := re.fullmatch(pattern, unquote(asked.path)):
                name, *rest = match.groups()
                repository = self.repositories.get(name)
                if repository is None:
                    break
                if asked.method != "GET" and not repository.may_write:
                    return json_answer(wire, {"message": "Resource not accessible by personal access token"}, 403)
                value, status = answer(asked, repository, name, *rest)
                if isinstance(value, str):
                    return wire.answer(status, value)
                return json_answer(wire, value, status)
        return json_answer(wire, {"message": "Not Found"}, 404)

    def found(self, value):
        return (value, 200) if value is not None else ({"message": "Not Found"}, 404)

    def encoded(self, content):
        if content is None:
            return None
        sha = hashlib.sha1(content).hexdigest()
        return {"type": "file", "encoding": "base64", "content": base64.encodebytes(content).decode(), "sha": sha, "last_commit_id": sha}


class FakeGitHubHost(FakeHost):
    def routes(self):
        start = r"/api/v3/repos/(acme/[^/]+)"
        return (
            (start, self.about),
            (start + "/languages", lambda *_: ({"Go": 900, "Shell": 10}, 200)),
            (start + "/git/ref/heads/(.+)", lambda a, r, n, b: self.found({"object": {"sha": r.head(b)}} if b in r.branches else None)),
            (start + "/git/refs", self.new_branch),
            (start + "/git/trees/.+", lambda a, r, n: ({"tree": [{"path": p, "type": "blob"} for p in r.branches["main"]]}, 200)),
            (start + "/contents/(.+)", self.contents),
            (start + "/pulls", self.pulls),
            (start + r"/pulls/(\d+)", self.pull),
        )

    def about(self, asked, repository, name):
        value = {"full_name": name, "default_branch": "main", "description": "", "topics": ["go"], "permissions": {"push": True}}
        return {**value, **repository.about}, 200

    def new_branch(self, asked, repository, name):
        branch = asked.json()["ref"].removeprefix("refs/heads/")
        if branch in repository.branches:
            return {"message": "Reference already exists"}, 422
        repository.branches[branch] = dict(repository.branches["main"])
        return {}, 201

    def contents(self, asked, repository, name, path):
        if asked.method == "PUT":
            value = asked.json()
            old = self.encoded(repository.blob(value["branch"], path))
            if (old or {}).get("sha") != value.get("sha"):
                return {"message": "sha does not match"}, 409
            repository.branches[value["branch"]][path] = base64.b64decode(value["content"]).decode()
            return {}, 201
        found = self.encoded(repository.blob(asked.query["ref"], path))
        if found and "raw" in asked.headers["accept"]:
            return repository.blob(asked.query["ref"], path).decode(), 200
        return self.found(found)

    def shown(self, request):
        state = "open" if request["state"] == "open" else "closed"
        merged = "2026-01-01T00:00:00Z" if request["merged"] else None
        return {
            "number": request["number"],
            "html_url": f"https://h/{request['number']}",
            "state": state,
            "merged_at": merged,
            "body": request["body"],
        }

    def pulls(self, asked, repository, name):
        if asked.method == "GET":
            branch = asked.query["head"].partition(":")[2]
            return [self.shown(each) for each in repository.requests if each["branch"] == branch], 200
        value = asked.json()
        return self.shown(repository.add_request(value["head"], body=value["body"])), 201

    def pull(self, asked, repository, name, number):
        repository.requests[int(number) - 1]["body"] = asked.json()["body"]
        return self.shown(repository.requests[int(number) - 1]), 200


class FakeGitLabHost(FakeHost):
    def routes(self):
        start = r"/api/v4/projects/(acme/\w+|\d+)"
        return (
            (start, self.about),
            (start + "/languages", lambda *_: ({"Go": 90.0}, 200)),
            (
                start + "/repository/branches/(.+)",
                lambda a, r, n, b: self.found({"commit": {"id": r.head(b)}} if b in r.branches else None),
            ),
            (start + "/repository/tree", lambda a, r, n: ([{"path": p, "type": "blob"} for p in r.branches["main"]], 200)),
            (start + "/repository/files/(.+)/raw", lambda a, r, n, p: self.found(r.branches["main"].get(p))),
            (start + "/repository/files/(.+)", lambda a, r, n, p: self.found(self.encoded(r.blob(a.query["ref"], p)))),
            (start + "/repository/commits", self.commit),
            (start + "/merge_requests", self.merge_requests),
            (start + r"/merge_requests/(\d+)", self.merge_request),
        )

    def __init__(self, repositories):
        super().__init__(repositories)
        self.repositories = {**repositories, "7": next(iter(repositories.values()))}

    def about(self, asked, repository, name):
        access = {"project_access": {"access_level": 30}, "group_access": None}
        return {
            "id": 7,
            "path_with_namespace": name,
            "default_branch": "main",
            "description": "",
            "permissions": access,
            **repository.about,
        }, 200

    def commit(self, asked, repository, name):
        value = asked.json()
        [action] = value["actions"]
        if ("start_sha" in value) == (value["branch"] in repository.branches):
            return {"message": "A branch called so already exists"}, 400
        branch = repository.branches.setdefault(value["branch"], dict(repository.branches["main"]))
        if (action["action"] == "create") == (action["file_path"] in branch):
            return {"message": "A file with this name already exists"}, 400
        branch[action["file_path"]] = action["content"]
        return {}, 201

    def shown(self, request):
        state = "merged" if request["merged"] else {"open": "opened"}.get(request["state"], request["state"])
        return {
            "iid": request["number"], "web_url": f"https://h/{request['number']}", "state": state, "description": request["body"],
            "source_project_id": 7,
        }  # fmt: skip

    def merge_requests(self, asked, repository, name):
        if asked.method == "GET":
            found = [self.shown(each) for each in repository.requests if each["branch"] == asked.query["source_branch"]]
            return [*found, {"iid": 99, "state": "closed", "source_project_id": 8, "description": "of a fork"}], 200
        value = asked.json()
        return self.shown(repository.add_request(value["source_branch"], body=value["description"])), 201

    def merge_request(self, asked, repository, name, number):
        repository.requests[int(number) - 1]["body"] = asked.json()["description"]
        return self.shown(repository.requests[int(number) - 1]), 200


class FakeGiteaHost(FakeGitHubHost):
    def routes(self):
        start = r"/api/v1/repos/(acme/[^/]+)"
        return (
            (start, self.about),
            (start + "/languages", lambda *_: ({"Go": 900}, 200)),
            (start + "/branches/(.+)", lambda a, r, n, b: self.found({"commit": {"id": r.head(b)}} if b in r.branches else None)),
            (start + "/git/trees/.+", lambda a, r, n: ({"tree": [{"path": p, "type": "blob"} for p in r.branches["main"]]}, 200)),
            (start + "/raw/(.+)", lambda a, r, n, p: self.found(r.branches["main"].get(p))),
            (start + "/contents/(.+)", self.contents),
            (start + "/pulls", self.pulls),
            (start + r"/pulls/(\d+)", self.pull),
        )

    def contents(self, asked, repository, name, path):
        if asked.method == "GET":
            return self.found(self.encoded(repository.blob(asked.query["ref"], path)))
        value = asked.json()
        branch = value.get("new_branch") or value["branch"]
        if value.get("new_branch") in repository.branches:
            return {"message": "branch already exists"}, 422
        files = repository.branches.setdefault(branch, dict(repository.branches["main"]))
        old = self.encoded(files[path].encode()) if path in files else None
        if (old or {}).get("sha") != value.get("sha") or (asked.method == "PUT") != bool(old):
            return {"message": "sha does not match"}, 422
        files[path] = base64.b64decode(value["content"]).decode()
        return {}, 201

    def shown(self, request):
        head = {
            "label": request["branch"],
            "ref": request["branch"] if request["state"] == "open" else f"refs/pull/{request['number']}/head",
        }
        return {**super().shown(request), "merged": request["merged"], "head": head}

    def pulls(self, asked, repository, name):
        if asked.method == "GET":
            return [self.shown(each) for each in repository.requests], 200
        return super().pulls(asked, repository, name)


FAKES = {"github": FakeGitHubHost, "gitlab": FakeGitLabHost, "gitea": FakeGiteaHost}
