"""A family whose decisions, events and panel misbehave as the fields of its values say."""

CODE = """
import os, signal, sys, time
from dataclasses import dataclass
from callboard.plugins.families import EventKind, FactEvent, FactValue, Family, FamilyIndexPage, PackageTemplate

ACTIONS = {
    "nothing": lambda: None,
    "exit": lambda: sys.exit(0),
    "os-exit": lambda: os._exit(0),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "hang": lambda: time.sleep(600),
    "raise": lambda: {}["x"],
    "chdir": lambda: os.chdir("/"),
    "environ": lambda: os.environ.clear(),
    "print": lambda: print("printed"),
}


@dataclass(frozen=True, slots=True)
class Wild(FactValue):
    name: str
    urgent: str = "nothing"
    events: str = "nothing"
    panel: str = "nothing"

    @property
    def is_urgent(self):
        ACTIONS[self.urgent]()
        return False

    @property
    def text(self):
        ACTIONS[self.panel]()
        return self.name

    def sort_key(self, observed_at):
        return self.name


def events(delta):
    for key, fact in delta.after.items():
        ACTIONS[fact.value.events]()
        yield FactEvent("wild-changed", after=fact.value.name)


PANEL = PackageTemplate("wild_family", "panel.html")
FAMILY = Family("wild", "Wild", Wild, panel=PANEL, kinds={"wild-changed": EventKind("a", "b")}, events=events)
"""
PANEL = "{% for f in facts %}<b>{{ f.value.text }} {{ f.subject.path }} {{ f.url }}</b>{% endfor %}"
