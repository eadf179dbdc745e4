"""DUP002: a User or Group whose name is that of two accounts."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

TWO_ACCOUNTS = Rule(
    code="DUP002",
    name="two-accounts",
    severity=Severity.WARNING,
    summary="Two accounts of hosts or directories have the name of one User or Group.",
    means="""Two documents describe one User or Group, and their annotations name different accounts: two teams `platform` of two
organizations, two groups of a directory with the same common name, two logins that differ only in characters that names cannot have.
Documents of one account in several sources are not reported.""",
    matters="""As in Backstage, the memberships of both are united, so that none is lost: the group has the members of both teams, and
what it owns appears to belong to both. Title, description and parent are those of the first.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: platform
  annotations:
    github.com/team-slug: acme/platform
spec:
  type: team
  children: []
  members: [ada]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: platform
  annotations:
    github.com/team-slug: beta/platform
spec:
  type: team
  children: []
  members: [bob]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: ada
spec:
  memberOf: []
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: bob
spec:
  memberOf: []
""",
    right="""# people: {namespace: beta} on the source of the second organization
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: platform
  annotations:
    github.com/team-slug: acme/platform
spec:
  type: team
  children: []
  members: [ada]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: platform
  namespace: beta
  annotations:
    github.com/team-slug: beta/platform
spec:
  type: team
  children: []
  members: [default/bob]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: ada
spec:
  memberOf: []
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: bob
spec:
  memberOf: []
""",
)
