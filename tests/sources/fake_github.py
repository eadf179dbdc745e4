"""A GitHub host on loopback that answers our queries from a few plain values."""

import hashlib
import re
from urllib.parse import unquote

from faulty import Server, json_answer

CODEOWNERS = "* @acme/platform\n/catalog-info.yaml @acme/payments\n"


def commit_of(files):
    return hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()


class FakeGitHub:
    """``repositories`` are names to paths to contents; an Enterprise server, as its URL tells."""

    def __init__(self, repositories, **flags):
        self.repositories = repositories
        self.flags = flags
        """Name to fields of the repository that are not the usual ones."""
        self.teams = []
        self.members = []
        self.truncated = set()
        self.queries = []
        self.rest = []
        self.revisions = {}
        """Files by ref, of other branches and tags of every repository."""
        self.branches = {}
        """Files by branch of the repositories that have others than main."""

    def serve(self):
        return Server(self)

    def __call__(self, asked, wire):  # noqa: PLR0911 - an answer for each address
        if asked.path == "/api/graphql":
            body = asked.json()
            self.queries.append(body["variables"])
            return json_answer(wire, {"data": self._data(body["query"], body["variables"])})
        self.rest.append(asked.target)
        match = re.fullmatch(r"/api/v3/repos/(acme/[^/]+)/(contents|git/trees|commits)/?(.*)", asked.path)
        if not match:
            return json_answer(wire, {"message": "Not Found"}, 404)
        current = self.repositories[match[1].partition("/")[2]]
        wanted = asked.query.get("sha") or asked.query.get("ref") or match[3]
        revisions = [current, *self.revisions.values()]
        files = self.revisions.get(wanted) or next((files for files in revisions if commit_of(files) == wanted), None)
        if files is None:
            return json_answer(wire, {"message": "Not Found"}, 404)
        if match[2] == "git/trees":
            entries = [{"path": p, "type": "blob"} for p in files] + [{"path": "src", "type": "tree"}]
            return json_answer(wire, {"sha": match[3], "truncated": False, "tree": entries})
        if match[2] == "commits":
            return json_answer(wire, [{"sha": commit_of(files), "commit": {"committer": {"date": "2024-03-01T00:00:00Z"}}}])
        if unquote(match[3]) not in files or wanted != commit_of(files):
            return json_answer(wire, {"message": "Not Found"}, 404)
        return wire.answer(200, files[unquote(match[3])], {"Content-Type": "application/vnd.github.raw+json; charset=utf-8"})

    def _data(self, query, variables):
        if "Repositories(" in query:
            names = sorted(self.repositories)
            return {"repositoryOwner": {"repositories": self._page(names, variables, lambda name: self._repository(name, variables))}}
        if "TeamMembers(" in query:
            team = next(t for t in self.teams if t["slug"] == variables["slug"])
            return {"organization": {"team": {"members": self._page(team["logins"], variables, lambda login: {"login": login})}}}
        if "Teams(" in query:
            return {"organization": {"teams": self._page(self.teams, variables, self._team)}}
        return {"organization": {"membersWithRole": self._page(self.members, variables, lambda member: member)}}

    def _page(self, items, variables, shape):
        start = int(variables["cursor"] or 0)
        end = start + variables["size"]
        info = {"hasNextPage": end < len(items), "endCursor": str(end) if end < len(items) else None}
        return {"totalCount": len(items), "pageInfo": info, "nodes": [shape(item) for item in items[start:end]]}

    def _team(self, team):
        more = len(team["logins"]) > 100
        members = {"pageInfo": {"hasNextPage": more, "endCursor": "100"}, "nodes": [{"login": x} for x in team["logins"][:100]]}
        parent = {"slug": team["parent"]} if "parent" in team else None
        url = f"https://github.acme.example/orgs/acme/teams/{team['slug']}"
        return {
            "slug": team["slug"], "name": team["slug"].title(), "description": None, "url": url, "avatarUrl": None,
            "parentTeam": parent, "members": members,
        }  # fmt: skip

    def _repository(self, name, variables):
        files = self.repositories[name]
        node = {
            "name": name, "nameWithOwner": f"acme/{name}", "description": f"The {name}", "isArchived": False, "isFork": False,
            "isEmpty": not files, "pushedAt": "2024-05-01T00:00:00Z",
            "languages": {"edges": [{"size": 10, "node": {"name": "Go"}}]},
            "repositoryTopics": {"nodes": [{"topic": {"name": "payments"}}]},
            "latestRelease": {"tagName": "v1", "publishedAt": "2024-04-01T00:00:00Z"},
            "defaultBranchRef": {"name": "main", "target": {"oid": commit_of(files)}} if files else None,
        }  # fmt: skip
        for key, value in variables.items():
            if match := re.fullmatch(r"(b\d+)", key):
                branch = self.branches.get(name, {"main": files}).get(value.removeprefix("refs/heads/"))
                node[key] = branch and {"name": value.removeprefix("refs/heads/"), "target": {"oid": commit_of(branch)}}
            elif match := re.fullmatch(r"(b\d+)([ec])(\d+)", key):
                revision, _, path = value.partition(":")
                branch = self.branches.get(name, {"main": files}).get(revision.removeprefix("refs/heads/"), {})
                node[f"{match[1]}{'d' if match[2] == 'e' else 'o'}{match[3]}"] = self._blob(branch, path)
            elif re.fullmatch(r"e\d+", key):
                path = value.removeprefix("HEAD:")
                node[f"d{key[1:]}"] = self._blob(files, path)
                if files:
                    changed = [{"committedDate": "2024-02-01T00:00:00Z"}] if path in files else []
                    node["defaultBranchRef"]["target"][f"h{key[1:]}"] = {"nodes": changed}
        for number, path in enumerate((".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")):
            node[f"o{number}"] = self._blob(files, path)
        return node | self.flags.get(name, {})

    def _blob(self, files, path):
        if path not in files:
            return None
        is_cut = path in self.truncated
        text = files[path]
        return {"oid": "0" * 40, "byteSize": len(text), "isTruncated": is_cut, "isBinary": False, "text": text[:20] if is_cut else text}
