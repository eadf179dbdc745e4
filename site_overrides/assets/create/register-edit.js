// register-edit.js: the text of a descriptor and changed values of the form → the text with only the touched lines changed; null where that cannot be done safely.
import { scalar } from "./register-core.js";

const KEY = /^ *(?:"([$\w./-]+)"|'([$\w./-]+)'|([$\w./-]+)):(?: +(.*))?$/u, NOTHING = /^\s*(?:#.*)?$/u, OPEN = /^(?:"(?:[^"\\]|\\.)*|'(?:[^']|'')*)$/u;
const SCALAR = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#&*!|>%@`{}[\],]\S*(?: +[^\s#]\S*)*|)( +#.*)?$/u, REFERRED = /(?:^|[:-]\s+)[&*!]/u;
const METADATA = ["name", "namespace", "title", "description"], LOCATIONS = /^backstage\.io\/managed-by-(?:origin-)?location$/u;
const depthOf = (line) => line.length - line.trimStart().length, same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The entries of a block mapping in the lines from `from` up to `to`; null for another form of YAML. */
function entriesOf(lines, from, to) {
  const entries = [];
  let indent = -1;
  for (let i = from; i < to; i++) {
    const line = lines[i], depth = depthOf(line), last = entries.at(-1);
    if (NOTHING.test(line)) { if (last && line.trim() && depth > indent) last.end = i + 1; continue; }
    if (indent < 0) indent = depth;
    if (last && (depth > indent || (depth === indent && /^ *-(?:\s|$)/u.test(line)))) { last.end = i + 1; continue; }
    const found = KEY.exec(line), key = found && (found[1] ?? found[2] ?? found[3]), rest = found?.[4] ?? "";
    if (!found || depth !== indent || OPEN.test(rest) || entries.some((each) => each.key === key)) return null;
    entries.push({ key, rest, indent, start: i, end: i + 1 });
  }
  return entries;
}

/** The entries of the mapping at a path of keys; empty where it is missing, null for another form of YAML. */
function mappingAt(lines, path) {
  let entries = entriesOf(lines, 0, lines.length);
  for (const key of path) {
    const entry = entries?.find((each) => each.key === key);
    if (!entry) return entries && [];
    entries = NOTHING.test(entry.rest) ? entriesOf(lines, entry.start + 1, entry.end) : null;
  }
  return entries;
}

const spliced = (lines, start, end, made) => [...lines.slice(0, start), ...made, ...lines.slice(end)];
const replaced = (lines, entry, made) => spliced(lines, entry.start, entry.end, made);
const isReferred = (lines, entry) => REFERRED.test(entry.rest) || lines.slice(entry.start + 1, entry.end).some((line) => REFERRED.test(line.trim()));

/** The lines with an entry at the end of the mapping at a path. */
function inserted(lines, path, made) {
  const entries = mappingAt(lines, path), last = entries?.at(-1);
  if (last) return spliced(lines, last.end, last.end, made(" ".repeat(last.indent)));
  if (!entries || !path.length) return null;
  const [parent, key] = [path.slice(0, -1), path.at(-1)];
  if (mappingAt(lines, parent)?.some((each) => each.key === key)) return null;
  return inserted(lines, parent, (space) => [`${space}${key}:`, ...made(`${space}  `)]);
}

/** The lines with another text at a key; an empty text removes the key. */
function withText(lines, path, key, value) {
  const entries = mappingAt(lines, path), entry = entries?.find((each) => each.key === key);
  if (!entries) return null;
  if (!entry) return value ? inserted(lines, path, (space) => [`${space}${scalar(key)}: ${scalar(value)}`]) : lines;
  if (isReferred(lines, entry)) return null;
  if (!value) return entries.length > 1 || path.length < 2 ? replaced(lines, entry, []) : withText(lines, path.slice(0, -1), path.at(-1), "");
  const head = lines[entry.start].slice(0, lines[entry.start].length - entry.rest.length).trimEnd();
  const block = /^[|>]\d*([+-]?)/u.exec(entry.rest), found = SCALAR.exec(entry.rest), comment = found?.[1] ?? "";
  if (block && /\n/u.test(value) && !/^\s|[^\n\t\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe]/u.test(value)) {
    const space = " ".repeat(entry.indent + 2);
    return replaced(lines, entry, [`${head} |${block[1]}`, ...value.split("\n").map((line) => (line.trim() ? `${space}${line}` : ""))]);
  }
  return replaced(lines, entry, [`${head} ${scalar(value)}${entry.end === entry.start + 1 && !comment.includes("# guess:") ? comment : ""}`]);
}

/** The lines of each item of a list, with the comments above it; null if they are not as many as its values. */
function itemsOf(lines, entry, count) {
  const items = [];
  let above = [], depth = -1;
  for (const line of lines.slice(entry.start + 1, entry.end)) {
    const isItem = /^ *-\s/u.test(line) && (depth < 0 || depthOf(line) === depth);
    if (NOTHING.test(line)) above.push(line);
    else if (isItem) { items.push([...above, line]); depth = depthOf(line); above = []; }
    else if (items.length) { items.at(-1).push(...above, line); above = []; } else return null;
  }
  return items.length === count ? { items, rest: above, depth } : null;
}

const linesOf = (space, item) => (typeof item === "string" ? [`${space}- ${scalar(item)}`] : [`${space}- url: ${scalar(item.url)}`, ...(item.title ? [`${space}  title: ${scalar(item.title)}`] : [])]);

/** The lines with other items in a list; those that stay keep their lines. */
function withList(lines, path, key, before, after, isRequired) {
  const entries = mappingAt(lines, path), entry = entries?.find((each) => each.key === key);
  if (!entries) return null;
  if (!entry) return inserted(lines, path, (space) => [`${space}${key}:`, ...after.flatMap((item) => linesOf(`${space}  `, item))]);
  if (isReferred(lines, entry)) return null;
  const flow = /^\[[^[\]{}]*\]( +#.*)?$/u.exec(entry.rest), head = lines[entry.start].slice(0, lines[entry.start].length - entry.rest.length).trimEnd();
  if (!after.length) return replaced(lines, entry, isRequired ? [`${head} []`] : []);
  if (flow && entry.end === entry.start + 1 && after.every((item) => typeof item === "string")) return replaced(lines, entry, [`${head} [${after.map(scalar).join(", ")}]${flow[1] ?? ""}`]);
  const known = NOTHING.test(entry.rest) && itemsOf(lines, entry, before.length);
  if (!known) return replaced(lines, entry, [head, ...after.flatMap((item) => linesOf(" ".repeat(entry.indent + 2), item))]);
  const left = before.map((item, i) => ({ item, lines: known.items[i] })), made = after.flatMap((item) => {
    const at = left.findIndex((each) => same(each.item, item));
    return at < 0 ? linesOf(" ".repeat(known.depth), item) : left.splice(at, 1)[0].lines;
  });
  return replaced(lines, entry, [lines[entry.start], ...made, ...known.rest]);
}

/** The values of the form in a published descriptor; `unheld`: fields with what the form cannot hold; `others`: keys that the form does not have. */
export function opened(rules, text, entity) {
  const lines = text.split("\n"), fields = rules.kinds[entity.kind], { metadata, spec } = entity, unheld = [], others = [];
  /** The catalog adds values that are not in the file. */
  const has = (path, key) => mappingAt(lines, path)?.some((each) => each.key === key) ?? new RegExp(`(?:^|[\\s{,"'])${key.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")}["']?:`, "u").test(text);
  const held = (path, key, value, isHeld, none) => { if (!has(path, key)) return none; if (isHeld(value)) return value; unheld.push(key); return none; };
  const isText = (value) => typeof value === "string", isTexts = (value) => Array.isArray(value) && value.every(isText);
  const isLink = (link) => Object.keys(link ?? {}).every((key) => ["url", "title"].includes(key) && isText(link[key])) && link?.url;
  const values = { kind: entity.kind, spec: {} };
  for (const name of METADATA) values[name] = held(["metadata"], name, metadata[name], isText, "").trim();
  values.tags = held(["metadata"], "tags", metadata.tags, isTexts, []);
  values.links = held(["metadata"], "links", metadata.links, (links) => Array.isArray(links) && links.every(isLink), []).map(({ url, title }) => ({ url, title: title ?? "" }));
  const keys = Object.keys(metadata.annotations ?? {}).filter((key) => has(["metadata", "annotations"], key));
  if (keys.some((key) => !isText(metadata.annotations[key]) || LOCATIONS.test(key))) unheld.push("annotations");
  else values.annotations = keys.map((key) => ({ key, value: metadata.annotations[key] }));
  values.annotations ??= [];
  for (const [name, rule] of Object.entries(fields)) {
    if (name === "children") { if (has(["spec"], name) && spec.children?.length) others.push(name); }
    else if (name === "definition") values.spec.definition = definitionOf(lines) ?? held(["spec"], name, null, isText, "");
    else values.spec[name] = rule.many ? held(["spec"], name, spec[name], isTexts, []) : held(["spec"], name, spec[name], isText, "").trim();
  }
  const known = { metadata: [...METADATA, "tags", "links", "annotations", "etag"], spec: Object.keys(fields) };
  for (const part of ["metadata", "spec"]) others.push(...Object.keys(entity[part]).filter((key) => !known[part].includes(key) && has([part], key)));
  return { values, unheld, others, isPlain: entity.apiVersion === "backstage.io/v1alpha1" };
}

/** The file that a definition is in; null for any other definition. */
function definitionOf(lines) {
  const entry = mappingAt(lines, ["spec", "definition"])?.find((each) => each.key === "$text"), value = entry && SCALAR.exec(entry.rest) && entry.rest.replace(/ +#.*$/u, "");
  return value && !/["'\\]/u.test(value.slice(1, -1)) ? value.replace(/^(["'])(.*)\1$/u, "$2") : null;
}

/** The text with the changed values; null if the file's form of YAML does not allow to change only these lines. */
export function edited(rules, text, before, after) {
  let lines = text.replace(/\n+$/u, "").split("\n");
  const change = (made) => { lines = lines && made(lines); }, fields = rules.kinds[after.kind];
  const scalars = [...METADATA.map((name) => [["metadata"], name, before[name], after[name]])];
  for (const name of Object.keys(after.spec)) if (!fields[name].many) scalars.push([...(name === "definition" ? [["spec", "definition"], "$text"] : [["spec"], name]), before.spec[name] ?? "", after.spec[name]]);
  const valueOf = (list, key) => list.find((each) => each.key === key)?.value ?? "";
  for (const key of new Set([...before.annotations, ...after.annotations].map((each) => each.key))) scalars.push([["metadata", "annotations"], key, valueOf(before.annotations, key), valueOf(after.annotations, key)]);
  for (const [path, key, old, value] of scalars) if (old !== value) change((found) => withText(found, path, key, value));
  const lists = [...["tags", "links"].map((name) => [["metadata"], name, before[name], after[name]]), ...Object.keys(after.spec).filter((name) => fields[name].many).map((name) => [["spec"], name, before.spec[name] ?? [], after.spec[name]])];
  for (const [path, key, old, items] of lists) if (!same(old, items)) change((found) => withList(found, path, key, old, items, fields[key]?.required));
  return lines && `${lines.join("\n")}\n`;
}
