// engine.js: one query to both indexes, names and full text, with facets over the names. Shared by the dialog, home, and the search page.
import { ask, warm } from "./fulltext.js";
import { chosenIn, columnsOf } from "./facet-columns.js";
import { find, narrow, prepare } from "./search-core.js";
import { loadNames } from "./names.js";

export const FACETS = ["kind", "owner", "lifecycle", "type"];
export const PAUSE = 120;
const GUIDE = -2;      // in place of a row: a page of the guides; -1 is any other page about no entity

let ready = null;
/** The names, prepared once a page; full-text search is loaded at the same time. */
export const engine = () => (ready ??= loadNames().then((names) => {
  warm();
  return { names, index: prepare(names.entries), columns: columnsOf(names, FACETS) };
}).catch((error) => { ready = null; throw error; }));

/** Names that match and pass the facets of `state`, best first, how many hits each choice would leave, and the rows of all that match (`rows`). */
export function byName({ names, index, columns }, text, state) {
  const rows = find(index, text).map((hit) => hit.i), chosen = chosenIn(state, columns), { shown, counts } = narrow(rows, columns, chosen);
  return { entries: shown.map((i) => names.entries[i]), counts, chosen, rows };
}

/**
 * The first `n` hits in the text that pass the facets, without the entities that `named` (of `byName`) has; `total` counts all of these.
 * Guides come last, and pass only while no facet but the kind `docs` is chosen. `counts` are of names and text together.
 */
export async function byText({ names, columns }, text, state, n, named) {
  if (text.trim().length < 2) return { hits: [], total: 0, counts: named.counts };
  const found = await ask(text), { chosen } = named, wantsDocs = state.getAll("kind").includes("docs"), seen = new Set(wantsDocs ? [] : named.rows);
  const facetted = FACETS.some((key) => chosen[key].size && !(key === "kind" && wantsDocs)), rows = [];
  found.rows.forEach((row) => { if (row >= 0 && !seen.has(row)) rows.push(row); });
  const { shown, counts } = narrow([...named.rows, ...rows], columns, chosen), passing = new Set(shown), passes = (row) => (row >= 0 ? !wantsDocs && !seen.has(row) && passing.has(row) : !facetted);
  const kept = [...found.rows.keys()].filter((at) => passes(found.rows[at])), guides = kept.filter((at) => found.rows[at] === GUIDE);
  const order = [...kept.filter((at) => found.rows[at] !== GUIDE), ...guides];
  const hits = (await found.take(order.slice(0, n))).map((hit) => ({ ...hit, entry: names.byPath(hit.path) }));
  return { hits, total: order.length, counts };
}
