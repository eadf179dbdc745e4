"""The search index: the same bytes whatever was built before, few files for a change, bounded files, nothing lost by damage."""

import json
import random

import pytest

from callboard.io.site_folder.staging import Staging
from callboard.model.urls import segment
from callboard.pages.page import SearchSection, SearchText
from callboard.search import index as index_module
from callboard.search import shard_names as shard_names_module
from callboard.search import shards as shards_module
from callboard.search import term_file
from callboard.search.index import SearchIndex
from callboard.search.places import FACTS, MOST, fnv, places_of
from callboard.search.postings import CODE_BITS, bounded, merged, packed, unpacked
from callboard.settings.settings import SearchSettings

WORDS = [f"{a}{b}{c}" for a in ("con", "pro", "ra", "stu", "mel", "q") for b in ("ta", "lo", "mi", "xen") for c in ("", "rd", "bin", "nok")]


def page(seed, sections=5):
    rng = random.Random(seed)
    of = tuple(
        SearchSection(f"s{i}", " ".join(rng.choices(WORDS, k=3)), " ".join(rng.choices(WORDS, k=40)), level=2 + i % 2)
        for i in range(sections)
    )
    return SearchText(" ".join(rng.choices(WORDS, k=2)), " ".join(rng.choices(WORDS, k=20)), "docs", sections=of)


TEXTS = {f"docs/default/component/c{i % 12}/p{i}/": page(i) for i in range(150)} | {
    f"catalog/default/component/c{i}/": page(1000 + i, 0) for i in range(12)
}


def built(folder, texts, settings=SearchSettings()):  # noqa: B008 - immutable
    """The files of the index, the paths of those that the build wrote, and the paths of the texts that it asked for."""
    staging, asked = Staging(folder / "site"), []
    before = {path: (folder / "site" / path).read_bytes() for path in staging.gone()}
    index = SearchIndex(folder / "cache", settings, staging)
    index.put({path: repr(text) for path, text in texts.items()}, lambda path: asked.append(path) or texts[path])
    index.end()
    files = {path: staging.read(path) for path in staging.paths()}
    staging.commit()
    return files, {path for path, content in files.items() if before.get(path) != content}, asked


def test_after_any_change_the_files_are_those_of_a_build_from_nothing(tmp_path):
    path = "docs/default/component/c3/p3/"
    without = {name: text for name, text in TEXTS.items() if name != path}
    for number, texts in enumerate((TEXTS, TEXTS | {path: page(77)}, without, TEXTS | {"docs/default/component/new/": page(5)}, TEXTS)):
        assert built(tmp_path, texts)[0] == built(tmp_path / f"anew-{number}", texts)[0]


def test_a_changed_page_asks_for_its_own_text_alone_and_writes_the_files_of_its_words(tmp_path):
    path, changed = "docs/default/component/c3/p3/", page(3)
    sections = (SearchSection("s0", "Zebra crossing", changed.sections[0].text, level=2), *changed.sections[1:])
    built(tmp_path, TEXTS)
    files, written, asked = built(tmp_path, TEXTS | {path: SearchText(changed.title, changed.body, "docs", sections=sections)})
    assert asked == [path]
    gone_and_new = {*changed.sections[0].title.split(), "zebra", "crossing"}
    assert len([name for name in written if name.startswith("search/b/")]) == 1
    assert {name for name in written if name.startswith("search/t/")} == set()
    titles = {name for name in written if name.startswith("search/h/")}
    assert titles
    assert len(titles) <= len({word[:3] for word in gone_and_new})
    assert len(files) > 2 * len(written)


def test_many_changed_pages_are_the_only_ones_that_are_asked_for(tmp_path):
    built(tmp_path, TEXTS)
    changed = {path: page(500 + number) for number, path in enumerate(TEXTS) if number % 2}
    files, _, asked = built(tmp_path, TEXTS | changed)
    assert {*asked} == {*changed}
    assert files == built(tmp_path / "anew", TEXTS | changed)[0]


def test_nothing_is_made_again_without_a_change(tmp_path):
    built(tmp_path, TEXTS)
    assert built(tmp_path, TEXTS)[1:] == (set(), [])


