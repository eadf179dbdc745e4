// table-columns.js: the columns that the catalog's table can have. Another column is one more row of `tableColumns`.
import { bdi, el, icon, to } from "./elements.js";
import { healthOf } from "./facet-columns.js";
import { words } from "./words.js";

const STATES = { experimental: ["info", "experimental"], alpha: ["info", "experimental"], beta: ["info", "experimental"], deprecated: ["warn", "deprecated"], retired: ["warn", "deprecated"], "end-of-life": ["warn", "deprecated"] };
const SEVERITY = [null, ["info", "info"], ["warn", "warn"], ["bad", "bad"]], TONES = ["none", "warn", "bad"], CALM = { ok: ["good", "good"], incomplete: ["none", ""], unmeasured: ["none", ""] };
const bad = (text, title = "", label = "") => el("span", { class: "cb-state cb-state--bad", title }, icon("no-owner", label), bdi(text));
const tone = (state, shape, ...children) => el("span", { class: `cb-state cb-state--${state}` }, shape ? icon(shape) : null, ...children);

/**
 * The columns in their order, after that of the name. `key(e)`: what a cell shows, empty for a dash; `cell(e)`: the element; `text(e)`: for files;
 * `place(e)`: for sorting, the smallest first, Infinity for no value. `width`: of the grid; `isShown`: unless the reader chose otherwise.
 */
export function tableColumns(names, columns, facets) {
  const { raw } = names, paths = new Map();
  const path = (ref) => { if (!paths.has(ref)) { const e = names.byRef(ref); paths.set(ref, e ? to(names.pathOf(e)) : ""); } return paths.get(ref); };
  const quiet = (ref) => (path(ref) ? el("a", { class: "cb-plain", href: path(ref), title: ref }, bdi(names.called(ref))) : el("span", { title: ref }, bdi(names.called(ref))));
  const byLabel = (key) => places(facets[key], (a, b) => collator.compare(a, b)), byRank = (key) => places(facets[key], (a, b) => collator.compare(a, b), (value) => (columns ? columns.rank[names.byRef(value)?.i] : undefined));
  function owner(e) {
    const state = raw.ownerState[e.i];
    return state === 0 ? quiet(e.owner) : state === 1 ? bad(words.noOwner) : bad(names.called(e.owner), e.owner, state === 2 ? words.notInCatalog : words.wrongOwner);
  }
  function problems(e) {
    const [state, shape] = SEVERITY[raw.severity[e.i]];
    return el("a", { class: `cb-state cb-state--${state}`, href: `${to(names.pathOf(e))}#problems`, "aria-label": words.problems(raw.problems[e.i]) }, icon(shape), String(raw.problems[e.i]));
  }
  const all = [
    { key: "kind", width: "7rem", isShown: false, value: (e) => e.kind, cell: (e) => bdi(words.kind(raw.kinds[raw.kind[e.i]].name)), place: byLabel("kind") },
    { key: "type", width: "minmax(0, 8fr)", isShown: true, value: (e) => e.type, cell: (e) => bdi(e.type), place: byLabel("type") },
    { key: "owner", width: "minmax(0, 10fr)", isShown: true, value: (e) => (raw.ownerState[e.i] ? `${raw.ownerState[e.i]} ${e.owner}` : e.owner), text: (e) => e.owner, cell: owner, place: byRank("owner") },
    { key: "lifecycle", width: "minmax(0, 10fr)", isShown: true, value: (e) => e.lifecycle, cell: (e) => tone(...(STATES[e.lifecycle.toLowerCase()] ?? ["none", ""]), bdi(e.lifecycle)), place: byLabel("lifecycle") },
    { key: "system", width: "minmax(0, 9fr)", isShown: true, value: (e) => e.system, cell: (e) => quiet(e.system), place: byRank("system") },
    { key: "health", width: "minmax(0, 11fr)", isShown: true, isKnown: Boolean(columns?.health), ...health(names, columns) },
    { key: "problems", width: "4.6rem", isShown: true, isBlank: true, value: (e) => (raw.severity[e.i] ? `${raw.severity[e.i]} ${raw.problems[e.i]} ${names.pathOf(e)}` : ""), text: (e) => raw.problems[e.i], cell: problems, place: (e) => (raw.problems[e.i] ? -raw.severity[e.i] * 1e6 - raw.problems[e.i] : Infinity) },
    { key: "tag", width: "minmax(0, 10fr)", isShown: false, value: (e) => tags(raw, e).join(" "), cell: (e) => bdi(tags(raw, e).join(", ")), place: byLabel("tag") },
    { key: "namespace", width: "minmax(0, 7fr)", isShown: false, value: (e) => e.namespace, cell: (e) => bdi(e.namespace), place: byLabel("namespace") },
    { key: "dependents", width: "6rem", isShown: false, isKnown: Boolean(columns), isBlank: true, value: (e) => columns.dependents[e.i] || "", text: (e) => columns.dependents[e.i], place: (e) => -columns.dependents[e.i] || Infinity,
      cell: (e) => el("a", { class: "cb-plain", href: `${to("catalog/")}?affected-by=${encodeURIComponent(names.refOf(e))}`, "aria-label": words.dependentsOf(columns.dependents[e.i]) }, String(columns.dependents[e.i])) },
    ...levels(names, columns),
  ];
  return all.filter(({ isKnown = true }) => isKnown).map((column) => ({ title: words.facet[column.key], text: column.value, ...column }));
}

