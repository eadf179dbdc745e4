// facet-columns.js: the columns of the names index as facets: for each entity a choice, for each choice its value in the URL and its label.
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

/** All facets of the catalog, or those named. */
export function columnsOf(names, keys = ["kind", "type", "owner", "lifecycle", "system", "tag", "problems", "namespace"]) {
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
  };
  return Object.fromEntries(keys.map((key) => [key, makers[key]()]));
}

/** The choices in a URL: `{facet: Set of choices}`; a value that nothing has is -1, which matches nothing. */
export const chosenIn = (state, columns) =>
  Object.fromEntries(Object.values(columns).map((c) => [c.key, new Set(state.getAll(c.key).filter(Boolean).map((v) => c.find(v)))]));

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
