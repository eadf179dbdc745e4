"""Documentation folders → how many of their pages become the same HTML as with MkDocs and techdocs-core.

``python benchmarks/documentation/compare.py PYTHON FOLDER …``: PYTHON has MkDocs with techdocs-core installed; each FOLDER has an
``mkdocs.yml``. Prints a row for each folder with the pages that differ and the first line that does, and how many pages each of the
portal's replacements touches; exits with 1 below 97 % of equal pages, or if a title, address, neighbour or anchor differs.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from pymdownx.emoji import to_svg

import yaml
from callboard.documentation.alerts import with_admonitions
from callboard.documentation.cleaning import safe_page
from callboard.documentation.configuration import SetConfiguration, read_configuration
from callboard.documentation.converter import REPLACEMENTS, Converter
from callboard.documentation.files import SetFiles
from callboard.documentation.links import LinkResolver
from callboard.documentation.navigation import navigation_of
from callboard.documentation.snippets import Snippets

HOOK = Path(__file__).with_name("reference_hook.py")
WANTED = 0.97
VOID = {"/br", "/img", "/hr", "/input", "/tbody"}
CORE = {"pymdownx.emoji": {"emoji_generator": to_svg}}
"""What techdocs-core sets for the extensions that the portal has replacements for."""


def main(arguments):
    """Compare all folders; the number of the process's exit."""
    python, *folders = arguments
    pages = equal = others = 0
    touched = Counter()
    print(f"{'set':<24} {'pages':>6} {'same HTML':>9} {'other facts':>11} {'MkDocs s':>9} {'ours s':>7}")
    for folder in map(Path, folders):
        row = compare(python, folder)
        print(
            f"{folder.name[:24]:<24} {row['pages']:>6} {row['equal']:>9} {len(row['facts']):>11} {row['mkdocs']:>9.2f} {row['ours']:>7.2f}"
        )
        for line in (*row["facts"], *(f"HTML of {path}: {line}" for path, line in row["different"].items())):
            print(f"    {line}")
        touched += replaced(folder)
        pages, equal, others = pages + row["pages"], equal + row["equal"], others + len(row["facts"])
    print(f"{'all':<24} {pages:>6} {equal:>9} {others:>11}")
    print("\npages that a replacement of the portal touches")
    for name, count in sorted(touched.items()):
        print(f"{name:<31} {count:>6}")
    return int(equal < WANTED * pages or others > 0)


def compare(python, folder):
    """The pages of one folder, by MkDocs and by Callboard."""
    configuration = read_configuration(config_of(folder).read_bytes())
    reference, mkdocs_seconds = rendered_by_mkdocs(python, folder, configuration)
    started = time.process_time()
    ours = rendered_by_callboard(folder, configuration)
    seconds = time.process_time() - started
    facts, different, hidden = [], {}, sources(folder, configuration)[1].hidden
    for path, page in reference.items():
        mine = ours.get(path)
        if mine is None:
            if path in hidden:  # MkDocs writes both to one address, and the last one wins
                different[path] = f"not shown, `{hidden[path].path}` has the same address"
            else:
                facts.append(f"missing: {path}")
            continue
        facts += [f"{name} of {path}: {page[name]!r} and {mine[name]!r}" for name in ("title", "url", "toc", "previous", "next")
                  if page[name] != mine[name]]  # fmt: skip
        if page["html"] != mine["html"]:
            different[path] = first_difference(page["html"], mine["html"])
    return {"pages": len(reference), "equal": len(reference) - len(different), "facts": facts, "different": different,
            "mkdocs": mkdocs_seconds, "ours": seconds}  # fmt: skip


def first_difference(theirs, ours):
    """The first lines that differ, from the letter on at which they do."""
    left, right = next(pair for pair in zip(f"{theirs}\n\0".split("\n"), f"{ours}\n\0".split("\n"), strict=False) if pair[0] != pair[1])
    start = max(next((at for at, both in enumerate(zip(left, right, strict=False)) if both[0] != both[1]), 20) - 20, 0)
    return f"{left[start : start + 90]!r} and {right[start : start + 90]!r}"


