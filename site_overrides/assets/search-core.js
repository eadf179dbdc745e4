// search-core.js: matching of names, without a page: spelling, ranking, highlighting. Used by the dialog, the search page and the table.

// Words and their common short forms: the same table as the generator's `pages/search_text.py`.
export const FORMS = [
  ["service", "svc"], ["services", "svcs"], ["database", "db"], ["management", "mgmt"], ["manager", "mgr"], ["application", "app"],
  ["configuration", "config"], ["configuration", "cfg"], ["authentication", "auth"], ["authorization", "authz"], ["repository", "repo"],
  ["environment", "env"], ["kubernetes", "k8s"], ["infrastructure", "infra"], ["message", "msg"], ["notification", "notif"], ["transaction", "txn"],
  ["gateway", "gw"], ["library", "lib"], ["frontend", "fe"], ["backend", "be"], ["administration", "admin"], ["development", "dev"],
  ["production", "prod"], ["documentation", "docs"], ["server", "srv"], ["package", "pkg"], ["number", "num"], ["customer", "cust"],
  ["account", "acct"], ["payment", "pmt"], ["information", "info"], ["image", "img"], ["user-interface", "ui"],
];
export const SHORT = Object.fromEntries(FORMS.map(([long, short]) => [short, long.replaceAll("-", "")]));
const LONG = Object.fromEntries(FORMS.map(([long, short]) => [long.replaceAll("-", ""), short]).reverse());

/** Rungs of the ladder, best first; the score of a hit is its rung with small corrections below the distance of two rungs. */
export const RUNG = { exact: 100, prefix: 80, words: 60, infix: 40, slip: 20 };

/** Lower case without accents: "Über" and "uber" are one word. */
export const fold = (text) => (ASCII.test(text) ? text.toLowerCase() : text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, ""));
const ASCII = /^[\x00-\x7f]*$/u;      // nearly all names: an order of magnitude quicker without Unicode classes

/** The words of a text as people see them: cut at everything that is no letter and no digit. */
export const words = (text) => (ASCII.test(text) ? text.toLowerCase().match(/[a-z0-9]+/g) ?? [] : fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean));

const cut = (text) => text
  .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
  .replace(/(\p{L})(\p{N})/gu, "$1 $2").replace(/(\p{N})(\p{L})/gu, "$1 $2");

/** The smallest parts of a name: cut at case and digits too. `orderSvc2` is order, svc, 2. */
export const parts = (name) =>
  (ASCII.test(name) ? (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) ?? []).map((part) => part.toLowerCase()) : words(cut(name)));

const long = (part) => (Object.hasOwn(SHORT, part) ? SHORT[part] : part);
const short = (part) => (Object.hasOwn(LONG, part) ? LONG[part] : part);

/** Is `typed` the beginning of `word` with one slip (a wrong, missing, extra or swapped letter)? Damerau distance 1. */
export function slipped(typed, word) {
  let i = 0;
  while (i < typed.length && typed[i] === word[i]) i += 1;
  if (i === typed.length) return true;
  if (i === word.length) return typed.length === word.length + 1;
  if (word[i + 1] !== typed[i + 1] && word[i] !== typed[i + 1] && word[i + 1] !== typed[i]) return false;      // no need to cut strings
  if (i === typed.length - 1 && word.length > typed.length + 1) return false;      // the last letter of a beginning says too little
  return word.startsWith(typed.slice(i + 1), i + 1) || word.startsWith(typed.slice(i + 1), i) || word.startsWith(typed.slice(i), i + 1)
    || (typed[i] === word[i + 1] && typed[i + 1] === word[i] && word.startsWith(typed.slice(i + 2), i + 2));
}

/** Parses a query: `kind:` and `namespace/` in front filter, the rest is read both as written and cut at case and digits. */
export function readQuery(text, kinds = []) {
  const found = /^\s*([\w-]+):(?:([\w.-]+)\/)?(.*)$/su.exec(text);
  const kind = found && kinds.includes(found[1].toLowerCase()) ? found[1].toLowerCase() : "";
  const rest = (kind ? found[3] : text).slice(0, 200);
  const written = words(rest).slice(0, 8), small = parts(rest).slice(0, 12);
  const ways = written.join(" ") === small.join(" ") ? [written] : [written, small];
  return { kind, namespace: kind ? (found[2] ?? "").toLowerCase() : "", ways, joined: written.join(""), long: small.map(long).join("") };
}

/** Prepares names for queries. Each entry has `name`, `kind` and may have `title`, `namespace`, `lifecycle`. */
export function prepare(entries) {
  const steps = preparing(entries);
  for (;;) { const { done, value } = steps.next(); if (done) return value; }
}

