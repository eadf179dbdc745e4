// search-index.js: the index of sections and texts below /search/, which the generator writes (generator/callboard/search/). A query loads one shard of
// each word, then the blocks of the hits that are shown.
import { BASE } from "./elements.js";
import { fold, parts as partsOf, slipped, words as wordsOf } from "./search-core.js";
import { segment } from "./names.js";
import { compounds, spelledOut } from "./search-terms.js";

const HOME = new URL("../search/", import.meta.url), PAGE = 2 ** 9, ENTITY = 2 ** 23, LARGEST = 7;
const OWN = 0, SET = 1, REFERENCE = 2, FACTS = 3;      // numbers of an entity's pages that are fixed (search/places.py)
const MOST_WORDS = 8, MOST_SHARDS = 4, MOST_FORMS = 60, MOST_CORRECTIONS = 4, SLIP = 0.5;
const loaded = new Map();

/** A file of the index, fetched once a page; after a failure it is asked for again. */
function file(path) {
  if (!loaded.has(path)) loaded.set(path, fetch(new URL(path, HOME), { cache: "no-cache" }).then((answer) => {
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }).catch((error) => { loaded.delete(path); throw error; }));
  return loaded.get(path);
}

let about = null;
/** What the index consists of. */
const overview = () => (about ??= file("index.json").then((raw) => ({
  ...raw, stems: raw.stemming !== "off",
  same: raw.synonyms.map((group) => group.map((text) => compounds(text, raw.stemming !== "off").flatMap((each) => each.parts))),
})).catch((error) => { about = null; throw error; }));
/** Loads the overview before the first query; errors show at the query. */
export const warm = () => { overview().catch(() => {}); };

function fnv(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

const slots = new WeakMap();
/** Numbers of the entities in the index, and back to rows of the names. */
function slotsOf(names) {
  if (!slots.has(names)) {
    const of = Float64Array.from(names.entries, (e) => fnv(names.pathOf(e).slice("catalog/".length, -1)) >>> 2);
    slots.set(names, { of, rows: new Map(Array.from(of, (slot, row) => [slot, row])) });
  }
  return slots.get(names);
}

// Words of a query.

const VERBS = ["get", "put", "post", "delete", "patch", "head", "options", "trace", "connect", "query"];

/** The term of a whole path, as search/terms.py makes it: the verb in front goes to the end. */
const pathTerm = ([first = "", ...rest]) => `/${(VERBS.includes(first) ? [...rest, first] : [first, ...rest]).join("")}`.slice(0, 40);

/** `[{word, term, joined, isLast, alternatives}]`; stop words only if there are no others. */
function asked(text, { stems, same }) {
  const all = compounds(text.slice(0, 200), stems), kept = all.filter((each) => !each.isStopWord);
  const words = (kept.length ? kept : all).flatMap(({ words: written, parts, joined }) => parts.map((term, at) => ({ word: written[at], term, joined, alternatives: [] }))).slice(0, MOST_WORDS);
  const written = words.map(({ word }) => word);
  if (words.length > 1 && words.length < 5) for (const word of words) word.joined = [...new Set([...word.joined, written.join(""), written.map(spelledOut).join("")])];
  if (text.includes("/")) { const path = pathTerm(all.flatMap((each) => each.words)); for (const word of words) word.joined.push(path); }
  if (words.length) words.at(-1).isLast = !/[\s)}\]"']$/u.test(text);
  for (const group of same) for (const from of group) synonyms(words, from, group);
  return words;
}

/** Where the words of `from` stand in a row, the first of them may also be one of the group's other words, and the rest need not be there. */
function synonyms(words, from, group) {
  for (let at = 0; at + from.length <= words.length; at += 1) {
    if (!from.length || !from.every((term, i) => words[at + i].term === term)) continue;
    for (const other of group) if (other !== from && other.length) for (let i = 0; i < from.length; i += 1) words[at + i].alternatives.push(other[Math.min(i, other.length - 1)]);
  }
}

// Shards.

const sets = new WeakMap();
/** Names of shards, in their order and as a set. */
const listed = (names) => { if (!sets.has(names)) sets.set(names, { sorted: names, all: new Set(names) }); return sets.get(names); };

/** The names of a tier's shards with the first letters of a word: those of the overview, or of the file with the longest beginning. */
async function namesAround({ names, parts }, tier, word) {
  if (!parts.length) return { ...listed(names), isPart: false };
  let length = word.length;
  while (length > 0 && !parts.includes(word.slice(0, length))) length -= 1;
  return { ...listed(await file(`${tier}/${segment(`n-${word.slice(0, length)}`)}.json`)), isPart: parts.some((part) => part.length > word.length && part.startsWith(word)) };
}

