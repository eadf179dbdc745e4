// engine.js: one query to both indexes, names and full text, with facets over the names. Shared by the dialog, home, and the search page.
import { ask, warm } from "./fulltext.js";
import { asked, FIELDS, read } from "./filters.js";
import { columnsOf } from "./facet-columns.js";
import { find, narrow, prepare } from "./search-core.js";
import { loadColumns, loadNames } from "./names.js";

export const FACETS = ["kind", "owner", "lifecycle", "type"];
export const PAUSE = 120;
const GUIDE = -2;      // in place of a row: a page of the guides; -1 is any other page about no entity

let ready = null;
/** The names, prepared once a page; full-text search is loaded at the same time. `fields` of filters that are no facets get their columns here. */
export const engine = async (fields = []) => {
  ready ??= loadNames().then((names) => {
    warm();
    return { names, index: prepare(names.entries), columns: columnsOf(names, FACETS) };
  }).catch((error) => { ready = null; throw error; });
  const made = await ready, missing = fields.filter((field) => FIELDS.includes(field) && !made.columns[field]);
  if (missing.length) Object.assign(made.columns, columnsOf(made.names, missing, BESIDE.some((field) => missing.includes(field)) ? await loadColumns().catch(() => null) : null));
  return made;
};
const BESIDE = ["health", "team", "dependents"];      // fields whose values are not in the names index

/** With `q` as the typed text: what it asks for, beside the facets of `state`. */
const withText = (state, text) => { const all = new URLSearchParams(state); all.set("q", text); return all; };
/** Whether guides and other pages about no entity are asked for, by a chip or by `kind:docs`. */
const asksForDocs = (state, typed) => state.getAll("kind").includes("docs") || read(typed).terms.some(([field, value]) => field === "kind" && value === "docs");

/**
 * Names that match and pass the facets of `state` and the filters in `typed`, best first, how many hits each choice would leave, the rows of all that
 * match (`rows`), and the words to look for (`text`). Filters alone list all that pass them.
 */
export function byName({ names, index, columns }, typed, state) {
  const { text, chosen } = asked(withText(state, typed), columns), rows = text ? find(index, text).map((hit) => hit.i) : inKinds(names, columns), { shown, counts } = narrow(rows, columns, chosen);
  return { entries: shown.map((i) => names.entries[i]), counts, chosen, rows, text, wantsDocs: asksForDocs(state, typed) };
}
const inKinds = ({ entries, raw }, { kind: { places } }) => [...entries.keys()].sort((a, b) => places[raw.kind[a]] - places[raw.kind[b]] || a - b);

/**
 * The first `n` hits in the text that pass the facets, without the entities that `named` (of `byName`) has; `total` counts all of these.
 * Guides come last, and pass only while no facet but the kind `docs` is chosen. `counts` are of names and text together.
 */
export async function byText({ names, columns }, n, named) {
  const { text, chosen, wantsDocs } = named;
  if (text.length < 2) return { hits: [], total: 0, counts: named.counts };
  const found = await ask(text), seen = new Set(wantsDocs ? [] : named.rows);
  const facetted = Object.keys(chosen).some((key) => chosen[key].size && !(key === "kind" && wantsDocs)), rows = [];
  found.rows.forEach((row) => { if (row >= 0 && !seen.has(row)) rows.push(row); });
  const { shown, counts } = narrow([...named.rows, ...rows], columns, chosen), passing = new Set(shown), passes = (row) => (row >= 0 ? !wantsDocs && !seen.has(row) && passing.has(row) : !facetted);
  const kept = [...found.rows.keys()].filter((at) => passes(found.rows[at])), guides = kept.filter((at) => found.rows[at] === GUIDE);
  const order = [...kept.filter((at) => found.rows[at] !== GUIDE), ...guides];
  const hits = (await found.take(order.slice(0, n))).map((hit) => ({ ...hit, entry: names.byPath(hit.path) }));
  return { hits, total: order.length, counts };
}