@pytest.mark.parametrize("name", ["documents.tsv", "terms-h.tsv", "terms-t.tsv", "parts.json", "state.json"])
@pytest.mark.parametrize("spoil", [lambda content: content[:-40], lambda content: b"[]", lambda content: content.replace(b"3", b"4", 1)])
def test_damaged_caches_are_made_again(tmp_path, name, spoil):
    built(tmp_path, TEXTS)
    file = tmp_path / "cache" / name
    file.write_bytes(spoil(file.read_bytes()))
    fewer = dict([*TEXTS.items()][:20])
    assert built(tmp_path, fewer)[0] == built(tmp_path / "anew", fewer)[0]


def test_other_settings_make_another_index(tmp_path):
    built(tmp_path, TEXTS)
    files = built(tmp_path, TEXTS, SearchSettings("off", (("deploy", "roll out"),)))[0]
    assert json.loads(files["search/index.json"])["synonyms"] == [["deploy", "roll out"]]
    assert files == built(tmp_path / "anew", TEXTS, SearchSettings("off", (("deploy", "roll out"),)))[0]


def test_what_does_not_fit_into_memory_gives_the_same_files(tmp_path, monkeypatch):
    whole = built(tmp_path / "1", TEXTS)[0]
    monkeypatch.setattr(term_file, "MOST_IN_MEMORY", 500)
    assert built(tmp_path / "2", TEXTS)[0] == whole
    assert not list((tmp_path / "2/cache").glob("terms-*[!v]"))


def shard_names(files, tier, term):
    """The names of shards that the browser knows of a word: those of the overview, or of the file with the longest beginning."""
    about = json.loads(files["search/index.json"])[tier]
    if not about["parts"]:
        return about["names"]
    part = max((each for each in about["parts"] if term.startswith(each)), key=len)
    return json.loads(files[f"search/{tier}/{segment(f'n-{part}')}.json"])


@pytest.mark.parametrize("most_names", [400, 6])
def test_every_term_is_in_the_shard_of_its_longest_beginning_and_no_shard_is_too_large(tmp_path, monkeypatch, most_names):
    monkeypatch.setattr(shards_module, "LARGEST", 3_000)
    for module in (shard_names_module, index_module):
        monkeypatch.setattr(module, "MOST_NAMES", most_names)
    files, found = built(tmp_path, TEXTS)[0], 0
    for tier in ("h", "t"):
        shards = [path for path in files if path.startswith(f"search/{tier}/w-")]
        assert len(shards) > 4
        assert bool(json.loads(files["search/index.json"])[tier]["parts"]) == (len(shards) > most_names)
        for path in shards:
            terms = json.loads(files[path])
            assert len(files[path]) <= 3_000 or len(terms) == 1
            for term in terms:
                found += 1
                names = shard_names(files, tier, term)
                assert names == sorted(names)
                beginnings = [term[:length] for length in range(len(term), 0, -1)]
                name = f"{term}_" if f"{term}_" in names else next(each for each in beginnings if each in names)
                assert path == shards_module.shard_path(tier, name)
    assert found > 2 * len(WORDS) / 2


def test_files_of_names_are_bounded_and_changed_alone(tmp_path, monkeypatch):
    for module in (shard_names_module, index_module):
        monkeypatch.setattr(module, "MOST_NAMES", 6)
    monkeypatch.setattr(shards_module, "LARGEST", 3_000)
    path = "docs/default/component/c3/p3/"
    built(tmp_path, TEXTS)
    files, written, _ = built(tmp_path, TEXTS | {path: SearchText("q", "zzz", "docs")})
    parts = [name for name in files if "/n-" in name]
    assert len(parts) > 3
    assert all(len(json.loads(files[name])) <= 7 for name in parts)
    assert len([name for name in written if "/n-" in name]) <= 2


def test_the_words_of_titles_are_known_without_their_first_letters(tmp_path):
    files = built(tmp_path, {"docs/default/component/c/": SearchText("Ingress egress", "telescope", "docs", sections=(
        SearchSection("a", "Congress of owls 2026", ""), SearchSection("b", "POST /ingresses", "", "operation")))})[0]  # fmt: skip
    assert json.loads(files["search/r/w-ng.json"]) == {"ngress": "i"}
    assert json.loads(files["search/r/w-gr.json"]) == {"gress": "e"}
    assert json.loads(files["search/r/w-on.json"]) == {"ongress": "c"}
    assert not any(path.startswith("search/r/w-el") for path in files)


