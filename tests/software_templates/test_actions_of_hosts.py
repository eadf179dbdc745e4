"""Steps that set something at a host: each is a command of the host's program, with the person's own rights."""

import json
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

import yaml
from callboard.plugins.loader import ACTIONS_GROUP, BUILT_IN
from callboard.software_templates.missing_actions import instead_of
from software_templates.git_hosts import GitHosts

pytestmark = pytest.mark.long
DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nonexistent")) / "templates/templates.json"
REPO, PROJECT = "github.com?owner=acme&repo=orders", "gitlab.com?owner=acme/shop&repo=orders"
GH = ["gh", "api", "--hostname=github.com", "--method=POST"]
GLAB = ["glab", "api", "--hostname=gitlab.com", "--method=POST", "--header=Content-Type: application/json"]
STEPS = [
    ("github:repo:create", {"repoUrl": REPO, "description": "It's ours"},
     ["gh", "repo", "create", "--private", "--description=It's ours",
     "--", "acme/orders"], None),
    ("github:webhook", {"repoUrl": REPO, "webhookUrl": "https://ci.example/x", "contentType": "json",
      "webhookSecret": "${{ secrets.hook }}"},
     [*GH, "--input=FILE", "repos/acme/orders/hooks"],
     {"config": {"url": "https://ci.example/x", "content_type": "json", "secret": 'hunter2"hunter2', "insecure_ssl": "0"},
      "events": ["push"], "active": True}),
    ("github:pages:enable", {"repoUrl": REPO, "sourceBranch": "main", "token": "${{ secrets.USER_OAUTH_TOKEN }}"},
     [*GH, "--input=FILE", "repos/acme/orders/pages"], {"build_type": "workflow"}),
    ("github:autolinks:create", {"repoUrl": REPO, "keyPrefix": "T-", "urlTemplate": "https://t.example/<num>"},
     [*GH, "--input=FILE", "repos/acme/orders/autolinks"], {"key_prefix": "T-", "url_template": "https://t.example/<num>"}),
    ("github:actions:dispatch", {"repoUrl": REPO, "workflowId": "ci.yml", "branchOrTagName": "main", "workflowInputs": {"a": "b c"}},
     ["gh", "workflow", "run", "--repo=github.com/acme/orders", "--ref=main", "--raw-field=a=b c", "--", "ci.yml"], None),
    ("gitlab:projectVariable:create", {"repoUrl": PROJECT, "key": "K", "value": "v", "masked": True},
     [*GLAB, "--input=FILE", "projects/acme%2Fshop%2Forders/variables"],
     {"key": "K", "value": "v", "variable_type": "env_var", "protected": False, "masked": True, "raw": False, "environment_scope": "*"}),
    ("gitlab:pipeline:trigger", {"repoUrl": PROJECT, "branch": "main", "variables": {"N": 1}},
     [*GLAB, "--input=FILE", "projects/acme%2Fshop%2Forders/pipeline"], {"ref": "main", "variables": [{"key": "N", "value": "1"}]}),
    ("argocd:create-resources", {"appName": "orders", "argoInstance": "main", "namespace": "shop", "repoUrl": "https://github.com/a/b.git",
                                 "path": "manifests", "labelValue": "orders"},
     ["argocd", "app", "create", "--argocd-context=main", "--project=orders", "--repo=https://github.com/a/b.git", "--path=manifests",
      "--dest-server=https://kubernetes.default.svc", "--dest-namespace=shop", "--sync-policy=automated", "--auto-prune", "--self-heal",
      "--label=backstage-name=orders", "--", "orders"], None),
    ("kube:apply", {"namespaced": True, "clusterName": "dev", "manifest": "kind: ConfigMap\n"},
     ["kubectl", "apply", "--context=dev", "--filename=FILE"], {"kind": "ConfigMap"}),
]  # fmt: skip
TOOL = """\
#!{python}
import json, os, re, sys
words = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
content = next((open(word.split("=", 1)[1]).read() for word in words if re.match("--(input|filename)=/", word)), "")
words = [re.sub("^(--(?:input|filename))=/.*", r"\\1=FILE", word) for word in words]
print(json.dumps([words, content]), file=open(os.environ["HOME"] + "/asked", "a"))
"""


@pytest.fixture
def hosts(tmp_path):
    return GitHosts(tmp_path / "hosts")


