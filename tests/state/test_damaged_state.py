"""Any damage of any file of the state: the right values or an error that names the file, never wrong values and never a crash."""

import json
import random
from dataclasses import dataclass, replace

import pytest

from callboard.io.rows import encoded
from callboard.io.store import Store
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident
from callboard.model.facts.value import FactValue
from callboard.state import files as state_files
from callboard.state import manifest as manifests
from callboard.state import parts
from callboard.state.change_log import read_changes
from callboard.state.manifest import MANIFEST, StateError, digest, part_file, sealed
from callboard.state.values import Change
from state_builders import FIRST, make, night, ref, state_of

SHOP = ref("shop")
DEEP = "[" * 100_000


def full(number):
    return replace(
        state_of([make("shop", definition="x" * 5_000), make("cart", source="there")]),
        as_of=night(number), skipped={"empty": 1},
        changes=(Change(night(number), "tag", SHOP, after="t"),),
        facts=(Fact(SHOP, "incident", "i", Incident("down", FIRST), "pd", url="https://x.example/"),),
        measurements=(Measurement(SHOP, "incident", "pd", since=FIRST), Measurement(ref("cart"), "incident", "pd", complete=False)),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    for number in range(2):
        state_files.save(store, full(number))
    return store


def everything(store):
    """All that can be read, or the names in the error."""
    try:
        return state_files.read(store), read_changes(store.state, 99)
    except StateError as error:
        return str(error)


def damages(content, dice):
    yield b""
    yield content[:-1]
    yield content + content
    yield DEEP.encode()
    yield b"\xff\xfe" + content
    yield b"null"
    for _ in range(12):
        place = dice.randrange(len(content))
        yield content[:place] + bytes([content[place] ^ 1 << dice.randrange(7)]) + content[place + 1 :]


def test_every_damage_of_every_file_is_refused_reported_or_without_effect(store):
    whole, dice = everything(store), random.Random(5)
    refused = reported = harmless = 0
    for path in sorted(path for folder in (store.state, store.blobs) for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for damage in damages(content, dice):
            path.write_bytes(damage)
            found = everything(store)
            if isinstance(found, str):
                refused += 1
                assert path.name in found
            elif found[1].damaged:
                reported += 1
                assert (found[0], found[1].damaged) == (whole[0], (path,))
            else:
                harmless += 1
                assert found == whole
        path.write_bytes(content)
    assert refused > 100
    assert reported > 10
    assert harmless < 20


def test_a_part_whose_digest_fits_and_whose_lines_do_not_is_refused_with_the_place(store):
    fact = b'{"subject":["a","b","c"],"facts":[{"family":"incident","key":"k","source":"s","value":'
    for name, line, place in (
        ("trees", b'{"source":1}', r"`\$\[0\]\.source`"),
        ("entities.here", b'{"ref":["component","default"]}', "ref"),
        ("entities.here", b'{"$blob":1}', "object"),
        (
            "facts",
            fact + b'{"title":1}}]}',
            "in the fact incident",
        ),
        ("facts", fact + DEEP.encode(), "recursion"),
        ("summaries", b"\xff", "UTF-8|malformed|Invalid"),
        ("changes", b'["2026-11-20T02:00:00Z"]', "length"),
    ):
        put_part(store, name, line + b"\n")
        with pytest.raises(StateError, match=f"(?is){name}.*({place})"):
            state_files.read(store)
        state_files.save(Store(store.folder), full(1)) if name != "changes" else None


def put_part(store, name, content):
    """Write a part and name it in the manifest with its right digest."""
    head = json.loads((store.state / MANIFEST).read_text())
    sha256 = digest(content)
    head["parts"][name] = {"file": part_file(name, sha256), "size": len(content), "sha256": sha256}
    (store.state / head["parts"][name]["file"]).write_bytes(content)
    (store.state / MANIFEST).write_text(json.dumps(sealed(head)))


@pytest.mark.parametrize("head", [
    "[]", "{}", '{"format": "2"}', '{"format": 0}', '{"format": 2}', '{"format": 2.5}', DEEP, '{"format": 1, "parts": []}',
    '{"format": 1, "parts": {"a": 5}, "as_of": "x", "version": "", "files": 0, "skipped": {}}',
    '{"format": 1, "parts": {"problems": "x"}, "as_of": "2026-11-20T02:00:00Z", "version": "", "files": 0, "skipped": {}}',
    '{"format": 1, "parts": {}, "as_of": "2026-11-20", "version": "", "files": 0, "skipped": {}}',
])  # fmt: skip
def test_a_manifest_that_is_none_is_refused(store, head):
    (store.state / MANIFEST).write_text(head)
    with pytest.raises(StateError):
        state_files.read(store)


@pytest.mark.parametrize("names", [
    {"history": {"../x": {}}}, {"history": {"changes": {"../../x": {"size": 1, "sha256": ""}}}}, {"events": {"a/b": {}}},
    {"parts": {"../x": {"file": "../x.e3b0c44298fc1c14.jsonl", "size": 0, "sha256": digest(b"")}}}, {"unknown": 1},
])  # fmt: skip
def test_a_manifest_cannot_name_files_elsewhere(store, names):
    head = json.loads((store.state / MANIFEST).read_text())
    (store.state / MANIFEST).write_text(json.dumps(sealed(head | names)))
    with pytest.raises(StateError, match=MANIFEST):
        state_files.read(store)


def test_a_manifest_and_a_part_are_not_read_beyond_their_bounds(store, monkeypatch):
    (part,) = store.state.glob("entities.here.*")
    part.write_bytes(part.read_bytes() + b"x" * 10_000_000)
    with pytest.raises(StateError, match="its digest"):
        state_files.read(store)
    monkeypatch.setattr(manifests, "LARGEST", 100)
    with pytest.raises(StateError, match=MANIFEST):
        state_files.read(store)


def test_facts_of_a_family_that_no_package_has_are_left_out_with_their_measurements(store, monkeypatch):
    monkeypatch.setattr(parts, "value_type", lambda family: None)
    state = state_files.read(store)
    assert (state.facts, state.measurements, len(state.entities)) == ((), (), 2)


def test_facts_whose_family_has_changed_its_values_are_left_out_and_their_number_counts_as_unknown(store, monkeypatch):
    @dataclass(frozen=True, slots=True)
    class Changed(FactValue):
        amount: float

    monkeypatch.setattr(parts, "FAMILIES", {})
    monkeypatch.setattr(parts, "value_type", lambda family: Changed)
    state = state_files.read(store)
    assert (state.facts, [(m.subject.name, m.complete) for m in state.measurements]) == ((), [("cart", False), ("shop", False)])


def test_a_value_of_a_wrong_type_is_refused_before_anything_is_written(store):
    before = state_files.read(store)
    (shop, cart) = before.entities
    wrong = replace(before, as_of=night(5), entities=(replace(shop, text=None), cart))
    with pytest.raises(StateError, match=r"cannot be saved: Expected `str`, got `null` - at `\$\.text`"):
        state_files.save(store, wrong)
    assert state_files.read(store) == before


def test_a_lone_surrogate_of_a_tool_becomes_a_replacement_character_and_one_of_a_descriptor_is_kept(tmp_path):
    fact = Fact(SHOP, "incident", "k\ud800", Incident("do\ud800wn", FIRST), "pd")
    entity = make("shop", **{"a\ud800": {"b": "\udfff"}, "$mapping": [1]})
    store = Store(tmp_path)
    state_files.save(store, state_of([entity], facts=(fact, replace(fact, key="z", value=Incident("fine", FIRST)))))
    state = state_files.read(store)
    assert [(f.key, f.value.title) for f in state.facts] == [("k�", "do�wn"), ("z", "fine")]
    assert state.entities[0].spec == entity.spec
    assert encoded(Change(FIRST, "tag", None, after="\ud800")).count("�".encode()) == 1
