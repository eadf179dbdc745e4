"""A small portal with everything: documentation, APIs, facts, scorecards, announcements, guides, own templates; and edits of all of it."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta

from callboard.io.store import Store
from callboard.unchanged_build import UnchangedBuilds
from support.clean_builds import made
from support.varied_repositories import HANDBOOK, OTHER, REPOSITORIES
from support.varied_settings import FACTS, PORTAL, SETTINGS

START = datetime(2026, 11, 22, 3, tzinfo=UTC)
HOURS = (1, 1, 1, 5, 24, 24, 73, 241, 745)
"""Hours that pass between two builds."""
PLACES = {"repositories": REPOSITORIES, "other": OTHER, "../handbook": HANDBOOK, ".": PORTAL}
SECTIONS = (
    "docs",
    "delivery",
    "innersource",
    "drift",
    "badges",
    "search",
    "data",
    "guides",
    "api_changes",
    "limits",
    "kinds",
    "scorecards",
)
"""Keys of settings whose variants are the values of sections of the same names."""
HERE = "  - {{name: here, type: files, path: repositories, repositories: '*', view_url: 'https://git.example/{{repository}}/blob/main/{{path}}'}}\n"
FAR = "  - {{name: far, type: files, path: {other}, repositories: '*', readable_by: {readable_by}, view_url: 'https://git.example/{{repository}}/blob/main/{{path}}'}}\n"
GUARDS = "listing_shrink: 100, entity_loss: 100, failed_sources: 100"
GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@acme.example", "-c", "commit.gpgsign=false"]


class VariedPortal:
    """A portal in ``folder``. Every file and setting has variants; ``chosen`` has the number of each one's.

    Args:
        folder: where the portal is written; a git repository of one of its sources is written next to it.
        chance: decides between edits, if they are chosen here.
    """

    def __init__(self, folder, chance):
        self.folder, self.chance = folder, chance
        self.variants = {f"{place}/{path}": texts for place, paths in PLACES.items() for path, texts in paths.items()}
        self.variants |= {f"facts/{family}.json": texts for family, texts in FACTS.items()}
        self.variants |= {f"settings/{key}": values for key, values in SETTINGS.items()}
        self.chosen = dict.fromkeys(self.variants, 0)
        self.now, self._earlier, self._seconds = START, [], 1.0
        folder.mkdir()
        for name in self.variants:
            self._write(name)
        subprocess.run([*GIT, "init", "-q", "-b", "main", str(folder / "../handbook")], check=True)
        self._commit()

    def choose(self, name, number):
        """Put this variant in place of the one that is there."""
        self._earlier.append((name, self.chosen[name]))
        self.chosen[name] = number
        self._write(name)
        if name.startswith("../handbook/"):
            self._commit()

    def edit(self, name):
        """Another variant of a file or setting; gives what was done, for a message."""
        number = self.chance.choice([each for each in range(len(self.variants[name])) if each != self.chosen[name]])
        self.choose(name, number)
        return f"{name}:{number}"

    def undo(self):
        """The last edit never was."""
        if not self._earlier:
            return "nothing to undo"
        name, number = self._earlier.pop()
        self.choose(name, number)
        return f"undo {name}:{number}"

    def wait(self):
        """Hours or days pass."""
        self.now += timedelta(hours=self.chance.choice(HOURS), seconds=self.chance.randrange(3600))
        return f"wait until {self.now.isoformat()}"

    def wait_for_turn(self):
        """The time is just before or at the moment at which the last build said that the site changes next."""
        turn = self.next_turn()
        if turn is None or turn <= self.now:
            return self.wait()
        self.now = turn - self.chance.choice([timedelta(), timedelta(seconds=1)])
        return f"turn {self.now.isoformat()}"

    def next_turn(self):
        """The moment at which the last build said that the site changes next; None if it said none."""
        record = UnchangedBuilds(None, Store.beside(self.folder), None, self.now, None)._last()
        return record and record.next_turn

    def touch(self):
        """A file gets another time and keeps its bytes."""
        self.chance.choice(self._all(self.folder / "repositories")).touch()
        return "touch"

    def damage_site(self):
        """Some pages of the site are changed by others, some of them without another size; some are gone."""
        for page in self._all(self.folder / "site")[:: self.chance.choice([17, 31])]:
            if page.suffix == ".html":
                html = page.read_text()
                page.write_text(html.replace("shop", "pohs") if self.chance.random() < 0.5 else html + "<p>")
            elif not page.name.startswith(".callboard"):
                page.unlink()
        return "damage site"

    def damage_cache(self):
        """A file of the cache is cut, has another byte, or is gone."""
        cached = [
            file for file in self._all(self.folder / ".callboard/cache") if not {"frames", ".git"} & {*file.parts} and not file.is_symlink()
        ]
        cached = [
            file for file in cached if not any(part.startswith(("templates-", "clone")) for part in file.relative_to(self.folder).parts)
        ]
        if not cached:
            return "no cache"
        file = self.chance.choice(cached)
        content, how = bytearray(file.read_bytes()), self.chance.choice(["cut", "byte", "gone"])
        if how == "gone" or not content:
            file.unlink()
        elif how == "cut":
            file.write_bytes(content[: self.chance.randrange(len(content))])
        else:
            content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(8)
            file.write_bytes(content)
        return f"damage {file.relative_to(self.folder)}: {how}"

    def interrupt(self, **more):
        """A build is killed at some moment."""
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                os.setsid()
                made(self.folder, self.now, **more)
            os._exit(0)
        time.sleep(self.chance.uniform(0.1, 1.1) * self._seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "interrupted"

    def build(self, pair, **more):
        """Build upon the last build; gives the counts."""
        begun = time.perf_counter()
        counts = pair.build(self.now, **more)
        self._seconds = time.perf_counter() - begun
        return counts

    def _all(self, folder):
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def _write(self, name):
        if name.startswith("settings/"):
            (self.folder / "sources.yaml").write_text(self._settings())
            return
        text, file = self.variants[name][self.chosen[name]], self.folder / name
        if text is None:
            file.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # the first folder that is not empty
                os.removedirs(file.parent)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def _commit(self):
        at = {"GIT_AUTHOR_DATE": self.now.isoformat(), "GIT_COMMITTER_DATE": self.now.isoformat()}
        for arguments in (["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "Change"]):
            subprocess.run([*GIT, "-C", str(self.folder / "../handbook"), *arguments], check=True, env=os.environ | at)

    def _settings(self):
        of = {key: values[self.chosen[f"settings/{key}"]] for key, values in SETTINGS.items()}
        sources = [HERE.format(), FAR.format(**of) if of["other"] else ""]
        if of["precedence"] == "other":
            sources.reverse()
        if of["handbook"]:
            sources.append(f"  - {{name: handbook, type: git, url: 'file://{(self.folder / '../handbook').resolve()}'}}\n")
        tools = "integrations:\n" + "".join(
            f"  - {{name: {family}, type: file, path: facts/{family}.json, measures: {of['measures']}}}\n" for family in FACTS
        )
        return (
            f"version: 1\nportal: {{name: {of['name']}, organization: Acme, url: 'https://portal.example/', timezone: {of['timezone']}, "
            f"audience: {of['audience']}}}\nsources:\n{''.join(sources)}{tools if of['tools'] else ''}"
            f"history: {{{GUARDS}, events: {of['events']}, months: {of['months']}}}\n"
            + "".join(f"{section}: {of[section]}\n" for section in SECTIONS if of[section])
        )


def forget(portal):
    """Without site and caches, so that the next build is a clean one."""
    for folder in ("site", ".callboard/cache"):
        shutil.rmtree(portal.folder / folder, ignore_errors=True)