def test_a_hit_of_a_long_page_loads_some_of_its_sections_and_has_the_title_around_it(tmp_path):
    path, text = "docs/default/component/long/", page(1, sections=40)
    files = built(tmp_path, {path: text})[0]
    groups = sorted((content for name, content in files.items() if name.startswith("search/b/")), key=len)
    shown = [next(iter(json.loads(content).values())) for content in groups]
    size = json.loads(files["search/index.json"])["group"]
    assert len(groups) == -(-41 // size)
    assert {(path, text.title)} == {(of, title) for of, title, _ in shown}
    assert max(len(sections) for *_, sections in shown) == size
    outer = {section[0]: section[4:] for *_, sections in shown for section in sections}
    assert outer["s8"] == []
    assert outer["s9"] == [text.sections[8].title]


def test_each_page_has_a_number_of_its_own_that_does_not_depend_on_other_entities():
    paths = [f"{folder}/default/component/c{i}/{rest}" for i in range(40) for folder, rest in (
        ("catalog", ""), ("catalog", "reference/"), ("catalog", "reference/a/"), ("catalog", FACTS), ("docs", ""),
        *(("docs", f"p{n}/") for n in range(60)),
    )]  # fmt: skip
    all_places = places_of([*paths, "guides/", "problems/x/"])
    assert len(set(all_places.values())) == len(all_places)
    assert {path: all_places[path] for path in paths[:65]} == places_of(paths[:65])
    assert [all_places[path].page for path in paths[:5]] == [0, 2, all_places[paths[2]].page, 3, 1]
    assert all(all_places[path].page % 2 == path.startswith("catalog/") for path in paths if all_places[path].page > 3)


def test_a_large_set_has_a_number_for_each_page():
    assert len(set(places_of(f"docs/default/component/x/{i}/" for i in range(2_000)).values())) == 2_000


def test_of_a_set_with_more_pages_than_numbers_the_rest_is_left_out():
    places = places_of(
        [*(f"docs/default/component/x/{i}/" for i in range(9_000)), "catalog/default/component/x/", "docs/default/component/y/"]
    )
    assert len(set(places.values())) == len(places) == MOST + 2
    assert {place.page % 2 for path, place in places.items() if path.startswith("docs/default/component/x/")} == {0}


def test_the_digest_is_fnv_1a():
    assert [fnv(""), fnv("a"), fnv("foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


def test_postings_are_merged_and_bounded_without_losing_their_order():
    rows = sorted({random.Random(i).randrange(50) << CODE_BITS | random.Random(i * 7).randrange(9_000) for i in range(400)})
    text = packed(rows)
    assert [*unpacked(text)] == rows
    assert merged([packed(rows[::2]), packed(rows[1::2])]) == text
    assert merged([text], set(rows[10:])) == packed(rows[:10])
    assert merged([text], set(rows)) == "[]"
    cut = json.loads(bounded(text, 100, prefer_small=False))
    assert cut[0] == -len(rows)
    kept = [*unpacked(json.dumps(cut[1:]))]
    assert len(kept) == 100
    assert kept == sorted(kept)
    assert min(each & 7 for each in kept) >= max(each & 7 for each in set(rows) - set(kept))


def test_hostile_texts_make_valid_files(tmp_path):
    evil = '"\\</script>\n\t\ud800\x00' + "🙂" * 300
    files = built(
        tmp_path,
        {
            f"docs/default/component/{evil[:3]}x/": SearchText(
                evil, evil, evil, evil, (("owner", evil),), (SearchSection(evil, evil, evil),)
            )
        },
    )[0]
    for content in files.values():
        json.loads(content)


def test_a_site_without_any_text_has_an_index(tmp_path):
    assert json.loads(built(tmp_path, {})[0]["search/index.json"])["h"] == {"names": [], "parts": []}


@pytest.mark.parametrize("term", ["order", "a1", "größe", 'say"so', "日本", "a-b"])
@pytest.mark.parametrize("count", [1, 3, shards_module.MOST, shards_module.MOST + 5])
def test_the_size_of_a_term_is_that_of_what_is_written(term, count):
    line = (term, packed(number * 8 + number % 8 for number in range(count)))
    [shard] = shards_module.shards("t", shards_module.ShardPlan("x", []), [line])
    assert shards_module.row_size("t", line) == len(shard.content) - 1