@pytest.fixture
def file(tmp_path):
    """A template with all of these steps."""
    steps = [{"action": action, "input": given} for action, given, _, _ in STEPS]
    steps += [{"action": "notification:send", "input": {"title": "Done", "info": "for you"}}, {"action": "debug:wait", "input": {}}]
    entity = {"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc"},
              "spec": {"owner": "a", "type": "b", "steps": steps}}  # fmt: skip
    (tmp_path / "template.yaml").write_text(yaml.safe_dump(entity))
    return str(tmp_path / "template.yaml")


@pytest.fixture
def tools(tmp_path):
    """A folder with programs that write down what they are asked."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("gh", "glab", "argocd", "kubectl"):
        (folder / name).write_text(TOOL.format(python=sys.executable))
        (folder / name).chmod(0o755)
    return folder


HOSTS = ("--host", "github.com=github", "--host", "gitlab.com=gitlab")
SECRET = {"CALLBOARD_SECRET_HOOK": 'hunter2"hunter2'}


def test_each_step_is_a_command_of_the_hosts_program(monkeypatch, hosts, file, tools, tmp_path):
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    done = hosts.new(tmp_path / "here", file, *HOSTS, "--yes", **SECRET)
    assert done.returncode == 0, done.stderr
    asked = [json.loads(line) for line in (tmp_path / "here/asked").read_text().splitlines()]
    commands = {tuple(words): content for words, content in asked}
    for action, _, words, content in STEPS:
        assert tuple(words) in commands, action
        if content is not None:
            assert yaml.safe_load(commands[tuple(words)]) == content
    assert ["argocd", "proj", "create", "--argocd-context=main", "--src=https://github.com/a/b.git",
            "--dest=https://kubernetes.default.svc,shop", "--upsert", "--", "orders"] in [words for words, _ in asked]  # fmt: skip
    assert "note: Notification: Done: for you" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


@pytest.mark.parametrize("publishing", ["auto", "git", "print"])
def test_without_the_programs_what_to_do_by_hand_is_said_before_anything_is_published(monkeypatch, hosts, file, tmp_path, publishing):
    monkeypatch.setenv("PATH", "/nonexistent")
    done = hosts.new(tmp_path / "here", file, *HOSTS, "--yes", "--publish", publishing, **SECRET)
    assert done.returncode == 0, done.stderr
    shown = done.stderr + done.stdout
    assert "gh api --hostname=github.com --method=POST --input=- repos/acme/orders/hooks" in shown
    assert "kubectl apply --context=dev --filename=-" in shown
    assert "hunter2" not in shown
    assert "***" in shown


@pytest.mark.parametrize(("action", "advice"), [
    ("http:backstage:request", "make the request by hand"), ("fetch:cookiecutter", "use fetch:template with cookiecutterCompat"),
    ("orchestrator:workflow:get_params", "Backstage's own server"), ("fetch:templte", "similar: fetch:template"),
    ("roadiehq:utils:jsonata", "as an expression"),
])  # fmt: skip
def test_an_action_that_cannot_be_is_refused_with_what_to_do_instead(hosts, tmp_path, action, advice):
    file = tmp_path / "template.yaml"
    steps = [{"action": "roadiehq:utils:fs:write", "input": {"path": "a", "content": "b"}}, {"name": "Odd", "action": action}]
    file.write_text(yaml.safe_dump({"apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": {"name": "svc"},
                                    "spec": {"owner": "a", "type": "b", "steps": steps}}))  # fmt: skip
    done = hosts.new(tmp_path / "here", str(file))
    assert done.returncode == 2
    assert f"steps[1] (Odd): {action} (" in done.stderr
    assert advice in " ".join(done.stderr.split())
    assert [*(tmp_path / "here").iterdir()] == []


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_file(), reason="needs CALLBOARD_TEST_DATA")
def test_most_real_templates_have_only_actions_that_run():
    found = coverage()
    assert found["covered"] / found["templates"] >= 0.75
    assert found["with advice"] + found["covered"] >= found["templates"] * 0.9


def coverage():
    """How many real templates with steps have only built-in actions, and how many others have advice for each of those missing."""
    found, known = Counter(), BUILT_IN[ACTIONS_GROUP]
    for each in json.loads(DATA.read_text("utf-8"))["templates"]:
        steps = each["document"]["spec"].get("steps")
        actions = {step.get("action") for step in steps if isinstance(step, dict)} - {None} if isinstance(steps, list) else set()
        if actions:
            missing = {action for action in actions if action not in known}
            found["templates"] += 1
            found["covered" if not missing else "with advice" if all(map(instead_of, missing)) else "without"] += 1
            found.update(f"missing {action}" for action in missing)
    return found
