"""Directories on loopback that answer as their vendors document it: Microsoft Graph, Okta, Keycloak and SCIM 2.0."""

import functools
import json
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from faulty import json_answer


@functools.cache
def id_of(name):
    """The id of a user or group in each of the directories."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


@dataclass
class Company:
    """Logins with what is special about them, and groups with their members, which are logins or groups."""

    users: dict = field(default_factory=lambda: {"ada": {}, "bob": {}, "cy": {}, "gone": {"disabled": True}, "eve": {"guest": True}})
    groups: dict = field(
        default_factory=lambda: {"Engineering": ["Payments", "cy"], "Payments": ["ada", "bob", "gone", "eve"], "Empty": []}
    )

    def ids(self, names):
        return [id_of(name) for name in names]

    def named(self, id_):
        return next(name for name in (*self.groups, *self.users) if id_of(name) == id_)


class FakeGraph:
    """Microsoft Graph; ``page`` caps pages as B2C tenants do, ``throttled`` groups are refused that many times in batches."""

    def __init__(self, company, page=999):
        self.company, self.page, self.throttled, self.refused = company, page, {}, {}
        self.next_host = ""

    def __call__(self, asked, wire):
        path = unquote(asked.path.removeprefix("/v1.0"))
        if path == "/$batch":
            return json_answer(wire, {"responses": [self._in_batch(asked, each) for each in reversed(asked.json()["requests"])]})
        if "$top" in asked.query and int(asked.query["$top"]) > 999:
            return json_answer(wire, {"error": {"code": "Request_BadRequest", "message": "Invalid page size"}}, 400)
        return json_answer(wire, self._body(asked.headers["host"], path, asked.query))

    def _in_batch(self, asked, request):
        parts = urlsplit(request["url"])
        group = parts.path.split("/")[2]
        if self.throttled.get(group, 0) > 0:
            self.throttled[group] -= 1
            return {"id": request["id"], "status": 429, "headers": {"Retry-After": "7"}, "body": {"error": {"code": "TooManyRequests"}}}
        if group in self.refused:
            return {"id": request["id"], "status": self.refused[group], "body": {"error": {"code": "Authorization_RequestDenied"}}}
        query = dict(parse_qsl(parts.query))
        return {"id": request["id"], "status": 200, "headers": {}, "body": self._body(asked.headers["host"], unquote(parts.path), query)}

    def _body(self, host, path, query):
        if match := re.fullmatch(r"/groups/([^/]+)", path):
            return self._group(self.company.named(match[1]))
        items = self._items(path)
        start, size = int(query.get("$skiptoken", 0)), min(int(query.get("$top", 100)), self.page)
        body = {"@odata.context": "…", "value": items[start : start + size]}
        if start + size < len(items):
            body["@odata.nextLink"] = f"http://{self.next_host or host}/v1.0{path}?$skiptoken={start + size}&$top={size}"
        return body

    def _items(self, path):
        if path == "/users":
            return [self._user(login) for login in self.company.users]
        if path == "/groups":
            return [self._group(name) for name in self.company.groups]
        group, kind = re.fullmatch(r"/groups/([^/]+)/(?:transitiveMembers/microsoft\.graph\.(\w+)|members)", path).groups()
        group = self.company.named(group)
        if kind:
            below = self._below(group)
            return [self._group(n) if kind == "group" else self._user(n) for n in below if (n in self.company.groups) == (kind == "group")]
        return [
            {"@odata.type": f"#microsoft.graph.{'group' if name in self.company.groups else 'user'}", "id": id_of(name)}
            for name in self.company.groups[group]
        ]

    def _below(self, group, seen=()):
        members = [m for m in self.company.groups[group] if m not in seen]
        return [*members, *(n for m in members if m in self.company.groups for n in self._below(m, (*seen, *members)))]

    def _user(self, login):
        about = self.company.users[login]
        upn = f"{login}_beta.example#EXT#@acme.example" if about.get("guest") else f"{login}@acme.example"
        mail = f"{login}@beta.example" if about.get("guest") else about.get("mail", f"{login.title()}@acme.example")
        return {
            "id": id_of(login), "displayName": login.title(), "mail": mail, "userPrincipalName": upn, "mailNickname": login,
            "accountEnabled": False if about.get("disabled") else None if about.get("unset") else True,
            "userType": "Guest" if about.get("guest") else "Member", "jobTitle": None,
            "onPremisesExtensionAttributes": {"extensionAttribute1": about.get("github")},
        }  # fmt: skip

    def _group(self, name):
        return {
            "id": id_of(name), "displayName": name, "description": f"All of {name}", "mail": None, "mailNickname": name.lower()[:4],
            "securityEnabled": True, "groupTypes": [], "visibility": None,
        }  # fmt: skip


class FakeOkta:
    """Okta; plain listings of users leave deprovisioned ones out."""

    def __init__(self, company, page=200):
        self.company, self.page = company, page
        self.parents = {}

    def __call__(self, asked, wire):
        path = unquote(asked.path.removeprefix("/api/v1"))
        if path == "/groups":
            everyone = {"id": id_of("Everyone"), "type": "BUILT_IN", "profile": {"name": "Everyone"}}
            return self._page(asked, wire, [everyone, *(self._group(name) for name in self.company.groups)])
        if match := re.fullmatch(r"/groups/([^/]+)/users", path):
            return self._page(
                asked, wire, [self._user(m) for m in self.company.groups[self.company.named(match[1])] if m in self.company.users]
            )
        if path == "/users":
            shown = [login for login, about in self.company.users.items() if "search" in asked.query or not about.get("disabled")]
            return self._page(asked, wire, [self._user(login) for login in shown])
        return json_answer(wire, {"errorCode": "E0000007", "errorSummary": "Not found"}, 404)

    def _page(self, asked, wire, items):
        start, size = int(asked.query.get("after", "c0")[1:]), min(int(asked.query["limit"]), self.page)
        base = f"http://{asked.headers['host']}{asked.path}"
        link = f'<{base}?limit={size}>; rel="self"'
        if start + size < len(items):
            link += f', <{base}?after=c{start + size}&limit={size}>; rel="next"'
        json_answer(wire, items[start : start + size], headers={"Link": link, "X-Rate-Limit-Remaining": "599"})

    def _user(self, login):
        status = "DEPROVISIONED" if self.company.users[login].get("disabled") else "ACTIVE"
        profile = {"login": f"{login}@acme.example", "email": f"{login}@acme.example", "firstName": login.title(), "lastName": "Smith"}
        return {"id": id_of(login), "status": status, "profile": {**profile, "githubLogin": self.company.users[login].get("github")}}

    def _group(self, name):
        count = len([m for m in self.company.groups[name] if m in self.company.users])
        profile = {"name": name, "description": f"All of {name}", "parent": self.parents.get(name)}
        return {"id": id_of(name), "type": "OKTA_GROUP", "profile": profile, "_embedded": {"stats": {"usersCount": count}}}


class FakeKeycloak:
    """Keycloak 26: children are a listing of their own; ``version`` 22 has them in the answer, and knows no such listing."""

    def __init__(self, company, version=26, counts=True):
        self.company, self.version, self.counts = company, version, counts

    def __call__(self, asked, wire):
        path = unquote(asked.path.removeprefix("/admin/realms/acme"))
        nested = {m for members in self.company.groups.values() for m in members}
        if path == "/groups":
            return self._page(asked, wire, [self._group(name) for name in self.company.groups if name not in nested])
        if (match := re.fullmatch(r"/groups/([^/]+)/children", path)) and self.version > 22:
            return self._page(
                asked, wire, [self._group(m) for m in self.company.groups[self.company.named(match[1])] if m in self.company.groups]
            )
        if match := re.fullmatch(r"/groups/([^/]+)/members", path):
            return self._page(
                asked, wire, [self._user(m) for m in self.company.groups[self.company.named(match[1])] if m in self.company.users]
            )
        if path == "/users":
            return self._page(asked, wire, [*map(self._user, self.company.users), {"id": "s", "username": "service-account-portal"}])
        return json_answer(wire, {"error": "HTTP 404 Not Found"}, 404)

    def _page(self, asked, wire, items):
        start, size = int(asked.query.get("first", 0)), int(asked.query.get("max", 10))
        json_answer(wire, items[start : start + size], headers={"Cache-Control": "no-cache"})

    def _user(self, login):
        about = {"id": id_of(login), "username": login, "firstName": login.title(), "lastName": "Smith", "email": f"{login}@acme.example"}
        return {**about, "enabled": not self.company.users[login].get("disabled"), "attributes": {"github": [login.upper()]}}

    def _group(self, name, path=""):
        below = [m for m in self.company.groups[name] if m in self.company.groups]
        inside = [self._group(m, f"{path}/{name}") for m in below] if self.version <= 22 else []
        about = {"id": id_of(name), "name": name, "path": f"{path}/{name}", "subGroups": inside, "attributes": {}}
        return about | ({"subGroupCount": len(below)} if self.counts and self.version > 22 else {})


class FakeScim:
    """A SCIM provider; ``page`` caps pages. ``cursor`` gives cursors, ``group_pages`` False refuses pages of groups."""

    def __init__(self, company, page=100, cursor=False, group_pages=True, members=True):
        self.company, self.page, self.cursor, self.group_pages, self.members = company, page, cursor, group_pages, members

    def __call__(self, asked, wire):
        path = asked.path.removeprefix("/scim/v2")
        if path == "/Users":
            return self._page(asked, wire, [self._user(login) for login in self.company.users])
        if path == "/Groups":
            if not self.group_pages and "startIndex" in asked.query:
                return self._answer(wire, {"detail": "Pagination is not supported", "status": "501"}, 501)
            return self._page(asked, wire, [self._group(name, self.members) for name in self.company.groups], capped=self.group_pages)
        return self._answer(wire, self._group(self.company.named(path.removeprefix("/Groups/")), True))

    def _page(self, asked, wire, items, capped=True):
        start = int(asked.query.get("startIndex", asked.query.get("cursor", 1)))
        size = min(int(asked.query.get("count", 100)), self.page) if capped else len(items)
        found = items[start - 1 : start - 1 + size]
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": len(items)}
        more = {"nextCursor": str(start + size)} if self.cursor and start + size <= len(items) else {}
        self._answer(wire, body | more | ({"Resources": found} if found else {}))

    def _answer(self, wire, body, status=200):
        wire.answer(status, json.dumps(body), {"Content-Type": "application/scim+json"})

    def _user(self, login):
        about = self.company.users[login]
        emails = [{"value": f"{login}@home.example"}, {"value": f"{login}@acme.example", "primary": True}]
        user = {"id": id_of(login), "userName": f"{login}@acme.example", "displayName": login.title(), "emails": emails}
        return user | ({"active": False} if about.get("disabled") else {}) | ({"userType": "Guest"} if about.get("guest") else {})

    def _group(self, name, members):
        about = {"id": id_of(name), "displayName": name}
        return about | ({"members": [{"value": id_} for id_ in self.company.ids(self.company.groups[name])]} if members else {})
