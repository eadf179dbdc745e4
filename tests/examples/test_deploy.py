"""The Dockerfile, and the examples for Compose, systemd and nginx: checked by their own programs, and run as far as this machine allows."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import yaml
from support import portal

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "examples/deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def tool(name):
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin")
    if not found:
        pytest.skip(f"needs {name}")
    return found


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def instructions(text):
    """The instructions of a Dockerfile: word and value, with continued lines joined."""
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


def test_hadolint_has_no_finding():
    run(tool("hadolint"), ROOT / "Dockerfile")


def test_the_image_runs_as_a_user_and_is_built_from_what_the_package_needs():
    words = instructions(DOCKERFILE)
    assert [value for word, value in words if word == "USER"] == ["10001"]
    assert all("@" in value or ":" in value for word, value in words if word == "FROM")
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert all((ROOT / path).exists() for path in kept)
    assert {"constraints.txt", "pyproject.toml", "README.md", "LICENSE", "generator", "templates", "site_overrides"} <= kept


@pytest.mark.long
def test_compose_is_as_its_schema_says_and_mounts_what_exists():
    run(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    assert (DEPLOY / services["web"]["volumes"][1].split(":")[0]).is_file()
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_systemd_accepts_the_units(tmp_path):
    for name in ("callboard.service", "callboard.timer"):
        text = (DEPLOY / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/callboard/bin/callboard", shutil.which("true")))
    said = run(tool("systemd-analyze"), "verify", tmp_path / "callboard.service", tmp_path / "callboard.timer")
    assert "callboard" not in said, said
    assert "Normalized form: *-*-* *:00/15:00" in run(tool("systemd-analyze"), "calendar", "*:0/15")


@pytest.mark.long
def test_the_commands_of_the_unit_build_and_publish(tmp_path):
    portal.write(tmp_path)
    (tmp_path / "sources.yaml").write_text(portal.SOURCES + "publish:\n  - {type: folder, path: www}\n")
    commands = re.findall(r"^ExecStart=\S+/callboard (.*)$", (DEPLOY / "callboard.service").read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        done = portal.callboard(tmp_path, *shlex.split(command))
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "www/index.html").is_file()


def test_nginx_accepts_its_configuration(tmp_path):
    server = (DEPLOY / "nginx.conf").read_text("utf-8").replace("listen 80", f"listen unix:{tmp_path}/socket")
    main = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {server} }}"
    (tmp_path / "nginx.conf").write_text(main)
    run(tool("nginx"), "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path)


def pip_settings():
    """The settings of pip on this machine as variables, and the folders and files that they name."""
    listed = run(sys.executable, "-m", "pip", "config", "list")
    pairs = dict(re.findall(r"^(?:global|:env:|user|site)\.\.?([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    pairs.pop("constraint", None)
    paths = {Path(path) for value in pairs.values() for path in re.findall(r"(?:file://)?(/[^\s']+)", value)}
    found = {path.parent if path.name == "simple" else path for path in paths if path.exists()}  # the files are next to an index
    return {f"PIP_{key.replace('-', '_').upper()}": value for key, value in pairs.items()}, sorted(found)


def run_in(root, script, environ, paths):
    """Run a script in the root, with these paths of the machine: mounted for this process alone, so that nothing stays mounted."""
    for path in paths:
        target = root / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir(exist_ok=True) if path.is_dir() else target.touch()
    mounts = "".join(f"mount --bind -o ro {shlex.quote(str(path))} {shlex.quote(f'{root}{path}')}\n" for path in paths if path.is_dir())
    copies = "".join(f"cp {shlex.quote(str(path))} {shlex.quote(f'{root}{path}')}\n" for path in paths if path.is_file())
    inside = f'{mounts}{copies}exec chroot "$1" /bin/sh -ec "$2"'
    return run("unshare", "--mount", "/bin/sh", "-ec", inside, "sh", root, script, env=environ)


@pytest.fixture(scope="module")
def clean_root(tmp_path_factory):
    """A new Debian in a folder, without anything of this machine but its name server."""
    if os.environ.get("CALLBOARD_TEST_LONG") != "1" or os.geteuid() != 0:
        pytest.skip("runs for a minute, as root: make test-long")
    root = tmp_path_factory.mktemp("debian")
    run(tool("debootstrap"), "--variant=minbase", "trixie", root, "http://deb.debian.org/debian")
    root.chmod(0o755)  # pytest's folders are readable by their owner alone
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    return root


@pytest.mark.long
def test_the_run_lines_of_the_dockerfile_make_a_command_that_builds_a_portal(clean_root):
    """Stage by stage in one root: nothing of the first is missing in the second, whose packages are installed alone before."""
    settings, paths = pip_settings()
    environ = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", **settings}
    for word, value in instructions(DOCKERFILE):
        if word == "COPY" and value.startswith(". "):
            copy_context(clean_root / "src")
        if word == "RUN":
            run_in(clean_root, value, environ, paths)
    portal.write(clean_root / "portal")
    run("chroot", clean_root, "chown", "-R", "callboard", "/portal")
    as_user = ("chroot", "--userspec=callboard", clean_root, "/bin/sh", "-c")
    environ = {"PATH": f"/opt/callboard/bin:{environ['PATH']}", "HOME": "/home/callboard"}
    assert "callboard, version" in run(*as_user, "callboard --version", env=environ)
    run(*as_user, "cd /portal && callboard build", env=environ)
    assert (clean_root / "portal/site/index.html").is_file()


def copy_context(target):
    """What .dockerignore leaves of this checkout."""
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        source = ROOT / line[1:]
        if line.startswith("!") and source.is_dir():
            shutil.copytree(source, target / line[1:], ignore=shutil.ignore_patterns("__pycache__"))
        elif line.startswith("!"):
            target.mkdir(exist_ok=True)
            shutil.copy(source, target / line[1:])
