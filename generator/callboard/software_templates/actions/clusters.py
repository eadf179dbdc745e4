"""Applications and manifests of a step → commands of ``argocd`` and ``kubectl``, with the person's own sign-in to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import yaml
from callboard.plugins.actions import ActionError, ActionStep, StepAction
from callboard.software_templates.actions.programs import ProgramRun

_TEXT = {"type": "string"}
_IN_CLUSTER = "https://kubernetes.default.svc"
"""The cluster that Argo CD itself runs in."""
MAX_BYTES = 1_000_000


class CreateArgoApplication(StepAction):
    """Creates a project and an application of Argo CD, as Roadie's plugin does."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["appName", "namespace", "repoUrl", "path"],
        "properties": {
            "appName": _TEXT, "argoInstance": _TEXT, "namespace": _TEXT, "repoUrl": _TEXT, "labelValue": _TEXT, "path": _TEXT,
            "projectName": _TEXT,
        },
    }  # fmt: skip

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add both."""
        given = step.input
        name, namespace = str(given["appName"]), str(given["namespace"])
        project, instance = str(given.get("projectName") or name), str(given.get("argoInstance") or "your Argo CD")
        context = [f"--argocd-context={given['argoInstance']}"] if given.get("argoInstance") else []
        source = str(given["repoUrl"])
        ProgramRun(
            f"Create the project {project} in {instance}",
            ["argocd", "proj", "create", *context, f"--src={source}", f"--dest={_IN_CLUSTER},{namespace}", "--upsert", "--", project],
        ).add_to(step)
        labels = [f"--label=backstage-name={given['labelValue']}"] if given.get("labelValue") else []
        ProgramRun(
            f"Create the application {name} in {instance}",
            ["argocd", "app", "create", *context, f"--project={project}", f"--repo={source}", f"--path={given['path']}",
             f"--dest-server={_IN_CLUSTER}", f"--dest-namespace={namespace}", "--sync-policy=automated", "--auto-prune", "--self-heal",
             *labels, "--", name],
        ).add_to(step)  # fmt: skip
        return {}


class ApplyManifest(StepAction):
    """Applies manifests to a cluster of Kubernetes."""

    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["manifest"],
        "properties": {"manifest": {"type": ["string", "object"]}, "clusterName": _TEXT, "namespaced": {"type": "boolean"}},
    }

    def run(self, step: ActionStep) -> Mapping[str, Any]:
        """Add the change; the cluster's name is that of a context of kubectl."""
        manifest, cluster = step.input["manifest"], str(step.input.get("clusterName") or "")
        text = manifest if isinstance(manifest, str) else yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True)
        if len(text) > MAX_BYTES:
            raise ActionError(f"The manifest has more than {MAX_BYTES:,} characters.", "Correct the template.")
        context = [f"--context={cluster}"] if cluster else []
        where = f"with kubectl's context {cluster}" if cluster else "with kubectl's current context"
        ProgramRun(
            f"Apply a manifest {where}", ["kubectl", "apply", *context, "--filename={file}"], None, text, "manifest.yaml"
        ).add_to(step)  # fmt: skip
        return {}