const collator = new Intl.Collator("en", { numeric: true });      // of one language, not the browser's: all readers see one order
const tags = (raw, e) => raw.tagged[e.i].map((t) => raw.tags[t]);

/** The places of the values of a column of the names index: by rank where `rankOf` gives one, then by label; no value is last. Found when asked for. */
function places(column, compare, rankOf = () => undefined) {
  let found = null;
  const make = () => {
    const order = column.values.map((_, i) => i), ranks = column.values.map(rankOf);
    order.sort((a, b) => (column.values[a] === "~none") - (column.values[b] === "~none") || (ranks[a] ?? Infinity) - (ranks[b] ?? Infinity) || compare(column.label(a), column.label(b)));
    const place = new Array(order.length);
    order.forEach((value, at) => { place[value] = column.values[value] === "~none" ? Infinity : at; });
    return place;
  };
  return (e) => { found ??= make(); const value = column.of[e.i]; return typeof value === "number" ? found[value] : value.length ? found[value[0]] : Infinity; };
}

/** Health: each kind of trouble with its number and a link to its panel; else whether all of it was queried. Nothing that was not is called fine. */
function health(names, columns) {
  if (!columns?.health) return {};
  const { raw } = names, { families, urgent, measured, tone: tones } = columns.health;
  const state = (e) => healthOf(columns, raw, e.i), count = (e, family) => urgent[family][e.i];
  const wrong = (e) => families.filter((family) => count(e, family));
  const note = (e) => { const [yes, no] = [families.filter((_, n) => measured[e.i] & (1 << n)), families.filter((_, n) => !(measured[e.i] & (1 << n)))].map((list) => list.map((family) => words.family[family]).join(", ")); return [yes && words.measured(yes), no && words.notMeasured(no)].filter(Boolean).join(" "); };
  function cell(e) {
    const found = wrong(e), href = to(names.pathOf(e));
    if (found.length) return el("span", { class: "cb-health__cell" }, found.map((family) => el("a", { class: `cb-state cb-state--${TONES[tones[e.i]]}`, href: `${href}#facts-${family}`, title: words.health[family], "aria-label": words.urgent(family, count(e, family)) }, icon(family), String(count(e, family)))));
    const [is] = state(e).filter((key) => key in CALM).concat(measured[e.i] ? "incomplete" : "unmeasured"), [look, shape] = CALM[is];
    return el("span", { class: `cb-state cb-state--${look}${is === "ok" ? "" : " cb-muted"}`, title: note(e) }, shape ? icon(shape) : null, bdi(is === "incomplete" ? words.partly(ones(measured[e.i]), families.length) : words.health[is]));
  }
  return {
    cell,
    value: (e) => (measured[e.i] < 0 ? "" : `${wrong(e).map((family) => `${family} ${count(e, family)}`).join()} ${measured[e.i]} ${state(e)[0]} ${tones[e.i]} ${wrong(e).length ? e.i : ""}`),
    text: (e) => (measured[e.i] < 0 ? "" : wrong(e).map((family) => words.urgent(family, count(e, family))).join("; ") || state(e).map((key) => words.health[key]).join("; ")),
    place: (e) => (measured[e.i] < 0 ? Infinity : wrong(e).length ? -tones[e.i] * 1e6 - wrong(e).reduce((sum, family) => sum + count(e, family), 0) : { ok: 3, incomplete: 2, unmeasured: 4 }[state(e)[0]] ?? 1),
  };
}

/** A column for each scorecard, the highest level or score first; it leads to the section of the entity's page. */
function levels(names, columns) {
  if (!columns?.levels) return [];
  const { names: cards, titles, levels: called, of, scores } = columns.levels;
  return cards.map((card, c) => {
    const isScore = scores.includes(c), level = (e) => of[c][e.i], text = (e) => (level(e) < 0 ? "" : isScore ? `${level(e)} %` : level(e) ? called[c][level(e) - 1] : words.noLevel);
    const [least, most] = isScore ? [50, 100] : [1, called[c].length];
    const look = (at) => (at < least ? ["warn", "warn"] : at === most ? ["good", "good"] : ["info", "info"]);
    const cell = (e) => el("a", { class: `cb-state cb-state--${look(level(e))[0]}`, href: `${to(names.pathOf(e))}#scorecards` }, icon(look(level(e))[1]), bdi(text(e)));
    return { key: `level-${card}`, title: titles[c], width: "minmax(0, 8fr)", isShown: false, value: (e) => text(e) && `${text(e)} ${names.pathOf(e)}`, text, cell, place: (e) => (level(e) < 0 ? Infinity : -level(e)) };
  });
}

const ones = (bits) => bits.toString(2).replaceAll("0", "").length;
