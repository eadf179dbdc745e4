// engine.js: one query to both indexes, names and full text, with facets over the names. Shared by the dialog, home, and the search page.
import { ask, warm } from "./fulltext.js";
import { chosenIn, columnsOf } from "./facet-columns.js";
import { find, narrow, prepare } from "./search-core.js";
import { loadNames } from "./names.js";

export const FACETS = ["kind", "owner", "lifecycle", "type"];
export const PAUSE = 120;

let ready = null;
/** The names, prepared once a page; full-text search is loaded at the same time. */
export const engine = () => (ready ??= loadNames().then((names) => {
  warm();
  return { names, index: prepare(names.entries), columns: columnsOf(names, FACETS) };
}).catch((error) => { ready = null; throw error; }));

/** Names that match and pass the facets of `state`, best first, and how many hits each choice would leave. */
export function byName({ names, index, columns }, text, state) {
  const hits = find(index, text), chosen = chosenIn(state, columns), { shown, counts } = narrow(hits.map((hit) => hit.i), columns, chosen);
  return { entries: shown.map((i) => names.entries[i]), counts, chosen, all: hits.length };
}

/** Hits in the text, `n` of them, without the entities in `seen`; guides pass only while no facet but the kind `docs` is chosen. */
export async function byText({ names, columns }, text, state, n, seen) {
  if (text.trim().length < 2) return { hits: [], total: 0 };
  const found = await ask(text), chosen = chosenIn(state, columns), hits = [], wantsDocs = state.getAll("kind").includes("docs");
  const facetted = FACETS.some((key) => chosen[key].size && !(key === "kind" && wantsDocs));
  for (let from = 0; hits.length < n && from < Math.min(found.total, n * 4); from += n) {
    for (const hit of await found.take(from, n)) {
      const entry = names.byPath(hit.path);
      if (entry && (seen.has(entry.i) || wantsDocs || !narrow([entry.i], columns, chosen).shown.length)) continue;
      if (!entry && facetted) continue;
      hits.push({ ...hit, entry });
    }
  }
  return { hits: hits.slice(0, n), total: found.total };
}
