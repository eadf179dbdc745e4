from pathlib import Path

from callboard.lint.check import check_paths
from callboard.lint.source_lines import SourceLines
from callboard.model.entity import Origin
from callboard.yaml.positions import compose, find

FAULTS = 150


class CountingTree:
    """A tree of one file that counts how often it is read."""

    def __init__(self, text):
        self.text, self.reads = text, 0

    def read(self, path, limit):
        self.reads += 1
        return self.text[:limit]


def test_a_file_is_read_once_however_many_of_its_lines_are_shown():
    tree = CountingTree(b"one\r\ntwo\nthree")
    origin = Origin("here", "tree", "", "", "catalog-info.yaml", 0, 1)
    lines = SourceLines({}, 1_000, files={origin: (tree, "catalog-info.yaml")})
    assert [lines.line(origin, number) for number in (0, 1, 2, 3, 4)] == ["", "one", "two", "three", ""]
    assert tree.reads == 1


def test_lines_are_those_of_the_file_after_it_was_mended(tmp_path):
    file = Path(tmp_path, "catalog-info.yaml")
    for version in ("a: b\nkind: Component\n", "c: d\nkind: Component\n"):
        file.write_text(version)
        checked = check_paths([tmp_path], {})
        assert checked.sources.line(checked.problems[0].origin, 1) == version.splitlines()[0]


def test_many_faults_in_one_mapping_are_placed_without_walking_it_for_each(monkeypatch):
    named = 0
    from callboard.yaml import positions

    real = positions._names

    def counting(key):
        nonlocal named
        named += 1
        return real(key)

    monkeypatch.setattr(positions, "_names", counting)
    root = compose("labels:\n" + "".join(f"  k{number}: 1\n" for number in range(FAULTS)))
    assert [find(root, ("labels", f"k{number}"))[0].line for number in range(FAULTS)] == [number + 2 for number in range(FAULTS)]
    assert named == FAULTS + 1