def replaced(folder):
    """How many pages of a folder have other HTML because of each replacement."""
    configuration = read_configuration(config_of(folder).read_bytes())
    docs, files = sources(folder, configuration)
    extensions = SetConfiguration().extensions
    plain, portal = Converter(extensions, CORE), Converter(extensions)
    ours = {"emoji": {"pymdownx.emoji": REPLACEMENTS["pymdownx.emoji"]}, "table alignment": {**CORE, "tables": REPLACEMENTS["tables"]}}
    single = {name: Converter(extensions, replacements) for name, replacements in ours.items()}
    counts = Counter()
    for page in files.pages:
        text = (docs / page.path).read_text("utf-8-sig")
        before = plain.convert(text, page, LinkResolver(files, page)).html
        for name, converter in single.items():
            counts[name] += converter.convert(text, page, LinkResolver(files, page)).html != before
        made = portal.convert(text, page, LinkResolver(files, page))
        counts["diagrams and formulas"] += made.insertions.finish(made.html) != made.html
        counts["alerts"] += with_admonitions(text) != text
        counts["sanitizer"] += tokens(safe_page(before)) != tokens(before)
    return counts


def tokens(text):
    """Tags with their attributes, and texts, whatever way they are written in."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, sorted((name, value or "") for name, value in attributes)))
    parser.handle_startendtag = parser.handle_starttag
    parser.handle_endtag = lambda tag: found.append(f"/{tag}")
    parser.handle_data = lambda data: found.append("".join(data.split()))
    parser.handle_comment = parser.handle_decl = lambda _: None
    parser.feed(text)
    parser.close()
    return [token for token in found if token and token != ("tbody", []) and (isinstance(token, tuple) or token not in VOID)]


def sources(folder, configuration):
    """The folder of the pages, and its files."""
    docs = folder / configuration.docs_dir
    return docs, SetFiles(path.relative_to(docs).as_posix() for path in docs.rglob("*") if path.is_file())


def config_of(folder):
    """The configuration file of a set."""
    return next(folder / name for name in ("mkdocs.yml", "mkdocs.yaml") if (folder / name).is_file())


def rendered_by_mkdocs(python, folder, configuration):
    """Pages by path, and the processor time that MkDocs took; plugins and hooks of the set are replaced by techdocs-core."""
    with tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        core = {
            "site_name": "x", "docs_dir": str((folder / configuration.docs_dir).resolve()), "site_dir": str(made / "site"),
            "plugins": ["techdocs-core"], "hooks": [str(HOOK)], "nav": configuration.nav,
        }  # fmt: skip
        (made / "mkdocs.yml").write_text(yaml.safe_dump({key: value for key, value in core.items() if value}), encoding="utf-8")
        drawer = made / "bin" / "plantuml"  # MkDocs would stop at the first PlantUML diagram where the program is missing
        drawer.parent.mkdir()
        drawer.write_text("#!/bin/sh\ncat > /dev/null\n", encoding="utf-8")
        drawer.chmod(0o755)
        path = f"{drawer.parent}{os.pathsep}{os.environ['PATH']}"
        environ = {**os.environ, "PATH": path, "REFERENCE": str(made / "pages.jsonl"), "NO_MKDOCS_2_WARNING": "1"}
        before = os.times()
        command = [python, "-m", "mkdocs", "-q", "build", "-f", str(made / "mkdocs.yml")]  # snippets are found from the set's folder
        done = subprocess.run(command, cwd=folder, env=environ, check=False, capture_output=True, text=True)
        after = os.times()
        if done.returncode:
            sys.exit(f"{folder}: MkDocs failed: {done.stderr[-2000:]}")
        lines = (made / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    pages = {line["path"]: line for line in map(json.loads, lines)}
    return pages, after.children_user + after.children_system - before.children_user - before.children_system


def rendered_by_callboard(folder, configuration):
    """Pages by path, before the portal's replacements, with techdocs-core's own extensions only."""
    docs, files = sources(folder, configuration)
    snippets = Snippets(lambda path: (folder / path).read_text("utf-8") if (folder / path).is_file() else None)
    navigation = navigation_of(configuration.nav, files)
    titles, around = navigation.titles(), navigation.neighbours()
    converter = Converter(SetConfiguration().extensions, CORE)
    result = {}
    for page in files.pages:
        text = snippets.expanded((docs / page.path).read_text("utf-8-sig", errors="strict"))
        converted = converter.convert(text, page, LinkResolver(files, page), titles.get(page.path, ""))
        previous, following = around.get(page.path, ("", ""))
        result[page.path] = {
            "html": converted.html, "title": converted.title, "url": page.url, "toc": entries(converted.headings),
            "previous": previous, "next": following,
        }  # fmt: skip
    return result


def entries(headings):
    """The contents in the form of the reference."""
    return [[heading.id, heading.text, entries(heading.children)] for heading in headings]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
