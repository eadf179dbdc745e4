// engine.js: one query to the names and to the index of sections and texts, with facets over all hits. Shared by the dialog, home, and the search page.
import { asked, FIELDS, read } from "./filters.js";
import { columnsOf } from "./facet-columns.js";
import { byWords, CALM, details, search, varied, warm } from "./search-index.js";
import { find, narrow, preparing, RUNG } from "./search-core.js";
import { loadColumns, loadNames } from "./names.js";
import { placeColumns, PLACES, placeOf } from "./search-places.js";

export const FACETS = ["kind", "owner", ...PLACES, "lifecycle", "type"];
export const PAUSE = 120;
/** Groups of hits by kind of match, in their order; `similar` are names that are spelled otherwise, `portal` its own guides. The `order` of a result is another one if only words that are spelled otherwise are in titles. */
export const GROUPS = ["names", "titles", "sections", "similar", "about", "texts", "portal"];
const IF_SLIPPED = ["names", "similar", ...GROUPS.filter((group) => !["names", "similar"].includes(group))];
const STRONG = RUNG.words - 10, ENOUGH = 5, REFINED = 10, VARIED = 100, TURNS = 3, ROOM = 18;

const SHORT = 6;      // milliseconds of a step; on a slow phone they are four times as many

/** Leaves the thread to what waits for it: input, and the next paint. */
const breathe = () => globalThis.scheduler?.yield?.() ?? new Promise((next) => setTimeout(next));

/** The result of a generator that runs in short steps. */
async function inSteps(parts) {
  for (let since = performance.now(); ;) {
    const step = parts.next();
    if (step.done) return step.value;
    if (performance.now() - since > SHORT) { await breathe(); since = performance.now(); }
  }
}

let ready = null;
/** The names, prepared once a page. `fields` of filters that are no facets get their columns here. */
export const engine = async (fields = []) => {
  ready ??= loadNames().then(async (names) => {
    warm();
    await breathe();
    const index = await inSteps(preparing(names.entries)), columns = {};
    for (const key of FACETS.filter((each) => !PLACES.includes(each))) { await breathe(); Object.assign(columns, columnsOf(names, [key])); }
    return { names, index, columns: { ...columns, ...placeColumns(names) } };
  }).catch((error) => { ready = null; throw error; });
  const made = await ready, missing = fields.filter((field) => FIELDS.includes(field) && !made.columns[field]);
  if (missing.length) Object.assign(made.columns, columnsOf(made.names, missing, BESIDE.some((field) => missing.includes(field)) ? await loadColumns().catch(() => null) : null));
  return made;
};
const BESIDE = ["health", "team", "dependents"];      // fields whose values are not in the names index

/** With `q` as the typed text: what it asks for, beside the facets of `state`. */
const withText = (state, text) => { const all = new URLSearchParams(state); all.set("q", text); return all; };
/** Whether guides and other pages about no entity are asked for, by a chip or by `kind:docs`. */
const asksForGuides = (state, typed) => state.getAll("kind").includes("docs") || read(typed).terms.some(([field, value]) => field === "kind" && value === "docs");
const inKinds = ({ entries, raw }, { kind: { places } }) => [...entries.keys()].sort((a, b) => places[raw.kind[a]] - places[raw.kind[b]] || a - b);

/** The hits among the names, before those of the index are there. Filters alone list all that pass them. */
export function byName(made, typed, state) {
  const { names, index, columns } = made, { text, chosen } = asked(withText(state, typed), columns);
  const rows = text ? find(index, text) : inKinds(names, columns).map((i) => ({ i, score: RUNG.exact }));
  const hits = { names: [], similar: [] };
  for (const { i, score } of rows) (score >= STRONG ? hits.names : hits.similar).push({ entry: names.entries[i], row: i });
  return facetted({ ready: made, order: GROUPS, text, chosen, wantsGuides: asksForGuides(state, typed), hits });
}