/** The name of a term's shard; null for none. */
async function shardOf(about, tier, term) {
  const { all } = await namesAround(about, tier, term);
  if (all.has(`${term}_`)) return `${term}_`;
  for (let length = term.length; length > 0; length -= 1) if (all.has(term.slice(0, length))) return term.slice(0, length);
  return null;
}

const namesOf = ({ term, joined, alternatives }) => [term, ...joined, ...alternatives];

/** The shards with words that begin like this one or are spelled nearly so; those of longer words only if they are few. */
async function shardsAround(about, tier, { word }) {
  const { sorted, isPart } = await namesAround(about, tier, word);
  let from = 0, to = sorted.length;
  while (from < to) { const middle = (from + to) >> 1; if (sorted[middle] < word) from = middle + 1; else to = middle; }
  const below = isPart ? [] : sorted.slice(from, from + MOST_SHARDS + 1).filter((name) => name.startsWith(word));
  return [shardOf(about, tier, word), ...(below.length <= MOST_SHARDS ? below : [])];
}

/** The rows of shards that may still be looked for. */
async function rowsIn(tier, shards) {
  const names = new Set((await Promise.all(shards)).filter((name) => name !== null));
  return (await Promise.all([...names].map((name) => file(`${tier}/${segment(`w-${name}`)}.json`)))).flatMap(Object.entries);
}

/** The loaded rows of a word. Longer words count for the last word, which may not be complete, and for one that is in no text: `forms`. */
async function rowsOf(tier, about, word) {
  const own = namesOf(word).map((name) => shardOf(about, tier, name));
  if (word.isLast) return new Map(await rowsIn(tier, [...own, ...await shardsAround(about, tier, word)]));
  const rows = new Map(await rowsIn(tier, own));
  return namesOf(word).some((name) => rows.has(name)) ? rows : new Map([...rows, ...await rowsIn(tier, await shardsAround(about, tier, word))]);
}

/** Terms of the loaded rows that stand for a word, with how well: as typed, as a beginning, with a slip. */
function forms({ word, term, joined, alternatives, corrections = [], isLast }, rows) {
  const found = new Map(), add = (name, quality) => { if (rows.has(name) && !(found.get(name) >= quality)) found.set(name, quality); };
  add(term, 1);
  for (const name of joined) add(name, 1.2);
  for (const name of alternatives) add(name, corrections.includes(name) ? SLIP : 0.8);
  const exact = found.size > 0;
  if (word.length > 1 && (isLast || !exact)) {
    let left = MOST_FORMS;
    for (const name of rows.keys()) if (name !== term && name.startsWith(word)) { add(name, exact ? 0.6 : 0.75); if ((left -= 1) <= 0) break; }
  }
  if (!found.size) for (const name of rows.keys()) if (name.length > 3 && word.length - name.length <= 4 && word.startsWith(name)) add(name, 0.6);
  if (!found.size && /[aou]e/u.test(word)) for (const name of rows.keys()) if (name.startsWith(word.replace(/([aou])e/gu, "$1"))) add(name, 0.7);
  if (!found.size && term.length > 3) for (const name of rows.keys()) if (Math.abs(name.length - term.length) < 2 && slipped(term, name)) add(name, SLIP);
  return found;
}

/** Words of titles that a word may be whose first letter is wrong, missing, too much or swapped with the next one. */
async function corrected({ word, term, isLast }, index) {
  const found = new Set([term.slice(1), `${term[1]}${term[0]}${term.slice(2)}`]), rests = [term.slice(1), term];
  const rows = await Promise.all(rests.map(async (rest) => new Map(await rowsIn("r", [shardOf(index.r, "r", rest)]))));
  for (const [i, rest] of rests.entries()) {
    let left = MOST_CORRECTIONS;
    for (const [known, letters] of rows[i]) {
      if (known !== rest && !(isLast && word.length > 5 && known.startsWith(word.slice(1 - i)))) continue;
      for (const letter of letters) if ((left -= 1) >= 0) found.add(letter + known);
    }
  }
  return [...found];
}

const NONE = { keys: new Float64Array(0), marks: new Uint16Array(0) };
const qualityOf = (mark) => (mark >> 3) / 100, weightOf = (mark) => mark & LARGEST;

