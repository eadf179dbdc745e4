// names.js: the names index (/api/catalog/names.json), fetched once a page, decoded into values for fast lookup.
const API = new URL("../api/catalog/", import.meta.url);
const RESERVED = /^(index\.html|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?)$/u;
const UTF8 = new TextEncoder();

/** One lower-case path segment; the same rule as the generator's `pages/urls.py`. */
export function segment(text) {
  let made = text.toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]*$/u.test(made)) {
    made = [...made].map((c, i) => (/[a-z0-9_-]/u.test(c) || (c === "." && i) ? c : [...UTF8.encode(c)].map((b) => `~${b.toString(16).padStart(2, "0")}`).join(""))).join("");
  }
  return RESERVED.test(made) || made.endsWith(".") ? `~${made}` : made;
}

const titled = (name) => name.split(/[-_.]+/u).filter(Boolean).map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");

/** Decoded index: `entries[i]` with what lists show; `raw` with the columns; `byRef` to find one. */
export function decode(raw) {
  const kinds = raw.kinds.map((k) => k.kind);
  const entries = raw.name.map((name, i) => {
    const title = raw.title[i], kind = kinds[raw.kind[i]];
    return {
      i, name, kind, title: title === 0 ? name : title === 1 ? titled(name) : title, namespace: raw.namespaces[raw.namespace[i]],
      icon: raw.kinds[raw.kind[i]].icon, type: raw.types[raw.type[i]] ?? "", owner: raw.owners[raw.owner[i]] ?? "", lifecycle: raw.lifecycles[raw.lifecycle[i]] ?? "",
      system: raw.systems[raw.system[i]] ?? "",
    };
  });
  let refs = null, paths = null;
  const names = {
    raw, entries,
    refOf: (e) => `${e.kind}:${e.namespace}/${e.name}`.toLowerCase(),
    pathOf: (e) => `catalog/${segment(e.namespace)}/${segment(e.kind)}/${segment(e.name)}/`,
    byRef: (ref) => (refs ??= new Map(entries.map((e) => [names.refOf(e), e]))).get(ref),
    byPath: (path) => (paths ??= new Map(entries.map((e) => [names.pathOf(e), e]))).get(path),
    called: (ref) => names.byRef(ref)?.title ?? shortRef(ref),
  };
  return names;
}

/** `group:default/team-a` as people write it: team-a. */
export function shortRef(ref) {
  const found = /^[^:/]*:([^/]*)\/(.*)$/su.exec(ref);
  return found ? (found[1] === "default" ? found[2] : `${found[1]}/${found[2]}`) : ref;
}

const fetched = {};
async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** Digests of the data files of the current build: a browser or a host may keep files of an earlier one, but not under these addresses. */
let digests = null;
const current = () => (digests ??= json(new URL("../build.json", import.meta.url), { cache: "no-cache" }).then((build) => build.data ?? {}, () => ({})));

async function dataFile(file) {
  const digest = (await current())[file];
  return digest ? json(new URL(`${file}?d=${encodeURIComponent(digest)}`, API)) : json(new URL(file, API), { cache: "no-cache" });
}
const once = (file, read) => (fetched[file] ??= dataFile(file).then(read).catch((error) => { delete fetched[file]; throw error; }));

/** The names index; requested again only after a failure. */
export const loadNames = () => once("names.json", decode);

/** What changes from day to day and what home and lists need beside the names (catalog/columns.py). Raises if it has other rows than the names. */
export const loadColumns = () => Promise.all([loadNames(), once("columns.json", columnsOfRows)]).then(([names, columns]) => {
  if (columns.digest !== names.raw.digest) throw new Error("columns.json");
  return columns;
});

function columnsOfRows(raw) {
  let rank = 0;
  const ranks = raw.rank.map((difference) => (rank += difference)), above = new Map(raw.above.map(([row, ...rows]) => [row, rows]));
  const columns = { ...raw, rank: ranks, above, teams: new Map((raw.teams ?? []).map(([row, ...numbers]) => [row, numbers])) };
  /** Rows of the teams that a row belongs to: itself, and all above it. */
  columns.teamsOf = (row, found = new Set()) => {
    if (!found.has(row)) { found.add(row); for (const each of above.get(row) ?? []) columns.teamsOf(each, found); }
    return found;
  };
  /** Is an entity one of this team's or of a team below it? */
  columns.isOwnedBy = (names, team) => {
    const known = new Map();
    return (e) => {
      if (!known.has(e.owner)) { const owner = names.byRef(e.owner); known.set(e.owner, e.owner === team || Boolean(owner && owner.kind === "group" && [...columns.teamsOf(owner.i)].some((row) => names.refOf(names.entries[row]) === team))); }
      return known.get(e.owner);
    };
  };
  return columns;
}

/** Direct dependents of each entity; only the table needs them, for `?affected-by=`. */
export const loadRelations = () => once("relations.json", (relations) => relations);

/** First sentences, in the order of the names; only the table needs them, after the first interaction. */
export const loadDescriptions = () => once("table.json", (table) => table);
