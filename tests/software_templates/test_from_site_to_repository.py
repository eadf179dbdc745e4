"""The whole way: descriptors in git → a built portal → its published `template.json` → `callboard new` → a pushed repository."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import yaml
from faulty import Server
from software_templates.git_hosts import GitHosts
from support import portal

pytestmark = pytest.mark.long
BACKEND = Path("/usr/lib/git-core/git-http-backend")
PAGE = """\
title: Service
required: [name]
properties:
  name: {title: Name, type: string, pattern: "^[a-z-]+$"}
  port: {title: Port, type: integer, default: 8080}
"""
TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: svc, title: Service}
spec:
  owner: team-shop
  type: service
  parameters: [{$yaml: ./page.yaml}]
  steps:
    - {id: f, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}", port: "${{ parameters.port }}"}}}
    - {id: p, action: "publish:github", input: {repoUrl: "HOST?owner=acme&repo=${{ parameters.name }}"}}
"""
GROUP = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-shop}\nspec: {type: team, children: []}\n"


def files(host):
    """The repository of the template: it is in a folder, next to what belongs to nobody."""
    return {
        "org/catalog-info.yaml": GROUP, "new/svc/catalog-info.yaml": TEMPLATE.replace("HOST", host), "new/svc/page.yaml": PAGE,
        "new/svc/skeleton/README.md": "# ${{ values.name }} on ${{ values.port }}\n",
    }  # fmt: skip


@pytest.fixture
def hosts(tmp_path):
    return GitHosts(tmp_path / "hosts")


def build(folder, source):
    """The site of a portal with one source, and what it publishes about the template."""
    folder.mkdir()
    settings = {
        "version": 1,
        "portal": {"name": "P", "organization": "P", "url": "https://portal.example/"},
        "sources": [{"name": "code", **source}],
    }
    (folder / "sources.yaml").write_text(yaml.safe_dump(settings))
    done = portal.callboard(folder, "build")
    assert done.returncode == 0, done.stderr
    return folder / "site", json.loads((folder / "site/create/default/svc/template.json").read_text())


def make(hosts, here, site):
    """Make the project ``orders`` with the template of a site; gives the files that were pushed."""
    hosts.empty("acme/orders")
    here.mkdir()
    (here / "answers.json").write_text('{"name": "orders"}')
    done = hosts.new(here, f"{site}#default/svc", "--data", "answers.json", "--publish", "git", "--yes")
    assert done.returncode == 0, done.stderr
    return hosts.published("acme/orders")


def serve_git(bare, config):
    """Answers git's requests over HTTP about the repositories in a folder."""

    def answer(asked, wire):
        environ = {
            "PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": str(config), "GIT_PROJECT_ROOT": str(bare), "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": asked.method, "PATH_INFO": asked.path, "QUERY_STRING": asked.target.partition("?")[2],
            "CONTENT_TYPE": asked.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(asked.body)),
            "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""), "GIT_PROTOCOL": asked.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        done = subprocess.run([BACKEND], env=environ, input=asked.body, check=False, capture_output=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        wire.answer(int(headers.pop("Status", "200").split()[0]), content, headers)

    return answer


def test_a_template_of_a_git_source_is_made_from_the_address_that_the_site_publishes(hosts, tmp_path):
    with Server(serve_git(hosts.bare, hosts.config)) as server:
        host = server.url.removeprefix("http://").rstrip("/")
        revision = hosts.commit("acme/templates", files(host))
        repository = f"http://{host}/acme/templates.git"
        include = ["**/catalog-info.yaml"]
        site, published = build(tmp_path / "portal", {"type": "git", "url": repository, "host": "github", "include": include})
        assert {key: published[key] for key in ("repository", "revision", "path", "folder", "hosts")} == {
            "repository": repository, "revision": revision, "path": "new/svc/catalog-info.yaml", "folder": "new/svc",
            "hosts": {host: "github"},
        }  # fmt: skip
        with hosts.config.open("a") as config:  # pushes go over https, which the host of this test does not speak
            config.write(f'[url "file://{hosts.bare}/"]\n insteadOf = https://{host}/\n')
        made = make(hosts, tmp_path / "here", site)
    assert made["README.md"] == "# orders on 8080"
    assert yaml.safe_load(made[".callboard/template.yaml"])["repository"] == repository


def test_a_template_in_a_folder_of_a_clone_is_made_from_the_repository_without_its_credentials(hosts, tmp_path):
    revision = hosts.commit("Acme/Templates", files("github.com"))
    clone = hosts.folder / "work/Acme/Templates"
    hosts.git(clone, "remote", "set-url", "origin", "https://jane:s3cr3t-of-jane@github.com/Acme/Templates.git")
    hosts.git(clone, "branch", "--move", "feature/x")
    site, published = build(tmp_path / "portal", {"type": "files", "path": str(clone / "new"), "include": ["**/catalog-info.yaml"]})
    assert {key: published[key] for key in ("repository", "revision", "path", "hosts")} == {
        "repository": "https://github.com/Acme/Templates.git", "revision": revision, "path": "new/svc/catalog-info.yaml",
        "hosts": {"github.com": "github"},
    }  # fmt: skip
    assert not [file for file in site.rglob("*") if file.is_file() and b"s3cr3t-of-jane" in file.read_bytes()]
    page = (site / "create/default/svc/index.html").read_text()
    assert re.search(r"https://portal\.example#default/svc", page)
    assert make(hosts, tmp_path / "here", site)["README.md"] == "# orders on 8080"


WORKFLOW = Path(__file__).parents[2] / "examples/acme/service-templates/.github/workflows/callboard-new.yml"


def test_the_repository_of_a_template_makes_a_project_for_people_who_install_nothing(hosts, tmp_path):
    workflow = yaml.safe_load(WORKFLOW.read_text())
    hosts.commit("acme/templates", {**files("github.com"), ".github/workflows/callboard-new.yml": WORKFLOW.read_text()})
    clone = hosts.folder / "work/acme/templates"
    hosts.git(clone, "remote", "set-url", "origin", "https://github.com/acme/templates.git")
    site, published = build(tmp_path / "portal", {"type": "files", "path": str(clone), "include": ["**/catalog-info.yaml"]})
    assert published["run"] == {
        "type": "github", "url": "https://github.com/acme/templates", "workflow": "callboard-new.yml", "branch": "main",
    }  # fmt: skip
    step = workflow["jobs"]["new"]["steps"][-1]
    assert set(workflow[True]["workflow_dispatch"]["inputs"]) == {"template", "answers"}
    assert not re.search(r"\$\{\{", step["run"])  # an answer cannot become part of the script
    bare, tools = hosts.empty("acme/orders"), tmp_path / "tools"
    tools.mkdir()
    (tools / "gh").write_text('#!/bin/sh\necho "$@" >> "$HOME/asked"\n')
    (tools / "callboard").write_text(f'#!/bin/sh\nexec {sys.executable} -m callboard "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    environ = {
        **{name: "jane@acme.example" if "EMAIL" in name else "Jane" for name in step["env"] if name.startswith("GIT_")},
        "PORTAL": str(site), "TEMPLATE": "default/svc", "ANSWERS": "%7B%22name%22%3A%22orders%22%2C%22port%22%3A9000%7D", "GH_TOKEN": "x",
        "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(hosts.config),
    }  # fmt: skip
    assert set(step["env"]) <= environ.keys()
    done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text().splitlines() == ["auth setup-git", "repo create --private -- acme/orders"]
    assert bare.is_dir()
    assert hosts.published("acme/orders")["README.md"] == "# orders on 9000"