const STEP = 200;      // names between two chances to do something else

/** The same in steps, for idle moments: the generator's last value is the index. */
export function* preparing(entries) {
  const ids = new Map(), vocabulary = [], starts = new Uint32Array(entries.length + 1), flat = [], forms = [];
  const idOf = (word) => ids.get(word) ?? (ids.set(word, vocabulary.length), vocabulary.push({ word, long: long(word) }) - 1);
  for (const [i, entry] of entries.entries()) {
    if (i % STEP === STEP - 1) yield;
    const small = parts(entry.name), whole = words(entry.name), title = entry.title && entry.title !== entry.name ? words(entry.title) : [];
    for (const word of new Set([...small, ...whole, ...title, ...(title.length ? parts(entry.title) : [])])) flat.push(idOf(word));
    starts[i + 1] = flat.length;
    const joined = small.map(long).join(""), brief = small.map(short).join(""), plain = whole.join("");
    forms.push({ joined, brief: brief === joined ? "" : brief, plain: plain === joined || plain === brief ? "" : plain, title: title.join("") });
  }
  return { entries, forms, vocabulary, starts, flat: Uint32Array.from(flat), kinds: [...new Set(entries.map((e) => e.kind))] };
}

const WEIGHT = { component: 3, api: 3, system: 3, domain: 2, group: 2, resource: 1, template: 0, user: -1, location: -6 };

/** Small corrections, all below the distance of two rungs: kind, deprecation, and how much of the name is not in the query. */
const correction = (entry, form, asked) =>
  (WEIGHT[entry.kind] ?? 0) - (entry.lifecycle === "deprecated" ? 5 : 0) - Math.min(Math.max(form.joined.length - asked, 0), 40) / 8;

/** How well each word of the vocabulary meets one typed word: 0 not at all, else a rung. */
function meet(typed, vocabulary, slips) {
  const whole = long(typed), marks = new Uint8Array(vocabulary.length), slip = slips && typed.length >= 4;
  for (let i = 0; i < vocabulary.length; i += 1) {
    const { word, long: wide } = vocabulary[i];
    if (word === typed || wide === whole) marks[i] = RUNG.words + 4;
    else if (word.startsWith(typed) || wide.startsWith(typed)) marks[i] = RUNG.words;
    else if (typed.length >= 2 && word.includes(typed)) marks[i] = RUNG.infix;
    else if (slip && (slipped(typed, word) || (wide !== word && slipped(typed, wide)))) marks[i] = RUNG.slip;
  }
  return marks;
}

/** The rung on which all typed words meet the words of entry `i`, or 0. */
function byWords(index, i, met) {
  let worst = 255;
  for (const marks of met) {
    let best = 0;
    for (let at = index.starts[i]; at < index.starts[i + 1]; at += 1) if (marks[index.flat[at]] > best) best = marks[index.flat[at]];
    if (best < worst) worst = best;
    if (!worst) return 0;
  }
  return worst;
}

/** The rung on which the query meets the name as one run of letters, so that `ordersvc` is `order-svc`. */
function byLetters(form, query, slips) {
  const { joined, long: wide } = query;
  let best = 0;
  for (const name of [form.joined, form.brief, form.plain]) {
    if (!name) continue;
    if (name === joined || name === wide) return RUNG.exact;
    if (name.startsWith(joined) || (wide !== joined && name.startsWith(wide))) best = RUNG.prefix;
    else if (!best && joined.length >= 2 && (name.includes(joined) || (wide !== joined && name.includes(wide)))) best = RUNG.infix;
    else if (!best && slips && joined.length >= 5 && slipped(joined, name)) best = RUNG.slip;
  }
  if (!form.title) return best;
  if (form.title === joined) return RUNG.exact - 8;
  return Math.max(best, form.title.startsWith(joined) ? RUNG.prefix - 8 : joined.length >= 2 && form.title.includes(joined) ? RUNG.infix - 8 : 0);
}

function pass(index, query, accepts, slips) {
  const met = query.ways.map((way) => way.map((typed) => meet(typed, index.vocabulary, slips))), hits = [];
  for (let i = 0; i < index.entries.length; i += 1) {
    const entry = index.entries[i], form = index.forms[i];
    if ((query.kind && entry.kind !== query.kind) || (query.namespace && entry.namespace !== query.namespace) || (accepts && !accepts(i))) continue;
    let rung = byLetters(form, query, slips);
    if (rung < RUNG.prefix - 8) for (const way of met) rung = Math.max(rung, byWords(index, i, way));
    if (rung) hits.push({ i, score: rung + correction(entry, form, query.joined.length) });
  }
  return hits;
}