/** A posting list as sorted numbers of sections, `keys`, and for each its quality and weight, `marks`. */
function occurrencesOf(list, quality) {
  const start = list[0] < 0 ? 1 : 0, of = Math.round(quality * 100) << 3;
  let size = 0, entity = 0, n = 0;
  for (let at = start + 1; at < list.length; at += 2) size += list[at].length;
  const keys = new Float64Array(size), marks = new Uint16Array(size);
  for (let at = start; at < list.length; at += 2) {
    entity += list[at];
    let code = 0;
    for (const gap of list[at + 1]) { code += gap; keys[n] = entity * ENTITY + (code >> 3); marks[n] = of | (code & LARGEST); n += 1; }
  }
  return { keys, marks };
}

/** Both lists as one; where both have a section, the better quality counts. */
function union(a, b) {
  const keys = new Float64Array(a.keys.length + b.keys.length), marks = new Uint16Array(keys.length);
  let i = 0, j = 0, n = 0;
  for (; i < a.keys.length || j < b.keys.length; n += 1) {
    const left = i < a.keys.length ? a.keys[i] : Infinity, right = j < b.keys.length ? b.keys[j] : Infinity;
    keys[n] = Math.min(left, right);
    marks[n] = left < right || (left === right && a.marks[i] >> 3 >= b.marks[j] >> 3) ? a.marks[i] : b.marks[j];
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return { keys: keys.subarray(0, n), marks: marks.subarray(0, n) };
}

const united = (lists) => (lists.length < 2 ? lists[0] ?? NONE : union(united(lists.slice(0, lists.length >> 1)), united(lists.slice(lists.length >> 1))));

/** For each word its sections with their marks, and `{isCut, isSlip, idf}`: whether there are more, and whether none has the word as it was typed. */
async function occurrences(words, tier, index) {
  const loadedRows = await Promise.all(words.map((word) => rowsOf(tier, index[tier], word)));
  return words.map((word, i) => {
    const found = [...forms(word, loadedRows[i])].map(([name, quality]) => [loadedRows[i].get(name), quality]);
    const own = united(found.map(([list, quality]) => occurrencesOf(list, quality))), cut = found.filter(([list]) => list[0] < 0);
    const count = Math.max(own.keys.length, cut.reduce((sum, [list]) => sum - list[0], 0));
    return { ...own, isCut: cut.length > 0, isSlip: found.every(([, quality]) => quality <= SLIP), idf: Math.log(1 + index.sections / (count + 1)) };
  });
}

const pageOf = (key) => Math.floor(key / PAGE) * PAGE, entityOf = (key) => Math.floor(key / ENTITY), numberOf = (key) => Math.floor(key / PAGE) % 2 ** 14;

/** Calls `visit(page, from, to)` for each page in any of the lists: what they have of it is at `from[i]` up to, but without, `to[i]`. */
function eachPage(lists, visit) {
  const from = new Uint32Array(lists.length), to = new Uint32Array(lists.length);
  for (;;) {
    let page = Infinity;
    for (let i = 0; i < lists.length; i += 1) { from[i] = to[i]; if (from[i] < lists[i].keys.length && lists[i].keys[from[i]] < page) page = lists[i].keys[from[i]]; }
    if (page === Infinity) return;
    page = pageOf(page);
    for (let i = 0; i < lists.length; i += 1) { const { keys } = lists[i]; while (to[i] < keys.length && keys[to[i]] < page + PAGE) to[i] += 1; }
    visit(page, from, to);
  }
}

/** Calls `visit(key, at)` for each section in these parts of the lists; `at[i]` is its place in a list, -1 where the list does not have it. */
function eachSection(lists, from, to, visit) {
  const next = Uint32Array.from(from), at = new Int32Array(lists.length);
  for (;;) {
    let key = Infinity;
    for (let i = 0; i < lists.length; i += 1) if (next[i] < to[i] && lists[i].keys[next[i]] < key) key = lists[i].keys[next[i]];
    if (key === Infinity) return;
    for (let i = 0; i < lists.length; i += 1) at[i] = next[i] < to[i] && lists[i].keys[next[i]] === key ? next[i]++ : -1;
    visit(key, at);
  }
}

/** For each word the numbers of the entities that are called so. */
function called(words, { names, index }) {
  const { of } = slotsOf(names), found = words.map(() => new Set());
  const marks = words.map(({ word, isLast }) => index.vocabulary.map((each) => each.word === word || (isLast && word.length > 2 && each.word.startsWith(word))));
  for (let i = 0; i < names.entries.length; i += 1) for (let at = index.starts[i]; at < index.starts[i + 1]; at += 1) for (let w = 0; w < words.length; w += 1) if (marks[w][index.flat[at]]) found[w].add(of[i]);
  return found;
}

/** Sections whose title has the words; some of the words may be in the title of the page or in the entity's name. */
function byTitle(titles, entities, rows) {
  const hits = [], above = new Int32Array(titles.length);      // what each word counts in the page's title: its mark, or -1
  eachPage(titles, (page, from, to) => {
    const entity = entityOf(page), number = numberOf(page), isNamed = rows.has(entity) && (number === OWN || (number > FACTS && isReference({ key: page })));      // names are found elsewhere
    for (let w = 0; w < titles.length; w += 1) {
      if (from[w] === to[w] && !entities[w].has(entity)) return;
      above[w] = from[w] < to[w] && titles[w].keys[from[w]] === page ? titles[w].marks[from[w]] : -1;
    }
    eachSection(titles, from, to, (key, at) => {
      const isPage = key === page;
      if (isPage && isNamed) return;
      let score = 0, in_ = 0, length = 0;
      for (let w = 0; w < titles.length; w += 1) {
        const { marks, idf } = titles[w];
        if (at[w] >= 0) { score += 5 * idf * qualityOf(marks[at[w]]); in_ += 1; length = Math.max(length, weightOf(marks[at[w]])); }
        else if (!isPage && above[w] >= 0) score += 2 * idf * qualityOf(above[w]);
        else if (entities[w].has(entity)) score += 1.5 * idf;
        else return;
      }
      if (score) hits.push({ key, entity, score: score * (0.55 + 0.45 * Math.min(1, in_ / Math.max(length, 1))) * (isPage ? 1.05 : 1), isWhole: in_ === titles.length });
    });
  });
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

const SPREAD = 0.1, ABOVE = 0.5, CHOICE = 0.85;      // what a word counts that is on the page, but not in the section; or in the page's title: for the page, and for the choice of its section

/** Pages with the words in their texts: the section that has most of them. With `share` below 1 some of the words may be missing. */
function byText(titles, texts, entities, share = 1) {
  const hits = [], count = texts.length, lists = [...texts, ...titles], total = texts.reduce((sum, { idf }) => sum + idf, 0), best = new Float64Array(count);
  const value = (i, at) => (i < count ? texts[i].idf * qualityOf(texts[i].marks[at]) * (0.65 + 0.35 * weightOf(texts[i].marks[at]) / LARGEST) : 1.2 * texts[i - count].idf * qualityOf(titles[i - count].marks[at]));
  eachPage(lists, (page, from, to) => {
    const entity = entityOf(page);
    let has = 0, isText = false;
    for (let w = 0; w < count; w += 1) {
      best[w] = 0;
      if (from[w] < to[w]) isText = true;
      for (const i of [w, w + count]) for (let at = from[i]; at < to[i]; at += 1) best[w] = Math.max(best[w], value(i, at));
      if (!best[w]) best[w] = entities[w].has(entity) ? 0.6 * texts[w].idf : texts[w].isCut ? 0.2 * texts[w].idf : 0;
      if (best[w]) has += texts[w].idf;
    }
    if (!isText || has < total * share - 1e-9) return;
    let chosen = page, score = 0, most = -1;
    eachSection(lists, from, to, (key, at) => {
      let sum = 0, choice = 0;
      for (let w = 0; w < count; w += 1) {
        const here = Math.max(at[w] < 0 ? 0 : value(w, at[w]), at[w + count] < 0 ? 0 : value(w + count, at[w + count]));
        const isAbove = !here && from[w + count] < to[w + count] && titles[w].keys[from[w + count]] === page;
        sum += here || (isAbove ? ABOVE : SPREAD) * best[w];
        choice += here || (isAbove ? CHOICE : SPREAD) * best[w];
      }
      if (choice > most) { score = sum; most = choice; chosen = key; }
    });
    hits.push({ key: chosen, entity, score: score - (total - has) * 2, isWhole: has >= total - 1e-9 });
  });
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

/**
 * Hits of a query, in groups of `{key, row, score}`, best first: `titles` (of sets and references), `sections`, `about` (texts of entities), `texts`.
 * Texts are looked through only if `wantsTexts` is true, or is so for the number of hits by title. `isSlip`: no title has all words as they were typed.
 */
export async function search(text, ready, wantsTexts) {
  const index = await overview(), words = asked(text, index), { rows } = slotsOf(ready.names);
  const found = { titles: [], sections: [], about: [], texts: [], words, hasTexts: false, isSlip: false };
  if (!words.length || (words.length === 1 && words[0].word.length < 2 && words[0].word < "\u2e80")) return found;
  const entities = called(words, ready), both = () => Promise.all(["h", "t"].map((tier) => occurrences(words, tier, index)));
  let [titles, texts] = wantsTexts === true ? await both() : [await occurrences(words, "h", index), null], named = byTitle(titles, entities, rows);
  if (!texts && wantsTexts(named.length)) texts = await occurrences(words, "t", index);
  const unknown = texts ? words.filter(({ term }, w) => term.length > 3 && !entities[w].size && !titles[w].keys.length && !texts[w].keys.length) : [];
  if (unknown.length) {
    await Promise.all(unknown.map(async (word) => { word.corrections = await corrected(word, index); word.alternatives = [...word.alternatives, ...word.corrections]; }));
    [titles, texts] = await both();
    named = byTitle(titles, entities, rows);
  }
  found.isSlip = titles.some(({ isSlip }, w) => isSlip && !entities[w].size);
  for (const hit of named) (hit.isWhole && hit.key === pageOf(hit.key) && [SET, REFERENCE].includes(numberOf(hit.key)) ? found.titles : found.sections).push(hit);
  if (texts) {
    const shown = new Set(named.map((hit) => hit.key));
    let hits = byText(titles, texts, entities);
    if (hits.length < 3 && words.length > 1) { const whole = new Set(hits.map((hit) => hit.key)); hits = [...hits, ...byText(titles, texts, entities, 0.55).filter((hit) => !whole.has(hit.key))]; }
    for (const hit of hits) if (!shown.has(hit.key)) (hit.isWhole && rows.has(hit.entity) && numberOf(hit.key) === OWN ? found.about : found.texts).push(hit);
    found.hasTexts = true;
  }
  for (const group of [found.titles, found.sections, found.about, found.texts]) for (const hit of group) hit.row = rows.get(hit.entity) ?? -1;
  return found;
}

/** At most three hits of one entity in a row, as long as there are others. */
export function varied(hits, most = 3) {
  const left = [...hits], made = [];
  while (left.length) {
    const last = made.slice(-most), full = last.length === most && last.every((hit) => hit.entity === last[0].entity) ? last[0].entity : null;
    const at = full === null ? 0 : left.findIndex((hit) => hit.entity !== full);
    if (at < 0) return [...made, ...left];
    made.push(...left.splice(at, 1));
  }
  return made;
}

const KINDS = ["", "operation", "type", "fact"];

/** What is shown of each hit: `{path, title, crumbs, excerpt, kind}` beside its own values; null for one that a newer build removed. */
export async function details(hits) {
  const { bits, group: size } = await overview(), blockOf = (id) => (bits ? fnv(id) >>> (32 - bits) : 0);
  return Promise.all(hits.map(async (hit) => {
    const id = `${hit.entity}.${numberOf(hit.key)}`, number = hit.key % PAGE, group = Math.floor(number / size), page = (await file(`b/${blockOf(id)}${group ? `-${group}` : ""}.json`))[id];
    const section = page?.[2][number % size];
    if (!section) return null;
    const [path, title] = page, outer = section[4] ?? "";
    const place = path.replace(/#facts$/u, "");
    return { ...hit, path: place + (section[0] ? `#${encodeURIComponent(section[0])}` : ""), title: section[1], crumbs: number ? [title, outer].filter(Boolean) : [], excerpt: section[2], kind: KINDS[section[3] ?? 0] };
  }));
}

const NEWS = /(?:^|\/)(?:change-?log|change-?history|release-?notes|releases?|upgrading|upgrade|migrations?)(?:[/._-]|$)/iu;

// How scores of the best hits change once it is known what is shown of them: `factor(shown)`, and `most(hit)` while it is not known.

/** In texts, pages that list what changed mention everything once, and come after pages about it. */
export const CALM = { factor: ({ score, path }) => (score > 0 && NEWS.test(path.split("#")[0]) ? 0.75 : 1), most: () => 1 };

/** By title, one that is called exactly so, or begins so, comes before others. */
export function byWords(text) {
  const plain = (words) => words.join(" "), wanted = plain(wordsOf(text)), small = plain(partsOf(fold(text)));
  const factor = (hit) => {
    const title = plain(wordsOf(hit.title));
    return title === wanted ? 1.6 : title.startsWith(`${wanted} `) ? 1.25 : ` ${title} `.includes(` ${wanted} `) || (small && plain(partsOf(hit.title)) === small) ? 1.15 : 1;
  };
  return { factor, most: ({ isWhole }) => (isWhole ? 1.6 : 1) };
}

/** Is a hit in the documentation, or in the reference of an entity? Even numbers are pages of documents, odd ones of references (search/places.py). */
export const isDocument = ({ key }) => numberOf(key) === SET || (numberOf(key) > FACTS && numberOf(key) % 2 === 0);
export const isReference = ({ key }) => numberOf(key) === REFERENCE || (numberOf(key) > FACTS && numberOf(key) % 2 === 1);
