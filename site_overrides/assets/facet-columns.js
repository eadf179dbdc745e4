// facet-columns.js: the columns of the names index as facets: for each entity a choice, for each choice its value in the URL and its label.
import { memory } from "./elements.js";
import { starredRefs } from "./mine.js";
import { words } from "./words.js";

export const NONE = "~none";
const SEVERITIES = ["none", "info", "warning", "error"];
const KINDS = ["component", "api", "resource", "system", "domain", "group", "user", "template", "location"];

/** Positions of a column's choices in a fixed order. */
const inOrder = (values, order) => values.map((v) => { const at = order.indexOf(v); return at < 0 ? order.length : at; });

const single = (key, values, of, label = (v) => v) => {
  const none = values.length, rows = of.map((v) => (v < 0 ? none : v)), hasNone = of.some((v) => v < 0);
  return made(key, [...values, ...(hasNone ? [NONE] : [])], rows, (v) => (v === NONE ? words.none[key] : label(v)));
};

/** Entities that need an owner and name none, or one that does not exist, count as "no valid owner"; kinds without owners have no choice. */
function owners(raw, called) {
  const none = raw.owners.length, of = raw.owner.map((owner, i) => (raw.ownerState[i] ? (owner < 0 ? none : [owner, none]) : owner < 0 ? [] : owner));
  return made("owner", [...raw.owners, NONE], of, (v) => (v === NONE ? words.none.owner : called(v)));
}

function made(key, values, of, label) {
  const byValue = new Map(values.map((v, i) => [v.toLowerCase(), i]));
  return { key, title: words.facet[key], values, size: values.length, of, label: (i) => label(values[i]), find: (v) => found(byValue, v) };
}

/** The choice that a value in the URL names; `owner=team-a` is read as `group:default/team-a`. -1: nothing has this value. */
function found(byValue, value) {
  const low = value.toLowerCase();
  return byValue.get(low) ?? byValue.get(`group:default/${low}`) ?? byValue.get(`system:default/${low}`) ?? -1;
}

const TROUBLE = ["trouble", "incident", "alert", "availability", "vulnerability", "errors"], NO_TROUBLE = ["ok", "incomplete", "unmeasured"];

/** The state of one entity: what is wrong, else `ok` if all was queried without a finding, `incomplete` if in part, `unmeasured` if nothing was. */
export function healthOf({ health }, raw, i) {
  const found = health.families.filter((family) => health.urgent[family][i]), all = (1 << health.families.length) - 1, { [i]: measured } = health.measured;
  if (raw.severity[i] === 3) found.push("errors");
  if (found.length) return ["trouble", ...found];
  if (measured < 0) return [];
  return [!measured ? "unmeasured" : health.incomplete[i] || measured !== all ? "incomplete" : "ok"];
}

function healths(names, columns) {
  const values = [...TROUBLE.filter((key) => !(key in words.family) || columns.health.families.includes(key)), ...NO_TROUBLE], at = new Map(values.map((v, i) => [v, i]));
  const of = names.entries.map((e) => healthOf(columns, names.raw, e.i).map((v) => at.get(v)));
  return { ...made("health", values, of, (v) => words.health[v]), places: values.map((_, i) => i) };
}

/** The teams that an entity belongs to through its owner, with those above: rows of groups. */
function teams(names, columns) {
  const groups = names.entries.filter((e) => e.kind === "group"), at = new Map(groups.map((e, i) => [e.i, i])), known = new Map();
  const of = names.entries.map((e) => {
    if (!known.has(e.owner)) { const owner = names.byRef(e.owner); known.set(e.owner, owner?.kind === "group" ? [...columns.teamsOf(owner.i)].map((row) => at.get(row)).filter((row) => row !== undefined) : []); }
    return known.get(e.owner);
  });
  return made("team", groups.map((e) => names.refOf(e)), of, (ref) => names.called(ref));
}

const BANDS = ["below-50", "50-or-more", "100"];

/** The levels on all scorecards: `security/gold`; `security/none` for an entity that has none yet; of a score the band: `docs/50-or-more`. */
function levels({ levels: { names: cards, titles, levels: called, of, scores } }) {
  const values = [], labels = [], first = [], place = (c, number) => (scores.includes(c) ? (number < 50 ? 0 : number < 100 ? 1 : 2) : number);
  cards.forEach((card, c) => {
    const isScore = scores.includes(c);
    first.push(values.length);
    values.push(...(isScore ? BANDS : ["none", ...called[c].map((level) => level.toLowerCase())]).map((level) => `${card}/${level}`));
    labels.push(...(isScore ? called[c] : [words.noLevel, ...called[c]]).map((level) => `${titles[c]}: ${level}`));
  });
  const rows = of[0].map((_, i) => cards.map((_, c) => (of[c][i] < 0 ? -1 : first[c] + place(c, of[c][i]))).filter((at) => at >= 0));
  const column = made("level", values, rows, (v) => labels[values.indexOf(v)]);
  return { ...column, places: values.map((_, i) => i) };
}

function starred(names) {
  const stars = new Set(starredRefs());
  return made("starred", ["yes", "no"], names.entries.map((e) => (stars.has(names.refOf(e)) ? 0 : 1)), (v) => words.starred[v]);
}

/** All facets of the catalog, or those named; `columns` (of `loadColumns`) has what is not in the names index. */
export function columnsOf(names, keys = ["kind", "type", "owner", "lifecycle", "system", "tag", "problems", "namespace", "health", "level", "team", "dependents", "starred"], columns = null) {
  const { raw } = names, called = (ref) => names.called(ref);
  const makers = {
    kind: () => { const keys = raw.kinds.map((k) => k.kind); return { ...made("kind", keys, raw.kind, (v) => words.kind(raw.kinds.find((k) => k.kind === v).plural)), places: inOrder(keys, KINDS) }; },
    type: () => single("type", raw.types, raw.type),
    owner: () => owners(raw, called),
    lifecycle: () => single("lifecycle", raw.lifecycles, raw.lifecycle),
    system: () => single("system", raw.systems, raw.system, called),
    tag: () => { const none = raw.tags.length; return made("tag", [...raw.tags, NONE], raw.tagged.map((t) => (t.length ? t : none)), (v) => (v === NONE ? words.none.tag : v)); },
    problems: () => ({ ...made("problems", SEVERITIES, raw.severity, (v) => words.severity[v]), places: [3, 2, 1, 0] }),
    namespace: () => made("namespace", raw.namespaces, raw.namespace, (v) => v),
    health: () => columns?.health && healths(names, columns),
    level: () => columns?.levels && levels(columns),
    team: () => columns && teams(names, columns),
    dependents: () => columns && made("dependents", ["some", "none"], columns.dependents.map((n) => (n ? 0 : 1)), (v) => words.dependents[v]),
    starred: () => memory.keeps() && starred(names),
  };
  return Object.fromEntries(keys.map((key) => [key, makers[key]()]).filter(([, column]) => column));
}

/** The same URL parameters with one choice of a facet added or removed. */
export function toggled(state, key, value) {
  const next = new URLSearchParams(state), all = next.getAll(key), rest = all.filter((v) => v.toLowerCase() !== value.toLowerCase());
  next.delete(key);
  for (const v of rest) next.append(key, v);
  if (rest.length === all.length) next.append(key, value);
  return next;
}

/** A query string without percent-encoding that hinders reading: `owner=group:default/x`. */
export const written = (state) => { const text = String(state).replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%7E", "~"); return text && `?${text}`; };