/** The same query with the hits of the index. `everything`: the texts are looked through even if there are enough hits by name and title. */
export async function byIndex(named, everything = false) {
  const { ready: made, text, hits } = named, isNarrowed = Object.values(named.chosen).some((choices) => choices.size);
  const found = await search(text, made, everything || isNarrowed || ((titles) => hits.names.length + titles < ENOUGH));
  const shown = new Set([...hits.names, ...hits.similar].map((hit) => hit.row)), portal = [];
  const ours = (group) => group.filter((hit) => { if (hit.row < 0) portal.push(hit); return hit.row >= 0; });
  const all = { ...hits, titles: ours(found.titles), sections: ours(found.sections), about: ours(found.about.filter((hit) => !shown.has(hit.row))), texts: ours(found.texts), portal };
  return facetted({ ...named, order: found.isSlip ? IF_SLIPPED : GROUPS, hits: all, hasTexts: found.hasTexts });
}

/** The hits that pass the facets, by group, and how many each choice would leave: no hit is lost by a choice that it has. */
function facetted(result) {
  const { ready: made, chosen, wantsGuides, hits } = result, all = GROUPS.flatMap((group) => (group === "portal" ? [] : hits[group] ?? []));
  const columns = Object.fromEntries(Object.entries(made.columns).map(([key, column]) => [key, { size: column.size, of: all.map((hit) => (PLACES.includes(key) ? placeOf(key, hit) : column.of[hit.row])) }]));
  const { shown, counts } = narrow([...all.keys()], columns, chosen), passing = new Set(shown.map((at) => all[at]));
  const onlyKind = Object.keys(chosen).every((key) => !chosen[key].size || (key === "kind" && wantsGuides));
  const groups = Object.fromEntries(GROUPS.map((group) => [group, group === "portal" ? (onlyKind ? hits.portal ?? [] : []) : wantsGuides ? [] : (hits[group] ?? []).filter((hit) => passing.has(hit))]));
  return { ...result, groups, counts, guides: hits.portal?.length ?? 0, total: Object.values(groups).reduce((sum, group) => sum + group.length, 0) };
}

/** How many hits of each group of the index a page of all groups shows at first: they share the room, since each of them is a request. */
export const share = ({ groups, order }) => Math.ceil(ROOM / Math.max(1, order.filter((group) => groups[group]?.length && !groups[group][0].entry).length));

/**
 * The first `n` hits of a group with what is shown of them; the best of the index are put in order once their titles are known. The order is the same
 * for each `n`, so that home, the dialog and the search page agree. Only hits that are shown are loaded, and those that may come before one of them.
 */
export async function take({ groups, text }, group, n) {
  const hits = groups[group];
  if (!hits.length || hits[0].entry) return hits.slice(0, n);
  const { factor, most } = ["sections", "titles", "portal"].includes(group) ? byWords(text) : CALM;
  const shown = new Map(), best = hits.slice(0, REFINED), bound = (hit) => hit.score * (shown.has(hit) ? shown.get(hit) && factor(shown.get(hit)) : most(hit));
  for (let turn = 1; ; turn += 1) {
    const bounds = new Map(best.map((hit) => [hit, bound(hit)]));
    best.sort((a, b) => bounds.get(b) - bounds.get(a) || a.key - b.key);
    const left = [...best, ...hits.slice(REFINED)].filter((hit) => shown.get(hit) !== null), order = [...varied(left.slice(0, VARIED)), ...left.slice(VARIED)].slice(0, n);
    const missing = new Set(order.filter((hit) => !shown.has(hit)));
    if (!missing.size) return order.map((hit) => shown.get(hit));
    if (turn === TURNS) for (const hit of best) if (!shown.has(hit)) missing.add(hit);
    const asked = [...missing], made = await details(asked);
    asked.forEach((hit, i) => shown.set(hit, made[i]));
  }
}
