"""A package of plugins that misbehave on request: at import, when they are created, when they are called, when their tree is read."""

CODE = '''
"""Plugins that misbehave."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from callboard.plugins.integrations import FactBatch, Fact, Incident, Measurement
from callboard.plugins.publishers import Published
from callboard.plugins.sources import Collected, DescriptorFile, SourceError

PIDS = Path(__file__).parent.parent / "pids"


class Odd(Exception):
    def __init__(self): self.lock = threading.Lock()
    def __str__(self): raise ValueError("no words")


def note(pid):
    (PIDS / str(pid)).touch()


def recurse():
    recurse()


def fork():
    if os.fork() == 0:
        note(os.getpid())  # and goes on, as if it were the plugin


def flood():
    for _ in range(20):
        print("flood " * 20_000)
        print("flood " * 20_000, file=sys.stderr)
        os.write(1, b"raw " * 20_000)


def close_output():
    os.close(1)
    os.close(2)


def secret(options):
    raise RuntimeError(f"refused the token {options.get('token', 't0p-s3cret')}")


def leak(options):
    print("the token is", options.get("token", ""), "and", os.environ.get("WILD_VARIABLE"))


def kill_itself():
    os.kill(os.getpid(), signal.SIGSEGV)


def raise_(error):
    raise error


def start(*command):
    note(subprocess.Popen(command).pid)


ACTIONS = {
    "nothing": lambda o: None,
    "exit": lambda o: sys.exit(0),
    "os-exit": lambda o: os._exit(0),
    "segfault": lambda o: kill_itself(),
    "hang": lambda o: time.sleep(600),
    "busy": lambda o: exec("while True: pass"),
    "secret": secret,
    "odd": lambda o: raise_(Odd()),
    "interrupt": lambda o: raise_(KeyboardInterrupt()),
    "generator-exit": lambda o: raise_(GeneratorExit()),
    "recursion": lambda o: recurse(),
    "memory": lambda o: raise_(MemoryError()),
    "stdin": lambda o: input(),
    "contract": lambda o: raise_(SourceError("the host is away", "Wait.")),
    "close": lambda o: os.closerange(3, 256),
    "chdir": lambda o: os.chdir("/"),
    "flood": lambda o: flood(),
    "no-output": lambda o: close_output(),
    "environ": lambda o: os.environ.clear(),
    "thread": lambda o: threading.Thread(target=time.sleep, args=(600,)).start(),
    "fork": lambda o: fork(),
    "orphan": lambda o: start("sleep", "600"),
    "signals": lambda o: [signal.signal(each, signal.SIG_IGN) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)],
    "leak": leak,
}


def act(moment, options):
    if options.get("at") == moment:
        note(os.getpid())
        ACTIONS[options["do"]](options)


class Tree:
    id, repository, revision, addresses = "wild://tree", "acme/wild", "1", ()

    def __init__(self, options): self.options = options

    def read(self, path, limit):
        act("read", self.options)
        if self.options.get("tree") == "huge": return b"x" * 20_000_000
        if self.options.get("tree") == "wrong": return "text"
        return f"kind: Wild # {path}".encode()

    def glob(self, pattern):
        act("glob", self.options)
        return ["catalog-info.yaml"]

    def fetch(self, paths): act("fetch", self.options)
    def last_change(self, path): return None
    def view_url(self, path, line=None): return f"https://wild.example/{path}#{line}"
    def edit_url(self, path): return ""


class Source:
    """A source that misbehaves."""

    schema = {"type": "object"}
    environment = ("WILD_VARIABLE",)

    def __init__(self, settings, context):
        self.settings = settings
        act("create", settings.options)

    def collect(self):
        options = self.settings.options
        act("call", options)
        if options.get("returns") == "huge": return Collected(({"x": "y" * 20_000_000},))
        if options.get("returns") == "wrong": return ["no"]
        tree = Tree(options)
        return Collected((tree,), (DescriptorFile(self.settings.name, tree, "catalog-info.yaml"),))


class Integration:
    """An integration that misbehaves."""

    schema = {"type": "object"}
    title, families, annotations = "Wild", ("incident",), ("wild/id",)

    def __init__(self, settings, context):
        self.settings, self.now = settings, context.now
        act("create", settings.options)

    def collect(self, targets):
        options = self.settings.options
        act("call", options)
        if options.get("returns") == "huge": return FactBatch(problems=("x" * 20_000_000,))
        if options.get("returns") == "wrong": return FactBatch(problems=(7,))
        if options.get("returns") == "no-batch": return None
        facts = tuple(Fact(t.ref, "incident", "I1", Incident("down", self.now), "x") for t in targets)
        return FactBatch(facts, tuple(Measurement(t.ref, "incident", "x") for t in targets))


class Publisher:
    """A publisher that misbehaves."""

    schema = {"type": "object"}

    def __init__(self, options, context):
        self.options = options
        act("create", options)

    def publish(self, site):
        act("call", self.options)
        if self.options.get("returns") == "huge": return Published("x" * 20_000_000, 0, 0, 0)
        if self.options.get("returns") == "wrong": return Published("there", "many", 0, 0)
        return Published("there", len(site.files), 0, 0)
'''
AT_IMPORT = (
    "import wild_plugin\nfrom wild_plugin import Source, Integration, Publisher\nwild_plugin.act('import', {'at': 'import', 'do': %r})\n"
)
KINDS = ("source", "integration", "publisher")
HARMLESS = ("chdir", "flood", "no-output", "environ", "thread", "fork", "orphan", "signals", "leak")
"""What costs nothing."""
FAILURES = {
    "exit": "raised SystemExit: 0",
    "os-exit": "ended with exit code 0",
    "segfault": "was ended by the signal SIGSEGV",
    "hang": "did not answer within",
    "busy": "did not answer within",
    "secret": "raised RuntimeError: refused the token",
    "odd": "raised Odd",
    "interrupt": "raised KeyboardInterrupt",
    "generator-exit": "raised GeneratorExit",
    "recursion": "raised RecursionError",
    "memory": "raised MemoryError",
    "stdin": "raised EOFError",
    "contract": "the host is away",
    "close": "ended with exit code 1|closed its connection",
}
"""What is said of the others, as a regular expression."""


def files():
    """Modules that misbehave when they are imported, by path in the package."""
    return {f"at_import_{name.replace('-', '_')}.py": AT_IMPORT % name for name in (*FAILURES, *HARMLESS)}


def entry_points():
    """``wild`` misbehaves as its options say; ``import-exit`` does when it is imported."""
    points = {}
    for kind in KINDS:
        at_import = {f"import-{name}": f"wild_plugin.at_import_{name.replace('-', '_')}:{kind.title()}" for name in (*FAILURES, *HARMLESS)}
        points[f"callboard.{kind}s"] = {"wild": f"wild_plugin:{kind.title()}", **at_import}
    return points
