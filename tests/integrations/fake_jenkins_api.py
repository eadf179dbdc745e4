"""Jenkins on loopback: one tree of folders with multibranch projects, as its remote access API answers to ``tree``."""

from vendors import TOKEN, target

from faulty import json_answer

ROOT = "https://jenkins.example.com"
TESTS = [{}, None, {"_class": "hudson.tasks.junit.TestResultAction", "failCount": 2, "skipCount": 5, "totalCount": 318}]
BUILD = {
    "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": 412, "result": "UNSTABLE", "building": False,
    "timestamp": 1_778_968_800_000, "duration": 184_223, "actions": TESTS,
}  # fmt: skip


def job(name, last=BUILD, kind="org.jenkinsci.plugins.workflow.job.WorkflowJob"):
    url = f"{ROOT}/job/{name.replace('/', '/job/').replace('%', '%25')}/"
    return {"_class": kind, "fullName": name, "url": url, "lastBuild": last and {**last, "url": f"{url}{last['number']}/"}}


def multibranch(name, *branches):
    kind = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
    return {"_class": kind, "fullName": name, "url": f"{ROOT}/job/{name}/", "jobs": [*branches]}


class FakeJenkins:
    type = "jenkins"

    def __init__(self, count=3):
        self.options = {"user": "portal", "token": TOKEN}
        self.targets = [target(f"s{n}", annotations={"jenkins.io/job-full-name": f"shop/s{n}"}) for n in range(count)]
        self.jobs = [{
            "_class": "com.cloudbees.hudson.plugins.folder.Folder", "fullName": "shop", "url": f"{ROOT}/job/shop/",
            "jobs": [multibranch(f"shop/s{n}", job(f"shop/s{n}/main"), job(f"shop/s{n}/PR-17", {**BUILD, "number": 3, "result": "FAILURE"}))
                     for n in range(count)],
        }]  # fmt: skip
        self.by_path = {}

    def __call__(self, request, wire):
        assert request.query["tree"].count("{") <= 4
        if request.path == "/api/json":
            json_answer(wire, {"_class": "hudson.model.Hudson", "jobs": self.jobs})
        elif request.path in self.by_path:
            json_answer(wire, self.by_path[request.path])
        else:
            wire.answer(404, b"<html>Not found</html>", {"Content-Type": "text/html"})
