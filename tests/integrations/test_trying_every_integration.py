"""``callboard try-integration`` with every integration: its requests, what becomes of the answers, the annotation it needs, no secret."""

import contextlib
import re

import pytest
from click.testing import CliRunner
from test_no_secrets import PORTAL, VARIABLE, marked
from test_vendor_faults import FAKES
from vendors import TOKEN, connector

import yaml
from callboard.cli.main import group
from callboard.plugins import loader
from callboard.plugins.integrations.base import GROUP
from faulty import Server, json_answer

pytestmark = pytest.mark.long

BY_TYPE = {fake.type: fake for fake in FAKES}
WITHOUT_HOST = {"file": {"path": "incident.yaml", "annotation": "rota.example/id"}, "git": {}, "reports": {}}
HTTP_JSON = {"path": "/{id}", "annotation": "rota.example/id", "family": "incident", "fields": {"title": "title", "opened": "opened"}}
TYPES = sorted(name for name, one in loader.load(GROUP).items() if one.package == "callboard")


def descriptor(annotations):
    metadata = {"name": "s0", "annotations": annotations}
    spec = {"type": "service", "lifecycle": "production", "owner": "team-shop"}
    return yaml.safe_dump({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": metadata, "spec": spec})


def try_it(folder, type_, options, annotations):
    """The exit code and the output of the command for one integration of this type and one component."""
    (folder / "repositories" / "shop").mkdir(parents=True, exist_ok=True)
    (folder / "repositories" / "shop" / "catalog-info.yaml").write_text(descriptor(annotations))
    (folder / "incident.yaml").write_text('- {entity: "7", title: Down, opened: 2026-05-17T01:00:00Z}\n')
    sources = [{"name": "here", "type": "files", "path": "repositories", "repositories": "*"}]
    config = {"version": 1, "portal": PORTAL, "sources": sources, "integrations": [{**options, "name": "tool", "type": type_}]}
    (folder / "sources.yaml").write_text(yaml.safe_dump(config))
    with contextlib.chdir(folder):
        done = CliRunner().invoke(group, ["try-integration", "tool", "--entity", "s0"])
    assert not isinstance(done.exception, Exception) or isinstance(done.exception, SystemExit), done.exception
    assert TOKEN not in done.output
    return done.exit_code, done.output


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_requested_and_what_becomes_of_it_is_shown_and_a_missing_annotation_is_named(type_, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN)
    with contextlib.ExitStack() as stack:
        if type_ in WITHOUT_HOST:
            options, annotations, server = WITHOUT_HOST[type_], {"rota.example/id": "7"}, None
        elif type_ == "http-json":
            server = stack.enter_context(Server(lambda asked, wire: json_answer(wire, {"title": "Down", "opened": "2026-05-17T01:00:00Z"})))
            options, annotations = {**HTTP_JSON, "url": server.url, "token": f"${{{VARIABLE}}}"}, {"rota.example/id": "7"}
        else:
            fake = BY_TYPE[type_]()
            server = stack.enter_context(Server(fake))
            options, annotations = {**marked(fake.options), "url": server.url}, dict(fake.targets[0].annotations)
        code, said = try_it(tmp_path, type_, options, annotations)
        assert f"tool ({type_}) about component:default/s0" in said
        if server:
            first = re.search(r"^1\. (GET|POST) (http://127\.0\.0\.1:\d+)/", said, re.MULTILINE)
            assert first
            assert first[2] == server.url
            assert re.search(r"^   status 200, [\d,]+ bytes", said, re.MULTILINE)
        assert re.search(r"^Facts: \d+$", said, re.MULTILINE)
        assert code == (
            0 if "Measured: " in said and not re.search(r"incomplete|^Problem: |^Failure: |^Not measured", said, re.MULTILINE) else 1
        )
        assert re.search(r"^(Measured|Failure|Not measured): ?", said, re.MULTILINE)
        keys = connector(type_).annotations
        if isinstance(keys, tuple) and keys:
            code, said = try_it(tmp_path, type_, options, {})
            named = ", ".join(keys)
            if "Measured: " in said:  # incident.io finds an entity by its name, too
                assert f"It has none of the annotations {named}, and was found without them." in said
            else:
                assert code == 1
                assert f"It has none of the annotations that connect it: {named}." in said
                assert "Not measured: it is not connected." in said
