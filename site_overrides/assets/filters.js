// filters.js: the one grammar of filters. `owner:team-a` in a search box and `?owner=team-a` in a URL are the same: values of one field are
// alternatives, fields add up. In a box a value ends at a space or is quoted, and commas separate alternatives: owner:team-a,team-b tag:"tier 1".
import { NONE } from "./facet-columns.js";

export const FIELDS = ["kind", "type", "owner", "lifecycle", "system", "tag", "problems", "namespace", "health", "level", "team", "dependents", "starred"];
const NAMES = new Map([...FIELDS.map((field) => [field, field]), ["tags", "tag"]]);
export const EVERY = "~all";      // kind=~all: all kinds, where a table opens on one of them
const TERM = /(^|\s)([a-z]+):("[^"]*"?|\S*)/giu;
const words = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** `{text, terms}` of what was typed: the words to look for, and `[field, value]` for each alternative. A reference such as `system:default/a` is a word. */
export function read(typed) {
  const terms = [];
  const text = typed.replace(TERM, (all, before, name, given) => {
    const field = NAMES.get(name.toLowerCase()), quoted = given.startsWith("\"");
    if (!field || (field === "system" && !quoted && given.includes("/"))) return all;
    const values = quoted ? [given.replaceAll("\"", "")] : given.split(",");
    terms.push(...values.map((value) => value.trim()).filter(Boolean).map((value) => [field, value]));
    return before;
  });
  return { text: text.replace(/\s+/gu, " ").trim(), terms };
}

/** The fields that are typed in a text. */
export const fieldsIn = (typed) => read(typed).terms.map(([field]) => field);

/** The choices that a typed value means: the one that is called so, else all that begin with it, or have a word that does; [-1] for none. */
export function choicesOf(column, value) {
  const exact = column.find(value);
  if (exact >= 0) return [exact];
  if (value.toLowerCase() === "none" && column.find(NONE) >= 0) return [column.find(NONE)];
  const asked = words(value), matches = (text) => { const own = words(text); return asked.length > 0 && asked.every((word) => own.some((each) => each.startsWith(word))); };
  const found = column.values.map((text, i) => (matches(column.label(i)) || matches(String(text).replace(/^[a-z]+:[^/]*\//u, "")) ? i : -1)).filter((i) => i >= 0);
  return found.length ? found : [-1];
}

/** `{text, chosen}` of URL parameters whose `q` may have terms: the words, and for each column the set of choices. A field without a column is left out. */
export function asked(state, columns) {
  const { text, terms } = read(state.get("q") ?? ""), chosen = {};
  for (const column of Object.values(columns)) {
    const inUrl = state.getAll(column.key).filter((value) => value && value !== EVERY).map((value) => column.find(value));
    const typed = terms.filter(([field, value]) => field === column.key && value !== EVERY).flatMap(([, value]) => choicesOf(column, value));
    chosen[column.key] = new Set([...inUrl, ...typed]);
  }
  return { text, chosen };
}

/** The same filters with the terms of `q` as parameters of their own, so that each can be taken away. */
export function settled(state, columns) {
  const { text, terms } = read(state.get("q") ?? ""), next = new URLSearchParams(state);
  if (!terms.length) return next;
  if (text) next.set("q", text); else next.delete("q");
  for (const [field, value] of terms) {
    const column = columns[field], values = column ? choicesOf(column, value).map((i) => (i < 0 ? value : column.values[i])) : [value];
    for (const each of values) if (!next.getAll(field).some((had) => had.toLowerCase() === each.toLowerCase())) next.append(field, each);
  }
  return next;
}
