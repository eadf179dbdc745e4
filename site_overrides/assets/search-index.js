// search-index.js: the index of sections and texts below /search/, which the generator writes (generator/callboard/search/). A query loads one shard of
// each word, then the blocks of the hits that are shown.
import { BASE } from "./elements.js";
import { fold, parts as partsOf, slipped, words as wordsOf } from "./search-core.js";
import { segment } from "./names.js";
import { compounds, spelledOut } from "./search-terms.js";

const HOME = new URL("../search/", import.meta.url), PAGE = 2 ** 9, ENTITY = 2 ** 23, LARGEST = 7;
const OWN = 0, SET = 1, REFERENCE = 2, FACTS = 3;      // numbers of an entity's pages that are fixed (search/places.py)
const MOST_WORDS = 8, MOST_SHARDS = 4, MOST_FORMS = 60;
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
  ...raw, stems: raw.stemming !== "off", names: { h: new Set(raw.h), t: new Set(raw.t) },
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

/** `[{word, term, joined, isLast, alternatives}]`; stop words only if there are no others. */
function asked(text, { stems, same }) {
  const all = compounds(text.slice(0, 200), stems), kept = all.filter((each) => !each.isStopWord);
  const words = (kept.length ? kept : all).flatMap(({ words: written, parts, joined }) => parts.map((term, at) => ({ word: written[at], term, joined, alternatives: [] }))).slice(0, MOST_WORDS);
  const written = words.map(({ word }) => word);
  if (words.length > 1 && words.length < 5) for (const word of words) word.joined = [...new Set([...word.joined, written.join(""), written.map(spelledOut).join("")])];
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

function shardOf(names, term) {
  if (names.has(`${term}_`)) return `${term}_`;
  for (let length = term.length; length > 0; length -= 1) if (names.has(term.slice(0, length))) return term.slice(0, length);
  return null;
}

const namesOf = ({ term, joined, alternatives }) => [term, ...joined, ...alternatives];

/** The shards with words that begin like this one or are spelled nearly so; those of longer words only if they are few. */
function shardsAround(names, { word }) {
  const below = [...names].filter((name) => name.startsWith(word));
  return [shardOf(names, word), ...(below.length <= MOST_SHARDS ? below : [])];
}

/** The loaded rows of a word. Longer words count for the last word, which may not be complete, and for one that is in no text: `forms`. */
async function rowsOf(tier, names, word) {
  const load = async (shards) => (await Promise.all([...new Set(shards)].filter((name) => name !== null)
    .map((name) => file(`${tier}/${segment(`w-${name}`)}.json`)))).flatMap(Object.entries);
  const own = namesOf(word).map((name) => shardOf(names, name));
  if (word.isLast) return new Map(await load([...own, ...shardsAround(names, word)]));
  const rows = new Map(await load(own));
  return namesOf(word).some((name) => rows.has(name)) ? rows : new Map([...rows, ...await load(shardsAround(names, word))]);
}

/** Terms of the loaded rows that stand for a word, with how well: as typed, as a beginning, with a slip. */
function forms({ word, term, joined, alternatives, isLast }, rows) {
  const found = new Map(), add = (name, quality) => { if (rows.has(name) && !(found.get(name) >= quality)) found.set(name, quality); };
  add(term, 1);
  for (const name of joined) add(name, 1.2);
  for (const name of alternatives) add(name, 0.8);
  const exact = found.size > 0;
  if (word.length > 1 && (isLast || !exact)) {
    let left = MOST_FORMS;
    for (const name of rows.keys()) if (name !== term && name.startsWith(word)) { add(name, exact ? 0.6 : 0.75); if ((left -= 1) <= 0) break; }
  }
  if (!found.size) for (const name of rows.keys()) if (name.length > 3 && word.length - name.length <= 4 && word.startsWith(name)) add(name, 0.6);
  if (!found.size && /[aou]e/u.test(word)) for (const name of rows.keys()) if (name.startsWith(word.replace(/([aou])e/gu, "$1"))) add(name, 0.7);
  if (!found.size && term.length > 3) for (const name of rows.keys()) if (Math.abs(name.length - term.length) < 2 && slipped(term, name)) add(name, 0.5);
  return found;
}

/** Numbers of sections and their weights, of a posting list. */
function each(list, visit) {
  let entity = 0;
  for (let at = list[0] < 0 ? 1 : 0; at < list.length; at += 2) {
    entity += list[at];
    let code = 0;
    for (const gap of list[at + 1]) { code += gap; visit(entity * ENTITY + (code >> 3), code & LARGEST); }
  }
}

/** For each word: `{own, count, isCut}`; `own` maps sections to `[quality, weight]`. */
async function occurrences(words, tier, index) {
  const loadedRows = await Promise.all(words.map((word) => rowsOf(tier, index.names[tier], word)));
  return words.map((word, i) => {
    const rows = loadedRows[i], own = new Map();
    let isCut = false, count = 0;
    for (const [name, quality] of forms(word, rows)) {
      const list = rows.get(name);
      if (list[0] < 0) { isCut = true; count -= list[0]; }
      each(list, (key, weight) => { const before = own.get(key); if (!before || before[0] < quality) own.set(key, [quality, weight]); });
    }
    return { own, isCut, idf: Math.log(1 + index.sections / (Math.max(own.size, count) + 1)) };
  });
}

const pageOf = (key) => key - (key % PAGE), entityOf = (key) => Math.floor(key / ENTITY), numberOf = (key) => Math.floor(key / PAGE) % 2 ** 14;

/** For each word the numbers of the entities that are called so. */
function called(words, { names, index }) {
  const { of } = slotsOf(names), found = words.map(() => new Set());
  const marks = words.map(({ word, isLast }) => index.vocabulary.map((each) => each.word === word || (isLast && word.length > 2 && each.word.startsWith(word))));
  for (let i = 0; i < names.entries.length; i += 1) for (let at = index.starts[i]; at < index.starts[i + 1]; at += 1) for (let w = 0; w < words.length; w += 1) if (marks[w][index.flat[at]]) found[w].add(of[i]);
  return found;
}

/** Sections whose title has the words; some of the words may be in the title of the page or in the entity's name. */
function byTitle(titles, entities, rows) {
  const hits = [], seen = new Set();
  for (const { own } of titles) for (const key of own.keys()) {
    if (seen.has(key)) continue;
    seen.add(key);
    const page = pageOf(key), isPage = key === page, entity = entityOf(key);
    if (isPage && rows.has(entity) && (numberOf(key) === OWN || (numberOf(key) > FACTS && isReference({ key })))) continue;      // names are found elsewhere
    let score = 0, in_ = 0, length = 0;
    for (const [w, { own: mine, idf }] of titles.entries()) {
      const here = mine.get(key), above = isPage ? null : mine.get(page);
      if (here) { score += 5 * idf * here[0]; in_ += 1; length = Math.max(length, here[1]); }
      else if (above) score += 2 * idf * above[0];
      else if (entities[w].has(entity)) score += 1.5 * idf;
      else { score = 0; break; }
    }
    if (score) hits.push({ key, entity, score: score * (0.55 + 0.45 * Math.min(1, in_ / Math.max(length, 1))) * (isPage ? 1.05 : 1), isWhole: in_ === titles.length });
  }
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

const SPREAD = 0.35, ABOVE = 0.8;      // what a word counts that is on the page, but not in the section; or in the page's title

/** Pages with the words in their texts: the section that has most of them. With `share` below 1 some of the words may be missing. */
function byText(titles, texts, entities, share = 1) {
  const pages = new Map(), total = texts.reduce((sum, { idf }) => sum + idf, 0);
  const note = (key, w, value) => {
    const page = pageOf(key);
    let sections = pages.get(page);
    if (!sections) pages.set(page, sections = new Map());
    let row = sections.get(key);
    if (!row) sections.set(key, row = new Float64Array(texts.length));
    if (row[w] < value) row[w] = value;
  };
  for (const [w, { own, idf }] of texts.entries()) for (const [key, [quality, weight]] of own) note(key, w, idf * quality * (0.45 + 0.55 * weight / LARGEST));
  for (const [w, { own }] of titles.entries()) for (const [key, [quality]] of own) if (pages.has(pageOf(key))) note(key, w, 1.2 * texts[w].idf * quality);
  const hits = [];
  for (const [page, sections] of pages) {
    const entity = entityOf(page), best = new Float64Array(texts.length);
    for (const row of sections.values()) for (let w = 0; w < row.length; w += 1) if (row[w] > best[w]) best[w] = row[w];
    let has = 0;
    for (const [w, { idf, isCut }] of texts.entries()) {
      if (!best[w]) best[w] = entities[w].has(entity) ? 0.6 * idf : isCut ? 0.2 * idf : 0;
      if (best[w]) has += idf;
    }
    if (has < total * share - 1e-9) continue;
    let chosen = page, score = -1;
    for (const [key, row] of sections) {
      let sum = 0;
      for (let w = 0; w < row.length; w += 1) sum += row[w] || (titles[w].own.has(page) ? ABOVE : SPREAD) * best[w];
      if (sum > score || (sum === score && key < chosen)) { score = sum; chosen = key; }
    }
    hits.push({ key: chosen, entity, score: score - (total - has) * 2, isWhole: has >= total - 1e-9 });
  }
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

/**
 * Hits of a query, in groups of `{key, row, score}`, best first: `titles` (of sets and references), `sections`, `about` (texts of entities), `texts`.
 * Texts are looked through only if `wantsTexts(number of hits by title)`.
 */
export async function search(text, ready, wantsTexts) {
  const index = await overview(), words = asked(text, index), { rows } = slotsOf(ready.names);
  const found = { titles: [], sections: [], about: [], texts: [], words, hasTexts: false };
  if (!words.length || (words.length === 1 && words[0].word.length < 2 && words[0].word < "\u2e80")) return found;
  const entities = called(words, ready), titles = await occurrences(words, "h", index), named = byTitle(titles, entities, rows);
  for (const hit of named) (hit.isWhole && hit.key === pageOf(hit.key) && [SET, REFERENCE].includes(numberOf(hit.key)) ? found.titles : found.sections).push(hit);
  if (wantsTexts(named.length)) {
    const shown = new Set(named.map((hit) => hit.key)), texts = await occurrences(words, "t", index);
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

/** What is shown of hits: `{path, title, crumbs, excerpt, kind}` beside their own values; hits that a newer build removed are left out. */
export async function details(hits) {
  const { bits, group: size } = await overview(), blockOf = (id) => (bits ? fnv(id) >>> (32 - bits) : 0);
  const shown = await Promise.all(hits.map(async (hit) => {
    const id = `${hit.entity}.${numberOf(hit.key)}`, number = hit.key % PAGE, group = Math.floor(number / size), page = (await file(`b/${blockOf(id)}${group ? `-${group}` : ""}.json`))[id];
    const section = page?.[2][number % size];
    if (!section) return null;
    const [path, title] = page, outer = section[4] ?? "";
    const place = path.replace(/#facts$/u, "");
    return { ...hit, path: place + (section[0] ? `#${encodeURIComponent(section[0])}` : ""), title: section[1], crumbs: number ? [title, outer].filter(Boolean) : [], excerpt: section[2], kind: KINDS[section[3] ?? 0] };
  }));
  return shown.filter(Boolean);
}

const NEWS = /(?:^|\/)(?:change-?log|change-?history|release-?notes|releases?|upgrading|upgrade|migrations?)(?:[/._-]|$)/iu;

/** The best hits in texts: pages that list what changed mention everything once, and come after pages about it. */
export function calmed(hits) {
  for (const hit of hits) if (hit.score > 0 && NEWS.test(hit.path.split("#")[0])) hit.score *= 0.75;
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

/** The best hits by title in their final order: one that is called exactly so, or begins so, comes before others. */
export function refined(hits, text) {
  const plain = (words) => words.join(" "), wanted = plain(wordsOf(text)), small = plain(partsOf(fold(text)));
  for (const hit of hits) {
    const title = plain(wordsOf(hit.title));
    hit.score *= title === wanted ? 1.6 : title.startsWith(`${wanted} `) ? 1.25 : ` ${title} `.includes(` ${wanted} `) || (small && plain(partsOf(hit.title)) === small) ? 1.15 : 1;
  }
  return hits.sort((a, b) => b.score - a.score || a.key - b.key);
}

/** Is a hit in the documentation, or in the reference of an entity? Even numbers are pages of documents, odd ones of references (search/places.py). */
export const isDocument = ({ key }) => numberOf(key) === SET || (numberOf(key) > FACTS && numberOf(key) % 2 === 0);
export const isReference = ({ key }) => numberOf(key) === REFERENCE || (numberOf(key) > FACTS && numberOf(key) % 2 === 1);