const FEW = 3;      // slips are looked for only when fewer names than this match as typed: else "test" would also show every "rest"

/** Hits `{i, score}`, best first; `i` counts in the entries. `accepts(i)` narrows; without `slips` only what is spelt so. An empty query has no hits. */
export function find(index, text, accepts = null, slips = true) {
  const query = readQuery(text, index.kinds);
  if (!query.joined) return query.kind ? listed(index, query, accepts) : [];
  const plain = pass(index, query, accepts, false);
  const hits = slips && plain.length < FEW ? pass(index, query, accepts, true) : plain;
  const typed = text.trim().toLowerCase();
  for (const hit of hits) if (index.entries[hit.i].name.toLowerCase() === typed) hit.score += 2;      // this very spelling before its siblings
  return ranked(hits);
}

/** Best first, equals by reference (the entries' order). Numbers sort several times quicker than objects do. */
function ranked(hits) {
  const keys = Float64Array.from(hits, (hit) => Math.round((200 - hit.score) * 1000) * 1e7 + hit.i).sort();
  return Array.from(keys, (key) => ({ i: key % 1e7, score: 200 - Math.floor(key / 1e7) / 1000 }));
}

/** `api:` alone lists the kind. */
function listed(index, query, accepts) {
  const hits = [];
  index.entries.forEach((entry, i) => {
    if (entry.kind === query.kind && (!query.namespace || entry.namespace === query.namespace) && (!accepts || accepts(i))) hits.push({ i, score: 0 });
  });
  return hits;
}

/** Letters and digits of a text, folded, with the place of each in the text. */
function letters(text) {
  let run = "";
  const at = [];
  for (let i = 0; i < text.length; i += 1) {
    for (const char of fold(text[i])) if (/[\p{L}\p{N}]/u.test(char)) { run += char; at.push(i); }
  }
  return { run, at };
}

/** Which pieces of `text` to highlight: `[[piece, isHit], …]`, joined they are the text again. */
export function highlight(text, asked) {
  const { run, at } = letters(text), query = readQuery(asked), marked = new Uint8Array(text.length + 1);
  const mark = (from, length) => marked.fill(1, at[from], at[from + length - 1] + 1);
  const whole = query.joined ? run.indexOf(query.joined) : -1;
  if (whole >= 0) mark(whole, query.joined.length);
  else for (const typed of new Set(query.ways.flat())) {
    const place = [typed, long(typed), short(typed)].map((form) => [run.indexOf(form), form.length]).find(([from]) => from >= 0);
    if (place && place[1] > 1) mark(...place);
  }
  const pieces = [];
  for (let from = 0, to = 0; from < text.length; from = to) {
    while (to < text.length && marked[to] === marked[from]) to += 1;
    pieces.push([text.slice(from, to), marked[from] === 1]);
  }
  return pieces;
}

/**
 * One pass over `rows` (indexes of entries, in their order): which pass, and how many each choice of each facet would leave.
 * `columns` is `{facet: {size, of}}`: `of[i]` is a choice or a list of choices below `size`; `chosen` is `{facet: Set of choices}`.
 * A row counts for a facet when every *other* facet accepts it, so that the numbers say what one more click would show. They are counted when asked for.
 */
export function narrow(rows, columns, chosen) {
  const facets = Object.keys(columns), active = facets.filter((key) => chosen[key]?.size);
  const shown = active.length ? [] : rows, almost = Object.fromEntries(active.map((key) => [key, []]));
  const tests = active.map((key) => ({ almost: almost[key], of: columns[key].of, wanted: chosen[key] }));
  if (active.length) for (const i of rows) {
    let failures = 0, failed = null;
    for (const test of tests) if (!passes(test, i)) { failures += 1; failed = test; if (failures > 1) break; }
    if (!failures) shown.push(i); else if (failures === 1) failed.almost.push(i);
  }
  const counts = {}, counted = {};
  for (const key of facets) Object.defineProperty(counts, key, { enumerable: true, get: () => (counted[key] ??= tally(columns[key], shown, almost[key] ?? [])) });
  return { shown, counts };
}

const passes = ({ of, wanted }, i) => (typeof of[i] === "number" ? wanted.has(of[i]) : of[i].some((v) => wanted.has(v)));

/** Facet by facet rather than row by row: one kind of value at a time keeps the loop quick. */
function tally({ of, size }, ...lists) {
  const numbers = new Uint32Array(size);
  for (const rows of lists) for (let at = 0; at < rows.length; at += 1) {
    const value = of[rows[at]];
    if (typeof value === "number") numbers[value] += 1; else for (let v = 0; v < value.length; v += 1) numbers[value[v]] += 1;
  }
  return numbers;
}
